"""How a participant's course stands at the cut-off: ended and why, dead, last known alive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.estimate import Found
from trialrun.ledger.events import Reason, SubsequentTherapyStarted
from trialrun.ledger.state import Kept, Participant
from trialrun.values.moment import Moment


class Status(Enum):
    """Whether an enrolled participant's course has ended."""

    COMPLETED = "completed"
    NOT_COMPLETED = "not completed"
    ONGOING = "ongoing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the course stands: `reason` of those who did not complete; `at` of all but the ongoing.

    `no_product` marks somebody who left because no product could be made.
    """

    status: Status
    found: Found
    reason: Reason | None = None
    at: Moment | None = None
    no_product: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """A death with its day, its cause where one is recorded, and its entries."""

    at: Moment
    cause: str
    related: bool
    found: Found


def ending(who: Participant) -> Ending:
    """How the course of an enrolled participant stands; completion comes before later events."""
    if who.completed:
        return Ending(
            status=Status.COMPLETED,
            found=Found(who.code, who.completed.entries),
            at=who.completed.at,
        )
    dead = death(who)
    if dead is not None:
        return _left(who, Reason.DEATH, dead.at, dead.found.entries)
    if who.withdrew:
        return _left(who, who.withdrew.event.reason, who.withdrew.at, who.withdrew.entries)
    if who.lost:
        at = who.lost.event.last_contact
        return _left(who, Reason.LOST_TO_FOLLOW_UP, at, who.lost.entries)
    if who.screening_ended:
        kept = who.screening_ended
        return _left(who, Reason.OTHER, kept.at, kept.entries)
    started = who.enrolled or who.registered
    return Ending(status=Status.ONGOING, found=Found(who.code, started.entries))


def _left(who: Participant, reason: Reason, at: Moment, entries: tuple[int, ...]) -> Ending:
    failed = tuple(entry for one in who.product_failures for entry in one.entries)
    no_product = bool(failed) and reason is Reason.OTHER
    return Ending(
        status=Status.NOT_COMPLETED,
        found=Found(who.code, entries + (failed if no_product else ())),
        reason=reason,
        at=at,
        no_product=no_product,
    )


def death(who: Participant) -> Death | None:
    """The death of a participant, however the ledger tells it.

    A death recorded as such comes first, then a fatal adverse event, then a withdrawal whose
    reason is death; so no table counts fewer deaths than another.
    """
    if who.died:
        event = who.died.event
        return Death(
            at=event.died_at,
            cause=event.cause,
            related=event.related,
            found=Found(who.code, who.died.entries),
        )
    fatal = [
        kept
        for kept in who.adverse_events.values()
        if kept.event.grade == 5 or kept.event.outcome == "fatal"
    ]
    if fatal:
        kept = min(fatal, key=lambda one: one.entry)
        return Death(
            at=kept.event.ended or kept.event.onset,
            cause=kept.event.term,
            related=any(one.related for one in kept.event.causality),
            found=Found(who.code, kept.entries),
        )
    if who.withdrew and who.withdrew.event.reason is Reason.DEATH:
        at, entries = who.withdrew.at, who.withdrew.entries
        return Death(at=at, cause="", related=False, found=Found(who.code, entries))
    return None


def first_therapy(who: Participant) -> Kept[SubsequentTherapyStarted] | None:
    """The first therapy outside the protocol that bears on outcomes, if any."""
    started = sorted(who.subsequent, key=lambda one: (one.event.started_at.order(), one.entry))
    return started[0] if started else None


def last_known_alive(who: Participant) -> tuple[Moment, Found]:
    """The last moment at which something shows the participant alive, and the entry of it."""
    seen: list[tuple[Moment, tuple[int, ...]]] = [(who.registered.at, who.registered.entries)]
    seen += [(one.event.given_at, one.entries) for one in who.consents.values()]
    seen += [(one.event.fact.at, one.entries) for one in who.facts.values()]
    seen += [(one.event.ended_at, one.entries) for one in who.administrations.values()]
    seen += [(one.event.onset, one.entries) for one in who.adverse_events.values()]
    seen += [(one.event.assessed_at, one.entries) for one in who.responses.values()]
    seen += [(one.event.started_at, one.entries) for one in who.subsequent]
    if who.enrolled:
        seen.append((who.enrolled.at, who.enrolled.entries))
    if who.lost:
        seen.append((who.lost.event.last_contact, who.lost.entries))
    if who.withdrew:
        seen.append((who.withdrew.at, who.withdrew.entries))
    if who.completed:
        seen.append((who.completed.at, who.completed.entries))
    at, entries = max(seen, key=lambda one: (one[0].order(), one[1]))
    return at, Found(who.code, entries)


def followed_until(who: Participant, cutoff: Cutoff) -> Moment:
    """Until when events would have been reported: the end of the course, else the cut-off."""
    return ending(who).at or cutoff.at
