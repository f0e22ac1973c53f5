"""Phrases of a record that leave something open, found by kind of phrase, with their words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from trialrun.protocol.regimen_reader.regimen import places, source_of
from trialrun.record.model import Study
from trialrun.values.provenance import Origin, Source

Found: TypeAlias = tuple[re.Match[str], Source]

_NUMBER = r"(?P<n>\d+(?:\.\d+)?)"
_HOURS = r"\s*(?:hours?|hrs?|h)\b"
_TREATMENT = (
    r"(?:chemotherap\w*|lymphodeplet\w*|conditioning|fludarabine|cyclophosphamide"
    r"|preconditioning)"
)
# "at least 48 h after chemotherapy", "postchemotherapy for at least 48 hours", "24 hours after …"
_GAPS = (
    re.compile(
        rf"(?P<least>at least |no less than |more than )?{_NUMBER}{_HOURS}\s*"
        rf"(?:after|following|post)\s*(?:the )?(?:\w+ ){{0,6}}?{_TREATMENT}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:post-?\s?|after (?:the )?(?:end of )?){_TREATMENT}\s*(?:for )?"
        rf"(?P<least>at least |no less than |more than )?{_NUMBER}{_HOURS}",
        re.IGNORECASE,
    ),
)
_INTERVAL = re.compile(
    r"\binterval (?:was|is|of|between[^.]{0,40}is)\s*(?P<n>\d+)\s*days?\b", re.IGNORECASE
)
_FOLLOWED = re.compile(
    rf"{_TREATMENT}[^.]{{0,80}}followed by|(?:prior to|before|pre-?)[^.]{{0,40}}"
    rf"(?:infusion|cells?)|post-?{_TREATMENT}|after {_TREATMENT}|lymphodeplet|precondition"
    r"|pre-?treat(?:ed|ment) with chemotherapy",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours that the record asks for between chemotherapy and what follows."""

    hours: str
    source: Source


def gap_after_treatment(study: Study) -> Gap | None:
    """The first phrase that asks for hours after chemotherapy."""
    for place in places(study):
        for pattern in _GAPS:
            match = pattern.search(place.field.text)
            if match is not None:
                return Gap(match["n"], source_of(place, match.start(), match.end()))
    return None


def interval_in_days(study: Study) -> Found | None:
    """ "Interval was 1 day": the next day, or one day between."""
    return _first(study, _INTERVAL)


def follows_chemotherapy(study: Study) -> bool:
    """Whether the record says that something is given after chemotherapy."""
    return _first(study, _FOLLOWED) is not None


def cited(study: Study, pattern: str) -> Source | None:
    """The first words of arms and interventions, else of the summaries, that match."""
    found = _first(study, re.compile(pattern, re.IGNORECASE))
    if found is not None:
        return found[1]
    known = study.protocol
    for path, text in (
        ("identificationModule.briefTitle", known.identification.brief_title),
        ("descriptionModule.briefSummary", known.description.brief_summary),
        ("descriptionModule.detailedDescription", known.description.detailed_description),
    ):
        match = re.search(pattern, text or "", re.IGNORECASE)
        if match is not None:
            return Source(Origin.RECORD, path, match.span(), match[0])
    return None


def _first(study: Study, pattern: re.Pattern[str]) -> Found | None:
    return next(_all(study, pattern), None)


def _all(study: Study, pattern: re.Pattern[str]) -> Iterator[Found]:
    for place in places(study):
        for match in pattern.finditer(place.field.text):
            yield match, source_of(place, match.start(), match.end())
