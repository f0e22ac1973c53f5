"""Trajectories of the NK-AML model: 10,000 simulated participants over 67 days.

Beside it, in the same run: the same code with NumPy's own exp and log; the plain method (classical
Runge–Kutta on the equations as written, NumPy's functions, doses on the grid); SciPy on a sample.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np

from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml.dosing import Agent, Dose, Regimen, planned_doses
from trialrun.rehearse.nk_aml.parameters import shipped_parameters
from trialrun.rehearse.nk_aml.participants import Disease, Participants, draw_participants
from trialrun.rehearse.nk_aml.trajectory import STEP, Trajectories, simulate

TITLE = "Trajectories of the NK-AML model"
COUNT, SAMPLE, FIRST, LAST = 10_000, 20, -7, 60
REGIMEN = Regimen(
    fludarabine=25,
    fludarabine_days=(-6, -5, -4, -3, -2),
    cyclophosphamide=1000,
    cyclophosphamide_days=(-6, -5),
    nk_cells=1.5e7,
    nk_days=(0, 1, 2),
)
PARAMETERS = shipped_parameters()


def _best(act: Callable[[], object], runs: int = 3) -> float:
    seconds = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


def _people() -> Participants:
    draws = Draws.of_trial(1, range(COUNT), Purpose.PHYSIOLOGY)
    return draw_participants(draws, Disease.RELAPSED, PARAMETERS)


def _ours(people: Participants) -> Trajectories:
    doses = planned_doses(people, REGIMEN)
    return simulate(people, PARAMETERS, doses, from_day=FIRST, record_at=range(FIRST, LAST + 1))


def _with_numpy(people: Participants) -> float:
    """The same code, with NumPy's functions in place of ours for a moment."""
    own = portable.exp, portable.log
    try:
        portable.exp, portable.log = np.exp, np.log  # type: ignore[assignment]
        return _best(lambda: _ours(people))
    finally:
        portable.exp, portable.log = own


def _plainly(people: Participants, step: float) -> str:
    begun = time.perf_counter()
    with np.errstate(all="ignore"):
        last = plain(people, step)[-1]
    seconds = time.perf_counter() - begun
    lost = int(np.count_nonzero(~np.isfinite(last)))
    return f"{seconds:.2f} s; {lost} participants end as not-a-number"


def plain(people: Participants, step: float) -> np.ndarray:
    """The plain method; gives donor NK cells per µL by day."""
    p = {one.name: one.value for one in PARAMETERS}
    kf, kc = (
        np.log(2) * 24 / p[f"drug.{name}_half_life"] for name in ("f_ara_a", "cyclophosphamide")
    )
    share = p["drug.f_ara_a_mass"] / p["drug.fludarabine_mass"]
    k = np.array(
        [[96 / p["counts.neutrophil_transit_time"]], [96 / p["counts.platelet_transit_time"]]]
    )
    gamma = np.array([[p["counts.neutrophil_feedback"]], [p["counts.platelet_feedback"]]])
    strength = np.array([[1], [p["counts.platelet_effect"]]]) * people.marrow_sensitivity
    set_points = np.stack([people.neutrophil_set_point, people.platelet_set_point])

    def slope(y: np.ndarray, f: np.ndarray, c: np.ndarray) -> np.ndarray:
        host, nk, b = y[:3]
        i = p["interleukin.least"] + (p["interleukin.greatest"] - p["interleukin.least"]) / (
            1 + (host / p["interleukin.half_lymphocytes"]) ** 1.5
        )
        g = np.minimum(i / (i + p["interleukin.half_growth"]) + people.cytokine, 1.5)
        d = np.empty_like(y)
        d[0] = host * (
            p["lymphocytes.return_rate"] * np.log(people.lymphocytes / host)
            - people.lymphocyte_kill * f
            - p["lymphocytes.kill_by_cyclophosphamide"] * c
        )
        d[1] = nk * (
            people.nk_growth * g * (1 - nk / p["donor_nk.capacity"])
            - people.nk_loss
            - people.nk_rejection * host
            - p["donor_nk.kill_by_f_ara_a"] * f
        )
        d[2] = b * (
            people.blast_growth * (1 - b)
            - people.blast_kill
            * nk
            / (p["leukaemia.half_nk"] + nk)
            / (1 + b / p["leukaemia.burden_constant"])
            - people.blast_chemotherapy
            * (f + p["leukaemia.cyclophosphamide_weight"] * c)
            / p["leukaemia.exposure_scale"]
        )
        chain, change = y[3:].reshape(2, 5, -1), d[3:].reshape(2, 5, -1)
        room = 1 + (b / p["counts.crowding"]) ** 2
        effect = strength * (
            p["counts.effect_of_f_ara_a"] * f + p["counts.effect_of_cyclophosphamide"] * c
        )
        feedback = (set_points / room / chain[:, 4]) ** gamma
        change[:, 0] = k * chain[:, 0] * ((1 - effect) * feedback - 1)
        change[:, 1:] = k[:, :, None] * (chain[:, :-1] - chain[:, 1:])
        return d

    counts = [people.neutrophils] * 5 + [people.platelets] * 5
    y = np.stack([people.lymphocytes, np.zeros(people.count), people.blasts, *counts])
    f, c, h, seen = np.zeros(people.count), np.zeros(people.count), step, []
    for day in range(FIRST, LAST + 1):
        seen.append(y[1].copy())
        if day in REGIMEN.fludarabine_days:
            f = f + REGIMEN.fludarabine * people.surface * share / people.f_ara_a_clearance * kf
        if day in REGIMEN.cyclophosphamide_days:
            c = (
                c
                + REGIMEN.cyclophosphamide * people.surface / people.cyclophosphamide_clearance * kc
            )
        if day in REGIMEN.nk_days:
            y[1] += REGIMEN.nk_cells * people.nk_share / (p["donor_nk.blood_volume"] * 1000)
        for _ in range(round(1 / h)):
            mid_f, mid_c = f * np.exp(-kf * h / 2), c * np.exp(-kc * h / 2)
            end_f, end_c = f * np.exp(-kf * h), c * np.exp(-kc * h)
            a = slope(y, f, c)
            b = slope(y + h / 2 * a, mid_f, mid_c)
            d = slope(y + h / 2 * b, mid_f, mid_c)
            e = slope(y + h * d, end_f, end_c)
            y, f, c = y + h / 6 * (a + 2 * b + 2 * d + e), end_f, end_c
    return np.array(seen)


def _scipy() -> ModuleType:
    path = Path(__file__).parents[1] / "tests" / "unit" / "rehearse" / "plain_nk_aml.py"
    spec = importlib.util.spec_from_file_location("plain_nk_aml", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _sample(people: Participants) -> tuple[float, float]:
    """(seconds a participant, greatest relative difference of ours in donor NK on days 7–28)."""
    some, days = people.some(slice(0, SAMPLE)), tuple(range(FIRST, LAST + 1))
    doses = planned_doses(some, REGIMEN)
    rows = [
        Dose(participant=int(one), day=float(day), agent=Agent(int(agent)), amount=float(amount))
        for one, day, agent, amount in zip(
            doses.participant, doses.day, doses.agent, doses.amount, strict=True
        )
    ]
    module, begun = _scipy(), time.perf_counter()
    exact = [module.plain_course(some, one, PARAMETERS, rows, FIRST, days) for one in range(SAMPLE)]
    seconds = (time.perf_counter() - begun) / SAMPLE
    true = np.array([one["donor_nk"] for one in exact]).T[14:36]
    ours = _ours(some).donor_nk[14:36]
    return seconds, float(np.max(np.abs(ours - true) / (true + 1e-3)))


def run() -> dict[str, str]:
    """Seconds, least of three, on one core."""
    people = _people()
    drawing, ours = _best(_people), _best(lambda: _ours(people))
    same = _with_numpy(people)
    each, difference = _sample(people)
    what = f"{COUNT:,} participants × {LAST - FIRST} days, step {STEP:g} d"
    return {
        f"{what}: ours (same bits everywhere)": f"{ours:.2f} s",
        f"{what}: the same code with NumPy's exp and log": f"{same:.2f} s",
        f"{what}: plain Runge–Kutta in NumPy": _plainly(people, STEP),
        f"the same, step {STEP / 8:g} d": _plainly(people, STEP / 8),
        f"SciPy solve_ivp (LSODA, 1e-10), {SAMPLE} participants": f"{each * 1000:.0f} ms each, "
        f"so {each * COUNT / 60:.0f} min for all",
        "greatest relative difference from SciPy, donor NK, days 7–28": f"{difference:.1e}",
        f"drawing {COUNT:,} participants": f"{drawing:.2f} s",
    }
