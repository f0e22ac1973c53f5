"""The columns of a table as what they hold, where their types leave nothing to read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from trialrun.readers.patients.omop.database import rows_of, scalar

if TYPE_CHECKING:
    import ibis.expr.types as ir

_FEW = 1_000  # ways in which a column may write its levels, words or units
_EXACT = 2**53  # whole numbers up to here are doubles


@dataclass(frozen=True, slots=True)
class Slow:
    """Why a table is read row by row: a note of the tally, with its values."""

    note: str
    values: tuple[tuple[str, str], ...] = ()


class SlowTable(Exception):
    """Raised where a table must be read row by row; `why` says the reason."""

    def __init__(self, note: str, **values: str) -> None:
        super().__init__(note)
        self.why = Slow(note, tuple(values.items()))


class Typed:
    """A table whose columns are asked for by what they must hold.

    Whatever leaves something open is a SlowTable. `utc_offset` is the declared one.
    """

    def __init__(self, table: ir.Table, *, utc_offset: str) -> None:
        self.table = table
        self._offset = utc_offset
        self._days: dict[str, ir.DateValue] = {}

    def code(self, name: str) -> ir.StringValue:
        """The codes of patients; empty where there is none."""
        column = self.table[name]
        kind = column.type()
        if not (kind.is_string() or kind.is_integer()):
            raise SlowTable("slow_type", column=name, type=str(kind))
        return column.cast("string").fill_null("")

    def day(self, name: str) -> ir.DateValue:
        """A column of dates; a time of day without its offset leaves the day."""
        import ibis

        if name in self._days:
            return self._days[name]
        column = self.table[name]
        kind = column.type()
        if not (kind.is_date() or (kind.is_timestamp() and kind.timezone is None)):
            raise SlowTable("slow_type", column=name, type=str(kind))
        if kind.is_timestamp() and self._offset:
            raise SlowTable("slow_declared", key="utc_offset")
        day = column.cast("date")
        beyond = (day < ibis.literal(date.min)) | (day > ibis.literal(date.max))
        if scalar(beyond.sum().fill_null(0)):
            raise SlowTable("slow_type", column=name, type=str(kind))
        self._days[name] = day
        return day

    def number(self, name: str) -> ir.NumericValue:
        """A column as doubles."""
        column = self.table[name]
        kind = column.type()
        exact = kind.is_float32() or kind.is_float64() or kind.is_integer()
        if not exact and not (kind.is_decimal() and (kind.precision or 99) <= 15):
            raise SlowTable("slow_type", column=name, type=str(kind))
        if kind.is_integer() and kind.nbytes > 4:
            (ends,) = rows_of(self.table.agg(least=column.min(), most=column.max()))
            if ends["least"] is not None and max(-ends["least"], ends["most"]) > _EXACT:
                raise SlowTable("slow_type", column=name, type=str(kind))
        return column.cast("float64")

    def written(self, name: str, column: ir.Column) -> list[object]:
        """All that a column holds."""
        table = self.table.select(one=column)
        found = rows_of(table.filter(table.one.notnull()).distinct().limit(_FEW + 1))
        if len(found) > _FEW:
            raise SlowTable("slow_many", column=name)
        return [one["one"] for one in found]
