"""The wide form: one row a patient, at most one fact a variable; no grouping, no join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.bases import WINDOW as BASELINE_WINDOW
from trialrun.criteria.columns.bases import Base, Own, against, comparators, kinds
from trialrun.criteria.columns.cell import Cell, Measured, truth
from trialrun.criteria.columns.computed import staged, with_computed
from trialrun.criteria.columns.dates import of_text
from trialrun.criteria.columns.inputs import Taking, by_formula, candidate, since_date
from trialrun.criteria.columns.kleene import Leaf
from trialrun.criteria.columns.population import Columns, Wide, anchored
from trialrun.criteria.columns.said import Said, by_case, choose, holds, literal, unknown
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

    def __call__(self, leaf: Leaf) -> Said:
        """What the leaf is for each patient."""
        match leaf:
            case Count():
                return self._count(leaf)
            case Elapsed():
                return self._since(leaf)
            case _:
                return self._measured(leaf)

    def _measured(self, atom: Measured) -> Said:
        value = unknown()
        computes = False
        if isinstance(atom, Comparison) and atom in self._values:
            value, computes = holds(self._table[self._values[atom]]), True
        elif (dates := since_date(atom)) is not None:
            value, computes = self._since(dates), True
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
            given = given.where(inside.surely)
        if not computes:
            return given
        some = one.there if inside.possibly is True else one.there & inside.possibly
        return choose(ibis.coalesce(some, False), given, value)

    def _said(self, atom: Measured, one: Cell) -> Said:
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

    def _since(self, leaf: Elapsed) -> Said:
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
                truth(Presence(variable=leaf.variable), cell(table, columns)).true,
            )
        inside = lies(when, Window(anchor="it"), {"it": anchor})
        return Said(*outcome(leaf, since(leaf, when, happened, inside, anchor)))

    def _count(self, leaf: Count) -> Said:
        """One fact at most: it is counted, is not, or may be."""
        found = self._cell(leaf.of)
        if found is None:
            return unknown()
        one, inside = found
        given = self._said(leaf.of, one)
        there = one.there if inside.surely is True else one.there & inside.surely
        return by_case(
            [
                (given.true & there, _counted(leaf, 1, 1)),
                (given.false & there, _counted(leaf, 0, 0)),
                (there, _counted(leaf, 0, 1)),
            ]
        )


def _counted(leaf: Count, least: int, most: int) -> Said:
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


def leaf_columns(population: Wide, leaves: Sequence[Leaf]) -> tuple[ir.Table, Mapping[Leaf, Said]]:
    """The table and what each leaf says; one that is asked for more than once has columns there."""
    asked = Counter(leaves)
    atoms = [leaf for leaf in asked if isinstance(leaf, Comparison) and by_formula(leaf)]
    table, base, bases = _with_bases(population, list(asked))

    def take(rows: ir.Table) -> Taking:
        return lambda name, window: _taken(population, rows, name, window)

    def at(rows: ir.Table, anchor: str | None) -> When | None:
        return moment(anchor, anchored(population.anchors, rows), population.as_of)

    table, values = with_computed(table, atoms, take, at, bases)
    said = WideLeaves(population, table, values, base)
    often = [leaf for leaf, times in asked.items() if times > 1]
    columns: dict[str, ir.Value] = {}
    for number, leaf in enumerate(often):
        columns |= {f"true {number}": said(leaf).true, f"false {number}": said(leaf).false}
    table = staged(table, columns)
    said = WideLeaves(population, table, values, base)
    found = {leaf: said(leaf) for leaf, times in asked.items() if times == 1}
    for number, leaf in enumerate(often):
        found[leaf] = Said(table[f"true {number}"], table[f"false {number}"])
    return table, found


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


def _with_bases(
    population: Wide, leaves: Sequence[Leaf]
) -> tuple[ir.Table, Base, Mapping[str, Own]]:
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
        return table, Base({}, "base usable"), {}
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
    own_ends: dict[str, dict[tuple[int, str], list[str]]] = {}
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
                own_ends.setdefault(atom.variable, {})[kind, comparator] = [end]
                signs[name] = ibis.ifelse(here, both, ibis.null("int64"))
                signs[end] = ibis.ifelse(here, theirs, ibis.null("float64"))
                by_atom.setdefault(atom, []).append((comparator, end, name))
    bases = {name: Own(ends, "") for name, ends in own_ends.items()}
    return staged(table, signs), Base(by_atom, ""), bases
