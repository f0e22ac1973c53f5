"""Findings on how the study is built: outcomes, arms, dates, safety rules."""

from __future__ import annotations

import re
from itertools import zip_longest

from trialrun.criteria.text_reader.headings import Heading, read_heading
from trialrun.criteria.text_reader.lines import Line, read_lines
from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.texts import criteria, described, everything, treated
from trialrun.record.model import Study
from trialrun.record.plan import Outcome

_TIME = re.compile(r"\b(?:day|week|month|year|hour)s?\b|\bend of\b", re.IGNORECASE)
# An outcome that does not change with time needs none.
_LASTS_FOR_LIFE = re.compile(r"\b(?:germline|mutations?|genotyp\w+|polymorphisms?)\b", re.I)
_WHEN = re.compile(
    r"\b\d+(?:\s*,\s*\d+)*(?:,?\s*(?:and|or|to)\s*\d+)?\s*[- ]?(?:hour|day|week|month|year)s?\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(r"\b(?:primary|main|principal)\b[^.]*\b(?:outcome|end-?point)", re.IGNORECASE)
_AIM = re.compile(
    r"\b(?:primary|main|principal) (?:objective|aim|outcome|end-?point)s?\b(?: measures?)?"
    r"\W+(?:\w+\W+){0,6}?(?:is|are|was|were|will be|:)\s",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;])\s+|\n+")
_PEOPLE = (
    r"(?:patients|subjects|participants|children|infants|adults|women|men|volunteers|people"
    r"|individuals|persons|pairs|cases)"
)
_SIZE_TOLD = re.compile(
    rf"\b(?:total of|enrol\w*|recruit\w*|includ\w*|randomi[sz]\w*|sample size (?:is|of))\b"
    rf"[^.\d]{{0,25}}\b\d+\b[^.\d]{{0,25}}\b{_PEOPLE}\b"
    rf"|\b\d+ (?:[a-z]+ ){{0,3}}{_PEOPLE}[^.\d]{{0,25}}"
    rf"\b(?:enrolled|recruited|included|randomi[sz]ed)\b",
    re.IGNORECASE,
)
_SIDE = re.compile(
    r"\b(?:in-?)?eligible\b|\bmust(?: not)? (?:be|have)\b|\bmay not\b|^[^\n]{3,120}:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_LIMITS = re.compile(
    r"dose[- ]limiting|\bDLTs?\b|stopping rule|maxim(?:um|al|ally)[- ]tolera(?:ted|ble)|\bMTDR?\b"
    # A board that decides on the next dose,
    r"|\b(?:DSMB|safety (?:and \w+ )?(?:monitoring|review) (?:board|committee))\b[^.\n]{0,200}"
    r"\b(?:escalat|proceed|next (?:dose|cohort)|decide)"
    # or a dose that is held or lowered after a reaction.
    r"|\b(?:dose|dosage|concentration|injections?|infusions?)\b[^.\n]{0,80}\b(?:not (?:be )?"
    r"(?:changed?|increased?|raised?|escalated?)|decreased?|lowered|reduced|withheld|held|holded"
    r"|stopped)\b[^.\n]{0,120}\b(?:reactions?|toxicit|adverse|side effects?)",
    re.IGNORECASE,
)
_NEEDS_RULES = re.compile(
    r"escalat|titrat|dose[- ](?:finding|ranging|level)|ascending|first[- ]in[- ]human|\bCAR\b"
    r"|\b(?:NK|T|TIL|killer)[- ]cells?\b|tumou?r|cancer|carcinoma|leuka?emia|lymphoma|myeloma"
    r"|sarcoma|glioma|melanoma|neoplasm|malignan",
    re.IGNORECASE,
)


def outcomes_missing(study: Study) -> tuple[Finding, ...]:
    """No primary outcome in its field or the text, or one without its time frame."""
    primary = study.protocol.outcomes.primary_outcomes
    if study.protocol.design.study_type == "EXPANDED_ACCESS":
        return ()
    if not primary and any(_AIM.search(text) for _, text in described(study)):
        return ()
    if not primary:
        return (
            Finding(rule="outcomes-missing", sort="gap", where="outcomesModule.primaryOutcomes"),
        )
    return tuple(
        Finding(
            rule="time-frame-missing",
            sort="gap",
            where=f"outcomesModule.primaryOutcomes[{number}].timeFrame",
            quoted=one.measure or "",
            values={"measure": one.measure or ""},
            who="statistician",
        )
        for number, one in enumerate(primary)
        if not (one.time_frame or "").strip()
        and not _TIME.search(one.measure or "")
        and not _LASTS_FOR_LIFE.search(one.measure or "")
        and not _told_when(study, one)
    )


def _told_when(study: Study, outcome: Outcome) -> bool:
    """Whether a sentence of the description gives this outcome's time."""
    names = set(re.findall(r"[^\W\d_]{4,}", (outcome.measure or "").lower()))
    return any(
        _WHEN.search(sentence)
        and (
            _OUTCOME.search(sentence)
            or len(names & set(re.findall(r"[^\W\d_]{4,}", sentence.lower()))) >= 2
        )
        for _, text in described(study)
        for sentence in _SENTENCE.split(text)
    )


def outcome_twice(study: Study) -> tuple[Finding, ...]:
    """A secondary outcome that is a primary one again, with the same time frame."""
    known = study.protocol.outcomes
    primary = {_outcome_key(one) for one in known.primary_outcomes}
    return tuple(
        Finding(
            rule="outcome-twice",
            sort="contradiction",
            where=f"outcomesModule.secondaryOutcomes[{number}]",
            quoted=one.measure or "",
            values={"measure": one.measure or ""},
            who="statistician",
        )
        for number, one in enumerate(known.secondary_outcomes)
        if one.measure and _outcome_key(one) in primary
    )[:1]


def _outcome_key(one: Outcome) -> tuple[str, ...]:
    parts = (one.measure, one.time_frame, one.description)
    return tuple(" ".join((part or "").lower().split()) for part in parts)


def safety_rules_missing(study: Study) -> tuple[Finding, ...]:
    """A phase 1 treatment trial that never names dose-limiting toxicity or a stopping rule."""
    design = study.protocol.design
    phase_one = {"PHASE1", "EARLY_PHASE1"} & set(design.phases)
    if not phase_one or design.design_info.primary_purpose != "TREATMENT":
        return ()
    texts = [text for _, text in everything(study)]
    texts += [
        f"{one.measure} {one.description}"
        for one in (
            *study.protocol.outcomes.primary_outcomes,
            *study.protocol.outcomes.secondary_outcomes,
        )
    ]
    # Where no dose is looked for and no new product given, few would state such rules here.
    if any(_LIMITS.search(text) for text in texts) or not any(
        _NEEDS_RULES.search(text)
        for text in (
            *(text for _, text in (*described(study), *treated(study))),
            *study.protocol.conditions.conditions,
        )
    ):
        return ()
    return (
        Finding(
            rule="safety-rules-missing",
            sort="gap",
            where="descriptionModule.detailedDescription",
        ),
    )


def arms_and_interventions(study: Study) -> tuple[Finding, ...]:
    """An intervention that no arm receives, or an arm that receives none."""
    module = study.protocol.arms_interventions
    if study.protocol.design.study_type != "INTERVENTIONAL":
        return ()  # a cohort that is only watched receives nothing
    used = {name.split(": ", 1)[-1] for arm in module.arm_groups for name in arm.intervention_names}
    found = [
        Finding(
            rule="intervention-in-no-arm",
            sort="contradiction",
            where=f"armsInterventionsModule.interventions[{number}]",
            quoted=one.name or "",
            values={"name": one.name or ""},
        )
        for number, one in enumerate(module.interventions)
        if used and one.name not in used and not one.arm_group_labels
    ]
    found += [
        Finding(
            rule="arm-without-intervention",
            sort="gap",
            where=f"armsInterventionsModule.armGroups[{number}]",
            quoted=arm.label or "",
            values={"name": arm.label or ""},
        )
        for number, arm in enumerate(module.arm_groups)
        if used and not arm.intervention_names and arm.type != "NO_INTERVENTION"
    ]
    return tuple(found)


def design_contradicts_arms(study: Study) -> tuple[Finding, ...]:
    """Randomized or masked with a single arm; not randomized words with several."""
    arms = study.protocol.arms_interventions.arm_groups
    info = study.protocol.design.design_info
    found = []
    if len(arms) == 1 and info.allocation == "RANDOMIZED":
        found.append(_design("randomized-one-arm", "allocation", info.allocation))
    if len(arms) > 1 and info.intervention_model == "SINGLE_GROUP":
        found.append(_design("single-group-several-arms", "interventionModel", str(len(arms))))
    return tuple(found)


def _design(rule: str, name: str, value: str) -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction",
        where=f"designModule.designInfo.{name}",
        quoted=value,
        values={"value": value},
    )


def dates_disagree(study: Study) -> tuple[Finding, ...]:
    """A completion before the start, or a primary completion after the completion."""
    status = study.protocol.status
    start, end = status.start_date.date, status.completion_date.date
    primary = status.primary_completion_date.date
    found = []
    for rule, first, second in (
        ("ends-before-it-starts", start, end),
        ("primary-completion-late", primary, end),
    ):
        # Dates may be months: compare only as far as both are written.
        if first and second:
            length = min(len(first), len(second))
            if first[:length] > second[:length]:
                found.append(
                    Finding(
                        rule=rule,
                        sort="contradiction",
                        where="statusModule.completionDateStruct",
                        values={"first": first, "second": second},
                        who="sponsor",
                    )
                )
    return tuple(found)


def size_missing(study: Study) -> tuple[Finding, ...]:
    """No planned number in its field, and none in the summary or the description."""
    info = study.protocol.design.enrollment_info
    told = any(_SIZE_TOLD.search(text) for _, text in described(study))
    if info.count is None and study.protocol.design.study_type != "EXPANDED_ACCESS" and not told:
        return (Finding(rule="size-missing", sort="gap", where="designModule.enrollmentInfo"),)
    return ()


def headings_missing(study: Study) -> tuple[Finding, ...]:
    """Several criteria without a heading or word that tells inclusion from exclusion."""
    text = criteria(study)
    lacking = [
        word
        for word in ("inclusion", "exclusion")
        if not re.search(rf"\b{word}|{word[:2]}clu", text, re.IGNORECASE)
    ]
    if len(text.split("\n")) < 2 or len(lacking) < 2 or _SIDE.search(text):
        return ()
    return (
        Finding(
            rule="headings-missing",
            sort="ambiguity",
            where="eligibilityModule.eligibilityCriteria",
            values={"missing": ", ".join(lacking)},
        ),
    )


def heading_empty(study: Study) -> tuple[Finding, ...]:
    """A heading of inclusions or exclusions with nothing below it, not even "none"."""
    lines = read_lines(criteria(study))
    headings = [(line, read_heading(line.content.text, marked=bool(line.style))) for line in lines]
    empty = []
    for (line, heading), following in zip_longest(headings, headings[1:]):
        if heading is None or heading.kind is None or line.content.cut(heading.end).text:
            continue
        if following is None or _begins_the_contrary(line, heading, *following):
            empty.append(line.content.cut(0, heading.end))
    return tuple(
        Finding(
            rule="heading-empty",
            sort="gap",
            where="eligibilityModule.eligibilityCriteria",
            quoted=criteria(study)[slice(*title.span)],
            span=title.span,
        )
        for title in empty
    )


def _begins_the_contrary(line: Line, heading: Heading, below: Line, other: Heading | None) -> bool:
    """Whether the line below begins the other kind: a heading of the same kind, of none, or one
    that is an item of a list, still stands under the one above.
    """
    if other is None or other.kind in {None, heading.kind}:
        return False
    return not below.style or bool(line.style)
