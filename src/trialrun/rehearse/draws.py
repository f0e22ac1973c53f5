"""Random draws of many simulated participants: PCG64's raw bits and our own arithmetic, no more.

Every participant has a stream of their own, a child of the rehearsal's seed: what is drawn for one
depends on the seed, the participant's number and the purpose, never on how many others there are,
in which batch or by how many workers they are drawn. NumPy guarantees the streams of `SeedSequence`
and `PCG64` for ever; its distributions it does not, so they are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from math import fsum

import numpy as np
from numpy.typing import NDArray

from trialrun.errors import InputError
from trialrun.rehearse import portable
from trialrun.rehearse.portable import Floats

_UNIT = 2.0**-53


class Purpose(Enum):
    """What a stream is for; a draw that is added to one purpose moves no other. Never renumber."""

    ARRIVAL = 0
    BASELINE = 1
    PHYSIOLOGY = 2
    CLINICAL = 3
    CONDUCT = 4
    MEASUREMENT = 5
    SCREENING = 6


class Draws:
    """The streams of many participants, taken in step: each method takes one number from each.

    Numbers are taken in blocks of `BLOCK` from every stream; `count` is the number of participants.
    """

    BLOCK = 32

    def __init__(self, streams: Iterable[np.random.SeedSequence]) -> None:
        self._streams = tuple(np.random.PCG64(stream) for stream in streams)
        self._block = np.empty((0, len(self._streams)), dtype=np.uint64)
        self._next = 0

    @classmethod
    def of_trial(cls, seed: int, participants: Sequence[int], purpose: Purpose) -> Draws:
        """The streams of a trial's participants, by their numbers (0, 1, 2, …)."""
        return cls.of_trials([(seed, number) for number in participants], purpose)

    @classmethod
    def of_trials(cls, participants: Iterable[tuple[int, int]], purpose: Purpose) -> Draws:
        """The streams of participants of many trials, each by (the trial's seed, its number)."""
        return cls(
            np.random.SeedSequence(entropy=seed, spawn_key=(number, purpose.value))
            for seed, number in participants
        )

    @property
    def count(self) -> int:
        """How many participants."""
        return len(self._streams)

    def raw(self) -> NDArray[np.uint64]:
        """64 random bits each."""
        if self._next == len(self._block):
            taken = [stream.random_raw(self.BLOCK) for stream in self._streams]
            rows = np.array(taken, dtype=np.uint64).reshape(self.count, self.BLOCK)
            self._block = np.ascontiguousarray(rows.T)
            self._next = 0
        bits: NDArray[np.uint64] = self._block[self._next]
        self._next += 1
        return bits

    def uniform(self) -> Floats:
        """Uniform on (0, 1): odd multiples of 2^−53, so never 0 or 1, and 1 − u is one too."""
        return ((self.raw() >> np.uint64(11)) | np.uint64(1)).astype(np.float64) * _UNIT

    def between(self, low: float, high: float) -> Floats:
        """Uniform on (low, high)."""
        return low + (high - low) * self.uniform()

    def normal(self) -> Floats:
        """Standard normal, by the quantile function."""
        return portable.normal_quantile(self.uniform())

    def lognormal(self, median: Floats | float, log_sd: Floats | float) -> Floats:
        """Log-normal with this median; `log_sd` is the standard deviation of its logarithm."""
        return median * portable.exp(log_sd * self.normal())

    def exponential(self) -> Floats:
        """Standard exponential: an event falls where its cumulative hazard first reaches it."""
        return -portable.log(self.uniform())

    def bernoulli(self, probability: Floats | float) -> NDArray[np.bool_]:
        """True with this probability."""
        return self.uniform() < probability

    def category(self, weights: Sequence[float]) -> NDArray[np.int64]:
        """0, 1, 2, … with probabilities in proportion to `weights`."""
        if not weights or min(weights) < 0 or not max(weights) > 0:
            raise InputError(
                f"weights {tuple(weights)} give no probabilities",
                remedy="Give at least one weight; none negative, not all zero.",
            )
        place = self.uniform() * fsum(weights)  # `sum` of floats differs between Python versions
        chosen = np.zeros(self.count, dtype=np.int64)
        reached = 0.0
        last = max(index for index, weight in enumerate(weights) if weight > 0)
        for weight in weights[:last]:
            reached += weight
            chosen += place >= reached
        return chosen

    def beta(self, a: int, b: float) -> Floats:
        """Beta(a, b) with a whole `a`, by halving on its distribution function.

        Of that, 1 − F(x) = (1−x)^b · Σ_{j<a} b(b+1)…(b+j−1)/j! · x^j.
        """
        if a < 1 or not b > 0:
            raise InputError(
                f"Beta({a}, {b}) is not defined here", remedy="a is a whole number ≥ 1, b > 0."
            )
        survival = self.uniform()
        low, high = np.zeros(self.count), np.ones(self.count)
        for _ in range(60):
            middle = 0.5 * (low + high)
            term = np.ones(self.count)
            total = np.ones(self.count)
            for j in range(1, a):
                term = term * (b + j - 1) / j * middle
                total = total + term
            above = portable.exp(b * portable.log(1.0 - middle)) * total > survival
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return 0.5 * (low + high)

    def poisson(self, mean: Floats | float) -> NDArray[np.int64]:
        """Poisson counts of a mean up to 500, by adding up its probabilities."""
        means = np.broadcast_to(np.asarray(mean, dtype=np.float64), (self.count,))
        if self.count and not (np.min(means) >= 0.0 and np.max(means) <= 500.0):
            raise InputError("a Poisson mean is negative, above 500 or not a number")
        place = self.uniform()
        term = portable.exp(-means)
        reached = term.copy()
        chosen = np.zeros(self.count, dtype=np.int64)
        k = 0
        open_ = place >= reached
        while open_.any() and k < 2000:
            k += 1
            term = term * means / k
            reached = reached + term
            chosen += open_
            open_ = place >= reached
        return chosen
