"""A wish that is met makes the reference engine say what was wished."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Node,
    Not,
    Or,
    Presence,
)
from trialrun.criteria.reference import evaluate
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.typical import typical
from trialrun.rehearse.wish import drawn, printed_limit, wish
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.truth import of
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

DAY = Moment("2026-03-01")
LIMITS = {
    "age": ("a", ["18", "65", "75"]),
    "alt": ("xULN", ["1.5", "2", "3"]),
    "creatinine": ("umol/L", ["132.6", "100"]),
    "lvef": ("%", ["50", "45"]),
    "platelets": ("/uL", ["50000", "100000"]),
    "ecog": ("{score}", ["1", "2", "3"]),
}


def comparisons() -> st.SearchStrategy[Node]:
    def one(name: str) -> st.SearchStrategy[Node]:
        unit, values = LIMITS[name]
        return st.builds(
            lambda op, value: Comparison(
                variable=name, op=op, limit=Quantity(Decimal(value), UNITS[unit])
            ),
            st.sampled_from(["<", "<=", ">", ">="]),
            st.sampled_from(values),
        )

    return st.sampled_from(sorted(LIMITS)).flatmap(one)


atoms = (
    comparisons()
    | st.builds(
        lambda name, present: Presence(variable=name, present=present),
        st.sampled_from(["arrhythmia", "hiv", "pregnant"]),
        st.booleans(),
    )
    | st.just(In(variable="sex", values=(variable("sex").values[0],)))
    | st.builds(
        lambda name, op, amount: Elapsed(
            variable=name, op=op, limit=Quantity(Decimal(amount[0]), UNITS[amount[1]])
        ),
        st.sampled_from(["last_chemotherapy_date", "hsct_date", "received_chemotherapy"]),
        st.sampled_from([">", ">="]),
        st.sampled_from([("14", "d"), ("3", "mo"), ("2", "a"), ("48", "h"), ("3", "wk")]),
    )
    | st.builds(
        lambda op, number: Count(op=op, number=number, of=Presence(variable="fever")),
        st.sampled_from([">=", "<"]),
        st.just(1),
    )
)
nodes = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(parts=tuple(parts)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(parts=tuple(parts)))
        | st.lists(inner, min_size=3, max_size=3).map(
            lambda parts: AtLeast(count=2, parts=tuple(parts))
        )
        | inner.map(lambda part: Not(part=part))
        | st.builds(If, condition=inner, then=inner, otherwise=st.none() | inner)
    ),
    max_leaves=6,
)


def fact(name: str, value: str) -> Fact:
    row = variable(name)
    if row.kind is Kind.DATE:  # drawn as so many days ago
        value = (DAY.day - timedelta(days=int(value))).isoformat()
    return Fact(
        id=name,
        variable=name,
        value=value,
        unit=None if row.unit is None else row.unit.code,
        at=DAY,
        high=typical(name).upper_limit if row.unit is not None else None,
    )


@given(nodes, st.booleans(), st.integers(0, 10**6))
def test_what_is_drawn_from_a_wish_is_what_the_engine_finds(
    node: Node, holds: bool, seed: int
) -> None:
    lot = Lot(seed)
    wanted = wish(node, holds, lot)
    if wanted is None:
        return  # the solver may give up; it may not be wrong
    facts = tuple(fact(name, drawn(name, one, lot)) for name, one in wanted.items())
    assert evaluate(node, facts, anchors={}, as_of=DAY).truth is of(holds)


@given(st.integers(0, 10**6))
def test_the_same_seed_draws_the_same(seed: int) -> None:
    one, other = Lot(seed, 1), Lot(seed, 1)
    assert [one.raw() for _ in range(70)] == [other.raw() for _ in range(70)]
    assert Lot(seed, 1).raw() != Lot(seed, 2).raw()
    assert 0 <= Lot(seed).share() < 1


def test_a_wait_has_its_mean_and_never_takes_no_time() -> None:
    lot = Lot(11)
    waits = [lot.wait(Fraction(20)) for _ in range(4000)]
    assert min(waits) >= 1
    assert abs(sum(waits) / len(waits) - 20) < 1.2  # standard error 0.31
    assert lot.wait(Fraction(1)) == 1
    assert all(not lot.happens(Decimal(0)) and lot.happens(Decimal(1)) for _ in range(100))


def test_a_laboratory_prints_a_limit_of_whatever_a_rule_takes_a_multiple_of() -> None:
    assert printed_limit("alt") == "40"
    assert typical("il15").upper_limit is None
    rule = Comparison(variable="il15", op="<", limit=Quantity(Decimal("2"), UNITS["xULN"]))
    for holds in (True, False):
        lot = Lot(3)
        wanted = wish(rule, holds, lot)
        assert wanted is not None
        found = replace(
            fact("il15", drawn("il15", wanted["il15"], lot)), high=printed_limit("il15")
        )
        assert evaluate(rule, [found], anchors={}).truth is of(holds)


def test_between_two_levels_nothing_is_wished_and_a_date_is_whole_days_ago() -> None:
    unit = UNITS["{score}"]
    below = Comparison(variable="ecog", op="<", limit=Quantity(Decimal(2), unit))
    above = Comparison(variable="ecog", op=">", limit=Quantity(Decimal(1), unit))
    assert wish(And(parts=(below, above)), True, Lot(0)) is None
    assert wish(Or(parts=(below, above)), True, Lot(0)) is not None
    lately = Elapsed(
        variable="last_chemotherapy_date", op=">", limit=Quantity(Decimal(48), UNITS["h"])
    )
    wanted = wish(lately, False, Lot(0))
    assert wanted is not None
    assert int(drawn("last_chemotherapy_date", wanted["last_chemotherapy_date"], Lot(0))) <= 1
