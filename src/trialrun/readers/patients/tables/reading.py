"""One cell of a table, by its mapping: a fact, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trialrun.readers.patients.statement import Statement, fact_of
from trialrun.readers.patients.tables.cells import EMPTY
from trialrun.readers.patients.tables.dates import Dates
from trialrun.readers.patients.tables.mapping import Column, Mapping
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

_NOT_COUNTED = {
    "entered-in-error": Reason.ENTERED_IN_ERROR,
    "entered in error": Reason.ENTERED_IN_ERROR,
    "cancelled": Reason.CANCELLED,
    "canceled": Reason.CANCELLED,
}
_UNFIT = {Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT}
Texts = dict[str, str]  # of a line, by column


@dataclass(frozen=True, slots=True)
class Written:
    """What a cell says once its words are translated; a date as `Moment` writes it."""

    text: str
    as_it_is: bool  # not translated: in a column of numbers it is one


class CellReader:
    """The cells of one table. `numbers` are the columns that hold numbers and no text."""

    def __init__(self, mapping: Mapping, numbers: frozenset[str] = frozenset()) -> None:
        self._mapping = mapping
        self._numbers = numbers
        self._dates = Dates(mapping)
        self._born = next((one.name for one in mapping.columns if one.variable == "birth_date"), "")

    def status(self, line: Texts) -> Reason | None:
        """Why a line does not count, by its column of states."""
        named = self._mapping.status_column
        return _NOT_COUNTED.get(line.get(named, "").casefold()) if named else None

    def written(self, column: Column, text: str) -> Written | Reason:
        """What stands in a cell, if anything does."""
        if text.casefold() in EMPTY:
            return Reason.NO_VALUE
        kind = variable(column.variable).kind
        as_it_is = kind is Kind.QUANTITY and text not in column.values
        text = column.values.get(text, text)
        if kind is Kind.DATE:
            at = self._dates.moment(text)
            if at is None:
                return Reason.BAD_DATE
            text = at.text
        return Written(text, as_it_is)

    def at(self, line: Texts, column: Column, written: Written) -> Moment | Reason:
        """The date of a cell. Birth is dated by itself, and sex is known from birth on."""
        if column.variable == "birth_date":
            return Moment(written.text)
        if column.variable == "sex" and not column.date and self._born:
            born = self._dates.moment(line.get(self._born, ""))
            if born is not None:
                return born
        named = column.date or self._mapping.date
        return self.dated(line[named]) if named else self._mapping.at or Reason.NO_DATE

    def dated(self, text: str) -> Moment | Reason:
        """What a column of dates says."""
        if text.casefold() in EMPTY:
            return Reason.NO_DATE
        return self._dates.moment(text) or Reason.BAD_DATE

    def fact(
        self, line: Texts, column: Column, written: Written, at: Moment, name: str, source: str
    ) -> Fact | Reason:
        """The fact of a cell that says something and has a date."""
        mapping = self._mapping
        stands_in = mapping.value_column if mapping.form == "long" else column.name
        value = self._typed(stands_in, written.text) if written.as_it_is else written.text
        said = Statement(
            id=name,
            value=value,
            unit=self.unit(line, column),
            comparator=line.get(mapping.comparator_column, "") if mapping.comparator_column else "",
            at=at,
            source=source,
            low=self._limit(line, column.low_column or mapping.low_column),
            high=self._limit(line, column.high_column or mapping.high_column),
            decimal=mapping.decimal,
        )
        return fact_of(variable(column.variable), said)

    def unit(self, line: Texts, column: Column) -> str:
        """The unit of a cell as it is written, in its line or in the mapping."""
        return line.get(column.unit_column or self._mapping.unit_column, "") or column.unit

    def unfit(
        self, line: Texts, column: Column, written: Written, read: Fact | Reason
    ) -> tuple[str, str] | None:
        """The variable and the unit that was not taken, where that is the reason."""
        if read not in _UNFIT:
            return None
        return column.variable, self.unit(line, column) or written.text

    def died(self, line: Texts) -> str:
        """The date of death, `yes` where only the death is known, or nothing."""
        text = line.get(self._mapping.died, "") if self._mapping.died else ""
        if text.casefold() in EMPTY | {"0", "false", "no", "alive"}:
            return ""
        at = self._dates.moment(text)
        return "yes" if at is None else at.text[:10]

    def _limit(self, line: Texts, name: str) -> str | Decimal | None:
        text = line.get(name, "")
        return self._typed(name, text) if text else None

    def _typed(self, name: str, text: str) -> str | Decimal:
        """A number of a column of numbers is one: no sign in it is in question."""
        typed = name in self._numbers and text not in EMPTY
        return Decimal(text) if typed else text
