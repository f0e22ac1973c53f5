"""What participants were given, when and how much: the only thing that drives the model.

Days are decimal days from the first planned infusion (day 0.0 is its clock time). A drug acts from
its time on as one amount: give the time at which the administration ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from trialrun.errors import InputError
from trialrun.rehearse.nk_aml.participants import Participants
from trialrun.rehearse.portable import Floats


class Agent(Enum):
    """What the model knows the effect of; the value is its code in `Doses`."""

    FLUDARABINE = 0  # mg of the phosphate
    CYCLOPHOSPHAMIDE = 1  # mg
    NK_CELLS = 2  # viable CD3−CD56+ cells per kg of body weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One administration to one participant, by the participant's place in the arrays."""

    participant: int
    day: float
    agent: Agent
    amount: float  # mg, or cells/kg


@dataclass(frozen=True, slots=True)
class Doses:
    """Administrations in order of time, as arrays; made by `doses_of` or `planned_doses`."""

    participant: NDArray[np.int64]
    day: Floats
    agent: NDArray[np.int64]
    amount: Floats

    def between(self, start: float, end: float) -> Doses:
        """Those with start ≤ day < end."""
        first, last = np.searchsorted(self.day, [start, end], side="left")
        return self._rows(slice(int(first), int(last)))

    def of(self, first: int, last: int) -> Doses:
        """Those of participants first … last − 1, who become 0, 1, 2, …"""
        chosen = (self.participant >= first) & (self.participant < last)
        rows = self._rows(chosen)
        return Doses(rows.participant - first, rows.day, rows.agent, rows.amount)

    def _rows(self, which: slice | NDArray[np.bool_]) -> Doses:
        return Doses(
            self.participant[which], self.day[which], self.agent[which], self.amount[which]
        )


def _doses(
    participant: NDArray[np.int64], day: Floats, agent: NDArray[np.int64], amount: Floats
) -> Doses:
    """In order of time, then participant, then agent; what was not given (amount 0) is no dose."""
    if not (np.isfinite(day).all() and np.isfinite(amount).all() and (amount >= 0).all()):
        raise InputError(
            "a dose has a negative or unknown amount or day",
            remedy="Give the actual amount in mg or cells/kg; leave out what was not given.",
        )
    given = np.flatnonzero(amount > 0)
    order = given[np.lexsort((agent[given], participant[given], day[given]))]
    return Doses(participant[order], day[order], agent[order], amount[order])


def doses_of(doses: Iterable[Dose]) -> Doses:
    """Administrations one by one, in any order."""
    rows = tuple(doses)
    return _doses(
        np.array([one.participant for one in rows], dtype=np.int64),
        np.array([one.day for one in rows], dtype=np.float64),
        np.array([one.agent.value for one in rows], dtype=np.int64),
        np.array([one.amount for one in rows], dtype=np.float64),
    )


NO_DOSES = doses_of(())


@dataclass(frozen=True, slots=True, kw_only=True)
class Regimen:
    """Doses as a protocol plans them, the same for all: per m², per kg, on days."""

    fludarabine: float = 0.0  # mg/m2
    fludarabine_days: tuple[float, ...] = ()
    cyclophosphamide: float = 0.0  # mg/m2
    cyclophosphamide_per_kg: float = 0.0  # mg/kg
    cyclophosphamide_days: tuple[float, ...] = ()
    nk_cells: float = 0.0  # viable CD3−CD56+ cells/kg, each infusion
    nk_days: tuple[float, ...] = ()


def planned_doses(people: Participants, regimen: Regimen) -> Doses:
    """What each participant gets if all goes as planned, unrounded."""
    cyclophosphamide = (
        regimen.cyclophosphamide * people.surface + regimen.cyclophosphamide_per_kg * people.weight
    )
    plan = (
        (Agent.FLUDARABINE, regimen.fludarabine * people.surface, regimen.fludarabine_days),
        (Agent.CYCLOPHOSPHAMIDE, cyclophosphamide, regimen.cyclophosphamide_days),
        (Agent.NK_CELLS, np.full(people.count, regimen.nk_cells), regimen.nk_days),
    )
    rows = [(agent, amount, day) for agent, amount, days in plan for day in days]
    if not rows:
        return NO_DOSES
    return _doses(
        np.tile(np.arange(people.count, dtype=np.int64), len(rows)),
        np.concatenate([np.full(people.count, float(day)) for _, _, day in rows]),
        np.repeat(np.array([agent.value for agent, _, _ in rows], dtype=np.int64), people.count),
        np.concatenate([amount for _, amount, _ in rows]),
    )
