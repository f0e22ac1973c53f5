"""Cumulative incidence with competing events (Aalen–Johansen), exact where causes tie.

Two variances are in use and named: `AALEN` (Aalen 1978, as R's cmprsk) and `DELTA` (delta method,
as R's survival for a multi-state curve). Limits are on the scale that is stated.
Sources: Aalen OO, Johansen S. Scand J Stat 1978;5:141; Marubini E, Valsecchi MG. Analysing Survival
Data from Clinical Trials, 1995, chapter 10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import Enum
from fractions import Fraction
from itertools import groupby

from trialrun.analysis.survival import Interval, decimal, limits
from trialrun.errors import InputError

_EXACTLY = Context(prec=34)
SOURCE = "Aalen OO, Johansen S. Scand J Stat 1978;5:141"


class Variance(Enum):
    """Which estimate of the variance of a cumulative incidence."""

    AALEN = "Aalen"
    DELTA = "delta method"


@dataclass(frozen=True, slots=True)
class Course:
    """One participant: time to the first event and its cause, or (None) to the last contact."""

    time: Decimal
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidenceStep:
    """The incidence of one cause from `time` on; None limits are not estimable."""

    time: Decimal
    at_risk: int
    events: int
    incidence: Fraction
    std_error: Decimal
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidence:
    """The cumulative incidence of one cause, with the choices it was made with."""

    cause: str
    n: int
    events: int
    interval: Interval
    level: Decimal
    variance: Variance
    steps: tuple[IncidenceStep, ...]

    def at(self, time: Decimal) -> IncidenceStep | None:
        """The step in force at `time`; None before the first one, where incidence is 0."""
        return next((step for step in reversed(self.steps) if step.time <= time), None)


@dataclass(frozen=True, slots=True)
class _Time:
    """What happened at one time."""

    time: Decimal
    at_risk: int
    events: int  # of any cause
    own: int  # of the cause in question
    before: Fraction  # probability of no event just before
    incidence: Fraction  # of the cause, from this time on


def cumulative_incidence(
    participants: Sequence[Course],
    cause: str,
    *,
    interval: Interval = Interval.LOG_LOG,
    level: Decimal = Decimal("0.95"),
    variance: Variance = Variance.AALEN,
) -> Incidence:
    """The probability of having had `cause` first, by time; other causes compete."""
    if any(one.time < 0 for one in participants):
        raise InputError("a time to an event is below zero", remedy="Check the dates.")
    times = _times(participants, cause)
    steps: list[IncidenceStep] = []
    for position, here in enumerate(times):
        spread = _variance(times[: position + 1], variance)
        with localcontext(_EXACTLY):
            error = decimal(spread).sqrt()
            relative = error / decimal(here.incidence) if here.incidence else Decimal(0)
        lower, upper = limits(here.incidence, relative, interval, level)
        steps.append(
            IncidenceStep(
                time=here.time,
                at_risk=here.at_risk,
                events=here.own,
                incidence=here.incidence,
                std_error=error,
                lower=lower,
                upper=upper,
            )
        )
    return Incidence(
        cause=cause,
        n=len(participants),
        events=sum(step.events for step in steps),
        interval=interval,
        level=level,
        variance=variance,
        steps=tuple(steps),
    )


def _times(participants: Sequence[Course], cause: str) -> list[_Time]:
    ordered = sorted(participants, key=lambda one: one.time)
    at_risk = len(ordered)
    free, incidence = Fraction(1), Fraction(0)
    times: list[_Time] = []
    for time, group in groupby(ordered, key=lambda one: one.time):
        here = list(group)
        events = sum(one.cause is not None for one in here)
        own = sum(one.cause == cause for one in here)
        incidence += free * Fraction(own, at_risk)
        times.append(_Time(time, at_risk, events, own, free, incidence))
        free *= Fraction(at_risk - events, at_risk)
        at_risk -= len(here)
    return times


def _variance(times: Sequence[_Time], kind: Variance) -> Fraction:
    """Variance of the incidence at the last of the times."""
    now = times[-1].incidence
    part = _delta if kind is Variance.DELTA else _aalen
    return sum((part(at, now - at.incidence) for at in times if at.events), Fraction(0))


def _delta(at: _Time, ahead: Fraction) -> Fraction:
    """What one time adds; events of several causes at once are correlated as a multinomial."""
    n, d, own = at.at_risk, at.events, at.own
    total = at.before**2 * Fraction((n - own) * own, n**3)
    if ahead:  # with nobody left (n = d) nothing lies ahead
        total += ahead**2 * Fraction(d, n * (n - d))
        total -= 2 * ahead * at.before * Fraction(own, n**2)
    return total


def _aalen(at: _Time, ahead: Fraction) -> Fraction:
    """What one time adds; the cause and all others are independent counting processes."""
    n, d = at.at_risk, at.events
    pulled = ahead * Fraction(n, n - d) if ahead else Fraction(0)
    own, others = _jump(at.own, n), _jump(d - at.own, n)
    return (at.before - pulled) ** 2 * own + pulled**2 * others


def _jump(events: int, n: int) -> Fraction:
    """Variance of a hazard's jump; a single event counts as itself, also in the last at risk."""
    tied = Fraction(events - 1, n - 1) if events > 1 else Fraction(0)
    return events * (1 - tied) / n**2
