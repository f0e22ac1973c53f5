"""The texts of a record that findings look into, by the field they stand in."""

from __future__ import annotations

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
