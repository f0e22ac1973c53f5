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

from trialrun.analysis.survival import Interval, limits
from trialrun.errors import InputError

_EXACTLY = Context(prec=60)  # differences of like sums: more digits than are given
_GIVEN = Context(prec=34)
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
    spread = _Spread(variance)
    steps: list[IncidenceStep] = []
    for here in _times(participants, cause):
        with localcontext(_EXACTLY):
            spread.add(here)
            error = spread.at(here.incidence).sqrt(_GIVEN)
            relative = error / _wide(here.incidence) if here.incidence else Decimal(0)
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


class _Spread:
    """Running variance: Σ b + a·(F − Fⱼ)² − 2c·(F − Fⱼ) over the times so far, F the incidence now.

    Sums of a, aFⱼ, aFⱼ², c, cFⱼ and b are kept, so that every step costs the same.
    """

    def __init__(self, kind: Variance) -> None:
        self._kind = kind
        self._sums = [Decimal(0)] * 6

    def add(self, at: _Time) -> None:
        """One more time."""
        if at.events == 0:
            return
        a, b, c = _delta(at) if self._kind is Variance.DELTA else _aalen(at)
        f = _wide(at.incidence)
        terms = (a, a * f, a * f * f, c, c * f, b)
        self._sums = [old + new for old, new in zip(self._sums, terms, strict=True)]

    def at(self, incidence: Fraction) -> Decimal:
        """The variance where the incidence is now this."""
        a, af, aff, c, cf, b = self._sums
        now = _wide(incidence)
        total = b + now * now * a - 2 * now * af + aff - 2 * (now * c - cf)
        return max(total, Decimal(0))


def _delta(at: _Time) -> tuple[Decimal, Decimal, Decimal]:
    """a, b and c of one time; events of several causes at once go together as a multinomial."""
    n, d, own, before = at.at_risk, at.events, at.own, _wide(at.before)
    b = before * before * (n - own) * own / n**3
    if n == d:  # nobody is left, and nothing lies ahead
        return Decimal(0), b, Decimal(0)
    return Decimal(d) / (n * (n - d)), b, before * own / n**2


def _aalen(at: _Time) -> tuple[Decimal, Decimal, Decimal]:
    """a, b and c of one time; the cause and all others are independent counting processes."""
    n, d, before = at.at_risk, at.events, _wide(at.before)
    own, others = _jump(at.own, n), _jump(d - at.own, n)
    b = before * before * own
    if n == d:
        return Decimal(0), b, Decimal(0)
    ratio = Decimal(n) / (n - d)
    return ratio * ratio * (own + others), b, before * ratio * own


def _jump(events: int, n: int) -> Decimal:
    """Variance of a hazard's jump; a single event counts as itself, also in the last at risk."""
    tied = Decimal(events - 1) / (n - 1) if events > 1 else Decimal(0)
    return events * (1 - tied) / n**2


def _wide(value: Fraction) -> Decimal:
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))
