"""The texts of a record that findings look into, by the field they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialrun.record.model import Study


def described(study: Study) -> Iterator[tuple[str, str]]:
    """Title, summary and description, as (field, text)."""
    known = study.protocol
    yield "identificationModule.briefTitle", known.identification.brief_title or ""
    yield "identificationModule.officialTitle", known.identification.official_title or ""
    yield "descriptionModule.briefSummary", known.description.brief_summary or ""
    yield "descriptionModule.detailedDescription", known.description.detailed_description or ""


def treated(study: Study) -> Iterator[tuple[str, str]]:
    """Arms and interventions, as (field, text)."""
    module = study.protocol.arms_interventions
    for number, arm in enumerate(module.arm_groups):
        place = f"armsInterventionsModule.armGroups[{number}]"
        yield f"{place}.label", arm.label or ""
        yield f"{place}.description", arm.description or ""
    for number, one in enumerate(module.interventions):
        place = f"armsInterventionsModule.interventions[{number}]"
        yield f"{place}.name", one.name or ""
        yield f"{place}.description", one.description or ""
        for other, name in enumerate(one.other_names):
            yield f"{place}.otherNames[{other}]", name


def criteria(study: Study) -> str:
    """The stored eligibility text."""
    return study.protocol.eligibility.eligibility_criteria or ""


def everything(study: Study) -> Iterator[tuple[str, str]]:
    """All of them."""
    yield from described(study)
    yield from treated(study)
    yield "eligibilityModule.eligibilityCriteria", criteria(study)


_PARTIAL = re.compile(
    r"^\W*(?:[\w ]{0,20} )?(?:key|main|major|selected)\s+(?:inclusion|exclusion|eligibility)\b"
    r"|\b(?:other|additional|further|more)\b[^.\n]{0,60}\bcriteria\b[^.\n]{0,40}\bappl(?:y|ies|ied)\b"
    r"|\bnot (?:all|a complete list of)\b[^.\n]{0,40}\bcriteria\b"
    r"|\bcriteria\b[^.\n]{0,20}\b(?:listed|described|defined|specified|given) in (?:the )?"
    r"(?:study )?protocol\b"
    r"|\b(?:see|refer to)\b[^.\n]{0,40}\b(?:protocol|section|document)\b",
    re.IGNORECASE | re.MULTILINE,
)


def partial(study: Study) -> bool:
    """Whether the criteria say of themselves that there are more of them elsewhere."""
    return _PARTIAL.search(criteria(study)) is not None
