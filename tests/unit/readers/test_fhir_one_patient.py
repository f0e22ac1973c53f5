"""One patient of FHIR files with their own counts, and files that are about one patient."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.tally import Reason, Tally

LOINC = "http://loinc.org"


def person(code: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": code, "birthDate": "1960-05-01", "gender": "female"}


def alt(own: str, reference: str, value: int, **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": own,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "1742-6"}]},
        "subject": {"reference": reference},
        "effectiveDateTime": "2026-03-01",
        "valueQuantity": {"value": value, "unit": "U/L"},
    } | fields


WARD = [
    person("p1"),
    person("p2"),
    alt("o1", "Patient/p1", 30),
    alt("o2", "Patient/p1", 31, status="entered-in-error"),
    alt("o3", "Patient/p2", 32),
    alt("o4", "Patient/p2", 33, valueQuantity={"value": 33, "unit": "?"}),
    alt("o5", "Patient/gone", 34),
    {"resourceType": "Immunization", "patient": {"reference": "Patient/p2"}},
    {"resourceType": "Encounter", "id": "e1", "subject": {"reference": "Patient/p1"}},
    {"resourceType": "Organization", "id": "x"},
]


def written(folder: Path, form: str) -> Path:
    """The ward as one bundle, as a file a resource, or as a bulk export; one line is broken."""
    if form == "bundle":
        path = folder / "ward.json"
        entry = [{"resource": one} for one in WARD]
        path.write_text(json.dumps({"resourceType": "Bundle", "entry": [*entry, 7]}))
        return path
    if form == "folder":
        for number, one in enumerate(WARD):
            (folder / f"{number}.json").write_text(json.dumps(one))
        (folder / "cut.json").write_text('{"resourceType": ')
        return folder
    for kind in {one["resourceType"] for one in WARD}:
        lines = [json.dumps(one) for one in WARD if one["resourceType"] == kind]
        (folder / f"{kind}.ndjson").write_text("\n".join([*lines, "{", ""]))
    return folder


@pytest.mark.parametrize("form", ["bundle", "folder", "bulk"])
def test_one_patient_is_counted_alone_and_everybody_together(form: str, tmp_path: Path) -> None:
    source = open_patients(written(tmp_path, form))
    everybody = {patient.code: patient for patient in source.patients()}
    assert set(everybody) == {"p1", "p2", "gone"}
    rows: Counter[str] = Counter()
    tallies: dict[str, Tally] = {}
    for code, patient in everybody.items():
        found = source.patient(code)
        assert found is not None
        assert found[0] == patient
        own = found[1]
        assert own.balanced
        assert (own.patients, own.facts) == (1, len(patient.facts))
        assert "cannot be read" in " ".join(own.lines()) or "not JSON" in " ".join(own.lines())
        rows.update(own.rows)
        tallies[code] = own
    assert tallies["p1"].by_reason() == {Reason.ENTERED_IN_ERROR: 1, Reason.ONLY_NAMES: 1}
    assert tallies["p2"].by_reason() == {Reason.UNKNOWN_UNIT: 1, Reason.OTHER_KIND: 1}
    assert tallies["gone"].by_reason() == {}
    # The whole holds besides what is about nobody: the organization, and what cannot be read.
    everything = source.tally.rows - rows
    assert everything["Organization"] >= 1
    broken = source.tally.by_reason()[Reason.BROKEN_LINE]
    assert sum(everything.values()) == 1 + broken
    assert source.patient("nobody") is None


def test_a_bulk_export_lacks_nothing_that_others_have(tmp_path: Path) -> None:
    found = open_patients(written(tmp_path, "bulk")).patient("gone")
    assert found is not None
    told = "\n".join(found[1].lines())
    assert "holds no Condition" in told
    assert "holds no Patient" not in told and "holds no Observation" not in told


def test_files_that_refer_to_one_patient_are_read_as_one(tmp_path: Path) -> None:
    full = {"fullUrl": "urn:uuid:b", "resource": person("p2")}
    files: dict[str, Any] = {
        "a": [alt("o1", "Patient/p1", 30)],
        "b": [alt("o2", "Patient/p2", 31)],
        "c": [person("p1")],
        "d": {"resourceType": "Bundle", "entry": [full]},
        "e": [alt("o3", "Patient/p1", 32), alt("o4", "urn:uuid:b", 33)],
    }
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    source = open_patients(tmp_path)
    read = {patient.code: patient for patient in source.patients()}
    assert source.tally.patients == 2 and set(read) == {"p1", "p2"}
    values = {
        code: [fact.value for fact in patient.facts if fact.variable == "alt"]
        for code, patient in read.items()
    }
    assert values == {"p1": ["30", "32"], "p2": ["31", "33"]}
    assert not source.tally.repeated
