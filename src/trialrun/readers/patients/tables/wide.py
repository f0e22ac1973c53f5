"""A wide Parquet table all at once: its cells as columns, and the tally as one query.

Only a table whose types leave nothing to read: `open_wide` says of any other why it is read row by
row. What it gives is what `TableSource` reads cell by cell.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.errors import InputError
from trialrun.readers.patients.complete import closed_variables, note_complete
from trialrun.readers.patients.long_form import load_ibis
from trialrun.readers.patients.omop.database import rows_of, scalar
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.tables.cells import (
    CODES,
    Cells,
    date_cells,
    few_cells,
    limit,
    number_cells,
)
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.typed import Slow, SlowTable, Typed
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.unit import Unit
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from trialrun.criteria.columns.population import Columns, Wide

MANY = 5_000  # rows from which on all at once is sooner than row by row
# What Python takes away at the ends of a text, and a database may not.
_BLANK = (
    r"\x{09}-\x{0d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"
    r"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)
_REASONS = {
    Kind.QUANTITY: (Reason.BAD_VALUE, Reason.NO_UNIT, Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT),
    Kind.DATE: (),
}
_UNITS = (Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT)
_ROW = "file_row_number"  # from 0, as the database calls it
_HEAD = 2_000  # rows in which the first places of each reason are looked for before all others


class WideTable:
    """A table that was looked at: one row a patient, and types that leave nothing to read."""

    def __init__(self, table: ir.Table, mapping: Mapping, file: str) -> None:
        self._mapping = mapping
        self._file = file
        self._table = table
        self._typed = Typed(table, utc_offset=mapping.utc_offset)
        self.rows = scalar(table.count())
        self._closed = closed_variables(mapping)
        self._check_declared()
        self._code: ir.StringValue = self._typed.code(mapping.patient)
        self._times = {one.variable: self._at(one) for one in mapping.columns}
        self._check_patients()
        self._cells = [self._read(one) for one in mapping.columns]
        self._staged = self._stage()

    def population(self) -> Wide:
        """Everybody, with no anchors yet."""
        from trialrun.criteria.columns.population import Wide

        table = self._staged.filter(self._staged.patient != "")
        columns = {one.row.name: self._columns(one) for one in self._cells}
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
        for cells in self._cells:
            name = cells.row.name
            reason = staged[f"{name} reason"]
            sums |= {f"{name} {one.value}": (reason == CODES[one]).sum() for one in _reasons(cells)}
            sums[f"{name} used"] = (reason == 0).sum()
            if cells.doubted is not None:
                sums[f"{name} doubted"] = staged[f"{name} doubted"].sum()
        (found,) = rows_of(staged.agg(**sums))
        tally.patients = int(found["patients"] or 0)
        for name in sorted(set(self._table.columns) - _named(self._mapping) - {_ROW}):
            tally.note("unmapped_column", column=name)
        if self._closed:
            note_complete(self._mapping, tally)
        for cells in self._cells:
            self._count_column(tally, cells, found)
        self._locate(tally)
        for name in self._closed:
            tally.facts += tally.patients - int(found.get(f"{name} used") or 0)

    def _count_column(self, tally: Tally, cells: Cells, found: dict[str, Any]) -> None:
        name, kind = cells.row.name, f"column {cells.column.name}"
        tally.take(kind, self.rows)
        for reason in _reasons(cells):
            if count := found[f"{name} {reason.value}"]:
                tally.leave(kind, reason, int(count))
        if used := found[f"{name} used"]:
            tally.use(kind, int(used))
            tally.facts += int(used)
        if doubted := found.get(f"{name} doubted"):
            tally.questioned[name] += int(doubted)
        unfit = [found.get(f"{name} {one.value}") or 0 for one in _UNITS]
        if not sum(unfit):
            return
        if cells.units is None:
            tally.units[name, cells.column.unit] += int(sum(unfit))
            return
        staged = self._staged
        none = staged.filter(staged[f"{name} reason"].isin([CODES[one] for one in _UNITS]))
        grouped = none.group_by(written=none[f"{name} written"]).agg(rows=none.count())
        for one in rows_of(grouped):
            tally.units[name, cells.units[one["written"]][0]] += one["rows"]

    def _locate(self, tally: Tally) -> None:
        """The first places of each reason, row by row; most lie among the first rows."""
        left = {reason for _, reason in tally.aside}
        staged, names = self._staged, [f"{one.row.name} reason" for one in self._cells]
        head = staged.filter(staged[_ROW] < _HEAD).select(_ROW, *names)
        self._locate_in(tally, rows_of(head.order_by(_ROW)), left)
        for reason in sorted(left, key=lambda one: one.value):
            there = tally.by_reason()[reason] - len(tally.places.get(reason, ()))
            if not (tally.room(reason) and there):
                continue
            code = CODES[reason]
            found = staged.filter(staged[_ROW] >= _HEAD)
            found = found.filter([reduce(or_, (found[name] == code for name in names))])
            first = found.select(_ROW, *names).order_by(_ROW).limit(tally.room(reason))
            self._locate_in(tally, rows_of(first), {reason})

    def _locate_in(self, tally: Tally, rows: list[dict[str, Any]], wanted: set[Reason]) -> None:
        reasons = {CODES[one]: one for one in wanted if tally.room(one)}
        for row in rows:
            if not reasons:
                return
            for cells in self._cells:
                reason = reasons.get(row[f"{cells.row.name} reason"])
                if reason is not None:
                    column = self._mapping.to_blame(cells.column, reason)
                    place = Place(self._file, "row", str(row[_ROW] + 1), column)
                    tally.locate(reason, (place,))
                    if not tally.room(reason):
                        del reasons[CODES[reason]]

    def _columns(self, cells: Cells) -> Columns:
        """Where the engine finds a variable."""
        from trialrun.criteria.columns.population import Columns, Dated

        name, at = cells.row.name, self._mapping.at
        dated = at is None or bool(cells.column.date or self._mapping.date) or name == "birth_date"
        unit: Unit | str | None = None
        if cells.units is not None:
            unit = f"{name} unit"
        elif isinstance(cells.unit, Unit):
            unit = cells.unit
        exact = dated or at is None or at.day == at.last_day
        timed = not dated and at is not None and at.instant is not None
        return Columns(
            value=f"{name} value",
            unit=unit,
            low=None if cells.low is None else f"{name} low",
            high=None if cells.high is None else f"{name} high",
            at=Dated(
                first_day=f"{name} first",
                last_day=None if exact else f"{name} last",
                instant=f"{name} instant" if timed else None,
            ),
        )

    def _stage(self) -> ir.Table:
        """The cells of every column side by side."""
        import ibis

        nobody = self._code == ""
        columns: dict[str, Any] = {"patient": self._code, _ROW: self._table[_ROW]}
        for cells in self._cells:
            name = cells.row.name
            nowhere = ibis.literal(CODES[Reason.NO_PATIENT], "int8")
            reason = ibis.ifelse(nobody, nowhere, cells.reason)
            good = reason == 0
            columns[f"{name} reason"] = reason
            columns[f"{name} value"] = good.ifelse(cells.value, ibis.null(cells.value.type()))
            for end, one in zip(("first", "last", "instant"), self._times[name], strict=True):
                columns[f"{name} {end}"] = one
            if cells.doubted is not None:
                columns[f"{name} doubted"] = good & cells.doubted
            if cells.units is not None:
                columns[f"{name} unit"] = cells.unit
                columns[f"{name} written"] = self._table[self._unit_column(cells.column)]
            for end, limited in (("low", cells.low), ("high", cells.high)):
                if limited is not None:
                    columns[f"{name} {end}"] = limited
        return self._table.select(**columns)

    def _unit_column(self, column: Column) -> str:
        return column.unit_column or self._mapping.unit_column

    def _check_declared(self) -> None:
        """What a mapping may declare that is read row by row alone."""
        mapping = self._mapping
        for key in ("comparator_column", "status_column"):
            if getattr(mapping, key):
                raise SlowTable("slow_declared", key=key)
        if mapping.minutes_from is not None:
            raise SlowTable("slow_declared", key="minutes_from")
        if mapping.date_form != "YYYY-MM-DD":
            raise SlowTable("slow_declared", key="date_form")
        if any(variable(name).kind is not Kind.BOOLEAN for name in self._closed):
            raise SlowTable("slow_declared", key="complete")
        names = [column.variable for column in mapping.columns]
        for name in names:
            if names.count(name) > 1:
                raise SlowTable("slow_twice", variable=name)
        for column in mapping.columns:
            if column.values and variable(column.variable).kind in {Kind.QUANTITY, Kind.DATE}:
                raise SlowTable("slow_values", column=column.name)

    def _check_patients(self) -> None:
        """One row a patient, and codes as they are."""
        code, table = self._code, self._table
        there = code != ""
        (found,) = rows_of(
            table.agg(
                people=there.sum(),
                codes=code.nunique(where=there),
                blank=code.re_search(f"^[{_BLANK}]|[{_BLANK}]$").sum(),
                real=(there & ~code.startswith("SIM-")).sum(),
            )
        )
        self.simulated = bool(found["people"]) and not found["real"]
        if (found["people"] or 0) > (found["codes"] or 0):
            raise SlowTable("slow_repeated")
        if found["blank"]:
            raise SlowTable("slow_blank", column=self._mapping.patient)

    def _at(self, column: Column) -> tuple[Any, Any, Any]:
        """First and last day and instant of each cell; null where a column has no date.

        Birth is dated by itself, and sex is known from birth on.
        """
        import ibis

        mapping = self._mapping
        none = ibis.null("timestamp('UTC')")
        if column.variable == "birth_date":
            day = self._typed.day(column.name)
            return day, day, none
        named = column.date or mapping.date
        if named:
            first = last = self._typed.day(named)
            instant: Any = none
        elif mapping.at is None:
            first = last = ibis.null("date")
            instant = none
        else:
            first, last = ibis.literal(mapping.at.day), ibis.literal(mapping.at.last_day)
            instant = ibis.literal(mapping.at.instant, type="timestamp('UTC')")
        born = next((one for one in mapping.columns if one.variable == "birth_date"), None)
        if column.variable == "sex" and not column.date and born is not None:
            birth = self._typed.day(born.name)
            first, last = ibis.coalesce(birth, first), ibis.coalesce(birth, last)
            instant = ibis.ifelse(birth.notnull(), none, instant)
        return first, last, instant

    def _read(self, column: Column) -> Cells:
        import ibis

        row, mapping = variable(column.variable), self._mapping
        undated = self._times[row.name][0].isnull()
        if row.kind is Kind.DATE:
            return date_cells(column, self._typed.day(column.name), undated)
        if row.kind is not Kind.QUANTITY:
            raw = self._table[column.name]
            kind = raw.type()
            if not (kind.is_boolean() or kind.is_string() or kind.is_integer()):
                number = self._typed.number(column.name)
                raw = number.isnan().ifelse(ibis.null("float64"), number)
            return few_cells(column, raw, self._typed.written(column.name, raw), undated)
        named = self._unit_column(column)
        unit = self._table[named] if named else None
        if unit is not None and not unit.type().is_string():
            raise SlowTable("slow_type", column=named, type=str(unit.type()))
        ways = [] if unit is None else self._typed.written(named, unit)
        cells = number_cells(
            column, self._typed.number(column.name), undated, unit, [None, *map(str, ways)]
        )
        low = column.low_column or mapping.low_column
        high = column.high_column or mapping.high_column
        return replace(
            cells,
            low=limit(self._typed.number(low)) if low else None,
            high=limit(self._typed.number(high)) if high else None,
        )


def open_wide(path: Path, mapping: Mapping) -> WideTable | Slow | None:
    """The table all at once; or why it is read row by row; None where it is of another kind.

    What is wrong with a table or its mapping is said by whoever reads it row by row.
    """
    if mapping.form != "wide" or not path.name.lower().endswith(".parquet"):
        return None
    ibis = load_ibis()
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        names = parquet.read_schema(path).names
        rows = parquet.read_metadata(path).num_rows
        if not rows or not _named(mapping) <= set(names):
            return None
        if set("*?[") & set(str(path)):
            return Slow("slow_name")  # a database takes it for many files
        connection = ibis.duckdb.connect()
        table = connection.read_parquet(path, hive_partitioning=False, file_row_number=True)
        # Names that differ in their case alone are one to it.
        if list(table.columns) != [*names, _ROW]:
            return Slow("slow_columns")
        return WideTable(table, mapping, path.name)
    except SlowTable as slow:
        return slow.why if rows >= MANY else None
    except (pa.ArrowException, OSError, duckdb.Error, InputError):
        return None


def _named(mapping: Mapping) -> set[str]:
    """Every column of the table that the mapping names."""
    named = {mapping.patient, mapping.date, mapping.died, mapping.unit_column}
    named |= {mapping.low_column, mapping.high_column}
    named |= {mapping.comparator_column, mapping.status_column}
    for column in mapping.columns:
        named |= {column.name, column.unit_column, column.low_column, column.high_column}
        named.add(column.date)
    return named - {""}


def _reasons(cells: Cells) -> tuple[Reason, ...]:
    """Why a cell of the column may be none."""
    own = _REASONS.get(cells.row.kind, (Reason.BAD_VALUE, Reason.DECIMAL_COMMA))
    return (Reason.NO_PATIENT, Reason.NO_VALUE, Reason.NO_DATE, *own)
