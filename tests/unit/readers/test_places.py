"""What is set aside is named where it stands: the first few of each reason, in text and JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.place import Place, places_words
from trialrun.readers.patients.tally import Reason, Tally

MAPPING = """format = 1
patient = "id"
date = "visit"
decimal = "."
[[column]]
name = "ALT"
variable = "alt"
unit = "U/L"
[[column]]
name = "PLT"
variable = "platelets"
unit_column = "PLT unit"
"""
PATIENT = {"resourceType": "Patient", "id": "p1", "birthDate": "1960-05", "gender": "female"}


def tally_of(path: Path) -> Tally:
    source = open_patients(path)
    list(source.patients())
    tally = source.count()
    assert tally.balanced
    return tally


def named(tally: Tally) -> dict[str, list[dict[str, Any]]]:
    found = tally.listing()["places"]
    assert isinstance(found, dict)
    json.dumps(found)
    return found


def test_cells_of_a_table_by_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text(MAPPING)
    lines = [
        "id,visit,ALT,PLT,PLT unit",
        'a,2026-03-01,30,"150',  # a line break within quotation marks, and an empty line
        '",10*9/L',
        "",
        "b,2026-03-01,high,1,parsec",
        ",2026-03-01,1,NA,",
        "c,31.3.26,1,2,U/L",
        "d,2026-03-01,1",
        *(f"e{n},2026-03-01,bad,1,10*9/L" for n in range(9)),
        "f,2026-03-01,1,2,",
        "f,2026-03-01,1,3,10*9/L",
    ]
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
    tally = tally_of(tmp_path / "x.csv")
    assert named(tally) == {
        "bad_value": [
            {"file": "x.csv", "line": line, "column": "ALT"} for line in (5, 9, 10, 11, 12)
        ],
        "no_patient": [{"file": "x.csv", "line": 6, "column": "id"}] * 2,
        "bad_date": [{"file": "x.csv", "line": 7, "column": "visit"}] * 2,
        "broken_line": [{"file": "x.csv", "line": 8}],
        "duplicate": [{"file": "x.csv", "line": 19, "column": "ALT"}],
        "no_unit": [{"file": "x.csv", "line": 18, "column": "PLT unit"}],
        "unknown_unit": [{"file": "x.csv", "line": 5, "column": "PLT unit"}],
    }
    told = tally.lines()
    after = told.index("  10 whose value is none of their variable") + 1
    assert told[after] == (
        "    x.csv: line 5 (ALT), line 9 (ALT), line 10 (ALT), line 11 (ALT), line 12 (ALT), "
        "and 5 more"
    )
    assert "    x.csv：第18行（PLT unit）" in tally.lines("zh")


def test_lines_of_a_bulk_export(tmp_path: Path) -> None:
    wrong = {
        "resourceType": "Observation",
        "code": {"coding": [{"system": "http://loinc.org", "code": "1742-6"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-01",
        "component": [{}, {"code": {"coding": [{"system": "http://loinc.org", "code": "777-3"}]}}],
        "valueQuantity": {"value": 3, "unit": "parsec"},
    }
    (tmp_path / "Patient.ndjson").write_text(json.dumps(PATIENT) + "\n\n{broken\n[]\n")
    (tmp_path / "Observation.ndjson").write_text(json.dumps(wrong) + "\n")
    tally = tally_of(tmp_path)
    assert named(tally) == {
        "broken_line": [{"file": "Patient.ndjson", "line": line} for line in (3, 4)],
        "no_code": [{"file": "Observation.ndjson", "line": 1, "column": "component[0].code"}],
        "no_value": [{"file": "Observation.ndjson", "line": 1, "column": "component[1].value"}],
        "unknown_unit": [{"file": "Observation.ndjson", "line": 1, "column": "value"}],
    }


def test_entries_of_bundles_and_lines_of_a_file(tmp_path: Path) -> None:
    wrong = {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}}
    entry = [{"resource": PATIENT}, {"nothing": 1}, {"resource": wrong}]
    (tmp_path / "a.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
    (tmp_path / "b.json").write_text(
        json.dumps(PATIENT | {"id": "p2"}) + "\n\n" + json.dumps(wrong) + "\n{broken\n"
    )
    (tmp_path / "c.json").write_text("{broken")
    (tmp_path / "d.json").write_text(json.dumps([{"resourceType": "MedicationOrder"}]))
    tally = tally_of(tmp_path)
    assert named(tally) == {
        "broken_line": [
            {"file": "a.json", "entry": 2},
            {"file": "b.json", "line": 4},
            {"file": "c.json"},
        ],
        "no_code": [
            {"file": "a.json", "entry": 3, "column": "code"},
            {"file": "b.json", "line": 3, "column": "code"},
        ],
        "other_version": [{"file": "d.json", "entry": 1}],
    }
    assert "    a.json: entry 2; b.json: line 4; c.json" in tally.lines()


def test_rows_of_omop_by_their_keys(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    pytest.importorskip("ibis")
    (tmp_path / "person.csv").write_text(
        "person_id,gender_concept_id,year_of_birth\n1,8507,1960\n1,8507,1960\n2,8532\n3,8532,\n"
    )
    head = "measurement_id,person_id,measurement_date,measurement_source_value,value_as_number,"
    rows = [head + "unit_source_value"]
    rows += [f"{n},1,2026-03-01,1742-6,{n},parsec" for n in (100, 9, 10, 11, 12, 13)]
    rows += ["20,1,,1742-6,30,U/L", "21,1,2026-03-01,1742-6,,U/L", "22,7,2026-03-01,1742-6,3,U/L"]
    rows += ["23,1,2026-03-01,1742-6,3,", "24,1,2026-03-01,1742-6,5,U/L"]
    rows += ["27,1,2026-02-31,1742-6,30,U/L"]
    rows += ["25,1,2026-03-01,1742-6,5,U/L", "26,1,2026-03-01,999,5,U/L"]
    (tmp_path / "measurement.csv").write_text("\n".join(rows) + "\n")
    tally = tally_of(tmp_path)

    def row(key: int, column: str = "", table: str = "measurement") -> dict[str, object]:
        return {"file": table, "key": str(key)} | ({"column": column} if column else {})

    assert named(tally) == {
        "unknown_unit": [row(key, "unit_concept_id") for key in (9, 10, 11, 12, 13)],
        "duplicate": [row(25), row(1, table="person")],
        "no_date": [row(20, "measurement_date"), row(3, "year_of_birth", "person")],
        "bad_date": [row(27, "measurement_date")],
        "broken_line": [{"file": "person.csv", "line": 4}],
        "no_patient": [row(22, "person_id")],
        "no_unit": [row(23, "unit_concept_id")],
        "no_value": [row(21, "value_as_number")],
    }
    assert tally.by_reason()[Reason.UNKNOWN_CODE] == 1  # named by its code
    assert any("id 9 (unit_concept_id), id 10" in line for line in tally.lines())


def test_only_the_first_places_are_kept() -> None:
    tally = Tally()
    for number in range(1, 9):
        tally.leave("row", Reason.NO_DATE, at=[Place("x", "line", str(number))])
        tally.leave("row", Reason.OTHER_KIND, at=[Place("x", "line", str(number))])
    assert [place.number for place in tally.places[Reason.NO_DATE]] == ["1", "2", "3", "4", "5"]
    assert Reason.OTHER_KIND not in tally.places
    assert places_words(tally.places[Reason.NO_DATE], 3).endswith("line 5, and 3 more")
    again = Tally()
    again.add(tally)
    assert again.aside == tally.aside and again.places == tally.places
