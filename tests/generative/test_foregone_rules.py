"""No patient contradicts what is said of a rule that can come out only one way."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from support.rule_strategies import (
    Case,
    cases,
    comparisons,
    counts,
    grown,
    memberships,
    presences,
    rules,
    times_since,
)
from trialrun.criteria.foregone import foregone, never_is
from trialrun.criteria.nodes import And, Comparison, Node, Not, Or, mapped, windowed
from trialrun.criteria.reference import evaluate
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact

KINDS = [comparisons(), comparisons(), memberships(), presences(), counts, times_since()]
OPS = st.sampled_from(["<", "<=", ">", ">=", "=="])


@st.composite
def of_one_variable(draw: st.DrawFn) -> Node:
    """A few atoms of one kind, mostly of one variable, in one window or none."""
    kind = draw(st.sampled_from(KINDS))
    drawn = draw(st.lists(kind, min_size=6, max_size=10))
    name = Counter(atom_name(one) for one in drawn).most_common(1)[0][0]
    atoms: list[Node] = [one for one in drawn if atom_name(one) == name][:4]
    whole = draw(st.recursive(st.sampled_from(atoms), grown, max_leaves=5))
    if draw(st.booleans()):
        return mapped(whole, lambda atom: windowed(atom, None))
    return whole


def atom_name(node: Any) -> str:
    return str(node.of.variable if hasattr(node, "of") else node.variable)


@settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)
@given(cases(st.one_of(of_one_variable(), rules)))
def test_no_patient_contradicts_a_foregone_rule(case: Case) -> None:
    situation: dict[str, Any] = {
        "anchors": case.anchors,
        "as_of": case.as_of,
        "judgement": case.judgement,
    }
    for part in foregone(case.rule):
        found = evaluate(part.node, case.facts, **situation).truth
        assert found is not part.never
    never = never_is(case.rule)
    if never is not None:
        assert evaluate(case.rule, case.facts, **situation).truth is not never


def test_foregone_rules_are_drawn_often_and_decided() -> None:
    seen: Counter[tuple[Truth, Truth]] = Counter()

    @settings(
        max_examples=600,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(of_one_variable()))
    def collect(case: Case) -> None:
        never = never_is(case.rule)
        if never is not None:
            truth = evaluate(case.rule, case.facts, anchors=case.anchors, as_of=case.as_of).truth
            seen[never, truth] += 1

    collect()
    assert seen[Truth.TRUE, Truth.FALSE] >= 10 and seen[Truth.FALSE, Truth.TRUE] >= 5, seen
    assert not seen[Truth.TRUE, Truth.TRUE] and not seen[Truth.FALSE, Truth.FALSE]


LIMITS = [Decimal(n) for n in (10, 20, 30)]
alt_limits = st.builds(
    lambda op, number: Comparison(variable="alt", op=op, limit=Quantity(number, UNITS["U/L"])),
    OPS, st.sampled_from(LIMITS),
)  # fmt: skip
alt_rules = st.recursive(
    alt_limits,
    lambda inner: st.one_of(
        st.builds(Not, part=inner),
        st.builds(And, parts=st.tuples(inner, inner)),
        st.builds(Or, parts=st.tuples(inner, inner)),
    ),
    max_leaves=6,
)


@settings(max_examples=400)
@given(alt_rules)
def test_of_one_number_it_says_what_trying_every_number_says(rule: Node) -> None:
    truths = {evaluate(rule, [alt(number)], anchors={}).truth for number in range(5, 40, 5)}
    never = reduce(lambda found, truth: found - {truth}, truths, {Truth.TRUE, Truth.FALSE})
    assert never_is(rule) is (never.pop() if never else None)


def alt(number: int) -> Fact:
    return Fact(id="a", variable="alt", value=str(number), unit="U/L", at=Moment("2026-03-01"))
