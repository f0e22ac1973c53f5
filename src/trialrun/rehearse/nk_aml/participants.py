"""Simulated participants of the NK-AML model: what each of them is before the first dose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import Enum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trialrun.errors import InputError
from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws
from trialrun.rehearse.nk_aml.parameters import Parameter, Parameters
from trialrun.rehearse.portable import Floats


class Disease(Enum):
    """Where the leukaemia stands before lymphodepletion."""

    RELAPSED = "relapsed/refractory"  # morphological disease
    MRD_POSITIVE = "mrd-positive"  # morphological remission, residual disease measurable


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of each participant and therefore not drawn; None is drawn."""

    weight: ArrayLike | None = None  # kg
    surface: ArrayLike | None = None  # m2
    filtration: ArrayLike | None = None  # mL/min
    blasts: ArrayLike | None = None  # fraction of the marrow
    lymphocytes: ArrayLike | None = None  # per µL
    neutrophils: ArrayLike | None = None  # 1e9/L
    platelets: ArrayLike | None = None  # 1e9/L


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True, kw_only=True)
class Participants:
    """Arrays with one element a participant; `cytokine` is u, the growth from given cytokine."""

    weight: Floats  # kg
    surface: Floats  # m2
    filtration: Floats  # mL/min
    cytokine: Floats
    f_ara_a_clearance: Floats  # L/h
    cyclophosphamide_clearance: Floats  # L/h
    lymphocytes: Floats  # per µL, L0
    lymphocyte_kill: Floats  # 1/(mg·h/L) of F-ara-A
    nk_growth: Floats  # 1/d
    nk_loss: Floats  # 1/d
    nk_rejection: Floats  # 1/d per host lymphocyte per µL
    nk_share: Floats  # of infused cells, in blood
    blasts: Floats  # fraction of the marrow
    blast_growth: Floats  # 1/d
    blast_kill: Floats  # 1/d, κ
    blast_chemotherapy: Floats  # log-kill of one exposure scale
    marrow_sensitivity: Floats
    neutrophils: Floats  # 1e9/L
    platelets: Floats  # 1e9/L
    neutrophil_set_point: Floats  # 1e9/L, free of leukaemia
    platelet_set_point: Floats  # 1e9/L, free of leukaemia
    relapsed: NDArray[np.bool_]  # morphological disease at the start

    @property
    def count(self) -> int:
        """How many participants."""
        return len(self.weight)

    def some(self, which: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Participants:
        """Some of the participants, in the order of `which`."""
        return Participants(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


def draw_participants(
    draws: Draws,
    disease: Disease | Sequence[Disease],
    parameters: Parameters,
    *,
    cytokine: float = 0.0,
    known: Known = NOTHING_KNOWN,
) -> Participants:
    """One participant for each stream of `draws`, each with a disease, or all with the same.

    Every quantity takes its draws whether it is known or not, so that knowing one moves no other.
    """
    relapsed = _relapsed(disease, draws.count)

    def spread(name: str) -> Floats:
        one: Parameter = parameters[name]
        return draws.lognormal(one.value, one.log_sd)

    weight = _given(known.weight, spread("body.weight"), "weight")
    height = spread("body.height")
    surface = _given(known.surface, np.sqrt(height * weight / 3600.0), "surface")  # Mosteller
    filtration = np.minimum(spread("body.filtration"), parameters.value("body.greatest_filtration"))
    filtration = _given(known.filtration, filtration, "filtration")
    size = portable.power(weight / 70.0, parameters.value("drug.clearance_weight_exponent"))
    renal = parameters.value("drug.f_ara_a_clearance_per_filtration") * (filtration * 0.06)
    clearance = (parameters.value("drug.f_ara_a_clearance_base") + renal) * size
    blasts = _start(draws, relapsed, parameters)
    return Participants(
        weight=weight,
        surface=surface,
        filtration=filtration,
        cytokine=np.full(draws.count, float(cytokine)),
        f_ara_a_clearance=clearance * spread("drug.f_ara_a_clearance_spread"),
        cyclophosphamide_clearance=size * spread("drug.cyclophosphamide_clearance"),
        lymphocytes=_given(known.lymphocytes, spread("lymphocytes.baseline"), "lymphocytes"),
        lymphocyte_kill=spread("lymphocytes.kill_by_f_ara_a"),
        nk_growth=spread("donor_nk.growth"),
        nk_loss=spread("donor_nk.loss"),
        nk_rejection=spread("donor_nk.rejection"),
        nk_share=spread("donor_nk.share_in_blood"),
        blasts=_given(known.blasts, blasts, "blasts"),
        blast_growth=0.6931471805599453 / spread("leukaemia.doubling_time"),
        blast_kill=spread("leukaemia.kill_by_nk"),
        blast_chemotherapy=spread("leukaemia.kill_by_chemotherapy"),
        marrow_sensitivity=spread("counts.effect_spread"),
        neutrophils=_given(
            known.neutrophils, _either(draws, relapsed, parameters, "neutrophils"), "neutrophils"
        ),
        platelets=_given(
            known.platelets, _either(draws, relapsed, parameters, "platelets"), "platelets"
        ),
        neutrophil_set_point=spread("counts.neutrophil_set_point"),
        platelet_set_point=spread("counts.platelet_set_point"),
        relapsed=relapsed,
    )


def _relapsed(disease: Disease | Sequence[Disease], count: int) -> NDArray[np.bool_]:
    diseases = [disease] * count if isinstance(disease, Disease) else list(disease)
    if len(diseases) != count:
        raise InputError(f"{len(diseases)} diseases for {count} participants")
    return np.array([one is Disease.RELAPSED for one in diseases], dtype=np.bool_)


def _given(known: ArrayLike | None, drawn: Floats, name: str) -> Floats:
    if known is None:
        return drawn
    values = np.broadcast_to(np.asarray(known, dtype=np.float64), drawn.shape).copy()
    # NaN fails both comparisons.
    if drawn.size and not (np.min(values) > 0.0 and np.max(values) < 1e9):
        raise InputError(
            f"a participant's {name} is not a positive number",
            remedy="Give every participant a value, or none to have them drawn.",
        )
    return values


def _start(draws: Draws, relapsed: NDArray[np.bool_], parameters: Parameters) -> Floats:
    """The leukaemic fraction: both kinds are drawn, so that the kind moves no other draw."""
    share = draws.beta(
        int(parameters.value("start.relapsed_blasts_a")),
        parameters.value("start.relapsed_blasts_b"),
    )
    low = parameters.value("start.relapsed_blasts_least")
    overt = low + parameters.value("start.relapsed_blasts_span") * share
    exponent = draws.between(
        parameters.value("start.mrd_blasts_least"), parameters.value("start.mrd_blasts_greatest")
    )
    residual = portable.power(np.full(draws.count, 10.0), exponent)
    return np.where(relapsed, overt, residual)


def _either(draws: Draws, relapsed: NDArray[np.bool_], parameters: Parameters, what: str) -> Floats:
    overt, remission = parameters[f"start.relapsed_{what}"], parameters[f"start.mrd_{what}"]
    median = np.where(relapsed, overt.value, remission.value)
    return draws.lognormal(median, np.where(relapsed, overt.log_sd, remission.log_sd))
