"""What was measured: each variable at each visit, drawn for all people of a batch at once.

One draw decides whether a result is plain or has one flaw (`Flaw`); another puts one result in
twelve exactly on a limit that protocols use, or one step beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from trialrun.rehearse.draws import Draws
from trialrun.rehearse.portable import exp
from trialrun.rehearse.screening_population import laboratories
from trialrun.rehearse.screening_population.laboratories import Whole

Booleans = NDArray[np.bool_]


class Flaw(IntEnum):
    """What is the matter with a result; never more than one thing."""

    NONE = 0
    BELOW = 1  # "<5": under what the assay can tell
    ABOVE = 2  # ">1000"
    MONTH = 3  # only the month is known
    DUPLICATE = 4  # sent twice
    AMENDED = 5
    IN_ERROR = 6  # entered in error: does not count
    CANCELLED = 7  # has no value
    STRANGE_UNIT = 8  # a unit that the variable is not measured in
    NO_UNIT = 9
    IMPLAUSIBLE = 10  # a number that nobody can have


_FLAWS = (88.0, 1.6, 0.8, 1.6, 1.6, 1.2, 1.6, 0.9, 0.6, 0.6, 0.7)
_ON_LIMIT = 1 / 12


@dataclass(frozen=True, slots=True)
class Shape:
    """How a variable is distributed: log-normal (or normal where `log` is False), canonical units.

    `limits` are canonical values that protocols use, `multiples` are of the laboratory's own upper
    limit. `visits` are those at which it may be measured, `kept` the share of them.
    """

    median: float
    spread: float
    log: bool = True
    least: float = 0.0
    most: float = 1e9
    limits: tuple[str, ...] = ()
    multiples: tuple[str, ...] = ()
    visits: tuple[int, ...] = (0, 1, 2, 3, 4)
    kept: float = 0.85
    never: float = 0.12  # share of people who have none at all
    flawed: bool = True


SHAPES: dict[str, Shape] = {
    "creatinine": Shape(0.95, 0.38, limits=("1.5", "2"), multiples=("1", "1.5"), never=0.08),
    "total_bilirubin": Shape(0.8, 0.6, limits=("1.5", "2", "3"), multiples=("1", "1.5", "2")),
    "alt": Shape(32.0, 0.7, multiples=("1", "2", "2.5", "3"), limits=("40", "100")),
    "ast": Shape(30.0, 0.7, multiples=("1", "2", "3")),
    "platelets": Shape(55.0, 0.9, limits=("20", "50", "75", "100")),
    "anc": Shape(1.1, 0.9, limits=("0.5", "1", "1.5")),
    "wbc": Shape(4.5, 0.9, limits=("3", "20", "25", "30")),
    "haemoglobin": Shape(9.6, 0.18, limits=("8", "9", "10")),
    "spo2": Shape(96.0, 2.4, log=False, least=70, most=100, limits=("90", "92", "95")),
    "lvef": Shape(
        59.0, 9.0, log=False, least=15, most=80, limits=("45", "50"), visits=(0, 2), kept=0.6
    ),
    "ecog": Shape(1.1, 0.95, log=False, least=0, most=4, visits=(1, 2, 3), kept=0.7),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One variable at one visit, for everybody; arrays of one element a person.

    `steps` counts the assay's steps of laboratory `laboratory`; `day` is from the screening date;
    `upper` and `lower` are the printed limits in steps, 0 where none.
    """

    variable: str
    visit: int
    there: Booleans
    day: Whole
    minute: Whole
    laboratory: Whole
    steps: Whole
    upper: Whole
    lower: Whole
    flaw: Whole


@dataclass(frozen=True, slots=True)
class Visits:
    """When people came, and to which laboratory; one array a visit."""

    there: tuple[Booleans, ...]
    day: tuple[Whole, ...]
    minute: tuple[Whole, ...]
    laboratory: tuple[Whole, ...]


_SPANS = ((-60, -25, 0.5), (-20, -8, 0.7), (-7, -1, 0.9), (0, 0, 0.85), (1, 6, 0.2))


def visits(draws: Draws) -> Visits:
    """Up to five visits: two before the last week, one in it, the screening day, one after it."""
    there, day, minute, laboratory = [], [], [], []
    for first, last, kept in _SPANS:
        there.append(draws.bernoulli(kept))
        day.append(first + np.floor((last - first + 1) * draws.uniform()).astype(np.int64))
        minute.append(420 + np.floor(540 * draws.uniform()).astype(np.int64))
        laboratory.append(draws.category((45.0, 40.0, 15.0)))
    return Visits(tuple(there), tuple(day), tuple(minute), tuple(laboratory))


def measured(draws: Draws, seen: Visits, male: Booleans) -> list[Column]:
    """Every variable at every visit, in the order of the table, then of time."""
    columns: list[Column] = []
    for variable, shape in SHAPES.items():
        ever = ~draws.bernoulli(shape.never)
        columns += [
            _column(draws, seen, male, variable, shape, visit, ever) for visit in shape.visits
        ]
    return columns


def _column(
    draws: Draws,
    seen: Visits,
    male: Booleans,
    variable: str,
    shape: Shape,
    visit: int,
    ever: Booleans,
) -> Column:
    there = ever & seen.there[visit] & draws.bernoulli(shape.kept)
    laboratory, day = seen.laboratory[visit], seen.day[visit]
    value = draws.normal() * shape.spread
    drawn = shape.median + value if not shape.log else shape.median * exp(value)
    drawn = np.clip(drawn, shape.least, shape.most)
    per = np.array([float(row[variable].steps) for row in laboratories.ASSAYS])
    steps = np.rint(drawn * per[laboratory]).astype(np.int64)
    upper = laboratories.upper(variable, laboratory, male, day)
    steps = _on_limits(draws, shape, variable, laboratory, upper, steps)
    flaw = draws.category(_FLAWS)
    if variable == "ecog":  # a level has no comparator and no unit to mistake
        flaw = np.where(np.isin(flaw, (1, 2, 8, 9, 10)), 0, flaw)
    return Column(
        variable=variable,
        visit=visit,
        there=there,
        day=day,
        minute=seen.minute[visit],
        laboratory=laboratory,
        steps=steps,
        upper=upper,
        lower=laboratories.lower(variable, laboratory, male, day),
        flaw=flaw,
    )


def _on_limits(
    draws: Draws,
    shape: Shape,
    variable: str,
    laboratory: Whole,
    upper: Whole,
    steps: Whole,
) -> Whole:
    """One in twelve exactly on a limit, or a step below or above it."""
    places: list[Whole] = []
    for limit in shape.limits:
        exact = [Fraction(limit) * row[variable].steps for row in laboratories.ASSAYS]
        table = np.array([int(one) if one.denominator == 1 else 0 for one in exact])
        places.append(table[laboratory])
    for multiple in shape.multiples:
        many = Fraction(multiple)
        places.append(upper * many.numerator // many.denominator)
    draw = draws.uniform()
    if not places:
        return steps
    # One draw says both whether and which: its place within [0, _ON_LIMIT) is uniform again.
    which = np.floor(draw / _ON_LIMIT * len(places) * 3).astype(np.int64)
    at = np.stack(places)[np.clip(which // 3, 0, len(places) - 1), np.arange(draws.count)]
    chosen = (draw < _ON_LIMIT) & (at > 0)
    return np.where(chosen, np.maximum(at + which % 3 - 1, 0), steps)
