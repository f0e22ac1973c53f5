"""What is searched of a record: its texts by field, and how much each field counts."""

from __future__ import annotations

from collections.abc import Iterable

from trialrun.record.model import Study

# How much a term counts in each field. Title, summary and description were weighed on judged topics
# (docs/explanation/finding.md); of the others no judged corpus has the text.
WEIGHTS: dict[str, float] = {
    "title": 1.2,
    "summary": 1.0,
    "description": 1.0,
    "conditions": 1.0,
    "interventions": 1.0,
    "mesh": 0.5,
    "criteria": 0.3,
    "sponsor": 0.3,
}


def searched(study: Study) -> dict[str, str]:
    """The texts of a record by field; a field without text is absent."""
    protocol = study.protocol
    named = protocol.identification
    given = protocol.arms_interventions
    derived = study.derived
    described = protocol.description
    browse = (derived.condition_browse, derived.intervention_browse)
    sponsors = protocol.sponsor_collaborators
    texts: dict[str, Iterable[str | None]] = {
        "title": (named.brief_title, named.official_title, named.acronym),
        "summary": (described.brief_summary,),
        "description": (described.detailed_description,),
        "conditions": (*protocol.conditions.conditions, *protocol.conditions.keywords),
        "interventions": (
            *(text for one in given.interventions for text in (one.name, *one.other_names)),
            *(arm.label for arm in given.arm_groups),
        ),
        "mesh": (mesh.term for part in browse for mesh in (*part.meshes, *part.ancestors)),
        "criteria": (protocol.eligibility.eligibility_criteria,),
        "sponsor": (
            sponsors.lead_sponsor.name, *(one.name for one in sponsors.collaborators),
        ),
    }  # fmt: skip
    joined = {field: "\n".join(text for text in each if text) for field, each in texts.items()}
    return {field: text for field, text in joined.items() if text}
