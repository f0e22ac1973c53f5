"""What a table cell holds: estimates as they are; text and traces come from it at the very end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, assert_never

from trialrun.analysis.estimate import Share, Traced
from trialrun.analysis.spread import Limited, Spread
from trialrun.analysis.survival import Quantile, Step
from trialrun.results.printing import (
    limited,
    percent,
    percent_limits,
    places,
    significant,
    whole,
)
from trialrun.results.words import Words
from trialrun.values.moment import Moment
from trialrun.wording.catalogue import Locale, say


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text in a cell; with a trace it opens to whom and what it stands on."""

    text: str
    trace: Traced[Any] | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """Participants (or things) counted."""

    count: Traced[int]


@dataclass(frozen=True, slots=True)
class Part:
    """A count, and what part of another count it is."""

    count: Traced[int]
    among: Traced[int]


@dataclass(frozen=True, slots=True)
class Grades:
    """Participants with any grade, what part of others they are, and those of grade 3 or more."""

    any: Part
    severe: Traced[int]


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact limits."""

    share: Share


@dataclass(frozen=True, slots=True)
class Range:
    """Median with least and greatest; `decimals` instead of three significant digits."""

    spread: Spread
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Time:
    """A time by which a share has had the event, with its limits, in days."""

    quantile: Traced[Quantile]


@dataclass(frozen=True, slots=True)
class Standing:
    """Survival at a day, with its limits."""

    step: Traced[Step | None]


@dataclass(frozen=True, slots=True)
class Number:
    """One number, or that it is not estimable."""

    value: Traced[Any]  # Decimal, Fraction or None
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Words; with a trace where they are somebody's data."""

    words: Words
    trace: Traced[Any] | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A date or time as it was recorded."""

    at: Moment
    trace: Traced[Any] | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """Does not apply: no number belongs here."""


Cell: TypeAlias = (
    Count | Part | Grades | Rate | Range | Time | Standing | Number | Said | Day | Nothing
)


def pieces(cell: Cell, locale: Locale) -> tuple[Piece, ...]:
    """The cell as people read it, each number with its trace."""
    match cell:
        case Count(count):
            return (Piece(whole(count.value), count),)
        case Part():
            return _part(cell, locale)
        case Grades(part, severe):
            return (*_part(part, locale), Piece(" / "), Piece(whole(severe.value), severe))
        case Rate(share):
            return _rate(share, locale)
        case Range():
            return _range(cell, locale)
        case Time(quantile):
            return _time(quantile, locale)
        case Standing(step):
            return _standing(step, locale)
        case Number():
            return (Piece(_number(cell, locale), cell.value),)
        case Said(said, trace):
            return (Piece(said.said(locale), trace),)
        case Day(at, trace):
            return (Piece(at.text[:16].replace("T", " "), trace),)
        case Nothing():
            return (Piece("–"),)
        case _:
            assert_never(cell)


def _part(cell: Part, locale: Locale) -> tuple[Piece, ...]:
    head = Piece(whole(cell.count.value), cell.count)
    if cell.among.value == 0 or cell.count.value == 0:
        return (head,)
    share = percent(Fraction(cell.count.value, cell.among.value), locale)
    return (head, Piece(f" ({share})"))


def _rate(share: Share, locale: Locale) -> tuple[Piece, ...]:
    head = (
        Piece(whole(share.events.value), share.events),
        Piece(f" {say('report.of', locale)} "),
        Piece(whole(share.among.value), share.among),
    )
    if share.among.value == 0:
        return head
    return (
        *head,
        Piece(f" = {percent(share.part.value, locale)}"),
        Piece(" ("),
        Piece(percent_limits(share.limits.value, locale), share.limits),
        Piece(")"),
    )


def _range(cell: Range, locale: Locale) -> tuple[Piece, ...]:
    spread = cell.spread
    if spread.median.value is None:
        return (Piece(say("report.not_estimable", locale), spread.n),)
    median, least, greatest = (
        limited(one.value, locale, decimals=cell.decimals)
        for one in (spread.median, spread.least, spread.greatest)
    )
    shown: list[Piece] = [Piece(median, spread.median)]
    if least != greatest:
        shown += [
            Piece(" ("),
            Piece(least, spread.least),
            Piece("–"),
            Piece(greatest, spread.greatest),
            Piece(")"),
        ]
    if spread.missing.value or spread.n.value == 1:
        shown += [Piece("; n = "), Piece(whole(spread.n.value), spread.n)]
    return tuple(shown)


def _time(quantile: Traced[Quantile], locale: Locale) -> tuple[Piece, ...]:
    value = quantile.value
    lower, upper = (_days(one, locale) for one in (value.lower, value.upper))
    if value.time is None:
        reached = say("report.not_reached", locale)
        if value.lower is None and value.upper is None:
            return (Piece(reached, quantile),)
        return (Piece(reached, quantile), Piece(f" ({lower}–{upper})", None))
    return (Piece(_days(value.time, locale), quantile), Piece(f" ({lower}–{upper})"))


def _days(value: Decimal | None, locale: Locale) -> str:
    if value is None:
        return say("report.not_estimable_short", locale)
    exact = Fraction(value)
    return places(exact, 0 if exact.denominator == 1 else 1, locale)


def _standing(step: Traced[Step | None], locale: Locale) -> tuple[Piece, ...]:
    here = step.value
    if here is None:  # nothing has happened yet
        return (Piece(percent(Fraction(1), locale), step),)
    value = percent(here.survival, locale)
    if here.lower is None or here.upper is None or here.survival == 1:
        return (Piece(value, step), Piece(f" ({say('report.limits_not_estimable', locale)})"))
    limits = f"{percent(here.lower, locale)[:-2]}–{percent(here.upper, locale)}"
    return (Piece(value, step), Piece(f" ({limits})"))


def _number(cell: Number, locale: Locale) -> str:
    value = cell.value.value
    if value is None:
        return say("report.not_estimable", locale)
    if isinstance(value, Limited):
        return limited(value, locale, decimals=cell.decimals)
    return significant(value) if cell.decimals is None else places(value, cell.decimals, locale)
