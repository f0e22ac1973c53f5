"""A wide Parquet table all at once: the tally and the counts of the row-by-row reader."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from support.wide_tables import TREATMENT, at_once, one_by_one
from trialrun.readers.patients.statement import doubted
from trialrun.readers.patients.tables.cells import plausible
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tally import Reason
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable, variables
from trialrun.vocabulary.variable import Kind

MAPPING = """format = 1
form = "wide"
patient = "id"
date = "visit"
[[column]]
name = "born"
variable = "birth_date"
[[column]]
name = "sex"
variable = "sex"
values = { "w" = "female" }
[[column]]
name = "alt"
variable = "alt"
unit = "U/L"
high_column = "alt high"
[[column]]
name = "creatinine"
variable = "creatinine"
unit_column = "creatinine unit"
[[column]]
name = "platelets"
variable = "platelets"
unit = "10*9/L"
[[column]]
name = "weight"
variable = "weight"
[[column]]
name = "inr"
variable = "inr"
[[column]]
name = "wbc"
variable = "wbc"
unit = "furlongs"
[[column]]
name = "ecog"
variable = "ecog"
[[column]]
name = "aml"
variable = "aml"
[[column]]
name = "hiv"
variable = "hiv"
values = { "9" = "true", "8" = "" }
"""
Columns = dict[str, Any]


@cache
def drawn(people: int, seed: int = 1) -> Columns:
    """Values on limits, nulls, NaN, numbers that nobody has, and units that nobody knows."""
    draw = Random(seed)

    def some(*values: object) -> list[object]:
        return [draw.choice((None, *values)) for _ in range(people)]

    nan, inf = math.nan, math.inf
    return {
        "id": pa.array([f"p{number}" if number % 11 else "" for number in range(people)]),
        "visit": pa.array(some(date(2026, 2, 1), date(2026, 1, 1), date(2025, 1, 1)), pa.date32()),
        "born": pa.array(some(date(1960, 2, 29), date(2010, 1, 1)), pa.date32()),
        "sex": pa.array(some("female", "Male", "w", "x", " female ", "NA")),
        "alt": pa.array(some(120.0, 119.9, 1.234, nan, inf, 1e40, 1e-40, -0.0, 50000.0)),
        "alt high": pa.array(some(40.0, nan, inf, 0.0)),
        "creatinine": pa.array(some(1.5, 132.6, 132.7, 1.0, 9e9)),
        "creatinine unit": pa.array(some("mg/dL", " umol/L", "µmol/l", "parsec", "kg", "")),
        "platelets": pa.array(some(50, 49, 100_000, -1), pa.int32()),
        "weight": pa.array(some(70.0)),
        "inr": pa.array(some(Decimal("1.234"), Decimal("1.235")), pa.decimal128(9, 3)),
        "wbc": pa.array(some(5.0, inf)),
        "ecog": pa.array(some(0.0, 1.0, 2.0, 9.0, 1.5, 1.234, nan)),
        "aml": pa.array(some(True, False), pa.bool_()),
        "hiv": pa.array(some("yes", "0", "9", "8", "?", " ")),
        "shoe": pa.array(some(43)),
    }


def written(columns: Columns, folder: Path, mapping: str = MAPPING) -> TableSource:
    parquet.write_table(pa.table(columns), folder / "x.parquet")
    return TableSource(folder / "x.parquet", read_mapping(mapping))


@pytest.mark.parametrize("change", ["", "unit", "at", "month", "hour", "nothing", "column"])
def test_counts_and_tally_are_those_of_row_by_row(tmp_path: Path, change: str) -> None:
    mapping = {
        "": MAPPING,
        "unit": MAPPING.replace('variable = "weight"', 'variable = "weight"\nunit = "kg"'),
        "at": MAPPING.replace('date = "visit"', 'at = "2026-02-20"'),
        "month": MAPPING.replace('date = "visit"', 'at = "2026-03"'),
        "hour": MAPPING.replace('date = "visit"', 'at = "2026-02-28T10:00+08:00"'),
        "nothing": MAPPING.replace('date = "visit"\n', ""),
        "column": MAPPING.replace('date = "visit"\n', "").replace(
            'variable = "alt"', 'variable = "alt"\ndate = "visit"'
        ),
    }[change]
    source = written(drawn(300), tmp_path, mapping)
    expected = one_by_one(source)
    told = source.tally.listing()
    assert at_once(source) == expected
    assert source.tally.listing() == told
    assert source.tally.balanced
    assert source.count() is source.tally
    assert source.tally.patients == expected.total
    if not change:
        reasons = {reason.value for reason in source.tally.by_reason()}
        assert reasons >= {
            "no_patient", "no_value", "no_date", "bad_value", "no_unit", "unknown_unit",
            "unfit_unit", "decimal_comma",
        }  # fmt: skip
        assert {one for _, one in source.tally.units} == {"parsec", "kg", "furlongs"}
        assert source.tally.questioned.keys() == {"alt", "creatinine", "platelets"}


def test_times_of_day_without_an_offset_leave_the_day(tmp_path: Path) -> None:
    columns = drawn(300)
    days = columns["visit"].to_pylist()
    stamps = [None if d is None else datetime(d.year, d.month, d.day, 13, 5) for d in days]
    source = written({**columns, "visit": pa.array(stamps, pa.timestamp("us"))}, tmp_path)
    expected = one_by_one(source)
    told = source.tally.listing()
    assert at_once(source) == expected
    assert source.tally.listing() == told


@pytest.mark.parametrize("as_of", ["2026-02-01", "2026", "2026-03-02T10:00+08:00"])
def test_lists_that_are_declared_complete(tmp_path: Path, as_of: str) -> None:
    lists = f'complete = ["aml", "stroke"]\ncomplete_as_of = "{as_of}"'
    source = written(drawn(300), tmp_path, MAPPING.replace('form = "wide"', lists))
    expected = one_by_one(source)
    told = source.tally.listing()
    assert at_once(source) == expected
    assert source.tally.listing() == told
    assert any("Declared complete" in line for line in source.tally.lines())


def test_numbers_that_mean_yes_and_no(tmp_path: Path) -> None:
    mapping = MAPPING.replace('"9" = "true", "8" = ""', '"9" = "true", "8" = "absent", "7" = "x"')
    columns = dict(drawn(300))
    columns["hiv"] = pa.array([(9, 8, 7, 1, None, 0, 5)[number % 7] for number in range(300)])
    columns["aml"] = pa.array([(1.0, 0.0, math.nan, 2.5)[number % 4] for number in range(300)])
    source = written(columns, tmp_path, mapping)
    expected = one_by_one(source)
    told = source.tally.listing()
    assert at_once(source) == expected
    assert source.tally.listing() == told


def test_numbers_as_codes(tmp_path: Path) -> None:
    columns = {**drawn(50), "id": pa.array(range(50))}
    source = written(columns, tmp_path)
    assert one_by_one(source) == at_once(source)


FALLS_BACK: dict[str, Callable[[Columns], Columns]] = {
    "slow_repeated": lambda columns: {**columns, "id": pa.array(["a"] * len(columns["id"]))},
    "slow_blank": lambda columns: {
        **columns,
        "id": pa.array([f"\u00a0{number}" for number in range(len(columns["id"]))]),
    },
    "slow_type": lambda columns: {**columns, "alt": columns["alt"].cast(pa.string())},
    "slow_many": lambda columns: {**columns, "sex": columns["id"]},
    "slow_columns": lambda columns: {**columns, "ALT": columns["alt"]},
}


@pytest.mark.parametrize("note", FALLS_BACK)
def test_what_is_not_beyond_doubt_is_read_row_by_row_and_said(tmp_path: Path, note: str) -> None:
    columns = drawn(5_000)
    assert written(columns, tmp_path).at_once
    source = written(FALLS_BACK[note](columns), tmp_path)
    assert not source.at_once
    assert source.wide() is None
    next(source.patients())
    assert note in {key for key, _ in source.tally.notes}
    assert any(line.startswith("Read row by row") for line in source.tally.lines())
    assert any(line.startswith("逐行读取") for line in source.tally.lines("zh"))


@pytest.mark.parametrize(
    ("note", "old", "new"),
    [
        ("slow_twice", '"platelets"\nunit = "10*9/L"', '"alt"\nunit = "U/L"'),
        ("slow_values", 'unit = "furlongs"', 'values = { "-9" = "" }'),
        ("slow_declared", 'form = "wide"', 'date_form = "DD.MM.YYYY"'),
        ("slow_declared", 'form = "wide"', 'status_column = "sex"'),
        ("slow_declared", 'form = "wide"', 'complete = ["alt"]\ncomplete_as_of = "2026-03-01"'),
    ],
)
def test_what_a_mapping_declares_may_need_rows(
    tmp_path: Path, note: str, old: str, new: str
) -> None:
    assert old in MAPPING
    source = written(drawn(5_000), tmp_path, MAPPING.replace(old, new))
    assert not source.at_once
    next(source.patients())
    assert note in {key for key, _ in source.tally.notes}


def test_types_that_leave_something_open(tmp_path: Path) -> None:
    columns = drawn(5_000)
    for name, column in (
        ("visit", pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 5_000)),
        ("visit", pa.array([2**31 - 1] * 5_000, pa.int32()).cast(pa.date32())),
        ("alt", pa.array([2**60] * 5_000)),
        ("inr", pa.array([Decimal("1.5")] * 5_000, pa.decimal128(30, 3))),
        ("alt high", pa.array(["40"] * 5_000)),
        ("id", pa.array([float(number) for number in range(5_000)])),
    ):
        assert not written({**columns, name: column}, tmp_path).at_once, name


def test_few_rows_and_other_forms_are_not_worth_it(tmp_path: Path) -> None:
    source = written(drawn(4_999), tmp_path)
    assert not source.at_once
    assert source.wide() is not None
    assert not TableSource(tmp_path / "x.csv", read_mapping(MAPPING)).at_once
    parquet.write_table(pa.table({**drawn(5_000), "id": ["a"] * 5_000}), tmp_path / "x.parquet")
    long = MAPPING.replace('"wide"', '"long"\nname_column = "sex"\nvalue_column = "alt"')
    assert not TableSource(tmp_path / "x.parquet", read_mapping(long)).at_once
    (tmp_path / "x.parquet").write_bytes(b"PAR1 and nothing of it PAR1")
    assert not TableSource(tmp_path / "x.parquet", read_mapping(MAPPING)).at_once


def test_typed_numbers_have_no_sign_in_question(tmp_path: Path) -> None:
    for sign in ("", ",", "."):
        mapping = MAPPING.replace('form = "wide"', f'decimal = "{sign}"')
        columns = {**drawn(3), "id": pa.array(["a", "b", "c"])}
        for name in ("alt", "alt high"):
            columns[name] = pa.array([1.234, 1.5, 50.25])
        columns["visit"] = pa.array([date(2026, 1, 1)] * 3)
        patients = list(written(columns, tmp_path, mapping).patients())
        facts = [fact for one in patients for fact in one.facts if fact.variable == "alt"]
        assert [fact.value for fact in facts] == ["1.234", "1.5", "50.25"]
        assert [fact.high for fact in facts] == ["1.234", "1.5", "50.25"]


def test_in_a_long_table_the_column_of_values_has_the_type(tmp_path: Path) -> None:
    mapping = """format = 1
form = "long"
patient = "id"
at = "2026-01-01"
name_column = "test"
value_column = "value"
[[column]]
name = "alt"
variable = "alt"
unit = "U/L"
"""
    columns = {"id": ["a", "b"], "test": ["alt", "alt"], "alt": [1.0, 2.0]}
    typed = written({**columns, "value": [1.234, 2.0]}, tmp_path, mapping)
    assert [one.facts[0].value for one in typed.patients()] == ["1.234", "2"]
    texts = written({**columns, "value": ["<5", "1.234"]}, tmp_path, mapping)
    assert [[f.value for f in one.facts] for one in texts.patients()] == [["5"], []]
    assert texts.tally.by_reason() == {Reason.DECIMAL_COMMA: 1}


def test_the_plausible_doubles_are_those_that_are_not_doubted() -> None:
    def asked(name: str, unit: str, number: float) -> bool:
        value = format(Decimal(repr(number)), "f")
        fact = Fact(id="", variable=name, value=value, unit=unit, at=TREATMENT)
        return doubted(fact)

    for row in variables().values():
        for unit in row.units if row.kind is Kind.QUANTITY else ():
            ends = plausible(row, unit)
            if ends is None:
                continue
            for end, out in zip(ends, (-math.inf, math.inf), strict=True):
                assert not asked(row.name, unit.code, end), (row.name, unit.code)
                assert asked(row.name, unit.code, math.nextafter(end, out)), (row.name, unit.code)
    assert plausible(variable("age"), variable("age").units[0]) is not None


def test_places_are_found_wherever_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trialrun.readers.patients.tables.staged._HEAD", 3)
    columns = drawn(300) | {"wbc": pa.array([5.0] * 299 + [math.inf])}
    mapping = MAPPING.replace('unit = "furlongs"', 'unit = "10*9/L"')
    source = written(columns, tmp_path, mapping)
    one_by_one(source)
    told = source.tally.listing()
    at_once(source)
    assert source.tally.listing()["places"] == told["places"]
    assert all(len(source.tally.places[one]) == 5 for one in (Reason.NO_VALUE, Reason.BAD_VALUE))
