"""When enrolment is suspended, and when it must wait: three layers of safety rules.

(a) A treatment-related death, acute graft-versus-host disease of grade 3 or 4, or a product given
to somebody it was not made for suspends enrolment at once. (b) First infusions are staggered.
(c) The protocol's boundary on dose-limiting events; participants still in their window are
pending, and nobody is enrolled while pending toxicity could cross the boundary.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from trialrun.conduct.study_day import day_zero
from trialrun.ledger.events import EnrolmentSuspended
from trialrun.ledger.state import Participant, StudyState
from trialrun.protocol.model import Kind, Protocol, Safety


class Cause(StrEnum):
    """Why the rules suspend enrolment."""

    DOSE_LIMITING = "dose-limiting-boundary"
    RELATED_DEATH = "treatment-related-death"
    ACUTE_GVHD = "acute-gvhd-grade-3-4"
    WRONG_PRODUCT = "wrong-product"


GVHD_GRADE = "acute_gvhd_grade"  # the vocabulary's variable
GVHD_LEAST = 3


def suspension(state: StudyState, cause: Cause) -> tuple[EnrolmentSuspended, ...]:
    """The entry that suspends enrolment; none where it is suspended already."""
    return () if state.suspended is not None else (EnrolmentSuspended(reason=cause.value),)


def treated(safety: Safety, state: StudyState) -> tuple[Participant, ...]:
    """The participants whose dose-limiting window has begun."""
    return tuple(who for who in state.enrolled if who.given(safety.window_start))


def dose_limited(who: Participant) -> bool:
    """Whether an event of this participant was judged dose-limiting."""
    return any(one.event.dose_limiting is True for one in who.adverse_events.values())


def boundary(safety: Safety, number: int) -> int | None:
    """The count of dose-limited participants, of `number` treated, that suspends enrolment."""
    if not safety.suspend_at or number < 1:
        return None
    return safety.suspend_at[min(number, len(safety.suspend_at)) - 1]


def crossed(protocol: Protocol, state: StudyState, *, also: str | None = None) -> bool:
    """Whether the boundary is reached; `also` is a participant who is dose-limited from now on."""
    if protocol.safety is None:
        return False
    group = treated(protocol.safety, state)
    limit = boundary(protocol.safety, len(group))
    count = sum(dose_limited(who) or who.code == also for who in group)
    return limit is not None and count >= limit


def pending_could_cross(protocol: Protocol, state: StudyState, on: date) -> tuple[str, ...]:
    """Participants in their window whose toxicity could cross the boundary; none where it cannot.

    Where the boundary is reached already, people have decided to go on, and nothing is added.
    """
    if protocol.safety is None or crossed(protocol, state):
        return ()
    group = treated(protocol.safety, state)
    limit = boundary(protocol.safety, len(group))
    count = sum(map(dose_limited, group))
    pending = tuple(who.code for who in group if window_open(protocol, who, on))
    return pending if limit is not None and count + len(pending) >= limit else ()


def window_open(protocol: Protocol, who: Participant, on: date) -> bool:
    """Whether a dose-limiting event of this participant may still come.

    The window ends a number of days after the last administration; while one is still to come, it
    counts from the day for which the last one is planned.
    """
    safety = protocol.safety
    if safety is None or who.off_study or dose_limited(who) or not who.given(safety.window_start):
        return False
    given = who.given(safety.window_end)
    last = (given or who.given(safety.window_start))[-1].event.started_at.day
    planned = protocol.item(safety.window_end).days
    if len(given) < len(planned) and not stopped_item(protocol, who, safety.window_end):
        zero = day_zero(protocol, who)
        assert zero is not None  # something was given
        last = max(last, zero + timedelta(days=max(planned)))
    return on <= last + timedelta(days=safety.window_days_after_last)


def stopped_item(protocol: Protocol, who: Participant, item: str) -> bool:
    """Whether the intervention of an item, or every intervention, was discontinued."""
    intervention = protocol.item(item).intervention
    return any(one.event.intervention in {None, intervention} for one in who.discontinued)


# --- places ----------------------------------------------------------------------------------


def places_left(protocol: Protocol, state: StudyState) -> int:
    """How many more may be enrolled: those who count, or still may, hold a place."""
    held = sum(_holds_place(protocol, who) for who in state.enrolled)
    return max(protocol.enrolment.target - held, 0)


def _holds_place(protocol: Protocol, who: Participant) -> bool:
    """Whether somebody enrolled counts for the target, or may still come to count."""
    gone = who.off_study or any(one.event.intervention is None for one in who.discontinued)
    match protocol.enrolment.counted:
        case "started":
            return bool(who.administrations) or not gone
        case "infused":
            return infused(protocol, who) or not gone
        case "evaluable":
            return (
                dose_limited(who)
                or (infused(protocol, who) and _stayed(protocol, who))
                or (not gone)
            )
        case _:
            return True


def infused(protocol: Protocol, who: Participant) -> bool:
    """Whether a cell product was given; in a trial without one, the day-zero item."""
    cells = {
        item.id
        for item in protocol.regimen
        if protocol.intervention(item.intervention).kind is Kind.CELL_PRODUCT
    } or {protocol.day_zero}
    return any(one.event.item in cells for one in who.administrations.values())


def _stayed(protocol: Protocol, who: Participant) -> bool:
    """Whether the dose-limiting window had closed when the participant left, if they left."""
    safety = protocol.safety
    left = [one.at.day for one in (who.withdrew, who.lost, who.died) if one is not None]
    if safety is None or not left:
        return True
    given = who.given(safety.window_end)
    if not given:
        return False
    closes = given[-1].event.started_at.day + timedelta(days=safety.window_days_after_last)
    return min(left) > closes


# --- staggering ------------------------------------------------------------------------------


def first_infusion(protocol: Protocol, who: Participant) -> date | None:
    """The date of the first administration of the item that first infusions are counted by."""
    given = () if protocol.safety is None else who.given(protocol.safety.window_end)
    return given[0].event.started_at.day if given else None


def lead_days(protocol: Protocol) -> int:
    """Days from the first planned administration to the first planned infusion."""
    if protocol.safety is None:
        return 0
    infusion = min(protocol.item(protocol.safety.window_end).days, default=0)
    first = min((day for item in protocol.regimen for day in item.days), default=infusion)
    return max(infusion - first, 0)


def enrol_from(protocol: Protocol, state: StudyState, today: date) -> date | None:
    """The first day on which staggering lets somebody be enrolled; None while it depends on an
    infusion that has not been given yet."""
    safety = protocol.safety
    if safety is None or safety.stagger_days == 0:
        return today
    earliest = today
    for who in state.enrolled:
        infusion = first_infusion(protocol, who)
        if infusion is not None:
            wait = safety.stagger_days - lead_days(protocol)
            earliest = max(earliest, infusion + timedelta(days=wait))
        elif not who.off_study and not stopped_item(protocol, who, safety.window_end):
            return None
    return earliest
