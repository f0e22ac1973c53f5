"""Chance for the parts of a rehearsal that are no physiology: exact, from PCG64's raw bits.

One lot per participant and purpose, from a `SeedSequence` child, so that what one participant
draws never depends on how many draws another has made.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from numpy.random import PCG64, SeedSequence

from trialrun.values.quantity import rounded

T = TypeVar("T")
_BATCH = 32


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
        return Fraction(self.raw() >> 11, 1 << 53)

    def happens(self, chance: Decimal | Fraction) -> bool:
        """Whether something of this chance happens."""
        return self.share() < Fraction(chance)

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely."""
        return items[int(self.share() * len(items))]

    def between(self, low: Fraction, high: Fraction, step: Fraction) -> Decimal:
        """A multiple of `step` near a uniform draw of [low, high], kept inside where one is."""
        value = Fraction(rounded(low + (high - low) * self.share(), step))
        if value < low:
            value += step
        if value > high:
            value -= step
        return rounded(value, step)

    def wait(self, mean_days: Fraction) -> int:
        """Whole days until something whose daily chance is 1 / mean_days."""
        chance, days = Fraction(1) / max(mean_days, Fraction(1)), 1
        while days < 3650 and not self.happens(chance):
            days += 1
        return days
