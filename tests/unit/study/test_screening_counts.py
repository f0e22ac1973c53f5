"""The funnel: counted one by one against a plain count, and what data decide comes first."""

from __future__ import annotations

from itertools import product

from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status
from trialrun.criteria.parser import read_rule
from trialrun.criteria.steps import steps
from trialrun.criteria.verdict import judge
from trialrun.study.screening.counts import Counting
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

AT = Moment("2026-03-01")


def criterion(code: str, rule: str | None, status: Status = Status.COMPUTABLE) -> Criterion:
    return Criterion(
        id=code, kind="exclusion" if code.startswith("E") else "inclusion", text=code,
        status=status, rule=None if rule is None else read_rule(rule),
    )  # fmt: skip


CRITERIA = Criteria(
    all=(
        criterion("I1", "aml"),
        criterion("I2", None, Status.JUDGEMENT),
        criterion("I3", "mds"),
        criterion("E1", "hiv"),
        criterion("E2", "pregnant"),
    ),
    root=Combination("or", ("I1", "I3")),
)
NAMES = ("aml", "mds", "hiv", "pregnant")


def test_what_waits_for_a_person_comes_last() -> None:
    assert [(one.code, one.by_person) for one in steps(CRITERIA)] == [
        ("I1 or I3", False), ("E1", False), ("E2", False), ("I2", True),
    ]  # fmt: skip


def test_every_pattern_of_four_facts_is_counted_as_by_hand() -> None:
    counting = Counting(CRITERIA)
    patterns = list(product((True, False, None), repeat=4))
    for number, values in enumerate(patterns):
        facts = [
            Fact(id=name, variable=name, value=str(value).lower(), at=AT)
            for name, value in zip(NAMES, values, strict=True)
            if value is not None
        ]
        counting.add(f"P{number}", judge(CRITERIA, facts, anchors={}, judgements={}))
    found = counting.counts()
    first, second, third, last = found.steps

    def either(values: tuple[bool | None, ...]) -> bool | None:
        return True if True in values[:2] else None if None in values[:2] else False

    assert first.true == first.met == sum(either(v) is True for v in patterns)
    assert first.false == sum(either(v) is False for v in patterns)
    assert second.left == sum(either(v) is not False and v[2] is not True for v in patterns)
    assert second.met == sum(either(v) is True and v[2] is False for v in patterns)
    assert third.only == sum(
        v[3] is True and v[2] is not True and either(v) is not False for v in patterns
    )
    assert last.unknown == found.total == 81 and last.met == 0
    excluded = sum(either(v) is False or True in v[2:] for v in patterns)
    assert (found.not_eligible, found.eligible) == (excluded, 0)
    assert found.unknown == found.total - excluded and not found.simulated
    assert all(one.true + one.false + one.unknown == 81 for one in found.steps)


def test_nobody_is_an_empty_funnel() -> None:
    found = Counting(CRITERIA).counts()
    assert found.total == 0 and not found.simulated
    assert all(one.left == 0 for one in found.steps)
    assert Truth.TRUE not in Counting(CRITERIA).whole
