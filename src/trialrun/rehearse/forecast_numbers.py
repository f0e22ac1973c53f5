"""Every number of a forecast, once: the terminal, the page and the JSON write the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from trialrun.analysis.exact import Proportion, Sides, clopper_pearson
from trialrun.protocol.model import Kind, Protocol
from trialrun.rehearse.forecast import Chance, Forecast
from trialrun.rehearse.suspension_boundary import AtTrueRate, at_true_rates
from trialrun.rehearse.tally import Tally, counted_outcomes
from trialrun.rehearse.trial import first_day

T = TypeVar("T")

LOW, MIDDLE, HIGH = Fraction(1, 20), Fraction(1, 2), Fraction(19, 20)
RESPONSES = ("responders", "conversions")
_AT_MOST = 12  # rows of a table that people read; programs get them all
_SHARES = tuple(Fraction(n, 100) for n in (1, 5, 10, 25, 50, 75, 90, 95, 99))


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of participants in each trial: its sum, and the values that bound the trials."""

    name: str
    total: int
    low: int
    median: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Days until something that may never come, over all trials: None is "never" in the order."""

    name: str
    came: int
    low: int | None
    median: int | None
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Participants screened for each one treated: all trials together, and trial by trial."""

    screened: int
    treated: int
    trials: int  # those in which anybody was treated
    low: Fraction | None
    median: Fraction | None
    high: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What a count would be reported as, and in how many trials it comes up."""

    trials: int
    value: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A count of participants: the trials with k or more, with exactly k, and its limits at n."""

    name: str
    count: Count
    at_least: tuple[Chance, ...]
    distribution: tuple[tuple[int, int], ...]
    limits: tuple[Limit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One run among the trials; for a wait, "never" is longer than every other."""

    name: str
    value: int | None
    fewer: int
    same: int
    more: int

    @property
    def percentile(self) -> Fraction | None:
        """The share of trials below, ties counted half; None where there is no trial."""
        trials = self.fewer + self.same + self.more
        return Fraction(2 * self.fewer + self.same, 2 * trials) if trials else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The forecast with all that people and programs are told about it."""

    trials: int
    target: int
    planned_days: int | None
    treated: str  # "infused", or "started" in a trial without a cell product
    full_by_planned_end: Chance | None
    full_at_all: Chance
    full_after: Wait
    last_after: Wait
    suspended: Chance
    counts: tuple[Count, ...]
    ratio: Ratio
    outcomes: tuple[Outcome, ...]  # responses that the protocol or a trial has; dose-limiting last
    none_of_n: Proportion  # 0 of n, one-sided 95 % upper limit
    boundary: tuple[AtTrueRate, ...]
    standings: tuple[Standing, ...]

    def count(self, name: str) -> Count:
        """The count of this name."""
        return next(one for one in self.counts if one.name == name)


COUNTS = (
    "screened", "not_eligible", "facts_missing", "enrolled", "started", "infused",
    "product_failures", "responders", "conversions", "dose_limiting", "serious", "deaths",
)  # fmt: skip


def planned_days(protocol: Protocol) -> int | None:
    """Days from the rehearsal's first day to the last day of the planned end; None without one."""
    end = protocol.enrolment.planned_end
    return None if end is None else (end.last_day - first_day(protocol)).days


def number(
    protocol: Protocol, forecast: Forecast, tallies: Sequence[Tally], *, single: Tally | None
) -> Numbers:
    """All numbers of a forecast; its tallies are those that it was made from."""
    target = protocol.enrolment.target
    cells = any(one.kind is Kind.CELL_PRODUCT for one in protocol.interventions)
    treated = "infused" if cells else "started"
    outcomes = tuple(
        _outcome(name, forecast, tallies, target) for name in _shown(protocol, tallies)
    )
    asked = ("screened", "enrolled", treated, *(one.name for one in outcomes), "serious", "deaths")
    standings = (
        ()
        if single is None
        else tuple(
            _standing(name, single, tallies) for name in (*asked, "full_after", "last_after")
        )
    )
    return Numbers(
        trials=forecast.trials,
        target=target,
        planned_days=None if forecast.full_by_planned_end is None else planned_days(protocol),
        treated=treated,
        full_by_planned_end=forecast.full_by_planned_end,
        full_at_all=forecast.full_at_all,
        full_after=_wait("full_after", [one.full_after for one in tallies]),
        # Where nobody was enrolled there is no last participant.
        last_after=_wait(
            "last_after", [one.last_after if one.enrolled else None for one in tallies]
        ),
        suspended=forecast.suspended,
        counts=tuple(_count(name, tallies) for name in COUNTS),
        ratio=_ratio(treated, tallies),
        outcomes=outcomes,
        none_of_n=clopper_pearson(0, target, sides=Sides.UPPER),
        boundary=at_true_rates(protocol.safety, target),
        standings=standings,
    )


def _shown(protocol: Protocol, tallies: Sequence[Tally]) -> tuple[str, ...]:
    """Responses that the protocol asks for or that came up, and always dose-limiting events."""
    asked = counted_outcomes(protocol)
    came = tuple(name for name in RESPONSES if any(getattr(one, name) for one in tallies))
    return (*(name for name in RESPONSES if name in asked or name in came), "dose_limiting")


def rank(ordered: Sequence[T], share: Fraction) -> T | None:
    """The inverse of the empirical distribution (R's type 1): a value that occurred."""
    place = -(-len(ordered) * share.numerator // share.denominator)
    return ordered[max(place, 1) - 1] if ordered else None


def _count(name: str, tallies: Sequence[Tally]) -> Count:
    values = sorted(getattr(one, name) for one in tallies)
    low, median, high = (rank(values, share) or 0 for share in (LOW, MIDDLE, HIGH))
    return Count(name=name, total=sum(values), low=low, median=median, high=high)


def _wait(name: str, values: Sequence[int | None]) -> Wait:
    came = sorted(value for value in values if value is not None)
    ordered: list[int | None] = [*came, *[None] * (len(values) - len(came))]
    low, median, high = (rank(ordered, share) for share in (LOW, MIDDLE, HIGH))
    return Wait(name=name, came=len(came), low=low, median=median, high=high)


def _ratio(treated: str, tallies: Sequence[Tally]) -> Ratio:
    each = sorted(
        Fraction(one.screened, getattr(one, treated)) for one in tallies if getattr(one, treated)
    )
    low, median, high = (rank(each, share) for share in (LOW, MIDDLE, HIGH))
    return Ratio(
        screened=sum(one.screened for one in tallies),
        treated=sum(getattr(one, treated) for one in tallies),
        trials=len(each),
        low=low,
        median=median,
        high=high,
    )


def _outcome(name: str, forecast: Forecast, tallies: Sequence[Tally], target: int) -> Outcome:
    counts = Counter(getattr(one, name) for one in tallies)
    values = sorted(getattr(one, name) for one in tallies)
    likely = [value for value in values if value <= target]
    low, high = rank(likely, LOW) or 0, rank(likely, HIGH) or 0
    return Outcome(
        name=name,
        count=_count(name, tallies),
        at_least=next(chances for one, chances in forecast.at_least if one == name),
        distribution=next(rows for one, rows in forecast.distributions if one == name),
        limits=tuple(
            Limit(trials=counts[value], value=clopper_pearson(value, target))
            for value in few(range(low, high + 1), likely)
        )
        if target
        else (),
    )


def few(wanted: Sequence[int], values: Sequence[int]) -> tuple[int, ...]:
    """All that are wanted, or where they are many, those at round percentiles of the values."""
    if len(wanted) <= _AT_MOST:
        return tuple(wanted)
    marks = {rank(values, share) for share in _SHARES}
    return tuple(one for one in wanted if one in marks)


def _standing(name: str, single: Tally, tallies: Sequence[Tally]) -> Standing:
    mine = _place(getattr(single, name))
    places = [_place(getattr(one, name)) for one in tallies]
    return Standing(
        name=name,
        value=getattr(single, name),
        fewer=sum(place < mine for place in places),
        same=sum(place == mine for place in places),
        more=sum(place > mine for place in places),
    )


def _place(value: int | None) -> tuple[bool, int]:
    return (value is None, value or 0)


def months(days: int | Fraction) -> Fraction:
    """Days as months of a twelfth of 365.25 days."""
    return Fraction(days) / Fraction(487, 16)


def shown_at_least(outcome: Outcome) -> tuple[tuple[int, Chance], ...]:
    """The chances of k or more that people read: k, and its chance."""
    values = [value for value, trials in outcome.distribution for _ in range(trials)]
    chances = dict(enumerate(outcome.at_least, start=1))
    wanted = few(range(1, len(chances) + 1), values)
    return tuple((k, chances[k]) for k in wanted)
