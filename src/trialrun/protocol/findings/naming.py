"""Findings on names: criteria that speak of an arm or a drug which the record does not have."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import items
from trialrun.protocol.findings.texts import described, treated
from trialrun.record.model import Study

_ARM = re.compile(r"\b(?P<word>arm|cohort)\s+(?P<name>[A-H]\d?|\d{1,2})\b", re.IGNORECASE)
_FIRST = re.compile(
    r"\b(?:first|last|final|initial) (?:dose|administration|infusion|injection)s? of (?:the )?"
    r"(?P<name>[A-Za-z][A-Za-z0-9-]{4,})",
)
_PLAIN = re.compile(
    r"study|trial|drug|treatment|therapy|medic|invest|product|vaccin|protocol|test|agent|research|"
    r"chemo|immuno|radi|stem|cell|experimental|anti|any|prior|this|these|their|each|chest|active|"
    r"conditioning|prescribed|planned|rescue|oral|intraven|lympho|cortico|biolog|targeted|systemic|"
    r"induction|maintenance|assigned|intervention|either|combination|both|placebo|double|blind|"
    r"allergen|immunosupp|steroid|antibio|block|insulin|blood|plasma|inhaled|supplement|IMP|long|"
    r"subcut|topical|tumor|cancer|standard|open|random|allocated|neoadj|adjuv|previous|platinum"
    r"|last|most|part|cycle|period|monoclonal",
    re.IGNORECASE,
)

_CHEMOTHERAPY = re.compile(
    r"(?:platin|taxel|trexed|abine|poside|rubicin|mustine|mide)$", re.IGNORECASE
)


def arm_not_in_record(study: Study) -> tuple[Finding, ...]:
    """The criteria name an arm or cohort by letter or number, and the rest of the record none."""
    rest = " ".join(text for _, text in (*described(study), *treated(study)))
    info = study.protocol.design.design_info
    rest += f" {info.intervention_model_description or ''}"
    arms = study.protocol.arms_interventions.arm_groups
    if (
        re.search(r"\b(?:arm|cohort|group|part)s?\s+(?:[A-H]\b|\d|I)", rest, re.IGNORECASE)
        or len(arms) > 8
    ):
        return ()
    for item in items(study):
        match = _ARM.search(item.stored)
        if match:
            return (item.finding("arm-not-in-record", "gap", match, name=match[0]),)
    return ()


def drug_not_in_record(study: Study) -> tuple[Finding, ...]:
    """The criteria count from a dose of something that the rest of the record never names."""
    known = study.protocol
    rest = " ".join(
        (
            *(text for _, text in (*described(study), *treated(study))),
            *(f"{one.measure} {one.description} {one.time_frame}" for one in (
                *known.outcomes.primary_outcomes, *known.outcomes.secondary_outcomes)),
            *known.conditions.keywords,
        )
    ).lower()  # fmt: skip
    plain = re.sub(r"[^a-z0-9]", "", rest)
    found: dict[str, Finding] = {}
    for item in items(study):
        for match in _FIRST.finditer(item.stored):
            name = match["name"]
            if "chemo" in rest and _CHEMOTHERAPY.search(name):
                continue
            if _PLAIN.match(name) or re.sub(r"[^a-z0-9]", "", name.lower()) in plain:
                continue
            if name.lower() not in found:
                found[name.lower()] = item.finding("drug-not-in-record", "gap", match, name=name)
    return tuple(found.values())
