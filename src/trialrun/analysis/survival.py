"""Kaplan–Meier survival with Greenwood's variance, and quantiles with limits; ties are exact.

Survival is carried as a rational number, so that "exactly one half" is decided exactly; roots,
logarithms and limits are decimals of 34 digits. Events at a time come before censorings at it.
Sources: Kaplan EL, Meier P. JASA 1958;53:457; Greenwood M, 1926; intervals and the midpoint rule of
quantiles as in R's survival package.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import Enum
from fractions import Fraction
from itertools import groupby

from trialrun.analysis.normal import two_sided_z
from trialrun.errors import InputError

_EXACTLY = Context(prec=34)
SOURCE = "Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457"


class Interval(Enum):
    """The scale on which a confidence interval is symmetric; always named with the result."""

    LOG = "log"
    LOG_LOG = "log-log"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Followed:
    """One participant: time to the event, or to the last time known to be without it."""

    time: Decimal
    event: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The curve from `time` on (until the next step); None limits are not estimable."""

    time: Decimal
    at_risk: int
    events: int
    censored: int
    survival: Fraction
    std_error: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """A time by which a share has had the event, with limits; None is not estimable."""

    share: Fraction
    time: Decimal | None
    lower: Decimal | None
    upper: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A Kaplan–Meier curve with the interval it was made with."""

    n: int
    events: int
    interval: Interval
    level: Decimal
    steps: tuple[Step, ...]

    @property
    def median(self) -> Quantile:
        """Median time to the event."""
        return self.quantile(Fraction(1, 2))

    def quantile(self, share: Fraction) -> Quantile:
        """The first time at which `share` or more have had the event.

        Where the curve lies exactly at 1 − share for a while, the middle of that while (as R).
        """
        left = 1 - share
        return Quantile(
            share=share,
            time=_crossing([(step.time, step.survival) for step in self.steps], left),
            lower=_crossing([(step.time, step.lower) for step in self.steps], left),
            upper=_crossing([(step.time, step.upper) for step in self.steps], left),
        )

    def at(self, time: Decimal) -> Step | None:
        """The step in force at `time`; None before the first one, where survival is 1."""
        return next((step for step in reversed(self.steps) if step.time <= time), None)


def kaplan_meier(
    participants: Sequence[Followed],
    *,
    interval: Interval = Interval.LOG_LOG,
    level: Decimal = Decimal("0.95"),
) -> Curve:
    """The survival curve of the participants, one step at every time that occurs."""
    if any(one.time < 0 for one in participants):
        raise InputError("a time to an event is below zero", remedy="Check the dates.")
    ordered = sorted(participants, key=lambda one: one.time)
    at_risk = len(ordered)
    survival = Fraction(1)
    with localcontext(_EXACTLY):
        hazard = Decimal(0)  # Greenwood's sum: variance of log survival
        steps: list[Step] = []
        for time, group in groupby(ordered, key=lambda one: one.time):
            here = list(group)
            events = sum(one.event for one in here)
            survival *= Fraction(at_risk - events, at_risk)
            if events and survival:
                hazard += Decimal(events) / (at_risk * (at_risk - events))
            error = hazard.sqrt()
            lower, upper = limits(survival, error, interval, level)
            steps.append(
                Step(
                    time=time,
                    at_risk=at_risk,
                    events=events,
                    censored=len(here) - events,
                    survival=survival,
                    std_error=decimal(survival) * error if survival else None,
                    lower=lower,
                    upper=upper,
                )
            )
            at_risk -= len(here)
    return Curve(
        n=len(ordered),
        events=sum(step.events for step in steps),
        interval=interval,
        level=level,
        steps=tuple(steps),
    )


def limits(
    probability: Fraction, relative_error: Decimal, interval: Interval, level: Decimal
) -> tuple[Decimal | None, Decimal | None]:
    """Limits of a probability from the standard error of its logarithm, kept inside 0 and 1.

    A probability of 0 has none; a probability of 1 that nothing has moved yet is 1 to 1.
    """
    if probability == 0:
        return None, None
    with localcontext(_EXACTLY):
        if probability == 1:
            return Decimal(1), Decimal(1)
        p = decimal(probability)
        half = two_sided_z(level) * relative_error
        match interval:
            case Interval.LOG:
                return _within(p * (-half).exp()), _within(p * half.exp())
            case Interval.PLAIN:
                return _within(p - p * half), _within(p + p * half)
            case Interval.LOG_LOG:
                log = p.ln()
                spread = (half / log).copy_abs()
                return (log * spread.exp()).exp(), (log * (-spread).exp()).exp()


def decimal(value: Fraction) -> Decimal:
    """A rational as a decimal of 34 digits."""
    return _EXACTLY.divide(Decimal(value.numerator), Decimal(value.denominator))


def _within(value: Decimal) -> Decimal:
    return min(max(value, Decimal(0)), Decimal(1))


def at_risk(participants: Sequence[Followed], times: Sequence[Decimal]) -> tuple[int, ...]:
    """How many are still followed just before each of the times."""
    return tuple(sum(one.time >= time for one in participants) for time in times)


def follow_up(participants: Sequence[Followed]) -> Curve:
    """Reverse Kaplan–Meier: its median is the median follow-up."""
    return kaplan_meier([Followed(one.time, not one.event) for one in participants])


def _crossing(
    curve: Sequence[tuple[Decimal, Fraction | Decimal | None]], left: Fraction
) -> Decimal | None:
    """Where a falling curve first reaches `left`; the middle of a stretch exactly at it."""
    for position, (time, value) in enumerate(curve):
        if value is None or Fraction(value) > left:
            continue
        if Fraction(value) == left:
            for later, lower_value in curve[position + 1 :]:
                if lower_value is None or Fraction(lower_value) < left:
                    with localcontext(_EXACTLY):
                        return (time + later) / 2
        return time
    return None
