"""The clinical layer on top of the physiology: what happens to people whose levels are such.

Everything is read off daily levels: an event falls on the first day on which its cumulative hazard
reaches a participant's own standard exponential draw. Death ends everything; a transplant ends
death of the disease and relapse, and brings a hazard of its own. Each kind of complication happens
at most once. Pure: the same levels and draws give the same courses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from trialrun.errors import InputError
from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws
from trialrun.rehearse.nk_aml.clinical_event import (
    Cause,
    ClinicalEvent,
    ClinicalKind,
    clinical_event,
)
from trialrun.rehearse.nk_aml.parameters import Complication, Outcome, Parameters
from trialrun.rehearse.nk_aml.trajectory import Trajectories
from trialrun.rehearse.portable import Floats

# Below these a participant is at risk (1e9/L): CTCAE v5 grade 4; usual limits of transfusion.
NEUTROPENIA, LOW_PLATELETS, VERY_LOW_PLATELETS = 0.5, 20.0, 10.0


class DeathCause(Enum):
    """What a simulated participant died of."""

    LEUKAEMIA = "leukaemia"
    INFECTION = "infection"
    BLEEDING = "bleeding"
    AFTER_TRANSPLANT = "after transplant"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalCourse:
    """What happens to one participant after the doses, until death or the last simulated day."""

    events: tuple[ClinicalEvent, ...]  # in order of onset; none after death
    relapse_day: int | None
    transplant_day: int | None
    death_day: int | None
    death_cause: DeathCause | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The draws of the clinical layer: one of each a participant; thresholds are exponential."""

    infection: Floats
    febrile_neutropenia: Floats
    bleeding: Floats
    death: Floats
    death_after_transplant: Floats
    transplant: Floats  # uniform
    transplant_delay: Floats  # normal
    outcomes: dict[str, Floats]  # uniform, by kind of complication
    onsets: dict[str, Floats]  # normal, by kind
    hours: dict[str, Floats]  # uniform, by kind: place within the day


def draw_chances(draws: Draws, parameters: Parameters) -> Chances:
    """All draws of the clinical layer but those of reactions."""
    kinds = tuple(parameters.complications)
    return Chances(
        infection=draws.exponential(),
        febrile_neutropenia=draws.exponential(),
        bleeding=draws.exponential(),
        death=draws.exponential(),
        death_after_transplant=draws.exponential(),
        transplant=draws.uniform(),
        transplant_delay=draws.normal(),
        outcomes={kind: draws.uniform() for kind in kinds},
        onsets={kind: draws.normal() for kind in kinds},
        hours={kind: draws.uniform() for kind in kinds},
    )


def clinical_courses(
    seen: Trajectories,
    *,
    first_infusion: Floats,
    responding: NDArray[np.bool_],
    response_day: int,
    chances: Chances,
    parameters: Parameters,
) -> tuple[ClinicalCourse, ...]:
    """Each participant's course from daily levels; `first_infusion` is NaN for who got no cells.

    `responding` says who was found in response on `response_day`; only they may be transplanted.
    """
    days = _daily(seen)
    count = seen.donor_nk.shape[1]
    happened = {
        **_hazardous(seen, chances, parameters),
        **_after_infusion(first_infusion, chances, parameters, count),
    }
    relapse = _first(
        (seen.blasts >= parameters.value("measurement.remission_below"))
        & (np.array(days)[:, None] > response_day)
        & responding,
        days,
    )
    transplant = _transplants(responding, response_day, chances, parameters)
    transplant = np.where(relapse <= transplant, np.inf, transplant)
    relapse = np.where(transplant < relapse, np.inf, relapse)
    dying = _deaths(seen, days, transplant, chances, parameters)
    return tuple(
        _course(
            tuple(event for events in happened.values() if (event := events[one]) is not None),
            float(relapse[one]),
            float(transplant[one]),
            {cause: float(when[one]) for cause, when in dying.items()},
            days[-1],
        )
        for one in range(count)
    )


def _course(
    events: Sequence[ClinicalEvent],
    relapse: float,
    transplant: float,
    dying: dict[DeathCause, float],
    last_day: float,
) -> ClinicalCourse:
    """One course: the first death ends it; days that never come are infinite."""
    fatal = {
        ClinicalKind.INFECTION: DeathCause.INFECTION,
        ClinicalKind.BLEEDING: DeathCause.BLEEDING,
    }
    for event in events:
        if event.grade == 5:
            dying = {**dying, fatal[event.kind]: event.day}
    cause = min(dying, key=lambda one: (dying[one], one.value))
    death = dying[cause] if dying[cause] < last_day + 1 else np.inf
    end = min(death, last_day + 1)
    kept = [one for one in events if one.day < end or (one.grade == 5 and one.day == death)]
    return ClinicalCourse(
        events=tuple(sorted(kept, key=lambda one: (one.day, one.kind.value))),
        relapse_day=int(relapse) if relapse < end else None,
        transplant_day=int(transplant) if transplant < end else None,
        death_day=int(np.floor(death)) if death < np.inf else None,
        death_cause=cause if death < np.inf else None,
    )


def first_reached(hazards: Floats, threshold: Floats) -> NDArray[np.int64]:
    """Row in which the cumulative daily hazard reaches each threshold; −1 where it never does."""
    total = np.zeros(hazards.shape[1])
    reached = np.full(hazards.shape[1], -1, dtype=np.int64)
    for row in range(len(hazards)):
        total = total + hazards[row]
        reached = np.where((reached < 0) & (total >= threshold), row, reached)
    return reached


def infection_hazard(neutropenic: NDArray[np.bool_], parameters: Parameters) -> Floats:
    """Per day: while neutropenic, and rising with the days of neutropenia so far."""
    so_far = np.zeros(neutropenic.shape[1])
    hazard = np.zeros(neutropenic.shape)
    base = parameters.value("clinical.infection_hazard")
    rise = parameters.value("clinical.infection_hazard_rise")
    for row in range(len(neutropenic)):
        hazard[row] = np.where(neutropenic[row], base + rise * so_far, 0.0)
        so_far = so_far + neutropenic[row]
    return hazard


def bleeding_hazard(platelets: Floats, parameters: Parameters) -> Floats:
    """Per day, by the platelet count (1e9/L)."""
    low = parameters.value("clinical.bleeding_hazard")
    very_low = parameters.value("clinical.bleeding_hazard_severe")
    return np.where(
        platelets < VERY_LOW_PLATELETS, very_low, np.where(platelets < LOW_PLATELETS, low, 0.0)
    )


def disease_death_hazard(blasts: Floats, parameters: Parameters) -> Floats:
    """Per day, in proportion to the leukaemic fraction."""
    return parameters.value("clinical.disease_death_hazard") * blasts


def _hazardous(
    seen: Trajectories, chances: Chances, parameters: Parameters
) -> dict[ClinicalKind, list[ClinicalEvent | None]]:
    """Events whose hazard depends on the day's counts."""
    neutropenic = seen.neutrophils < NEUTROPENIA
    fever = np.where(neutropenic, parameters.value("clinical.febrile_neutropenia_hazard"), 0.0)
    infection = infection_hazard(neutropenic, parameters)
    bleeding = bleeding_hazard(seen.platelets, parameters)
    table = (
        (ClinicalKind.FEBRILE_NEUTROPENIA, fever, chances.febrile_neutropenia),
        (ClinicalKind.INFECTION, infection, chances.infection),
        (ClinicalKind.BLEEDING, bleeding, chances.bleeding),
    )
    causes = {ClinicalKind.BLEEDING: Cause.DISEASE}
    first_day = float(seen.days[0])
    happened: dict[ClinicalKind, list[ClinicalEvent | None]] = {}
    for kind, hazard, threshold in table:
        rows = first_reached(hazard, threshold)
        day = np.where(rows >= 0, first_day + rows + chances.hours[kind.value], np.inf)
        cause = causes.get(kind, Cause.LYMPHODEPLETION)
        happened[kind] = _occurrences(kind, day, cause, chances, parameters)
    return happened


def _after_infusion(
    first_infusion: Floats, chances: Chances, parameters: Parameters, count: int
) -> dict[ClinicalKind, list[ClinicalEvent | None]]:
    """Events of those who were infused, some days after their first infusion."""
    start = np.broadcast_to(first_infusion, (count,))
    happened: dict[ClinicalKind, list[ClinicalEvent | None]] = {}
    for kind in (
        ClinicalKind.CYTOKINE_RELEASE,
        ClinicalKind.NEUROTOXICITY,
        ClinicalKind.GRAFT_VERSUS_HOST,
    ):
        one = parameters.complications[kind.value]
        wait = one.onset * portable.exp(one.onset_log_sd * chances.onsets[kind.value])
        day = np.where(np.isnan(start), np.inf, start + wait)
        happened[kind] = _occurrences(kind, day, Cause.CELLS, chances, parameters)
    return happened


def _occurrences(
    kind: ClinicalKind, day: Floats, cause: Cause, chances: Chances, parameters: Parameters
) -> list[ClinicalEvent | None]:
    """The event of each participant whose day comes and whose draw falls on an outcome."""
    complication = parameters.complications[kind.value]
    return [
        None
        if not when < np.inf or (outcome := _outcome(complication, chance)) is None
        else clinical_event(kind, outcome, when, complication.duration, cause)
        for when, chance in zip(day.tolist(), chances.outcomes[kind.value].tolist(), strict=True)
    ]


def _outcome(complication: Complication, chance: float) -> Outcome | None:
    reached = 0.0
    for outcome in complication.outcomes:
        reached += outcome.share
        if chance < reached:
            return outcome
    # Shares of one that add up to a hair less than 1 leave no gap.
    return complication.outcomes[-1] if reached > 1.0 - 1e-9 else None


def _transplants(
    responding: NDArray[np.bool_], response_day: int, chances: Chances, parameters: Parameters
) -> Floats:
    """The day of each transplant; infinite for who gets none."""
    delay = parameters["clinical.transplant_delay"]
    wait = np.floor(delay.value * portable.exp(delay.log_sd * chances.transplant_delay))
    chosen = responding & (chances.transplant < parameters.value("clinical.transplant_share"))
    return np.where(chosen, response_day + 1.0 + wait, np.inf)


def _deaths(
    seen: Trajectories,
    days: tuple[float, ...],
    transplant: Floats,
    chances: Chances,
    parameters: Parameters,
) -> dict[DeathCause, Floats]:
    """The day of death of leukaemia, and after a transplant; infinite where it does not come."""
    after = np.array(days)[:, None] >= transplant
    disease = np.where(after, 0.0, disease_death_hazard(seen.blasts, parameters))
    later = np.where(after, parameters.value("clinical.death_hazard_after_transplant"), 0.0)
    return {
        DeathCause.LEUKAEMIA: _day(first_reached(disease, chances.death), days),
        DeathCause.AFTER_TRANSPLANT: _day(
            first_reached(later, chances.death_after_transplant), days
        ),
    }


def _day(rows: NDArray[np.int64], days: tuple[float, ...]) -> Floats:
    return np.where(rows >= 0, days[0] + rows, np.inf)


def _first(which: NDArray[np.bool_], days: tuple[float, ...]) -> Floats:
    return np.where(which.any(axis=0), days[0] + which.argmax(axis=0), np.inf)


def _daily(seen: Trajectories) -> tuple[float, ...]:
    if any(later - day != 1 for day, later in zip(seen.days, seen.days[1:], strict=False)):
        raise InputError(
            "the clinical layer needs levels of consecutive days",
            remedy="Record every whole day, from the first to the last.",
        )
    return seen.days
