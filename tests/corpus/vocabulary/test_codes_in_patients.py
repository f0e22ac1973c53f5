"""Codes stand in the patients, or the vocabulary, that are named as their source, so displayed."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trialrun.vocabulary.table import variables

SHARED = Path(__file__).resolve().parents[4] / "shared"
PATIENTS = SHARED / "data" / "patients"
BUNDLES = PATIENTS / "synthea-fhir-r4"
SYSTEMS = {"http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT"}


def displays() -> dict[tuple[str, str], set[str]]:
    """Displays by system and code, in every observation and condition of the patients."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted(BUNDLES.glob("*.json.gz")):
        bundle = json.loads(gzip.decompress(path.read_bytes()))
        for coding in codings(bundle):
            if coding.get("system") in SYSTEMS:
                # Some displays hold a zero-width space.
                shown = coding.get("display", "").replace("\u200b", "").removesuffix(" (disorder)")
                found[SYSTEMS[coding["system"]], coding["code"]].add(shown.casefold())
    return found


def codings(bundle: dict[str, Any]) -> Iterator[dict[str, str]]:
    for entry in bundle.get("entry", []):
        resource = entry["resource"]
        for part in (resource, *resource.get("component", [])):
            code = part.get("code")
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


def from_lines(folder: str, system_of: dict[str, str]) -> dict[tuple[str, str], set[str]]:
    """Displays of a bulk folder, by our name of the system and the code without its dot."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted((PATIENTS / folder).glob("*.ndjson.gz")):
        if not any(word in path.name for word in ("Condition", "Observation", "Procedure")):
            continue
        for line in gzip.decompress(path.read_bytes()).splitlines():
            resource = json.loads(line)
            for part in (resource, *resource.get("component", ())):
                for coding in part.get("code", {}).get("coding", ()):
                    system = system_of.get(coding.get("system"))
                    if system and coding.get("display"):
                        shown = coding["display"].removesuffix(" (finding)").casefold()
                        found[system, coding["code"]].add(shown)
    return found


def from_eunomia() -> dict[tuple[str, str], set[str]]:
    """The names in the concept table of the OMOP set."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    with zipfile.ZipFile(PATIENTS / "synthea27nj-omop-5.4" / "Synthea27Nj_5.4.zip") as archive:
        text = io.TextIOWrapper(archive.open("CONCEPT.csv"), encoding="utf-8", newline="")
        for row in csv.DictReader(text):
            system = {"LOINC": "LOINC", "SNOMED": "SNOMED CT"}.get(row["vocabulary_id"])
            if system:
                found[system, row["concept_code"]].add(row["concept_name"].casefold())
    return found


MIMIC = "http://mimic.mit.edu/fhir/mimic/CodeSystem/mimic-diagnosis-"


@pytest.mark.parametrize("letter", ["D", "E", "B"])
def test_codes_from_other_patients_are_there(letter: str) -> None:
    systems = {"http://loinc.org": "LOINC", "http://snomed.info/sct": "SNOMED CT"}
    match letter:
        case "D":
            local = {MIMIC + "icd9": "ICD-9-CM", MIMIC + "icd10": "ICD-10-CM"}
            known = from_lines("mimic-iv-demo-fhir-2.1.0", systems | local)
        case "B":
            known = from_lines("synthea-bulk-10", systems)
        case _:
            known = from_eunomia()
    checked = 0
    for row in variables().values():
        for code in row.codes:
            if letter not in code.source.split(","):
                continue
            dotless = code.code.replace(".", "")
            assert code.display.casefold() in known[code.system, dotless], (row.name, code.code)
            checked += 1
    assert checked >= {"D": 28, "E": 24, "B": 2}[letter]
