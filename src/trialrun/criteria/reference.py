"""The reference engine: what a rule gives for one participant. Slow, plain, and the law.

Three-valued after Kleene. What is unknown says why. Where facts lie is in `placing`, what one of
them says in `deciding`, which of them speaks in `picking`, times in `elapsed`, computed values in
`derived`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from trialrun.criteria.deciding import decide
from trialrun.criteria.derived import derive
from trialrun.criteria.elapsed import elapsed, since_of
from trialrun.criteria.evaluation import Evaluation, Reason, Situation
from trialrun.criteria.methods import SINCE
from trialrun.criteria.nodes import (
    RECORDED,
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Measured,
    Node,
    Not,
    Or,
    Presence,
    Unread,
)
from trialrun.criteria.picking import counted, decided, undecided
from trialrun.criteria.placing import Placed, in_window, place
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth, all_of, any_of, at_least
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables

__all__ = ["Evaluation", "Reason", "evaluate", "in_window"]


def evaluate(
    rule: Node,
    facts: Sequence[Fact],
    *,
    anchors: Mapping[str, Moment],
    as_of: Moment | None = None,
    judgement: Truth = Truth.UNKNOWN,
) -> Evaluation:
    """What `rule` gives on `facts`, the condition as written.

    `anchors` are the moments of the words that windows are before; a word that is not there makes
    its atoms UNKNOWN. `as_of` is the moment of the question: ages and times since something are
    counted to it where the rule names no anchor. `judgement` is what a person signed, for a
    judgement in the rule.
    """
    return _evaluated(rule, Situation(facts=facts, anchors=anchors, as_of=as_of), judgement)


def _evaluated(rule: Node, situation: Situation, judgement: Truth) -> Evaluation:
    match rule:
        case Comparison() | In() | Presence():
            return _measured(rule, situation)
        case Elapsed():
            return elapsed(rule, situation)
        case Count():
            return _counted(rule, situation)
        case Judgement():
            reason = Reason.JUDGEMENT if judgement is Truth.UNKNOWN else None
            return Evaluation(node=rule, truth=judgement, reason=reason)
        case Unread():
            return Evaluation(node=rule, truth=Truth.UNKNOWN, reason=Reason.UNREAD)
        case Not():
            part = _evaluated(rule.part, situation, judgement)
            return Evaluation(node=rule, truth=~part.truth, parts=(part,))
        case And() | Or() | AtLeast() | If():
            parts = tuple(_evaluated(part, situation, judgement) for part in rule.parts)
            truth = combined(rule, [part.truth for part in parts])
            return Evaluation(node=rule, truth=truth, parts=parts)
        case _:
            assert_never(rule)


def combined(node: And | Or | AtLeast | If, truths: Sequence[Truth]) -> Truth:
    """What the truths of its parts make of a node."""
    match node:
        case And():
            return all_of(truths)
        case Or():
            return any_of(truths)
        case AtLeast():
            return at_least(node.count, truths)
        case If():
            condition, then, *rest = truths
            otherwise = rest[0] if rest else Truth.TRUE
            if condition is Truth.TRUE:
                return then
            if condition is Truth.FALSE:
                return otherwise
            return then if then is otherwise else Truth.UNKNOWN
        case _:
            assert_never(node)


def mattering(evaluation: Evaluation) -> tuple[Evaluation, ...]:
    """The parts that its truth hangs on: of a condition that is known, the other arm does not."""
    if not isinstance(evaluation.node, If):
        return evaluation.parts
    condition, then, *rest = evaluation.parts
    match condition.truth:
        case Truth.TRUE:
            return condition, then
        case Truth.FALSE:
            return condition, *rest
        case Truth.UNKNOWN:
            return evaluation.parts
        case _ as never:
            assert_never(never)


def _placed(atom: Measured, situation: Situation) -> Placed | None:
    """Where the facts lie; None where the anchor has no date yet."""
    anchor = None if atom.anchor is None else situation.anchors.get(atom.anchor)
    if atom.anchor is not None and anchor is None:
        return None
    return place(situation.of(atom.variable), atom.window, anchor)


def _counted(node: Count, situation: Situation) -> Evaluation:
    placed = _placed(node.of, situation)
    if placed is None:
        return Evaluation(node=node, truth=Truth.UNKNOWN, reason=Reason.ANCHOR)
    if not placed.inside:
        return undecided(node, placed)
    return counted(node, placed, situation)


def _measured(atom: Measured, situation: Situation) -> Evaluation:
    placed = _placed(atom, situation)
    if placed is None:
        return Evaluation(node=atom, truth=Truth.UNKNOWN, reason=Reason.ANCHOR)
    if isinstance(atom, Comparison) and atom.method not in {None, RECORDED}:
        return _computed(atom, str(atom.method), situation, Placed(inside=()))
    if placed.inside:
        return decided(atom, placed, situation)
    methods = variables()[atom.variable].methods
    if (
        isinstance(atom, Comparison)
        and methods
        and atom.method is None
        and atom.pick == "latest"
        and not placed.perhaps
    ):
        return _computed(atom, methods[0], situation, placed)
    return undecided(atom, placed)


def _computed(atom: Comparison, method: str, situation: Situation, placed: Placed) -> Evaluation:
    """By a computed value; where nothing of it is there and none was asked for, as if recorded."""
    if method == SINCE:
        return _since(atom, situation, placed)
    derived = derive(atom, method, situation)
    if derived.fact is not None:
        truth, reason = decide(atom, derived.fact, situation, derived.value)
        return Evaluation(
            node=atom,
            truth=truth,
            reason=reason,
            fact=derived.fact,
            outside=placed.outside,
            inputs=derived.inputs,
        )
    if atom.method is None and not derived.inputs:
        return undecided(atom, placed)
    return Evaluation(
        node=atom,
        truth=Truth.UNKNOWN,
        reason=Reason.NO_INPUT if derived.needs else Reason.NO_MOMENT,
        outside=placed.outside,
        inputs=derived.inputs,
        needs=derived.needs,
    )


def _since(atom: Comparison, situation: Situation, placed: Placed) -> Evaluation:
    """By the time since a date; the fact that decides is the date."""
    asked = since_of(atom)
    dates = situation.of(variables()[atom.variable].since)
    if atom.method is None and (asked is None or not dates):
        return undecided(atom, placed)
    needs = (variables()[atom.variable].since,)
    if asked is None or not dates:
        return Evaluation(node=atom, truth=Truth.UNKNOWN, reason=Reason.NO_INPUT, needs=needs)
    found = elapsed(asked, situation)
    open_ = found.truth is Truth.UNKNOWN and found.reason is not Reason.NO_MOMENT
    return replace(
        found, node=atom, outside=(*placed.outside, *found.outside), needs=needs if open_ else ()
    )
