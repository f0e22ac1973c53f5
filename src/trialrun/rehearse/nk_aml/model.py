"""The NK-AML model: candidates whose course comes from physiology, all trials' people at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from trialrun.protocol.model import Protocol
from trialrun.rehearse.biography import Biography, Candidate
from trialrun.rehearse.candidate import Screened, draw_screened
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.generic import candidate
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.nk_aml.clinical import (
    Chances,
    ClinicalCourse,
    clinical_courses,
    draw_chances,
)
from trialrun.rehearse.nk_aml.clinical_event import ClinicalEvent, ClinicalKind
from trialrun.rehearse.nk_aml.dosing import Agent, doses_of
from trialrun.rehearse.nk_aml.life import (
    Person,
    assessments,
    biography,
    observe,
    responds,
    response_day,
)
from trialrun.rehearse.nk_aml.measured import Levels
from trialrun.rehearse.nk_aml.moments import Moments, moments_of
from trialrun.rehearse.nk_aml.parameters import Parameters, shipped_parameters
from trialrun.rehearse.nk_aml.participants import (
    Disease,
    Known,
    Participants,
    draw_participants,
)
from trialrun.rehearse.nk_aml.plan import (
    Plan,
    agent_of,
    draw_plan,
    model_day,
    physical_doses,
)
from trialrun.rehearse.nk_aml.reactions import reaction_grades, reactions
from trialrun.rehearse.nk_aml.trajectory import Trajectories, simulate
from trialrun.rehearse.portable import Floats

# A reaction of this grade to one infusion withholds the next ones.
_SEVERE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """Everybody of every trial, in one row."""

    keys: tuple[tuple[int, int], ...]  # trial seed, number within the trial
    screened: tuple[Screened, ...]
    plans: tuple[Plan, ...]
    people: Participants


class NkAmlModel:
    """Draws candidates of a trial of donor NK cells in AML."""

    name = "nk-aml"

    def __init__(self, parameters: Parameters | None = None) -> None:
        self.parameters = shipped_parameters() if parameters is None else parameters

    def candidates(
        self, protocol: Protocol, seeds: Sequence[int], count: int
    ) -> tuple[tuple[Candidate, ...], ...]:
        """For each trial's seed, `count` candidates in order of arrival."""
        crowd = self._crowd(protocol, seeds, count)
        lives = self._lives(protocol, crowd)
        made = [
            candidate(screened, None, life)
            for screened, life in zip(crowd.screened, lives, strict=True)
        ]
        return tuple(tuple(made[first : first + count]) for first in range(0, len(made), count))

    def _crowd(self, protocol: Protocol, seeds: Sequence[int], count: int) -> _Crowd:
        keys = tuple((seed, number) for seed in seeds for number in range(count))
        screened = tuple(
            one for seed in seeds for one in draw_screened(protocol, Lot(seed, 0), count, {})
        )
        plans = tuple(draw_plan(protocol, Lot(seed, 3, number)) for seed, number in keys)
        weight = np.array([float(one.values["weight"]) for one in screened])
        height = np.array([float(one.values["height"]) for one in screened])
        people = draw_participants(
            Draws.of_trials(keys, Purpose.PHYSIOLOGY),
            [_disease(one) for one in screened],
            self.parameters,
            known=Known(weight=weight, surface=np.sqrt(weight * height / 3600.0)),
        )
        return _Crowd(keys=keys, screened=screened, plans=plans, people=people)

    def _lives(self, protocol: Protocol, crowd: _Crowd) -> list[Biography]:
        moments = moments_of(protocol, int(protocol.assumption("follow_up_days")))
        draws = Draws.of_trials(crowd.keys, Purpose.CLINICAL)
        infusions = max((len(plan.containers) for plan in crowd.plans), default=0)
        grades = reaction_grades(draws, infusions, self.parameters)
        when = [draws.uniform() for _ in range(infusions * len(self.parameters.reactions))]
        chances = draw_chances(draws, self.parameters)
        given = self._infusions_given(protocol, crowd, moments, grades, chances)
        seen = self._simulated(protocol, crowd, given, moments.first, moments.all)
        people = [
            Person(
                protocol=protocol, plan=plan, screened=screened, infusions=number,
                lot=Lot(*key, 4),
            )
            for plan, screened, number, key in zip(
                crowd.plans, crowd.screened, given, crowd.keys, strict=True
            )
        ]  # fmt: skip
        looked = [
            observe(person, _levels(seen, moments, place), moments)
            for place, person in enumerate(people)
        ]
        made = [assessments(one, observed) for one, observed in zip(people, looked, strict=True)]
        responding = np.array(
            [
                responds(person, mine, bool(crowd.people.relapsed[place]))
                for place, (person, mine) in enumerate(zip(people, made, strict=True))
            ],
            dtype=np.bool_,
        )
        courses = clinical_courses(
            _daily(seen, moments.days),
            first_infusion=np.where(np.array(given) > 0, 0.0, np.nan),
            responding=responding,
            response_day=response_day(protocol),
            chances=chances,
            parameters=self.parameters,
        )
        return [
            biography(person, course, self._reactions(person, place, grades, when), observed, mine)
            for place, (person, course, observed, mine) in enumerate(
                zip(people, courses, looked, made, strict=True)
            )
        ]

    def _infusions_given(
        self,
        protocol: Protocol,
        crowd: _Crowd,
        moments: Moments,
        grades: NDArray[np.int8],
        chances: Chances,
    ) -> list[int]:
        """How many infusions each gets: none after an infection, or after a severe reaction."""
        planned = [len(plan.containers) for plan in crowd.plans]
        last = max(
            (dose.day for plan in crowd.plans for dose in plan.doses), default=0
        )  # infusions come last
        days = tuple(float(day) for day in range(moments.first, last + 2))
        early = clinical_courses(
            self._simulated(protocol, crowd, planned, moments.first, days),
            first_infusion=np.zeros(len(planned)),
            responding=np.zeros(len(planned), dtype=np.bool_),
            response_day=last + 1,
            chances=chances,
            parameters=self.parameters,
        )
        return [
            _given(protocol, plan, course, grades[:, :, place])
            for place, (plan, course) in enumerate(zip(crowd.plans, early, strict=True))
        ]

    def _simulated(
        self,
        protocol: Protocol,
        crowd: _Crowd,
        given: Sequence[int],
        first: int,
        moments: Sequence[float],
    ) -> Trajectories:
        surfaces = crowd.people.surface.tolist()
        plans = [(place, plan, surfaces[place]) for place, plan in enumerate(crowd.plans)]
        return simulate(
            crowd.people,
            self.parameters,
            doses_of(physical_doses(protocol, plans, given)),
            from_day=float(first),
            record_at=moments,
        )

    def _reactions(
        self, person: Person, place: int, grades: NDArray[np.int8], when: Sequence[Floats]
    ) -> list[ClinicalEvent]:
        """The reactions to the infusions that were given."""
        days = [
            model_day(person.protocol, dose)
            for dose in person.plan.doses
            if agent_of(person.protocol, person.protocol.item(dose.item)) is Agent.NK_CELLS
        ]
        count = len(self.parameters.reactions)
        return [
            event
            for infusion, day in enumerate(days[: person.infusions])
            for event in reactions(
                grades[infusion, :, place],
                day,
                np.array([float(when[infusion * count + k][place]) for k in range(count)]),
                self.parameters,
            )
        ]


def _disease(screened: Screened) -> Disease:
    """Morphological disease, unless the criteria's own fact is residual disease alone."""
    overt = ("refractory_disease", "relapsed_disease")
    values = screened.values
    if values.get("mrd_positive") == "true" and all(values.get(name) != "true" for name in overt):
        return Disease.MRD_POSITIVE
    return Disease.RELAPSED


def _given(protocol: Protocol, plan: Plan, course: ClinicalCourse, grades: NDArray[np.int8]) -> int:
    infections = [one.day for one in course.events if one.kind is ClinicalKind.INFECTION]
    stop = min(
        [*infections, *([] if course.death_day is None else [float(course.death_day)])],
        default=np.inf,
    )
    given = 0
    for dose in plan.doses:
        if agent_of(protocol, protocol.item(dose.item)) is not Agent.NK_CELLS:
            continue
        severe = given > 0 and int(grades[given - 1].max(initial=0)) >= _SEVERE
        if model_day(protocol, dose) > stop or severe:
            break
        given += 1
    return given


def _levels(seen: Trajectories, moments: Moments, place: int) -> list[Levels]:
    """The levels of one participant at each look."""
    rows = {day: row for row, day in enumerate(seen.days)}
    return [
        Levels(
            lymphocytes=float(seen.lymphocytes[rows[look.at], place]),
            donor_nk=float(seen.donor_nk[rows[look.at], place]),
            blasts=float(seen.blasts[rows[look.at], place]),
            neutrophils=float(seen.neutrophils[rows[look.at], place]),
            platelets=float(seen.platelets[rows[look.at], place]),
        )
        for look in moments.looks
    ]


def _daily(seen: Trajectories, days: Sequence[float]) -> Trajectories:
    """The rows of whole days alone."""
    where = {day: row for row, day in enumerate(seen.days)}
    rows = [where[day] for day in days]
    names = [one.name for one in fields(Trajectories) if one.name != "days"]
    return Trajectories(days=tuple(days), **{name: getattr(seen, name)[rows] for name in names})
