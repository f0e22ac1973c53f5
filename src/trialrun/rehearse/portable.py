"""Exponential, logarithm, power and normal quantile with the same bits on every processor.

NumPy's own `exp`, `log` and `power` choose an implementation by the processor's features, and their
last bits change with it. These are built only from operations that IEEE 754 defines exactly
(+ − × ÷, square root, rounding to an integer, comparisons) and from integer operations on the bits
of a double. Each NumPy call does one of them, so nothing is fused, and no element depends on its
neighbours, so nothing is reordered. All functions take and return float64 arrays (no bare numbers).

Errors: `exp`, `log` and `power` at most 1 ulp, `normal_quantile` a relative 2e-15; the tests
compare with decimal arithmetic of 60 digits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]

_LOG2_E = 1.4426950408889634
# ln 2 in parts; the first two end in 21 zero bits, so that k × part is exact for every exponent k.
_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
_LN2_MIDDLE = float.fromhex("0x1.a39ef35600000p-33")
_LN2_LOW = float.fromhex("0x1.93c7673007e5fp-65")
_LN2_REST = float.fromhex("0x1.a39ef35793c76p-33")  # middle + low, rounded

_LEAST_NORMAL = 2.2250738585072014e-308
_GREATEST = 1.7976931348623157e308
_BITS_OF_ROOT_HALF = np.int64(0x3FE6A09E667F3BCD)
_BIAS = np.int64(1023)
_MANTISSA = np.int64(52)

# r·coth(r/2) = 2 + Σ 2·B(2k)/(2k)!·r^2k with Bernoulli's numbers; after r^12 the rest is < 1e-17.
_COTH = (1 / 6, -1 / 360, 1 / 15120, -1 / 604800, 1 / 23950080, -691 / 653837184000)
# 2·artanh(s)/s − 2 = Σ 2/(2k+1)·s^2k; with |s| < 0.1716 the rest after s^20 is < 1e-18.
_ARTANH = tuple(2 / (2 * k + 1) for k in range(1, 11))
_ARTANH_LONG = tuple(2 / (2 * k + 1) for k in range(2, 15))  # from s^4 on, for the power


def _polynomial(x: Floats, coefficients: Sequence[float]) -> Floats:
    """Horner's scheme, highest power last in `coefficients`."""
    value = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= x
    value += coefficients[0]
    return value


def _power_of_two(k: NDArray[np.int64]) -> Floats:
    """2^k for −1022 ≤ k ≤ 1023, from its bits."""
    return ((k + _BIAS) << _MANTISSA).view(np.float64)


def _exponential_parts(high: Floats, low: Floats | float) -> tuple[Floats, NDArray[np.int64]]:
    """(y, k) with exp(high + low) = y·2^k and y near 1; `low` is small against `high`."""
    k = np.rint(high * _LOG2_E)
    upper = high - k * _LN2_HIGH
    lower = k * _LN2_REST
    lower -= low
    r = upper - lower
    t = r * r
    c = r - t * _polynomial(t, _COTH)
    r *= c
    np.subtract(2.0, c, out=c)
    r /= c
    r -= lower
    r += upper
    r += 1.0
    return r, k.astype(np.int64)


def exp(x: Floats) -> Floats:
    """e^x; 0 below −745.14, infinite above 709.79, NaN of NaN."""
    x = np.asarray(x, dtype=np.float64)
    if x.size == 0:
        return x.copy()
    if np.min(x) >= -700.0 and np.max(x) <= 700.0:  # False too where there is a NaN
        y, k = _exponential_parts(x, 0.0)
        y *= _power_of_two(k)
        return y
    return _wide_exp(x, 0.0)


def _wide_exp(high: Floats, low: Floats | float) -> Floats:
    """exp(high + low) at any exponent: scaled in two steps, so that only the last one rounds."""
    unknown = np.isnan(high)
    y, k = _exponential_parts(np.clip(np.where(unknown, 0.0, high), -800.0, 800.0), low)
    half = k >> np.int64(1)
    with np.errstate(over="ignore", under="ignore"):
        y = y * _power_of_two(half) * _power_of_two(k - half)
    return np.where(unknown, np.nan, y)


def _split(x: Floats) -> tuple[Floats, Floats]:
    """(f, k), exact, with x = (1 + f)·2^k and √½ ≤ 1 + f < √2; x is a positive normal number."""
    bits = np.ascontiguousarray(x).view(np.int64)
    k = (bits - _BITS_OF_ROOT_HALF) >> _MANTISSA
    f = (bits - (k << _MANTISSA)).view(np.float64) - 1.0
    return f, k.astype(np.float64)


def _ordinary_log(x: Floats, shift: Floats | float = 0.0) -> Floats:
    """ln(x·2^−shift) of a positive normal number."""
    f, k = _split(x)
    k -= shift
    s = f / (2.0 + f)
    z = s * s
    half_square = f * f
    half_square *= 0.5
    series = _polynomial(z, _ARTANH)
    series *= z
    series += half_square
    series *= s
    series += k * _LN2_REST
    half_square -= series
    half_square -= f
    k *= _LN2_HIGH
    k -= half_square
    return k


def log(x: Floats) -> Floats:
    """Natural logarithm; −∞ of 0, NaN of a negative number or NaN."""
    x = np.asarray(x, dtype=np.float64)
    if x.size == 0:
        return x.copy()
    if np.min(x) >= _LEAST_NORMAL and np.max(x) <= _GREATEST:
        return _ordinary_log(x)
    usable, shift = _made_normal(x)
    value = _ordinary_log(usable, shift)
    value = np.where(x == 0.0, -np.inf, np.where(x == np.inf, np.inf, value))
    return np.where((x < 0.0) | np.isnan(x), np.nan, value)


def _made_normal(x: Floats) -> tuple[Floats, Floats]:
    """(u, shift) with x = u·2^−shift and u normal; 1 where x is not positive and finite."""
    usable = np.where((x > 0.0) & (x <= _GREATEST), x, 1.0)
    subnormal = usable < _LEAST_NORMAL
    return usable * np.where(subnormal, 2.0**54, 1.0), np.where(subnormal, 54.0, 0.0)


# --- power: the logarithm in two doubles, so that a large exponent does not enlarge its error ---


def _two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b and its rounding error, exactly (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _halves(a: Floats) -> tuple[Floats, Floats]:
    """a in two parts of at most 26 bits (Veltkamp)."""
    large = a * 134217729.0
    high = large - (large - a)
    return high, a - high


def _two_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a·b and its rounding error, exactly (Dekker)."""
    product = a * b
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    error = a_high * b_high - product
    error = error + a_high * b_low + a_low * b_high + a_low * b_low
    return product, error


def _log_in_two(x: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """ln(x·2^−shift) as high + low, to about 2^−65 relative; x is a positive normal number."""
    f, k = _split(x)
    k = k - shift
    d = 2.0 + f
    s = f / d
    product, error = _two_product(s, d)
    s_low = (f - product - error - s * (f - (d - 2.0))) / d
    z, z_low = _two_product(s, s)
    z_low = z_low + 2.0 * s * s_low
    third = z / 3.0
    product, error = _two_product(third, np.full_like(third, 3.0))
    third_low = (z - product - error + z_low) / 3.0
    tail = 0.5 * z * z * _polynomial(z, _ARTANH_LONG)
    series = third + tail
    series_low = (third - series) + tail + third_low
    term, term_low = _two_product(2.0 * s, series)
    term_low = term_low + 2.0 * s * series_low + 2.0 * s_low * series
    high, low = _two_sum(k * _LN2_HIGH, 2.0 * s)
    high, second = _two_sum(high, term)
    high, third_error = _two_sum(high, k * _LN2_MIDDLE)
    low = low + second + third_error + 2.0 * s_low + term_low + k * _LN2_LOW
    return _two_sum(high, low)


def power(x: Floats, y: Floats | float) -> Floats:
    """x^y of x ≥ 0; NaN of a negative x, 0^0 = 1."""
    x, y = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    usable, shift = _made_normal(x)
    high, low = _log_in_two(usable, shift)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        rough = y * high
    extreme = ~(np.abs(rough) <= 800.0)  # True where y is NaN or infinite
    exponent = np.where(extreme, 0.0, y)
    product, error = _two_product(exponent, high)
    value = _wide_exp(product, error + exponent * low)
    value = np.where(extreme, np.where(rough > 0.0, np.inf, 0.0), value)
    edge = (x == 0.0) | (x == np.inf)
    grows = (x == np.inf) == (y > 0.0)
    value = np.where(edge & (y != 0.0), np.where(grows, np.inf, 0.0), value)
    value = np.where((y == 0.0) | (x == 1.0), 1.0, value)
    return np.where((x < 0.0) | np.isnan(x) | (np.isnan(y) & (x != 1.0)), np.nan, value)


# --- normal quantile: Wichura, Applied Statistics 1988;37:477 (AS 241, PPND16), its constants ---

_CENTRE = (
    (
        *(3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3),
        *(1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4),
        *(3.3430575583588128105e4, 2.5090809287301226727e3),
    ),
    (
        *(1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3),
        *(2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4),
        5.2264952788528545610e3,
    ),
)
_SHOULDER = (
    (
        *(1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0),
        *(3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1),
        *(2.27238449892691845833e-2, 7.74545014278341407640e-4),
    ),
    (
        *(1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1),
        *(1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4),
        1.05075007164441684324e-9,
    ),
)
_TAIL = (
    (
        *(6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0),
        *(2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3),
        *(2.71155556874348757815e-5, 2.01033439929228813265e-7),
    ),
    (
        *(1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2),
        *(7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7),
        2.04426310338993978564e-15,
    ),
)


def normal_quantile(p: Floats) -> Floats:
    """The z with Φ(z) = p, for 0 < p < 1; infinite at 0 and 1, NaN outside."""
    p = np.asarray(p, dtype=np.float64)
    inside = (p > 0.0) & (p < 1.0)
    q = np.where(inside, p, 0.5) - 0.5
    central = np.abs(q) <= 0.425
    r = np.where(central, 0.180625 - q * q, 0.0)
    value = q * _polynomial(r, _CENTRE[0]) / _polynomial(r, _CENTRE[1])
    outer = inside & ~central
    if outer.any():
        side = q[outer]
        distance = np.sqrt(-log(np.where(side < 0.0, p[outer], 1.0 - p[outer])))
        near = distance <= 5.0
        shoulder = np.where(near, distance - 1.6, 0.0)
        tail = np.where(near, 0.0, distance - 5.0)
        z = np.where(
            near,
            _polynomial(shoulder, _SHOULDER[0]) / _polynomial(shoulder, _SHOULDER[1]),
            _polynomial(tail, _TAIL[0]) / _polynomial(tail, _TAIL[1]),
        )
        value[outer] = np.where(side < 0.0, -z, z)
    value = np.where(p == 0.0, -np.inf, np.where(p == 1.0, np.inf, value))
    return np.where(inside | (p == 0.0) | (p == 1.0), value, np.nan)
