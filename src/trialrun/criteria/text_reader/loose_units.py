"""Amounts in a unit that is written short of what it means beside this variable."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.values.unit import UNITS
from trialrun.vocabulary.variable import Variable

_INDEXED = "mL/min/{1.73_m2}"
_HALVED = {
    "mass concentration": frozenset({"mass"}),
    "substance concentration": frozenset({"mass"}),
    "arbitrary concentration": frozenset({"arbitrary amount"}),
    "catalytic concentration": frozenset({"arbitrary amount"}),
}  # the volume is left out: "hemoglobin of 9 g"
_FROM_FAHRENHEIT = Decimal(85)  # nobody is so hot in Celsius


def as_written(row: Variable, amount: Amount) -> Amount:
    """The amount in the unit that is meant, or without one where that stays open."""
    dimension = "" if row.unit is None else row.unit.dimension
    if dimension == "temperature" and amount.unit is None and amount.value > _FROM_FAHRENHEIT:
        return replace(_in_celsius(amount), slip=True)
    if row.unit is None or amount.unit is None:
        return _as_share(row, amount)
    if amount.unit == "mL/min" and row.unit.code == _INDEXED:
        return replace(amount, unit=None)  # "eGFR < 30 mL/min": for 1.73 m2, or for the person?
    if amount.unit == "{score}" and row.bare is not None and row.bare.dimension == "length":
        return replace(amount, unit=None)  # "VAS ≥ 40/100": points of a line in mm
    if amount.unit == "[IU]" and row.bare is not None and row.bare.code == "[IU]/mL":
        return replace(amount, unit=None)  # "total IgE ≥ 30 IU": in how much?
    if amount.unit == "mm" and dimension == "pressure":
        return replace(amount, unit="mm[Hg]")
    if dimension == "temperature" and amount.unit in {"deg", "[degF]"}:
        return _in_celsius(amount)
    written = UNITS.get(amount.unit)
    if written is not None and written.dimension in _HALVED.get(dimension, ()):
        return replace(amount, unit=None) if row.group == "laboratory" else amount
    return amount


def _as_share(row: Variable, amount: Amount) -> Amount:
    """A ratio such as 0.7 of something that is given in percent."""
    ratio = row.unit is not None and row.unit.code == "%" and amount.unit is None
    if ratio and amount.value <= 1 and row.least is not None and row.least > 1:
        return replace(amount, value=amount.value * 100, unit="%")
    return amount


def _in_celsius(amount: Amount) -> Amount:
    """Degrees Fahrenheit in Celsius: 100.4 is 38; a number without an end is rounded, in doubt."""
    if amount.unit == "deg" and amount.value < _FROM_FAHRENHEIT:
        return replace(amount, unit="Cel")
    if (Fraction(amount.value - 32) * 5 / 9).denominator % 3 == 0:
        rounded = round((amount.value - 32) * 5 / 9, 2)
        return replace(amount, value=rounded, unit="Cel", slip=True)
    return replace(amount, value=(amount.value - 32) * 5 / 9, unit="Cel")
