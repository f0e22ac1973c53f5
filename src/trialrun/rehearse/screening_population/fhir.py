"""A simulated person in FHIR R4: resources, a bundle, and lines of a bulk export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from trialrun.rehearse.screening_population.coding import LOCAL, code_mapping, coding
from trialrun.rehearse.screening_population.measured import Flaw
from trialrun.rehearse.screening_population.person import Finding, Person, Reading
from trialrun.rehearse.screening_population.population import ALL_VARIABLES

Resource = dict[str, Any]
_STATUS = {
    Flaw.AMENDED: "amended",
    Flaw.IN_ERROR: "entered-in-error",
    Flaw.CANCELLED: "cancelled",
}
_UCUM = "http://unitsofmeasure.org"
_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
# FHIR's own mark for resources that are not about real people.
_TEST_DATA = {
    "tag": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
            "code": "HTEST",
            "display": "test health data",
        }
    ]
}


def bundle(person: Person) -> Resource:
    """The person as one collection bundle, as an integration engine hands it over."""
    return {
        "resourceType": "Bundle",
        "id": person.code,
        "meta": _TEST_DATA,
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:simulated:{one['resourceType']}/{one['id']}", "resource": one}
            for one in resources(person)
        ],
    }


def resources(person: Person) -> Iterator[Resource]:
    """Patient, then observations, then conditions."""
    yield {
        "resourceType": "Patient",
        "id": person.code,
        "meta": _TEST_DATA,
        "name": [{"text": f"SIMULATED {person.code}"}],
        "gender": person.sex,
        "birthDate": person.birth,
    }
    subject = {"reference": f"Patient/{person.code}"}
    for reading in person.readings:
        yield _observation(reading, subject)
    for finding in person.findings:
        yield _condition(finding, subject)


def _observation(reading: Reading, subject: Resource) -> Resource:
    resource: Resource = {
        "resourceType": "Observation",
        "id": reading.id,
        "status": _STATUS.get(reading.flaw, "final"),
        "code": _concept(reading.variable),
        "subject": subject,
        "effectiveDateTime": reading.at,
        "performer": [{"display": reading.laboratory}],
    }
    if reading.flaw is Flaw.CANCELLED:
        resource["dataAbsentReason"] = {"text": "cancelled"}
    elif reading.variable == "ecog":
        resource["valueInteger"] = int(reading.value)
    else:
        resource["valueQuantity"] = _quantity(reading.value, reading.unit, reading.comparator)
    limits = {
        side: _quantity(text, reading.unit)
        for side, text in (("low", reading.low), ("high", reading.high))
        if text
    }
    if limits:
        resource["referenceRange"] = [limits]
    return resource


def _condition(finding: Finding, subject: Resource) -> Resource:
    verified = "confirmed" if finding.present else "refuted"
    if finding.in_error:
        verified = "entered-in-error"
    resource: Resource = {
        "resourceType": "Condition",
        "id": finding.id,
        "verificationStatus": {"coding": [{"system": _VERIFICATION, "code": verified}]},
        "code": _concept(finding.variable),
        "subject": subject,
    }
    if finding.present and not finding.in_error:
        resource["clinicalStatus"] = {"coding": [{"system": _CLINICAL, "code": "active"}]}
    resource["onsetDateTime" if finding.present else "recordedDate"] = finding.at
    return resource


def _concept(variable: str) -> Resource:
    code = coding(variable)
    return {"coding": [{"system": code.system, "code": code.code, "display": code.display}]}


def _quantity(value: str, unit: str, comparator: str = "") -> Resource:
    quantity: Resource = {"value": int(value) if "." not in value else float(value)}
    if comparator:
        quantity["comparator"] = comparator
    if unit:
        quantity |= {"unit": unit, "system": _UCUM, "code": unit}
    return quantity


def bundle_text(person: Person) -> str:
    """The bundle as JSON, the same bytes everywhere."""
    return json.dumps(bundle(person), ensure_ascii=False, separators=(",", ":")) + "\n"


def mapping() -> str:
    """The mapping.toml that says what the local codes mean."""
    return f"format = 1\n{code_mapping(ALL_VARIABLES, system=LOCAL)}"


def bulk_lines(person: Person) -> Iterator[tuple[str, str]]:
    """(resource type, line) of a bulk export."""
    for resource in resources(person):
        line = json.dumps(resource, ensure_ascii=False, separators=(",", ":"))
        yield resource["resourceType"], line + "\n"
