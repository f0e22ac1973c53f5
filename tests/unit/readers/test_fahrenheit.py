"""Degrees Fahrenheit in every form: the same temperature, on the same side of every limit."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.readers.patients.fahrenheit import in_celsius, is_fahrenheit
from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tally import Reason
from trialrun.vocabulary.fact import Fact

READ = (("98.6", "37"), ("100.4", "38"), ("101", "38.333333333333"), ("99.5", "37.5"))
NUMBERS = st.decimals(min_value=0, max_value=200, places=2)


@given(NUMBERS, st.decimals(min_value=30, max_value=45, places=2))
def test_no_value_changes_its_side_of_a_limit(number: Decimal, limit: Decimal) -> None:
    exact, read = (Fraction(number) - 32) * 5 / 9, Fraction(in_celsius(number))
    assert (read < limit, read == limit) == (exact < limit, exact == limit)


@given(NUMBERS)
def test_what_comes_back_is_what_was_written(number: Decimal) -> None:
    again = Fraction(in_celsius(number)) * 9 / 5 + 32
    assert abs(again - Fraction(number)) < Fraction(1, 10**11)


@pytest.mark.parametrize(
    "text", ["[degF]", "F", "f", "°F", "º F", "℉", "deg F", "Deg. F", "degrees Fahrenheit"]
)
def test_how_it_is_written(text: str) -> None:
    assert is_fahrenheit("temperature", text)
    assert not is_fahrenheit("weight", text)


@pytest.mark.parametrize("text", ["", "Cel", "C", "fL", "of", "[degR]", "FF"])
def test_what_is_another_unit(text: str) -> None:
    assert not is_fahrenheit("temperature", text)


def warm(patient: Patient) -> list[tuple[str, str | None, str | None, str | None]]:
    found: list[Fact] = [fact for fact in patient.facts if fact.variable == "temperature"]
    assert all("converted from" in fact.source and "[degF]" in fact.source for fact in found)
    return [(fact.value, fact.unit, fact.low, fact.high) for fact in found]


WANTED = [(celsius, "Cel", "36", "37") for _, celsius in READ]


def test_fhir(tmp_path: Path) -> None:
    def one(number: int, value: str) -> dict[str, Any]:
        limits = {"low": {"value": 96.8, "unit": "F"}, "high": {"value": 98.6}}
        return {
            "resourceType": "Observation",
            "id": f"o{number}",
            "subject": {"reference": "Patient/p"},
            "code": {"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
            "effectiveDateTime": f"2026-03-0{number}",
            "valueQuantity": {"value": float(value), "code": "[degF]", "unit": "F"},
            "referenceRange": [limits | {"low": {"value": 96.8, "code": "[degF]"}}],
        }

    rows = [one(number, value) for number, (value, _) in enumerate(READ, start=1)]
    (tmp_path / "x.json").write_text(json.dumps([{"resourceType": "Patient", "id": "p"}, *rows]))
    (patient,) = open_patients(tmp_path / "x.json").patients()
    assert warm(patient) == WANTED


MAPPING = """format = 1
patient = "id"
date = "day"
decimal = "."
low_column = "low"
high_column = "high"
[[column]]
name = "temp"
variable = "temperature"
unit = "°F"
"""


def test_a_table(tmp_path: Path) -> None:
    lines = [f"a,2026-03-0{n},{value},96.8,98.6" for n, (value, _) in enumerate(READ, start=1)]
    (tmp_path / "x.csv").write_text("\n".join(["id,day,temp,low,high", *lines]) + "\n")
    (tmp_path / "mapping.toml").write_text(MAPPING)
    (patient,) = open_patients(tmp_path / "x.csv").patients()
    assert warm(patient) == WANTED
    assert patient.facts[0].source == "x.csv, line 2, temp, converted from 98.6 [degF]"


def test_a_table_all_at_once_is_read_row_by_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pa = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    monkeypatch.setattr("trialrun.readers.patients.tables.wide.MANY", 1)
    row = {"id": ["a"], "day": ["2026-03-01"], "temp": [101.0], "low": [96.8], "high": [98.6]}
    parquet.write_table(pa.table(row), tmp_path / "x.parquet")
    (tmp_path / "mapping.toml").write_text(MAPPING.replace('date = "day"', 'at = "2026-03-01"'))
    source = open_patients(tmp_path / "x.parquet")
    assert source.wide() is None
    (patient,) = source.patients()
    assert warm(patient) == [WANTED[2]]
    assert any("°F" in line for line in source.tally.lines())


def test_omop(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("ibis")
    (tmp_path / "person.csv").write_text("person_id,gender_concept_id,year_of_birth\n1,8507,1960\n")
    head = "measurement_id,person_id,measurement_date,measurement_source_value,value_as_number,"
    lines = [
        f"{n},1,2026-03-0{n},8310-5,{value},[degF],96.8,98.6"
        for n, (value, _) in enumerate(READ, start=1)
    ]
    lines += ["8,1,2026-03-08,8310-5,300,F,,", "9,1,2026-03-09,8310-5,3,parsec,,"]
    text = [head + "unit_source_value,range_low,range_high", *lines]
    (tmp_path / "measurement.csv").write_text("\n".join(text) + "\n")
    source = open_patients(tmp_path)
    (patient,) = source.patients()
    assert warm(patient)[:4] == WANTED
    assert source.tally.by_reason() == {Reason.UNKNOWN_UNIT: 1}
    assert source.tally.questioned == {"temperature": 1}
