"""Which facts lie in a window, surely or perhaps, and which may be the latest or the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from trialrun.criteria.window import Side, Window
from trialrun.values.moment import Moment, days_between
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

Time = TypeVar("Time", date, datetime)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Facts of one variable by where they lie."""

    inside: tuple[Fact, ...]
    perhaps: tuple[Fact, ...] = ()  # their date is not exact enough to tell
    outside: tuple[Fact, ...] = ()  # in the order of time


def place(facts: Sequence[Fact], window: Window | None, anchor: Moment | None) -> Placed:
    """Where each fact lies; without a window, all are inside."""
    if window is None:
        return Placed(inside=tuple(facts))
    assert anchor is not None
    placed = [
        (fact, in_window(fact.at, anchor, window.most, window.least, window.side)) for fact in facts
    ]
    return Placed(
        inside=tuple(fact for fact, lies in placed if lies is Truth.TRUE),
        perhaps=tuple(fact for fact, lies in placed if lies is Truth.UNKNOWN),
        outside=tuple(
            sorted(
                (fact for fact, lies in placed if lies is Truth.FALSE),
                key=lambda fact: fact.at.order(),
            )
        ),
    )


def in_window(
    at: Moment,
    anchor: Moment,
    window_days: int | None,
    least_days: int = 0,
    side: Side = "before",
) -> Truth:
    """Whether `at` lies in the days before (or after) `anchor`, by calendar days.

    Both ends are included; day 0 is the anchor's own. By the clock, where both have a time of day,
    what is on the other side of the anchor is out.
    """
    earlier, later = (at, anchor) if side == "before" else (anchor, at)
    if (
        earlier.instant is not None
        and later.instant is not None
        and earlier.instant > later.instant
    ):
        return Truth.FALSE
    least, most = days_between(earlier, later)
    if most < least_days or (window_days is not None and least > window_days):
        return Truth.FALSE
    if least >= least_days and (window_days is None or most <= window_days):
        return Truth.TRUE
    return Truth.UNKNOWN


def contenders(placed: Placed, *, first: bool = False) -> list[Fact]:
    """The facts that may be the latest (or the first): none that is inside is surely beyond them.

    Two with a time of day are compared by the clock, any others by their days (as `before` does);
    so the outermost instant and day of those inside are all that a fact must be held against.
    """
    outer = min if first else max
    clocks = [fact.at.instant for fact in placed.inside if fact.at.instant is not None]
    clock = outer(clocks, default=None)
    dates = outer((_edge(f, first) for f in placed.inside if not f.at.has_time), default=None)
    anyone = outer((_edge(fact, first) for fact in placed.inside), default=None)
    return [
        fact
        for fact in (*placed.inside, *placed.perhaps)
        if not _beyond(fact.at.instant, clock, first)
        and not _beyond(
            fact.at.day if first else fact.at.last_day,
            dates if fact.at.has_time else anyone,
            first,
        )
    ]


def _edge(fact: Fact, first: bool) -> date:
    """The day that surely bounds it: its last possible one for a first, else its first."""
    return fact.at.last_day if first else fact.at.day


def _beyond(own: Time | None, outermost: Time | None, first: bool) -> bool:
    """Whether the outermost of those inside surely lies further out."""
    if own is None or outermost is None:
        return False
    return outermost < own if first else own < outermost


def latest(facts: Sequence[Fact]) -> Fact | None:
    """The last by time, then by order of recording; for showing, not for deciding."""
    last: Fact | None = None
    for fact in facts:
        if last is None or fact.at.order() >= last.at.order():
            last = fact
    return last


def earliest(facts: Sequence[Fact]) -> Fact | None:
    """The first by time, then by order of recording; for showing, not for deciding."""
    return min(facts, key=lambda fact: fact.at.order(), default=None)
