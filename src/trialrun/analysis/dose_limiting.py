"""The dose-limiting window of each participant, and where everybody who started stands in it.

The window goes from the first administration of one regimen item to a number of days after the
last administration of another. Who had a dose-limiting event in it, or was followed to its end, is
evaluable; who is still in it is pending, never "without".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from trialrun.analysis.cutoff import Cutoff, Given
from trialrun.analysis.ending import Status, ending, followed_until
from trialrun.analysis.estimate import Found
from trialrun.ledger.events import AdverseEventReported
from trialrun.ledger.state import Kept, Participant
from trialrun.protocol.model import Safety


class Standing(Enum):
    """How a participant stands to the dose-limiting window."""

    LIMITED = "dose-limiting event"
    FREE = "window completed without"
    PENDING = "pending"
    NOT_EVALUABLE = "not evaluable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One participant's window: dates, events in it, how it stands; `closes` None while unknown."""

    standing: Standing
    opens: date
    closes: date | None
    events: tuple[Kept[AdverseEventReported], ...]
    found: Found


def window(cutoff: Cutoff, who: Participant) -> Window | None:
    """The window of a participant; None where it has not opened, or the protocol has none.

    A protocol without the rule gives a window from the first administration of anything, which
    only a dose-limiting event or the end of the course closes.
    """
    safety = cutoff.protocol.safety
    start = _start(cutoff, who, safety)
    if start is None:
        return None
    closes, last_entries = _closes(cutoff, who, safety)
    opens = start.event.started_at.day
    events = tuple(
        kept
        for kept in sorted(who.adverse_events.values(), key=lambda one: one.entry)
        if kept.event.dose_limiting
        and kept.event.onset.last_day >= opens
        and (closes is None or kept.event.onset.day <= closes)
    )
    standing = _standing(cutoff, who, closes, limited=bool(events))
    entries = (*start.entries, *last_entries, *(entry for kept in events for entry in kept.entries))
    if standing is Standing.NOT_EVALUABLE or closes is None:
        entries += ending(who).found.entries
    return Window(
        standing=standing, opens=opens, closes=closes, events=events,
        found=Found(who.code, entries),
    )  # fmt: skip


def _start(cutoff: Cutoff, who: Participant, safety: Safety | None) -> Given | None:
    if safety is None:
        return cutoff.first_dose(who)
    given = who.given(safety.window_start)
    return given[0] if given else None


def _closes(
    cutoff: Cutoff, who: Participant, safety: Safety | None
) -> tuple[date | None, tuple[int, ...]]:
    """The last day of the window, once no more of the last item is due; and what shows it."""
    if safety is None:
        return None, ()
    given = who.given(safety.window_end)
    if not given:
        return None, ()
    item = cutoff.protocol.item(safety.window_end)
    stopped = next(
        (kept for kept in who.discontinued if kept.event.intervention in {None, item.intervention}),
        None,
    )
    more_due = (
        len(given) < len(item.days)
        and stopped is None
        and ending(who).status is Status.ONGOING
    )  # fmt: skip
    if more_due:
        return None, ()
    last = given[-1]
    entries = last.entries if stopped is None else (*last.entries, *stopped.entries)
    closes = last.event.started_at.day + timedelta(days=safety.window_days_after_last)
    return closes, entries


def _standing(
    cutoff: Cutoff, who: Participant, closes: date | None, *, limited: bool
) -> Standing:  # fmt: skip
    if limited:
        return Standing.LIMITED
    over = ending(who)
    if closes is None:
        if over.status is Status.ONGOING and not _stopped(who):
            return Standing.PENDING
        completed = over.status is Status.COMPLETED and cutoff.protocol.safety is None
        return Standing.FREE if completed else Standing.NOT_EVALUABLE
    if followed_until(who, cutoff).day >= closes:
        return Standing.FREE
    return Standing.PENDING if over.status is Status.ONGOING else Standing.NOT_EVALUABLE


def _stopped(who: Participant) -> bool:
    """Whether no more of anything is to be given: then a window that needs it never closes."""
    return any(kept.event.intervention is None for kept in who.discontinued)
