"""`evolve(state, entry) -> state`: what each entry makes of the state. Pure; nothing is checked
here: what may happen is decided by `conduct` before an entry exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar, assert_never

from trialrun.ledger import events as ev
from trialrun.ledger.correction import corrected
from trialrun.ledger.entry import Entry
from trialrun.ledger.state import Kept, Participant, Product, StudyState, Suspension

E = TypeVar("E", bound=ev.Event)
K = TypeVar("K")
V = TypeVar("V")

StudyEvent = (
    ev.StudyStarted
    | ev.PersonAdded
    | ev.RoleGranted
    | ev.RoleRevoked
    | ev.ProtocolApproved
    | ev.SiteOpened
    | ev.EnrolmentSuspended
    | ev.EnrolmentResumed
    | ev.StudyClosed
    | ev.Redacted
)
ProductEvent = ev.ProductReceived | ev.ProductReleased | ev.ProductFailed | ev.ProductInfused


def fold(entries: Iterable[Entry], state: StudyState | None = None) -> StudyState:
    """The state after all entries, from `state` or from nothing."""
    state = StudyState() if state is None else state
    for entry in entries:
        state = evolve(state, entry)
    return state


def evolve(state: StudyState, entry: Entry) -> StudyState:
    """The state after one more entry."""
    state = replace(state, study=entry.study, position=entry.position)
    event = entry.event
    if isinstance(event, StudyEvent):
        return _study(state, event, entry)
    if isinstance(event, ProductEvent):
        state = _product(state, event, entry)
    if isinstance(event, ev.ParticipantRegistered):
        new = Participant(
            code=event.participant,
            registered=_kept(event, entry),
            stream_version=entry.stream_version,
        )
        return replace(state, participants=_with(state.participants, new.code, new))
    return _on_participant(state, event, entry)


def _kept(event: E, entry: Entry) -> Kept[E]:
    return Kept(event, entry.position, entry.occurred_at, entry.actor)


def _next(old: Kept[E], event: E, entry: Entry) -> Kept[E]:
    return replace(
        old, event=event, version=old.version + 1, past=(*old.past, (entry.position, old.event))
    )


def _with(mapping: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    return {**mapping, key: value}


def _study(state: StudyState, event: StudyEvent, entry: Entry) -> StudyState:
    match event:
        case ev.StudyStarted():
            return replace(state, started=_kept(event, entry))
        case ev.PersonAdded():
            return replace(state, people=state.people | {event.person})
        case ev.RoleGranted():
            role = (event.person, event.role, event.site)
            return replace(state, roles=_with(state.roles, role, entry.position))
        case ev.RoleRevoked():
            gone = (event.person, event.role, event.site)
            return replace(state, roles={k: v for k, v in state.roles.items() if k != gone})
        case ev.ProtocolApproved():
            return replace(state, approvals=(*state.approvals, _kept(event, entry)))
        case ev.SiteOpened():
            return replace(state, sites=_with(state.sites, event.site, _kept(event, entry)))
        case ev.EnrolmentSuspended():
            pause = Suspension(entry.position, entry.occurred_at, event.reason)
            return replace(state, suspended=pause)
        case ev.EnrolmentResumed():
            return replace(state, suspended=None)
        case ev.StudyClosed():
            return replace(state, closed=_kept(event, entry))
        case ev.Redacted():
            return replace(state, redacted=state.redacted | {(event.entry, event.part)})
        case _:
            assert_never(event)


def _product(state: StudyState, event: ProductEvent, entry: Entry) -> StudyState:
    if event.product is None:
        return state
    match event:
        case ev.ProductReceived():
            product = Product(received=_kept(event, entry))
        case ev.ProductReleased():
            product = replace(state.products[event.product], released=_kept(event, entry))
        case ev.ProductFailed():
            product = replace(state.products[event.product], failed=_kept(event, entry))
        case ev.ProductInfused():
            product = replace(state.products[event.product], infused=_kept(event, entry))
        case _:
            assert_never(event)
    return replace(state, products=_with(state.products, event.product, product))


def _on_participant(state: StudyState, event: ev.Event, entry: Entry) -> StudyState:
    """Events about a participant, deviations of the study as a whole included."""
    if isinstance(event, ev.DeviationRecorded) and event.participant is None:
        return replace(state, deviations=_with(state.deviations, event.id, _kept(event, entry)))
    if isinstance(event, ev.Corrected) and event.participant is None:
        return _correct_study(state, event, entry)
    code = (
        state.products[event.product].received.event.participant
        if isinstance(event, ev.ProductReleased)
        else event.participant  # type: ignore[union-attr]  # every other event here has one
    )
    assert code is not None
    old = state.participants[code]
    new = _participant(old, event, entry)
    if entry.stream == f"participant:{code}":
        new = replace(new, stream_version=entry.stream_version)
    return replace(state, participants=_with(state.participants, code, new))


def _correct_study(state: StudyState, event: ev.Corrected, entry: Entry) -> StudyState:
    if event.target in state.deviations:
        old = state.deviations[event.target]
        new = _next(old, corrected(old.event, event.changes), entry)
        return replace(state, deviations=_with(state.deviations, event.target, new))
    product = state.products[event.target]
    received = product.received
    fixed = _next(received, corrected(received.event, event.changes), entry)
    return replace(
        state,
        products=_with(state.products, event.target, replace(product, received=fixed)),
    )


def _participant(who: Participant, event: ev.Event, entry: Entry) -> Participant:
    match event:
        case ev.ConsentGiven():
            return replace(who, consents=_with(who.consents, event.id, _kept(event, entry)))
        case ev.FactRecorded():
            return replace(who, facts=_with(who.facts, event.fact.id, _kept(event, entry)))
        case ev.CriterionJudged():
            kept = _kept(event, entry)
            return replace(who, judgements=_with(who.judgements, event.criterion, kept))
        case ev.EligibilityDecided():
            return replace(who, decision=_kept(event, entry))
        case ev.ScreeningEnded():
            return replace(who, screening_ended=_kept(event, entry))
        case ev.ParticipantEnrolled():
            return replace(who, enrolled=_kept(event, entry))
        case ev.GatePassed():
            key = (event.gate, event.ordinal)
            return replace(who, gates=_with(who.gates, key, _kept(event, entry)))
        case ev.ProductFailed():
            return replace(who, product_failures=(*who.product_failures, _kept(event, entry)))
        case ev.AdministrationGiven():
            kept_dose = _kept(event, entry)
            return replace(who, administrations=_with(who.administrations, event.id, kept_dose))
        case _:
            return _course(who, event, entry)


def _course(who: Participant, event: ev.Event, entry: Entry) -> Participant:
    match event:
        case ev.InterventionDiscontinued():
            return replace(who, discontinued=(*who.discontinued, _kept(event, entry)))
        case ev.SubsequentTherapyStarted():
            return replace(who, subsequent=(*who.subsequent, _kept(event, entry)))
        case ev.AdverseEventReported():
            kept = _kept(event, entry)
            return replace(who, adverse_events=_with(who.adverse_events, event.id, kept))
        case ev.AdverseEventChanged():
            old = who.adverse_events[event.id]
            new = _next(old, _course_of(old.event, event), entry)
            return replace(who, adverse_events=_with(who.adverse_events, event.id, new))
        case ev.ResponseAssessed():
            return replace(who, responses=_with(who.responses, event.id, _kept(event, entry)))
        case ev.DeviationRecorded():
            return replace(who, deviations=_with(who.deviations, event.id, _kept(event, entry)))
        case ev.Corrected():
            return _correct(who, event, entry)
        case ev.WithdrewFromStudy():
            return replace(who, withdrew=_kept(event, entry))
        case ev.LostToFollowUp():
            return replace(who, lost=_kept(event, entry))
        case ev.Died():
            return replace(who, died=_kept(event, entry))
        case ev.ParticipantCompleted():
            return replace(who, completed=_kept(event, entry))
        case _:
            return who  # product events: their state is kept with the product


def _course_of(
    event: ev.AdverseEventReported, change: ev.AdverseEventChanged
) -> ev.AdverseEventReported:
    return replace(
        event,
        grade=event.grade if change.grade is None else change.grade,
        ended=event.ended if change.ended is None else change.ended,
        serious=event.serious if change.serious is None else change.serious,
        dose_limiting=(
            event.dose_limiting if change.dose_limiting is None else change.dose_limiting
        ),
        outcome=event.outcome if change.outcome is None else change.outcome,
    )


def _correct(who: Participant, event: ev.Corrected, entry: Entry) -> Participant:
    """The kept thing that `event.target` names, changed; ids are unique within a study."""
    for name in ("facts", "administrations", "adverse_events", "responses", "consents",
                 "deviations"):  # fmt: skip
        kept: Mapping[str, Kept[ev.Event]] = getattr(who, name)
        if event.target in kept:
            old = kept[event.target]
            new = _next(old, corrected(old.event, event.changes), entry)
            # The six names above are mappings of Kept; mypy cannot see that through **.
            return replace(who, **{name: _with(kept, event.target, new)})  # type: ignore[arg-type]
    raise KeyError(event.target)
