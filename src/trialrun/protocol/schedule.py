"""The planned calendar of a participant, and the hours that gaps ask for.

Windows are days: a study day is a date. Gaps are hours: they count by the clock from the actual end
of the last administration, and a plan only shows whether they can be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from trialrun.protocol.model import Activity, Gap, Protocol, RegimenItem
from trialrun.values.moment import Moment, of_datetime
from trialrun.values.quantity import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAdministration:
    """One administration on the calendar; `ordinal` counts the item's days from 1."""

    item: str
    ordinal: int
    day: int
    on: date
    hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedActivity:
    """One activity on the calendar, with the first and last date of its window."""

    activity: str
    day: int
    on: date
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """All that is planned for one participant, in order of time."""

    day_zero: date
    administrations: tuple[PlannedAdministration, ...]
    activities: tuple[PlannedActivity, ...]


def calendar(protocol: Protocol, day_zero: date, *, arm: str | None = None) -> Calendar:
    """The calendar of a participant (of `arm`, where several are) from the date of day 0."""
    administrations = [
        PlannedAdministration(
            item=item.id,
            ordinal=ordinal,
            day=day,
            on=day_zero + timedelta(days=day),
            hour=item.hour,
        )
        for item in items_of(protocol, arm)
        for ordinal, day in enumerate(item.days, start=1)
    ]
    activities = [
        _planned(activity, day, day_zero) for activity in protocol.schedule for day in activity.days
    ]
    return Calendar(
        day_zero=day_zero,
        administrations=tuple(
            sorted(administrations, key=lambda one: (one.day, one.hour, one.item))
        ),
        activities=tuple(sorted(activities, key=lambda one: (one.day, one.activity))),
    )


def _planned(activity: Activity, day: int, day_zero: date) -> PlannedActivity:
    on = day_zero + timedelta(days=day)
    return PlannedActivity(
        activity=activity.id,
        day=day,
        on=on,
        first=on - timedelta(days=activity.days_before),
        last=on + timedelta(days=activity.days_after),
    )


def items_of(protocol: Protocol, arm: str | None) -> tuple[RegimenItem, ...]:
    """The regimen items of an arm; of every arm where none is named."""
    return tuple(
        item for item in protocol.regimen if arm is None or not item.arms or arm in item.arms
    )


def earliest(gap: Gap, ends: Sequence[Moment]) -> Moment | None:
    """The earliest permitted start of `gap.before`, from the actual ends of `gap.after`.

    Counted from the last end, in that end's own UTC offset. None where no end is known to the
    minute: then nobody can say.
    """
    timed = [one for one in ends if one.instant is not None]
    if not timed or len(timed) < len(ends):
        return None
    last = max(timed, key=lambda one: (one.instant, one.text))
    seconds = Fraction(gap.least_hours) * 3600
    whole = -(-seconds.numerator // seconds.denominator)
    return of_datetime(datetime.fromisoformat(last.text) + timedelta(seconds=whole))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetGap:
    """A gap that the planned days and hours do not keep."""

    gap: Gap
    after: str
    before: str
    hours: str
    least: str


def unmet_gaps(protocol: Protocol) -> tuple[UnmetGap, ...]:
    """The gaps that the plan itself breaks, by planned days, hours and durations."""
    found = []
    for gap in protocol.gaps:
        planned = planned_hours(protocol, gap)
        if planned is not None and planned[0] < gap.least_hours:
            least, after, before = planned
            found.append(
                UnmetGap(
                    gap=gap,
                    after=after,
                    before=before,
                    hours=plain(least),
                    least=plain(gap.least_hours),
                )
            )
    return tuple(found)


def planned_hours(protocol: Protocol, gap: Gap) -> tuple[Decimal, str, str] | None:
    """The least planned hours of a gap, with the two administrations it lies between.

    Only administrations of `after` that lie before the first of `before` count: what is given
    later does not have to be waited for.
    """
    later = protocol.item(gap.before)
    if not later.days:
        return None
    start = Decimal(24 * later.days[0] + later.hour)
    ends = [
        (Decimal(24 * day + item.hour) + item.duration_hours, item.id, day)
        for code in gap.after
        for item in (protocol.item(code),)
        for day in item.days
        if 24 * day + item.hour < start
    ]
    if not ends:
        return None
    end, code, day = max(ends)
    return (
        start - end,
        f"{code}, day {day}, {protocol.item(code).hour:02d}:00",
        f"{later.id}, day {later.days[0]}, {later.hour:02d}:00",
    )
