"""By which code a variable is sent: a verified one of the vocabulary, else a local one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from trialrun.vocabulary.table import variables

LOCAL = "urn:simulated:codes"
LOCAL_VOCABULARY = "SIMULATED"
_URIS = {
    "LOINC": "http://loinc.org",
    "SNOMED CT": "http://snomed.info/sct",
    "ICD-10-CM": "http://hl7.org/fhir/sid/icd-10-cm",
}
_OMOP = {"LOINC": "LOINC", "SNOMED CT": "SNOMED", "ICD-10-CM": "ICD10CM", "": LOCAL_VOCABULARY}


@dataclass(frozen=True, slots=True)
class Coding:
    """A code as FHIR and OMOP name its system; `vocabulary` is OMOP's name."""

    system: str
    vocabulary: str
    code: str
    display: str


@cache
def coding(variable: str) -> Coding:
    """The first verified code that no other variable has too; else the local code.

    Local codes are upper case (`SIM-MRD-POSITIVE`), as a hospital's own are: only the mapping file
    beside the population says what they mean.
    """
    row = variables()[variable]
    for code in row.codes:
        if code.system in _URIS and _owners(code.system, code.code) == 1:
            return Coding(_URIS[code.system], _OMOP[code.system], code.code, code.display)
    local = f"SIM-{variable.upper().replace('_', '-')}"
    return Coding(LOCAL, _OMOP[""], local, f"SIMULATED {row.en}")


def means_all(variable: str) -> bool:
    """Whether the code by which it is sent means the variable, and not one kind of it."""
    sent = coding(variable)
    own = {code.code for code in variables()[variable].own_codes}
    return sent.system == LOCAL or sent.code in own


def code_mapping(names: Iterable[str], *, system: str) -> str:
    """The part of a mapping.toml that says what the local codes of these variables mean."""
    return "".join(
        f'\n[[code]]\nsystem = "{system}"\ncode = "{coding(name).code}"\nvariable = "{name}"\n'
        for name in names
        if coding(name).system == LOCAL
    )


def _owners(system: str, code: str) -> int:
    return sum(
        any(one.system == system and one.code == code for one in row.codes)
        for row in variables().values()
    )
