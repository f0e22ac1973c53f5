"""What to get next: the variables of what is still open, the most deciding first; judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from trialrun.criteria.criterion import Combination, Criteria, Status
from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
)
from trialrun.criteria.polarity import combined_verdict, joined, polarised
from trialrun.criteria.reference import Evaluation, Reason, combined, mattering
from trialrun.criteria.steps import Step, steps
from trialrun.values.truth import Truth

if TYPE_CHECKING:
    from trialrun.criteria.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A variable to get next: where it is needed, why it does not decide yet, what it may settle.

    `settles` sums over what everybody must pass (a criterion, or a combination of alternatives):
    2 where the answer settles it either way, 1 where one of two answers does.
    """

    variable: str
    criteria: tuple[str, ...]
    reason: Reason
    settles: int


def missing_facts(criteria: Criteria, tops: Sequence[Verdict]) -> tuple[Missing, ...]:
    """The variables of undecided atoms in undecided criteria, the most deciding first."""
    needed: dict[str, dict[str, Reason]] = {}
    for inner in _open(criteria, tops):
        if inner.criterion.status is Status.COMPUTABLE:
            for name, reason in _undecided(inner):
                needed.setdefault(name, {}).setdefault(inner.criterion.id, reason)
    by_id = {verdict.criterion.id: verdict for verdict in tops}
    known = {code: verdict.truth for code, verdict in by_id.items()}
    pending = [
        step for step in steps(criteria) if combined_verdict(step.part, known) is Truth.UNKNOWN
    ]
    found = [
        Missing(
            variable=name,
            criteria=tuple(where),
            reason=next(iter(where.values())),
            settles=sum(_settles(step, by_id, name) for step in pending),
        )
        for name, where in needed.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.settles, -len(one.criteria))))


def open_judgements(criteria: Criteria, tops: Sequence[Verdict]) -> tuple[str, ...]:
    """The criteria that an investigator has yet to judge, where the judgement still matters."""
    return tuple(
        one.criterion.id
        for one in _open(criteria, tops)
        if one.criterion.status is Status.JUDGEMENT
    )


def open_readings(criteria: Criteria, tops: Sequence[Verdict]) -> tuple[str, ...]:
    """The criteria that nobody has written as a rule, or not wholly, where they still matter."""
    return tuple(
        one.criterion.id
        for one in _open(criteria, tops)
        if one.criterion.status in {Status.UNREAD, Status.PARTLY}
    )


def _open(criteria: Criteria, tops: Sequence[Verdict]) -> Iterator[Verdict]:
    """The open verdicts that still matter, in the criteria's own order."""
    known = {verdict.criterion.id: verdict.truth for verdict in tops}
    names = {name for step in steps(criteria) for name in _mattering(step.part, known)}
    for top in tops:
        if top.criterion.id in names:
            yield from _open_below(top)


def _mattering(part: str | Combination, known: Mapping[str, Truth]) -> Iterator[str]:
    """The criteria on which an open combination hangs: in a decided part of it, none do."""
    if combined_verdict(part, known) is not Truth.UNKNOWN:
        return
    if isinstance(part, str):
        yield part
        return
    for inner in part.parts:
        yield from _mattering(inner, known)


def _settles(step: Step, by_id: dict[str, Verdict], name: str) -> int:
    """How many of the two answers about this variable settle the step."""
    codes = {step.part} if isinstance(step.part, str) else set(step.part.names())
    return sum(
        _decided(
            step.part,
            {
                code: polarised(by_id[code].criterion, _supposed(by_id[code], name, truth))
                for code in codes
            },
        )
        for truth in (Truth.TRUE, Truth.FALSE)
    )


def _decided(part: str | Combination, truths: dict[str, Truth]) -> bool:
    return combined_verdict(part, truths) is not Truth.UNKNOWN


def _open_below(verdict: Verdict) -> Iterator[Verdict]:
    """This verdict and those below it that still matter.

    A judgement stands for all below it, and so does what is not wholly written as a rule.
    """
    if verdict.condition is not Truth.UNKNOWN:
        return
    yield verdict
    if verdict.criterion.status is Status.COMPUTABLE:
        for inner in verdict.below:
            yield from _open_below(inner)


def _undecided(verdict: Verdict) -> Iterator[tuple[str, Reason]]:
    """Variables whose value is not known and would still matter."""
    if verdict.evaluation is not None:
        yield from _undecided_atoms(verdict.evaluation)


def _undecided_atoms(evaluation: Evaluation) -> Iterator[tuple[str, Reason]]:
    if evaluation.truth is not Truth.UNKNOWN:
        return
    for name in wanted(evaluation):
        assert evaluation.reason is not None
        yield name, evaluation.reason
    for part in mattering(evaluation):
        yield from _undecided_atoms(part)


def wanted(evaluation: Evaluation) -> tuple[str, ...]:
    """The variables whose values would decide an atom: of a computed value, what it lacks."""
    node = evaluation.node
    match node:
        case Comparison() | In() | Presence() | Elapsed():
            return evaluation.needs or (node.variable,)
        case Count():
            return (node.of.variable,)
        case And() | Or() | Not() | AtLeast() | If() | Judgement() | Unread():
            return ()
        case _:
            assert_never(node)


def _supposed(verdict: Verdict, name: str, truth: Truth) -> Truth:
    """The condition, if the undecided atoms of this variable were all `truth`."""
    one = verdict.criterion
    if one.status is not Status.COMPUTABLE:
        return verdict.condition
    own = () if verdict.evaluation is None else (_supposed_rule(verdict.evaluation, name, truth),)
    return joined(one, (*own, *(_supposed(inner, name, truth) for inner in verdict.below)))


def _supposed_rule(evaluation: Evaluation, name: str, truth: Truth) -> Truth:
    node: Node = evaluation.node
    match node:
        case Comparison() | In() | Presence() | Elapsed() | Count():
            undecided = evaluation.truth is Truth.UNKNOWN and wanted(evaluation) == (name,)
            return truth if undecided else evaluation.truth
        case Not():
            return ~_supposed_rule(evaluation.parts[0], name, truth)
        case And() | Or() | AtLeast() | If():
            return combined(node, [_supposed_rule(part, name, truth) for part in evaluation.parts])
        case Judgement() | Unread():
            return evaluation.truth
        case _:
            assert_never(node)
