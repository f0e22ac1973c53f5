"""Numbers of several participants in a few: median, least and greatest, mean and deviation.

The median averages the two middle values (quantile definition 2 of Hyndman and Fan, SAS
definition 5). A value known only as "below a limit" counts as lower than every number: it shifts
the median, and is never replaced by a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trialrun.analysis.estimate import Found, Method, Traced, count, traced

MEDIAN = Method("median", "Hyndman RJ, Fan Y. Am Stat 1996;50:361, definition 2")


@dataclass(frozen=True, slots=True)
class Measured:
    """One participant's number; `below` says that it is only known to be lower than `value`."""

    found: Found
    value: Fraction
    below: bool = False


@dataclass(frozen=True, slots=True)
class Limited:
    """A number, or (`below`) only that it is lower than `value`."""

    value: Fraction
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How many have the number, and its median, least and greatest; None of nobody."""

    n: Traced[int]
    missing: Traced[int]
    median: Traced[Limited | None]
    least: Traced[Limited | None]
    greatest: Traced[Limited | None]


def spread(
    values: Iterable[Measured], among: Iterable[Found], method: Method, *, of: Method = MEDIAN
) -> Spread:
    """The spread of one number per participant; `method` says what the number is."""
    ordered = sorted(values, key=_order)
    found = [one.found for one in ordered]
    have = {one.participant for one in found}
    lacking = [one for one in among if one.participant not in have]
    ends = (ordered[:1], ordered[-1:])
    least, greatest = (
        traced(_limited(end[0]) if end else None, [one.found for one in end], method)
        for end in ends
    )
    return Spread(
        n=count(found, method),
        missing=count(lacking, method),
        median=traced(median_of(ordered), found, of),
        least=least,
        greatest=greatest,
    )


def median_of(ordered: Sequence[Measured]) -> Limited | None:
    """The median of ordered values; below a limit if one of the middle values is."""
    n = len(ordered)
    if n == 0:
        return None
    middle = ordered[(n - 1) // 2 : n // 2 + 1]
    if any(one.below for one in middle):
        return Limited(max(one.value for one in middle), below=True)
    return Limited(sum((one.value for one in middle), Fraction(0)) / len(middle))


def _limited(one: Measured) -> Limited:
    return Limited(one.value, one.below)


def _order(one: Measured) -> tuple[bool, Fraction, str]:
    return (not one.below, one.value, one.found.participant)
