"""Intervals of exact numbers, and whether a comparison holds for all, none or some of them.

A value "<5" is every number below 5; three months are 89 to 92 days. A comparison of two intervals
is TRUE or FALSE only where every pair of their numbers says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import assert_never

from trialrun.criteria.nodes import Op
from trialrun.values.truth import Truth

# The fewest and the most days that 0 to 12 months after any day can have.
_FEWEST = (0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334, 365)
_MOST = (0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337, 366)


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`; None is no bound, an open end is not included."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    def times(self, factor: Fraction) -> Interval:
        """The interval times a positive factor."""
        return Interval(
            None if self.low is None else self.low * factor,
            None if self.high is None else self.high * factor,
            self.low_open,
            self.high_open,
        )


def point(value: Fraction) -> Interval:
    """Exactly this number."""
    return Interval(value, value)


def stated(comparator: str, value: Fraction) -> Interval:
    """What a value with its comparator leaves possible."""
    match comparator:
        case "<":
            return Interval(None, value, high_open=True)
        case "<=":
            return Interval(None, value)
        case ">":
            return Interval(value, None, low_open=True)
        case ">=":
            return Interval(value, None)
        case _:
            return point(value)


def days_of_months(months: Interval) -> Interval:
    """The days that so many months can have."""
    return Interval(
        None if months.low is None else _days(months.low, _FEWEST, 365, up=False),
        None if months.high is None else _days(months.high, _MOST, 366, up=True),
        months.low_open and months.low == 0,
        months.high_open and months.high == 0,
    )


def _days(months: Fraction, table: tuple[int, ...], year: int, *, up: bool) -> Fraction:
    if months < 0:
        return months * 31 if up is False else months * 28
    years, rest = divmod(months, 12)
    whole = rest.numerator // rest.denominator
    if up and rest.denominator != 1:
        whole += 1
    return Fraction(years * year + table[whole])


def compared(left: Interval, op: Op, right: Interval) -> Truth:
    """Whether `left op right` holds for every pair, for none, or that is not known."""
    match op:
        case "<":
            return _less(left, right)
        case "<=":
            return ~_less(right, left)
        case ">":
            return _less(right, left)
        case ">=":
            return ~_less(left, right)
        case "==":
            same = left == right and left.low is not None and left.low == left.high
            if same:
                return Truth.TRUE
            apart = _less(left, right) is Truth.TRUE or _less(right, left) is Truth.TRUE
            return Truth.FALSE if apart else Truth.UNKNOWN
        case _:
            assert_never(op)


def _less(left: Interval, right: Interval) -> Truth:
    if left.high is not None and right.low is not None:
        apart = left.high_open or right.low_open
        if left.high < right.low or (left.high == right.low and apart):
            return Truth.TRUE
    if left.low is not None and right.high is not None and left.low >= right.high:
        return Truth.FALSE
    return Truth.UNKNOWN
