"""Exact numbers beside binary doubles: which comparison of doubles says what decimals would say.

A double in a column stands for its shortest decimal. Shortest decimals are ordered as their doubles
are, so every comparison with an exact number is one comparison with a double, rightly placed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

from trialrun.criteria.interval import Interval
from trialrun.values.truth import Truth

Sign: TypeAlias = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Bound:
    """A comparison of a double with a double."""

    sign: Sign
    number: float


def placed(sign: Sign, limit: Fraction) -> Bound:
    """The comparison that holds for a double exactly where its shortest decimal is `sign limit`.

    >>> placed("<", Fraction(1, 3))
    Bound(sign='<=', number=0.3333333333333333)
    """
    near = float(limit)
    shown = Fraction(repr(near))
    if shown == limit:
        return Bound(sign, near)
    below = shown < limit  # then the next double's decimal is above the limit
    if sign in {"<", "<="}:
        return Bound("<=" if below else "<", near)
    return Bound(">" if below else ">=", near)


def bounds(span: Interval) -> tuple[Bound, ...]:
    """The comparisons that hold exactly for the doubles whose decimal lies in the interval."""
    found = []
    if span.low is not None:
        found.append(placed(">" if span.low_open else ">=", span.low))
    if span.high is not None:
        found.append(placed("<" if span.high_open else "<=", span.high))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Zones:
    """For which numbers something is TRUE, and for which FALSE; UNKNOWN for all others."""

    true: tuple[Interval, ...]
    false: tuple[Interval, ...]


def zones(truth: Callable[[Decimal], Truth], marks: Sequence[Fraction]) -> Zones:
    """The zones of a truth that changes at `marks` only, found by asking in each of them."""
    ordered = sorted(set(marks))
    pieces: list[tuple[Interval, Truth]] = []
    ends: list[Fraction | None] = [None, *ordered, None]
    for low, high in pairwise(ends):
        if low is not None and (at := _finite(low)) is not None:
            pieces.append((Interval(low, low), truth(at)))
        open_ = Interval(low, high, low is not None, high is not None)
        pieces.append((open_, truth(_between(low, high))))
    merged = _merged(pieces)
    return Zones(
        tuple(span for span, found in merged if found is Truth.TRUE),
        tuple(span for span, found in merged if found is Truth.FALSE),
    )


def _merged(pieces: list[tuple[Interval, Truth]]) -> list[tuple[Interval, Truth]]:
    merged: list[tuple[Interval, Truth]] = []
    for span, found in pieces:
        if merged and merged[-1][1] is found:
            first = merged.pop()[0]
            span = Interval(first.low, span.high, first.low_open, span.high_open)
        merged.append((span, found))
    return merged


def _finite(number: Fraction) -> Decimal | None:
    """The number as a decimal; None where no decimal is equal to it."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return _rounded(number, number.denominator.bit_length()) if rest == 1 else None


def _between(low: Fraction | None, high: Fraction | None) -> Decimal:
    """Some decimal strictly between."""
    if low is None or high is None:
        end = low if low is not None else high
        if end is None:
            return Decimal(1)
        whole = end.numerator // end.denominator
        return Decimal(whole + 2 if low is not None else whole - 1)
    places = 1
    while Fraction(4, 10**places) > high - low:
        places += 1
    return _rounded((low + high) / 2, places)


def _rounded(number: Fraction, places: int) -> Decimal:
    scaled = number * 10**places
    whole = scaled.numerator // scaled.denominator  # written out: a context would round it
    return Decimal(f"{whole}e-{places}")
