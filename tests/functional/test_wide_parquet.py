"""`trialrun screen` on a wide Parquet table of thousands: all at once, with the counts of one by
one.
"""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from support.study_folder import Shell, new_study

pa = pytest.importorskip("pyarrow")
PEOPLE = 6_000
AS_OF = ("--as-of", "2026-03-02T08:00Z", "--format", "json")
MAPPING = """format = 1
form = "wide"
patient = "id"
date = "visit"
[[column]]
name = "born"
variable = "birth_date"
[[column]]
name = "creatinine"
variable = "creatinine"
unit_column = "unit"
high_column = "limit"
[[column]]
name = "arrhythmia"
variable = "arrhythmia"
"""


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    new_study(tmp_path)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    return Shell(monkeypatch, tmp_path)


def table(**changed: Any) -> Any:
    """Nulls, numbers that are none or that nobody has, and a unit that nobody knows."""

    def of(*values: Any) -> list[Any]:
        # As many values as a prime: every combination occurs.
        return [values[number % len(values)] for number in range(PEOPLE)]

    columns = {
        "id": [f"p{number}" for number in range(PEOPLE)],
        "visit": of(date(2026, 2, 25), None, date(2026, 2, 20), date(2024, 1, 1), None),
        "born": of(date(1970, 5, 1), date(2010, 5, 1), None),
        "creatinine": of(0.9, 1.5, 1.6, 132.6, math.nan, None, 1e7),
        "unit": of("mg/dL", "umol/L", "mg/dL", "parsec", "mg/dL", "kg", "mg/dL", "", "mg/dL",
                   "umol/L", None),
        "limit": of(1.2, None),
        "arrhythmia": of(True, False, False, None, False, False, False, True, None, False, False,
                         False, False),
    }  # fmt: skip
    return pa.table(columns | changed)


def screened(shell: Shell, folder: Path, whole: Any, *words: str) -> dict[str, Any]:
    import pyarrow.parquet as parquet

    parquet.write_table(whole, folder / "people.parquet")
    found = json.loads(shell.ok("screen", "study", "people.parquet", *AS_OF, *words).out)
    assert isinstance(found, dict)
    return found


def test_all_at_once_has_the_counts_of_one_by_one(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = screened(shell, tmp_path, table(), "--engine", "reference")
    monkeypatch.setattr(
        "trialrun.readers.patients.tables.source.TableSource.patients", lambda self: 1 / 0
    )
    assert screened(shell, tmp_path, table()) == expected
    left = expected["left_out"]
    assert left["patients"] == PEOPLE and left["rows"] == 3 * PEOPLE
    assert left["implausible"].keys() == {"creatinine"}
    assert {one["unit"] for one in left["unmapped_units"]} == {"parsec", "kg"}
    assert left["set_aside"].keys() == {
        "no_value", "no_date", "no_unit", "unknown_unit", "unfit_unit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({"id": ["p0", *(f"p{number}" for number in range(PEOPLE - 1))]}, "slow_repeated"),
        ({"creatinine": ["<0.9"] * PEOPLE}, "slow_type"),
    ],
)
def test_a_table_that_leaves_something_open_is_read_row_by_row(
    shell: Shell, tmp_path: Path, changed: dict[str, Any], note: str
) -> None:
    found = screened(shell, tmp_path, table(**changed))
    assert note in {one["note"] for one in found["left_out"]["notes"]}
    assert found == screened(shell, tmp_path, table(**changed), "--engine", "reference")


@pytest.mark.parametrize("real", [0, 1])
def test_nobody_of_them_exists_only_if_all_codes_say_so(
    shell: Shell, tmp_path: Path, real: int
) -> None:
    codes = [f"{'p' if number < real else 'SIM-'}{number}" for number in range(PEOPLE)]
    found = screened(shell, tmp_path, table(id=codes))
    assert found["simulated"] is (real == 0)
    assert found == screened(shell, tmp_path, table(id=codes), "--engine", "reference")


def test_a_csv_table_has_the_counts_of_one_by_one_too(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow.csv as arrow_csv

    arrow_csv.write_csv(table(), tmp_path / "people.csv")
    with (tmp_path / "people.csv").open("a") as file:
        file.write("one,too,few\n")
    words = ("screen", "study", "people.csv", *AS_OF)
    expected = json.loads(shell.ok(*words, "--engine", "reference").out)
    monkeypatch.setattr(
        "trialrun.readers.patients.tables.source.TableSource.patients", lambda self: 1 / 0
    )
    assert json.loads(shell.ok(*words).out) == expected
    left = expected["left_out"]
    assert left["patients"] == PEOPLE and left["rows"] == 3 * PEOPLE + 1
    assert left["places"]["broken_line"] == [{"file": "people.csv", "line": PEOPLE + 2}]
