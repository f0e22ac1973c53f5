"""One FHIR bundle to facts, beside parsing its JSON alone."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.tally import Tally

TITLE = "Reading a FHIR bundle"

_SIZE = 1_000_000  # bytes
_RUNS = 40


def bundle(size: int = _SIZE) -> bytes:
    """A bundle of one made-up patient: visits with laboratory values, vital signs, diagnoses.

    Half of the observations have a code that no variable has, and bills take part of the room, as
    in exports of hospitals.
    """
    codes = ("1742-6", "1975-2", "777-3", "718-7", "2160-0", "2345-7", "2069-3", "72514-3", "787-2")
    steps = (9.5, 0.3, 40, 1.5, 0.4, 20, 12, 1, 11.5)  # nine times this is plausible
    units = ("U/L", "mg/dL", "10*3/uL", "g/dL", "mg/dL", "mg/dL", "mmol/L", "{score}", "fL")
    entries: list[dict[str, object]] = [
        {"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-01"}}
    ]
    subject, number, length = {"reference": "Patient/p"}, 0, 200
    while length < size:
        day = f"20{10 + number // 336:02}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
        visit: list[dict[str, object]] = [
            {
                "resourceType": "Observation",
                "id": f"o{number}-{place}",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": code},
                "subject": subject,
                "effectiveDateTime": f"{day}T08:30:00+02:00",
                "valueQuantity": {"value": step * (number % 9 + 1), "unit": unit, "code": unit},
            }
            for place, (code, unit, step) in enumerate(zip(codes, units, steps, strict=True))
        ]
        visit.append(
            {
                "resourceType": "Claim",
                "id": f"b{number}",
                "patient": subject,
                "created": day,
                "item": [{"sequence": item, "net": {"value": item * 1.5}} for item in range(60)],
            }
        )
        entries += [{"resource": resource} for resource in visit]
        length += len(json.dumps(visit))
        number += 1
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


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
