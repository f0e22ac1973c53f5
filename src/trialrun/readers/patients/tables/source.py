"""A table with its mapping as a source of patients."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from trialrun.errors import InputError
from trialrun.readers.patients.complete import completed
from trialrun.readers.patients.long_form import Population, write_population
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.settling import Row, settled
from trialrun.readers.patients.statement import (
    Statement,
    doubted,
    fact_of,
    moment_of,
    number_of,
)
from trialrun.readers.patients.tables.cells import EMPTY
from trialrun.readers.patients.tables.lines import Line, lines_of, numbers_of
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.typed import Slow
from trialrun.readers.patients.tables.wide import MANY, WideTable, open_wide
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    from trialrun.criteria.columns.population import Wide

_NOT_COUNTED = {
    "entered-in-error": Reason.ENTERED_IN_ERROR,
    "entered in error": Reason.ENTERED_IN_ERROR,
    "cancelled": Reason.CANCELLED,
    "canceled": Reason.CANCELLED,
}
_FORMS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d\d?)/(?P<d>\d\d?)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    "DD.MM.YYYY": r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d\d?)-(?P<m>\d\d?)-(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})",
}
# What is known to the month alone, beside 2024-05 and 2024 as they are written anywhere.
_MONTHS = {
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d\d?)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)",
    "DD.MM.YYYY": r"(?P<m>\d\d?)\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<m>\d\d?)/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<m>\d\d?)-(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d\d?)/(?P<y>\d{4})",
}
_PARTLY = re.compile(r"\d{4}(?:-\d\d)?\Z", re.ASCII)
_TIME = r"(?:[T ](?P<t>\d\d?:\d\d(?::\d\d)?)(?:\.\d+)?(?P<z>Z|[+-]\d\d:\d\d)?)?\Z"


class TableSource:
    """Patients of a CSV or Parquet file. Lines of one patient belong together wherever they are."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.tally = Tally()
        self._path = path
        self._mapping = mapping
        self._parquet = path.name.lower().endswith(".parquet")
        self._unit = "row" if self._parquet else "line"
        self._columns = {
            one.name: self._place("", mapping.to_blame(one, Reason.DUPLICATE))
            for one in mapping.columns
        }
        self._date = re.compile(_FORMS[mapping.date_form] + _TIME, re.ASCII)
        self._month = re.compile(_MONTHS.get(mapping.date_form, r"(?!)") + r"\Z", re.ASCII)

    @cached_property
    def _wide(self) -> WideTable | Slow | None:
        return open_wide(self._path, self._mapping)

    @property
    def at_once(self) -> bool:
        """Whether it is a wide Parquet table of so many that all together are sooner counted."""
        return isinstance(self._wide, WideTable) and self._wide.rows >= MANY

    @property
    def simulated(self) -> bool:
        """Whether all codes say so, where they are known at once."""
        return isinstance(self._wide, WideTable) and self._wide.simulated

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return numbers_of(self._path) if self._parquet else frozenset()

    def patients(self) -> Iterator[Patient]:
        """Every patient in the order of the table; in one pass where their lines stand together."""
        self.tally.clear()
        self._check_columns()
        if isinstance(self._wide, Slow):
            self.tally.note(self._wide.note, **dict(self._wide.values))
        yield from completed(self._read(), self._mapping, self.tally)

    def patient(self, code: str) -> tuple[Patient, Tally] | None:
        """One patient: all lines are looked at, and only theirs are read and counted."""
        own = TableSource(self._path, self._mapping)
        own._check_columns()
        lines = [numbered for numbered in self._lines() if self._code(numbered) == code]
        if not (code and lines):
            return None
        read = completed(own._patient(code, iter(lines)), self._mapping, own.tally)
        return next(read), own.tally

    def population(self, folder: Path, *, distinct: bool = True) -> Population:
        """The same facts in Parquet files of the folder."""
        return write_population(self.patients(), folder)  # equal facts are left out already

    def wide(self) -> Wide | None:
        """The same facts as one row a patient, where the table has them so; the tally is filled."""
        if not isinstance(self._wide, WideTable):
            return None
        self.tally.clear()
        self._wide.count(self.tally)
        return self._wide.population()

    def count(self) -> Tally:
        """The tally of what was read last; of nothing read yet, by reading it."""
        if not self.tally.rows:
            for _ in self.patients():
                pass
        return self.tally

    def _read(self) -> Iterator[Patient]:
        if self._together():
            for code, lines in groupby(self._lines(), key=self._code):
                yield from self._patient(code, lines)
        else:
            grouped: dict[str, list[Line]] = {}
            for numbered in self._lines():
                grouped.setdefault(self._code(numbered), []).append(numbered)
            for code, listed in grouped.items():
                yield from self._patient(code, iter(listed))

    def _lines(self) -> Iterator[Line]:
        mapping = self._mapping
        return lines_of(self._path, delimiter=mapping.delimiter, encoding=mapping.encoding)

    def _code(self, numbered: Line) -> str:
        line = numbered[1]
        return "" if line is None else line.get(self._mapping.patient, "")

    def _together(self) -> bool:
        """Whether each patient's lines stand side by side, so that one pass is enough."""
        seen: set[str] = set()
        for code, _ in groupby(self._lines(), key=self._code):
            if code in seen:
                return False
            if code:
                seen.add(code)
        return True

    def _check_columns(self) -> None:
        """Columns that are named and not there are errors; those not named are noted."""
        mapping = self._mapping
        first = next((line for _, line in self._lines() if line is not None), None)
        if first is None:
            return
        names = set(first)
        own = {mapping.patient, mapping.date, mapping.died}
        if mapping.form == "long":
            own |= {mapping.name_column, mapping.value_column}
        shared = {mapping.unit_column, mapping.low_column, mapping.high_column}
        shared |= {mapping.comparator_column, mapping.status_column}
        for column in mapping.columns:
            own |= {column.name} if mapping.form == "wide" else set()
            shared |= {column.unit_column, column.low_column, column.high_column, column.date}
        missing = sorted((own | shared) - names - {""})
        if missing:
            raise InputError(
                f"the table has no column {missing[0]!r}, which the mapping names",
                where=str(self._path),
                remedy=f"Its columns are {', '.join(sorted(names))[:400]}.",
            )
        for name in sorted(names - own - shared):
            self.tally.note("unmapped_column", column=name)

    def _patient(self, code: str, lines: Iterator[Line]) -> Iterator[Patient]:
        rows: list[Row] = []
        died, dates = "", []
        for number, line in lines:
            if line is None:
                self.tally.take("line")
                self.tally.leave("line", Reason.BROKEN_LINE, at=(self._place(number),))
                self.tally.note("broken_line", file=self._path.name)
                continue
            dates.append(line.get(self._mapping.date, ""))
            died = died or self._died(line)
            if self._mapping.form == "long":
                self._row(line, number, code, rows)
            else:
                for column in self._mapping.columns:
                    cell = self._cell(line, column, line[column.name], number, code)
                    self._placed(f"column {column.name}", cell, column, number, rows)
        if not code:
            return
        if self._mapping.form == "wide" and len(dates) > len(set(dates)):
            self.tally.repeated[code] += len(dates) - len(set(dates))
        facts = settled(rows, self.tally)
        self.tally.patients += 1
        self.tally.facts += len(facts)
        yield Patient(code=code, facts=facts, died=died)

    def _place(self, number: int | str, column: str = "") -> Place:
        return Place(self._path.name, self._unit, str(number), column)

    def _row(self, line: dict[str, str], number: int, code: str, rows: list[Row]) -> None:
        """One line of a long table: a name, its value, and the columns that it stands for."""
        mapping = self._mapping
        name = line[mapping.name_column]
        columns = [column for column in mapping.columns if column.name == name]
        if not columns:
            reason, place = Reason.UNKNOWN_CODE, self._place(number, mapping.name_column)
            self.tally.take("row")
            self.tally.leave("row", reason if name else Reason.NO_CODE, at=(place,))
            if name:
                self.tally.codes[mapping.name_column, name, ""] += 1
            return
        for column in columns:
            cell = self._cell(line, column, line[mapping.value_column], number, code)
            self._placed("row", cell, column, number, rows)

    def _placed(
        self, kind: str, cell: Fact | Reason, column: Column, number: int, rows: list[Row]
    ) -> None:
        self.tally.take(kind)
        if isinstance(cell, Reason):
            room = self.tally.room(cell)
            named = self._mapping.to_blame(column, cell) if room else ""
            self.tally.leave(kind, cell, at=(self._place(number, named),) if room else ())
            return
        if doubted(cell):
            self.tally.questioned[cell.variable] += 1
        rows.append((kind, [cell], (self._columns[column.name], number)))

    def _cell(
        self, line: dict[str, str], column: Column, text: str, number: int, code: str
    ) -> Fact | Reason:
        mapping, row = self._mapping, variable(column.variable)
        if not code:
            return Reason.NO_PATIENT
        status = line.get(mapping.status_column, "").casefold() if mapping.status_column else ""
        if status in _NOT_COUNTED:
            return _NOT_COUNTED[status]
        if text.casefold() in EMPTY:
            return Reason.NO_VALUE
        stands_in = mapping.value_column if mapping.form == "long" else column.name
        as_it_is = row.kind is Kind.QUANTITY and text not in column.values
        text = column.values.get(text, text)
        if row.kind is Kind.DATE:
            written = self._moment(text)
            if written is None:
                return Reason.BAD_DATE
            text = written.text
        at = self._at(line, column, text)
        if isinstance(at, Reason):
            return at
        unit = line.get(column.unit_column or mapping.unit_column, "") or column.unit
        said = Statement(
            id=f"{self._unit} {number}, {column.name}, {column.variable}",
            value=self._typed(stands_in, text) if as_it_is else text,
            unit=unit,
            comparator=line.get(mapping.comparator_column, "") if mapping.comparator_column else "",
            at=at,
            source=f"{self._path.name}, {self._unit} {number}, {column.name}",
            low=self._limit(line, column.low_column or mapping.low_column),
            high=self._limit(line, column.high_column or mapping.high_column),
            decimal=mapping.decimal,
        )
        read = fact_of(row, said)
        if read in {Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT}:
            self.tally.units[row.name, unit or text] += 1
        return read

    def _limit(self, line: dict[str, str], name: str) -> str | Decimal | None:
        text = line.get(name, "")
        return self._typed(name, text) if text else None

    def _typed(self, name: str, text: str) -> str | Decimal:
        """A number of a column of numbers is one: no sign in it is in question."""
        typed = name in self._numbers and text not in EMPTY
        return Decimal(text) if typed else text

    def _at(self, line: dict[str, str], column: Column, text: str) -> Moment | Reason:
        """The date of a cell. Birth is dated by itself, and sex is known from birth on."""
        if column.variable == "birth_date":
            return Moment(text)
        named = column.date or self._mapping.date
        if column.variable == "sex" and not column.date:
            born = next(
                (one for one in self._mapping.columns if one.variable == "birth_date"), None
            )
            at = self._moment(line.get(born.name, "")) if born is not None else None
            if at is not None:
                return at
        if named:
            written = line.get(named, "")
            if written.casefold() in EMPTY:
                return Reason.NO_DATE
            return self._moment(written) or Reason.BAD_DATE
        return self._mapping.at or Reason.NO_DATE

    def _moment(self, text: str) -> Moment | None:
        """A date in the declared form; a time only with its offset, in the text or declared."""
        mapping = self._mapping
        if mapping.minutes_from is not None:
            return _later(mapping.minutes_from, text)
        parted = self._date.match(text.strip())
        if parted is None:
            month = self._month.match(text.strip())
            if month is not None:
                return moment_of(f"{month['y']}-{int(month['m']):02d}")
            partly = mapping.date_form == "YYYY-MM-DD" or _PARTLY.match(text.strip())
            return moment_of(text) if partly else None
        day = f"{parted['y']}-{int(parted['m']):02d}-{int(parted['d']):02d}"
        zone = parted["z"] or mapping.utc_offset
        # Midnight without an offset is how tables write a date.
        if not parted["t"] or not zone or (parted["t"].strip("0:") == "" and not parted["z"]):
            return moment_of(day)
        return moment_of(
            f"{day}T{parted['t'].zfill(len(parted['t']) + (parted['t'][1] == ':'))}{zone}"
        )

    def _died(self, line: dict[str, str]) -> str:
        text = line.get(self._mapping.died, "") if self._mapping.died else ""
        if text.casefold() in EMPTY | {"0", "false", "no", "alive"}:
            return ""
        at = self._moment(text)
        return "yes" if at is None else at.text[:10]


def _later(start: Moment, text: str) -> Moment | None:
    """So many minutes after a moment."""
    read = number_of(text, ".")
    if isinstance(read, Reason) or read[0] or read[2] or start.instant is None:
        return None
    if abs(read[1]) > Decimal(10**9):
        return None
    try:
        at = start.instant + timedelta(minutes=int(read[1]))
    except OverflowError:
        return None
    return moment_of(at.isoformat(timespec="seconds"))
