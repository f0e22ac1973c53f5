"""How numbers are written: the one place where a result is rounded, once, halves away from zero.

| what | how |
|---|---|
| counts | digits; from 10,000 on in groups of three, parted by a narrow space |
| percents | one decimal; 0 and 100 only where they are exact |
| limits of a percent | one decimal, joined by an en dash |
| measured values | three significant digits; from a million on as a power of ten |
| days by the clock, hours | one decimal |
| days of the calendar | whole |
| survival | two decimals |
| nothing to estimate from | "not estimable", never a number |
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from trialrun.analysis.exact import Proportion, shown
from trialrun.analysis.spread import Limited
from trialrun.wording.catalogue import Locale, say

NARROW = "\u202f"
_WIDE = Context(prec=60)
_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_UNITS = {
    "a": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "h", "1": "", "{score}": "",
    "{cells}/kg": "cells/kg", "{cells}": "cells", "/uL": "/µL", "10*9/L": "×10⁹/L",
    "10*3/uL": "×10³/µL", "10*6/kg": "×10⁶/kg", "m2": "m²", "kg/m2": "kg/m²", "mg/m2": "mg/m²",
    "mm[Hg]": "mmHg", "Cel": "°C", "umol/L": "µmol/L", "mL/min/{1.73_m2}": "mL/min/1.73 m²",
}  # fmt: skip


def whole(value: int) -> str:
    """A count.

    >>> whole(12345)
    '12\u202f345'
    """
    return f"{value:,}".replace(",", NARROW) if abs(value) >= 10_000 else str(value)


def percent(part: Fraction | Decimal | None, locale: Locale = "en") -> str:
    """A part of one, as a percent.

    >>> percent(Fraction(1, 3)), percent(Fraction(0))
    ('33.3\u202f%', '0\u202f%')
    """
    if part is None:
        return say("report.not_estimable", locale)
    return f"{_percent(part)}{NARROW}%"


def _percent(part: Fraction | Decimal) -> str:
    if part in {0, 1}:
        return str(int(part) * 100)
    digits = shown(part, 1, percent=True) or ""
    # Rounding may not make a possible thing impossible, or an uncertain one certain.
    return {"0.0": "<0.1", "100.0": ">99.9"}.get(digits, digits)


def percent_limits(limits: Proportion, locale: Locale = "en") -> str:
    """Exact limits of a proportion: "6.7–65.2 %"."""
    if limits.lower is None or limits.upper is None:
        return say("report.not_estimable", locale)
    return f"{_percent(limits.lower)}–{_percent(limits.upper)}{NARROW}%"


def significant(value: Fraction | Decimal, digits: int = 3) -> str:
    """A measured value, to significant digits.

    >>> significant(Fraction(2, 3)), significant(Decimal("15250000")), significant(Fraction(1230))
    ('0.667', '1.53 × 10⁷', '1230')
    """
    exact = Fraction(value)
    if exact == 0:
        return "0"
    number = _WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    rounded = _rounded(number, digits)
    power = rounded.adjusted()
    if power >= 6 or power < -4:
        mantissa = _bare(rounded.scaleb(-power))
        return f"{mantissa} × 10{str(power).translate(_SUPERSCRIPT)}".replace("-", "−")
    if power < digits:
        return _bare(rounded).replace("-", "−")
    return whole(int(rounded.to_integral_value())).replace("-", "−")


def _rounded(number: Decimal, digits: int) -> Decimal:
    step = Decimal(1).scaleb(number.adjusted() - digits + 1)
    rounded = number.quantize(step, ROUND_HALF_UP, context=_WIDE)
    # 9.999 becomes 10.0: a digit more than asked for.
    return rounded.quantize(step.scaleb(rounded.adjusted() - number.adjusted()), context=_WIDE)


def _bare(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def places(value: Fraction | Decimal | None, count: int, locale: Locale = "en") -> str:
    """A number with a fixed count of decimals: days and hours one, survival two."""
    text = shown(value, count)
    return say("report.not_estimable", locale) if text is None else text.replace("-", "−")


def limited(value: Limited | None, locale: Locale = "en", *, decimals: int | None = None) -> str:
    """A number of a spread, or "<" its limit; `decimals` instead of significant digits."""
    if value is None:
        return say("report.not_estimable", locale)
    number = significant(value.value) if decimals is None else places(value.value, decimals, locale)
    return f"<{NARROW}{number}" if value.below else number


def unit(code: str | None, locale: Locale = "en") -> str:
    """A UCUM unit as people write it.

    >>> unit("10*9/L")
    '×10⁹/L'
    """
    if code is None:
        return ""
    if code in {"a", "mo", "wk", "d"}:
        return say(f"report.unit_{code}", locale)
    return _UNITS.get(code, code)
