"""The NK-AML model: against a plain second implementation, and the properties it must have."""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import InputError
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml import trajectory
from trialrun.rehearse.nk_aml.dosing import (
    NO_DOSES,
    Agent,
    Dose,
    Doses,
    Regimen,
    doses_of,
    planned_doses,
)
from trialrun.rehearse.nk_aml.parameters import Parameters, shipped_parameters
from trialrun.rehearse.nk_aml.participants import Disease, Known, Participants, draw_participants
from trialrun.rehearse.nk_aml.trajectory import Trajectories, advance, simulate, start

_spec = importlib.util.spec_from_file_location(
    "plain_nk_aml", Path(__file__).with_name("plain_nk_aml.py")
)
assert _spec is not None
assert _spec.loader is not None
plain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(plain)

PARAMETERS = shipped_parameters()
LYMPHODEPLETION = Regimen(
    fludarabine=25,
    fludarabine_days=(-6, -5, -4, -3, -2),
    cyclophosphamide=1000,
    cyclophosphamide_days=(-6, -5),
)
EXAMPLE = dataclasses.replace(LYMPHODEPLETION, nk_cells=1.5e7, nk_days=(0, 1, 2))
LEVELS = ("lymphocytes", "donor_nk", "blasts", "neutrophils", "platelets")
ALL_LEVELS = (*LEVELS, "f_ara_a", "cyclophosphamide")


def people(
    count: int,
    disease: Disease = Disease.RELAPSED,
    *,
    seed: int = 7,
    parameters: Parameters = PARAMETERS,
    known: Known | None = None,
    cytokine: float = 0.0,
) -> Participants:
    draws = Draws.of_trial(seed, range(count), Purpose.PHYSIOLOGY)
    return draw_participants(draws, disease, parameters, known=known or Known(), cytokine=cytokine)


def course(
    who: Participants, doses: Doses, days: Sequence[float], step: float = 0.25, begin: float = -7
) -> Trajectories:
    return simulate(who, PARAMETERS, doses, from_day=begin, record_at=days, step=step)


def bits(seen: Trajectories) -> bytes:
    return b"".join(getattr(seen, name).tobytes() for name in ALL_LEVELS)


def irregular(count: int) -> list[Dose]:
    """Doses as they happen: late, early, missed, unequal."""
    who = people(count)
    doses = []
    for one in range(count):
        for day in range(-6, -1):
            mg = 25 * float(who.surface[one]) * (0.75 if one % 3 == 1 else 1)
            late = 0.041 * one + 0.013 * (day + 7)
            doses.append(Dose(participant=one, day=day + late, agent=Agent.FLUDARABINE, amount=mg))
            if day < -4 and one % 4 != 3:
                mg = 1000 * float(who.surface[one])
                doses.append(
                    Dose(participant=one, day=day, agent=Agent.CYCLOPHOSPHAMIDE, amount=mg)
                )
        for number in range(3 - one % 3):
            day = number * (1 + one % 2) + 0.11 * one
            cells = 1.1e7 + 3e6 * one
            doses.append(Dose(participant=one, day=day, agent=Agent.NK_CELLS, amount=cells))
    return doses


@pytest.mark.parametrize(("step", "tolerance"), [(0.25, 0.01), (1 / 32, 1e-5)])
def test_agrees_with_scipy_on_the_equations_as_written(step: float, tolerance: float) -> None:
    count, days = 5, [-5.5, -4, -1, 0, 0.3, 2, 3, 7, 14, 28, 42, 60]
    who = people(count, cytokine=0.12)
    doses = irregular(count)
    seen = course(who, doses_of(doses), days, step)
    for number in range(count):
        expected = plain.plain_course(who, number, PARAMETERS, doses, -7, days)
        for name in LEVELS:
            got = getattr(seen, name)[:, number]
            assert got == pytest.approx(expected[name], rel=tolerance, abs=1e-9), (number, name)
        assert seen.f_ara_a[:, number] == pytest.approx(expected["f"], rel=1e-6, abs=1e-9)
        assert seen.cyclophosphamide[:, number] == pytest.approx(expected["c"], rel=1e-6, abs=1e-9)


def test_lymphocytes_and_drugs_are_exact_at_any_step() -> None:
    who, days = people(20), range(-7, 29)
    coarse = course(who, planned_doses(who, EXAMPLE), days, 1.0)
    fine = course(who, planned_doses(who, EXAMPLE), days, 1 / 16)
    for name in ("lymphocytes", "f_ara_a", "cyclophosphamide"):
        assert getattr(coarse, name) == pytest.approx(getattr(fine, name), rel=1e-11)


# --- what must not change a participant's course ----------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.integers(0, 2),
            st.floats(-2, 3.999),
            st.sampled_from(Agent),
            st.sampled_from([0.0, 1.0, 50.0, 1700.0, 2e7]),
        ),
        max_size=12,
    ),
    st.sets(st.integers(-8, 15), max_size=5),
)
def test_day_by_day_gives_the_same_bits_as_one_go(
    rows: list[tuple[int, float, Agent, float]], cuts: set[int]
) -> None:
    who = people(3)
    given_doses = [
        Dose(participant=one, day=day, agent=agent, amount=amount)
        for one, day, agent, amount in rows
        if agent is Agent.NK_CELLS or amount < 1e6
    ]
    together = course(who, doses_of(given_doses), [4.0], begin=-2)
    state = start(who, PARAMETERS, -2)
    for day in [cut / 4 for cut in sorted(cuts)] + [4.0]:
        # Only what has been given so far is known, as in a trial.
        known = doses_of([one for one in given_doses if one.day < day])
        state = advance(who, PARAMETERS, state, day, known)
    assert state.day == 4
    assert state.levels.grown[0].tobytes() == together.donor_nk[0].tobytes()
    assert state.levels.grown[1].tobytes() == together.blasts[0].tobytes()
    assert state.levels.transit[:, 3].tobytes() == (
        together.neutrophils[0].tobytes() + together.platelets[0].tobytes()
    )


def test_advance_leaves_the_state_it_was_given() -> None:
    who = people(3)
    state = start(who, PARAMETERS, -7)
    advance(who, PARAMETERS, state, 3, planned_doses(who, EXAMPLE))
    assert not state.levels.grown[0].any()
    assert state.levels.transit[0, 3].tolist() == who.neutrophils.tolist()


def test_a_course_does_not_depend_on_who_else_is_simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    count, days = 7, range(-7, 29)
    who, doses = people(count), doses_of(irregular(count))
    together = course(who, doses, days)
    for one in range(count):
        alone = course(who.some(slice(one, one + 1)), doses.of(one, one + 1), days)
        for name in ALL_LEVELS:
            assert getattr(alone, name)[:, 0].tolist() == getattr(together, name)[:, one].tolist()
    monkeypatch.setattr(trajectory, "BATCH", 3)
    assert bits(course(who, doses, days)) == bits(together)


def test_looking_changes_nothing() -> None:
    who, doses = people(4), doses_of(irregular(4))
    often = course(who, doses, [28, 0.37, 14, 2.9, 0.05, *range(-7, 28)])
    seldom = course(who, doses, [14.0, 28.0])
    for name in ALL_LEVELS:
        for day in (14.0, 28.0):
            assert (
                getattr(often, name)[often.row(day)].tolist()
                == getattr(seldom, name)[seldom.row(day)].tolist()
            )


def test_the_order_of_rows_and_doses_of_nothing_change_nothing() -> None:
    who, doses = people(4), irregular(4)
    nothing = [Dose(participant=2, day=3.3, agent=Agent.NK_CELLS, amount=0.0)]
    assert bits(course(who, doses_of([*nothing, *reversed(doses)]), [9.9])) == bits(
        course(who, doses_of(doses), [9.9])
    )


def test_a_level_is_taken_before_that_moments_dose() -> None:
    who = people(3)
    doses = planned_doses(who, Regimen(nk_cells=1e7, nk_days=(0,)))
    seen = course(who, doses, [0, 1e-9])
    assert not seen.donor_nk[0].any()
    # 1e7/kg × F_b / (70 mL/kg × 1000 µL/mL)
    assert seen.donor_nk[1] == pytest.approx(who.nk_share * 1e7 / 70_000, rel=1e-6)


# --- what the model says ------------------------------------------------------------------------


def test_no_dose_gives_no_cells_exactly() -> None:
    who = people(300)
    seen = course(who, planned_doses(who, LYMPHODEPLETION), range(-7, 61))
    assert not seen.donor_nk.any()


@pytest.mark.parametrize("days", [(0,), (0, 1, 2), (0, 2, 4)])
def test_without_lymphodepletion_cells_never_exceed_their_level_after_infusion(
    days: tuple[int, ...],
) -> None:
    who = people(3000)
    doses = planned_doses(who, Regimen(nk_cells=1.5e7, nk_days=days))
    moments = sorted({*range(61), *(day + 1 / 64 for day in days), *(day + 0.5 for day in days)})
    seen = course(who, doses, moments, begin=0)
    infused = who.nk_share * 1.5e7 / 70_000
    for row, day in enumerate(moments):
        so_far = sum(one < day for one in days)
        assert (seen.donor_nk[row] <= infused * so_far).all()
    after_last = [row for row, day in enumerate(moments) if day > days[-1]]
    assert (seen.donor_nk[after_last] <= seen.donor_nk[after_last[0]]).all()


def test_lymphodepletion_lets_cells_expand_in_some() -> None:
    who = people(1000)
    seen = course(who, planned_doses(who, EXAMPLE), range(29))
    expanded = seen.donor_nk[10:].max(axis=0) > seen.donor_nk[seen.row(3)]
    assert 0.02 < expanded.mean() < 0.5


def test_counts_without_drug_or_leukaemia_stay_at_their_set_point() -> None:
    drawn = people(50)
    who = dataclasses.replace(
        drawn,
        blasts=np.full(50, 1e-12),
        neutrophils=drawn.neutrophil_set_point,
        platelets=drawn.platelet_set_point,
    )
    seen = course(who, NO_DOSES, range(61))
    assert seen.neutrophils == pytest.approx(np.tile(who.neutrophils, (61, 1)), rel=1e-12)
    assert seen.platelets == pytest.approx(np.tile(who.platelets, (61, 1)), rel=1e-12)


def test_counts_fall_to_a_nadir_and_return() -> None:
    who = people(200, Disease.MRD_POSITIVE)
    seen = course(who, planned_doses(who, LYMPHODEPLETION), range(-7, 61))
    nadir = np.median(seen.neutrophils, axis=1)
    lowest = seen.days[int(nadir.argmin())]
    assert 0 <= lowest <= 10
    assert nadir.min() < 0.7
    assert nadir[-1] > 2.5


@pytest.mark.parametrize(("day", "low", "high"), [(0, 45, 65), (14, 400, 500), (28, 780, 920)])
def test_lymphocytes_are_where_they_were_set(day: int, low: float, high: float) -> None:
    who = people(3000)
    seen = course(who, planned_doses(who, EXAMPLE), [day])
    assert low < float(np.median(seen.lymphocytes)) < high


def test_neutropenia_lasts_about_as_long_as_it_was_set() -> None:
    who = people(1500)
    seen = course(who, planned_doses(who, EXAMPLE), range(-6, 29))
    days = (seen.neutrophils < 0.5).sum(axis=0)
    assert 7.5 <= float(np.median(days)) <= 9.5


def test_clearance_of_f_ara_a_is_that_of_its_source() -> None:
    # Langenhorst 2019: 70 kg, eGFR 100 mL/min -> 3.2 + 0.78 × 6 = 7.88 L/h; AUC = dose / CL.
    exact = PARAMETERS.with_value("drug.f_ara_a_clearance_spread", 1, 0)
    known = Known(weight=70.0, filtration=100.0, surface=1.8)
    who = people(1, parameters=exact, known=known)
    assert who.f_ara_a_clearance[0] == pytest.approx(7.88, rel=1e-12)
    seen = course(who, planned_doses(who, Regimen(fludarabine=25, fludarabine_days=(0,))), [1.5])
    rate = math.log(2) * 2.4
    area = seen.f_ara_a[0, 0] * math.exp(rate * 1.5) / rate
    assert area == pytest.approx(25 * 1.8 * 285.2 / 365.2 / 7.88, rel=1e-9)


def test_exposure_to_f_ara_a_is_as_published() -> None:
    # 5 × 25 mg/m²: about 24 mg·h/L in all, 10–90 %: 17–33 (section 2.3 of the sources).
    who = people(4000)
    area = 5 * 25 * who.surface * 285.2 / 365.2 / who.f_ara_a_clearance
    low, middle, high = np.quantile(area, [0.1, 0.5, 0.9])
    assert 15.5 < low < 18.5
    assert 22.5 < middle < 25.5
    assert 31 < high < 35


def test_the_48_hour_gap_hardly_matters_to_the_model() -> None:
    # So the model cannot justify that rule of the protocol, and the page says so.
    who = people(3000)
    late = dataclasses.replace(EXAMPLE, fludarabine_days=(-4, -3, -2, -1, 0))
    usual = np.median(course(who, planned_doses(who, EXAMPLE), [7]).donor_nk)
    without = np.median(course(who, planned_doses(who, late), [7]).donor_nk)
    assert 0.75 < without / usual < 0.95


def test_other_infusion_days_give_other_kinetics() -> None:
    who = people(500)
    spread = dataclasses.replace(EXAMPLE, nk_days=(0, 2, 4))
    one = course(who, planned_doses(who, EXAMPLE), [3, 5, 14])
    other = course(who, planned_doses(who, spread), [3, 5, 14])
    assert (one.donor_nk[0] > other.donor_nk[0]).all()
    assert np.median(other.donor_nk[1]) > np.median(one.donor_nk[1])


@pytest.mark.parametrize("times", [10.0, 1000.0])
def test_absurd_doses_leave_finite_levels(times: float) -> None:
    who = people(300, cytokine=5.0)
    regimen = Regimen(
        fludarabine=25 * times,
        fludarabine_days=(-6, -5, -4),
        cyclophosphamide=1000 * times,
        cyclophosphamide_days=(-6, -5),
        nk_cells=1.5e7 * times,
        nk_days=(0, 1, 2),
    )
    seen = course(who, planned_doses(who, regimen), range(-7, 61))
    for name in ALL_LEVELS:
        assert np.isfinite(getattr(seen, name)).all(), name
        assert (getattr(seen, name) >= 0).all(), name
    assert (seen.blasts <= 1.0 + 1e-6).all()


def test_known_values_are_taken_and_move_no_other_draw() -> None:
    drawn, given_ = people(5), people(5, known=Known(weight=61.5, neutrophils=[1, 2, 3, 4, 5]))
    assert given_.weight.tolist() == [61.5] * 5
    assert given_.neutrophils.tolist() == [1, 2, 3, 4, 5]
    assert given_.nk_growth.tolist() == drawn.nk_growth.tolist()
    assert given_.platelets.tolist() == drawn.platelets.tolist()


def test_diseases_may_differ_and_keep_their_ranges() -> None:
    mixed = people(1000, [Disease.RELAPSED, Disease.MRD_POSITIVE] * 500)  # type: ignore[arg-type]
    overt, residual = mixed.blasts[::2], mixed.blasts[1::2]
    assert overt.min() > 0.06
    assert overt.max() < 0.91
    assert residual.min() > 0.001
    assert residual.max() < 0.045
    assert mixed.relapsed.tolist() == [True, False] * 500


def test_nobody_is_simulated() -> None:
    who = people(0)
    assert course(who, NO_DOSES, [0, 5]).donor_nk.shape == (2, 0)


# --- what is refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda w: course(w, NO_DOSES, [5], step=0.3), "step of 0.3"),
        (lambda w: course(w, NO_DOSES, [5], step=2.0), "step of 2"),
        (lambda w: course(w, NO_DOSES, [5], begin=-6.3), "no whole number of steps"),
        (lambda w: course(w, NO_DOSES, [-8]), "before day -7"),
        (lambda w: course(w, NO_DOSES, []), "before day -7"),
        (lambda w: course(w, NO_DOSES, [math.nan]), "before day -7"),
        (lambda w: course(w, NO_DOSES, [5]).row(6), "day 6 was not recorded"),
        (lambda w: course(w, planned_doses(w, EXAMPLE), [5], begin=-5), "lies before the start"),
        (
            lambda w: advance(w, PARAMETERS, start(w, PARAMETERS, 3), 2, NO_DOSES),
            "before the state",
        ),
        (lambda w: advance(w, PARAMETERS, start(w, PARAMETERS, 0), 2.1, NO_DOSES), "whole number"),
        (lambda w: dose(-1.0), "negative or unknown amount"),
        (lambda w: dose(math.nan), "negative or unknown amount"),
        (lambda w: dose(math.inf), "negative or unknown amount"),
        (lambda w: people(2, known=Known(weight=0)), "weight is not a positive number"),
        (lambda w: people(2, known=Known(blasts=[0.1, math.nan])), "blasts is not a positive"),
        (lambda w: people(2, [Disease.RELAPSED]), "1 diseases for 2"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_simulated_is_refused(
    act: Callable[[Participants], object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        act(people(2))


def dose(amount: float) -> Doses:
    return doses_of([Dose(participant=0, day=0.0, agent=Agent.NK_CELLS, amount=amount)])
