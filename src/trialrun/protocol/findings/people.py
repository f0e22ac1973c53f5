"""Findings on whom the structured fields let in: sex, age and health against titles and text."""

from __future__ import annotations

import re

from trialrun.protocol.findings.ages import age_parts, in_years
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import items
from trialrun.protocol.findings.texts import criteria, described, treated
from trialrun.record.model import Study

_OF_MEN = re.compile(
    r"\b(?:prostat(?:e|ic)\b|testicular|erectile|hypospadias|cryptorchi|azoosperm|varicocele"
    r"|male infertility|benign prostatic)",
    re.IGNORECASE,
)
_OF_WOMEN = re.compile(
    r"\b(?:ovarian|cervical (?:cancer|intraepithelial|ripening)|uterine|endometri\w+|pregnan\w*"
    r"|preeclampsia|pre-eclampsia|polycystic ovar\w*|menopaus\w*|labou?r pain|gestational"
    r"|vulv\w+|vagin\w+|postpartum|c(?:a)?esarean)\b",
    re.IGNORECASE,
)
_PREGNANT = re.compile(r"\b(?:pregnan\w*|lactat\w*|breast[- ]?feeding|nursing)\b", re.IGNORECASE)
_PARTNER = re.compile(r"\b(?:partners?|wife|spouse|father)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:other|solid tumou?rs|cancers|malignanc\w+|men and women)\b", re.IGNORECASE
)
_ADULTS = re.compile(r"\b(?:adults?|elderly|older (?:adults?|people|persons?))\b", re.IGNORECASE)
_CHILDREN = re.compile(
    r"\b(?:children|pa?ediatric|infants?|neonat\w+|newborns?|adolescen\w*|teen\w*|youth)\b",
    re.IGNORECASE,
)
_HEALTHY = re.compile(
    r"\b(?:health\w*|volunteers?|normal|controls?|non-?\w*(?:allergic|diseased|asthmatic)"
    r"|unaffected"
    r"|without|general population|subjects)\b",
    re.IGNORECASE,
)


def sex_against_text(study: Study) -> tuple[Finding, ...]:
    """The sex field against the conditions and the criteria's pregnancies."""
    sex = study.protocol.eligibility.sex
    found = []
    if sex == "MALE":
        found += [
            item.finding("pregnancy-of-men", "contradiction", match)
            for item in items(study)
            for match in [_PREGNANT.search(item.stored)]
            if match and not _PARTNER.search(item.stored)
        ][:1]
    conditions = study.protocol.conditions.conditions
    title = study.title
    for lacks, pattern, only in (("FEMALE", _OF_MEN, "MALE"), ("MALE", _OF_WOMEN, "FEMALE")):
        if (
            sex in {"ALL", lacks}
            and conditions
            and all(pattern.search(c) for c in conditions)
            and not _OTHERS.search(title)
        ):
            found.append(
                Finding(
                    rule="condition-of-one-sex",
                    sort="contradiction",
                    where="eligibilityModule.sex",
                    quoted=conditions[0],
                    values={"condition": conditions[0], "sex": sex or "", "only": only},
                )
            )
    return tuple(found)


def age_fields(study: Study) -> tuple[Finding, ...]:
    """The age fields against each other and against a title that names adults or children."""
    known = study.protocol.eligibility
    least, most = in_years(known.minimum_age), in_years(known.maximum_age)
    if least is not None and most is not None and least > most:
        return (_ages("ages-reversed", f"{known.minimum_age} – {known.maximum_age}"),)
    for place, text in described(study):
        if not place.endswith("Title"):
            continue
        adults, children = _ADULTS.search(text), _CHILDREN.search(text)
        if (
            adults
            and not children
            and least is not None
            and least < 16
            and "young" not in text.lower()
        ):
            return (_ages("adults-in-title", known.minimum_age or "–", adults, place),)
        if (
            children
            and not adults
            and least is not None
            and least >= 18
            and not _CARERS.search(text)
            and not _RAISING.search(criteria(study))
        ):
            return (_ages("children-in-title", known.minimum_age or "–", children, place),)
    return ()


_CARERS = re.compile(r"\b(?:parents?|mothers?|caregivers?|famil\w+|nurses?|survivors?|staff|"
                     r"providers?|maternal|women|physicians?)\b", re.IGNORECASE)  # fmt: skip
_RAISING = re.compile(r"\b(?:parents?|mothers?|caregivers?)\b", re.IGNORECASE)


def _ages(rule: str, field: str, match: re.Match[str] | None = None, place: str = "") -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction",
        where=place or "eligibilityModule.minimumAge",
        quoted=match[0] if match else field,
        span=match.span() if match else None,
        values={"field": field},
    )


def age_unit_slip(study: Study) -> tuple[Finding, ...]:
    """An age field whose number the criteria give in another unit."""
    known, text = study.protocol.eligibility, criteria(study)
    found = []
    for name, field in (("minimumAge", known.minimum_age), ("maximumAge", known.maximum_age)):
        parts = age_parts(field)
        if parts is None:
            continue
        number, unit = parts
        others = [one for one in ("year", "month", "week", "day") if one != unit]
        said = re.search(
            rf"(?<![\d.]){number}[- ]?(?:{'|'.join(others)})s?(?: old| of age)", text, re.I
        )
        same = re.search(rf"(?<![\d.]){number}\s*[- ]?{unit}", text, re.IGNORECASE)
        if said and not same:
            found.append(
                Finding(
                    rule="age-unit-slip",
                    sort="contradiction",
                    where="eligibilityModule.eligibilityCriteria",
                    quoted=said[0],
                    span=said.span(),
                    values={"field": field or "", "name": name},
                )
            )
    return tuple(found)


def volunteers_not_in_text(study: Study) -> tuple[Finding, ...]:
    """The field accepts healthy volunteers, and neither criteria nor arms have any."""
    known = study.protocol.eligibility
    texts = [criteria(study), known.study_population or ""]
    texts += [text for _, text in (*described(study), *treated(study))]
    text = criteria(study)
    excluding = re.search(r"\bexclusion\b", text, re.IGNORECASE)
    patients = re.search(
        r"\bpatients with\b[^.;\n]{0,60}",
        text[: excluding.start()] if excluding else text,
        re.IGNORECASE,
    )
    if (
        known.healthy_volunteers is not True
        or patients is None
        or any(_HEALTHY.search(text) for text in texts)
    ):
        return ()
    return (
        Finding(
            rule="volunteers-not-in-text",
            sort="contradiction",
            where="eligibilityModule.eligibilityCriteria",
            quoted=patients[0],
            span=patients.span(),
        ),
    )
