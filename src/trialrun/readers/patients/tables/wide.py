"""A wide Parquet table all at once: its cells as columns, and the tally as one query.

Only a table whose types leave nothing to read: `open_wide` says of any other why it is read row by
row. What it gives is what `TableSource` reads cell by cell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.errors import InputError
from trialrun.readers.patients.long_form import load_ibis
from trialrun.readers.patients.omop.database import rows_of, scalar
from trialrun.readers.patients.tables.cells import (
    CODES,
    Cells,
    date_cells,
    few_cells,
    limit,
    number_cells,
)
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.staged import (
    MANY,
    ROW,
    File,
    Held,
    StagedTable,
    check_declared,
    named_columns,
)
from trialrun.readers.patients.tables.typed import Slow, SlowTable, Typed
from trialrun.readers.patients.tally import Reason
from trialrun.values.unit import Unit
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    import ibis.expr.types as ir

# What Python takes away at the ends of a text, and a database may not.
_BLANK = (
    r"\x{09}-\x{0d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}"
    r"\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
)
_REASONS = {
    Kind.QUANTITY: (Reason.BAD_VALUE, Reason.NO_UNIT, Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT),
    Kind.DATE: (),
}


class WideTable(StagedTable):
    """A table that was looked at: one row a patient, and types that leave nothing to read."""

    def __init__(self, table: ir.Table, mapping: Mapping, file: str) -> None:
        self._mapping = mapping
        self._table = table
        self._typed = Typed(table, utc_offset=mapping.utc_offset)
        self._check_declared()
        self._code: ir.StringValue = self._typed.code(mapping.patient)
        self._times = {one.variable: self._at(one) for one in mapping.columns}
        simulated = self._check_patients()
        self._cells = {one.variable: self._read(one) for one in mapping.columns}
        names = [name for name in table.columns if name != ROW]
        super().__init__(
            self._stage(),
            [self._hold(one) for one in self._cells.values()],
            mapping,
            File(name=file, unit="row", columns=names, rows=scalar(table.count())),
            self._units_left,
            simulated=simulated,
        )

    def _hold(self, cells: Cells) -> Held:
        mapping, at = self._mapping, self._mapping.at
        dated = at is None or bool(cells.column.date or mapping.date)
        dated = dated or cells.row.name == "birth_date"
        unit = True if cells.units is not None else cells.unit
        return Held(
            column=cells.column,
            reasons=_reasons(cells),
            unit=unit if isinstance(unit, Unit | bool) else None,
            low=cells.low is not None,
            high=cells.high is not None,
            doubted=cells.doubted is not None,
            spans=not (dated or at is None or at.day == at.last_day),
            timed=not dated and at is not None and at.instant is not None,
        )

    def _units_left(self, name: str) -> Counter[str]:
        """The units of a variable that were not taken, as they are written."""
        cells, staged, found = self._cells[name], self._staged, Counter[str]()
        codes = [CODES[one] for one in (Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT)]
        none = staged.filter(staged[f"{name} reason"].isin(codes))
        if cells.units is None:
            found[cells.column.unit] += scalar(none.count())
            return found
        grouped = none.group_by(written=none[f"{name} written"]).agg(rows=none.count())
        for one in rows_of(grouped):
            found[cells.units[one["written"]][0]] += one["rows"]
        return found

    def _stage(self) -> ir.Table:
        """The cells of every column side by side."""
        import ibis

        nobody = self._code == ""
        columns: dict[str, Any] = {"patient": self._code, ROW: self._table[ROW]}
        for name, cells in self._cells.items():
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
        check_declared(mapping)
        for key in ("comparator_column", "status_column"):
            if getattr(mapping, key):
                raise SlowTable("slow_declared", key=key)
        if mapping.minutes_from is not None:
            raise SlowTable("slow_declared", key="minutes_from")
        if mapping.date_form != "YYYY-MM-DD":
            raise SlowTable("slow_declared", key="date_form")
        for column in mapping.columns:
            if column.values and variable(column.variable).kind in {Kind.QUANTITY, Kind.DATE}:
                raise SlowTable("slow_values", column=column.name)

    def _check_patients(self) -> bool:
        """One row a patient, and codes as they are; whether all say that nobody exists."""
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
        if (found["people"] or 0) > (found["codes"] or 0):
            raise SlowTable("slow_repeated")
        if found["blank"]:
            raise SlowTable("slow_blank", column=self._mapping.patient)
        return bool(found["people"]) and not found["real"]

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
        if not rows or not named_columns(mapping) <= set(names):
            return None
        if set("*?[") & set(str(path)):
            return Slow("slow_name")  # a database takes it for many files
        connection = ibis.duckdb.connect()
        table = connection.read_parquet(path, hive_partitioning=False, file_row_number=True)
        # Names that differ in their case alone are one to it.
        if list(table.columns) != [*names, ROW]:
            return Slow("slow_columns")
        return WideTable(table, mapping, path.name)
    except SlowTable as slow:
        return slow.why if rows >= MANY else None
    except (pa.ArrowException, OSError, duckdb.Error, InputError):
        return None


def _reasons(cells: Cells) -> tuple[Reason, ...]:
    """Why a cell of the column may be none."""
    own = _REASONS.get(cells.row.kind, (Reason.BAD_VALUE, Reason.DECIMAL_COMMA))
    return (Reason.NO_PATIENT, Reason.NO_VALUE, Reason.NO_DATE, *own)
