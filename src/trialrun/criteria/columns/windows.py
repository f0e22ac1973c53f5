"""Whether a fact lies in the window of an atom, as columns: surely, perhaps, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.window import Window
from trialrun.values.moment import Moment

Day: TypeAlias = "ir.IntegerValue | int"
_EPOCH = date(1970, 1, 1).toordinal()
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A moment as columns: its first and last possible local day, counted from 1970-01-01, and,
    where the time of day is known, the instant in microseconds since then (UTC).

    `last` is `first` itself, and `instant` None, where no row has anything else.
    """

    first: Day
    last: Day
    instant: Day | None = None

    @property
    def exact(self) -> bool:
        """Whether every row is one known day, without a time of day."""
        return self.instant is None and self.first is self.last


@dataclass(frozen=True, slots=True)
class Lies:
    """Whether a fact is surely, and whether it is possibly, inside; both False where it is not."""

    surely: ir.BooleanValue | bool
    possibly: ir.BooleanValue | bool


ALWAYS = Lies(True, True)
NEVER = Lies(False, False)  # a fact in a window whose anchor has no date


def constant(moment: Moment) -> When:
    """One moment for all rows."""
    first, last = day_number(moment.day), day_number(moment.last_day)
    instant = None
    if moment.instant is not None:
        since = moment.instant - _ZERO
        instant = (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
    return When(first=first, last=first if first == last else last, instant=instant)


def moment(anchor: str | None, anchors: Mapping[str, When], as_of: Moment | None) -> When | None:
    """When the anchor is; without one, the moment that is asked for; None where it is not known."""
    if anchor is not None:
        return anchors.get(anchor)
    return None if as_of is None else constant(as_of)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH


def lies(at: When, window: Window | None, anchors: Mapping[str, When]) -> Lies:
    """Where the moment lies; nowhere if the window's anchor is not known."""
    if window is None:
        return ALWAYS
    anchor = anchors.get(window.anchor)
    if anchor is None:
        return NEVER
    if window.side == "before":
        surely = _between(at.last, at.first, anchor.first, anchor.last, window)
        possibly = _between(at.first, at.last, anchor.last, anchor.first, window)
    else:
        surely = _between(anchor.last, anchor.first, at.first, at.last, window)
        possibly = _between(anchor.first, anchor.last, at.last, at.first, window)
    if at.instant is None or anchor.instant is None:
        return Lies(surely, possibly)
    after = window.side == "after"
    beyond = at.instant < anchor.instant if after else at.instant > anchor.instant
    in_time = ~ibis.coalesce(beyond, False)
    return Lies(surely & in_time, possibly & in_time)


def _between(
    latest: Day, earliest: Day, least_anchor: Day, most_anchor: Day, window: Window
) -> ir.BooleanValue:
    """`least` days from the first pair, and at most `most` days from the second."""
    found = latest <= least_anchor - window.least
    if window.most is not None:
        found = found & (earliest >= most_anchor - window.most)
    return found


def as_column(day: Day) -> ir.IntegerValue:
    """A whole number as an expression, if it is none yet."""
    return ibis.literal(day, "int64") if isinstance(day, int) else day


def microseconds(instant: ir.TimestampValue) -> ir.IntegerValue:
    """Since 1970, of a timestamp in UTC with or without its zone, whatever the session's is."""
    zero = _ZERO if instant.type().timezone else _ZERO.replace(tzinfo=None)
    return instant.delta(ibis.literal(zero, type=instant.type()), unit="microsecond")
