"""Degrees Fahrenheit, read as Celsius: the one unit whose zero lies elsewhere.

Units convert by factors, so that limits are converted to the data's unit. This one has none: the
value is converted as it is read, (F − 32) × 5/9, to twelve decimals. A value stays on its side of
every limit with fewer decimals: where the quotient does not end, it differs from such a limit by
more than the rounding.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from trialrun.values.quantity import plain
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variable

CODE = "[degF]"
CELSIUS = UNITS["Cel"]
DECIMALS = 12
_SPELLED = re.compile(r"\[degf\]|(?:°|º|˚|deg(?:rees?)?)?f(?:ahrenheit)?|℉", re.IGNORECASE)


def is_fahrenheit(name: str, text: str) -> bool:
    """Whether a temperature in this unit is one in degrees Fahrenheit.

    >>> is_fahrenheit("temperature", "° F"), is_fahrenheit("creatinine", "F")
    (True, False)
    """
    unit = variable(name).unit
    return unit == CELSIUS and _SPELLED.fullmatch(re.sub(r"[\s.]+", "", text)) is not None


def in_celsius(number: Decimal) -> Decimal:
    """The same temperature in degrees Celsius.

    >>> in_celsius(Decimal("100.4")), in_celsius(Decimal(101))
    (Decimal('38'), Decimal('38.333333333333'))
    """
    exact = (Fraction(number) - 32) * 5 / 9
    return Decimal(plain(Fraction(round(exact * 10**DECIMALS), 10**DECIMALS)))
