"""Findings on who may enter: text against structured fields, description against criteria."""

from __future__ import annotations

import re
from itertools import islice

from trialrun.protocol.findings.ages import in_years
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.foods import LASTING, only_supplements
from trialrun.protocol.findings.items import items, one_population
from trialrun.protocol.findings.texts import criteria, described, everything, partial, treated
from trialrun.record.model import Study

_FIELD = "eligibilityModule.eligibilityCriteria"
# "Age ≥ 18", "aged 18 to 75", "18-75 years old", "≥ 18 years of age"
_RANGE = re.compile(
    r"(?:\bage[sd]?\b[^.\n\d]{0,25})?(?<![\d.])(\d{1,2})\s*(?:-|–|~|to|and|through)\s*(\d{2,3})"
    r"\s*(?:years?|yrs?|y\.?o)\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?<!gestational )\bage[sd]?\b[^.\n\d)]{0,12}(?:\\?>\s*=?|≥|≧|over|at least|older than"
    r"|greater than(?: or equal to)?)\s*\\?=?\s*(\d{1,2})\b"
    r"|(?:\\?>\s*\\?=|≥|≧|at least)\s*(\d{1,2})\s*(?:years?|yrs?)(?: old| of age)\b",
    re.IGNORECASE,
)
_EXCLUDED = re.compile(r"\b(?:excluding|except(?: for)?|other than)\s+(?:the\s+)?", re.IGNORECASE)
# Donor-specific antibodies are no donor; a donor who is said to be screened has criteria elsewhere.
_DONOR = re.compile(
    r"\b(?:donor[- ]derived|haplo-?identical|donor(?![- ]?(?:specific|screen|select|eligib)))\b",
    re.I,
)
_DONORS_ELSEWHERE = re.compile(
    r"\bdonors? (?:screen|select|eligib)|\b(?:women|mothers|donors?|cords?)\b[^.\n]{0,50}"
    r"\b(?:screened|tested) for\b|\bscreened\b[^.\n]{0,40}\binfectious\b"
    # Of a product from the shelf, donors are its manufacturer's matter.
    r"|\boff[- ]the[- ]shelf\b|\bready[- ]to[- ]use\b|\bcell (?:bank|line)s?\b|\bthird[- ]party\b"
    r"|\bderived from (?:a |the )?(?:[\w-]+ ){0,2}donors?(?:['’]s)?"
    r" (?:PBMC|blood|cells|peripheral)",
    re.IGNORECASE,
)
_HEALTHY = re.compile(r"\bhealthy (?:adult )?(?:volunteers?|subjects?|participants?)\b", re.I)
_NAME = re.compile(r"(?:[A-Z]{2,6}\d?\b|M3\b)")
_POPULATIONS = {
    "relapsed": re.compile(r"\brelaps", re.IGNORECASE),
    "refractory": re.compile(r"\brefractory|non-?remission\b", re.IGNORECASE),
    "MRD-positive": re.compile(r"\bMRD\b|residual disease", re.IGNORECASE),
    "newly diagnosed": re.compile(r"\bnewly[ -]diagnosed|\bde novo\b", re.IGNORECASE),
    "high-risk": re.compile(r"\bhigh[ -]risk\b(?! (?:of|for)\b)", re.IGNORECASE),
}


def _including(study: Study) -> str:
    """The text up to its exclusions, with spans unchanged; nothing where it has several groups."""
    text = criteria(study)
    if not one_population(study):
        return ""
    excluding = re.search(r"\bexclusion\b", text, re.IGNORECASE)
    return text[: excluding.start()] if excluding and excluding.start() > 100 else text


def ages(study: Study) -> tuple[Finding, ...]:
    """Ages in the criteria's text against the structured minimum and maximum."""
    text, known = _including(study), study.protocol.eligibility
    least, most = in_years(known.minimum_age), in_years(known.maximum_age)
    ranges = list(_RANGE.finditer(text))
    if ranges:
        ranged = ranges[0]
        # Two ranges are strata, and a range far down a line is about something else.
        if len(ranges) > 1 or _LEAST.search(text) or not _opens_its_line(text, ranged):
            return ()
        if least is not None and float(ranged[1]) != least:
            return (_age("age-differs", ranged, known.minimum_age, str(ranged[1])),)
        if most is not None and float(ranged[2]) != most:
            return (_age("age-differs", ranged, known.maximum_age, str(ranged[2])),)
        return ()
    leasts = list(_LEAST.finditer(text))
    if len(leasts) != 1 or least is None or not _opens_its_line(text, leasts[0]):
        return ()
    one = leasts[0]
    if re.match(r"\s*(?:days?|weeks?|months?)\b", text[one.end() :], re.IGNORECASE):
        return ()
    stated = one[1] or one[2]
    if float(stated) != least:
        return (_age("age-differs", one, known.minimum_age, stated),)
    # A structured limit of 99 and more is the registry form's way of saying none.
    if (
        most is not None
        and most < 99
        and not re.search(
            rf"(?<!\d)(?:{most:g}|{most + 1:g})(?!\d)",
            text,  # "under 18" is up to 17
        )
    ):
        return (_age("age-limit-only-structured", one, known.maximum_age, stated),)
    return ()


def _opens_its_line(text: str, match: re.Match[str]) -> bool:
    start = text.rfind("\n", 0, match.start()) + 1
    return match.start() - start <= 40 and not text[start:].startswith("  ")


def _age(rule: str, match: re.Match[str], structured: str | None, stated: str) -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction" if rule == "age-differs" else "ambiguity",
        where=_FIELD,
        quoted=match[0].strip(),
        span=match.span(),
        values={"structured": structured or "", "stated": stated},
    )


def excluded_in_description_only(study: Study) -> tuple[Finding, ...]:
    """A disease that the description excludes and the criteria never name."""
    text, found = criteria(study), {}
    for place, words in described(study):
        for match in _EXCLUDED.finditer(words):
            name = _NAME.match(words, match.end())
            if name and not re.search(rf"\b{re.escape(name[0])}\b", text) and name[0] not in found:
                found[name[0]] = Finding(
                    rule="excluded-in-description-only",
                    sort="contradiction",
                    where=place,
                    quoted=words[match.start() : name.end()],
                    span=(match.start(), name.end()),
                    values={"name": name[0]},
                )
    return tuple(found.values())


def populations_differ(study: Study) -> tuple[Finding, ...]:
    """Summary, arms and criteria name different parts of a disease's course."""
    groups = {
        "summary": " ".join(text for place, text in described(study) if "brief" in place),
        "arms": " ".join(text for place, text in treated(study) if "armGroups" in place),
        "criteria": criteria(study),
    }
    named = {
        place: {name for name, pattern in _POPULATIONS.items() if pattern.search(text)}
        for place, text in groups.items()
    }
    told = {place: names for place, names in named.items() if names}
    sets = list(told.values())
    # A place that says less is no contradiction; two that each say what the other does not are.
    if not any(a - b and b - a for a in sets for b in sets):
        return ()
    return (
        Finding(
            rule="populations-differ",
            sort="contradiction",
            where=_FIELD,
            values={
                "places": "; ".join(
                    f"{place}: {', '.join(n for n in _POPULATIONS if n in names)}"
                    for place, names in told.items()
                )
            },
        ),
    )


def donor_criteria_missing(study: Study) -> tuple[Finding, ...]:
    """A donor gives the product, and no criterion says who may be one."""
    given = next(
        (
            (place, match)
            for place, text in everything(study)
            if place != _FIELD
            for match in [_DONOR.search(text)]
            if match
        ),
        None,
    )
    lines = [line for line in criteria(study).splitlines() if re.search(r"\bdonors?\b", line, re.I)]
    # A line that only says that the donor consents does not say who may be a donor.
    says_who = [line for line in lines if not re.search(r"consent|willing", line, re.I)]
    if (
        given is None
        or says_who
        or any(_DONORS_ELSEWHERE.search(text) for _, text in everything(study))
    ):
        return ()
    place, match = given
    return (
        Finding(
            rule="donor-criteria-missing",
            sort="gap",
            where=place,
            quoted=match[0],
            span=match.span(),
        ),
    )


def pregnancy_missing(study: Study) -> tuple[Finding, ...]:
    """Women of childbearing age may enter a drug trial, and pregnancy is never named."""
    known, text = study.protocol.eligibility, criteria(study)
    kinds = {one.type for one in study.protocol.arms_interventions.interventions}
    least = in_years(known.minimum_age)
    if (
        not text
        or known.sex == "MALE"
        or (least is not None and least >= 50)
        or (in_years(known.maximum_age) or 99) < 12
        or study.protocol.design.study_type != "INTERVENTIONAL"
        or not kinds & LASTING
        or only_supplements(study)
        or partial(study)
        or re.search(
            r"pregnan|contracepti|lactat|breast[- ]?feed|child[- ]?bearing|nursing|fertile",
            text,
            re.I,
        )
    ):
        return ()
    return (Finding(rule="pregnancy-missing", sort="gap", where=_FIELD),)


def volunteers_differ(study: Study) -> tuple[Finding, ...]:
    """Healthy volunteers are refused in the field and asked for in the text."""
    if study.protocol.eligibility.healthy_volunteers is not False:
        return ()
    asking = (
        item.finding("volunteers-differ", "contradiction", match)
        for item in items(study)
        for match in [_HEALTHY.search(item.stored)]
        if match and item.kind == "inclusion"
    )
    return tuple(islice(asking, 1))
