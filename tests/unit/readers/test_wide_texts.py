"""A wide CSV table all at once: the tally and the counts of the row-by-row reader."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from random import Random
from typing import Any

import pytest

pytest.importorskip("ibis")
pytest.importorskip("duckdb")

from support.wide_tables import TREATMENT, at_once, one_by_one
from trialrun.errors import MissingExtra
from trialrun.readers.patients.tables import wide_text
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tables.staged import StagedTable
from trialrun.readers.patients.tables.typed import Slow
from trialrun.readers.patients.tally import Reason

MAPPING = """format = 1
patient = "id"
date = "visit"
decimal = "."
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
low_column = "alt low"
high_column = "alt high"
[[column]]
name = "creatinine"
variable = "creatinine"
unit_column = "creatinine unit"
[[column]]
name = "platelets"
variable = "platelets"
unit = "Tsd/µl"
date = "other visit"
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
[[column]]
name = "temp"
variable = "temperature"
unit = "°F"
"""
CELLS = {
    "visit": ("2026-02-01", "2026-01-01", "2025-01-01", "2026-02", "2026", "2026-02-31", "soon",
              "2026-02-10 09:30", "2026-02-10T09:30+08:00", "2026-02-27 00:00:00"),
    "other visit": ("2026-02-20", "2026-02-21", "NA"),
    "born": ("1960-02-29", "2010-01-01", "1960", "1961-13", "1950-06"),
    "sex": ("female", "Male", "w", "x", "女", "n/a"),
    "alt": ("120", "119.9", "1.234", "< 5", ">500", "1,5", "50.000", "high", "40 U/L", "7 parsec",
            "-0", "1e40", "1e-3", "N.D.", "  30  "),
    "alt low": ("5", "", "x"),
    "alt high": ("40", "", "abc", "<40", "0"),
    "creatinine": ("1.5", "132.6", "132.7", "1.0", "9e9", ">1.2", "1.1 mg/dL", "80 umol/L"),
    "creatinine unit": ("mg/dL", "umol/L", " µmol/l", "parsec", "kg", ""),
    "platelets": ("50", "49", "100000", "-1", ">= 50"),
    "weight": ("70", "70 kg", "70 l"),
    "inr": ("1.234", "1.235", "1"),
    "wbc": ("5", "5 10*9/L"),
    "ecog": ("0", "1", "2", "9", "1.5", "0-1", "1.0"),
    "aml": ("yes", "no", "1", "0", "perhaps", "TRUE"),
    "hiv": ("yes", "0", "9", "8", "?", " "),
    "temp": ("98.6", "101", "100.4", "300"),
    "shoe": ("43",),
}  # fmt: skip


def drawn(people: int, seed: int = 1) -> list[list[str]]:
    """A header and lines with everything that cells may be, and what is no line."""
    draw = Random(seed)
    rows = [["id", *CELLS]]
    for number in range(people):
        code = f" p{number} " if number % 11 else ""
        rows.append([code, *(draw.choice(("", *some)) for some in CELLS.values())])
        if number % 37 == 5:
            rows.append(draw.choice((["p", "too few"], [], ["", '"'])))
    return rows


def written(
    rows: list[list[str]], folder: Path, mapping: str = MAPPING, *, name: str = "x.csv",
    delimiter: str = ",", encoding: str = "utf-8",
) -> TableSource:  # fmt: skip
    plain = folder / "plain"
    with plain.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    data = plain.read_bytes()
    (folder / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return TableSource(folder / name, read_mapping(mapping))


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide_text, "MANY", 1)


def same(source: TableSource) -> None:
    expected = one_by_one(source)
    told = source.tally.listing()
    assert source.tally.balanced
    assert at_once(source) == expected
    assert source.tally.listing() == told
    assert source.tally.balanced and source.tally.patients == expected.total


def changed(mapping: str, old: str, new: str) -> str:
    assert old in mapping
    return mapping.replace(old, new)


CHANGES = {
    "as it is": ("", ""),
    "one day": ('date = "visit"', 'at = "2026-02-20"'),
    "one month": ('date = "visit"', 'at = "2026-03"'),
    "one hour": ('date = "visit"', 'at = "2026-02-28T10:00+08:00"'),
    "no day": ('date = "visit"\n', ""),
    "offset": ("format = 1", 'format = 1\nutc_offset = "+02:00"'),
    "undeclared sign": ('decimal = "."', ""),
    "comma": ('decimal = "."', 'decimal = ","'),
    "signs": ("format = 1", 'format = 1\ncomparator_column = "aml"'),
    "states": ("format = 1", 'format = 1\nstatus_column = "sex"'),
    "dead": ("format = 1", 'format = 1\ndied = "visit"'),
    "minutes": ('date = "visit"', 'date = "platelets"\nminutes_from = "2026-02-01T00:00Z"'),
    "complete": (
        "format = 1",
        'format = 1\ncomplete_as_of = "2026-02-20"\ncomplete = ["aml", "stroke"]',
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_counts_and_tally_are_those_of_row_by_row(tmp_path: Path, change: str) -> None:
    mapping = changed(MAPPING, *CHANGES[change])
    source = written(drawn(300), tmp_path, mapping)
    same(source)
    assert source.tally.rows["line"] > 3


@pytest.mark.parametrize("seed", range(2, 8))
def test_they_are_so_for_any_cells(tmp_path: Path, seed: int) -> None:
    same(written(drawn(60 * seed, seed), tmp_path))


def test_every_reason_occurs_and_is_placed_alike(tmp_path: Path) -> None:
    source = written(drawn(400), tmp_path, changed(MAPPING, *CHANGES["undeclared sign"]))
    same(source)
    told = set(source.tally.places)
    assert told == {
        Reason.NO_VALUE, Reason.BAD_VALUE, Reason.DECIMAL_COMMA, Reason.NO_UNIT,
        Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT, Reason.NO_DATE, Reason.BAD_DATE,
        Reason.NO_PATIENT, Reason.BROKEN_LINE,
    }  # fmt: skip


@pytest.mark.parametrize(
    "how",
    [{"name": "x.csv.gz"}, {"delimiter": ";"}, {"encoding": "gb18030"}, {"encoding": "utf-8-sig"}],
)
def test_files_of_any_kind(tmp_path: Path, how: dict[str, Any]) -> None:
    declared = {key: how[key] for key in ("delimiter", "encoding") if key in how}
    if declared.get("encoding") == "utf-8-sig":
        del declared["encoding"]  # a mark at the beginning needs no word
    lines = "".join(f'{key} = "{value}"\n' for key, value in declared.items())
    source = written(drawn(80), tmp_path, changed(MAPPING, "format = 1\n", f"format = 1\n{lines}"),
                     **how)  # fmt: skip
    same(source)


def test_a_quotation_mark_that_nobody_closes(tmp_path: Path) -> None:
    source = written(drawn(40), tmp_path)
    path = tmp_path / "x.csv"
    path.write_text(path.read_text() + 'p99,"2026\n,,\n')
    same(source)


@pytest.mark.parametrize(
    ("rows", "mapping", "note"),
    [
        ([["p1"] + [""] * len(CELLS)] * 2, MAPPING, "slow_repeated"),
        ([], MAPPING + '[[column]]\nname = "shoe"\nvariable = "alt"\n', "slow_twice"),
        ([], changed(MAPPING, "format = 1",
                     'format = 1\ncomplete = ["sex"]\ncomplete_as_of = "2026-02-20"'),
         "slow_declared"),
        ([["px", "", "", "", "", "1.2345678901234567"] + [""] * (len(CELLS) - 5)], MAPPING,
         "slow_digits"),
    ],
)  # fmt: skip
def test_what_needs_row_by_row_says_why(
    tmp_path: Path, rows: list[list[str]], mapping: str, note: str
) -> None:
    source = written(drawn(20) + rows, tmp_path, mapping)
    assert source.wide() is None and not source.at_once
    list(source.patients())
    assert [key for key, _ in source.tally.notes if key.startswith("slow")] == [note]
    assert any("Read row by row" in line for line in source.tally.lines())


def test_a_small_table_and_one_without_its_columns_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = drawn(30)
    missing = [row[:-2] for row in rows]
    assert wide_text.open_texts(
        written(missing, tmp_path)._path, read_mapping(MAPPING)
    ) is None  # fmt: skip
    path = written(rows, tmp_path)._path
    assert isinstance(wide_text.open_texts(path, read_mapping(MAPPING)), StagedTable)
    monkeypatch.setattr(wide_text, "MANY", 5_000)
    assert wide_text.open_texts(path, read_mapping(MAPPING)) is None
    path.write_bytes(b"\xff\xfe" * 10_000)
    found = wide_text.open_texts(path, read_mapping(MAPPING))
    assert found is None or isinstance(found, Slow)


@pytest.mark.parametrize("real", [0, 1])
def test_nobody_of_them_exists_only_if_all_codes_say_so(tmp_path: Path, real: int) -> None:
    rows = drawn(20)
    for number, row in enumerate(rows[1:]):
        if len(row) > 2:
            row[0] = f"{'p' if number < real else 'SIM-'}{number}"
    source = written(rows, tmp_path)
    assert source.simulated is (real == 0)
    assert TREATMENT.text == "2026-03-01"


def test_without_the_extra_a_table_is_read_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingExtra("not installed", remedy="pip install")

    monkeypatch.setattr(wide_text, "load_ibis", missing)
    source = written(drawn(20), tmp_path)
    assert not source.at_once and len(list(source.patients())) > 10
    assert any("trialrun[population]" in line for line in source.tally.lines())
