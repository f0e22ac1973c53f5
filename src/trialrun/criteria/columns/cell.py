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
from itertools import pairwise
from typing import TypeAlias, TypeVar

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.doubles import Bound, Zones, bounds, zones
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


def literal(truth_: Truth) -> ir.BooleanScalar:
    """One truth for all rows."""
    return unknown() if truth_ is Truth.UNKNOWN else ibis.literal(truth_ is Truth.TRUE)


def unknown() -> ir.BooleanScalar:
    """UNKNOWN."""
    return ibis.null("boolean")


def truth(atom: Measured, cell: Cell) -> ir.BooleanValue:
    """What the fact gives for `atom`, wherever in time it lies: the law's `decide`, as columns."""
    number, row = cell.number, variables()[atom.variable]
    if row.kind is Kind.CODED:
        assert isinstance(atom, In)
        return unknown() if cell.text is None else cell.text.isin(atom.values)
    if number is None:
        return unknown()
    match atom:
        case Presence():
            if number.type().is_boolean():
                return number if atom.present else ~number
            return number == 1 if atom.present else number != 1
        case In():
            assert row.unit is not None
            level = number.isin([float(value) for value in atom.values])
            return within(level, number, plausible(row, row.unit))
        case Comparison():
            return _comparison(atom, cell)


def _comparison(atom: Comparison, cell: Cell) -> ir.BooleanValue:
    row = variables()[atom.variable]

    def in_unit(unit: Unit) -> ir.BooleanValue:
        if atom.limit.unit in {ULN, LLN} and unit not in {ULN, LLN}:
            limit = cell.high if atom.limit.unit == ULN else cell.low
            return _of_limit(atom, row, unit, cell, limit)
        return by_comparator(
            cell, lambda said: _zones(atom, unit, said), lambda found: of_zones(cell.number, found)
        )

    return by_unit(row, cell, in_unit)


def in_one_unit(atom: Comparison, cell: Cell) -> ir.BooleanValue:
    """What a number without a comparator gives, whose unit is one for all rows."""
    assert isinstance(cell.unit, Unit)
    assert cell.number is not None
    return of_zones(cell.number, _zones(atom, cell.unit, ""))


def by_unit(row: Variable, cell: Cell, build: Callable[[Unit], ir.BooleanValue]) -> ir.BooleanValue:
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
    return ibis.cases(
        *((own.isin([unit.code for unit in group]), build(group[0])) for group in groups.values()),
        else_=unknown(),
    )


def units_of(row: Variable) -> list[Unit]:
    """Every unit in which a value of the variable may stand, its own first."""
    assert row.unit is not None
    dimensions = {unit.dimension for unit in (row.unit, *row.units)}
    dimensions |= {ULN.dimension, LLN.dimension}
    others = [unit for unit in UNITS.values() if unit.dimension in dimensions and unit != row.unit]
    return [row.unit, *others]


def by_comparator(
    cell: Cell, found: Callable[[str], _Found], build: Callable[[_Found], ir.BooleanValue]
) -> ir.BooleanValue:
    """What `build` makes of what is found for the comparator of each row."""
    if cell.comparator is None:
        return build(found(""))
    said = cell.comparator.fill_null("")
    branches = [(said == one, build(found(one))) for one in COMPARATORS]
    return ibis.cases(*branches, else_=unknown())


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
    return Interval(ends[0], ends[1]) if ends else Interval(None, None)


def of_zones(number: ir.NumericValue, found: Zones) -> ir.BooleanValue:
    """TRUE in the true zones, FALSE in the false ones, null elsewhere."""
    if not found.true and not found.false:
        return unknown()
    if not found.true or not found.false:
        spans = found.true or found.false
        return ibis.ifelse(_in(number, spans), bool(found.true), unknown())
    hull = _hull(found)
    if hull is None:
        return ibis.cases(
            (_in(number, found.true), True), (_in(number, found.false), False), else_=unknown()
        )
    if len(found.true) <= len(found.false):
        holds = _in(number, found.true, within=hull)
    else:
        holds = ~_in(number, found.false, within=hull)
    return within(holds, number, hull)


def within(holds: ir.BooleanValue, number: ir.NumericValue, span: Interval) -> ir.BooleanValue:
    """What holds where the number lies in the span, null elsewhere; several times as fast as a
    CASE, since no row is singled out.
    """
    if span == Interval(None, None):
        return holds
    return holds == _in(number, (span,)).nullif(False)


def _hull(found: Zones) -> Interval | None:
    """The one interval that all zones fill without a gap; None where they do not."""
    spans = sorted(
        (*found.true, *found.false),
        key=lambda span: (span.low is not None, span.low or 0, span.low_open),
    )
    for one, following in pairwise(spans):
        if one.high != following.low:
            return None
        between = one.high
        if one.high_open and following.low_open and _is_decimal(between):
            return None
    first, last = spans[0], spans[-1]
    return Interval(first.low, last.high, first.low_open, last.high_open)


def _is_decimal(number: Fraction | None) -> bool:
    return number is not None and "/" not in plain(number)


def _in(
    number: ir.NumericValue, spans: Iterable[Interval], *, within: Interval | None = None
) -> ir.BooleanValue:
    """Whether the number lies in one of the spans; it is already known to be `within`."""
    found: ir.BooleanValue | None = None
    for span in spans:
        ends = list(bounds(span))
        if within is not None:
            known = set(bounds(within))
            ends = [bound for bound in ends if bound not in known] or ends
        inside = _all(number, ends)
        found = inside if found is None else found | inside
    assert found is not None
    return found


def _all(number: ir.NumericValue, ends: Iterable[Bound]) -> ir.BooleanValue:
    found: ir.BooleanValue | None = None
    for bound in ends:
        holds = _OPERATORS[bound.sign](number, bound.number)
        found = holds if found is None else found & holds
    return number.notnull() if found is None else found


def _of_limit(
    atom: Comparison, row: Variable, unit: Unit, cell: Cell, limit: ir.NumericValue | None
) -> ir.BooleanValue:
    """A value against a multiple of the limit that stands beside it."""
    if limit is None:
        return unknown()
    holds = compare_with(cell, atom.op, Fraction(atom.limit.value), limit)
    return within(holds, cell.number, plausible(row, unit))


def compare_with(
    cell: Cell, op: str, multiple: Fraction, other: ir.NumericValue
) -> ir.BooleanValue:
    """The value of a cell against a multiple of a number that stands in another column."""

    def signs(comparator: str) -> _Signs:
        by_sign = {
            sign: compared(stated(comparator, Fraction(sign)), op, point(Fraction(0)))  # type: ignore[arg-type]
            for sign in _SIGNS
        }
        return (
            frozenset(sign for sign, found in by_sign.items() if found is Truth.TRUE),
            frozenset(sign for sign, found in by_sign.items() if found is Truth.FALSE),
        )

    def build(found: _Signs) -> ir.BooleanValue:
        true, false = found
        if true and len(true) + len(false) == len(_SIGNS):
            return exactly(cell.number, _OF_SIGNS[true], multiple, other)
        held = true or false
        if not held:
            return unknown()
        holds = exactly(cell.number, _OF_SIGNS[held], multiple, other)
        return ibis.ifelse(holds, bool(true), unknown())

    return by_comparator(cell, signs, build)


def exactly(
    number: ir.NumericValue, op: str, multiple: Fraction, other: ir.NumericValue
) -> ir.BooleanValue:
    """`number op multiple × other`, as the shortest decimals of both say.

    Doubles decide where they are clearly apart; the rest is multiplied out in decimals, or, beyond
    what these hold, counts as equal where doubles cannot tell (right for 12 significant digits).
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
    return ibis.ifelse(apart <= product.abs() * _NEAR, near, compare(number, product))
