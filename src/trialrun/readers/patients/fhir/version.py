"""Signs of another FHIR version: a file says its version nowhere, its shape does."""

from __future__ import annotations

from collections.abc import Mapping

from trialrun.errors import NotSupported

# Resource types that R4 does not have.
_TYPES = {
    "MedicationOrder": "DSTU2",
    "DiagnosticOrder": "DSTU2",
    "BodySite": "DSTU2 or STU3",
    "ReferralRequest": "DSTU2 or STU3",
    "ProcedureRequest": "DSTU2 or STU3",
    "EligibilityRequest": "DSTU2 or STU3",
    "Sequence": "STU3",
    "MedicationUsage": "R5",
    "Transport": "R5",
    "BiologicallyDerivedProductDispense": "R5",
    "GenomicStudy": "R5",
}
# Fields that only another version has, by resource type.
_FIELDS: dict[str, dict[str, str]] = {
    "Condition": {
        "patient": "DSTU2",
        "dateRecorded": "DSTU2",
        "assertedDate": "STU3",
        "context": "STU3",
        "participant": "R5",
    },
    "Observation": {
        "comments": "DSTU2",
        "comment": "STU3",
        "context": "STU3",
        "related": "DSTU2 or STU3",
        "triggeredBy": "R5",
        "instantiatesCanonical": "R5",
        "bodyStructure": "R5",
    },
    "Encounter": {"patient": "DSTU2", "reason": "DSTU2 or STU3", "actualPeriod": "R5"},
    "Procedure": {
        "notPerformed": "DSTU2",
        "notDone": "STU3",
        "context": "STU3",
        "occurrenceDateTime": "R5",
        "occurrencePeriod": "R5",
    },
    "MedicationStatement": {"wasNotTaken": "DSTU2", "taken": "STU3", "medication": "R5"},
    "MedicationRequest": {"medication": "R5"},
    "MedicationAdministration": {
        "wasNotGiven": "DSTU2",
        "notGiven": "STU3",
        "medication": "R5",
        "occurenceDateTime": "R5",
        "occurencePeriod": "R5",
    },
    "Patient": {"animal": "DSTU2 or STU3"},
}
# R4 writes these as coded values; DSTU2 and STU3 wrote plain text.
_CODED = {"Condition": ("clinicalStatus", "verificationStatus")}


def other_version(resource: Mapping[str, object]) -> str:
    """The version that this resource shows, with the sign; empty where it may be R4."""
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return ""
    if kind in _TYPES:
        return f"FHIR {_TYPES[kind]} (it holds a {kind})"
    fields = _FIELDS.get(kind)
    if fields is None:
        return ""
    if not fields.keys().isdisjoint(resource):
        name = next(name for name in fields if name in resource)
        return f"FHIR {fields[name]} (it holds {kind}.{name})"
    for name in _CODED.get(kind, ()):
        if isinstance(resource.get(name), str):
            return f"FHIR DSTU2 or STU3 ({kind}.{name} is plain text)"
    if kind == "Encounter" and isinstance(resource.get("class"), list):
        return "FHIR R5 (Encounter.class is a list)"
    return ""


def refuse(version: str, where: str) -> NotSupported:
    """The error for a file of another version."""
    return NotSupported(
        f"this is {version}; Trialrun reads FHIR R4",
        where=where,
        remedy="Export it as R4 (4.0.1), or convert it first.",
    )
