"""NK-cell kinetics of each participant, and in a few numbers: peak, area, persistence, half-life.

Time runs from the start of the first infusion, by the clock. Samples after a therapy outside the
protocol are not the product's: peak, area and persistence end there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.ending import death, first_therapy
from trialrun.analysis.estimate import Found, Method, Traced, count, traced
from trialrun.analysis.nk_samples import MEASURED, NkSample, nk_samples
from trialrun.analysis.spread import Measured, Spread, spread
from trialrun.analysis.survival import Curve, Followed, kaplan_meier
from trialrun.assess.exposure import Area, Terminal, area, terminal
from trialrun.assess.kinetics import (
    Below,
    Peak,
    Persistence,
    Quantified,
    Status,
    peak,
    persistence,
)
from trialrun.ledger.state import Participant

AREA_DAYS = Decimal(28)
PEAK = Method("nk_peak", "Bachanova V et al. Blood 2014;123:3855")
PEAK_DAY = Method("nk_peak_day")
AREA = Method("nk_area")
PERSISTENCE = Method("nk_persistence")
PERSISTENCE_CURVE = Method("nk_persistence_curve", "Kaplan EL, Meier P. JASA 1958;53:457")
RECOVERY = Method("nk_recovery")
HALF_LIFE = Method("nk_half_life")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantKinetics:
    """One participant's samples and what they show."""

    participant: str
    samples: tuple[NkSample, ...]
    peak: Peak
    area: Area
    terminal: Terminal
    persistence: Persistence
    found: Found
    early: Decimal  # days by which the sample of day 28 may be early

    @property
    def whole_area(self) -> Decimal | None:
        """The area, if the samples reach its end or the sample that was planned for it."""
        reached = self.area.to_day is not None and self.area.to_day >= AREA_DAYS - self.early
        return self.area.value if self.area.complete or reached else None

    @property
    def highest_limit(self) -> Decimal | None:
        """The highest limit that a sample was below: what "never quantified" is lower than."""
        limits = [one.level.limit for one in self.samples if isinstance(one.level, Below)]
        return max(limits, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinetics:
    """The kinetics of one group."""

    participants: tuple[ParticipantKinetics, ...]
    evaluable: Traced[int]
    quantified: Traced[int]
    recovery: Spread
    peak: Spread
    peak_day: Spread
    area: Spread
    half_life: Spread
    last_found: Spread
    persistence: Traced[Curve]


def kinetics(cutoff: Cutoff, people: Sequence[Found]) -> Kinetics:
    """The kinetics among those who are evaluable for it."""
    each = tuple(
        participant_kinetics(cutoff, cutoff.state.participants[one.participant]) for one in people
    )
    found = [one.found for one in each]
    quantified = [one for one in each if one.peak.status is Status.QUANTIFIED]
    return Kinetics(
        participants=each,
        evaluable=count(found, Method("set_evaluable_kinetics_is")),
        quantified=count([one.found for one in quantified], Method("nk_quantified")),
        recovery=spread([value for one in each if (value := _recovery(one))], found, RECOVERY),
        peak=spread([value for one in each if (value := _peak(one))], found, PEAK),
        peak_day=spread(
            [Measured(one.found, Fraction(one.peak.day or 0)) for one in quantified],
            [one.found for one in quantified],
            PEAK_DAY,
        ),
        area=spread(
            [Measured(one.found, Fraction(one.whole_area)) for one in each
             if one.whole_area is not None],
            found,
            AREA,
        ),
        half_life=spread(
            [Measured(one.found, Fraction(one.terminal.half_life)) for one in each
             if one.terminal.half_life is not None],
            found,
            HALF_LIFE,
        ),
        last_found=spread(
            [Measured(one.found, Fraction(one.persistence.last_found)) for one in each
             if one.persistence.last_found is not None],
            found,
            PERSISTENCE,
        ),
        persistence=traced(
            kaplan_meier([_followed(one) for one in each]), found, PERSISTENCE_CURVE
        ),
    )  # fmt: skip


def participant_kinetics(cutoff: Cutoff, who: Participant) -> ParticipantKinetics:
    """What one participant's samples show, up to a therapy outside the protocol."""
    samples = nk_samples(cutoff, who)
    levels = [one.sample for one in samples]
    other = first_therapy(who)
    until = None if other is None else cutoff.study_day(who, other.event.started_at)
    ends = other.event.therapy if other is not None else "death" if death(who) else ""
    entries = tuple(entry for one in samples if one.counts for entry in one.entries)
    infusions = cutoff.infusions(who)[:1]
    started = tuple(entry for given in infusions for entry in given.entries)
    return ParticipantKinetics(
        participant=who.code,
        samples=samples,
        peak=peak(levels, until=until),
        area=area(levels, end=AREA_DAYS, until=until),
        terminal=terminal(levels, until=until),
        persistence=persistence(levels, until=until, censored_by=ends),
        found=Found(who.code, (*started, *entries, *(other.entries if other else ()))),
        early=_early(cutoff),
    )


def _early(cutoff: Cutoff) -> Decimal:
    """How early the sample of day 28 may be by the schedule; at least a day, for its hour."""
    windows = [
        activity.days_before
        for activity in cutoff.protocol.schedule
        if int(AREA_DAYS) in activity.days and not MEASURED.isdisjoint(activity.variables)
    ]
    return Decimal(max([1, *windows]))


def _peak(one: ParticipantKinetics) -> Measured | None:
    """The peak, or that it is below the limit; nothing of somebody who is not evaluable."""
    if one.peak.level is not None:
        return Measured(one.found, Fraction(one.peak.level))
    if one.peak.status is Status.NEVER_QUANTIFIED:
        return Measured(one.found, Fraction(one.highest_limit or 0), below=True)
    return None


def _recovery(one: ParticipantKinetics) -> Measured | None:
    """The first level within hours of an infusion: how much of a dose is found in blood."""
    for sample in one.samples:
        found = Found(one.participant, sample.entries)
        if not sample.sample.recovery:
            continue
        match sample.level:
            case Quantified(value):
                return Measured(found, Fraction(value))
            case Below(limit):
                return Measured(found, Fraction(limit), below=True)
            case _:
                continue
    return None


def _followed(one: ParticipantKinetics) -> Followed:
    """Time to loss: the first sample below the limit for good, else still there at the last one."""
    lost = one.persistence.first_lost
    if lost is not None:
        return Followed(lost, event=True)
    return Followed(one.persistence.last_found or Decimal(0), event=False)


def quantified_levels(one: ParticipantKinetics) -> tuple[tuple[Decimal, Decimal, bool], ...]:
    """Day, level and "below its limit" of every sample that tells of expansion, for a curve."""
    points = []
    for sample in one.samples:
        if not sample.counts:
            continue
        match sample.level:
            case Quantified(value):
                points.append((sample.sample.day, value, False))
            case Below(limit):
                points.append((sample.sample.day, limit, True))
            case _:
                continue
    return tuple(points)
