"""A simulated population on disk: each form, from the same people, into an empty folder only."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from trialrun.errors import InputError
from trialrun.readers.patients.long_form import facts_schema
from trialrun.rehearse.screening_population.measured import Flaw
from trialrun.rehearse.screening_population.population import people
from trialrun.rehearse.screening_population.truth import Form, facts
from trialrun.study.screening_population import NOTE, write_population

PEOPLE = tuple(people(11, 25))


def test_bundles(tmp_path: Path) -> None:
    written = write_population(11, 25, Form.FHIR, tmp_path / "new")
    names = sorted(path.name for path in (tmp_path / "new").glob("*.json"))
    assert names == [f"{person.code}.json" for person in PEOPLE]
    assert written.people == 25
    assert written.items == sum(len(p.readings) + len(p.findings) for p in PEOPLE)
    assert "SIMULATED" in (tmp_path / "new" / NOTE).read_text()


def test_bulk_lines_are_the_resources_of_the_bundles(tmp_path: Path) -> None:
    write_population(11, 25, Form.FHIR, tmp_path / "one")
    write_population(11, 25, Form.BULK, tmp_path / "bulk")
    bundled = [
        entry["resource"]
        for path in sorted((tmp_path / "one").glob("*.json"))
        for entry in json.loads(path.read_text())["entry"]
    ]
    lines = [
        json.loads(line)
        for name in ("Patient", "Observation", "Condition")
        for line in (tmp_path / "bulk" / f"{name}.ndjson").read_text().splitlines()
    ]
    by_id = {(one["resourceType"], one["id"]): one for one in lines}
    assert len(by_id) == len(lines) == len(bundled)
    assert all(by_id[one["resourceType"], one["id"]] == one for one in bundled)


def test_the_long_csv(tmp_path: Path) -> None:
    write_population(11, 25, Form.CSV, tmp_path)
    with (tmp_path / "SIMULATED-facts.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kept = [one for p in PEOPLE for one in p.readings if one.flaw is not Flaw.IN_ERROR]
    said = [one for p in PEOPLE for one in p.findings if not one.in_error]
    assert len(rows) == 2 * len(PEOPLE) + len(kept) + len(said)
    assert {row["item"] for row in rows} <= set(
        re.findall(r'^name = "(.*)"$', (tmp_path / "mapping.toml").read_text(), re.MULTILINE)
    )
    assert {row["patient"] for row in rows} == {person.code for person in PEOPLE}


def test_the_database_holds_the_tables_of_the_csv_form(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    write_population(11, 25, Form.OMOP, tmp_path / "base")
    write_population(11, 25, Form.OMOP_CSV, tmp_path / "files")
    with duckdb.connect(str(tmp_path / "base" / "SIMULATED-omop.duckdb"), read_only=True) as base:
        for path in (tmp_path / "files").glob("*.csv"):
            with path.open(encoding="utf-8") as file:
                many = sum(1 for _ in csv.DictReader(file))
            assert base.execute(f"SELECT count(*) FROM {path.stem}").fetchone() == (many,)
        kinds = dict(
            base.execute(
                "SELECT column_name, data_type FROM duckdb_columns() "
                "WHERE table_name = 'measurement'"
            ).fetchall()
        )
    assert kinds["measurement_date"] == "DATE"
    assert kinds["value_as_number"] == "DOUBLE"


def test_parquet_holds_the_facts(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_population(11, 25, Form.PARQUET, tmp_path)
    table = parquet.read_table(tmp_path / "SIMULATED-facts.parquet")
    assert table.schema.equals(facts_schema())
    rows = table.to_pylist()
    wanted = {fact.id: fact for person in PEOPLE for fact in facts(person)}
    assert len(rows) == len(wanted)
    for row in rows:
        fact = wanted[row["id"]]
        assert (row["variable"], row["unit"]) == (fact.variable, fact.unit)
        assert (row["first_day"], row["last_day"]) == (fact.at.day, fact.at.last_day)
        instant = fact.at.instant
        assert row["instant"] == instant
        if row["text"] is not None:
            assert row["text"] == fact.value
        elif fact.unit is not None:
            assert row["value"] == float(fact.value)
            assert row["high"] == (None if fact.high is None else float(fact.high))
        else:
            assert row["value"] == (fact.value == "true")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        write_population(11, 1, Form.FHIR, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_made_for_numbers_that_draw_nobody(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be drawn"):
        write_population(-3, 5, Form.FHIR, tmp_path / "new")
    assert not (tmp_path / "new").exists()
