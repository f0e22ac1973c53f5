"""The equations of the NK-AML model, and one step of any length from a state to the next.

Two effect concentrations f (F-ara-A) and c (cyclophosphamide) decay; with them the logarithm of
host lymphocytes has a closed form, and is exact:

    dL/dt = r_L·L·ln(L0/L) − (k_Lf·f + k_Lc·c)·L          so with l = ln(L/L0):
    dl/dt = −r_L·l − k_Lf·f − k_Lc·c

Interleukin-15 follows at once, I = I_0 + (I_max − I_0)/(1 + (L/L50)^1.5), g = I/(I + I50) + u, and

    dD/dt = D·[r_max·min(g, g_max)·(1 − D/D_max) − δ − ρ·L − k_Df·f]
    dB/dt = B·[λ·(1 − B) − κ·D/(h + D)/(1 + B/K_B) − k_cB·(f + w·c)/scale]
    neutrophils and platelets: a proliferating pool, three transits and the blood (Friberg), with
    k = 4/MTT, E = s·(e_f·f + e_c·c), set-point S/(1 + (B/B50)²):
    dP/dt = k·P·[(1 − E)·(set-point/blood)^γ − 1],   dT/dt = k·(T_before − T)

are taken by the classical Runge–Kutta method of order 4; D, B and the proliferating pools in their
logarithm from the step's start, so that none can turn negative and nothing stays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialrun.rehearse import portable
from trialrun.rehearse.nk_aml.parameters import Parameters
from trialrun.rehearse.nk_aml.participants import Participants
from trialrun.rehearse.portable import Floats

LN_2 = 0.6931471805599453
# Counts are never read as lower than this in the feedback (1e9/L): far below any assay.
_LEAST_COUNT = 1e-6


@dataclass(slots=True)
class Levels:
    """The state of all participants at one moment; `growing` and `transit` are sides of chains."""

    f: Floats  # mg·h/L per day, F-ara-A
    c: Floats  # mg·h/L per day, cyclophosphamide
    lymphocyte_log: Floats  # ln(L/L0)
    grown: Floats  # (4, n): donor NK per µL, leukaemic fraction, proliferating pools of A and P
    transit: Floats  # (2, 4, n): three transits and the blood, of A and of P

    def copy(self) -> Levels:
        """One that can be carried on by itself."""
        return Levels(
            self.f.copy(),
            self.c.copy(),
            self.lymphocyte_log.copy(),
            self.grown.copy(),
            self.transit.copy(),
        )


class Equations:
    """The equations with the numbers of some participants filled in."""

    def __init__(self, people: Participants, parameters: Parameters) -> None:
        value = parameters.value
        self.people = people
        self.k_f = LN_2 * 24.0 / value("drug.f_ara_a_half_life")
        self.k_c = LN_2 * 24.0 / value("drug.cyclophosphamide_half_life")
        share = value("drug.f_ara_a_mass") / value("drug.fludarabine_mass")
        # One mg raises f by AUC·k, so that the area under f is the area under the curve.
        self.f_per_mg = share * self.k_f / people.f_ara_a_clearance
        self.c_per_mg = self.k_c / people.cyclophosphamide_clearance
        self.nk_per_dose = people.nk_share / (value("donor_nk.blood_volume") * 1000.0)
        self.return_rate = value("lymphocytes.return_rate")
        self.kill_f = people.lymphocyte_kill
        self.kill_c = value("lymphocytes.kill_by_cyclophosphamide")
        self.least = value("interleukin.least")
        self.span = value("interleukin.greatest") - self.least
        self.half_lymphocytes = value("interleukin.half_lymphocytes")
        self.half_growth = value("interleukin.half_growth")
        self.greatest_stimulus = value("interleukin.greatest_stimulus")
        self.capacity = value("donor_nk.capacity")
        self.nk_kill_f = value("donor_nk.kill_by_f_ara_a")
        self.half_nk = value("leukaemia.half_nk")
        self.burden = value("leukaemia.burden_constant")
        self.weight_c = value("leukaemia.cyclophosphamide_weight")
        self.chemotherapy = people.blast_chemotherapy / value("leukaemia.exposure_scale")
        self._marrow(value("counts.platelet_effect"), parameters)

    def _marrow(self, platelet_effect: float, parameters: Parameters) -> None:
        """Both chains at once: neutrophils first, platelets second."""
        value, people = parameters.value, self.people
        times = (value("counts.neutrophil_transit_time"), value("counts.platelet_transit_time"))
        self.turnover = np.array([[4.0 * 24.0 / time] for time in times])
        feedback = (value("counts.neutrophil_feedback"), value("counts.platelet_feedback"))
        self.feedback = np.array([[gamma] for gamma in feedback])
        strength = np.array([[1.0], [platelet_effect]]) * people.marrow_sensitivity
        self.marrow_f = strength * value("counts.effect_of_f_ara_a")
        self.marrow_c = strength * value("counts.effect_of_cyclophosphamide")
        self.set_points = np.stack([people.neutrophil_set_point, people.platelet_set_point])
        self.crowding = value("counts.crowding")

    def start(self) -> Levels:
        """Before the first dose: no drug, no donor cells, counts as they are."""
        people, n = self.people, self.people.count
        counts = np.stack([people.neutrophils, people.platelets])
        grown = np.stack([np.zeros(n), people.blasts, *counts])
        transit = np.repeat(counts[:, None, :], 4, axis=1)
        return Levels(np.zeros(n), np.zeros(n), np.zeros(n), grown, transit)

    def lymphocytes(self, levels: Levels) -> Floats:
        """Host lymphocytes per µL."""
        return self.people.lymphocytes * portable.exp(levels.lymphocyte_log)

    def stretch(self, h: Floats) -> Stretch:
        """A step of h days, one length for all (shape (1,)) or one for each (shape (n,))."""
        return Stretch(h, self._decays(0.5 * h), self._decays(h))

    def _decays(self, h: Floats) -> Decays:
        f = portable.exp(-self.k_f * h)
        c = portable.exp(-self.k_c * h)
        back = portable.exp(-self.return_rate * h)
        return Decays(
            f,
            c,
            back,
            (back - f) / (self.k_f - self.return_rate),
            (back - c) / (self.k_c - self.return_rate),
        )

    def _after(self, levels: Levels, left: Decays) -> tuple[Floats, Floats, Floats]:
        """f, c and l after the time of `left`, exactly."""
        f, c = levels.f * left.f, levels.c * left.c
        l_after = levels.lymphocyte_log * left.back - self.kill_f * levels.f * left.by_f
        return f, c, l_after - self.kill_c * levels.c * left.by_c

    def surroundings(self, f: Floats, c: Floats, lymphocytes: Floats) -> Surroundings:
        """What drives D, B and the chains at a moment and depends on time alone."""
        ratio = lymphocytes / self.half_lymphocytes
        interleukin = self.least + self.span / (1.0 + ratio * np.sqrt(ratio))
        stimulus = interleukin / (interleukin + self.half_growth) + self.people.cytokine
        growth = self.people.nk_growth * np.minimum(stimulus, self.greatest_stimulus)
        loss = self.people.nk_loss + self.people.nk_rejection * lymphocytes + self.nk_kill_f * f
        blast_loss = self.chemotherapy * (f + self.weight_c * c)
        survival = 1.0 - (self.marrow_f * f + self.marrow_c * c)
        return Surroundings(growth, loss, blast_loss, survival)

    def rates(self, grown: Floats, transit: Floats, around: Surroundings) -> tuple[Floats, Floats]:
        """(relative rates of `grown`, rates of `transit`), per day."""
        people, (nk, blasts) = self.people, grown[:2]
        relative = np.empty_like(grown)
        relative[0] = around.growth * (1.0 - nk / self.capacity) - around.loss
        kill = people.blast_kill * nk / ((self.half_nk + nk) * (1.0 + blasts / self.burden))
        relative[1] = people.blast_growth * (1.0 - blasts) - kill - around.blast_loss
        crowd = blasts / self.crowding
        room = 1.0 + crowd * crowd
        demand = self.set_points / (room * np.maximum(transit[:, 3], _LEAST_COUNT))
        feedback = portable.exp(self.feedback * portable.log(demand))
        relative[2:] = self.turnover * (around.survival * feedback - 1.0)
        change = np.empty_like(transit)
        change[:, 0] = grown[2:] - transit[:, 0]
        change[:, 1:] = transit[:, :3] - transit[:, 1:]
        change *= self.turnover[:, :, None]
        return relative, change

    def step(self, levels: Levels, stretch: Stretch, lymphocytes: Floats) -> Floats:
        """Carry the levels over a stretch, in place; takes and gives lymphocytes at its ends."""
        h = stretch.h
        f_mid, c_mid, l_mid = self._after(levels, stretch.half)
        f_end, c_end, l_end = self._after(levels, stretch.whole)
        start = self.people.lymphocytes
        at_mid, at_end = start * portable.exp(l_mid), start * portable.exp(l_end)
        first = self.surroundings(levels.f, levels.c, lymphocytes)
        middle = self.surroundings(f_mid, c_mid, at_mid)
        last = self.surroundings(f_end, c_end, at_end)
        grown, transit, half_h = levels.grown, levels.transit, 0.5 * h
        a1, b1 = self.rates(grown, transit, first)
        a2, b2 = self.rates(grown * portable.exp(half_h * a1), transit + half_h * b1, middle)
        a3, b3 = self.rates(grown * portable.exp(half_h * a2), transit + half_h * b2, middle)
        a4, b4 = self.rates(grown * portable.exp(h * a3), transit + h * b3, last)
        sixth = h / 6.0
        levels.grown = grown * portable.exp(sixth * (a1 + 2.0 * (a2 + a3) + a4))
        levels.transit = transit + sixth * (b1 + 2.0 * (b2 + b3) + b4)
        levels.f, levels.c, levels.lymphocyte_log = f_end, c_end, l_end
        return at_end


@dataclass(frozen=True, slots=True)
class Decays:
    """What is left after some time, and what f and c have done to l in it."""

    f: Floats
    c: Floats
    back: Floats
    by_f: Floats
    by_c: Floats


@dataclass(frozen=True, slots=True)
class Stretch:
    """A step's length in days, with what half of it and all of it leave."""

    h: Floats
    half: Decays
    whole: Decays


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Drivers at one moment: of donor NK, of leukaemia, of both chains."""

    growth: Floats
    loss: Floats
    blast_loss: Floats
    survival: Floats  # (2, n): 1 − E
