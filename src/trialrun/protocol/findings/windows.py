"""Findings on windows: before what, two lengths for one wash-out, contraception until when."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.foods import LASTING, only_foods
from trialrun.protocol.findings.items import Item, items, lead_in
from trialrun.protocol.findings.texts import criteria, described
from trialrun.record.model import Study

_SPAN = (
    r"(?P<number>\d+|one|two|three|four|five|six|seven|eight|twelve"
    r"|fourteen)\s*(?:\(\d+\)\s*)?[- ]?"
    r"(?P<unit>days?|weeks?|months?|years?)"
)
_ANY_SPAN = re.compile(rf"\b{_SPAN}\b", re.IGNORECASE)
_BARE_WINDOW = re.compile(rf"\bwithin\s+(?:the\s+)?{_SPAN}\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(?:before|prior|pre|of|from|after|following|since|preceding|previous|last|past|until|post"
    r"|to|at|apart|between|screening|baseline|enrol\w*|randomi[sz]\w*|inclusion|entry|admission"
    r"|surgery|visit|day 0|earlier|ago|onset|run-?in|if|when|upon|start\w*|diagnos\w*)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"\b(?:within|in|during|over)\s+(?:the\s+)?(?:last|past|previous|preceding|prior)\s+{_SPAN}\b",
    re.IGNORECASE,
)
_LONGEST_BACK = 42  # days: as long as a screening period may last
_ACT = re.compile(
    r"\b(?:before|prior to|preceding the|screening|baseline|enrol\w*|randomi[sz]\w*|inclusion|entry"
    r"|recruitment|visit|dos(?:e|ing)|day (?:0|1|-)|(?:informed )?consent|study (?:start|treatment)"
    r"|surgery|admission|testing|challenge|start of|run-?in|first|at the time)\b",
    re.IGNORECASE,
)
_LONGEST_WINDOW = 92  # days; of longer ones, a few days more or less matter little
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
            "eight": 8, "twelve": 12, "fourteen": 14}  # fmt: skip
_WASHED = (
    r"(?P<what>chemotherapy|radiotherapy|radiation therapy|immunotherapy|major surgery|surgery"
    r"|live(?:[- ]attenuated)? vaccines?|investigational (?:drugs?|agents?|products?|medications?)"
    r"|blood donation|(?:systemic |oral )?(?:cortico)?steroids?|antibiotics?|omalizumab)"
)
_WASH_OUT = re.compile(
    rf"\b{_WASHED}(?: therapy| treatment)?,?\s+(?:with)?in\s+(?:the\s+)?(?:last\s+|past\s+"
    rf"|previous\s+)?{_SPAN}\b",
    re.IGNORECASE,
)
_CONTRACEPTION = re.compile(
    r"\b(?:us(?:e|ing)|practi[cs]e|agree[sd]?|willing|take|must)\b[^.;\n]{0,90}"
    r"\b(?:contracepti(?:on|ves?)|birth control)\b",
    re.IGNORECASE,
)
# What a window is about, so that two windows on one thing are known.
_THING = tuple(
    re.compile(rf"\b(?:{one})", re.IGNORECASE)
    for one in (
        (
            r"(?:investigational|experimental|interventional|other|another)(?:\W+\w+){0,3}"
            r"\W+(?:trials?|stud(?:y|ies)|drugs?|agents?|products?|therap\w+|medications?)"
        ),
        *("transfus", "antibiotic", "steroid", "vaccin", "infection", "surg(?:ery|ical)"),
        *("immunotherap", "chemotherap", "radi(?:ation|otherap)", "antihistamin", "immunosuppress"),
    )
)
_TRIAL = re.compile(
    r"\b(?:participat\w+|took part|taken part|enrolled|involved)\b[^.;\n]{0,80}"
    r"\b(?:trials?|stud(?:y|ies))\b|\b(?:trials?|stud(?:y|ies)) participation\b",
    re.IGNORECASE,
)
# There the consent, the screening and the treatment are of one or two days.
_ACUTE = re.compile(
    r"\bacute (?:myocardial|MI\b|coronary|infarct|(?:isch\w+ )?stroke|abdom|respiratory|trauma"
    r"|appendic|pancreat|heart failure|kidney)"
    r"|\b(?:sepsis|septic shock|cardiac arrest|emergency)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:see|refer to|according to|as per)\b[^.\n]{0,40}\b(?:protocol|section|document)\b", re.I
)
_LENGTH = re.compile(
    r"\b(?:during|throughout|until|for (?:the|at least|\w+ (?:days?|weeks?|months?|years?))|after"
    r"|while|months?|weeks?|days?|years?|course|entire|whole|duration|participat\w*|period|study"
    r"|trial|treatment|follow\w*|research)\b",
    re.IGNORECASE,
)


def window_without_anchor(study: Study) -> tuple[Finding, ...]:
    """ "Within 4 weeks", and nothing says of what."""
    if study.protocol.design.study_type != "INTERVENTIONAL":
        return ()  # what is only watched has no treatment to count from
    text = criteria(study)
    found = [
        item.finding("window-without-anchor", "ambiguity", match)
        for item in items(study)
        for match in _BARE_WINDOW.finditer(item.stored)
        if _length(match) <= _LONGEST_WINDOW
        and not _of_no_moment(study, item, match)
        and not any(
            _REFERENCE.search(words) for words in (item.stored, *item.above, lead_in(text, item))
        )
    ]
    return tuple(found[:1])  # one answer settles the others


def window_back_from_when(study: Study) -> tuple[Finding, ...]:
    """ "In the last 4 weeks" of a trial that treats: counted back from which of its acts."""
    if study.protocol.design.study_type != "INTERVENTIONAL" or window_without_anchor(study):
        return ()
    titles = (text for place, text in described(study) if place.endswith("Title"))
    if any(_ACUTE.search(text) for text in (*titles, *study.protocol.conditions.conditions)):
        return ()
    text = criteria(study)
    found = [
        item.finding("window-back-from-when", "ambiguity", match)
        for item in items(study)
        for match in _BACK.finditer(item.stored)
        if _length(match) <= _LONGEST_BACK
        and not _of_no_moment(study, item, match)
        and not any(_ACT.search(words) for words in (item.stored, *item.above, lead_in(text, item)))
    ]
    return tuple(found[:1])


def _of_no_moment(study: Study, item: Item, match: re.Match[str]) -> bool:
    """Other trials where no dose is counted from, or what a longer anchored window settles."""
    kinds = {one.type for one in study.protocol.arms_interventions.interventions}
    if _TRIAL.search(item.stored) and not kinds & (LASTING | {"DIETARY_SUPPLEMENT"}):
        return True
    clause = item.stored[max(0, match.start() - 120) : match.end() + 120]
    about = [thing for thing in _THING if thing.search(clause)]
    if _TRIAL.search(clause):
        about.append(_THING[0])
    return any(
        other.criterion.id != item.criterion.id
        and other.kind == item.kind
        and any(thing.search(other.stored) for thing in about)
        and any(
            _length(each) >= _length(match)
            and _ACT.search(other.stored[each.end() : each.end() + 60])
            for each in _ANY_SPAN.finditer(other.stored)
        )
        for other in items(study)
    )


def wash_outs_differ(study: Study) -> tuple[Finding, ...]:
    """The same treatment must be over for two different lengths of time."""
    seen: dict[str, tuple[int, str, str]] = {}
    found: dict[str, Finding] = {}
    for item in items(study):
        for match in _WASH_OUT.finditer(item.stored):
            if item.kind != "exclusion" or not item.common:
                continue
            # "Long-acting" and "short-acting", "oral" and "inhaled" are different things.
            before = re.findall(r"\w[\w-]*", item.stored[: match.start()].lower())[-2:]
            what = " ".join((*before, match["what"].lower().rstrip("s")))
            days = _length(match)
            first = seen.setdefault(what, (days, match[0], item.criterion.id))
            if first[0] != days and first[2] != item.criterion.id and what not in found:
                found[what] = item.finding(
                    "wash-outs-differ", "contradiction", match, one=first[1], other=match[0]
                )
    return tuple(found.values())


def contraception_length(study: Study) -> tuple[Finding, ...]:
    """Contraception is asked for, and no criterion says until when."""
    asking = [
        (item, match)
        for item in items(study)
        for match in [_CONTRACEPTION.search(item.stored)]
        if match
    ]
    kinds = {one.type for one in study.protocol.arms_interventions.interventions}
    if (
        not asking
        or not kinds & LASTING
        or only_foods(study)
        or any(_ELSEWHERE.search(item.stored) for item, _ in asking)
        or any(
            _LENGTH.search(item.stored) or any(_LENGTH.search(words) for words in item.above)
            for item, _ in asking
        )
    ):
        return ()
    item, match = asking[0]
    return (item.finding("contraception-length", "gap", match),)


def _length(match: re.Match[str]) -> int:
    number = match["number"].lower()
    return (_NUMBERS.get(number) or int(number)) * _DAYS[match["unit"].lower().rstrip("s")]
