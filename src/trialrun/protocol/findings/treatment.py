"""Findings on what is given: doses, product types, days."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.texts import criteria, described, everything, treated
from trialrun.record.model import Study

_DOSE = re.compile(
    r"(?<![\d.])(\d+(?:[.,]\d+)?)\s*(mg|g|ug|µg|mcg|MU|IU)\s*/\s*(m2|m²|m\^2|kg)", re.IGNORECASE
)
_SCALE = {"g": 1000.0, "mg": 1.0, "ug": 0.001, "µg": 0.001, "mcg": 0.001}
_CELLS = re.compile(
    r"\b(?:NK|T|CAR[- ]?T|CAR[- ]?NK|stem|stromal|dendritic|CIK|TIL|killer)[- ]cells?\b"
    r"|\bcell (?:infusion|therapy|product)|\bdonor lymphocyte",
    re.IGNORECASE,
)
_NO_PRODUCT = re.compile(
    r"cell[- ]free|\btest\b|assay|phenotyp|extract|vaccin|measure|analys|transplant", re.IGNORECASE
)
# "day -6", "(-6d to -2d)"; not EQ-5D, not vitamin D-3.
_RELATIVE_DAY = re.compile(r"\bday\s*[-–−]\s*\d|(?<![\w.])[-–−]\d+\s*d\b", re.IGNORECASE)
# Where there is a day 1, day -1 is the day before it.
_DAY_ZERO = re.compile(r"\bday\s*[01]\b|\bd[01]\b|\b0\s*d\b", re.IGNORECASE)
_INTERVAL = re.compile(r"\binterval (?:was|is|of|between[^.]{0,40}is)\s*(\d+)\s*days?\b", re.I)


def several_products(study: Study) -> tuple[Finding, ...]:
    """One intervention entry that stands for several products."""
    found = []
    for number, one in enumerate(study.protocol.arms_interventions.interventions):
        names = [one.name or "", *one.other_names]
        joined = re.search(r"\bcombined with\b|\bplus\b|\s\+\s", one.name or "", re.IGNORECASE)
        doses = max((len(_DOSE.findall(name)) for name in names), default=0)
        others = [
            other.name.lower()
            for other in study.protocol.arms_interventions.interventions
            if other is not one and other.name
        ]
        parts = re.split(r"\bcombined with\b|\bplus\b|\s\+\s", (one.name or "").lower())
        if any(part.strip() in others for part in parts):
            continue  # a combination beside entries of its parts
        if one.type in {"DRUG", "BIOLOGICAL", "COMBINATION_PRODUCT"} and (joined or doses >= 2):
            found.append(
                Finding(
                    rule="several-products",
                    sort="gap",
                    where=f"armsInterventionsModule.interventions[{number}].name",
                    quoted=one.name or "",
                    span=(0, len(one.name or "")),
                    values={"name": one.name or "", "type": one.type or "?"},
                )
            )
    return tuple(found)


def cell_product_type(study: Study) -> tuple[Finding, ...]:
    """A cell product whose type is not BIOLOGICAL, GENETIC, PROCEDURE or COMBINATION_PRODUCT."""
    return tuple(
        Finding(
            rule="cell-product-type",
            sort="contradiction",
            where=f"armsInterventionsModule.interventions[{number}].type",
            quoted=one.name or "",
            values={"name": one.name or "", "type": one.type or "?"},
        )
        for number, one in enumerate(study.protocol.arms_interventions.interventions)
        if _CELLS.search(one.name or "")
        and not re.search(r"\btest\b|transplant", one.name or "", re.IGNORECASE)
        and one.type in {"DRUG", "OTHER", "DIETARY_SUPPLEMENT"}
    )


def doses_differ(study: Study) -> tuple[Finding, ...]:
    """A single arm, and a drug with two different doses per area or kilogram in two places."""
    if len(study.protocol.arms_interventions.arm_groups) != 1:
        return ()  # several arms may well have several doses
    named = " ".join(
        name.lower()
        for one in study.protocol.arms_interventions.interventions
        for name in (one.name or "", *one.other_names)
    )
    seen: dict[tuple[str, str], tuple[float, str, str]] = {}
    found: dict[str, Finding] = {}
    for place, text in treated(study):
        for match in _DOSE.finditer(text):
            before = re.findall(r"[A-Za-z]{3,}", text[max(0, match.start() - 30) : match.start()])
            if not before or match[2].lower() not in _SCALE or before[-1].lower() not in named:
                continue
            name, per = before[-1].lower(), match[3].lower().replace("²", "2").replace("^", "")
            amount = float(match[1].replace(",", ".")) * _SCALE[match[2].lower()]
            first = seen.setdefault((name, per), (amount, match[0], place))
            if first[0] != amount and first[2] != place and name not in found:
                found[name] = Finding(
                    rule="doses-differ",
                    sort="contradiction",
                    where=place,
                    quoted=match[0],
                    span=match.span(),
                    values={"name": before[-1], "one": first[1], "other": match[0]},
                    who="pharmacist",
                )
    return tuple(found.values())


def day_zero_missing(study: Study) -> tuple[Finding, ...]:
    """Days are counted before day 0, and the record never says what day 0 is."""
    counted = None
    # Before a transplant, day 0 is the transplant by convention.
    if any(re.search("transplant", text, re.I) for _, text in (*_titles(study), *treated(study))):
        return ()
    for place, text in everything(study):
        if _DAY_ZERO.search(text):
            return ()
        match = _RELATIVE_DAY.search(text)
        if counted is None and match:
            counted = (place, match)
    if counted is None:
        return ()
    place, match = counted
    return (
        Finding(
            rule="day-zero-missing",
            sort="gap",
            where=place,
            quoted=match[0],
            span=match.span(),
        ),
    )


def _titles(study: Study) -> list[tuple[str, str]]:
    return [(place, text) for place, text in described(study) if place.endswith("Title")]


def interval_reads_two_ways(study: Study) -> tuple[Finding, ...]:
    """ "Interval was 1 day" between infusions: the next day, or one day between."""
    for place, text in treated(study):
        match = _INTERVAL.search(text)
        if match:
            days = int(match[1])
            return (
                Finding(
                    rule="interval-reads-two-ways",
                    sort="ambiguity",
                    where=place,
                    quoted=match[0],
                    span=match.span(),
                    values={
                        "one": f"0, {days}, {2 * days}",
                        "other": f"0, {days + 1}, {2 * days + 2}",
                    },
                ),
            )
    return ()


def serology_missing(study: Study) -> tuple[Finding, ...]:
    """A cell product, and no criterion on HIV or hepatitis C."""
    text = criteria(study)
    given = [
        one.name or ""
        for one in study.protocol.arms_interventions.interventions
        if one.type in {"BIOLOGICAL", "GENETIC", "DRUG", "COMBINATION_PRODUCT", "OTHER"}
        and study.protocol.design.study_type == "INTERVENTIONAL"
        and not _NO_PRODUCT.search(one.name or "")
    ]
    cells = next((m for name in given if (m := _CELLS.search(name))), None)
    missing = [
        name
        for name, pattern in {
            "HIV": r"\bHIV\b|immunodeficiency virus|\bAIDS\b",
            "HCV": r"\bHCV\b|hepatitis\b[^.;\n]{0,40}\bC\b",
        }.items()
        if not re.search(pattern, text, re.IGNORECASE)
    ]
    if cells is None or not text or not missing:
        return ()
    return (
        Finding(
            rule="serology-missing",
            sort="gap",
            where="eligibilityModule.eligibilityCriteria",
            values={"missing": ", ".join(missing)},
        ),
    )
