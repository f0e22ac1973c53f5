"""Which study day a moment is for one participant, and which planned day an administration is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from trialrun.ledger.events import AdministrationGiven
from trialrun.ledger.state import Kept, Participant
from trialrun.protocol.model import Protocol, RegimenItem
from trialrun.values.moment import Moment


def day_zero(protocol: Protocol, who: Participant) -> date | None:
    """The date of study day 0: from the first administration of the day-zero item, or, until that
    is given, from the participant's first administration of all. None before any."""
    first = who.given(protocol.day_zero)[:1] or _by_start(who)[:1]
    if not first:
        return None
    given = first[0].event
    planned = given.planned_day if given.planned_day is not None else 0
    if given.item == protocol.day_zero:
        planned = min(protocol.item(given.item).days, default=0)
    return given.started_at.day - timedelta(days=planned)


def study_day(protocol: Protocol, who: Participant, moment: Moment) -> int | None:
    """The study day of a moment; None before the first administration."""
    zero = day_zero(protocol, who)
    return None if zero is None else (moment.day - zero).days


def planned_day(
    protocol: Protocol, who: Participant, item: RegimenItem, started: Moment
) -> int | None:
    """The planned day that the next administration of an item stands for.

    Of the days that no administration stands for yet, the nearest to the actual study day; days
    before the last one given were left out and count only when nothing else is left. None where
    more is given than planned.
    """
    claimed = {one.event.planned_day for one in who.given(item.id)}
    open_days = [day for day in sorted(item.days) if day not in claimed]
    if not open_days:
        return None
    if item.id == protocol.day_zero and not claimed:
        return open_days[0]
    actual = study_day(protocol, who, started)
    if actual is None:
        return open_days[0]
    last = max((day for day in claimed if day is not None), default=None)
    later = [day for day in open_days if last is None or day > last]
    return min(later or open_days, key=lambda day: (abs(day - actual), day))


def _by_start(who: Participant) -> Sequence[Kept[AdministrationGiven]]:
    return sorted(
        who.administrations.values(), key=lambda one: (one.event.started_at.order(), one.entry)
    )
