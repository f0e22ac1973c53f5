"""Donor NK cell levels of each participant, sample by sample, from the facts as recorded.

A level is taken from a count of donor NK cells where there is one, else from NK cells (lymphocytes
of that day × NK share) and donor chimerism of the same moment; "below its limit" stays that, never
zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import assert_never

from trialrun.analysis.cutoff import Cutoff, days_from, hours_from
from trialrun.assess.kinetics import (
    Below,
    Factors,
    Level,
    Limits,
    NotEvaluable,
    Quantified,
    Sample,
    donor_level,
)
from trialrun.ledger.events import FactRecorded
from trialrun.ledger.state import Kept, Participant
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, read_unit

_EXACTLY = Context(prec=34)
_PER_UL = UNITS["/uL"]
# A sample this soon after an infusion's end shows how much of the dose is found in blood.
RECOVERY_HOURS = Decimal(4)
# What a level is made from; the first four are of one moment, lymphocytes of the same day.
MEASURED = frozenset({"donor_nk_count", "nk_count", "nk_share_of_lymphocytes", "donor_chimerism"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NkSample:
    """One level at its time, in days from the start of the first infusion."""

    at: Moment
    sample: Sample
    entries: tuple[int, ...]

    @property
    def level(self) -> Level:
        """The level."""
        return self.sample.level

    @property
    def counts(self) -> bool:
        """Whether it tells a level of expansion: after the first infusion, and evaluable."""
        return (
            self.sample.day > 0
            and not self.sample.recovery
            and not isinstance(self.sample.level, NotEvaluable)
        )


def nk_samples(cutoff: Cutoff, who: Participant) -> tuple[NkSample, ...]:
    """All samples of somebody who was infused, in order of time."""
    infusions = cutoff.infusions(who) or who.given(cutoff.protocol.day_zero)
    if not infusions:
        return ()
    start = infusions[0].event.started_at
    ends = [given.event.ended_at for given in infusions]
    samples = []
    for at, facts in _by_moment(who).items():
        level = _level(facts)
        after = [hours_from(end, at) for end in ends]
        recovery = any(hours is not None and 0 <= hours <= RECOVERY_HOURS for hours in after)
        samples.append(
            NkSample(
                at=at,
                sample=Sample(day=days_from(start, at), level=level, recovery=recovery),
                entries=tuple(entry for kept in facts.values() for entry in kept.entries),
            )
        )
    return tuple(sorted(samples, key=lambda one: (one.sample.day, one.entries)))


def evaluable_samples(cutoff: Cutoff, who: Participant) -> tuple[NkSample, ...]:
    """The samples that tell a level of expansion."""
    return tuple(sample for sample in nk_samples(cutoff, who) if sample.counts)


_Facts = dict[str, Kept[FactRecorded]]


def _by_moment(who: Participant) -> dict[Moment, _Facts]:
    """The facts that make a level, by the moment they are of; the latest recorded one counts."""
    moments: dict[Moment, _Facts] = {}
    lymphocytes: list[Kept[FactRecorded]] = []
    for kept in sorted(who.facts.values(), key=lambda one: one.entry):
        fact = kept.event.fact
        if fact.variable in MEASURED:
            moments.setdefault(fact.at, {})[fact.variable] = kept
        elif fact.variable == "alc":
            lymphocytes.append(kept)
    for at, facts in moments.items():
        same_day = [kept for kept in lymphocytes if kept.event.fact.at.day == at.day]
        if same_day and facts.keys().isdisjoint({"donor_nk_count", "nk_count"}):
            facts["alc"] = min(same_day, key=lambda kept: (_apart(kept, at), -kept.entry))
    return moments


def _apart(kept: Kept[FactRecorded], at: Moment) -> Decimal:
    """Hours between two moments of one day; a date alone is farther than any time."""
    hours = hours_from(kept.event.fact.at, at)
    return Decimal(24) if hours is None else abs(hours)


def _level(facts: _Facts) -> Level:
    if "donor_nk_count" in facts:
        return _counted(facts["donor_nk_count"])
    chimerism = facts.get("donor_chimerism")
    below = chimerism is not None and chimerism.event.fact.comparator in {"<", "<="}
    limit = chimerism.event.fact.number if below and chimerism is not None else Decimal(1)
    nk_cells = _quantity(facts.get("nk_count"))
    whole = Quantity(Decimal(100), UNITS["%"])
    return donor_level(
        Factors(
            lymphocytes=nk_cells or _quantity(facts.get("alc")),
            nk_share=whole if nk_cells else _quantity(facts.get("nk_share_of_lymphocytes")),
            chimerism=None if below else _quantity(chimerism),
            chimerism_below=below,
        ),
        Limits(chimerism=limit),
    )


def _counted(kept: Kept[FactRecorded]) -> Level:
    quantity = _quantity(kept)
    assert quantity is not None
    cells = _decimal(quantity.exact(_PER_UL))
    match kept.event.fact.comparator:
        case "<" | "<=":
            return Below(cells)
        case "" | ">" | ">=":
            # A level of zero is what an assay cannot tell from its limit, and no limit is given.
            return Quantified(cells) if cells > 0 else NotEvaluable("zero without a limit")
        case _:
            assert_never(kept.event.fact.comparator)  # type: ignore[arg-type]


def _quantity(kept: Kept[FactRecorded] | None) -> Quantity | None:
    if kept is None:
        return None
    fact = kept.event.fact
    return Quantity(fact.number, UNITS["%"] if fact.unit is None else read_unit(fact.unit))


def _decimal(value: Fraction) -> Decimal:
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))
