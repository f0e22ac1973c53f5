"""A number that can be traced: what it is, whom and which entries it stands on, by which method.

Every number that a report prints is one of these, so that each opens to its participants, entries
and method, and none can be printed without them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Generic, TypeVar

from trialrun.analysis import exact

V = TypeVar("V")
W = TypeVar("W")


@dataclass(frozen=True, slots=True)
class Method:
    """How a number was made: `analysis.<name>` says it in words; `source` is its citation."""

    name: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One participant of whom something holds, and the ledger positions that show it."""

    participant: str
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced(Generic[V]):
    """A value with its trace; a value of None is "not estimable"."""

    value: V
    participants: tuple[str, ...]
    entries: tuple[int, ...]
    method: Method

    def of(self, change: Callable[[V], W]) -> Traced[W]:
        """Another value on the same trace."""
        return replace(self, value=change(self.value))  # type: ignore[return-value, arg-type]


def traced(value: V, found: Iterable[Found], method: Method) -> Traced[V]:
    """A value that stands on what was found of these participants."""
    on = list(found)
    return Traced(
        value=value,
        participants=tuple(sorted({one.participant for one in on})),
        entries=tuple(sorted({entry for one in on for entry in one.entries})),
        method=method,
    )


def count(found: Iterable[Found], method: Method) -> Traced[int]:
    """How many participants; somebody found twice counts once."""
    on = list(found)
    return traced(len({one.participant for one in on}), on, method)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of how many, with exact limits: counts first, percents from them."""

    events: Traced[int]
    among: Traced[int]
    limits: Traced[exact.Proportion]

    @property
    def part(self) -> Traced[Fraction | None]:
        """Events over n; None of nobody."""
        return self.limits.of(lambda proportion: proportion.estimate)


CLOPPER_PEARSON = Method("clopper_pearson", exact.SOURCE)


def share(
    events: Iterable[Found],
    among: Iterable[Found],
    method: Method,
    *,
    level: Decimal = Decimal("0.95"),
    sides: exact.Sides = exact.Sides.TWO,
) -> Share:
    """Those of `among` that are in `events`; the others of `events` are not counted."""
    everyone = list(among)
    codes = {one.participant for one in everyone}
    some = [one for one in events if one.participant in codes]
    counted, total = count(some, method), count(everyone, method)
    limits = exact.clopper_pearson(counted.value, total.value, level, sides)
    return Share(
        events=counted,
        among=total,
        limits=traced(limits, [*everyone, *some], CLOPPER_PEARSON),
    )
