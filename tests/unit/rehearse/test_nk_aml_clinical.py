"""The clinical layer: published rates, hazards that add up, competing ends."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter

import numpy as np
import pytest

from trialrun.assess import ctcae
from trialrun.conduct.decide_safety import SERIOUSNESS
from trialrun.errors import InputError
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml.clinical import (
    Chances,
    ClinicalCourse,
    DeathCause,
    bleeding_hazard,
    clinical_courses,
    disease_death_hazard,
    draw_chances,
    first_reached,
    infection_hazard,
)
from trialrun.rehearse.nk_aml.clinical_event import ClinicalKind
from trialrun.rehearse.nk_aml.dosing import Regimen, planned_doses
from trialrun.rehearse.nk_aml.parameters import Parameters, shipped_parameters
from trialrun.rehearse.nk_aml.participants import Disease, draw_participants
from trialrun.rehearse.nk_aml.reactions import reaction_grades, reactions
from trialrun.rehearse.nk_aml.trajectory import Trajectories, simulate

PARAMETERS = shipped_parameters()


def clinical_draws(count: int, seed: int = 3) -> Draws:
    return Draws.of_trial(seed, range(count), Purpose.CLINICAL)


def levels(
    count: int,
    days: int,
    *,
    neutrophils: float = 4.0,
    platelets: float = 200.0,
    blasts: float = 0.01,
    first: int = 0,
) -> Trajectories:
    shape = (days, count)
    return Trajectories(
        days=tuple(float(first + day) for day in range(days)),
        lymphocytes=np.full(shape, 900.0),
        donor_nk=np.zeros(shape),
        blasts=np.full(shape, blasts),
        neutrophils=np.full(shape, neutrophils),
        platelets=np.full(shape, platelets),
        f_ara_a=np.zeros(shape),
        cyclophosphamide=np.zeros(shape),
    )


def courses(
    seen: Trajectories,
    *,
    infused: bool = True,
    responding: bool = False,
    response_day: int = 28,
    chances: Chances | None = None,
    parameters: Parameters = PARAMETERS,
) -> tuple[ClinicalCourse, ...]:
    count = seen.blasts.shape[1]
    return clinical_courses(
        seen,
        first_infusion=np.full(count, 0.0 if infused else math.nan),
        responding=np.full(count, responding),
        response_day=response_day,
        chances=chances or draw_chances(clinical_draws(count), parameters),
        parameters=parameters,
    )


# --- reactions ---------------------------------------------------------------------------------


def test_each_symptom_has_its_published_rates_at_every_infusion() -> None:
    count = 6000
    grades = reaction_grades(clinical_draws(count), 3, PARAMETERS)
    for place, symptom in enumerate(PARAMETERS.reactions):
        for infusion in range(3):
            seen = np.bincount(grades[infusion, place], minlength=5)[1:] / count
            assert seen == pytest.approx(np.array(symptom.grades) / symptom.of, abs=0.022), symptom


def test_any_reaction_and_worst_grade_are_as_published() -> None:
    # Mamo 2021: any 118/130 (84–95 %), worst grade 3 in 36/130 (20–36 %), grade 4 in 1/130.
    worst = reaction_grades(clinical_draws(6000), 1, PARAMETERS)[0].max(axis=0)
    assert 0.84 <= (worst > 0).mean() <= 0.95
    assert 0.20 <= (worst == 3).mean() <= 0.36
    assert (worst == 4).mean() <= 0.03


def test_reactions_of_one_participant_go_together() -> None:
    worst = reaction_grades(clinical_draws(6000), 2, PARAMETERS).max(axis=1) >= 3
    first, second = worst[0], worst[1]
    assert second[first].mean() > 1.3 * second[~first].mean()
    alone = PARAMETERS.with_value("clinical.reaction_correlation", 0)
    independent = reaction_grades(clinical_draws(6000), 2, alone).max(axis=1) >= 3
    assert independent[1][independent[0]].mean() == pytest.approx(independent[1].mean(), abs=0.04)


def test_a_reaction_lies_within_four_hours_of_its_infusion() -> None:
    grades = np.array([2, 0, 3, 1, 0, 0, 0, 4, 0, 0, 0], dtype=np.int8)
    events = reactions(grades, 1.25, np.linspace(0.01, 0.99, 11), PARAMETERS)
    assert [(one.term, one.grade) for one in events] == [
        ("Chills", 2),
        ("Hypertension", 3),
        ("Headache", 1),
        ("Hypotension", 4),
    ]
    assert all(1.25 < one.day < 1.25 + 4 / 24 for one in events)
    assert [one.serious for one in events] == [False, False, False, True]
    assert events[0].soc == "General disorders"


def test_every_term_has_every_grade_it_is_given() -> None:
    for symptom in PARAMETERS.reactions:
        known = ctcae.term(symptom.term)
        assert known is not None
        for grade, people in enumerate(symptom.grades, start=1):
            assert people == 0 or grade in known.grades, symptom
    for kind, complication in PARAMETERS.complications.items():
        ClinicalKind(kind)
        for outcome in complication.outcomes:
            known = ctcae.term(outcome.term)
            assert known is not None
            assert outcome.grade in known.grades, outcome
            assert bool(outcome.detail) == ("Other, specify" in outcome.term)


# --- hazards -----------------------------------------------------------------------------------


def test_first_reached_is_the_first_row_of_enough_hazard() -> None:
    hazards = np.array([[0.0, 0.5, 0.1], [1.0, 0.5, 0.1], [0.0, 0.5, 0.1]])
    assert first_reached(hazards, np.array([0.5, 1.0, 0.31])).tolist() == [1, 1, -1]


def test_a_constant_hazard_gives_the_exponential_share() -> None:
    count = 8000
    rows = first_reached(np.full((20, count), 0.05), clinical_draws(count).exponential())
    assert (rows >= 0).mean() == pytest.approx(1 - math.exp(-1), abs=0.015)


def test_infection_hazard_rises_with_days_of_neutropenia_and_stops() -> None:
    neutropenic = np.array([[1], [1], [0], [1]], dtype=bool)
    low, rise = 0.006, 0.0012
    assert infection_hazard(neutropenic, PARAMETERS)[:, 0] == pytest.approx(
        [low, low + rise, 0, low + 2 * rise]
    )


def test_bleeding_hazard_by_platelets_at_its_limits() -> None:
    platelets = np.array([[9.9, 10.0, 19.9, 20.0, 300.0]])
    assert bleeding_hazard(platelets, PARAMETERS)[0].tolist() == [0.05, 0.015, 0.015, 0, 0]


def test_death_of_disease_is_in_proportion_to_the_leukaemia() -> None:
    assert disease_death_hazard(np.array([0.0, 0.5]), PARAMETERS).tolist() == [0, 0.0105 / 2]


# --- courses -----------------------------------------------------------------------------------


def test_nothing_happens_by_counts_to_who_has_counts() -> None:
    healthy = levels(3000, 60, blasts=0.0)
    kinds = {event.kind for one in courses(healthy, infused=False) for event in one.events}
    assert not kinds
    assert all(one.death_day is None for one in courses(healthy))
    infused = [event for one in courses(healthy) for event in one.events]
    shares = {kind: n / 3000 for kind, n in Counter(event.kind for event in infused).items()}
    assert shares[ClinicalKind.CYTOKINE_RELEASE] == pytest.approx(0.05, abs=0.015)
    assert shares[ClinicalKind.NEUROTOXICITY] == pytest.approx(0.01, abs=0.006)
    assert shares[ClinicalKind.GRAFT_VERSUS_HOST] == pytest.approx(0.02, abs=0.009)
    severe = sum(
        event.kind is ClinicalKind.CYTOKINE_RELEASE and event.grade >= 3 for event in infused
    )
    assert severe / 3000 == pytest.approx(0.01, abs=0.006)


def test_febrile_neutropenia_comes_in_the_usual_share_of_courses() -> None:
    # 8.5 days below 0.5 give 40 %; 30–60 % are usual.
    seen = levels(4000, 9, neutrophils=0.49, blasts=0.0)
    hit = sum(
        any(event.kind is ClinicalKind.FEBRILE_NEUTROPENIA for event in one.events)
        for one in courses(seen)
    )
    assert hit / 4000 == pytest.approx(1 - math.exp(-0.06 * 9), abs=0.03)
    at_limit = courses(levels(500, 60, neutrophils=0.5, blasts=0.0))
    assert not any(
        e.kind is ClinicalKind.FEBRILE_NEUTROPENIA for one in at_limit for e in one.events
    )


def test_a_fatal_event_is_the_death_and_nothing_follows() -> None:
    seen = levels(3000, 40, neutrophils=0.1, platelets=5, blasts=0.5)
    fatal = 0
    for one in courses(seen):
        assert [event.day for event in one.events] == sorted(event.day for event in one.events)
        if one.death_day is None:
            assert one.death_cause is None
            assert all(event.grade < 5 for event in one.events)
            continue
        assert all(math.floor(event.day) <= one.death_day for event in one.events)
        if one.death_cause in (DeathCause.INFECTION, DeathCause.BLEEDING):
            fatal += 1
            assert one.events[-1].grade == 5
            assert one.events[-1].kind.value == one.death_cause.value
            assert math.floor(one.events[-1].day) == one.death_day
        else:
            assert all(event.grade < 5 for event in one.events)
    assert fatal > 20


def test_seriousness_is_in_the_words_of_conduct_and_follows_the_grade() -> None:
    seen = levels(2000, 60, neutrophils=0.1, platelets=5, blasts=0.0)
    events = [event for one in courses(seen) for event in one.events]
    assert {grade for event in events for grade in [event.grade]} == {1, 2, 3, 4, 5}
    for event in events:
        assert set(event.seriousness) <= set(SERIOUSNESS)
        assert event.serious == bool(event.seriousness)
        assert ("death" in event.seriousness) == (event.grade == 5)
        assert event.serious or event.grade <= 2


def test_relapse_needs_a_response_and_the_limit() -> None:
    seen = levels(50, 60, blasts=0.01)
    seen.blasts[40:] = 0.05
    assert {one.relapse_day for one in courses(seen, responding=False)} == {None}
    relapsed = courses(seen, responding=True)
    never = PARAMETERS.with_value("clinical.transplant_share", 0)
    assert {one.relapse_day for one in courses(seen, responding=True, parameters=never)} == {40}
    assert all((one.transplant_day is None) or one.relapse_day is None for one in relapsed)


def test_a_transplant_ends_relapse_and_death_of_disease() -> None:
    always = PARAMETERS.with_value("clinical.transplant_share", 1).with_value(
        "clinical.transplant_delay", 5, 0
    )
    seen = levels(400, 400, blasts=0.01)
    seen.blasts[60:] = 0.9
    transplanted = courses(seen, responding=True, parameters=always)
    assert {one.transplant_day for one in transplanted if (one.death_day or 99) > 34} == {34}
    assert {one.relapse_day for one in transplanted} == {None}
    late = {one.death_cause for one in transplanted if one.death_day and one.death_day >= 34}
    assert late == {DeathCause.AFTER_TRANSPLANT}
    dead = sum(one.death_cause is DeathCause.AFTER_TRANSPLANT for one in transplanted)
    assert dead / 400 == pytest.approx(1 - math.exp(-0.0015 * 366), abs=0.08)


def test_courses_do_not_depend_on_who_else_is_there() -> None:
    count = 40
    seen = levels(count, 60, neutrophils=0.1, platelets=5, blasts=0.5)
    together = courses(seen, responding=True)
    for number in (0, 17, 39):
        one = dataclasses.replace(
            seen,
            **{name: getattr(seen, name)[:, [number]] for name in seen.__slots__ if name != "days"},
        )
        chances = draw_chances(Draws.of_trial(3, [number], Purpose.CLINICAL), PARAMETERS)
        assert courses(one, responding=True, chances=chances) == (together[number],)


def test_days_must_follow_each_other() -> None:
    seen = dataclasses.replace(levels(2, 3), days=(0.0, 1.0, 3.0))
    with pytest.raises(InputError, match="consecutive days"):
        courses(seen)


def test_non_responders_live_as_long_as_published() -> None:
    # T8: median 3–4 months in relapsed or refractory AML (Roboz 2014: 3.3–3.5).
    count = 1200
    people = draw_participants(
        Draws.of_trial(7, range(count), Purpose.PHYSIOLOGY), Disease.RELAPSED, PARAMETERS
    )
    regimen = Regimen(
        fludarabine=25,
        fludarabine_days=(-6, -5, -4, -3, -2),
        cyclophosphamide=1000,
        cyclophosphamide_days=(-6, -5),
        nk_cells=1.5e7,
        nk_days=(0, 1, 2),
    )
    seen = simulate(
        people,
        PARAMETERS,
        planned_doses(people, regimen),
        from_day=-7,
        record_at=range(-7, 181),
        step=0.5,
    )
    responding = seen.blasts[seen.row(28)] < 0.05
    lives = clinical_courses(
        seen,
        first_infusion=np.zeros(count),
        responding=responding,
        response_day=28,
        chances=draw_chances(clinical_draws(count), PARAMETERS),
        parameters=PARAMETERS,
    )

    def of(which: np.ndarray) -> list[ClinicalCourse]:
        return [one for one, chosen in zip(lives, which, strict=True) if chosen]

    def median(some: list[ClinicalCourse]) -> float:
        days = sorted(math.inf if one.death_day is None else one.death_day for one in some)
        return days[len(days) // 2]

    assert 91 <= median(of(~responding)) <= 122
    assert median(of(responding)) > 180
    transplanted = sum(one.transplant_day is not None for one in of(responding))
    # 10/13 (46–95 %) in Björklund 2018 and Ciurea 2024 together.
    assert 0.46 <= transplanted / responding.sum() <= 0.95
