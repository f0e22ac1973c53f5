"""What many rehearsed trials say together: chances, waits and spreads, each a count of trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.analysis.exact import Proportion, clopper_pearson
from trialrun.analysis.quantile import Definition, quantile
from trialrun.rehearse.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A number over the trials: median, 5th and 95th percentile, and how many trials have it."""

    name: str
    median: int
    low: int
    high: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """Something that happens in a share of the trials, with exact limits of the share."""

    name: str
    value: Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A forecast from many trials under one set of assumptions; it validates nothing."""

    trials: int
    full_by_planned_end: Chance | None
    full_at_all: Chance
    suspended: Chance
    at_least: tuple[tuple[str, tuple[Chance, ...]], ...]  # outcome, for k = 1, 2, …
    spreads: tuple[Spread, ...]
    distributions: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]  # name, (value, trials)


SPREAD_NAMES = (
    "screened", "not_eligible", "facts_missing", "enrolled", "started", "infused",
    "product_failures", "responders", "conversions", "dose_limiting", "serious", "deaths",
    "full_after", "last_after",
)  # fmt: skip
COUNTED = ("responders", "conversions", "dose_limiting")


def forecast(tallies: Sequence[Tally], *, target: int, planned_days: int | None) -> Forecast:
    """The forecast of at least one trial; `planned_days` from planned start to planned end."""
    return Forecast(
        trials=len(tallies),
        full_by_planned_end=None
        if planned_days is None
        else _chance(
            "full_by_planned_end",
            tallies,
            lambda one: one.full_after is not None and one.full_after <= planned_days,
        ),
        full_at_all=_chance("full_at_all", tallies, lambda one: one.full_after is not None),
        suspended=_chance("suspended", tallies, lambda one: one.suspended),
        at_least=tuple((name, _at_least(name, tallies, target)) for name in COUNTED),
        spreads=tuple(
            spread for name in SPREAD_NAMES if (spread := _spread(name, tallies)) is not None
        ),
        distributions=tuple((name, _distribution(name, tallies)) for name in COUNTED),
    )


def _chance(name: str, tallies: Sequence[Tally], holds: Callable[[Tally], bool]) -> Chance:
    return Chance(name=name, value=clopper_pearson(sum(map(holds, tallies)), len(tallies)))


def _at_least(name: str, tallies: Sequence[Tally], target: int) -> tuple[Chance, ...]:
    most = max((getattr(one, name) for one in tallies), default=0)
    return tuple(
        _chance(f"{name} >= {k}", tallies, lambda one, k=k: getattr(one, name) >= k)  # type: ignore[misc]
        for k in range(1, min(most + 1, target) + 1)
    )


def _values(name: str, tallies: Sequence[Tally]) -> list[int]:
    return sorted(value for one in tallies if (value := getattr(one, name)) is not None)


def _spread(name: str, tallies: Sequence[Tally]) -> Spread | None:
    """By R's type 1, the inverse of the empirical distribution: always a value that occurred."""
    values = _values(name, tallies)
    if not values:
        return None

    ordered = [Decimal(value) for value in values]

    def at(share: Fraction) -> int:
        found = quantile(ordered, share, Definition.INVERSE)
        assert found is not None
        return int(found)

    return Spread(
        name=name,
        median=at(Fraction(1, 2)),
        low=at(Fraction(1, 20)),
        high=at(Fraction(19, 20)),
        n=len(values),
    )


def _distribution(name: str, tallies: Sequence[Tally]) -> tuple[tuple[int, int], ...]:
    counts = Counter(getattr(one, name) for one in tallies)
    return tuple((value, counts[value]) for value in range(max(counts, default=0) + 1))


def percentile(one: Tally, tallies: Sequence[Tally], name: str) -> Fraction | None:
    """The share of trials with less than this one, ties counted half; None where it has none."""
    mine, values = getattr(one, name), _values(name, tallies)
    if mine is None or not values:
        return None
    less = sum(value < mine for value in values)
    same = sum(value == mine for value in values)
    return Fraction(2 * less + same, 2 * len(values))
