"""The value of a variable before treatment: the last one not after the first administration."""

from __future__ import annotations

from fractions import Fraction

from trialrun.analysis.cutoff import Cutoff
from trialrun.ledger.events import FactRecorded
from trialrun.ledger.state import Kept, Participant
from trialrun.values.moment import before
from trialrun.values.quantity import Quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import read_unit
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind


def baseline_fact(cutoff: Cutoff, who: Participant, name: str) -> Kept[FactRecorded] | None:
    """The last fact that was observed before the first administration, or on its date.

    A fact known only by its date counts if that date is not after the first administration's.
    """
    first = cutoff.first_dose(who)
    values = [
        kept
        for kept in who.values(name)
        if first is None or before(first.event.started_at, kept.event.fact.at) is not Truth.TRUE
    ]
    return values[-1] if values else None


def canonical(kept: Kept[FactRecorded]) -> Fraction | None:
    """The number in its variable's own unit; None for "<5", and for what is no number."""
    fact = kept.event.fact
    row = variable(fact.variable)
    if fact.comparator or row.kind not in {Kind.QUANTITY, Kind.ORDINAL} or row.unit is None:
        return None
    if fact.unit is None or row.kind is Kind.ORDINAL:
        return Fraction(fact.number)
    unit = read_unit(fact.unit)
    if {unit.dimension, row.unit.dimension} == {"time", "calendar"}:
        return None  # months of days are an interval, not a number
    return Quantity(fact.number, unit).exact(row.unit, molar=row.molar)
