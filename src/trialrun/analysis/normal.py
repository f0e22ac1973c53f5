"""Quantiles of the normal distribution in decimals: the same digits on every machine."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from functools import cache
from statistics import NormalDist

from trialrun.errors import InputError

_EXACTLY = Context(prec=40)
_PI = Decimal("3.14159265358979323846264338327950288419716939937510582097")
_PLACES = Decimal(1).scaleb(-25)


def normal_distribution(z: Decimal) -> Decimal:
    """Φ(z), by the series z + z³/3 + z⁵/15 + …; good for |z| up to about 8."""
    with localcontext(_EXACTLY):
        term = total = z
        k = 1
        while abs(term) > Decimal("1e-39"):
            k += 2
            term = term * z * z / k
            total += term
        return Decimal("0.5") + total * _density(z)


def _density(z: Decimal) -> Decimal:
    return (-z * z / 2).exp() / (2 * _PI).sqrt()


@cache
def normal_quantile(p: Decimal) -> Decimal:
    """The z with Φ(z) = p, to 25 decimal places.

    >>> normal_quantile(Decimal("0.975"))
    Decimal('1.9599639845400542355245944')
    """
    if not Decimal("1e-9") <= p <= 1 - Decimal("1e-9"):
        raise InputError(f"a probability of {p} has no usable normal quantile")
    # A float is only where Newton's method starts.
    z = Decimal(NormalDist().inv_cdf(float(p)))
    with localcontext(_EXACTLY):
        for _ in range(3):
            z -= (normal_distribution(z) - p) / _density(z)
        return z.quantize(_PLACES)


def two_sided_z(level: Decimal) -> Decimal:
    """The z of a two-sided confidence interval, 1.95996… at 0.95."""
    return normal_quantile(1 - (1 - level) / 2)
