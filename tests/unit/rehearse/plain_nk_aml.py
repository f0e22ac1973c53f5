"""A second, plain implementation of the NK-AML model: SciPy's integrator on the plain equations.

One participant at a time, no logarithms, no closed forms, no shared code with the model but its
numbers. It is what the fast one is compared with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.integrate import solve_ivp

from trialrun.rehearse.nk_aml.dosing import Agent, Dose
from trialrun.rehearse.nk_aml.parameters import Parameters
from trialrun.rehearse.nk_aml.participants import Participants

NAMES = ("f", "c", "lymphocytes", "donor_nk", "blasts")


def plain_course(
    people: Participants,
    number: int,
    parameters: Parameters,
    doses: Sequence[Dose],
    from_day: float,
    days: Sequence[float],
) -> dict[str, list[float]]:
    """Levels of one participant on ascending days, before that moment's doses."""
    p = {one.name: one.value for one in parameters}
    me = {name: float(getattr(people, name)[number]) for name in people.__slots__}
    kf = math.log(2) / p["drug.f_ara_a_half_life"] * 24
    kc = math.log(2) / p["drug.cyclophosphamide_half_life"] * 24

    def slope(_: float, y: np.ndarray) -> np.ndarray:
        f, c, lymphocytes, nk, b = y[:5]
        interleukin = p["interleukin.least"] + (
            p["interleukin.greatest"] - p["interleukin.least"]
        ) / (1 + (lymphocytes / p["interleukin.half_lymphocytes"]) ** 1.5)
        g = interleukin / (interleukin + p["interleukin.half_growth"]) + me["cytokine"]
        growth = me["nk_growth"] * min(g, p["interleukin.greatest_stimulus"])
        d = np.empty_like(y)
        d[0], d[1] = -kf * f, -kc * c
        kill = me["lymphocyte_kill"] * f + p["lymphocytes.kill_by_cyclophosphamide"] * c
        back = p["lymphocytes.return_rate"] * math.log(me["lymphocytes"] / lymphocytes)
        d[2] = lymphocytes * (back - kill)
        d[3] = nk * (
            growth * (1 - nk / p["donor_nk.capacity"])
            - me["nk_loss"]
            - me["nk_rejection"] * lymphocytes
            - p["donor_nk.kill_by_f_ara_a"] * f
        )
        drugs = f + p["leukaemia.cyclophosphamide_weight"] * c
        d[4] = (
            me["blast_growth"] * b * (1 - b)
            - me["blast_kill"]
            * nk
            / (p["leukaemia.half_nk"] + nk)
            * b
            / (1 + b / p["leukaemia.burden_constant"])
            - me["blast_chemotherapy"] * drugs / p["leukaemia.exposure_scale"] * b
        )
        effect = me["marrow_sensitivity"] * (
            p["counts.effect_of_f_ara_a"] * f + p["counts.effect_of_cyclophosphamide"] * c
        )
        for first, kind, strength in ((5, "neutrophil", 1.0), (10, "platelet", None)):
            share = p["counts.platelet_effect"] if strength is None else strength
            chain = y[first : first + 5]
            k = 4 / (p[f"counts.{kind}_transit_time"] / 24)
            set_point = me[f"{kind}_set_point"] / (1 + (b / p["counts.crowding"]) ** 2)
            feedback = (set_point / chain[4]) ** p[f"counts.{kind}_feedback"]
            d[first] = k * chain[0] * ((1 - share * effect) * feedback - 1)
            d[first + 1 : first + 5] = k * (chain[:4] - chain[1:])
        return d

    counts = [me["neutrophils"]] * 5 + [me["platelets"]] * 5
    y = np.array([0, 0, me["lymphocytes"], 0, me["blasts"], *counts])
    share = p["drug.f_ara_a_mass"] / p["drug.fludarabine_mass"]
    seen: dict[str, list[float]] = {name: [] for name in (*NAMES, "neutrophils", "platelets")}
    now = from_day
    mine = sorted((one for one in doses if one.participant == number), key=lambda one: one.day)
    moments = sorted([(day, 0, None) for day in days] + [(one.day, 1, one) for one in mine],
                     key=lambda one: one[:2])  # fmt: skip
    for day, _, dose in moments:
        if day > now:
            y = solve_ivp(slope, (now, day), y, method="LSODA", rtol=1e-10, atol=1e-13).y[:, -1]
            now = day
        if dose is None:
            for place, name in enumerate(NAMES):
                seen[name].append(float(y[place]))
            seen["neutrophils"].append(float(y[9]))
            seen["platelets"].append(float(y[14]))
        elif dose.agent is Agent.FLUDARABINE:
            y[0] += dose.amount * share / me["f_ara_a_clearance"] * kf
        elif dose.agent is Agent.CYCLOPHOSPHAMIDE:
            y[1] += dose.amount / me["cyclophosphamide_clearance"] * kc
        else:
            y[3] += dose.amount * me["nk_share"] / (p["donor_nk.blood_volume"] * 1000)
    return seen
