"""A wide CSV table all at once: each way of writing a cell is read once, by the row-by-row reader.

What a cell says does not hang on its date, nor its limits on either: each is decided for every
different text (with its unit, sign and state), and put together as columns.
"""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.errors import InputError, MissingExtra, OutsideError
from trialrun.readers.patients.fahrenheit import is_fahrenheit
from trialrun.readers.patients.long_form import load_ibis
from trialrun.readers.patients.statement import doubted, limit_of
from trialrun.readers.patients.tables.cells import CODES
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.reading import CellReader, Written
from trialrun.readers.patients.tables.staged import (
    MANY,
    ROW,
    File,
    Held,
    StagedTable,
    check_declared,
    named_columns,
)
from trialrun.readers.patients.tables.texts import Texts, TextTable, read_texts
from trialrun.readers.patients.tables.typed import Slow, SlowTable
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

_ANY_TIME = Moment("2000-01-01")
_EPOCH, _START = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 15  # of a decimal that comes back from a double as it was
_NUMBERS = {Kind.QUANTITY, Kind.ORDINAL}
_BYTES = 1_000_000


def open_texts(path: Path, mapping: Mapping) -> StagedTable | Slow | None:
    """The table all at once; or why it is read row by row; None where it is small, or no table.

    What is wrong with a table or its mapping is said by whoever reads it row by row.
    """
    if mapping.form != "wide" or not _is_large(path):
        return None
    try:
        load_ibis()
        check_declared(mapping)
        found = read_texts(path, mapping, named_columns(mapping))
        return None if found is None else _staged(path, mapping, found)
    except SlowTable as slow:
        return slow.why
    except MissingExtra:
        return Slow("slow_extra")
    except (InputError, OutsideError):
        return None


def _is_large(path: Path) -> bool:
    """Whether the file has so many lines that all at once is sooner."""
    lines = 0
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            while lines <= MANY and (data := file.read(_BYTES)):
                lines += data.count(b"\n")
    except (OSError, EOFError, zlib.error):
        return False
    return lines > MANY


def _staged(path: Path, mapping: Mapping, table: TextTable) -> StagedTable:
    """The columns of every variable, in a database of their own."""
    import numpy as np
    import pyarrow as pa

    people = table.columns[mapping.patient]
    reader = CellReader(mapping)
    built = [_Variable(one, mapping, reader, table) for one in mapping.columns]
    nobody = np.array([not code for code in people.different], dtype=bool)[people.codes]
    arrays: dict[str, Any] = {
        "patient": pa.array(people.different, type=pa.string()).take(pa.array(people.codes)),
        ROW: pa.array(table.lines - 1),
    }
    for one in built:
        arrays |= one.columns(nobody)
    ibis = load_ibis()
    connection = ibis.duckdb.connect()
    staged = connection.create_table("staged", pa.table(arrays), temp=True)
    there = [code for code in people.different if code]
    unfit = {one.name: one.unfit(nobody) for one in built}
    file = File(
        name=path.name, unit="line", columns=table.names, rows=len(table.lines),
        broken=table.broken,
    )  # fmt: skip
    return StagedTable(
        staged,
        [one.held() for one in built],
        mapping,
        file,
        lambda name: unfit[name],
        simulated=bool(there) and all(code.startswith("SIM-") for code in there),
    )


class _Variable:
    """One variable of the table, decided way by way of writing it."""

    def __init__(
        self, column: Column, mapping: Mapping, reader: CellReader, table: TextTable
    ) -> None:
        self.name = column.variable
        self._column = column
        self._mapping = mapping
        self._reader = reader
        self._table = table
        self._row = variable(column.variable)
        self._ways, self._way = self._all_ways()
        self._said = [self._decide(way) for way in self._ways]
        self._times = self._moments()

    def _all_ways(self) -> tuple[list[dict[str, str]], Codes]:
        """The ways in which the cell is written, with its unit, sign and state; and each line's."""
        import numpy as np

        mapping, column = self._mapping, self._column
        beside = (
            column.unit_column or mapping.unit_column, mapping.comparator_column,
            mapping.status_column,
        )  # fmt: skip
        names = list(dict.fromkeys(name for name in (column.name, *beside) if name))
        own = self._table.columns[names[0]]
        if len(names) == 1:
            return [{names[0]: text} for text in own.different], own.codes
        codes, size = own.codes, len(own.different)
        for name in names[1:]:
            other = self._table.columns[name]
            codes = codes * len(other.different) + other.codes
            size *= len(other.different)
            if size >= 2**62:
                raise SlowTable("slow_many", column=name)
        seen, way = np.unique(codes, return_inverse=True)
        ways = []
        for code in seen.tolist():
            line = {}
            for name in reversed(names):
                texts = self._table.columns[name].different
                code, place = divmod(code, len(texts))
                line[name] = texts[place]
            ways.append(line)
        return ways, way

    def _decide(self, line: dict[str, str]) -> tuple[Reason | Written, Fact | Reason]:
        """Why the cell says nothing, else what stands there; and the fact that it gives."""
        reader, column = self._reader, self._column
        before = reader.status(line) or reader.written(column, line[column.name])
        if isinstance(before, Reason):
            return before, before
        read = reader.fact(line, column, before, _ANY_TIME, "", "")
        if isinstance(read, Fact) and self._row.kind is Kind.QUANTITY:
            limits = self._limit_columns()
            if limits and is_fahrenheit(self.name, reader.unit(line, column)):
                raise SlowTable("slow_unit", column=column.name, unit=reader.unit(line, column))
            if len(Decimal(read.value).as_tuple().digits) > _DIGITS:
                raise SlowTable("slow_digits", column=column.name)
        return before, read

    def _limit_columns(self) -> dict[str, str]:
        if self._row.kind is not Kind.QUANTITY:
            return {}
        column, mapping = self._column, self._mapping
        low = column.low_column or mapping.low_column
        high = column.high_column or mapping.high_column
        return {end: name for end, name in (("low", low), ("high", high)) if name}

    def _moments(self) -> list[tuple[Sequence[Moment | Reason], Codes]]:
        """The moments of the lines; where a list says nothing that counts, the next one does."""
        column, mapping, columns = self._column, self._mapping, self._table.columns
        if self.name == "birth_date":
            own = [
                Moment(said.text) if isinstance(said, Written) else Reason.NO_DATE
                for said, _ in self._said
            ]
            return [(own, self._way)]
        found: list[tuple[Sequence[Moment | Reason], Codes]] = []
        born = next((one.name for one in mapping.columns if one.variable == "birth_date"), "")
        if self.name == "sex" and not column.date and born:
            found.append(self._dated(columns[born]))
        named = column.date or mapping.date
        if named:
            found.append(self._dated(columns[named]))
        else:
            found.append(([mapping.at or Reason.NO_DATE], self._way * 0))
        return found

    def _dated(self, texts: Texts) -> tuple[list[Moment | Reason], Codes]:
        return [self._reader.dated(text) for text in texts.different], texts.codes

    def columns(self, nobody: NDArray[np.bool_]) -> dict[str, Any]:
        """The columns of this variable as `staged` wants them."""
        import numpy as np
        import pyarrow as pa

        moments = self._moment_columns()
        reason = self._reason(nobody)
        good = reason == 0
        facts = [read if isinstance(read, Fact) else None for _, read in self._said]
        way = pa.array(self._way)
        values = pa.array([_value(self._row.kind, one) for one in facts], type=self._type())
        doubts = np.array([one is not None and doubted(one) for one in facts], dtype=bool)
        found: dict[str, Any] = {
            "reason": pa.array(reason),
            "value": _where(good, values.take(way)),
            "first": pa.array(moments[0], mask=moments[3]).cast(pa.int32()).cast(pa.date32()),
            "last": pa.array(moments[1], mask=moments[3]).cast(pa.int32()).cast(pa.date32()),
            "instant": pa.array(moments[2], mask=moments[4]).cast(pa.timestamp("us", tz="UTC")),
        }
        if self._row.kind is Kind.QUANTITY:
            units = pa.array([one and one.unit for one in facts], type=pa.string())
            signs = pa.array([one.comparator if one else "" for one in facts], type=pa.string())
            held = self.held()
            if held.unit is True:
                found["unit"] = units.take(way)
            if held.comparator:
                found["comparator"] = signs.take(way)
            found["doubted"] = pa.array(good & doubts[self._way])
        for end, name in self._limit_columns().items():
            texts = self._table.columns[name]
            limits = pa.array([self._limit(text, name) for text in texts.different], pa.float64())
            found[end] = limits.take(pa.array(texts.codes))
        return {f"{self.name} {end}": one for end, one in found.items()}

    def _limit(self, text: str, name: str) -> float | None:
        read = limit_of(text, self._mapping.decimal) if text else None
        if read is not None and len(Decimal(read).as_tuple().digits) > _DIGITS:
            raise SlowTable("slow_digits", column=name)
        return None if read is None else float(Decimal(read))

    def _type(self) -> Any:
        import pyarrow as pa

        if self._row.kind in _NUMBERS:
            return pa.float64()
        return pa.bool_() if self._row.kind is Kind.BOOLEAN else pa.string()

    def _reason(self, nobody: NDArray[np.bool_]) -> NDArray[np.int8]:
        """The first reason of each line, in the order of the row-by-row reader; 0 for a fact."""
        import numpy as np

        before = [CODES[one] if isinstance(one, Reason) else 0 for one, _ in self._said]
        after = [CODES[one] if isinstance(one, Reason) else 0 for _, one in self._said]
        first = np.array(before, dtype=np.int8)[self._way]
        last = np.array(after, dtype=np.int8)[self._way]
        when = np.zeros(len(self._way), dtype=np.int8)
        for moments, codes in self._times:
            reasons = [CODES[one] if isinstance(one, Reason) else 0 for one in moments]
            own = np.array(reasons or [0], dtype=np.int8)[codes]
            when = own if moments is self._times[0][0] else np.where(when == 0, 0, own)
        found = np.where(first != 0, first, np.where(when != 0, when, last))
        return np.where(nobody, CODES[Reason.NO_PATIENT], found).astype(np.int8)

    def _moment_columns(self) -> tuple[NDArray[Any], ...]:
        """First and last day, instant; and where there is none of these."""
        import numpy as np

        size = len(self._way)
        days, ends, instants = (np.zeros(size, dtype=np.int64) for _ in range(3))
        undated, untimed = np.ones(size, dtype=bool), np.ones(size, dtype=bool)
        for moments, codes in reversed(self._times):
            if not moments:
                continue
            known = [one if isinstance(one, Moment) else None for one in moments]
            there = np.array([one is not None for one in known], dtype=bool)[codes]
            timed = np.array([one is not None and one.has_time for one in known], dtype=bool)[codes]
            for kept, values in (
                (days, [(one.day - _EPOCH).days if one else 0 for one in known]),
                (ends, [(one.last_day - _EPOCH).days if one else 0 for one in known]),
                (instants, [_micro(one) if one else 0 for one in known]),
            ):
                kept[there] = np.array(values, dtype=np.int64)[codes][there]
            undated &= ~there
            untimed[there] = ~timed[there]
        return days, ends, instants, undated, untimed

    def held(self) -> Held:
        """What the columns hold."""
        said = {one for pair in self._said for one in pair if isinstance(one, Reason)}
        said |= {one for moments, _ in self._times for one in moments if isinstance(one, Reason)}
        known = [one for moments, _ in self._times for one in moments if isinstance(one, Moment)]
        facts = [one for _, one in self._said if isinstance(one, Fact)]
        quantity = self._row.kind is Kind.QUANTITY
        units = {one.unit for one in facts if one.unit is not None} if quantity else set()
        limits = self._limit_columns()
        return Held(
            column=self._column,
            reasons=sorted({Reason.NO_PATIENT, *said}, key=lambda one: CODES[one]),
            unit=UNITS[units.pop()] if len(units) == 1 else bool(units),
            comparator=quantity and any(one.comparator for one in facts),
            low="low" in limits,
            high="high" in limits,
            doubted=quantity,
            spans=any(one.day != one.last_day for one in known),
            timed=any(one.has_time for one in known),
        )

    def unfit(self, nobody: NDArray[np.bool_]) -> Counter[str]:
        """The units that were not taken, with the lines where that is the reason."""
        import numpy as np

        reason = self._reason(nobody)
        wrong = np.isin(reason, [CODES[Reason.UNKNOWN_UNIT], CODES[Reason.UNFIT_UNIT]])
        counts = np.bincount(self._way[wrong], minlength=len(self._ways))
        found = Counter[str]()
        for way, (said, read), count in zip(self._ways, self._said, counts.tolist(), strict=True):
            if count and isinstance(said, Written):
                named = self._reader.unfit(way, self._column, said, read)
                if named is not None:
                    found[named[1]] += count
        return found


def _where(good: NDArray[np.bool_], values: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as compute

    return compute.if_else(pa.array(good), values, pa.scalar(None, type=values.type))


def _micro(moment: Moment) -> int:
    at = moment.instant
    if at is None:
        return 0
    gone = at - _START
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def _value(kind: Kind, fact: Fact | None) -> float | bool | str | None:
    if fact is None:
        return None
    if kind in _NUMBERS:
        return float(Decimal(fact.value))
    return fact.present if kind is Kind.BOOLEAN else fact.value
