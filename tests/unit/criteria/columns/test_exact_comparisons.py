"""Comparisons of doubles say what exact decimals say, on every side of every limit."""

from __future__ import annotations

import math
import operator
from decimal import Decimal
from fractions import Fraction
from functools import cache

import ibis
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.populations import rows_of
from trialrun.criteria.columns.cell import exactly
from trialrun.criteria.columns.doubles import Bound, placed, zones
from trialrun.criteria.interval import Interval
from trialrun.values.truth import Truth

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
ALL = {**SIGNS, "==": operator.eq, "!=": operator.ne}
limits = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**6)


@given(limits, st.sampled_from(sorted(SIGNS)), st.integers(-2, 2))
def test_a_placed_limit_decides_the_doubles_beside_it_as_their_decimals_do(
    limit: Fraction, sign: str, steps: int
) -> None:
    bound = placed(sign, limit)  # type: ignore[arg-type]
    value = float(limit)
    for _ in range(abs(steps)):
        value = math.nextafter(value, math.copysign(math.inf, steps))
    assert SIGNS[bound.sign](value, bound.number) == SIGNS[sign](Fraction(repr(value)), limit)


def test_a_limit_that_no_double_stands_for_is_placed_between_two() -> None:
    assert placed("<", Fraction(1, 3)) == Bound("<=", 1 / 3)
    assert placed("<", Fraction("1.5")) == Bound("<", 1.5)


@given(st.lists(limits, max_size=4), st.lists(st.sampled_from(list(Truth)), min_size=9, max_size=9))
def test_zones_say_what_the_truth_says_everywhere(
    marks: list[Fraction], truths: list[Truth]
) -> None:
    ordered = sorted(set(marks))

    def truth(number: Decimal) -> Truth:
        below = sum(mark < Fraction(number) for mark in ordered)
        on = Fraction(number) in ordered
        return truths[2 * below + on]

    found = zones(truth, marks)
    ends = [mark + step for mark in ordered for step in (Fraction(-1, 7), 0, Fraction(1, 7))]
    for number in (mark for mark in ends if _is_decimal(mark)):
        expected = truth(Decimal(number.numerator) / Decimal(number.denominator))
        inside = [
            kind
            for kind, spans in ((Truth.TRUE, found.true), (Truth.FALSE, found.false))
            if any(_holds(span, number) for span in spans)
        ]
        assert inside == ([] if expected is Truth.UNKNOWN else [expected])


def _is_decimal(number: Fraction) -> bool:
    return 10**20 % number.denominator == 0


def _holds(span: Interval, number: Fraction) -> bool:
    if span.low is not None and (number < span.low or (number == span.low and span.low_open)):
        return False
    return not (
        span.high is not None and (number > span.high or (number == span.high and span.high_open))
    )


@cache
def products() -> tuple[tuple[float, float, Fraction], ...]:
    """Values beside a multiple of a limit: on it, and a last digit to either side."""
    found: list[tuple[float, float, Fraction]] = []
    multiples = [Fraction(text) for text in ("1", "1.5", "2", "2.5", "3", "0.8", "1.25", "10")]

    @given(
        st.integers(1, 10**12 - 1), st.integers(0, 12), st.sampled_from(multiples),
        st.integers(-1, 1),
    )  # fmt: skip
    def collect(digits: int, places: int, multiple: Fraction, step: int) -> None:
        limit = Fraction(digits, 10**places)
        exact = limit * multiple
        scale = Fraction(1, 10 ** max(0, 12 - len(str(int(exact)))))
        value = round(exact / scale) * scale + step * scale
        if 0 < value < 10**12:
            found.append((float(value), float(limit), multiple))

    collect()
    return tuple(found)


@pytest.mark.parametrize("op", ALL)
def test_a_value_beside_a_multiple_of_a_limit_is_on_its_right_side(op: str) -> None:
    cases = [
        *products(),
        (82.4, 41.2, Fraction(2)),
        (0.3, 0.1, Fraction(3)),
        (0.0, 0.0, Fraction(2)),
    ]
    assert len(cases) > 50
    for multiple in {case[2] for case in cases}:
        own = [case for case in cases if case[2] == multiple]
        table = ibis.memtable(
            pa.table({"v": [one[0] for one in own], "h": [one[1] for one in own]})
        )
        rows = rows_of(
            table.mutate(
                said=exactly(table.v, op, multiple, table.h),
                positive=exactly(table.v, op, multiple, table.h, positive=True),
            )
        )
        for row in rows:
            law = ALL[op](Fraction(repr(row["v"])), multiple * Fraction(repr(row["h"])))
            assert row["said"] == row["positive"] == law, (row, op, multiple)
