"""A wide table whose cells stand side by side as columns: the tally and the people, all at once.

Of each variable the table has columns called by its name: `reason` (0 where there is a fact, else
the place of the reason), `value`, `first`, `last` and `instant`, and those of `unit`, `comparator`,
`low`, `high` and `doubted` that `Held` says; beside them `patient` and the number of the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from trialrun.readers.patients.complete import closed_variables, note_complete
from trialrun.readers.patients.omop.database import rows_of
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.tables.cells import CODES
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.typed import SlowTable
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.unit import Unit
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from trialrun.criteria.columns.population import Columns, Wide

MANY = 5_000  # rows from which on all at once is sooner than row by row
ROW = "file_row_number"  # from 0, as the database calls it
_HEAD = 2_000  # rows in which the first places of each reason are looked for before all others
_UNITS = (Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the table has of one variable. `unit` is one unit, or says that there is a column."""

    column: Column
    reasons: Sequence[Reason]
    unit: Unit | bool | None = None
    comparator: bool = False
    low: bool = False
    high: bool = False
    doubted: bool = False
    spans: bool = False  # a moment may be more than a day
    timed: bool = False

    @property
    def name(self) -> str:
        """The variable."""
        return self.column.variable


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """The table as a file: its name, how its rows are counted, and every column of it."""

    name: str
    unit: str
    columns: Sequence[str]
    rows: int
    broken: Sequence[int] = ()  # lines that are none


class StagedTable:
    """A table that was looked at. `simulated`: all codes say that nobody of them exists.

    `unfit` gives the units that were not taken of a variable, with their rows.
    """

    def __init__(
        self, staged: ir.Table, held: Sequence[Held], mapping: Mapping, file: File,
        unfit: Callable[[str], Counter[str]], *, simulated: bool,
    ) -> None:  # fmt: skip
        self._staged = staged
        self._held = held
        self._mapping = mapping
        self._file = file
        self._unfit = unfit
        self._closed = closed_variables(mapping)
        self.rows = file.rows
        self.simulated = simulated

    def population(self) -> Wide:
        """Everybody, with no anchors yet."""
        from trialrun.criteria.columns.population import Wide

        table = self._staged.filter(self._staged.patient != "")
        columns = {one.name: _columns(one) for one in self._held}
        if self._closed:
            table, columns = self._completed(table, columns)
        return Wide(table=table, columns=columns)

    def _completed(
        self, table: ir.Table, columns: dict[str, Columns]
    ) -> tuple[ir.Table, dict[str, Columns]]:
        """FALSE for everybody who is not on a list that is declared complete."""
        import ibis

        from trialrun.criteria.columns.population import Columns, Dated

        at = self._mapping.complete_as_of
        assert at is not None
        absent: dict[str, Any] = {
            "value": ibis.literal(False),
            "first": ibis.literal(at.day),
            "last": ibis.literal(at.last_day),
            "instant": ibis.literal(at.instant, type="timestamp('UTC')"),
        }
        added, found = {}, dict(columns)
        for name in self._closed:
            own = columns.get(name)
            for end, value in absent.items():
                if own is not None:
                    there = table[own.value].notnull()
                    value = ibis.ifelse(there, table[f"{name} {end}"], value)
                added[f"{name} {end}"] = value
            names = (f"{name} first", f"{name} last", f"{name} instant")
            dated = Dated(first_day=names[0], last_day=names[1], instant=names[2])
            found[name] = Columns(value=f"{name} value", at=dated)
        return table.mutate(**added), found

    def count(self, tally: Tally) -> None:
        """Fill an empty tally: one pass over the table."""
        staged, sums = self._staged, {"patients": (self._staged.patient != "").sum()}
        for held in self._held:
            reason = staged[f"{held.name} reason"]
            sums |= {
                f"{held.name} {one.value}": (reason == CODES[one]).sum() for one in held.reasons
            }
            sums[f"{held.name} used"] = (reason == 0).sum()
            if held.doubted:
                sums[f"{held.name} doubted"] = staged[f"{held.name} doubted"].sum()
        (found,) = rows_of(staged.agg(**sums))
        tally.patients = int(found["patients"] or 0)
        for name in sorted(set(self._file.columns) - named_columns(self._mapping)):
            tally.note("unmapped_column", column=name)
        if self._closed:
            note_complete(self._mapping, tally)
        self._count_broken(tally)
        for held in self._held:
            self._count_column(tally, held, found)
        self._locate(tally)
        for name in self._closed:
            tally.facts += tally.patients - int(found.get(f"{name} used") or 0)

    def _count_broken(self, tally: Tally) -> None:
        broken = self._file.broken
        if broken:
            tally.take("line", len(broken))
            places = (Place(self._file.name, self._file.unit, str(number)) for number in broken)
            tally.leave("line", Reason.BROKEN_LINE, len(broken), at=places)
            tally.note("broken_line", len(broken), file=self._file.name)

    def _count_column(self, tally: Tally, held: Held, found: dict[str, Any]) -> None:
        name, kind = held.name, f"column {held.column.name}"
        tally.take(kind, self.rows)
        for reason in held.reasons:
            if count := found[f"{name} {reason.value}"]:
                tally.leave(kind, reason, int(count))
        if used := found[f"{name} used"]:
            tally.use(kind, int(used))
            tally.facts += int(used)
        if doubted := found.get(f"{name} doubted"):
            tally.questioned[name] += int(doubted)
        if any(found.get(f"{name} {one.value}") for one in _UNITS):
            for unit, count in self._unfit(name).items():
                tally.units[name, unit] += count

    def _locate(self, tally: Tally) -> None:
        """The first places of each reason, row by row; most lie among the first rows."""
        left = {reason for kind, reason in tally.aside if kind != "line"}
        staged, names = self._staged, [f"{one.name} reason" for one in self._held]
        head = staged.filter(staged[ROW] < _HEAD).select(ROW, *names)
        self._locate_in(tally, rows_of(head.order_by(ROW)), left)
        for reason in sorted(left, key=lambda one: one.value):
            there = tally.by_reason()[reason] - len(tally.places.get(reason, ()))
            if not (tally.room(reason) and there):
                continue
            code = CODES[reason]
            found = staged.filter(staged[ROW] >= _HEAD)
            found = found.filter([reduce(or_, (found[name] == code for name in names))])
            first = found.select(ROW, *names).order_by(ROW).limit(tally.room(reason))
            self._locate_in(tally, rows_of(first), {reason})

    def _locate_in(self, tally: Tally, rows: list[dict[str, Any]], wanted: set[Reason]) -> None:
        reasons = {CODES[one]: one for one in wanted if tally.room(one)}
        for row in rows:
            if not reasons:
                return
            for held in self._held:
                reason = reasons.get(row[f"{held.name} reason"])
                if reason is not None:
                    column = self._mapping.to_blame(held.column, reason)
                    number = str(row[ROW] + 1)
                    tally.locate(reason, (Place(self._file.name, self._file.unit, number, column),))
                    if not tally.room(reason):
                        del reasons[CODES[reason]]


def check_declared(mapping: Mapping) -> None:
    """What a mapping may declare that no wide table all at once has."""
    if any(variable(name).kind is not Kind.BOOLEAN for name in closed_variables(mapping)):
        raise SlowTable("slow_declared", key="complete")
    names = [column.variable for column in mapping.columns]
    for name in names:
        if names.count(name) > 1:
            raise SlowTable("slow_twice", variable=name)


def named_columns(mapping: Mapping) -> set[str]:
    """Every column of the table that the mapping names."""
    named = {mapping.patient, mapping.date, mapping.died, mapping.unit_column}
    named |= {mapping.low_column, mapping.high_column}
    named |= {mapping.comparator_column, mapping.status_column}
    for column in mapping.columns:
        named |= {column.name, column.unit_column, column.low_column, column.high_column}
        named.add(column.date)
    return named - {""}


def _columns(held: Held) -> Columns:
    """Where the engine finds a variable."""
    from trialrun.criteria.columns.population import Columns, Dated

    name = held.name
    unit: Unit | str | None = held.unit if isinstance(held.unit, Unit) else None
    return Columns(
        value=f"{name} value",
        unit=f"{name} unit" if held.unit is True else unit,
        comparator=f"{name} comparator" if held.comparator else None,
        low=f"{name} low" if held.low else None,
        high=f"{name} high" if held.high else None,
        at=Dated(
            first_day=f"{name} first",
            last_day=f"{name} last" if held.spans else None,
            instant=f"{name} instant" if held.timed else None,
        ),
    )
