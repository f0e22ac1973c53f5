"""When something happened, as precisely as it is known: a year, a month, a day, a minute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from functools import cached_property

from trialrun.errors import FactError
from trialrun.values.truth import Truth

_MOMENT = re.compile(  # ASCII digits only, and nothing after them: the text is stored and hashed
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z",
    re.ASCII,
)


class Precision(Enum):
    """How exactly a moment is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True)
class Moment:
    """A point in time as written (ISO 8601), known to the precision that is written.

    A time of day carries its UTC offset. A date alone spans its whole day; it has no offset, so
    it is compared with other dates as a calendar day, and with a time by that time's local day.
    """

    text: str

    def __post_init__(self) -> None:
        match = _MOMENT.match(self.text)
        if match is None:
            raise FactError(
                f"{self.text!r} is not a date or time",
                remedy="Write it as 2026-03-01, or with its time and UTC offset: "
                "2026-03-01T10:30+08:00.",
            )
        if match[4] is not None and match[8] is None:
            raise FactError(
                f"{self.text!r} has a time of day without its UTC offset",
                remedy=f"Write the offset of the site, such as {self.text}+08:00.",
            )
        try:
            self.__dict__["local"] = _local(match)  # as `local` would, without matching again
        except ValueError as error:
            raise FactError(
                f"{self.text!r} is not on the calendar: {error}",
                remedy="Write the day that the source document has, as YYYY-MM-DD.",
            ) from error

    def __str__(self) -> str:
        return self.text

    @property
    def precision(self) -> Precision:
        """How exactly this moment is known."""
        if len(self.text) == 4:
            return Precision.YEAR
        if len(self.text) == 7:
            return Precision.MONTH
        if len(self.text) == 10:
            return Precision.DAY
        return Precision.SECOND if self.text[16:17] == ":" else Precision.MINUTE

    @cached_property
    def local(self) -> datetime:
        """The first instant it may be, on the clock where it was written (no offset kept)."""
        match = _MOMENT.match(self.text)
        assert match is not None
        return _local(match)

    @property
    def day(self) -> date:
        """The (first possible) calendar day."""
        return self.local.date()

    @property
    def last_day(self) -> date:
        """The last possible calendar day."""
        first = self.day
        if self.precision is Precision.YEAR:
            return date(first.year, 12, 31)
        if self.precision is Precision.MONTH:
            following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
            return following - timedelta(days=1)
        return first

    @property
    def has_time(self) -> bool:
        """Whether the time of day is known."""
        return self.precision in {Precision.MINUTE, Precision.SECOND}

    @cached_property
    def instant(self) -> datetime | None:
        """The instant in UTC, or None where only a date is known."""
        if not self.has_time:
            return None
        match = _MOMENT.match(self.text)
        assert match is not None
        return (self.local.replace(tzinfo=_zone(match[8] or "Z"))).astimezone(UTC)

    def order(self) -> tuple[str, str]:
        """A total order for lists: by day, then by instant; a date alone comes first in its day."""
        at = self.instant
        return (self.day.isoformat(), "" if at is None else at.isoformat())


def _local(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, micro, _ = match.groups()
    return datetime(  # noqa: DTZ001 - a wall-clock reading; `instant` carries the offset
        int(year),
        int(month or 1),
        int(day or 1),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((micro or "0").ljust(6, "0")),
    )


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))


def hours_between(earlier: Moment, later: Moment) -> float | None:
    """Hours from `earlier` to `later` by the clock; None unless both have a time of day."""
    if earlier.instant is None or later.instant is None:
        return None
    return (later.instant - earlier.instant).total_seconds() / 3600


def days_between(earlier: Moment, later: Moment) -> tuple[int, int]:
    """The least and greatest number of calendar days from `earlier` to `later`."""
    return (later.day - earlier.last_day).days, (later.last_day - earlier.day).days


def before(first: Moment, second: Moment) -> Truth:
    """Whether `first` was before `second`, as far as both are known."""
    if first.instant is not None and second.instant is not None:
        return Truth.TRUE if first.instant < second.instant else Truth.FALSE
    if first.last_day < second.day:
        return Truth.TRUE
    if first.day > second.last_day:
        return Truth.FALSE
    if first.precision is second.precision is Precision.DAY:
        return Truth.FALSE if first.day == second.day else Truth.UNKNOWN
    return Truth.UNKNOWN


def of_datetime(at: datetime) -> Moment:
    """The moment of an aware datetime, to the second, in that datetime's own offset."""
    return Moment(at.isoformat(timespec="seconds"))
