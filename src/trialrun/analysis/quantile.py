"""Sample quantiles by name: the definition is a choice of the protocol, never a default.

The nine types of Hyndman RJ, Fan Y. Am Stat 1996;50:361, as R numbers them; exact arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from trialrun.errors import InputError


class Definition(Enum):
    """Quantile definitions; the value is R's type."""

    INVERSE = 1
    SAS_5 = 2  # averages at steps: SAS PCTLDEF=5, the usual one in submissions
    NEAREST_EVEN = 3  # SAS PCTLDEF=2
    LINEAR_INVERSE = 4  # SAS PCTLDEF=1
    HAZEN = 5
    WEIBULL = 6  # SAS PCTLDEF=4, Minitab, SPSS
    R_DEFAULT = 7  # R, NumPy, Excel
    MEDIAN_UNBIASED = 8
    NORMAL_UNBIASED = 9


def quantile(values: Sequence[Decimal], share: Fraction, definition: Definition) -> Fraction | None:
    """The quantile of `values`, exactly; None of nothing.

    >>> quantile([Decimal(1), Decimal(2), Decimal(4)], Fraction(1, 2), Definition.SAS_5)
    Fraction(2, 1)
    """
    if not 0 <= share <= 1:
        raise InputError(f"a quantile of {share} is not between 0 and 1")
    ordered = sorted(Fraction(value) for value in values)
    n = len(ordered)
    if n == 0:
        return None
    match definition:
        case Definition.INVERSE | Definition.SAS_5 | Definition.NEAREST_EVEN:
            return _stepped(ordered, share, definition)
        case Definition.LINEAR_INVERSE:
            return _linear(ordered, n * share)
        case Definition.HAZEN:
            return _linear(ordered, n * share + Fraction(1, 2))
        case Definition.WEIBULL:
            return _linear(ordered, (n + 1) * share)
        case Definition.R_DEFAULT:
            return _linear(ordered, 1 + (n - 1) * share)
        case Definition.MEDIAN_UNBIASED:
            return _linear(ordered, (n + Fraction(1, 3)) * share + Fraction(1, 3))
        case Definition.NORMAL_UNBIASED:
            return _linear(ordered, (n + Fraction(1, 4)) * share + Fraction(3, 8))


def _stepped(ordered: Sequence[Fraction], share: Fraction, definition: Definition) -> Fraction:
    position = len(ordered) * share
    if definition is Definition.NEAREST_EVEN:
        position -= Fraction(1, 2)
    whole = position.numerator // position.denominator
    on_step = position == whole
    here, following = _at(ordered, whole), _at(ordered, whole + 1)
    if not on_step:
        return following
    if definition is Definition.SAS_5:
        return (here + following) / 2
    if definition is Definition.NEAREST_EVEN and whole % 2:
        return following
    return here


def _linear(ordered: Sequence[Fraction], position: Fraction) -> Fraction:
    whole = position.numerator // position.denominator
    below, above = _at(ordered, whole), _at(ordered, whole + 1)
    return below + (position - whole) * (above - below)


def _at(ordered: Sequence[Fraction], rank: int) -> Fraction:
    """The value of a rank from 1, the ends standing for what lies beyond them."""
    return ordered[min(max(rank, 1), len(ordered)) - 1]
