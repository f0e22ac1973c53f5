"""Verdicts: what the criteria say about one participant, and which facts to get next.

Rules state conditions as written; here polarity is applied. TRUE means: does not stand in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status
from trialrun.criteria.evaluation import Situation
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
from trialrun.criteria.reference import Evaluation, Reason, combined, evaluate, mattering
from trialrun.errors import RuleError
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth, all_of, any_of
from trialrun.vocabulary.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one criterion gives: `condition` as written, `truth` with its polarity applied."""

    criterion: Criterion
    condition: Truth
    evaluation: Evaluation | None = None
    below: tuple[Verdict, ...] = ()

    @property
    def truth(self) -> Truth:
        """TRUE: does not stand in the way."""
        return polarised(self.criterion, self.condition)

    def walk(self) -> Iterator[Verdict]:
        """This verdict and all below it."""
        yield self
        for verdict in self.below:
            yield from verdict.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A variable to get next: where it is needed, why it does not decide yet, what it may settle.

    `settles` counts the top criteria that this variable alone may decide.
    """

    variable: str
    criteria: tuple[str, ...]
    reason: Reason
    settles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """All verdicts about one participant.

    `decided_by` are the criteria that make the whole what it is: those that are FALSE, or those
    that are still UNKNOWN; none where all are TRUE.
    """

    truth: Truth
    verdicts: tuple[Verdict, ...]
    decided_by: tuple[str, ...]
    missing: tuple[Missing, ...]

    @property
    def inputs(self) -> tuple[Fact, ...]:
        """The facts that values were computed from."""
        found = (
            fact
            for verdict in self.verdicts
            if verdict.evaluation is not None
            for one in verdict.evaluation.walk()
            for fact in one.inputs
        )
        return tuple(dict.fromkeys(found))

    def __getitem__(self, code: str) -> Verdict:
        found = next((one for one in self.verdicts if one.criterion.id == code), None)
        if found is None:
            raise RuleError(f"no criterion is called {code!r}")
        return found


def polarised(criterion: Criterion, condition: Truth) -> Truth:
    """The verdict of a condition: itself for an inclusion, its NOT for an exclusion."""
    return condition if criterion.kind == "inclusion" else ~condition


def judge(
    criteria: Criteria,
    facts: Sequence[Fact],
    *,
    anchors: Mapping[str, Moment],
    judgements: Mapping[str, Truth],
    as_of: Moment | None = None,
) -> Eligibility:
    """Every verdict on `facts`, and the whole, as of a moment for rules that name no anchor.

    `judgements` are signed verdicts of criteria of status judgement (TRUE: does not stand in the
    way); a signature on any other criterion is an error, never a waiver.
    """
    for code in judgements:
        if criteria[code].status is not Status.JUDGEMENT:
            raise RuleError(
                f"{code} is not a criterion of judgement",
                remedy="A signature decides only criteria of status judgement; "
                "measure what is missing, or have the criterion declared a judgement.",
            )
    tops = tuple(
        _verdict(criteria, one, Situation(facts=facts, anchors=anchors, as_of=as_of), judgements)
        for one in criteria.top
    )
    by_id = {verdict.criterion.id: verdict.truth for verdict in tops}
    truth = all_of([*(by_id[one.id] for one in criteria.required), _root(criteria, by_id)])
    return Eligibility(
        truth=truth,
        verdicts=tuple(inner for verdict in tops for inner in verdict.walk()),
        decided_by=_decided_by(criteria, by_id, truth),
        missing=_missing(tops) if truth is Truth.UNKNOWN else (),
    )


def _verdict(
    criteria: Criteria,
    one: Criterion,
    situation: Situation,
    judgements: Mapping[str, Truth],
) -> Verdict:
    below = tuple(
        _verdict(criteria, child, situation, judgements) for child in criteria.below(one.id)
    )
    signed = polarised(one, judgements.get(one.id, Truth.UNKNOWN))
    evaluation = None
    if one.rule is not None:
        evaluation = evaluate(
            one.rule,
            situation.facts,
            anchors=situation.anchors,
            as_of=situation.as_of,
            judgement=signed,
        )
    match one.status:
        case Status.UNREAD | Status.PARTLY:
            condition = Truth.UNKNOWN
        case Status.JUDGEMENT:
            condition = signed
        case Status.COMPUTABLE:
            own = () if evaluation is None else (evaluation.truth,)
            condition = _joined(one, (*own, *(verdict.condition for verdict in below)))
        case _:
            assert_never(one.status)
    return Verdict(criterion=one, condition=condition, evaluation=evaluation, below=below)


def _joined(one: Criterion, truths: Sequence[Truth]) -> Truth:
    return any_of(truths) if one.logic == "or" and len(truths) > 1 else all_of(truths)


def _root(criteria: Criteria, by_id: Mapping[str, Truth]) -> Truth:
    return Truth.TRUE if criteria.root is None else combined_verdict(criteria.root, by_id)


def combined_verdict(part: str | Combination, by_id: Mapping[str, Truth]) -> Truth:
    """The verdict of criteria that are alternatives, from the verdicts by id."""
    if isinstance(part, str):
        return by_id[part]
    truths = [combined_verdict(inner, by_id) for inner in part.parts]
    return all_of(truths) if part.logic == "and" else any_of(truths)


def _decided_by(criteria: Criteria, by_id: Mapping[str, Truth], truth: Truth) -> tuple[str, ...]:
    if truth is Truth.TRUE:
        return ()
    counted = {one.id for one in criteria.required}
    if criteria.root is not None and _root(criteria, by_id) is truth:
        counted |= set(criteria.root.names())
    return tuple(one.id for one in criteria.top if one.id in counted and by_id[one.id] is truth)


def _missing(tops: Sequence[Verdict]) -> tuple[Missing, ...]:
    """The variables of undecided atoms in undecided criteria, the most deciding first."""
    found: dict[str, Missing] = {}
    for top in (verdict for verdict in tops if verdict.truth is Truth.UNKNOWN):
        settled: set[str] = set()
        for inner in _open(top):
            for name, reason in _undecided(inner):
                before = found.get(name) or Missing(
                    variable=name, criteria=(), reason=reason, settles=0
                )
                settles = before.settles
                if name not in settled:
                    settled.add(name)
                    settles += _settles(top, name)
                codes = dict.fromkeys((*before.criteria, inner.criterion.id))
                found[name] = replace(before, criteria=tuple(codes), settles=settles)
    order = {name: place for place, name in enumerate(found)}
    return tuple(
        sorted(
            found.values(),
            key=lambda one: (-one.settles, -len(one.criteria), order[one.variable]),
        )
    )


def _open(verdict: Verdict) -> Iterator[Verdict]:
    """This verdict and those below it that still matter."""
    if verdict.condition is Truth.UNKNOWN and verdict.criterion.status is Status.COMPUTABLE:
        yield verdict
        for inner in verdict.below:
            yield from _open(inner)


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


def _settles(top: Verdict, name: str) -> int:
    """1 where some value of this variable alone decides the criterion."""
    outcomes = (_supposed(top, name, truth) for truth in (Truth.TRUE, Truth.FALSE))
    return int(any(outcome is not Truth.UNKNOWN for outcome in outcomes))


def _supposed(verdict: Verdict, name: str, truth: Truth) -> Truth:
    """The condition, if the undecided atoms of this variable were all `truth`."""
    one = verdict.criterion
    if one.status is not Status.COMPUTABLE:
        return verdict.condition
    own = () if verdict.evaluation is None else (_supposed_rule(verdict.evaluation, name, truth),)
    return _joined(one, (*own, *(_supposed(inner, name, truth) for inner in verdict.below)))


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
