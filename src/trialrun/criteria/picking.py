"""Which of the facts in a window speaks for an atom: latest, first, any, all, the worst; a count.

What is recorded in the window counts as everything that there is to know about it. A fact whose
date is not exact enough is never taken for certain: it can only leave a question open.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from trialrun.criteria.deciding import decide
from trialrun.criteria.evaluation import Evaluation, Reason, Situation
from trialrun.criteria.interval import Interval, compared, point
from trialrun.criteria.nodes import Comparison, Count, Measured, Node, Pick
from trialrun.criteria.placing import Placed, contenders, earliest, latest
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables


@dataclass(frozen=True, slots=True)
class _Said:
    """What one fact says to an atom."""

    fact: Fact
    truth: Truth
    reason: Reason | None
    sure: bool  # surely in the window


def undecided(node: Node, placed: Placed) -> Evaluation:
    """Where no fact surely lies in the window: UNKNOWN, and why."""
    reason = Reason.NO_FACT
    if placed.outside:
        reason = Reason.OUTSIDE
    if placed.perhaps:
        reason = Reason.PERHAPS_OUTSIDE
    return Evaluation(
        node=node,
        truth=Truth.UNKNOWN,
        fact=latest(placed.perhaps or placed.outside),
        reason=reason,
        outside=placed.outside,
    )


def decided(atom: Measured, placed: Placed, situation: Situation) -> Evaluation:
    """What the facts in the window say, by the atom's pick; at least one is inside."""
    match _effective(atom):
        case "latest":
            return _one(atom, placed, situation, first=False)
        case "first":
            return _one(atom, placed, situation, first=True)
        case "any":
            return _quantified(atom, placed, situation, Truth.TRUE)
        case "all":
            return _quantified(atom, placed, situation, Truth.FALSE)
        case "worst":
            raise AssertionError("the worst is any or all")
        case _ as never:
            assert_never(never)


def counted(node: Count, placed: Placed, situation: Situation) -> Evaluation:
    """How many facts the atom holds for: at least those that surely do, at most all that may."""
    said = _said(node.of, placed, situation)
    sure = [one for one in said if one.sure and one.truth is Truth.TRUE]
    open_ = [one for one in said if one not in sure and one.truth is not Truth.FALSE]
    bounds = Interval(Fraction(len(sure)), Fraction(len(sure) + len(open_)))
    truth = compared(bounds, node.op, point(Fraction(node.number)))
    unknown = truth is Truth.UNKNOWN
    return Evaluation(
        node=node,
        truth=truth,
        fact=latest([one.fact for one in (open_ if unknown else sure)]),
        reason=_why(open_) if unknown else None,
        outside=placed.outside,
        inputs=tuple(one.fact for one in sure),
    )


def _effective(atom: Measured) -> Pick:
    """The worst of what must be low is below a limit where all are; above it, where any is."""
    if atom.pick != "worst":
        return atom.pick
    assert isinstance(atom, Comparison)
    bounded_above = atom.op in {"<", "<="}
    return "all" if bounded_above == (variables()[atom.variable].worse == "high") else "any"


def _said(atom: Measured, placed: Placed, situation: Situation) -> list[_Said]:
    return [
        _Said(fact, *decide(atom, fact, situation), sure)
        for facts, sure in ((placed.inside, True), (placed.perhaps, False))
        for fact in facts
    ]


def _one(atom: Measured, placed: Placed, situation: Situation, *, first: bool) -> Evaluation:
    """The latest (or first) decides; where more than one may be it, they must agree."""
    candidates = contenders(placed, first=first)
    results = [(fact, *decide(atom, fact, situation)) for fact in candidates]
    fact = earliest(candidates) if first else latest(candidates)
    truths = {truth for _, truth, _ in results}
    if len(truths) == 1:
        truth = truths.pop()
        reason = next((why for _, _, why in results if why is not None), None)
    else:
        truth = Truth.UNKNOWN
        vague = any(one in candidates for one in placed.perhaps)
        reason = Reason.PERHAPS_OUTSIDE if vague else Reason.CONFLICT
    return Evaluation(node=atom, truth=truth, fact=fact, reason=reason, outside=placed.outside)


def _quantified(
    atom: Measured, placed: Placed, situation: Situation, decisive: Truth
) -> Evaluation:
    """Any: one TRUE decides. All: one FALSE decides. Else what may be decisive leaves it open."""
    said = _said(atom, placed, situation)
    settled = [one for one in said if one.sure and one.truth is decisive]
    open_ = [
        one
        for one in said
        if one.truth is Truth.UNKNOWN or (one.truth is decisive and not one.sure)
    ]
    if settled:
        truth, shown = decisive, settled
    elif open_:
        truth, shown = Truth.UNKNOWN, open_
    else:
        truth, shown = ~decisive, [one for one in said if one.sure]
    return Evaluation(
        node=atom,
        truth=truth,
        fact=latest([one.fact for one in shown]),
        reason=_why(open_) if truth is Truth.UNKNOWN else None,
        outside=placed.outside,
    )


def _why(open_: list[_Said]) -> Reason:
    """The reason of what surely lies in the window, before that of what perhaps does."""
    sure = next((one.reason for one in open_ if one.sure and one.reason is not None), None)
    return Reason.PERHAPS_OUTSIDE if sure is None else sure
