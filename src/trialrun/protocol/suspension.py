"""The counts of dose-limited participants at which enrolment is suspended, from a stated rule.

Suspend when the chance that the true rate lies above a limit, given x of n and a uniform prior, is
above a stated certainty (a beta-binomial rule). Exact: that chance is P(Bin(n + 1, limit) <= x).
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

LONGEST = 40


def suspension_counts(
    target: int, *, limit: Fraction = Fraction(3, 10), certainty: Fraction = Fraction(9, 10)
) -> tuple[int, ...]:
    """For n = 1, 2, … the least x that suspends; one of one never does (n + 1 cannot be reached).

    >>> suspension_counts(10)
    (2, 2, 2, 3, 3, 4, 4, 4, 5, 5)
    """
    counts = [_least(n, limit, certainty) for n in range(1, min(target, LONGEST) + 1)]
    # Of a single participant nothing can be said: without this the rule stops at 1 of 1.
    return tuple(max(count, 2) for count in counts)


def _least(n: int, limit: Fraction, certainty: Fraction) -> int:
    chance = Fraction(0)
    for x in range(n + 1):
        chance += comb(n + 1, x) * limit**x * (1 - limit) ** (n + 1 - x)
        if chance > certainty:
            return x
    return n + 1
