"""Numbers of one variable in one unit, so that rows in different units compare with each other.

A conversion in doubles is wrong by a few parts in 10^16; numbers that are that near count as equal,
which is right for any that have no more than twelve significant digits between them.
"""

from __future__ import annotations

from fractions import Fraction

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import Cell, plausible, units_of
from trialrun.criteria.columns.doubles import bounds
from trialrun.errors import UnitError
from trialrun.values.unit import Unit, factor
from trialrun.vocabulary.variable import Variable

NEAR = 1e-13


def scaled(row: Variable, cell: Cell, target: Unit) -> ir.NumericValue:
    """The number in `target`; null where its unit does not convert, or where it is implausible."""
    assert row.unit is not None
    assert cell.number is not None
    if cell.unit is None or isinstance(cell.unit, Unit):
        return _converted(row, cell.number, cell.unit or row.unit, target)
    own = cell.unit.fill_null(row.unit.code)
    groups: dict[object, list[Unit]] = {}
    for unit in units_of(row):
        groups.setdefault((unit.dimension, unit.factor), []).append(unit)
    return ibis.cases(
        *(
            (
                own.isin([unit.code for unit in group]),
                _converted(row, cell.number, group[0], target),
            )
            for group in groups.values()
        ),
        else_=ibis.null("float64"),
    )


def _converted(row: Variable, number: ir.NumericValue, unit: Unit, target: Unit) -> ir.NumericValue:
    try:
        times = factor(unit, target, molar=row.molar)
    except UnitError:
        return ibis.null("float64")
    converted = number
    if times != 1:
        converted = number * float(times.numerator) / float(times.denominator)
    ends = bounds(plausible(row, unit))
    if not ends:
        return converted
    inside = (number >= ends[0].number) & (number <= ends[1].number)
    return ibis.ifelse(inside, converted, ibis.null("float64"))


def same(one: ir.NumericValue, other: ir.NumericValue) -> ir.BooleanValue:
    """Whether two computed numbers are the same, but for the last bits of a double."""
    return (one - other).abs() <= other.abs() * NEAR


def sign(one: ir.NumericValue, other: ir.NumericValue, multiple: Fraction) -> ir.IntegerValue:
    """−1, 0 or 1 as one number is below, the same as, or above a multiple of the other."""
    product = other * float(multiple)
    return ibis.cases((same(one, product), 0), (one < product, -1), (one > product, 1))
