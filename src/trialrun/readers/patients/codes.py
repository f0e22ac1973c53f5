"""Which variables a code stands for, by the vocabulary's verified codes alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from types import MappingProxyType

from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Variable

LOINC, SNOMED, ICD10CM, ICD9CM = "LOINC", "SNOMED CT", "ICD-10-CM", "ICD-9-CM"
ICD = (ICD10CM, ICD9CM)

# How FHIR and OMOP name the systems of the vocabulary.
_URLS = {
    "loinc.org": LOINC,
    "snomed.info/sct": SNOMED,
    "hl7.org/fhir/sid/icd-10-cm": ICD10CM,
    "hl7.org/fhir/sid/icd-9-cm": ICD9CM,
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.90": ICD10CM,
    "urn:oid:2.16.840.1.113883.6.103": ICD9CM,
}
OMOP = {"LOINC": LOINC, "SNOMED": SNOMED, "ICD10CM": ICD10CM, "ICD9CM": ICD9CM}
# A local system that says what it holds. Other ICD editions and procedure codes are not these.
_BY_NAME = re.compile(r"diag.*icd[-_]?(10|9)|icd[-_]?(10|9).*diag", re.IGNORECASE)
_OTHER_EDITION = re.compile(r"(?<![a-z])(?:gm|who|am|ca|fr|pcs|proc\w*)(?![a-z])", re.IGNORECASE)


@cache
def _book() -> Mapping[tuple[str, str], tuple[Variable, ...]]:
    found: dict[tuple[str, str], tuple[Variable, ...]] = {}
    for row in variables().values():
        for code in row.codes:
            key = (code.system, _plain(code.system, code.code))
            found[key] = (*found.get(key, ()), row)
    return MappingProxyType(found)


def codes_of(system: str) -> tuple[str, ...]:
    """The codes of a system that the vocabulary knows, ICD without dots."""
    return tuple(code for named, code in _book() if named == system)


@lru_cache(maxsize=100_000)
def variables_of(system: str, code: str) -> tuple[Variable, ...]:
    """The variables that this code, or an ICD code above it, stands for.

    >>> [row.name for row in variables_of("ICD-10-CM", "C9202")]
    ['aml']
    """
    book = _book()
    wanted = _plain(system, code)
    if system not in ICD:
        return book.get((system, wanted), ())
    found: dict[str, Variable] = {}
    for length in range(len(wanted), 2, -1):
        for row in book.get((system, wanted[:length]), ()):
            found[row.name] = row
    return tuple(found.values())


@lru_cache(maxsize=10_000)
def denied_by(system: str, code: str) -> tuple[Variable, ...]:
    """The variables that somebody does not have who does not have what this code means.

    >>> [row.name for row in denied_by("SNOMED CT", "91861009")], denied_by("SNOMED CT", "49436004")
    (['aml'], ())
    """
    wanted = _plain(system, code)
    return tuple(
        row
        for row in _book().get((system, wanted), ())
        if any(own.system == system and _plain(system, own.code) == wanted for own in row.own_codes)
    )


@lru_cache(maxsize=1_000)
def system_of(url: str) -> tuple[str, bool]:
    """Our name of a code system, and whether it was only understood from a local system's name."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.strip().casefold()).rstrip("/")
    if bare in _URLS:
        return _URLS[bare], False
    named = _BY_NAME.search(bare)
    if named is not None and not _OTHER_EDITION.search(bare):
        return (ICD10CM if "10" in (named[1], named[2]) else ICD9CM), True
    return "", False


def _plain(system: str, code: str) -> str:
    code = code.strip()
    return code.replace(".", "").upper() if system in ICD else code
