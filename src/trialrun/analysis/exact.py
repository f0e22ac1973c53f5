"""Exact (Clopper–Pearson) limits of a proportion, correct to ten decimal places everywhere.

The lower limit is the p at which `events` or more have probability α, the upper that at which
`events` or fewer do (α halved if two-sided). SciPy's inverse beta function proposes a limit; sums
in decimals of 60 digits then show that its tenth decimal is the nearest, so that no processor's
rounding shows.
Source: Clopper CJ, Pearson ES. Biometrika 1934;26:404.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import Enum
from fractions import Fraction
from functools import cache
from math import comb

from trialrun.errors import InputError

PLACES = 10
_SCALE = 10**PLACES
_EXACTLY = Context(prec=60)
SOURCE = "Clopper CJ, Pearson ES. Biometrika 1934;26:404"


class Sides(Enum):
    """Which limits are given; a one-sided limit spends all of 1 − level on its side."""

    TWO = "two-sided"
    LOWER = "one-sided lower"
    UPPER = "one-sided upper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """Events of n, and exact limits; None is not estimable (nobody, or not asked for)."""

    events: int
    n: int
    level: Decimal
    sides: Sides
    lower: Decimal | None
    upper: Decimal | None

    @property
    def estimate(self) -> Fraction | None:
        """Events over n, exactly."""
        return None if self.n == 0 else Fraction(self.events, self.n)


@cache
def clopper_pearson(
    events: int, n: int, level: Decimal = Decimal("0.95"), sides: Sides = Sides.TWO
) -> Proportion:
    """Exact limits of `events` of `n`.

    >>> limits = clopper_pearson(3, 10)
    >>> limits.lower, limits.upper
    (Decimal('0.0667395112'), Decimal('0.6524528501'))
    """
    if not 0 <= events <= n:
        raise InputError(f"{events} of {n} is not a proportion")
    if not 0 < level < 1:
        raise InputError(f"a confidence level of {level} is not between 0 and 1")
    lower = upper = None
    if n > 0:
        alpha = 1 - Fraction(level)
        if sides is Sides.TWO:
            alpha /= 2
        if sides is not Sides.UPPER:
            lower = _lower(events, n, alpha)
        if sides is not Sides.LOWER:
            # The upper limit for events is one minus the lower limit for the others.
            upper = 1 - _lower(n - events, n, alpha)
    return Proportion(events=events, n=n, level=level, sides=sides, lower=lower, upper=upper)


def _lower(events: int, n: int, alpha: Fraction) -> Decimal:
    if events == 0:
        return Decimal(0)
    from scipy.special import betaincinv

    nearest = round(float(betaincinv(events, n - events + 1, float(alpha))) * _SCALE)
    # The limit is in [nearest − ½, nearest + ½) when the tail there is on either side of α.
    while _tail_exceeds(2 * nearest - 1, events, n, alpha):
        nearest -= 1
    while not _tail_exceeds(2 * nearest + 1, events, n, alpha):
        nearest += 1
    return Decimal(nearest).scaleb(-PLACES)


def _tail_exceeds(halves: int, events: int, n: int, alpha: Fraction) -> bool:
    """Whether P(X ≥ events) > α at p = halves / 2·10¹⁰."""
    if not 0 < halves < 2 * _SCALE:
        return halves > 0
    # The shorter tail is summed; P(X ≥ events) = 1 − P(X < events).
    upper_tail = 2 * events > n
    start, stop = (events, n) if upper_tail else (0, events - 1)
    with localcontext(_EXACTLY):
        p = Decimal(halves) / (2 * _SCALE)
        odds = p / (1 - p)
        term: Decimal = comb(n, start) * p**start * (1 - p) ** (n - start)
        total = term
        for i in range(start, stop):
            term = term * (n - i) / (i + 1) * odds
            total += term
        tail = total if upper_tail else 1 - total
        return bool(tail > Decimal(alpha.numerator) / alpha.denominator)


def shown(value: Decimal | Fraction | None, places: int, *, percent: bool = False) -> str | None:
    """A number for reading: rounded once from its exact or tenth-place value, halves away from 0.

    >>> shown(Fraction(1, 3), 1, percent=True)
    '33.3'
    """
    if value is None:
        return None
    exact = Fraction(value) * (100 if percent else 1)
    number = Context(prec=60).divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return format(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP), "f")
