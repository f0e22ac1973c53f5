"""A number with its unit, exact: decimals as written, rationals when converted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from trialrun.errors import UnitError
from trialrun.values.unit import Unit, factor, read_unit

_QUANTITY = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A decimal number and its unit, as written."""

    value: Decimal
    unit: Unit

    def __str__(self) -> str:
        return f"{plain(self.value)} {self.unit.code}"

    def exact(self, unit: Unit, *, molar: Fraction | None = None) -> Fraction:
        """This value in `unit`, as an exact rational."""
        return Fraction(self.value) * factor(self.unit, unit, molar=molar)


def read_number(text: str | int | float | Decimal) -> Decimal:
    """An exact decimal; a float is read as its shortest decimal, a comma is questioned.

    >>> read_number(0.1)
    Decimal('0.1')
    """
    if isinstance(text, bool):
        raise UnitError(f"{text} is not a number")
    if isinstance(text, float):
        text = repr(text)
    if isinstance(text, str) and "," in text:
        raise UnitError(
            f"{text!r} has a comma: decimal point or thousands?",
            remedy="Write the decimal sign as a point, and no thousands sign.",
        )
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise UnitError(f"{text!r} is not a number", remedy="Write digits, such as 1.5.") from error
    if not value.is_finite():
        raise UnitError(f"{text!r} is not a finite number")
    return value


def read_quantity(text: str) -> Quantity:
    """`"25 mg/m2"` as a quantity; a bare number or an unknown unit is an error.

    >>> str(read_quantity("1.5 mg / dl"))
    '1.5 mg/dL'
    """
    match = _QUANTITY.match(text)
    if match is None:
        raise UnitError(
            f"{text!r} is not a number with a unit",
            remedy='Write the number first and then the unit, such as "25 mg/m2".',
        )
    number, unit = match.groups()
    if unit is None:
        raise UnitError(
            f"{text!r} has no unit", remedy='Write its unit, such as "25 mg/m2" or "48 h".'
        )
    return Quantity(read_number(number), read_unit(unit))


def plain(value: Decimal | Fraction) -> str:
    """The number in digits, without exponent and without zeros that say nothing.

    A rational without a finite decimal form is written as `n/d`: nothing is rounded in silence.
    """
    if isinstance(value, Fraction):
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest != 1:
            return f"{value.numerator}/{value.denominator}"
        digits = max(value.denominator.bit_length(), 1)
        scaled = value * 10**digits
        value = Decimal(scaled.numerator).scaleb(-digits)
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def rounded(value: Fraction, step: Fraction) -> Decimal:
    """`value` to the nearest multiple of `step`, halves away from zero.

    >>> rounded(Fraction("45.25"), Fraction("0.5"))
    Decimal('45.5')
    """
    count = abs(value) / step
    whole = count.numerator // count.denominator
    if count - whole >= Fraction(1, 2):
        whole += 1
    result = whole * step * (1 if value >= 0 else -1)
    return Decimal(plain(result))
