"""A table with its mapping as a source of patients."""

from __future__ import annotations

from collections.abc import Iterator
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
from trialrun.readers.patients.statement import doubted
from trialrun.readers.patients.tables.lines import Line, lines_of, numbers_of
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tables.reading import CellReader
from trialrun.readers.patients.tables.staged import MANY, StagedTable
from trialrun.readers.patients.tables.typed import Slow
from trialrun.readers.patients.tables.wide import open_wide
from trialrun.readers.patients.tables.wide_text import open_texts
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.vocabulary.fact import Fact

if TYPE_CHECKING:
    from trialrun.criteria.columns.population import Wide


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

    @cached_property
    def _wide(self) -> StagedTable | Slow | None:
        opened = open_wide if self._parquet else open_texts
        return opened(self._path, self._mapping)

    @property
    def at_once(self) -> bool:
        """Whether it is a wide table of so many that all together are sooner counted."""
        return isinstance(self._wide, StagedTable) and self._wide.rows >= MANY

    @property
    def simulated(self) -> bool:
        """Whether all codes say so, where they are known at once."""
        return isinstance(self._wide, StagedTable) and self._wide.simulated

    @cached_property
    def _cells(self) -> CellReader:
        numbers = numbers_of(self._path) if self._parquet else frozenset()
        return CellReader(self._mapping, numbers)

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
        if not isinstance(self._wide, StagedTable):
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
            died = died or self._cells.died(line)
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
        cells = self._cells
        if not code:
            return Reason.NO_PATIENT
        status = cells.status(line)
        if status is not None:
            return status
        written = cells.written(column, text)
        if isinstance(written, Reason):
            return written
        at = cells.at(line, column, written)
        if isinstance(at, Reason):
            return at
        where = f"{self._unit} {number}, {column.name}"
        name, source = f"{where}, {column.variable}", f"{self._path.name}, {where}"
        read = cells.fact(line, column, written, at, name, source)
        unfit = cells.unfit(line, column, written, read)
        if unfit is not None:
            self.tally.units[unfit] += 1
        return read
