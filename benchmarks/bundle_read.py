"""One FHIR bundle to facts, beside parsing its JSON alone."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.tally import Tally

TITLE = "Reading a FHIR bundle"

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
_DISPLAY = "A test of something in serum or plasma [mass or number/volume]"
_TESTS = (  # code, unit, and a value nine times which is plausible
    ("1742-6", "U/L", 9.5), ("1975-2", "mg/dL", 0.3), ("777-3", "10*3/uL", 40),
    ("718-7", "g/dL", 1.5), ("2160-0", "mg/dL", 0.4), ("2345-7", "mg/dL", 20),
    ("2069-3", "mmol/L", 12), ("72514-3", "{score}", 1), ("787-2", "fL", 11.5),
)  # fmt: skip
_SIZE = 1_000_000  # bytes
_RUNS = 40


def bundle(size: int = _SIZE) -> bytes:
    """A bundle of one made-up patient, written as exports are: indented, with profiles, categories
    and narratives. About half of the observations have a code that no variable has.
    """
    resources: list[dict[str, object]] = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-01", "gender": "female"}
    ]
    number, length = 0, 0
    while length < size * 1.06:
        visit = _visit(number)
        resources += visit
        length += sum(len(json.dumps(one, indent=2)) + 1200 for one in visit[:1])
        length += sum(len(json.dumps(one, indent=2)) + 300 for one in visit[1:])
        number += 1
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": one} for n, one in enumerate(resources)]
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=2
    ).encode()


def _visit(number: int) -> list[dict[str, object]]:
    day = f"20{10 + number // 336:02}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    subject = {"reference": "Patient/p"}
    encounter: dict[str, object] = {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "text": {
            "status": "generated",
            "div": "<div>" + "A visit like many others. " * 40 + "</div>",
        },
        "subject": subject,
        "period": {"start": f"{day}T08:00:00+02:00", "end": f"{day}T09:00:00+02:00"},
    }
    return [encounter] + [
        {
            "resourceType": "Observation",
            "id": f"o{number}-{code}",
            "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Observation"]},
            "status": "final",
            "category": [{"coding": [{"system": _CATEGORY, "code": "laboratory"}]}],
            "code": {
                "coding": [{"system": "http://loinc.org", "code": code, "display": _DISPLAY}],
                "text": _DISPLAY,
            },
            "subject": subject,
            "encounter": {"reference": f"Encounter/e{number}"},
            "effectiveDateTime": f"{day}T08:30:00+02:00",
            "issued": f"{day}T08:45:00.120+02:00",
            "valueQuantity": {
                "value": step * (number % 9 + 1),
                "unit": unit,
                "system": "http://unitsofmeasure.org",
                "code": unit,
            },
        }
        for code, unit, step in _TESTS
    ]


def _milliseconds(work: Callable[[], object]) -> str:
    times = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return f"{statistics.median(times) * 1000:.1f} ms (least {min(times) * 1000:.1f})"


def run() -> dict[str, str]:
    """Median and least of 40 readings of one bundle of 1 MB."""
    data = bundle()
    (patient,) = read_bundle(data, Tally())
    return {
        "bundle": f"{len(data) / 1e6:.2f} MB, {len(patient.facts)} facts",
        "bundle to facts": _milliseconds(lambda: read_bundle(data, Tally())),
        "its JSON alone (`json.loads`)": _milliseconds(lambda: json.loads(data)),
    }
