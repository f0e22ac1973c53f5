"""Generated rules: written and read back they are the same; the engine keeps Kleene's promises."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.rule_strategies import (
    LABORATORY,
    Case,
    cases,
    comparisons,
    facts,
    rules,
    sharpened,
)
from trialrun.criteria.explain import explain_rule
from trialrun.criteria.nodes import (
    NODE_TYPES,
    Comparison,
    Elapsed,
    In,
    Node,
    Presence,
    Unread,
)
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import Evaluation, Reason, evaluate
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact


def on(case: Case, *more: Fact) -> Evaluation:
    return evaluate(
        case.rule,
        (*case.facts, *more),
        anchors=case.anchors,
        as_of=case.as_of,
        judgement=case.judgement,
    )


@given(rules)
def test_a_rule_written_and_read_back_is_the_same(rule: Node) -> None:
    text = write_rule(rule)
    assert read_rule(text) == rule
    assert write_rule(read_rule(text)) == text


@given(rules)
def test_every_rule_has_words_in_both_languages(rule: Node) -> None:
    for locale in ("en", "zh"):
        assert explain_rule(rule, locale)


@given(cases())
def test_unknown_always_has_a_reason_and_only_unknown_has(case: Case) -> None:
    for one in on(case).walk():
        if not one.parts:
            assert (one.reason is not None) == (one.truth is Truth.UNKNOWN)
        if one.truth is Truth.UNKNOWN or not isinstance(one.node, In | Presence | Elapsed):
            continue
        assert one.fact in case.facts
    for one in on(case).walk():
        assert set(one.inputs) <= set(case.facts)
        if one.reason is Reason.NO_INPUT:
            assert one.needs


@given(cases(), facts(("alt", "platelets", "aml", "inr", "hsct_date", "sex", "ecog")))
def test_a_first_fact_of_a_variable_never_overturns_what_was_decided(case: Case, new: Fact) -> None:
    before = on(case).truth
    if before is not Truth.UNKNOWN and all(fact.variable != new.variable for fact in case.facts):
        assert on(case, new).truth is before


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_facts_decides_nothing(case: Case, random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(case.facts)
    random.shuffle(shuffled)
    second = Case(case.rule, tuple(shuffled), case.as_of, case.judgement, case.anchors)
    assert [one.truth for one in on(case).walk()] == [one.truth for one in on(second).walk()]


@settings(max_examples=400)
@given(st.data())
def test_knowing_more_exactly_never_overturns_what_was_decided(data: st.DataObject) -> None:
    case = data.draw(cases(st.one_of(rules, comparisons())))
    before = on(case).truth
    if before is not Truth.UNKNOWN:
        assert on(data.draw(sharpened(case))).truth is before


# A second, plain implementation of one exact comparison: it converts the value, not the limit,
# with factors written out here.
IN_CANONICAL = {
    "U/L": Fraction(1), "[IU]/L": Fraction(1), "mg/dL": Fraction(1),
    "umol/L": Fraction(10, 884), "10*9/L": Fraction(1), "10*3/uL": Fraction(1),
    "/uL": Fraction(1, 1000), "a": Fraction(12), "mo": Fraction(1), "{score}": Fraction(1),
    "1": Fraction(1),
}  # fmt: skip
OPERATORS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
}  # fmt: skip


@given(cases(comparisons()))
def test_one_exact_value_decides_as_by_hand(case: Case) -> None:
    rule = case.rule
    assert isinstance(rule, Comparison)
    own = [fact for fact in case.facts if fact.variable == rule.variable]
    if len(own) != 1 or own[0].comparator or rule.anchor or own[0].unit not in IN_CANONICAL:
        return
    if rule.method not in {None, "recorded"} or rule.limit.unit.code in {"xLLN", "xBaseline"}:
        return
    fact, limit = own[0], Fraction(rule.limit.value)
    if rule.limit.unit.code == "xULN":
        if fact.high is None:
            expected = Truth.UNKNOWN
        else:
            holds = OPERATORS[rule.op](Fraction(fact.number), limit * Fraction(fact.high))
            expected = Truth.TRUE if holds else Truth.FALSE
    elif rule.limit.unit.code not in IN_CANONICAL:
        return
    else:
        left = Fraction(fact.number) * IN_CANONICAL[str(fact.unit)]
        holds = OPERATORS[rule.op](left, limit * IN_CANONICAL[rule.limit.unit.code])
        expected = Truth.TRUE if holds else Truth.FALSE
    got = on(case)
    if got.reason is not Reason.IMPLAUSIBLE:
        assert got.truth is expected


@cache
def observed() -> tuple[Counter[tuple[type[Node], Truth]], set[Reason]]:
    seen: Counter[tuple[type[Node], Truth]] = Counter()
    reasons: set[Reason] = set()

    def run(case: Case) -> None:
        for one in on(case).walk():
            seen[type(one.node), one.truth] += 1
            if one.reason is not None:
                reasons.add(one.reason)

    # Whole rules, and comparisons alone: most reasons are theirs, some only a laboratory's.
    for drawn in (cases(), cases(comparisons()), cases(comparisons(names=LABORATORY))):
        settings(max_examples=800, derandomize=True, suppress_health_check=list(HealthCheck))(
            given(drawn)(run)
        )()
    return seen, reasons


def test_the_generator_reaches_every_node_and_every_truth_value() -> None:
    seen, _ = observed()
    for kind in NODE_TYPES:
        total = sum(seen[kind, truth] for truth in Truth)
        assert total >= 30, (kind, total)
        for truth in [Truth.UNKNOWN] if kind is Unread else list(Truth):
            assert seen[kind, truth] >= 0.05 * total, (kind, truth, seen)


def test_every_reason_is_reached() -> None:
    _, reasons = observed()
    assert reasons == set(Reason)
