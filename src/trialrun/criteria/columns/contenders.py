"""Which rows may hold the latest (or the first) fact of a window, where dates are not all exact.

A row is none if a fact that is surely inside is surely later. Two facts with a time of day compare
by the clock; any others by their days, so three greatest values of the patient's variable tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.windows import When, lies
from trialrun.criteria.nodes import Window


@dataclass(frozen=True, slots=True)
class Contenders:
    """Where the rows say whether they contend."""

    names: Mapping[tuple[Window | None, str], str]

    def of(
        self, rows: ir.Table, window: Window | None, pick: str
    ) -> tuple[ir.BooleanValue, ir.BooleanValue]:
        """Whether a row contends, and whether any fact surely lies in the window."""
        name = self.names[window, pick]
        return rows[name], rows[f"{name} known"]


def with_contenders(
    rows: ir.Table,
    at: When,
    anchors: Mapping[str, When],
    asked: Iterable[tuple[Window | None, str]],
) -> tuple[ir.Table, Contenders]:
    """The rows with what `Contenders` reads, for these windows and picks."""
    names: dict[tuple[Window | None, str], str] = {}
    columns: dict[str, ir.Value] = {}
    for window, pick in asked:
        name = f"{pick} {len(names)}"
        names[window, pick] = name
        columns |= _contends(rows, at, anchors, window, name, first=pick == "first")
    return rows.mutate(**columns), Contenders(names)


def all_exact(at: When, anchors: Mapping[str, When]) -> bool:
    """Whether every date is an exact day, so that the day alone tells which fact is the latest."""
    return at.exact and all(anchor.last is anchor.first for anchor in anchors.values())


def _contends(
    rows: ir.Table,
    at: When,
    anchors: Mapping[str, When],
    window: Window | None,
    name: str,
    *,
    first: bool,
) -> dict[str, ir.Value]:
    own = ibis.window(group_by=[rows.patient, rows.code])
    inside = lies(at, window, anchors)
    surely = ibis.literal(True) if inside.surely is True else ibis.coalesce(inside.surely, False)
    possibly = (
        ibis.literal(True) if inside.possibly is True else ibis.coalesce(inside.possibly, False)
    )
    # The day that tells, of the others and of this row: a fact is surely later than this one if it
    # cannot be before the day after this one's last.
    theirs, mine = (at.last, at.first) if first else (at.first, at.last)

    def end(value: ir.Value, where: ir.BooleanValue) -> ir.Value:
        found = ibis.ifelse(where, value, ibis.null(value.type()))
        return (found.min() if first else found.max()).over(own)

    def beaten(best: ir.Value, value: ir.Value) -> ir.BooleanValue:
        return ibis.coalesce(best < value if first else best > value, False)

    best_day = end(theirs, surely)
    if at.instant is None:
        lost = beaten(best_day, mine)
    else:
        instant: ir.TimestampValue = at.instant
        clocked = instant.notnull()
        by_clock = beaten(end(instant, surely & clocked), instant)
        by_day = beaten(end(theirs, surely & ~clocked), mine)
        lost = ibis.ifelse(clocked, by_clock | by_day, beaten(best_day, mine))
    return {name: possibly & ~lost, f"{name} known": best_day.notnull()}
