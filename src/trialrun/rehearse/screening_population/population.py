"""Drawing people: seeded, the same on every machine, each person from a stream of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from trialrun.errors import InputError
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.screening_population import laboratories
from trialrun.rehearse.screening_population.history import VARIABLES, History, histories
from trialrun.rehearse.screening_population.laboratories import Whole
from trialrun.rehearse.screening_population.measured import (
    SHAPES,
    Column,
    Flaw,
    measured,
    visits,
)
from trialrun.rehearse.screening_population.person import (
    SCREENING,
    Finding,
    Person,
    Reading,
    day_text,
)

MOST = 10_000_000
ALL_VARIABLES = ("weight", "height", *SHAPES, *VARIABLES)
_BATCH = 500
# By how much an implausible number is too large, so that nobody can have it.
_MISTYPED = {"height": 10, "spo2": 10, "lvef": 20, "weight": 100, "creatinine": 1000,
             "total_bilirubin": 1000}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive people, column by column; `first` is the number of the first one."""

    first: int
    male: NDArray[np.bool_]
    birth: tuple[str, ...]
    columns: tuple[Column, ...]
    histories: tuple[History, ...]


def code(number: int) -> str:
    """`SIM-0000007`: no hospital has such numbers."""
    return f"SIM-{number:07d}"


def people(seed: int, count: int, *, first: int = 1) -> Iterator[Person]:
    """`count` people from number `first` on: the same for a seed however they are asked for."""
    for batch in batches(seed, count, first=first):
        yield from _people(batch)


def batches(seed: int, count: int, *, first: int = 1, size: int = _BATCH) -> Iterator[Batch]:
    """The same people, as arrays."""
    if seed < 0 or not 0 <= count <= MOST or first < 1:
        raise InputError(
            f"seed {seed}, {count} people from number {first} on cannot be drawn",
            remedy=f"Give a seed from 0 on, and 0 to {MOST} people from number 1 on.",
        )
    for start in range(first, first + count, size):
        yield _drawn(seed, start, min(size, first + count - start))


def _drawn(seed: int, first: int, count: int) -> Batch:
    draws = Draws.of_trial(seed, range(first, first + count), Purpose.SCREENING)
    male = draws.bernoulli(0.55)
    birth = _births(draws)
    child = np.array([SCREENING.year - int(text[:4]) < 18 for text in birth])
    seen = visits(draws)
    columns = [*_body(draws, seen.day[1], seen.laboratory[1], male, child, birth)]
    columns += measured(draws, seen, male)
    return Batch(first, male, birth, tuple(columns), tuple(histories(draws)))


def _births(draws: Draws) -> tuple[str, ...]:
    """Ages 1 to 95; some have a birthday that matters on the screening date or next to it."""
    kind = draws.category((86.0, 5.0, 6.0, 2.0, 1.0))  # adult, child, birthday, month, year
    adult = np.clip(np.floor(365.25 * (62.0 + 15.0 * draws.normal())), 6575, 34_900)
    child = np.floor(365.25 + 6200 * draws.uniform())
    round_age = np.array([18, 60, 65, 70, 75])[draws.category((3.0, 1.0, 1.0, 2.0, 1.0))]
    beside = draws.category((1.0, 2.0, 1.0)) - 1
    texts = []
    for i in range(draws.count):
        if kind[i] == 2:
            on = SCREENING.replace(year=SCREENING.year - int(round_age[i]))
            born = on + timedelta(days=int(beside[i]))
        else:
            born = SCREENING - timedelta(days=int(child[i] if kind[i] == 1 else adult[i]))
        texts.append(born.isoformat()[: {3: 7, 4: 4}.get(int(kind[i]), 10)])
    return tuple(texts)


def _body(
    draws: Draws,
    day: Whole,
    laboratory: Whole,
    male: NDArray[np.bool_],
    child: NDArray[np.bool_],
    birth: tuple[str, ...],
) -> Iterator[Column]:
    """Weight and height, once, at the second visit."""
    years = np.array([SCREENING.year - int(text[:4]) for text in birth], dtype=np.float64)
    height = np.where(male, 175.0, 162.0) + 7.0 * draws.normal()
    height = np.where(child, 76.0 + 5.6 * years + 4.0 * draws.normal(), height)
    weight = (height / 100) * (height / 100) * (24.5 + 4.0 * draws.normal())
    weight = np.where(child, weight * 0.72, weight)
    none = np.zeros(draws.count, dtype=np.int64)
    for variable, values in (("weight", weight), ("height", height)):
        steps = np.array([float(row[variable].steps) for row in laboratories.ASSAYS])
        flaw = draws.category((94.0, 2.0, 2.0, 2.0))
        yield Column(
            variable=variable,
            visit=1,
            there=draws.bernoulli(0.94),
            day=day,
            minute=none - 1,
            laboratory=laboratory,
            steps=np.rint(np.maximum(values, 5.0) * steps[laboratory]).astype(np.int64),
            upper=none,
            lower=none,
            flaw=np.array([Flaw.NONE, Flaw.DUPLICATE, Flaw.IN_ERROR, Flaw.IMPLAUSIBLE])[flaw],
        )


def _people(batch: Batch) -> Iterator[Person]:
    count = len(batch.birth)
    readings: list[list[Reading]] = [[] for _ in range(count)]
    findings: list[list[Finding]] = [[] for _ in range(count)]
    for column in batch.columns:
        _readings(batch.first, column, readings)
    for history in batch.histories:
        where = np.flatnonzero(history.said)
        for i in where.tolist():
            at = day_text(int(history.day[i]))
            flaw = int(history.flaw[i])
            findings[i].append(
                Finding(
                    id=f"{code(batch.first + i)}-{history.variable.replace('_', '-')}",
                    variable=history.variable,
                    present=bool(history.present[i]),
                    at=at[:7] if flaw == 1 else at,
                    in_error=flaw == 2,
                )
            )
    for i in range(count):
        yield Person(
            code=code(batch.first + i),
            number=batch.first + i,
            sex="male" if batch.male[i] else "female",
            birth=batch.birth[i],
            readings=tuple(readings[i]),
            findings=tuple(findings[i]),
        )


def _readings(first: int, column: Column, into: list[list[Reading]]) -> None:
    variable = column.variable
    name = variable.replace("_", "-")  # an id of FHIR has no underscore
    rows = [row[variable] for row in laboratories.ASSAYS]
    where = np.flatnonzero(column.there)
    arrays = (
        column.day, column.minute, column.laboratory, column.steps, column.upper, column.lower,
        column.flaw,
    )  # fmt: skip
    for i, *values in zip(where.tolist(), *(one[where].tolist() for one in arrays), strict=True):
        day, minute, laboratory, steps, upper, lower, number = values
        assay, flaw = rows[laboratory], Flaw(number)
        reading = Reading(
            id=f"{code(first + i)}-{name}-{column.visit}",
            variable=variable,
            value=laboratories.text(shown(steps, flaw, variable), assay.decimals),
            unit=written_unit(assay.unit, flaw),
            comparator={Flaw.BELOW: "<", Flaw.ABOVE: ">"}.get(flaw, ""),
            at=moment(day, minute, flaw),
            low=laboratories.text(lower, assay.decimals) if lower else "",
            high=laboratories.text(upper, assay.decimals) if upper else "",
            laboratory=laboratories.NAMES[laboratory],
            flaw=flaw,
        )
        into[i].append(reading)
        if flaw is Flaw.DUPLICATE:
            into[i].append(replace(reading, id=f"{reading.id}-again"))


def shown(steps: int, flaw: Flaw, variable: str) -> int:
    """What is printed: a number that nobody can have where the flaw says so."""
    if flaw is not Flaw.IMPLAUSIBLE:
        return steps
    return max(steps, 1) * mistyped(variable)


def mistyped(variable: str) -> int:
    """How many times too large an implausible number of this variable is."""
    return _MISTYPED.get(variable, 10_000_000)


def written_unit(unit: str, flaw: Flaw) -> str:
    """The unit as sent."""
    if flaw is Flaw.STRANGE_UNIT:
        return "[arb'U]/L"
    return "" if flaw is Flaw.NO_UNIT else unit


def moment(day: int, minute: int, flaw: Flaw) -> str:
    """When it was taken: a date, its month, or a time of day in UTC."""
    text = day_text(day)
    if flaw is Flaw.MONTH:
        return text[:7]
    if minute < 0:
        return text
    return f"{text}T{minute // 60:02d}:{minute % 60:02d}:00Z"
