"""The reference engine: what a rule gives for one participant. Slow, plain, and the law.

Three-valued after Kleene. Limits are converted into the unit of the value, exactly, so that a value
on a limit never changes side. The latest fact in the window decides; what is unknown says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import assert_never

from trialrun.criteria.interval import Interval, compared, days_of_months, point, stated
from trialrun.criteria.nodes import (
    LLN,
    ULN,
    And,
    AtLeast,
    Atom,
    Comparison,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
)
from trialrun.values.moment import Moment, before, days_between
from trialrun.values.truth import Truth, all_of, any_of, at_least, of
from trialrun.values.unit import Unit, read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Variable


class Reason(Enum):
    """Why an atom or a rule is UNKNOWN."""

    NO_FACT = "no_fact"  # nobody has recorded it
    OUTSIDE = "outside"  # recorded, but not in the window
    ANCHOR = "anchor"  # what the window is before has no date yet
    PERHAPS_OUTSIDE = "perhaps_outside"  # its date is not exact enough for the window
    NOT_EXACT = "not_exact"  # a value such as "<5", or months against days, decides nothing here
    NO_ULN = "no_uln"  # the laboratory's upper limit is not with the value
    NO_LLN = "no_lln"
    CONFLICT = "conflict"  # two values at the same time that disagree
    IMPLAUSIBLE = "implausible"  # questioned, never used
    JUDGEMENT = "judgement"  # a person has not signed yet
    UNREAD = "unread"  # nobody has written the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a node gives, and from what: the tree of these is the explanation.

    `fact` decided an atom, or is the one that could not; `outside` are facts of the variable that
    do not lie in the window.
    """

    node: Node
    truth: Truth
    fact: Fact | None = None
    reason: Reason | None = None
    outside: tuple[Fact, ...] = ()
    parts: tuple[Evaluation, ...] = ()


def evaluate(
    rule: Node,
    facts: Sequence[Fact],
    *,
    anchors: Mapping[str, Moment],
    judgement: Truth = Truth.UNKNOWN,
) -> Evaluation:
    """What `rule` gives on `facts`, the condition as written.

    `anchors` are the moments of the words that windows are before; a word that is not there makes
    its atoms UNKNOWN. `judgement` is what a person signed, for a judgement in the rule.
    """

    def inner(node: Node) -> Evaluation:
        return evaluate(node, facts, anchors=anchors, judgement=judgement)

    match rule:
        case Comparison() | In() | Presence():
            return _atom(rule, facts, anchors)
        case And():
            parts = tuple(inner(part) for part in rule.parts)
            return _of(rule, all_of(part.truth for part in parts), parts)
        case Or():
            parts = tuple(inner(part) for part in rule.parts)
            return _of(rule, any_of(part.truth for part in parts), parts)
        case Not():
            part = inner(rule.part)
            return _of(rule, ~part.truth, (part,))
        case AtLeast():
            parts = tuple(inner(part) for part in rule.parts)
            return _of(rule, at_least(rule.count, (part.truth for part in parts)), parts)
        case Judgement():
            reason = Reason.JUDGEMENT if judgement is Truth.UNKNOWN else None
            return Evaluation(node=rule, truth=judgement, reason=reason)
        case Unread():
            return Evaluation(node=rule, truth=Truth.UNKNOWN, reason=Reason.UNREAD)
        case _:
            assert_never(rule)


def _of(node: Node, truth: Truth, parts: tuple[Evaluation, ...]) -> Evaluation:
    return Evaluation(node=node, truth=truth, parts=parts)


def _atom(atom: Atom, facts: Sequence[Fact], anchors: Mapping[str, Moment]) -> Evaluation:
    own = [fact for fact in facts if fact.variable == atom.variable]
    inside, perhaps, outside = list(own), list[Fact](), list[Fact]()
    if atom.anchor is not None:
        anchor = anchors.get(atom.anchor)
        if anchor is None:
            return Evaluation(node=atom, truth=Truth.UNKNOWN, reason=Reason.ANCHOR)
        placed = [(fact, in_window(fact.at, anchor, atom.window_days)) for fact in own]
        inside = [fact for fact, lies in placed if lies is Truth.TRUE]
        perhaps = [fact for fact, lies in placed if lies is Truth.UNKNOWN]
        outside = [fact for fact, lies in placed if lies is Truth.FALSE]
    outside.sort(key=lambda fact: fact.at.order())
    if not inside:
        reason = (
            Reason.PERHAPS_OUTSIDE if perhaps else Reason.OUTSIDE if outside else Reason.NO_FACT
        )
        return Evaluation(
            node=atom,
            truth=Truth.UNKNOWN,
            fact=_latest(perhaps or outside),
            reason=reason,
            outside=tuple(outside),
        )
    return _decided(atom, inside, perhaps, tuple(outside))


def _decided(
    atom: Atom, inside: list[Fact], perhaps: list[Fact], outside: tuple[Fact, ...]
) -> Evaluation:
    """The latest facts decide; where more than one may be the latest, they must agree."""
    contenders = [
        fact
        for fact in (*inside, *perhaps)
        if not any(before(fact.at, other.at) is Truth.TRUE for other in inside)
    ]
    results = [(fact, *decide(atom, fact)) for fact in contenders]
    fact = _latest(contenders)
    truths = {truth for _, truth, _ in results}
    if len(truths) == 1:
        truth = truths.pop()
        reason = next((why for _, _, why in results if why is not None), None)
        return Evaluation(node=atom, truth=truth, fact=fact, reason=reason, outside=outside)
    reason = Reason.CONFLICT
    if any(fact in contenders for fact in perhaps):
        reason = Reason.PERHAPS_OUTSIDE
    return Evaluation(node=atom, truth=Truth.UNKNOWN, fact=fact, reason=reason, outside=outside)


def _latest(facts: Sequence[Fact]) -> Fact | None:
    """The last by time, then by order of recording; for showing, not for deciding."""
    last: Fact | None = None
    for fact in facts:
        if last is None or fact.at.order() >= last.at.order():
            last = fact
    return last


def in_window(at: Moment, anchor: Moment, window_days: int | None) -> Truth:
    """Whether `at` lies in the days before `anchor`, its own day included, by calendar days."""
    if at.instant is not None and anchor.instant is not None and at.instant > anchor.instant:
        return Truth.FALSE
    least, most = days_between(at, anchor)
    if most < 0 or (window_days is not None and least > window_days):
        return Truth.FALSE
    if least >= 0 and (window_days is None or most <= window_days):
        return Truth.TRUE
    return Truth.UNKNOWN


def decide(atom: Atom, fact: Fact) -> tuple[Truth, Reason | None]:
    """What one fact says to an atom, windows aside."""
    if plausibility(fact) is not None:
        return Truth.UNKNOWN, Reason.IMPLAUSIBLE
    match atom:
        case Presence():
            return of(fact.present == atom.present), None
        case In():
            return of(fact.value in atom.values), None
        case Comparison():
            return _compare(atom, fact)
        case _:
            assert_never(atom)


def _compare(atom: Comparison, fact: Fact) -> tuple[Truth, Reason | None]:
    row = variables()[atom.variable]
    unit = row.unit if fact.unit is None else read_unit(fact.unit)
    assert unit is not None
    value = stated(fact.comparator, Fraction(fact.number))
    if atom.limit.unit == ULN and fact.high is None:
        return Truth.UNKNOWN, Reason.NO_ULN
    if atom.limit.unit == LLN and fact.low is None:
        return Truth.UNKNOWN, Reason.NO_LLN
    value, limit = _alike(atom, fact, row, value, unit)
    truth = compared(value, atom.op, limit)
    return truth, Reason.NOT_EXACT if truth is Truth.UNKNOWN else None


def _alike(
    atom: Comparison, fact: Fact, row: Variable, value: Interval, unit: Unit
) -> tuple[Interval, Interval]:
    """Value and limit as numbers of one unit: the value's own, or days for months against days."""
    number, wanted = Fraction(atom.limit.value), atom.limit.unit
    if wanted == ULN:
        return value, point(number * Fraction(str(fact.high)))
    if wanted == LLN:
        return value, point(number * Fraction(str(fact.low)))
    if wanted.dimension == unit.dimension or row.molar is not None:
        return value, point(atom.limit.exact(unit, molar=row.molar))
    if {wanted.dimension, unit.dimension} == {"time", "calendar"}:
        return _in_days(value, unit), _in_days(point(number), wanted)
    return value, point(atom.limit.exact(unit))


def _in_days(value: Interval, unit: Unit) -> Interval:
    exact = value.times(unit.factor)  # to days, or to months
    return days_of_months(exact) if unit.dimension == "calendar" else exact
