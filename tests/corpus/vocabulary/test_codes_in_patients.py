"""Codes whose source is Synthea stand in Synthea's own patients, with that display."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from trialrun.vocabulary.table import variables

SHARED = Path(__file__).resolve().parents[4] / "shared"
BUNDLES = SHARED / "data" / "patients" / "synthea-fhir-r4"
SYSTEMS = {"http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT"}


def displays() -> dict[tuple[str, str], set[str]]:
    """Displays by system and code, in every observation and condition of the patients."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted(BUNDLES.glob("*.json.gz")):
        bundle = json.loads(gzip.decompress(path.read_bytes()))
        for coding in codings(bundle):
            if coding.get("system") in SYSTEMS:
                # Some displays hold a zero-width space.
                shown = coding.get("display", "").replace("\u200b", "")
                found[SYSTEMS[coding["system"]], coding["code"]].add(shown.casefold())
    return found


def codings(bundle: dict[str, list[dict[str, dict[str, object]]]]) -> Iterator[dict[str, str]]:
    for entry in bundle.get("entry", []):
        code = entry["resource"].get("code")
        if isinstance(code, dict):
            yield from code.get("coding", [])


# Synthea shows these under a name of its own; the official display is in another source.
OWN_NAMES = {"2160-0", "38483-4", "42719-5", "26515-7"}


def test_codes_from_synthea_are_there() -> None:
    known = displays()
    checked = 0
    for row in variables().values():
        for code in row.codes:
            if "S" not in code.source.split(",") or code.system not in {"LOINC", "SNOMED CT"}:
                continue
            shown = known.get((code.system, code.code))
            if code.code == "91861009":
                continue  # from a Synthea module, not from these patients
            assert shown, f"{row.name}: {code.code} is in no patient"
            if code.code not in OWN_NAMES:
                assert code.display.casefold() in shown, (row.name, shown)
            checked += 1
    assert checked >= 12
