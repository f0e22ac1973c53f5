"""Verdicts: what the criteria say about one participant, and which facts to get next.

Rules state conditions as written; here polarity is applied. TRUE means: does not stand in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.evaluation import Evaluation, Situation
from trialrun.criteria.missing import Missing, missing_facts, open_judgements, open_readings
from trialrun.criteria.polarity import combined_verdict, joined, polarised
from trialrun.criteria.reference import evaluate
from trialrun.errors import RuleError
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth, all_of
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
class Eligibility:
    """All verdicts about one participant.

    `decided_by` are the criteria that make the whole what it is: those that are FALSE, or those
    that are still UNKNOWN; none where all are TRUE. While the whole is UNKNOWN, `missing` are the
    facts to get next, `to_judge` the criteria that an investigator has yet to judge, and `to_write`
    those that nobody has written as a rule: they are UNKNOWN for everybody.
    """

    truth: Truth
    verdicts: tuple[Verdict, ...]
    decided_by: tuple[str, ...]
    missing: tuple[Missing, ...]
    to_judge: tuple[str, ...] = ()
    to_write: tuple[str, ...] = ()

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

    def above(self, one: Criterion) -> Criterion | None:
        """The nearest criterion above one that those below it do not decide; often there is none.

        A judgement stands for all below it; of what is not wholly a rule nothing follows.
        """
        while one.parent is not None:
            one = self[one.parent].criterion
            if one.status is not Status.COMPUTABLE:
                return one
        return None

    def __getitem__(self, code: str) -> Verdict:
        found = next((one for one in self.verdicts if one.criterion.id == code), None)
        if found is None:
            raise RuleError(f"no criterion is called {code!r}")
        return found


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
        missing=missing_facts(criteria, tops) if truth is Truth.UNKNOWN else (),
        to_judge=open_judgements(criteria, tops) if truth is Truth.UNKNOWN else (),
        to_write=open_readings(criteria, tops) if truth is Truth.UNKNOWN else (),
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
            condition = joined(one, (*own, *(verdict.condition for verdict in below)))
        case _:
            assert_never(one.status)
    return Verdict(criterion=one, condition=condition, evaluation=evaluation, below=below)


def _root(criteria: Criteria, by_id: Mapping[str, Truth]) -> Truth:
    return Truth.TRUE if criteria.root is None else combined_verdict(criteria.root, by_id)


def _decided_by(criteria: Criteria, by_id: Mapping[str, Truth], truth: Truth) -> tuple[str, ...]:
    if truth is Truth.TRUE:
        return ()
    counted = {one.id for one in criteria.required}
    if criteria.root is not None and _root(criteria, by_id) is truth:
        counted |= set(criteria.root.names())
    return tuple(one.id for one in criteria.top if one.id in counted and by_id[one.id] is truth)
