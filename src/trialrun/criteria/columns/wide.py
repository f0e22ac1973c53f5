"""The wide form: one row a patient, at most one fact a variable; no grouping, no join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.bases import WINDOW as BASELINE_WINDOW
from trialrun.criteria.columns.bases import Base, against, comparators, kinds
from trialrun.criteria.columns.cell import Cell, Measured, literal, truth, unknown
from trialrun.criteria.columns.computed import staged, with_computed
from trialrun.criteria.columns.dates import of_text
from trialrun.criteria.columns.inputs import Taking, candidate, method_of
from trialrun.criteria.columns.kleene import Leaf
from trialrun.criteria.columns.population import Columns, Wide, anchored
from trialrun.criteria.columns.scaled import scaled, sign
from trialrun.criteria.columns.since import outcome, since
from trialrun.criteria.columns.windows import ALWAYS, NEVER, Lies, When, lies, moment
from trialrun.criteria.interval import Interval, compared, point
from trialrun.criteria.nodes import BASELINE, Comparison, Count, Elapsed, Presence, Window
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind


class WideLeaves:
    """What each leaf gives, as columns of the table itself."""

    def __init__(
        self, population: Wide, table: ir.Table, values: Mapping[Comparison, str], base: Base
    ) -> None:
        self._population = population
        self._table = table
        self._values = values
        self._base = base
        self._anchors: Mapping[str, When] = anchored(population.anchors, table)

    def __call__(self, leaf: Leaf) -> ir.BooleanValue:
        """TRUE, FALSE or null for each patient."""
        match leaf:
            case Count():
                return self._count(leaf)
            case Elapsed():
                return self._since(leaf)
            case _:
                return self._measured(leaf)

    def _measured(self, atom: Measured) -> ir.BooleanValue:
        value: ir.BooleanValue = unknown()
        computes = False
        if isinstance(atom, Comparison) and atom in self._values:
            value, computes = self._table[self._values[atom]], True
        if atom.anchor is not None and atom.anchor not in self._anchors:
            return unknown()
        if isinstance(atom, Comparison) and computes and atom.method is not None:
            return value
        found = self._cell(atom)
        if found is None:
            return value
        one, inside = found
        given = self._said(atom, one)
        if inside.surely is not True:
            given = ibis.ifelse(inside.surely, given, unknown())
        if not computes:
            return given
        some = one.there if inside.possibly is True else one.there & inside.possibly
        return ibis.ifelse(ibis.coalesce(some, False), given, value)

    def _said(self, atom: Measured, one: Cell) -> ir.BooleanValue:
        if isinstance(atom, Comparison) and atom.limit.unit == BASELINE:
            if atom not in self._base.signs:
                return unknown()
            return against(atom, self._table, one, self._base)
        return truth(atom, one)

    def _cell(self, atom: Measured) -> tuple[Cell, Lies] | None:
        columns = self._population.columns.get(atom.variable)
        if columns is None:
            return None
        table = self._table
        inside = ALWAYS
        if atom.window is not None:
            inside = (
                NEVER
                if columns.at is None
                else lies(columns.at.when(table), atom.window, self._anchors)
            )
        return cell(table, columns), inside

    def _since(self, leaf: Elapsed) -> ir.BooleanValue:
        """One date, or one time at which it was present or absent."""
        columns = self._population.columns.get(leaf.variable)
        anchor = moment(leaf.anchor, self._anchors, self._population.as_of)
        if columns is None or anchor is None:
            return unknown()
        table, value = self._table, self._table[columns.value]
        if variables()[leaf.variable].kind is Kind.DATE:
            happened = value.notnull()
            when = date_of(value)
        elif columns.at is None:
            return unknown()
        else:
            when, happened = (
                columns.at.when(table),
                truth(Presence(variable=leaf.variable), cell(table, columns)),
            )
        inside = lies(when, Window(anchor="it"), {"it": anchor})
        true, false = outcome(leaf, since(leaf, when, happened, inside, anchor))
        return ibis.cases((true, True), (false, False), else_=unknown())

    def _count(self, leaf: Count) -> ir.BooleanValue:
        """One fact at most: it is counted, is not, or may be."""
        found = self._cell(leaf.of)
        if found is None:
            return unknown()
        one, inside = found
        given = self._said(leaf.of, one)
        decided = ibis.cases(
            (given, _counted(leaf, 1, 1)),
            (~given, _counted(leaf, 0, 0)),
            else_=_counted(leaf, 0, 1),
        )
        there = one.there if inside.surely is True else one.there & inside.surely
        return ibis.ifelse(there, decided, unknown())


def _counted(leaf: Count, least: int, most: int) -> ir.BooleanValue:
    counted = Interval(Fraction(least), Fraction(most))
    return literal(compared(counted, leaf.op, point(Fraction(leaf.number))))


def date_of(value: ir.Value) -> When:
    """A column of dates, or of moments as text."""
    if value.type().is_string():
        return of_text(value)
    first = value.epoch_days()
    return When(first=first, last=first)


def cell(table: ir.Table, columns: Columns) -> Cell:
    """The columns of one variable as a cell."""
    value = table[columns.value]
    if value.type().is_date():
        value = value.cast("string")
    is_text = value.type().is_string()
    unit = table[columns.unit] if isinstance(columns.unit, str) else columns.unit
    return Cell(
        number=None if is_text else value,
        text=value if is_text else None,
        unit=unit,
        comparator=None if columns.comparator is None else table[columns.comparator],
        low=None if columns.low is None else table[columns.low],
        high=None if columns.high is None else table[columns.high],
    )


def leaf_columns(population: Wide, leaves: Sequence[Leaf]) -> tuple[ir.Table, Mapping[Leaf, str]]:
    """The table with a column for each leaf: TRUE, FALSE or null."""
    asked = list(dict.fromkeys(leaves))
    atoms = [leaf for leaf in asked if isinstance(leaf, Comparison) and method_of(leaf)]
    table, base = _with_bases(population, asked)

    def take(rows: ir.Table) -> Taking:
        return lambda name, window: _taken(population, rows, name, window)

    def at(rows: ir.Table, anchor: str | None) -> When | None:
        return moment(anchor, anchored(population.anchors, rows), population.as_of)

    table, values = with_computed(table, atoms, take, at)
    said = WideLeaves(population, table, values, base)
    names: dict[Leaf, str] = {leaf: f"leaf {number}" for number, leaf in enumerate(asked)}
    return staged(table, {name: said(leaf) for leaf, name in names.items()}), names


def _taken(population: Wide, table: ir.Table, name: str, window: Window | None) -> ir.Value | None:
    """A patient's one fact, if it lies in the window and can be an input."""
    columns = population.columns.get(name)
    if columns is None or (window is not None and columns.at is None):
        return None
    found = candidate(name, cell(table, columns))
    if found is None:
        return None
    usable = found.usable
    if window is not None and columns.at is not None:
        inside = lies(columns.at.when(table), window, anchored(population.anchors, table))
        usable = usable & inside.surely
    return ibis.ifelse(usable, found.value, ibis.null(found.value.type()))


def _with_bases(population: Wide, leaves: Sequence[Leaf]) -> tuple[ir.Table, Base]:
    """The table with each variable's own value at the baseline, which is its one value."""
    table = population.table
    atoms = [
        atom
        for leaf in leaves
        if isinstance(atom := leaf.of if isinstance(leaf, Count) else leaf, Comparison)
        and atom.limit.unit == BASELINE
        and atom.variable in population.columns
        and population.columns[atom.variable].at is not None
    ]
    if not atoms or BASELINE_WINDOW.anchor not in population.anchors:
        return table, Base({}, "base usable")
    anchors = anchored(population.anchors, table)
    own: dict[str, ir.Value] = {}
    for name in dict.fromkeys(atom.variable for atom in atoms):
        columns = population.columns[name]
        assert columns.at is not None
        one, row = cell(table, columns), variables()[name]
        inside = lies(columns.at.when(table), BASELINE_WINDOW, anchors)
        for kind, unit in enumerate(kinds(row)):
            number = scaled(row, one, unit)
            own[f"own {name} {kind}"] = number
            own[f"base {name} {kind}"] = ibis.ifelse(inside.surely, number, ibis.null("float64"))
    table = staged(table, own)
    signs: dict[str, ir.Value] = {}
    by_atom: dict[Comparison, list[tuple[str, str, str]]] = {}
    for atom in atoms:
        one = cell(table, population.columns[atom.variable])
        said = ibis.literal("") if one.comparator is None else one.comparator.fill_null("")
        for kind in range(len(kinds(variables()[atom.variable]))):
            value, theirs = (table[f"{which} {atom.variable} {kind}"] for which in ("own", "base"))
            both = sign(value, theirs, Fraction(atom.limit.value))
            for comparator in comparators(one):
                name = f"sign {len(signs)}"
                end = f"end {len(signs)}"
                here = said == comparator
                signs[name] = ibis.ifelse(here, both, ibis.null("int64"))
                signs[end] = ibis.ifelse(here, theirs, ibis.null("float64"))
                by_atom.setdefault(atom, []).append((comparator, end, name))
    return staged(table, signs), Base(by_atom, "")
