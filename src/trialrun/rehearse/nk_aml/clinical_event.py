"""One adverse event of a simulated participant, as the model made it happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from trialrun.assess import ctcae
from trialrun.errors import InputError
from trialrun.rehearse.nk_aml.parameters import Outcome


class ClinicalKind(Enum):
    """What kind of event it is."""

    REACTION = "infusion-reaction"
    CYTOKINE_RELEASE = "cytokine-release"
    NEUROTOXICITY = "neurotoxicity"
    GRAFT_VERSUS_HOST = "graft-versus-host"
    FEBRILE_NEUTROPENIA = "febrile-neutropenia"
    INFECTION = "infection"
    BLEEDING = "bleeding"


class Cause(Enum):
    """What the model made it happen by; a simulated investigator may judge otherwise."""

    CELLS = "cells"
    LYMPHODEPLETION = "lymphodepletion"
    DISEASE = "disease"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalEvent:
    """One adverse event; `day` is its onset in decimal days from the first planned infusion."""

    kind: ClinicalKind
    term: str  # CTCAE v5
    detail: str  # for "Other, specify"
    soc: str  # as a registry names it
    grade: int
    day: float
    duration_days: float
    serious: bool
    seriousness: tuple[str, ...]  # ICH E2A, in conduct's words
    cause: Cause


def clinical_event(
    kind: ClinicalKind, outcome: Outcome, day: float, duration: float, cause: Cause
) -> ClinicalEvent:
    """An event with its system organ class and what makes it serious."""
    known = ctcae.term(outcome.term)
    if known is None or outcome.grade not in known.grades:
        raise InputError(
            f"CTCAE v5 has no {outcome.term!r} of grade {outcome.grade}", where="parameters.toml"
        )
    seriousness = {5: ("death",), 4: ("life-threatening",)}.get(outcome.grade, ())
    if not seriousness and outcome.grade == 3 and kind is not ClinicalKind.REACTION:
        seriousness = ("hospitalisation",)
    return ClinicalEvent(
        kind=kind,
        term=known.name,
        detail=outcome.detail,
        soc=known.registry_soc,
        grade=outcome.grade,
        day=day,
        duration_days=duration,
        serious=bool(seriousness),
        seriousness=seriousness,
        cause=cause,
    )
