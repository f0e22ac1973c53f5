"""Carrying simulated participants through time: in one go, or day by day with the same bits.

The grid of steps is fixed from the first day; inside a step each participant's own doses split it
for that participant alone (for the others the extra parts have length zero and change nothing). So
a participant's course does not depend on who else is simulated, on how a run is cut into parts, or
on when somebody looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from trialrun.errors import InputError
from trialrun.rehearse.nk_aml.dosing import Agent, Doses
from trialrun.rehearse.nk_aml.equations import Equations, Levels
from trialrun.rehearse.nk_aml.parameters import Parameters
from trialrun.rehearse.nk_aml.participants import Participants
from trialrun.rehearse.portable import Floats

STEP = 0.25  # days
# Participants carried together: enough to hide the cost of a call, few enough for the cache.
BATCH = 5000


@dataclass(frozen=True, slots=True)
class State:
    """Where some participants stand on a day; what `advance` takes and gives."""

    day: float
    levels: Levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectories:
    """Levels at each of `days` (rows) of each participant (columns), before that moment's doses."""

    days: tuple[float, ...]
    lymphocytes: Floats  # host, per µL
    donor_nk: Floats  # per µL
    blasts: Floats  # fraction of the marrow
    neutrophils: Floats  # 1e9/L
    platelets: Floats  # 1e9/L
    f_ara_a: Floats  # mg·h/L per day
    cyclophosphamide: Floats  # mg·h/L per day

    def row(self, day: float) -> int:
        """The row of a recorded day."""
        if day not in self.days:
            raise InputError(
                f"day {day:g} was not recorded", remedy="Name it in `record_at`, exactly."
            )
        return self.days.index(day)


_RECORDED = tuple(one.name for one in fields(Trajectories) if one.name != "days")


def start(people: Participants, parameters: Parameters, day: float) -> State:
    """The state on the first day, before any dose; the grid of steps starts there."""
    return State(_on_grid(day, STEP), Equations(people, parameters).start())


def advance(
    people: Participants,
    parameters: Parameters,
    state: State,
    to_day: float,
    doses: Doses,
    *,
    step: float = STEP,
) -> State:
    """The state on `to_day`, after the doses of state.day ≤ day < to_day; others are not looked at.

    Both days lie on the grid of steps, as whole days always do.
    """
    equations = Equations(people, parameters)
    begun, ended = _on_grid(state.day, step), _on_grid(to_day, step)
    if ended < begun:
        raise InputError(f"day {to_day:g} lies before the state's day, {state.day:g}")
    return State(ended, _carry(equations, state.levels.copy(), begun, ended, step, doses))


def simulate(
    people: Participants,
    parameters: Parameters,
    doses: Doses,
    *,
    from_day: float,
    record_at: Sequence[float],
    step: float = STEP,
) -> Trajectories:
    """Levels on the days of `record_at`, which need not lie on the grid; none before `from_day`."""
    days = tuple(float(day) for day in record_at)
    _on_grid(from_day, step)
    if not days or min(days) < from_day or not all(map(math.isfinite, days)):
        raise InputError(f"levels cannot be recorded before day {from_day:g}, where they start")
    if doses.day.size and doses.day[0] < from_day:
        raise InputError(
            f"a dose on day {doses.day[0]:g} lies before the start, day {from_day:g}",
            remedy="Start the simulation before the first dose.",
        )
    recorded = {name: np.empty((len(days), people.count)) for name in _RECORDED}
    for first in range(0, people.count, BATCH):
        last = min(first + BATCH, people.count)
        part = _record(
            Equations(people.some(slice(first, last)), parameters),
            doses.of(first, last),
            from_day,
            days,
            step,
        )
        for name, values in part.items():
            recorded[name][:, first:last] = values
    return Trajectories(days=days, **recorded)


def _record(
    equations: Equations, doses: Doses, from_day: float, days: tuple[float, ...], step: float
) -> dict[str, Floats]:
    """One batch: along the grid, with a side path to each moment off it."""
    levels, now = equations.start(), from_day
    seen = {name: np.empty((len(days), equations.people.count)) for name in _RECORDED}
    for place in sorted(range(len(days)), key=lambda place: days[place]):
        below = math.floor(days[place] / step) * step
        levels = _carry(equations, levels, now, below, step, doses)
        now, looked_at = below, levels
        if days[place] > now:
            inside = doses.between(now, days[place])
            looked_at, _ = _through(equations, levels.copy(), now, days[place], inside, None)
        for name, values in _measured(equations, looked_at).items():
            seen[name][place] = values
    return seen


def _measured(equations: Equations, levels: Levels) -> dict[str, Floats]:
    return {
        "lymphocytes": equations.lymphocytes(levels),
        "donor_nk": levels.grown[0],
        "blasts": levels.grown[1],
        "neutrophils": levels.transit[0, 3],
        "platelets": levels.transit[1, 3],
        "f_ara_a": levels.f,
        "cyclophosphamide": levels.c,
    }


def _on_grid(day: float, step: float) -> float:
    """The day, if the grid of steps has it."""
    if not (0 < step <= 1 and math.frexp(step)[0] == 0.5):
        raise InputError(
            f"a step of {step!r} days", remedy="A step is 1, 1/2, 1/4, 1/8, … of a day."
        )
    if not day / step == math.floor(day / step):
        raise InputError(
            f"day {day!r} is no whole number of steps of {step:g} d from day 0",
            remedy="Start and advance by whole days.",
        )
    return float(day)


def _carry(
    equations: Equations, levels: Levels, now: float, to_day: float, step: float, doses: Doses
) -> Levels:
    """The levels at a later moment of the grid, with the doses that fall in between."""
    fixed = equations.stretch(np.array([step]))
    lymphocytes: Floats | None = None
    for number in range(round((to_day - now) / step)):
        begun, ended = now + number * step, now + (number + 1) * step
        inside = doses.between(begun, ended)
        if inside.day.size:
            levels, lymphocytes = _through(equations, levels, begun, ended, inside, lymphocytes)
            continue
        if lymphocytes is None:
            lymphocytes = equations.lymphocytes(levels)
        lymphocytes = equations.step(levels, fixed, lymphocytes)
    return levels


def _through(
    equations: Equations,
    levels: Levels,
    begun: float,
    ended: float,
    doses: Doses,
    lymphocytes: Floats | None,
) -> tuple[Levels, Floats]:
    """The levels at the end of one step, split at each participant's own doses."""
    if lymphocytes is None:
        lymphocytes = equations.lymphocytes(levels)
    n = equations.people.count
    now = np.full(n, begun)
    for day, jumps in _rounds(equations, doses, n, ended):
        lymphocytes = equations.step(levels, equations.stretch(day - now), lymphocytes)
        levels.f = levels.f + jumps[Agent.FLUDARABINE.value]
        levels.c = levels.c + jumps[Agent.CYCLOPHOSPHAMIDE.value]
        levels.grown[0] += jumps[Agent.NK_CELLS.value]
        now = day
    return levels, equations.step(levels, equations.stretch(ended - now), lymphocytes)


def _rounds(
    equations: Equations, doses: Doses, n: int, ended: float
) -> list[tuple[Floats, Floats]]:
    """The first dose of each participant, the second, …: (their days, what they add to f, c, D).

    Somebody without a further dose waits at the step's end and gets nothing.
    """
    scale = np.stack(
        [equations.f_per_mg, equations.c_per_mg, equations.nk_per_dose]
    )  # by the agent's code
    by_participant = np.argsort(doses.participant, kind="stable")  # each one's in order of time
    theirs = doses.participant[by_participant]
    turn = np.empty(len(theirs), dtype=np.int64)
    turn[by_participant] = np.arange(len(theirs)) - np.searchsorted(theirs, theirs)
    rounds = []
    for number in range(int(turn.max(initial=-1)) + 1):
        rows = turn == number
        who, agent = doses.participant[rows], doses.agent[rows]
        day = np.full(n, ended)
        day[who] = doses.day[rows]
        jumps = np.zeros((3, n))
        jumps[agent, who] = doses.amount[rows] * scale[agent, who]
        rounds.append((day, jumps))
    return rounds
