"""From conditions to verdicts: polarity, and how the parts of a criterion and criteria combine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trialrun.criteria.criterion import Combination, Criterion
from trialrun.values.truth import Truth, all_of, any_of


def polarised(criterion: Criterion, condition: Truth) -> Truth:
    """The verdict of a condition: itself for an inclusion, its NOT for an exclusion."""
    return condition if criterion.kind == "inclusion" else ~condition


def joined(one: Criterion, truths: Sequence[Truth]) -> Truth:
    """The condition of a criterion from its own rule and those of the criteria below it."""
    return any_of(truths) if one.logic == "or" and len(truths) > 1 else all_of(truths)


def combined_verdict(part: str | Combination, by_id: Mapping[str, Truth]) -> Truth:
    """The verdict of criteria that are alternatives, from the verdicts by id."""
    if isinstance(part, str):
        return by_id[part]
    truths = [combined_verdict(inner, by_id) for inner in part.parts]
    return all_of(truths) if part.logic == "and" else any_of(truths)
