"""The facts of a batch of people as arrays, without an object a fact: for measuring engines.

The same facts as `truth.facts` gives; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialrun.rehearse.portable import Floats
from trialrun.rehearse.screening_population import laboratories
from trialrun.rehearse.screening_population.laboratories import Whole
from trialrun.rehearse.screening_population.measured import Column, Flaw
from trialrun.rehearse.screening_population.population import Batch, mistyped

_SET_ASIDE = (Flaw.IN_ERROR, Flaw.CANCELLED, Flaw.STRANGE_UNIT, Flaw.NO_UNIT)


@dataclass(frozen=True, slots=True)
class Rows:
    """Facts of one variable, in one unit; arrays of one element a fact.

    `person` is the person's number; `day` counts from the screening date, `minute` within the day
    (−1: not known); `month` says that only the month is known. `value` is the number, or 1 and 0;
    `low` and `high` are NaN where none is printed. `comparator`: 0 none, 1 "<", 2 ">".
    """

    variable: str
    unit: str | None
    visit: int
    person: Whole
    value: Floats
    day: Whole
    minute: Whole
    month: NDArray[np.bool_]
    comparator: Whole
    low: Floats
    high: Floats


def long_rows(batch: Batch) -> Iterator[Rows]:
    """Results, then findings; sex and birth stand in the batch itself."""
    for column in batch.columns:
        kept = column.there & ~np.isin(column.flaw, _SET_ASIDE)
        for laboratory in range(len(laboratories.NAMES)):
            where = np.flatnonzero(kept & (column.laboratory == laboratory))
            if len(where):
                yield _results(batch, column, laboratory, where)
    for history in batch.histories:
        where = np.flatnonzero(history.said & (history.flaw != 2))
        none = np.full(len(where), np.nan)
        yield Rows(
            variable=history.variable,
            unit=None,
            visit=0,
            person=batch.first + where,
            value=history.present[where].astype(np.float64),
            day=history.day[where],
            minute=np.full(len(where), -1),
            month=history.flaw[where] == 1,
            comparator=np.zeros(len(where), dtype=np.int64),
            low=none,
            high=none,
        )


def _results(batch: Batch, column: Column, laboratory: int, where: Whole) -> Rows:
    assay = laboratories.ASSAYS[laboratory][column.variable]
    flaw, steps = column.flaw[where], column.steps[where]
    wrong = flaw == Flaw.IMPLAUSIBLE
    steps = np.where(wrong, np.maximum(steps, 1) * mistyped(column.variable), steps)
    # An integer over a power of ten rounds to the double that the decimal is read as.
    scale = float(10**assay.decimals)
    month = flaw == Flaw.MONTH
    return Rows(
        variable=column.variable,
        unit=assay.unit,
        visit=column.visit,
        person=batch.first + where,
        value=steps / scale,
        day=column.day[where],
        minute=np.where(month, -1, column.minute[where]),
        month=month,
        comparator=np.where(flaw == Flaw.BELOW, 1, np.where(flaw == Flaw.ABOVE, 2, 0)),
        low=_limit(column.lower[where], scale),
        high=_limit(column.upper[where], scale),
    )


def _limit(steps: Whole, scale: float) -> Floats:
    return np.where(steps > 0, steps / scale, np.nan)
