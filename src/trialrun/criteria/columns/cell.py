"""What one fact, as columns, gives for an atom: TRUE, FALSE or null.

The outcome in each zone of numbers is asked of the law when the expression is built; the database
only compares doubles with doubles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TypeAlias, TypeVar

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.doubles import Zones, bounds, zones
from trialrun.criteria.columns.said import Said, by_case, every, holds, some, unknown
from trialrun.criteria.deciding import decide
from trialrun.criteria.evaluation import Situation
from trialrun.criteria.interval import Interval, compared, days_of_months, point, stated
from trialrun.criteria.nodes import LLN, ULN, Comparison, In, Presence
from trialrun.errors import UnitError
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import canonical_number
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

Measured: TypeAlias = Comparison | In | Presence
_Found = TypeVar("_Found")
_Signs: TypeAlias = tuple[frozenset[int], frozenset[int]]  # for which TRUE, and for which FALSE

COMPARATORS = ("", "<", "<=", ">", ">=")
_SIGNS = {-1: "<", 0: "==", 1: ">"}
_OPERATORS: Mapping[str, Callable[[ir.Value, ir.Value], ir.BooleanValue]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}
# Which operator holds for a set of signs of (left − right).
_OF_SIGNS = {
    frozenset({-1}): "<", frozenset({-1, 0}): "<=", frozenset({1}): ">", frozenset({0, 1}): ">=",
    frozenset({0}): "==", frozenset({-1, 1}): "!=",
}  # fmt: skip
# Doubles that are further apart than this are apart as decimals too: each product of two doubles
# is wrong by less than 5e-16 of itself.
_NEAR = 1e-12
_EXACTLY = "decimal(38, 24)"
_MOST = 10**13  # what still fits there, times a factor
_ANYWHERE = Interval(None, None)
_ANY_TIME = Moment("2000-01-01")
_NOBODY = Situation(facts=(), anchors={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The columns of one fact. `number` is null where there is none.

    A boolean is a boolean, or 1 and 0; a level its number; a coded value stands in `text`. `unit`
    is a column of UCUM codes (null: the variable's own), or one unit for all rows; without
    `comparator`, `low` or `high` no row has one.
    """

    number: ir.NumericValue | None
    text: ir.StringValue | None = None
    unit: ir.StringValue | Unit | None = None
    comparator: ir.StringValue | None = None
    low: ir.NumericValue | None = None
    high: ir.NumericValue | None = None

    @property
    def there(self) -> ir.BooleanValue:
        """Whether there is a fact at all."""
        value = self.text if self.number is None else self.number
        assert value is not None
        return value.notnull()


def truth(atom: Measured, cell: Cell) -> Said:
    """What the fact gives for `atom`, wherever in time it lies: the law's `decide`, as columns."""
    number, row = cell.number, variables()[atom.variable]
    if row.kind is Kind.CODED:
        assert isinstance(atom, In)
        return unknown() if cell.text is None else holds(cell.text.isin(atom.values))
    if number is None:
        return unknown()
    match atom:
        case Presence():
            if number.type().is_boolean():
                return holds(number if atom.present else ~number)
            return holds(number == 1 if atom.present else number != 1)
        case In():
            assert row.unit is not None
            level = number.isin([float(value) for value in atom.values])
            return within(holds(level), number, plausible(row, row.unit))
        case Comparison():
            return _comparison(atom, cell)


def _comparison(atom: Comparison, cell: Cell) -> Said:
    row = variables()[atom.variable]

    def in_unit(unit: Unit) -> Said:
        if atom.limit.unit in {ULN, LLN} and unit not in {ULN, LLN}:
            limit = cell.high if atom.limit.unit == ULN else cell.low
            return _of_limit(atom, row, unit, cell, limit)
        if cell.comparator is None:
            return of_zones(cell.number, _zones(atom, unit, ""))
        return _of_stated(atom, unit, cell)

    return by_unit(row, cell, in_unit)


def in_one_unit(atom: Comparison, cell: Cell) -> Said:
    """What a number without a comparator gives, whose unit is one for all rows."""
    assert isinstance(cell.unit, Unit)
    assert cell.number is not None
    return of_zones(cell.number, _zones(atom, cell.unit, ""))


def end_in_unit(atom: Comparison, number: ir.NumericValue, unit: Unit) -> Said:
    """What one end of an interval gives; whether the value is plausible is not asked of it."""
    return of_zones(number, _end_zones(atom, unit))


def by_unit(row: Variable, cell: Cell, build: Callable[[Unit], Said]) -> Said:
    """What `build` gives for the unit of each row; units of one size share it."""
    assert row.unit is not None
    if cell.unit is None:
        return build(row.unit)
    if isinstance(cell.unit, Unit):
        return build(cell.unit)
    groups: dict[object, list[Unit]] = {}
    for unit in units_of(row):
        groups.setdefault((unit.dimension, unit.factor), []).append(unit)
    own = cell.unit.fill_null(row.unit.code)
    return by_case(
        [(own.isin([unit.code for unit in group]), build(group[0])) for group in groups.values()]
    )


def units_of(row: Variable) -> list[Unit]:
    """Every unit in which a value of the variable may stand, its own first."""
    assert row.unit is not None
    dimensions = {unit.dimension for unit in (row.unit, *row.units)}
    dimensions |= {ULN.dimension, LLN.dimension}
    others = [unit for unit in UNITS.values() if unit.dimension in dimensions and unit != row.unit]
    return [row.unit, *others]


def by_comparator(
    cell: Cell, found: Callable[[str], _Found], build: Callable[[_Found], Said]
) -> Said:
    """What `build` makes of what is found for the comparator of each row."""
    if cell.comparator is None:
        return build(found(""))
    said = cell.comparator.fill_null("")
    return by_case([(said == one, build(found(one))) for one in COMPARATORS])


def _of_stated(atom: Comparison, unit: Unit, cell: Cell) -> Said:
    """What a number with its comparator gives. Comparators with the same zones share them, and
    what is plausible is asked once: written out for each, a study's query becomes very long.
    """
    assert cell.number is not None
    assert cell.comparator is not None
    number, own, span = (
        cell.number,
        cell.comparator.fill_null(""),
        plausible(variables()[atom.variable], unit),
    )

    def side(true: bool) -> ir.BooleanValue:
        groups: dict[tuple[Interval, ...], list[str]] = {}
        for said in COMPARATORS:
            found = _zones(atom, unit, said)
            spans = found.true if true else found.false
            if spans:
                groups.setdefault(spans, []).append(said)
        return some([own.isin(said) & _in(number, spans, span) for spans, said in groups.items()])

    true, false, inside = side(True), side(False), _in(number, (span,))
    return Said(
        inside & true,
        inside & false,
        lambda: ibis.ifelse(inside, ibis.cases((true, 2), (false, 0), else_=1), 1),
    )


@cache
def _end_zones(atom: Comparison, unit: Unit) -> Zones:
    row = variables()[atom.variable]
    least = next(iter(_range(row, unit)), Fraction(0))
    anybody = Fact(id="", variable=atom.variable, value=plain(least), unit=unit.code, at=_ANY_TIME)

    def asked(number: Decimal) -> Truth:
        return decide(atom, anybody, _NOBODY, point(Fraction(number)))[0]

    return zones(asked, _marks(atom, row, unit))


@cache
def _zones(atom: Comparison, unit: Unit, comparator: str) -> Zones:
    def asked(number: Decimal) -> Truth:
        fact = Fact(
            id="", variable=atom.variable, value=plain(number), unit=unit.code,
            comparator=comparator, at=_ANY_TIME,
        )  # fmt: skip
        return decide(atom, fact, _NOBODY)[0]

    return zones(asked, _marks(atom, variables()[atom.variable], unit))


def _marks(atom: Comparison, row: Variable, unit: Unit) -> list[Fraction]:
    """The numbers, in `unit`, at which the outcome may change."""
    marks = list(_range(row, unit))
    wanted, number = atom.limit.unit, Fraction(atom.limit.value)
    if wanted == unit:
        return [*marks, number]
    if {wanted.dimension, unit.dimension} == {"time", "calendar"}:
        if unit.dimension == "time":
            days = days_of_months(point(number * wanted.factor))
            return [*marks, *(end / unit.factor for end in (days.low, days.high) if end)]
        # What months are in days changes at whole months, up to the most that is plausible.
        months = int(number * wanted.factor / 28) + 2
        return [*marks, *(Fraction(month) / unit.factor for month in range(months))]
    try:
        return [*marks, atom.limit.exact(unit, molar=row.molar)]
    except UnitError:
        return marks


@cache
def _range(row: Variable, unit: Unit) -> tuple[Fraction, ...]:
    """The least and the most that is plausible, in `unit`."""
    if row.least is None or row.most is None or unit in {ULN, LLN}:
        return ()
    factor = canonical_number(row, Fraction(1), unit)
    return Fraction(row.least) / factor, Fraction(row.most) / factor


def plausible(row: Variable, unit: Unit) -> Interval:
    """The plausible numbers in `unit`."""
    ends = _range(row, unit)
    return Interval(ends[0], ends[1]) if ends else _ANYWHERE


def of_zones(number: ir.NumericValue, found: Zones) -> Said:
    """TRUE in the true zones, FALSE in the false ones, UNKNOWN elsewhere."""
    return Said(_in(number, found.true), _in(number, found.false))


def within(said: Said, number: ir.NumericValue, span: Interval) -> Said:
    """What is said where the number lies in the span, UNKNOWN elsewhere."""
    return said if span == _ANYWHERE else said.where(_in(number, (span,)))


def _in(
    number: ir.NumericValue, spans: Iterable[Interval], within: Interval = _ANYWHERE
) -> ir.BooleanValue:
    """Whether the number lies in one of the spans; it is already known to be `within`."""
    return some([_between(number, span, within) for span in spans])


def _between(number: ir.NumericValue, span: Interval, within: Interval) -> ir.BooleanValue:
    known = bounds(within)
    ends = [
        _OPERATORS[bound.sign](number, bound.number) for bound in bounds(span) if bound not in known
    ]
    return every(ends) if ends else number.notnull()


def _of_limit(
    atom: Comparison, row: Variable, unit: Unit, cell: Cell, limit: ir.NumericValue | None
) -> Said:
    """A value against a multiple of the limit that stands beside it."""
    if limit is None:
        return unknown()
    span = plausible(row, unit)
    positive = span.low is not None and span.low >= 0
    said = compare_with(cell, atom.op, Fraction(atom.limit.value), limit, positive=positive)
    said = within(said, cell.number, span)
    if cell.high is None:
        return said
    # A range that ends at zero or below is none, as in `Fact.limits`. Asked of the column as it
    # stands, the database may know from the column's least value that it holds.
    upper = atom.limit.unit == ULN
    return said.where(cell.high > 0 if upper else cell.high.fill_null(1.0) > 0)


def compare_with(
    cell: Cell, op: str, multiple: Fraction, other: ir.NumericValue, *, positive: bool = False
) -> Said:
    """The value of a cell against a multiple of a number that stands in another column.

    `positive`: what is said of a number below zero does not count.
    """

    def signs(comparator: str) -> _Signs:
        by_sign = {
            sign: compared(stated(comparator, Fraction(sign)), op, point(Fraction(0)))  # type: ignore[arg-type]
            for sign in _SIGNS
        }
        return (
            frozenset(sign for sign, found in by_sign.items() if found is Truth.TRUE),
            frozenset(sign for sign, found in by_sign.items() if found is Truth.FALSE),
        )

    def build(found: _Signs) -> Said:
        true, false = found
        held = true or false
        if not held:
            return unknown()
        does = exactly(cell.number, _OF_SIGNS[held], multiple, other, positive=positive)
        if true and len(true) + len(false) == len(_SIGNS):
            return holds(does)
        one_sided = Said(does, ibis.literal(False))
        return one_sided if true else ~one_sided

    return by_comparator(cell, signs, build)


def exactly(
    number: ir.NumericValue,
    op: str,
    multiple: Fraction,
    other: ir.NumericValue,
    *,
    positive: bool = False,
) -> ir.BooleanValue:
    """`number op multiple × other`, as the shortest decimals of both say.

    Doubles decide where they are clearly apart; the rest is multiplied out in decimals, or, beyond
    what these hold, counts as equal where doubles cannot tell (right for 12 significant digits).
    `positive`: only numbers of zero and more matter, which takes fewer steps.
    """
    compare = _OPERATORS[op]
    product = other * float(multiple)
    apart = (number - product).abs()
    whole = compare(
        number.cast("string").cast(_EXACTLY) * multiple.denominator,
        other.cast("string").cast(_EXACTLY) * multiple.numerator,
    )
    most = _MOST / max(multiple.numerator, multiple.denominator)
    same = op in {"<=", ">=", "=="}
    rounded = ibis.ifelse(apart <= product.abs() * 5e-16, same, compare(number, product))
    near = ibis.ifelse((number.abs() < most) & (other.abs() < most), whole, rounded)
    if positive:
        # Where the other is below zero there is nothing between, and they are clearly apart.
        low, high = float(multiple) * (1 - _NEAR), float(multiple) * (1 + _NEAR)
        beside = number.between(other * low, other * high)
    else:
        beside = apart <= product.abs() * _NEAR
    return ibis.ifelse(beside, near, compare(number, product))
