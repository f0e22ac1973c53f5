"""Chance for the parts of a rehearsal that are no physiology: exact, from PCG64's raw bits.

One lot per participant and purpose, from a `SeedSequence` child, so that what one participant
draws never depends on how many draws another has made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from itertools import accumulate, repeat
from typing import TypeVar

from numpy.random import PCG64, SeedSequence

from trialrun.values.quantity import rounded

T = TypeVar("T")
_BATCH = 32
_STEPS = 1 << 53
_TEN_YEARS = 3650


class Lot:
    """A stream of draws; the same seed gives the same draws on every machine."""

    def __init__(self, *seed: int) -> None:
        self._bits = PCG64(SeedSequence(seed))
        self._stock: list[int] = []

    def raw(self) -> int:
        """The next 64 bits."""
        if not self._stock:
            self._stock = self._bits.random_raw(_BATCH).tolist()[::-1]
        return self._stock.pop()

    def share(self) -> Fraction:
        """Uniform on [0, 1), in steps of 2^-53."""
        return Fraction(self.raw() >> 11, _STEPS)

    def unit(self) -> float:
        """The same as a binary double, which holds it exactly."""
        return (self.raw() >> 11) * 2.0**-53

    def happens(self, chance: Decimal | Fraction) -> bool:
        """Whether something of this chance happens."""
        return self.raw() >> 11 < _threshold(chance)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.unit() * len(items))]

    def between(self, low: Fraction, high: Fraction, step: Fraction) -> Decimal:
        """A multiple of `step` near a uniform draw of [low, high], kept inside where one is."""
        value = Fraction(rounded(low + (high - low) * self.share(), step))
        if value < low:
            value += step
        if value > high:
            value -= step
        return rounded(value, step)

    def wait(self, mean_days: Fraction) -> int:
        """Whole days until something whose daily chance is 1 / mean_days; at most ten years."""
        # One draw, by going along the distribution: products of doubles are the same everywhere.
        still = _still_waiting(1.0 - float(1 / max(mean_days, Fraction(1))))
        draw = 1.0 - self.unit()
        return 1 + bisect_right(still, -draw)


@lru_cache(maxsize=64)
def _still_waiting(stays: float) -> tuple[float, ...]:
    """Minus the chance of waiting longer than each day, rising, for all but the last day."""
    days = repeat(stays, _TEN_YEARS - 1)
    return tuple(-left for left in accumulate(days, lambda left, one: left * one))


@cache
def _threshold(chance: Decimal | Fraction) -> int:
    """The number of steps of 2^-53 below a chance."""
    exact = Fraction(chance) * _STEPS
    return -(-exact.numerator // exact.denominator)
