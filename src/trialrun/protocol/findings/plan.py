"""Findings on the design fields against titles and arms: phase, allocation, masking, placebo."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.foods import LASTING
from trialrun.protocol.findings.texts import described, treated
from trialrun.record.model import Study

_ROMAN = {"1": 1, "i": 1, "2": 2, "ii": 2, "3": 3, "iii": 3, "4": 4, "iv": 4}
_PHASE = re.compile(
    r"\bphase[- ]?(?P<one>IV|I{1,3}|[1-4])(?P<part>[abc])?"
    r"(?:\s*(?:/|-|–|and|to|&)\s*(?:phase\s*)?(?P<two>IV|I{1,3}|[1-4])(?:[abc])?)?\b",
    re.IGNORECASE,
)
_FIELDS = {"EARLY_PHASE1": 1, "PHASE1": 1, "PHASE2": 2, "PHASE3": 3, "PHASE4": 4}
_RANDOM = re.compile(r"(?<!non-)(?<!non)(?<!non )(?<!not )\brandomi[sz]ed\b", re.IGNORECASE)
_NOT_RANDOM = re.compile(r"\b(?:non|not)[- ]?randomi[sz]ed\b", re.IGNORECASE)
_BLIND = re.compile(
    r"\b(?:double|triple|quadruple)[- ]?(?:blind(?:ed)?|mask(?:ed)?)\b", re.IGNORECASE
)
_SINGLE = re.compile(r"\bsingle[- ]?(?:blind(?:ed)?|mask(?:ed)?)\b", re.IGNORECASE)
# Controls within one person, as on the skin of one arm: nothing is assigned.
_ONE_PERSON = re.compile(r"\b(?:prick|patch|intradermal|skin)[- ]tests?\b", re.IGNORECASE)
_GIVEN = re.compile(r"(?:Drug|Biological|Device|Dietary Supplement|Genetic|Combination Product):")
_PRETENDED = re.compile(r"placebo|sham|dummy|simulated", re.IGNORECASE)
_OPEN = re.compile(r"\bopen[- ]?label(?:led|ed)?\b", re.IGNORECASE)


def phase_against_title(study: Study) -> tuple[Finding, ...]:
    """The title names a phase that the field does not."""
    known = {_FIELDS[one] for one in study.protocol.design.phases if one in _FIELDS}
    phases = study.protocol.design.phases
    if not phases or study.protocol.design.study_type != "INTERVENTIONAL":
        return ()
    kinds = {one.type for one in study.protocol.arms_interventions.interventions}
    if not known and not kinds & LASTING:
        return ()  # the registry wants "not applicable" where nothing is taken
    said: set[int] = set()
    first: tuple[str, re.Match[str]] | None = None
    for place, text in _titles(study):
        for match in _PHASE.finditer(text):
            first = first or (place, match)
            said |= {_ROMAN[match[name].lower()] for name in ("one", "two") if match[name]}
    if first is None or said == known:
        return ()
    return (_differs("phase-differs", *first, ", ".join(phases)),)


def allocation_against_title(study: Study) -> tuple[Finding, ...]:
    """The title says randomized and the field does not, or the reverse."""
    info = study.protocol.design.design_info
    for place, text in _titles(study):
        said, denied = _RANDOM.search(text), _NOT_RANDOM.search(text)
        if denied and info.allocation == "RANDOMIZED":
            return (_differs("allocation-differs", place, denied, info.allocation),)
        if said and not denied and info.allocation in {"NON_RANDOMIZED", "NA"}:
            return (_differs("allocation-differs", place, said, info.allocation),)
    return ()


def masking_against_title(study: Study) -> tuple[Finding, ...]:
    """The title says blind and the field says open, or the reverse."""
    masking = study.protocol.design.design_info.masking_info.masking
    for place, text in _titles(study):
        blind, open_, single = (one.search(text) for one in (_BLIND, _OPEN, _SINGLE))
        if single and not blind and masking not in {None, "SINGLE"}:
            return (_differs("masking-differs", place, single, masking or ""),)
        if blind and not open_ and masking == "NONE":
            return (_differs("masking-differs", place, blind, masking),)
        if open_ and not blind and masking in {"DOUBLE", "TRIPLE", "QUADRUPLE"}:
            return (_differs("masking-differs", place, open_, masking),)
    return ()


def masked_nobody(study: Study) -> tuple[Finding, ...]:
    """Masked, and nobody is named who does not know the assignment."""
    info = study.protocol.design.design_info.masking_info
    if info.masking in {None, "NONE"} or info.who_masked:
        return ()
    return (_design("masked-nobody", "maskingInfo.whoMasked", info.masking or "", "gap"),)


def placebo_open(study: Study) -> tuple[Finding, ...]:
    """A placebo arm beside another in a study in which everybody knows the assignment."""
    design = study.protocol.design.design_info
    info = design.masking_info
    if design.intervention_model == "SINGLE_GROUP" or any(
        _ONE_PERSON.search(text) for _, text in treated(study)
    ):
        return ()
    arm = next(
        (
            one
            for one in study.protocol.arms_interventions.arm_groups
            if one.type == "PLACEBO_COMPARATOR"
            # A usual treatment or a lesson under that type is a slip of the form alone.
            and any(
                _GIVEN.match(name) or _PRETENDED.search(name)
                for name in (*one.intervention_names, one.label or "")
            )
        ),
        None,
    )
    if arm is None or info.masking != "NONE":
        return ()
    return (_design("placebo-open", "maskingInfo.masking", arm.label or "", "contradiction"),)


def model_needs_arms(study: Study) -> tuple[Finding, ...]:
    """Parallel, crossover or factorial, and fewer than two arms."""
    info = study.protocol.design.design_info
    count = len(study.protocol.arms_interventions.arm_groups)
    if info.allocation == "RANDOMIZED":
        return ()  # a randomized single arm is asked about as that
    if count == 1 and info.intervention_model in {"PARALLEL", "CROSSOVER", "FACTORIAL"}:
        return (
            _design(
                "model-needs-arms",
                "interventionModel",
                info.intervention_model or "",
                "contradiction",
            ),
        )
    if count > 1 and info.allocation == "NA":
        return (_design("allocation-missing", "allocation", str(count), "gap"),)
    return ()


def _titles(study: Study) -> list[tuple[str, str]]:
    return [(place, text) for place, text in described(study) if place.endswith("Title")]


def _differs(rule: str, place: str, match: re.Match[str], field: str) -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction",
        where=place,
        quoted=match[0],
        span=match.span(),
        values={"title": match[0], "field": field},
    )


def _design(rule: str, name: str, value: str, sort: str) -> Finding:
    return Finding(
        rule=rule,
        sort="gap" if sort == "gap" else "contradiction",
        where=f"designModule.designInfo.{name}",
        quoted=value,
        values={"value": value},
        who="statistician",
    )
