"""Reactions to infusions: correlated within a participant, each symptom at its published rate.

They need no levels, so that an infusion may be withheld because of the one before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws
from trialrun.rehearse.nk_aml.clinical_event import (
    Cause,
    ClinicalEvent,
    ClinicalKind,
    clinical_event,
)
from trialrun.rehearse.nk_aml.parameters import Outcome, Parameters, Symptom
from trialrun.rehearse.portable import Floats

REACTION_HOURS = 4.0  # by definition of a reaction (Mamo 2021)


def reaction_grades(draws: Draws, infusions: int, parameters: Parameters) -> NDArray[np.int8]:
    """Grade (0: none) of each symptom at each infusion: infusion × symptom × participant.

    A participant's own tendency is shared by all symptoms and infusions, with the correlation of
    the parameter file on the normal scale; each symptom keeps its published rate.
    """
    shared = parameters.value("clinical.reaction_correlation")
    tendency = draws.normal() * _root(shared)
    own = _root(1.0 - shared)
    grades = np.zeros((infusions, len(parameters.reactions), draws.count), dtype=np.int8)
    for infusion in range(infusions):
        for place, symptom in enumerate(parameters.reactions):
            strength = tendency + own * draws.normal()
            for limit in _limits(symptom):
                grades[infusion, place] += strength > limit
    return grades


def reactions(
    grades: NDArray[np.int8], infused_day: float, when: Floats, parameters: Parameters
) -> tuple[ClinicalEvent, ...]:
    """One participant's reactions to one infusion; `when` places each symptom within 4 hours."""
    return tuple(
        clinical_event(
            ClinicalKind.REACTION,
            Outcome(term=symptom.term, detail="", grade=int(grade), share=1.0),
            infused_day + float(at) * REACTION_HOURS / 24.0,
            0.25,
            Cause.CELLS,
        )
        for symptom, grade, at in zip(parameters.reactions, grades, when, strict=True)
        if grade > 0
    )


def _limits(symptom: Symptom) -> tuple[float, ...]:
    """Normal quantiles above which the grade is at least 1, 2, 3, 4."""
    at_least = [sum(symptom.grades[grade:]) / symptom.of for grade in range(4)]
    return tuple((-portable.normal_quantile(np.array(at_least))).tolist())


def _root(value: float) -> float:
    return float(np.sqrt(value))
