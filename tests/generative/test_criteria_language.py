"""Generated rules: written and read back they are the same; the engine keeps Kleene's promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialrun.criteria.explain import explain_rule
from trialrun.criteria.nodes import (
    NODE_TYPES,
    And,
    AtLeast,
    Comparison,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
)
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import Evaluation, Reason, evaluate
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact

DAY0 = date(2026, 3, 1)
ANCHORS = {"treatment": Moment("2026-03-01"), "first dose": Moment("2026-03-03T09:00+08:00")}

# Few values, so that equality, limits and conflicts occur.
NUMBERS = {
    "alt": (("U/L", "xULN"), ("1", "1.5", "2", "40", "60", "80")),
    "creatinine": (("mg/dL", "umol/L", "xULN"), ("1", "1.5", "132.6", "88.4")),
    "age": (("a", "mo"), ("18", "75", "216")),
    "life_expectancy": (("mo", "wk", "d"), ("3", "12", "90", "84")),
    "ecog": (("{score}",), ("0", "1", "2")),
    "inr": (("1",), ("1", "1.5")),
}
FACT_UNITS = {
    "alt": ("U/L", "[IU]/L"),
    "creatinine": ("mg/dL", "umol/L"),
    "age": ("a",),
    "life_expectancy": ("mo", "wk", "d"),
    "ecog": ("{score}",),
    "inr": ("1",),
}
CONDITIONS = ("aml", "apl", "arrhythmia")
windows = st.sampled_from(
    [(None, None)] * 9 + [("treatment", 14), ("treatment", None), ("first dose", 2), ("x y", 3)]
)
words = st.sampled_from(["fit for it", 'he said "no"', "带引号", "a\nb", "and within"])


@st.composite
def comparisons(draw: st.DrawFn) -> Comparison:
    name = draw(st.sampled_from(sorted(NUMBERS)))
    units, values = NUMBERS[name]
    anchor, days = draw(windows)
    return Comparison(
        variable=name,
        op=draw(st.sampled_from(["<", "<=", ">", ">=", "=="])),
        limit=Quantity(Decimal(draw(st.sampled_from(values))), UNITS[draw(st.sampled_from(units))]),
        anchor=anchor,
        window_days=days,
    )


@st.composite
def memberships(draw: st.DrawFn) -> In:
    name, values = draw(st.sampled_from([("ecog", ("0", "1", "2")), ("sex", ("female", "male"))]))
    anchor, days = draw(windows)
    chosen = tuple(draw(st.lists(st.sampled_from(values), min_size=1, unique=True)))
    return In(variable=name, values=chosen, anchor=anchor, window_days=days)


@st.composite
def presences(draw: st.DrawFn) -> Presence:
    anchor, days = draw(windows)
    return Presence(
        variable=draw(st.sampled_from(CONDITIONS)),
        present=draw(st.booleans()),
        anchor=anchor,
        window_days=days,
    )


atom_nodes = st.one_of(comparisons(), memberships(), presences())
spoken = st.one_of(st.builds(Judgement, words=words), st.builds(Unread, words=words))
leaves = st.integers(0, 9).flatmap(lambda die: spoken if die == 9 else atom_nodes)


def several(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    return st.lists(inner, min_size=2, max_size=3).map(tuple)


def grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(And, parts=several(inner)),
        st.builds(Or, parts=several(inner)),
        st.builds(Not, part=inner),
        st.builds(AtLeast, count=st.integers(1, 2), parts=several(inner)),
    )


rules = st.recursive(leaves, grown, max_leaves=8)


@st.composite
def facts(draw: st.DrawFn, names: tuple[str, ...]) -> Fact:
    name = draw(st.sampled_from(names))
    day = DAY0 - timedelta(days=draw(st.sampled_from([1, 0, 3, 14, 15, -3])))
    at = draw(st.sampled_from([day.isoformat(), f"{day.isoformat()}T08:00+08:00"]))
    common = {"id": f"f{draw(st.integers(0, 99))}", "variable": name, "at": Moment(at)}
    if name in CONDITIONS:
        return Fact(**common, value=draw(st.sampled_from(["true", "false"])))
    if name == "sex":
        return Fact(**common, value=draw(st.sampled_from(["female", "male"])))
    unit = draw(st.sampled_from(FACT_UNITS[name]))
    values = {"ecog": ("0", "1", "2"), "age": ("17", "18", "76")}.get(name, NUMBERS[name][1])
    high = draw(st.sampled_from([None, "1", "40"])) if name in {"alt", "creatinine"} else None
    comparator = "" if name in {"ecog", "age"} else draw(st.sampled_from(["", "", "", "<", ">="]))
    value = draw(st.sampled_from(values))
    return Fact(**common, value=value, unit=unit, comparator=comparator, high=high)


NAMES = (*NUMBERS, *CONDITIONS, "sex")


@st.composite
def persons(draw: st.DrawFn) -> tuple[Fact, ...]:
    return tuple(
        draw(facts((name,)))
        for name in NAMES
        for _ in range(draw(st.sampled_from([1, 0, 1, 2, 1])))
    )


people = persons()


def walk(evaluation: Evaluation) -> Iterator[Evaluation]:
    yield evaluation
    for part in evaluation.parts:
        yield from walk(part)


@given(rules)
def test_a_rule_written_and_read_back_is_the_same(rule: Node) -> None:
    text = write_rule(rule)
    assert read_rule(text) == rule
    assert write_rule(read_rule(text)) == text


@given(rules)
def test_every_rule_has_words_in_both_languages(rule: Node) -> None:
    for locale in ("en", "zh"):
        assert explain_rule(rule, locale)


@given(rules, people, st.sampled_from(list(Truth)))
def test_unknown_always_has_a_reason_and_only_unknown_has(
    rule: Node, person: tuple[Fact, ...], signed: Truth
) -> None:
    for one in walk(evaluate(rule, person, anchors=ANCHORS, judgement=signed)):
        if not one.parts:
            assert (one.reason is not None) == (one.truth is Truth.UNKNOWN)
        if one.truth is not Truth.UNKNOWN and isinstance(one.node, Comparison | In | Presence):
            assert one.fact in person


@given(rules, people, facts(NAMES))
def test_a_first_fact_of_a_variable_never_overturns_what_was_decided(
    rule: Node, person: tuple[Fact, ...], new: Fact
) -> None:
    before = evaluate(rule, person, anchors=ANCHORS).truth
    if before is not Truth.UNKNOWN and all(fact.variable != new.variable for fact in person):
        assert evaluate(rule, (*person, new), anchors=ANCHORS).truth is before


@given(rules, people, st.randoms(use_true_random=False))
def test_the_order_of_facts_decides_nothing(rule: Node, person: tuple[Fact, ...], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(person)
    random.shuffle(shuffled)
    first = evaluate(rule, person, anchors=ANCHORS)
    second = evaluate(rule, shuffled, anchors=ANCHORS)
    assert [one.truth for one in walk(first)] == [one.truth for one in walk(second)]


# A second, plain implementation of one exact comparison: it converts the value, not the limit,
# with factors written out here.
IN_CANONICAL = {
    "U/L": Fraction(1), "[IU]/L": Fraction(1), "mg/dL": Fraction(1),
    "umol/L": Fraction(10, 884), "a": Fraction(12), "mo": Fraction(1), "{score}": Fraction(1),
    "1": Fraction(1),
}  # fmt: skip
OPERATORS = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
}  # fmt: skip


@given(comparisons(), people)
def test_one_exact_value_decides_as_by_hand(rule: Comparison, person: tuple[Fact, ...]) -> None:
    own = [fact for fact in person if fact.variable == rule.variable]
    if len(own) != 1 or own[0].comparator or rule.anchor or own[0].unit in {"wk", "d"}:
        return
    fact, limit = own[0], Fraction(rule.limit.value)
    if rule.limit.unit.code == "xULN":
        if fact.high is None:
            expected = Truth.UNKNOWN
        else:
            holds = OPERATORS[rule.op](Fraction(fact.number), limit * Fraction(fact.high))
            expected = Truth.TRUE if holds else Truth.FALSE
    elif rule.limit.unit.code in {"wk", "d"}:
        return
    else:
        left = Fraction(fact.number) * IN_CANONICAL[str(fact.unit)]
        holds = OPERATORS[rule.op](left, limit * IN_CANONICAL[rule.limit.unit.code])
        expected = Truth.TRUE if holds else Truth.FALSE
    got = evaluate(rule, person, anchors=ANCHORS)
    if got.reason is not Reason.IMPLAUSIBLE:
        assert got.truth is expected


@cache
def observed() -> tuple[Counter[tuple[type[Node], Truth]], set[Reason]]:
    seen: Counter[tuple[type[Node], Truth]] = Counter()
    reasons: set[Reason] = set()

    @settings(max_examples=400, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(rules, people, st.sampled_from(list(Truth)))
    def run(rule: Node, person: tuple[Fact, ...], signed: Truth) -> None:
        for one in walk(evaluate(rule, person, anchors=ANCHORS, judgement=signed)):
            seen[type(one.node), one.truth] += 1
            if one.reason is not None:
                reasons.add(one.reason)

    run()
    return seen, reasons


def test_the_generator_reaches_every_node_and_every_truth_value() -> None:
    seen, _ = observed()
    for kind in NODE_TYPES:
        total = sum(seen[kind, truth] for truth in Truth)
        assert total, kind
        for truth in [Truth.UNKNOWN] if kind is Unread else list(Truth):
            assert seen[kind, truth] >= 0.05 * total, (kind, truth, seen)


def test_nearly_every_reason_is_reached() -> None:
    _, reasons = observed()
    # The rest need an odd date, a limit below, or an implausible value: unit tests name them.
    rest = {Reason.PERHAPS_OUTSIDE, Reason.NO_LLN, Reason.IMPLAUSIBLE, Reason.CONFLICT}
    assert reasons | rest == set(Reason)
