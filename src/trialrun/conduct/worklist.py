"""Where everybody is, and what comes next: a view of the state, for people who ask.

Nothing here decides anything. A step says which command would do it and when it is due; the planned
hour of an administration stands beside the earliest hour that the gaps permit and the expiry of the
product.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from trialrun.conduct import policies
from trialrun.conduct.departures import gate_ordinal
from trialrun.conduct.eligibility import changed_since, eligibility, is_judgement
from trialrun.conduct.planned import planned_administration
from trialrun.conduct.safety import places_left, stopped_item, window_open
from trialrun.conduct.study_day import day_zero
from trialrun.ledger.events import DeviationRecorded
from trialrun.ledger.state import Kept, Participant, StudyState
from trialrun.protocol.model import Gap, Kind, Protocol, RegimenItem
from trialrun.protocol.schedule import calendar, earliest
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth


class Stage(StrEnum):
    """Where a participant is."""

    CONSIDERED = "considered"  # registered, no consent yet
    SCREENING = "screening"
    ELIGIBLE = "eligible"
    SCREENING_ENDED = "screening-ended"
    ENROLLED = "enrolled"  # nothing given yet
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"
    COMPLETED = "completed"
    WITHDREW = "withdrew"
    LOST = "lost-to-follow-up"
    DIED = "died"


def stage(protocol: Protocol, who: Participant) -> Stage:
    """Where a participant is."""
    ends = {
        Stage.DIED: who.died,
        Stage.WITHDREW: who.withdrew,
        Stage.LOST: who.lost,
        Stage.COMPLETED: who.completed,
        Stage.SCREENING_ENDED: who.screening_ended,
    }
    for ended, kept in ends.items():
        if kept is not None:
            return ended
    if who.enrolled is not None:
        if not who.administrations:
            return Stage.ENROLLED
        return Stage.TREATMENT if any(_items_left(protocol, who)) else Stage.FOLLOW_UP
    if not who.consents:
        return Stage.CONSIDERED
    current = who.decision is not None and not changed_since(protocol, who)
    if current and who.decision is not None and who.decision.event.verdict is Truth.TRUE:
        return Stage.ELIGIBLE
    return Stage.SCREENING


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: the command that does it, about what, and when it is due where known."""

    command: str
    about: tuple[str, ...] = ()
    due: date | None = None


def next_steps(protocol: Protocol, state: StudyState, who: Participant, now: Moment) -> tuple[
    Step, ...
]:  # fmt: skip
    """What comes next for one participant, the first thing first."""
    if who.died is None and any(
        one.event.outcome == "fatal" for one in who.adverse_events.values()
    ):
        return (Step(command="RecordDeath"), *_open_events(who))
    if who.off_study:
        return tuple(_open_events(who))
    steps = list(_screening(protocol, state, who, now) if who.enrolled is None else ())
    if who.enrolled is not None:
        steps += _treatment(protocol, who)
        steps += _observations(protocol, who, now)
    return (*steps, *_open_events(who))


def _screening(
    protocol: Protocol, state: StudyState, who: Participant, now: Moment
) -> Iterator[Step]:
    if policies.consent_in_force(who, now) is not None:
        yield Step(command="RecordConsent", about=("participant",))
        return
    if policies.donor_consent_in_force(protocol, who, now) is not None:
        yield Step(command="RecordConsent", about=("donor",))
    found = eligibility(protocol, who, now)
    missing = tuple(one.variable for one in found.missing)
    if missing:
        yield Step(command="RecordFacts", about=missing)
    for one in found.verdicts:
        judged = is_judgement(protocol, one.criterion.id)
        if judged and one.truth is Truth.UNKNOWN:
            yield Step(command="JudgeCriterion", about=(one.criterion.id,))
    changed = changed_since(protocol, who)
    if who.decision is None or changed:
        yield Step(command="DecideEligibility", about=changed)
    elif who.decision.event.verdict is Truth.FALSE:
        yield Step(command="EndScreening", about=found.decided_by)
    elif found.truth is Truth.TRUE and places_left(protocol, state) > 0:
        yield Step(command="EnrolParticipant")


def _items_left(protocol: Protocol, who: Participant) -> Iterator[tuple[RegimenItem, int]]:
    """The administrations that are planned and not given: item and planned day."""
    arm = None if who.enrolled is None else who.enrolled.event.arm
    for item in protocol.regimen:
        if item.arms and arm not in item.arms:
            continue
        if stopped_item(protocol, who, item.id):
            continue
        claimed = {one.event.planned_day for one in who.given(item.id)}
        for day in item.days:
            if day not in claimed:
                yield item, day


def _treatment(protocol: Protocol, who: Participant) -> list[Step]:
    left = sorted(_items_left(protocol, who), key=lambda one: (one[1], one[0].hour))
    if not left:
        return []
    zero = day_zero(protocol, who)
    item, day = left[0]
    due = None if zero is None else zero + timedelta(days=day)
    gates = [
        Step(command="PassGate", about=(gate.id,), due=due)
        for gate in protocol.gates
        if item.id in gate.before
        and (gate.id, gate_ordinal(protocol, who, gate.id)) not in who.gates
    ]
    return [*gates, Step(command="GiveAdministration", about=(item.id,), due=due)]


def _observations(protocol: Protocol, who: Participant, now: Moment) -> list[Step]:
    """Activities whose window has begun and that nobody has recorded."""
    zero = day_zero(protocol, who)
    if zero is None or who.enrolled is None:
        return []
    done = {(one.event.activity, one.event.planned_day) for one in who.facts.values()}
    return [
        Step(command="RecordFacts", about=(one.activity, f"day {one.day}"), due=one.last)
        for one in calendar(protocol, zero, arm=who.enrolled.event.arm).activities
        if one.first <= now.day and (one.activity, one.day) not in done
    ]


def _open_events(who: Participant) -> list[Step]:
    """Adverse events that go on, or whose dose-limiting judgement is open."""
    return [
        Step(command="ChangeAdverseEvent", about=(code,))
        for code, one in who.adverse_events.items()
        if one.event.ended is None and one.event.outcome in {"not recovered", "recovering"}
    ]


# --- the plan of the next administrations ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One administration to come: planned, earliest permitted, dose with working, product."""

    participant: str
    item: str
    day: int
    on: date | None
    hour: int
    earliest: Moment | None
    must_wait: tuple[str, ...]  # gaps whose earliest hour nobody can say yet
    amount: str
    working: str
    products: tuple[tuple[str, Moment | None], ...]  # released and unused, with their expiry
    cell_product: bool


def due_administrations(
    protocol: Protocol, state: StudyState, who: Participant, now: Moment
) -> tuple[Due, ...]:
    """Every administration that is planned and not given, in order of day and hour."""
    if who.enrolled is None or who.off_study:
        return ()
    zero = day_zero(protocol, who)
    left = sorted(_items_left(protocol, who), key=lambda one: (one[1], one[0].hour, one[0].id))
    return tuple(_due(protocol, state, who, item, day, zero, now) for item, day in left)


def _due(
    protocol: Protocol,
    state: StudyState,
    who: Participant,
    item: RegimenItem,
    day: int,
    zero: date | None,
    now: Moment,
) -> Due:
    gaps = [gap for gap in protocol.gaps if gap.before == item.id]
    known = [(gap, _earliest(gap, who)) for gap in gaps]
    hours = [moment for _, moment in known if moment is not None]
    planned = planned_administration(protocol, who, item, at=now)
    return Due(
        participant=who.code,
        item=item.id,
        day=day,
        on=None if zero is None else zero + timedelta(days=day),
        hour=item.hour,
        earliest=max(hours, key=Moment.order, default=None),
        must_wait=tuple(gap.id for gap, moment in known if moment is None),
        amount="" if planned.amount is None else str(planned.amount),
        working=planned.working,
        products=_ready(protocol, state, who, item),
        cell_product=protocol.intervention(item.intervention).kind is Kind.CELL_PRODUCT,
    )


def _earliest(gap: Gap, who: Participant) -> Moment | None:
    ends = [one.event.ended_at for item in gap.after for one in who.given(item)]
    return earliest(gap, ends) if ends else None


def _ready(
    protocol: Protocol, state: StudyState, who: Participant, item: RegimenItem
) -> tuple[tuple[str, Moment | None], ...]:
    if protocol.intervention(item.intervention).kind is not Kind.CELL_PRODUCT:
        return ()
    return tuple(
        (code, product.received.event.expires_at)
        for code, product in state.products.items()
        if product.received.event.participant == who.code
        and product.released is not None
        and product.infused is None
        and product.failed is None
    )


# --- the study as a whole ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The study at one position."""

    position: int
    version: str
    target: int
    enrolled: int
    places: int
    suspended: str
    closed: bool
    pending: tuple[str, ...]  # in their dose-limiting window
    deviations: tuple[Kept[DeviationRecorded], ...]


def overview(protocol: Protocol, state: StudyState, today: date) -> Overview:
    """How far the study is."""
    deviations = [
        kept for who in state.participants.values() for kept in who.deviations.values()
    ] + list(state.deviations.values())
    return Overview(
        position=state.position,
        version=protocol.version,
        target=protocol.enrolment.target,
        enrolled=len(state.enrolled),
        places=places_left(protocol, state),
        suspended="" if state.suspended is None else state.suspended.reason,
        closed=state.closed is not None,
        pending=tuple(who.code for who in state.enrolled if window_open(protocol, who, today)),
        deviations=tuple(sorted(deviations, key=lambda kept: kept.entry)),
    )
