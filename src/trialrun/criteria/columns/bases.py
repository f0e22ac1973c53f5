"""A participant's own value at the anchor `baseline`, as columns, and comparisons with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import COMPARATORS, Cell, unknown
from trialrun.criteria.columns.scaled import sign
from trialrun.criteria.interval import compared, stated
from trialrun.criteria.nodes import LLN, ULN, Comparison, Window
from trialrun.values.truth import Truth
from trialrun.values.unit import Unit
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


def against(atom: Comparison, table: ir.Table, cell: Cell, base: Base) -> ir.BooleanValue:
    """The value of a row against a multiple of the baseline; what may be it must agree."""
    said = ibis.literal("") if cell.comparator is None else cell.comparator.fill_null("")
    some: ir.BooleanValue = ibis.literal(False)
    true: ir.BooleanValue = ibis.literal(True)
    false: ir.BooleanValue = ibis.literal(True)
    for theirs, end, name in base.signs.get(atom, ()):
        outcome = ibis.cases(
            *(
                (said == mine, _outcome(atom, mine, theirs, table[name]))
                for mine in comparators(cell)
            ),
            else_=unknown(),
        )
        missing = table[end].isnull()
        some = some | ~missing
        true = true & (missing | outcome.fill_null(False))
        false = false & (missing | (~outcome).fill_null(False))
    if base.usable:
        some = some & table[base.usable]
    return ibis.cases((some & true, True), (some & false, False), else_=unknown())


def _outcome(atom: Comparison, mine: str, theirs: str, by_sign: ir.IntegerValue) -> ir.BooleanValue:
    """What the sign of (value − limit) says, both with their comparators."""
    found = {
        one: compared(stated(mine, Fraction(one)), atom.op, stated(theirs, Fraction(0)))
        for one in (-1, 0, 1)
    }
    branches = [
        (by_sign == one, truth is Truth.TRUE)
        for one, truth in found.items()
        if truth is not Truth.UNKNOWN
    ]
    return ibis.cases(*branches, else_=unknown()) if branches else unknown()
