"""The rows of some variables, with their times and the anchors that they are measured from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import Cell
from trialrun.criteria.columns.population import Anchor, Dated, Facts, Long, anchored
from trialrun.criteria.columns.windows import ALWAYS, Lies, When, lies
from trialrun.criteria.nodes import Window
from trialrun.errors import InputError

_FACT = ("value", "text", "unit", "comparator", "low", "high")


@dataclass(frozen=True, slots=True)
class Rows:
    """`table` has `patient`, `code` (a number for each variable) and the columns of a fact.

    `codes` says which variable has which number. The others are columns of the table; all its rows
    lie in the window `only_in`, if there is one.
    """

    table: ir.Table
    codes: Mapping[str, int]
    at: When
    anchors: Mapping[str, When]
    only_in: Window | None = None

    @property
    def cell(self) -> Cell:
        """The columns of the row's fact."""
        has = {name: self.table[name] if name in self.table.columns else None for name in _FACT}
        return Cell(
            number=has["value"], text=has["text"], unit=has["unit"],
            comparator=has["comparator"], low=has["low"], high=has["high"],
        )  # fmt: skip

    def of(self, table: ir.Table) -> Rows:
        """The same columns of a table that was made of this one."""
        return Rows(
            table,
            self.codes,
            _renewed(self.at, table),
            {name: _renewed(anchor, table) for name, anchor in self.anchors.items()},
            self.only_in,
        )

    def lies(self, window: Window | None) -> Lies:
        """Whether the rows lie in a window."""
        if window == self.only_in:
            return ALWAYS
        return lies(self.at, window, self.anchors)

    def inside(self, window: Window) -> Rows:
        """The rows that surely lie in this window."""
        surely = lies(self.at, window, self.anchors).surely
        if isinstance(surely, bool):
            return self
        return replace(self.of(self.table.filter(surely)), only_in=window)

    def only(self, names: Iterable[str]) -> Rows:
        """The rows of these variables only."""
        return self.of(self.table.filter(self.table.code.isin([self.codes[one] for one in names])))

    def by_code(self, values: Sequence[tuple[str, ir.Value]]) -> ir.Value:
        """What each variable's rows give; null for any other's."""
        branches = [(self.table.code == self.codes[name], value) for name, value in values]
        return ibis.cases(*branches, else_=ibis.null(values[0][1].type()))


def _renewed(when: When, table: ir.Table) -> When:
    def again(column: object) -> object:
        return table[column.get_name()] if isinstance(column, ir.Column) else column

    first = again(when.first)
    last = first if when.last is when.first else again(when.last)
    return When(first=first, last=last, instant=again(when.instant))


def owned(tables: Sequence[Facts], names: list[str]) -> list[tuple[Facts, list[str]]]:
    """Each table with its own of these variables; a table with none is left out."""
    if len(tables) == 1 and tables[0].keys is None:
        return [(tables[0], names)] if names else []
    if any(facts.keys is None for facts in tables):
        raise InputError(
            "which variables stand in which table of facts?",
            remedy="Give `keys` where facts come in more than one table.",
        )
    found = [(facts, [name for name in names if name in (facts.keys or {})]) for facts in tables]
    own = [name for _, some in found for name in some]
    twice = sorted({name for name in own if own.count(name) > 1})
    if twice:
        raise InputError(f"facts of {twice[0]} stand in two tables", remedy="Put them into one.")
    return [one for one in found if one[1]]


def rows_of(facts: Facts, population: Long, names: Sequence[str], used: Iterable[str]) -> Rows:
    """The rows of these variables, beside the anchors that are `used`."""
    keys = {name: tuple((facts.keys or {}).get(name, (name,))) for name in names}
    codes, own_numbers = {name: number for number, name in enumerate(names)}, False
    table = facts.table
    if table.variable.type().is_integer() and all(len(row) == 1 for row in keys.values()):
        # Its own numbers do: nothing has to be looked up for each row.
        codes, own_numbers = {name: int(str(row[0])) for name, row in keys.items()}, True
    table = table.filter(table.variable.isin([key for row in keys.values() for key in row]))
    code = table.variable
    if not own_numbers:
        code = ibis.cases(
            *(
                (table.variable.isin(row), ibis.literal(codes[name], "int16"))
                for name, row in keys.items()
            )
        )
    at = Dated(
        first_day="first_day",
        last_day="last_day" if "last_day" in table.columns else None,
        instant="instant" if "instant" in table.columns else None,
    ).when(table)
    times = {"first": at.first}
    if at.last is not at.first:
        times["last"] = at.last
    if at.instant is not None:
        times["instant"] = at.instant
    columns = {name: table[name] for name in _FACT if name in table.columns}
    rows = table.select("patient", code=code, **columns, **times)
    anchors = {name: one for name, one in population.anchors.items() if name in set(used)}
    rows, anchors = _beside(rows, population.people, anchors)
    when = anchored(anchors, rows)
    days = {
        f"{name} {end}": getattr(one, end)
        for name, one in when.items()
        for end in ("first", "last", "instant")
        if isinstance(getattr(one, end), ir.Column)
    }
    rows = rows.mutate(**days)
    whens = {
        name: When(
            first=rows[f"{name} first"] if f"{name} first" in days else one.first,
            last=rows[f"{name} last"] if f"{name} last" in days else one.last,
            instant=rows[f"{name} instant"] if f"{name} instant" in days else one.instant,
        )
        for name, one in when.items()
    }
    whens = {
        name: When(first=one.first, last=one.first, instant=one.instant)
        if when[name].last is when[name].first
        else one
        for name, one in whens.items()
    }
    first = rows["first"]
    own = When(
        first=first,
        last=rows["last"] if "last" in times else first,
        instant=rows["instant"] if "instant" in times else None,
    )
    return Rows(rows, codes, own, whens)


def _beside(
    rows: ir.Table, people: ir.Table, anchors: Mapping[str, Anchor]
) -> tuple[ir.Table, dict[str, Anchor]]:
    """The rows with the columns of people that the anchors name."""
    dated = [anchor for anchor in anchors.values() if isinstance(anchor, Dated)]
    if not dated:
        return rows, dict(anchors)
    names = {name for one in dated for name in (one.first_day, one.last_day, one.instant) if name}
    renamed = {f"anchor {name}": name for name in sorted(names)}
    beside = people.select("patient", *renamed.values()).rename(renamed)
    joined = rows.left_join(beside, "patient").drop("patient_right")
    return joined, {
        name: Dated(
            first_day=f"anchor {one.first_day}",
            last_day=one.last_day and f"anchor {one.last_day}",
            instant=one.instant and f"anchor {one.instant}",
        )
        if isinstance(one, Dated)
        else one
        for name, one in anchors.items()
    }
