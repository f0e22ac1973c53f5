"""The cells of one column of a wide table, all at once: the value, or the reason why it is none.

Every column expression says what `TableSource` finds cell by cell. What is written in few ways
(levels, words, units) is read by the same code, once for each way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from trialrun.readers.patients.fahrenheit import is_fahrenheit
from trialrun.readers.patients.statement import Statement, fact_of, unit_of
from trialrun.readers.patients.tables.lines import text_of
from trialrun.readers.patients.tables.mapping import Column
from trialrun.readers.patients.tables.typed import SlowTable
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.values.unit import Unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import canonical_number
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind, Variable

if TYPE_CHECKING:
    import ibis.expr.types as ir

EMPTY = {"", "na", "n/a", "nan", "null", "none", "nd", "-", "."}
# The places of the reasons in a column of small numbers; 0 is a fact.
CODES: AnyMapping[Reason, int] = {reason: place for place, reason in enumerate(Reason, start=1)}
_LARGE, _SMALL = 1e31, 1e-30  # as `number_of` has it: beyond these it is no number that is measured
_ANY_TIME = Moment("2000-01-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Columns for one variable: `reason` is 0 where there is a fact; the others count only there.

    `doubted`: nobody can have this value. `units` are the units as they are written, with what
    each means, where a column has them; else `unit` is one unit, or the reason why there is none.
    """

    column: Column
    value: ir.Value
    reason: ir.IntegerValue
    doubted: ir.BooleanValue | None = None
    unit: ir.StringValue | Unit | Reason | None = None
    units: AnyMapping[str | None, tuple[str, Unit | Reason]] | None = None
    low: ir.NumericValue | None = None
    high: ir.NumericValue | None = None

    @property
    def row(self) -> Variable:
        """The variable."""
        return variable(self.column.variable)


def few_cells(
    column: Column,
    raw: ir.Column,
    written: Sequence[object],
    undated: ir.BooleanValue,
) -> Cells:
    """A boolean, a level or a coded value; `written` is all that the column holds."""
    import ibis

    row = variable(column.variable)
    found: dict[str | Reason, list[object]] = {}
    nowhere: list[object] = []
    for one in written:
        text = text_of(one)
        if text.casefold() in EMPTY:
            nowhere.append(one)
        else:
            found.setdefault(_word(row, column.values.get(text, text)), []).append(one)
    empty = raw.isnull() | raw.isin(nowhere) if nowhere else raw.isnull()
    reasons = [
        (raw.isin(ways), _code(reason))
        for reason, ways in found.items()
        if isinstance(reason, Reason)
    ]
    values = [
        (raw.isin(ways), _value(row, value))
        for value, ways in found.items()
        if not isinstance(value, Reason)
    ]
    nothing = ibis.null(_TYPES[row.kind])
    return Cells(
        column=column,
        value=ibis.cases(*values, else_=nothing) if values else nothing,
        reason=ibis.cases(
            (empty, _code(Reason.NO_VALUE)),
            (undated, _code(Reason.NO_DATE)),
            *reasons,
            else_=_none(),
        ),
    )


def date_cells(column: Column, day: ir.DateValue, undated: ir.BooleanValue) -> Cells:
    """A column of dates."""
    import ibis

    reason = ibis.cases(
        (day.isnull(), _code(Reason.NO_VALUE)), (undated, _code(Reason.NO_DATE)), else_=_none()
    )
    return Cells(column=column, value=day, reason=reason)


def number_cells(
    column: Column,
    number: ir.NumericValue,
    undated: ir.BooleanValue,
    unit: ir.StringValue | None,
    written: Sequence[str | None],
) -> Cells:
    """A column of doubles. `written` are the ways in which the column `unit` names units."""
    import ibis

    row = variable(column.variable)
    units = {one: _unit(row, column, one) for one in (written if unit is not None else [None])}
    unfit, doubted, code = _in_units(row, number, unit, units)
    size = number.abs()
    bad = number.isinf() | (size >= _LARGE) | ((size < _SMALL) & (number != 0))
    reason = ibis.cases(
        (number.isnull() | number.isnan(), _code(Reason.NO_VALUE)),
        (undated, _code(Reason.NO_DATE)),
        (bad, _code(Reason.BAD_VALUE)),
        *unfit,
        else_=_none(),
    )
    return Cells(
        column=column, value=number, reason=reason, doubted=doubted, unit=code,
        units=None if unit is None else units,
    )  # fmt: skip


def limit(number: ir.NumericValue) -> ir.NumericValue:
    """A laboratory's limit; what is no number that is measured is none."""
    import ibis

    size = number.abs()
    good = ~number.isnan() & (size < _LARGE) & ((size >= _SMALL) | (number == 0))
    return ibis.ifelse(good, number, ibis.null("float64"))


def plausible(row: Variable, unit: Unit) -> tuple[float, float] | None:
    """The least and the greatest double whose shortest decimal is plausible; None: all are.

    >>> plausible(variable("age"), variable("age").unit)
    (0.0, 130.0)
    """
    if row.least is None or row.most is None or unit.code in {"xULN", "xLLN"}:
        return None
    size = canonical_number(row, Fraction(1), unit)
    least, most = Fraction(row.least) / size, Fraction(row.most) / size
    low, high = float(least), float(most)
    if Fraction(repr(low)) < least:
        low = math.nextafter(low, math.inf)
    if Fraction(repr(high)) > most:
        high = math.nextafter(high, -math.inf)
    return low, high


_TYPES = {Kind.BOOLEAN: "boolean", Kind.ORDINAL: "float64", Kind.CODED: "string"}


def _word(row: Variable, text: str) -> str | Reason:
    read = fact_of(row, Statement(id="", value=text, at=_ANY_TIME))
    return read.value if isinstance(read, Fact) else read


def _value(row: Variable, value: str) -> ir.Value:
    import ibis

    match row.kind:
        case Kind.BOOLEAN:
            return ibis.literal(value == "true")
        case Kind.ORDINAL:
            return ibis.literal(float(value), "float64")
        case _:
            return ibis.literal(value)


def _unit(row: Variable, column: Column, written: str | None) -> tuple[str, Unit | Reason]:
    text = text_of(written) or column.unit
    if is_fahrenheit(row.name, text):
        raise SlowTable("slow_unit", column=column.name, unit=text)
    if text.strip():
        return text, unit_of(row.name, text)
    if row.unit is not None and row.unit.code in {"1", "{score}"}:
        return text, row.unit
    return text, Reason.NO_UNIT


def _in_units(
    row: Variable,
    number: ir.NumericValue,
    column: ir.StringValue | None,
    units: AnyMapping[str | None, tuple[str, Unit | Reason]],
) -> tuple[
    list[tuple[ir.BooleanValue, ir.Value]], ir.BooleanValue | None, ir.StringValue | Unit | Reason
]:
    """Reasons why a unit is none; whether the value is doubted; and the unit's code."""
    import ibis

    ways: dict[Unit | Reason, list[str | None]] = {}
    for written, (_, unit) in units.items():
        ways.setdefault(unit, []).append(written)

    def here(unit: Unit | Reason) -> ir.BooleanValue:
        if column is None:
            return ibis.literal(True)
        named = column.isin([one for one in ways[unit] if one is not None])
        return named | column.isnull() if None in ways[unit] else named

    unfit = [(here(one), _code(one)) for one in ways if isinstance(one, Reason)]
    doubts = []
    for one in ways:
        if isinstance(one, Unit) and (ends := plausible(row, one)) is not None:
            outside = (number < ends[0]) | (number > ends[1])
            doubts.append(outside if column is None else here(one) & outside)
    doubted = None
    for doubt in doubts:
        doubted = doubt if doubted is None else doubted | doubt
    if column is None:
        return unfit, doubted, next(iter(ways))
    named = [(here(one), ibis.literal(one.code)) for one in ways if isinstance(one, Unit)]
    nothing = ibis.null("string")
    return unfit, doubted, ibis.cases(*named, else_=nothing) if named else nothing


def _code(reason: Reason) -> ir.IntegerScalar:
    import ibis

    return ibis.literal(CODES[reason], "int8")


def _none() -> ir.IntegerScalar:
    import ibis

    return ibis.literal(0, "int8")
