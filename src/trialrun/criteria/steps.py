"""The steps of a funnel: what everybody must pass, in which order it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status


@dataclass(frozen=True, slots=True)
class Step:
    """A top criterion that everybody must meet, or the combination of those that are alternatives.

    `by_person`: something in it is a judgement, or is not wholly read, so that data alone never
    say TRUE.
    """

    code: str
    part: str | Combination
    criterion: Criterion | None
    by_person: bool


def steps(criteria: Criteria) -> tuple[Step, ...]:
    """First what data decide, then what waits for a person; the criteria's own order in each.

    One criterion that only a person can decide would otherwise leave nobody who surely meets all
    the later ones. A combination stands where the first of its criteria does.
    """
    names = set() if criteria.root is None else set(criteria.root.names())
    found: list[Step] = []
    for one in criteria.top:
        if one.id not in names:
            found.append(Step(one.id, one.id, one, _by_person(criteria, one)))
        elif criteria.root is not None and all(step.criterion is not None for step in found):
            waits = any(_by_person(criteria, criteria[name]) for name in sorted(names))
            found.append(Step(str(criteria.root), criteria.root, None, waits))
    return tuple(sorted(found, key=lambda step: step.by_person))


def _by_person(criteria: Criteria, one: Criterion) -> bool:
    if one.status is not Status.COMPUTABLE:
        return True
    return any(_by_person(criteria, inner) for inner in criteria.below(one.id))
