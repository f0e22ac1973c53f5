"""What disease a participant had before treatment: which endpoint, and so which denominator.

Morphological disease: marrow blasts of 5 % or more, or disease outside the marrow (Döhner et al.,
Blood 2022;140:1345). Below that, measurable residual disease (MRD) is positive or negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from trialrun.analysis.baseline_value import baseline_fact
from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.estimate import Found
from trialrun.ledger.state import Participant
from trialrun.values.truth import Truth, of
from trialrun.vocabulary.fact import Fact

SOURCE = "Döhner H et al. Blood 2022;140:1345"
_BLASTS = Decimal(5)
_MRD = Decimal("0.1")  # percent, flow cytometry; ELN MRD 2021


class Disease(Enum):
    """Disease before treatment."""

    MORPHOLOGICAL = "morphological"
    MRD_POSITIVE = "mrd-positive remission"
    MRD_NEGATIVE = "mrd-negative remission"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class DiseaseBefore:
    """The disease and the facts that show it."""

    disease: Disease
    found: Found


def disease_before(cutoff: Cutoff, who: Participant) -> DiseaseBefore:
    """The disease of a participant, on the last values before treatment."""
    marrow = baseline_fact(cutoff, who, "marrow_blasts")
    outside = baseline_fact(cutoff, who, "extramedullary_disease")
    level = baseline_fact(cutoff, who, "mrd_level")
    positive = baseline_fact(cutoff, who, "mrd_positive")
    used = [kept for kept in (marrow, outside, level, positive) if kept is not None]
    found = Found(who.code, tuple(entry for kept in used for entry in kept.entries))
    blasts = Truth.UNKNOWN if marrow is None else at_least(marrow.event.fact, _BLASTS)
    elsewhere = Truth.FALSE if outside is None else of(outside.event.fact.present)
    morphological = blasts | elsewhere
    if morphological is Truth.TRUE:
        return DiseaseBefore(Disease.MORPHOLOGICAL, found)
    if morphological is Truth.UNKNOWN:
        return DiseaseBefore(Disease.NOT_KNOWN, found)
    residual = Truth.UNKNOWN
    if level is not None:
        residual = at_least(level.event.fact, _MRD)
    if residual is Truth.UNKNOWN and positive is not None:
        residual = of(positive.event.fact.present)
    disease = {
        Truth.TRUE: Disease.MRD_POSITIVE,
        Truth.FALSE: Disease.MRD_NEGATIVE,
        Truth.UNKNOWN: Disease.NOT_KNOWN,
    }[residual]
    return DiseaseBefore(disease, found)


def at_least(fact: Fact, limit: Decimal) -> Truth:
    """Whether a value that may be an interval ("<5") is at least a limit, in the fact's unit."""
    match fact.comparator:
        case "":
            return of(fact.number >= limit)
        case "<":
            return Truth.FALSE if fact.number <= limit else Truth.UNKNOWN
        case "<=":
            return Truth.FALSE if fact.number < limit else Truth.UNKNOWN
        case _:  # > and >=
            return Truth.TRUE if fact.number >= limit else Truth.UNKNOWN
