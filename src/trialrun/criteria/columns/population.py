"""What the columns engine is given: facts in long or wide form, the people, and their anchors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

import ibis.expr.types as ir

from trialrun.criteria.columns.windows import When, constant, microseconds
from trialrun.errors import InputError
from trialrun.values.moment import Moment
from trialrun.values.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The columns of a moment: a date; with `last_day`, the last day that it may be; with
    `instant`, a timestamp in UTC where the time of day is known.
    """

    first_day: str
    last_day: str | None = None
    instant: str | None = None

    def when(self, table: ir.Table) -> When:
        """These columns of a table."""
        first = table[self.first_day].epoch_days()
        last = first if self.last_day is None else table[self.last_day].epoch_days()
        instant = None if self.instant is None else microseconds(table[self.instant])
        return When(first=first, last=last, instant=instant)


Anchor: TypeAlias = Moment | Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A table of facts, one a row: `patient`, `variable`, `value` (a number, a level, 1 or 0) and
    `first_day`; where there are such facts also `text` (a coded value, the text of a date), `unit`
    (UCUM; null: the variable's own), `comparator`, `last_day`, `instant` (UTC), `low` and `high`.

    A column that is not there says that no fact has it; without `last_day` and `instant` the
    engine takes its fast way. `keys` says what `variable` holds, where that is not the names.
    Every variable stands in one table only.
    """

    table: ir.Table
    keys: Mapping[str, Sequence[object]] | None = None

    def __post_init__(self) -> None:
        for name in ("patient", "variable", "value", "first_day"):
            if name not in self.table.columns:
                raise InputError(f"a table of facts has no column {name!r}")

    def column(self, name: str) -> ir.Value | None:
        """The column of this name, if there is one."""
        return self.table[name] if name in self.table.columns else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """Facts in rows. `people` has each `patient` once, and the columns that `anchors` name.

    `judgements` are signed: rows of `patient`, `criterion`, `met` (True: does not stand in the
    way). `as_of` is the moment for which eligibility is asked.
    """

    facts: Sequence[Facts]
    people: ir.Table
    anchors: Mapping[str, Anchor] = field(default_factory=lambda: MappingProxyType({}))
    judgements: ir.Table | None = None
    as_of: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of one variable in a table with a row for each patient.

    `value` is a number, a level, a boolean, a coded value or a date. `unit` is one unit, or the
    name of a column of UCUM codes; None: the variable's own. Without `at` the value lies in no
    window.
    """

    value: str
    unit: Unit | str | None = None
    comparator: str | None = None
    low: str | None = None
    high: str | None = None
    at: Dated | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """One row a patient: the columns of each variable, each with at most one fact a patient."""

    table: ir.Table
    columns: Mapping[str, Columns]
    anchors: Mapping[str, Anchor] = field(default_factory=lambda: MappingProxyType({}))
    judgements: ir.Table | None = None
    as_of: Moment | None = None
    patient: str = "patient"


Population: TypeAlias = Long | Wide


def anchored(anchors: Mapping[str, Anchor], table: ir.Table) -> dict[str, When]:
    """The anchors as columns of a table that has what they name."""
    return {
        name: constant(anchor) if isinstance(anchor, Moment) else anchor.when(table)
        for name, anchor in anchors.items()
    }
