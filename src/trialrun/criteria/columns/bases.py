"""A participant's own value at the anchor `baseline`, as columns, and comparisons with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import COMPARATORS, Cell
from trialrun.criteria.columns.said import Said, by_case, every, some, unknown
from trialrun.criteria.columns.scaled import sign
from trialrun.criteria.interval import compared, stated
from trialrun.criteria.nodes import LLN, ULN, Comparison, Window
from trialrun.errors import UnitError
from trialrun.values.truth import Truth
from trialrun.values.unit import Unit, factor
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Variable

ANCHOR = "baseline"
WINDOW = Window(anchor=ANCHOR)


@dataclass(frozen=True, slots=True)
class Base:
    """Columns of a table: for each atom, the sign of (value − limit) for each number that may be
    the baseline, by its comparator (null where there is none); `usable`: all of them can be used.
    """

    signs: Mapping[Comparison, Sequence[tuple[str, str, str]]]
    usable: str  # or "": where some number may be the baseline, it can be used


@dataclass(frozen=True, slots=True)
class Own:
    """What may be a patient's baseline of a variable, as columns: by kind of unit and comparator
    the numbers that it may be; `usable`: all of them can be used.
    """

    ends: Mapping[tuple[int, str], Sequence[str]]
    usable: str  # or "": where some number may be the baseline, it can be used


def kinds(row: Variable) -> list[Unit]:
    """One unit for each kind of units of the variable that do not convert into each other."""
    assert row.unit is not None
    found = [row.unit]
    for unit in row.units:
        alike = {one.dimension for one in found}
        molar = row.molar is not None and unit.dimension.endswith("concentration")
        if unit.dimension not in alike and not molar:
            found.append(unit)
    return [*found, ULN, LLN]


def comparators(cell: Cell) -> tuple[str, ...]:
    """The comparators that a row of these columns can have."""
    return ("",) if cell.comparator is None else COMPARATORS


def signed_against(
    table: ir.Table,
    atoms: Sequence[Comparison],
    values: Callable[[Comparison, int], ir.NumericValue],
    ends: Mapping[tuple[int, str], Sequence[str]],
) -> tuple[dict[str, ir.Value], dict[Comparison, list[tuple[str, str, str]]]]:
    """The columns of `Base.signs`; `ends` names the columns of the least and the greatest number.

    A baseline in a unit that the value does not convert to has no sign: it leaves it open.
    """
    columns: dict[str, ir.Value] = {}
    names: dict[Comparison, list[tuple[str, str, str]]] = {}
    for number, atom in enumerate(atoms):
        for kind in range(len(kinds(variables()[atom.variable]))):
            value = values(atom, kind)
            for (own, comparator), both in ends.items():
                for end in both if own == kind else ():
                    name = f"sign {number} {len(columns)}"
                    columns[name] = sign(value, table[end], Fraction(atom.limit.value))
                    names.setdefault(atom, []).append((comparator, end, name))
    return columns, names


def against(atom: Comparison, table: ir.Table, cell: Cell, base: Base) -> Said:
    """The value of a row against a multiple of the baseline; what may be it must agree."""
    said = ibis.literal("") if cell.comparator is None else cell.comparator.fill_null("")
    there, true, false = [], [], []
    for theirs, end, name in base.signs.get(atom, ()):
        outcome = by_case(
            [
                (said == mine, _outcome(atom, mine, theirs, table[name]))
                for mine in comparators(cell)
            ]
        )
        missing = table[end].isnull()
        there.append(~missing)
        true.append(missing | outcome.true)
        false.append(missing | outcome.false)
    found = Said(every(true), every(false)).where(some(there))
    return found.where(table[base.usable]) if base.usable else found


def of_computed(
    atom: Comparison, table: ir.Table, value: ir.NumericValue, unit: Unit, own: Own | None
) -> Said:
    """A computed value against a multiple of the baseline that was recorded."""
    row = variables()[atom.variable]
    if own is None or row.unit is None:
        return unknown()
    there, true, false = [], [], []
    for (kind, theirs), ends in own.ends.items():
        try:
            times = factor(unit, kinds(row)[kind], molar=row.molar)
        except UnitError:
            times = None
        for end in ends:
            missing = table[end].isnull()
            there.append(~missing)
            outcome = unknown()
            if times is not None:
                mine = value * float(times.numerator) / float(times.denominator)
                by_sign = sign(mine, table[end], Fraction(atom.limit.value))
                outcome = _outcome(atom, "", theirs, by_sign)
            true.append(missing | outcome.true)
            false.append(missing | outcome.false)
    found = Said(every(true), every(false)).where(some(there))
    return found.where(table[own.usable]) if own.usable else found


def _outcome(atom: Comparison, mine: str, theirs: str, by_sign: ir.IntegerValue) -> Said:
    """What the sign of (value − limit) says, both with their comparators."""
    found = {
        one: compared(stated(mine, Fraction(one)), atom.op, stated(theirs, Fraction(0)))
        for one in (-1, 0, 1)
    }
    true, false = (
        [one for one, truth in found.items() if truth is wanted]
        for wanted in (Truth.TRUE, Truth.FALSE)
    )
    return Said(by_sign.isin(true), by_sign.isin(false))
