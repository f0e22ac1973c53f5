"""Computed values as columns: the formulas of `assess.formulas` in doubles.

A value that is a limit but for the last bits of a double is taken to be on it: the inputs have few
digits, and what is not on the limit is further from it than that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.bases import Own, of_computed
from trialrun.criteria.columns.cell import Cell, end_in_unit, in_one_unit, plausible, within
from trialrun.criteria.columns.dates import of_text
from trialrun.criteria.columns.inputs import Input, Taking, body_window, inputs_of, method_of
from trialrun.criteria.columns.said import Said, unknown
from trialrun.criteria.columns.windows import Day, When, as_column
from trialrun.criteria.nodes import BASELINE, MULTIPLES, Comparison, Op, Window
from trialrun.errors import UnitError
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_NEAR = 1e-12
_IDEAL = (50.0, 45.5)  # kg of a man and of a woman of 60 inches


When_: TypeAlias = Callable[[ir.Table, str | None], "When | None"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a computed value is asked for: its atom, and a table that has its inputs as columns."""

    atom: Comparison
    table: ir.Table
    names: Mapping[Input, str]

    def measured(self, name: str) -> ir.NumericValue:
        """A number above zero from the atom's own window."""
        return self.table[self.names[name, self.atom.window]]

    def body(self, name: str) -> ir.NumericValue:
        """A number above zero, the latest up to the anchor."""
        return self.table[self.names[name, body_window(self.atom)]]

    def female(self) -> ir.BooleanValue:
        """Whether the formula for women holds; null where the sex is not known."""
        sex = self.body("sex")
        return ibis.cases(
            (sex == "female", True), (sex == "male", False), else_=ibis.null("boolean")
        )

    def years(self) -> ir.IntegerValue:
        """Completed years, by the date of birth, or else as they were recorded."""
        return self.table[self.names["years", body_window(self.atom)]]

    def born(self) -> When:
        """The date of birth."""
        name = self.names["birth_date", body_window(self.atom)]
        return When(first=self.table[f"{name} first"], last=self.table[f"{name} last"])


def with_computed(
    table: ir.Table,
    atoms: Sequence[Comparison],
    take: Callable[[ir.Table], Taking],
    at: When_,
    bases: Mapping[str, Own],
) -> tuple[ir.Table, Mapping[Comparison, str]]:
    """The table with what the value computed for each atom gives, and the names of the columns.

    Each step is a column of its own: an expression that stood in the next one would be written out
    there as often as it is used.
    """
    inputs = list(dict.fromkeys(one for atom in atoms for one in inputs_of(atom)))
    names = {one: f"taken {number}" for number, one in enumerate(inputs)}
    taking = take(table)
    table = staged(table, {names[one]: _positive(*one, taking) for one in inputs})
    born = [names[one] for one in inputs if one[0] == "birth_date"]
    births = {name: of_text(table[name]) for name in born}
    table = staged(
        table,
        {f"{name} first": births[name].first for name in born}
        | {f"{name} last": births[name].last for name in born},
    )
    aged: dict[str, ir.Value] = {}
    for atom in atoms:
        window = body_window(atom)
        if ("age", window) in names and ("years", window) not in names:
            names["years", window] = f"years {len(aged)}"
            asked = Asked(atom, table, names)
            aged[names["years", window]] = _years(asked, at(table, atom.anchor))
    table = staged(table, aged)
    values: dict[str, ir.Value] = {}
    for number, atom in enumerate(atoms):
        asked, method = Asked(atom, table, names), str(method_of(atom))
        if method == "birth-date":
            moment = at(table, atom.anchor)
            if moment is not None:
                least, most = completed(asked.born(), moment, _code(atom))
                values |= {f"least {number}": least, f"most {number}": most}
        else:
            values[f"value {number}"] = _FORMULAS[method][1](asked)
    table = staged(table, values)
    results = {
        f"computed {number}": _result(table, atom, number, bases.get(atom.variable)).column
        for number, atom in enumerate(atoms)
    }
    return staged(table, results), {atom: f"computed {number}" for number, atom in enumerate(atoms)}


def staged(table: ir.Table, columns: Mapping[str, ir.Value]) -> ir.Table:
    """The table with more columns, which no later step writes out again."""
    return table.mutate(**columns).view() if columns else table


def _positive(name: str, window: Window | None, take: Taking) -> ir.Value:
    found = take(name, window)
    is_text = variables()[name].kind in {Kind.CODED, Kind.DATE}
    if found is None:
        return ibis.null("string" if is_text else "float64")
    return found if is_text else ibis.ifelse(found > 0, found, ibis.null("float64"))


def _years(asked: Asked, at: When | None) -> ir.IntegerValue:
    recorded = (asked.body("age") + 1e-9).floor().cast("int64")
    if at is None:
        return recorded
    least, most = completed(asked.born(), at, "a")
    exact = (least == most) & (least >= 0)
    return ibis.ifelse(ibis.coalesce(exact, False), least, recorded)


def _result(table: ir.Table, atom: Comparison, number: int, own: Own | None) -> Said:
    method = str(method_of(atom))
    if method != "birth-date":
        return _decided(atom, table, table[f"value {number}"], _FORMULAS[method][0], own)
    if f"least {number}" not in table.columns:
        return unknown()
    return _age(atom, table, table[f"least {number}"], table[f"most {number}"], own)


def _code(atom: Comparison) -> str:
    code = atom.limit.unit.code
    return code if code in {"a", "mo", "wk", "d"} else "a"


def _decided(
    atom: Comparison, table: ir.Table, value: ir.NumericValue, unit: Unit, own: Own | None
) -> Said:
    row = variables()[atom.variable]
    if atom.limit.unit == BASELINE:
        return within(of_computed(atom, table, value, unit, own), value, plausible(row, unit))
    if atom.limit.unit in MULTIPLES:
        return unknown()  # a computed value has no laboratory's limit
    try:
        limit = float(atom.limit.exact(unit, molar=row.molar))
    except UnitError:
        return unknown()
    snapped = ibis.ifelse((value - limit).abs() <= abs(limit) * _NEAR, limit, value)
    return in_one_unit(atom, Cell(number=snapped, unit=unit))


def _age(
    atom: Comparison,
    table: ir.Table,
    least: ir.IntegerValue,
    most: ir.IntegerValue,
    own: Own | None,
) -> Said:
    """Completed units since birth; of a birth year alone, all that it may be must agree.

    Whether it is plausible is asked of the least only, as the law does.
    """
    unit = UNITS[_code(atom)]

    def at(number: ir.IntegerValue, op: Op) -> Said:
        asked = replace(atom, op=op, pick="latest")
        if atom.limit.unit == BASELINE:
            return of_computed(asked, table, number.cast("float64"), unit, own)
        return end_in_unit(asked, number.cast("float64"), unit)

    first, last = at(least, atom.op), at(most, atom.op)
    if atom.op == "==":
        apart = at(most, "<").true | at(least, ">").true
        said = Said((least == most) & first.true, apart)
    else:
        said = Said(first.true & last.true, first.false & last.false)
    return within(said, least, plausible(variables()[atom.variable], unit)).where(least >= 0)


def completed(born: When, at: When, code: str) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    """The least and the greatest number of whole units from birth to a moment."""
    return _whole(born.last, at.first, code), _whole(born.first, at.last, code)


def _whole(born: Day, at: Day, code: str) -> ir.IntegerValue:
    if code in {"d", "wk"}:
        days: ir.IntegerValue = as_column(at) - born
        return days if code == "d" else (days / 7).floor().cast("int64")
    start, end = _calendar(born), _calendar(at)
    months = (end.year() - start.year()) * 12 + (end.month() - start.month())
    months = months - ibis.ifelse(end.day() < start.day(), 1, 0)
    return months if code == "mo" else (months / 12).floor().cast("int64")


def _calendar(day: Day) -> ir.DateValue:
    return (ibis.literal(date(1970, 1, 1)) + as_column(day).as_interval("D")).cast("date")


def _clearance(weighed: Callable[[Asked], ir.NumericValue]) -> Callable[[Asked], ir.NumericValue]:
    def formula(asked: Asked) -> ir.NumericValue:
        years, female = asked.years(), asked.female()
        value = (140 - years) * weighed(asked) / (asked.measured("creatinine") * 72)
        value = value * ibis.cases((female, 0.85), (~female, 1.0))
        return ibis.ifelse((years >= 0) & (years < 140), value, ibis.null("float64"))

    return formula


def _ideal(asked: Asked) -> ir.NumericValue:
    female = asked.female()
    start = ibis.cases((female, _IDEAL[1]), (~female, _IDEAL[0]))
    value = start + (asked.body("height") / 2.54 - 60) * 2.3
    return ibis.ifelse(value > 0, value, ibis.null("float64"))


def _ideal_of_weighed(asked: Asked) -> ir.NumericValue:
    return ibis.ifelse(asked.body("weight").notnull(), _ideal(asked), ibis.null("float64"))


def _adjusted(asked: Asked) -> ir.NumericValue:
    ideal = _ideal(asked)
    return ideal + (asked.body("weight") - ideal) * 0.4


def _by_ratio(asked: Asked) -> ir.NumericValue:
    actual, ideal = asked.body("weight"), _ideal(asked)
    return ibis.cases(
        (actual < ideal, actual),
        (actual > ideal * 1.25, _adjusted(asked)),
        (actual >= ideal, ideal),
    )


def _filtration(asked: Asked) -> ir.NumericValue:
    years, female = asked.years(), asked.female()
    kappa = ibis.cases((female, 0.7), (~female, 0.9))
    alpha = ibis.cases((female, -0.241), (~female, -0.302))
    ratio = asked.measured("creatinine") / kappa
    low, high = ibis.ifelse(ratio < 1, ratio, 1.0), ibis.ifelse(ratio > 1, ratio, 1.0)
    power = ibis.literal(0.9938) ** years
    value = low**alpha * 142 * high**-1.2 * power * ibis.cases((female, 1.012), (~female, 1.0))
    known = ratio.notnull() & (years >= 0) & (years < 150)
    return ibis.ifelse(known, value, ibis.null("float64"))


def _corrected_qt(asked: Asked) -> ir.NumericValue:
    beat = ibis.coalesce(asked.measured("rr_interval"), 60 / asked.measured("heart_rate"))
    return asked.measured("qt") / beat ** (1 / 3)


_ML_MIN, _M2 = UNITS["mL/min"], UNITS["m2"]
_FORMULAS: dict[str, tuple[Unit, Callable[[Asked], ir.NumericValue]]] = {
    "mosteller": (_M2, lambda it: (it.body("height") * it.body("weight") / 3600).sqrt()),
    "du-bois": (_M2, lambda it: it.body("height") ** 0.725 * it.body("weight") ** 0.425 * 0.007184),
    "weight-height": (
        UNITS["kg/m2"], lambda it: it.body("weight") * 10000 / it.body("height") ** 2,
    ),
    "cockcroft-gault-actual": (_ML_MIN, _clearance(lambda it: it.body("weight"))),
    "cockcroft-gault-ideal": (
        _ML_MIN,
        # The weight is asked for, though this rule does not use it.
        _clearance(_ideal_of_weighed),
    ),
    "cockcroft-gault-adjusted": (_ML_MIN, _clearance(_adjusted)),
    "cockcroft-gault-by-ratio": (_ML_MIN, _clearance(_by_ratio)),
    "ckd-epi-2021": (UNITS["mL/min/{1.73_m2}"], _filtration),
    "payne": (
        UNITS["mg/dL"], lambda it: it.measured("calcium") + (4 - it.measured("albumin")) * 0.8,
    ),
    "fridericia": (UNITS["ms"], _corrected_qt),
}  # fmt: skip
