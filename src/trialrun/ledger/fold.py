"""`evolve(state, entry) -> state`: what each entry makes of the state. Pure; nothing is checked
here: what may happen is decided by `conduct` before an entry exists.

`fold` is `evolve` over many entries. The states in between are seen by nobody, so a mapping that
was copied for one entry is filled further for the next ones: folding takes time in proportion to
the entries, however many facts a participant has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar, assert_never

from trialrun.ledger import events as ev
from trialrun.ledger.changing import finish, replace
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
    | ev.RecordSearchApproved
    | ev.EnrolmentSuspended
    | ev.EnrolmentResumed
    | ev.StudyClosed
    | ev.Redacted
)
ProductEvent = ev.ProductReceived | ev.ProductReleased | ev.ProductFailed | ev.ProductInfused


class _Grown:
    """The mappings that were made while folding: nobody else holds them, so they may still grow."""

    def __init__(self) -> None:
        self._mine: dict[int, object] = {}

    def add(self, mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
        """The mapping with one more, or one other, value."""
        if id(mapping) in self._mine:
            mapping[key] = value  # type: ignore[index]  # made below, as a dict
            return mapping
        made = {**mapping, key: value}
        self._mine[id(made)] = made  # held, so that its id stays its own
        return made


def fold(entries: Iterable[Entry], state: StudyState | None = None) -> StudyState:
    """The state after all entries, from `state` or from nothing."""
    given = StudyState() if state is None else state
    state, grown, entry = given, _Grown(), None
    for entry in entries:
        state = _after(state, entry, grown)
    if entry is None:
        return given
    if state is given:
        return replace(given, study=entry.study, position=entry.position)
    finish(state, study=entry.study, position=entry.position)
    return state


def evolve(state: StudyState, entry: Entry) -> StudyState:
    """The state after one more entry."""
    return fold((entry,), state)


def _after(state: StudyState, entry: Entry, grown: _Grown) -> StudyState:
    event = entry.event
    if isinstance(event, StudyEvent):
        return _study(state, event, entry, grown)
    if isinstance(event, ProductEvent):
        state = _product(state, event, entry, grown)
    if isinstance(event, ev.ParticipantRegistered):
        new = Participant(
            code=event.participant,
            registered=_kept(event, entry),
            stream_version=entry.stream_version,
        )
        return _placed(state, new, grown)
    return _on_participant(state, event, entry, grown)


def _placed(state: StudyState, who: Participant, grown: _Grown) -> StudyState:
    participants = grown.add(state.participants, who.code, who)
    if participants is state.participants:
        return state  # it has grown in place
    return replace(state, participants=participants)


def _kept(event: E, entry: Entry) -> Kept[E]:
    return Kept(event, entry.position, entry.occurred_at, entry.actor)


def _next(old: Kept[E], event: E, entry: Entry) -> Kept[E]:
    return replace(
        old, event=event, version=old.version + 1, past=(*old.past, (entry.position, old.event))
    )


def _study(state: StudyState, event: StudyEvent, entry: Entry, grown: _Grown) -> StudyState:
    match event:
        case ev.StudyStarted():
            return replace(state, started=_kept(event, entry))
        case ev.PersonAdded():
            return replace(state, people=state.people | {event.person})
        case ev.RoleGranted():
            role = (event.person, event.role, event.site)
            return replace(state, roles=grown.add(state.roles, role, entry.position))
        case ev.RoleRevoked():
            gone = (event.person, event.role, event.site)
            return replace(state, roles={k: v for k, v in state.roles.items() if k != gone})
        case ev.ProtocolApproved():
            return replace(state, approvals=(*state.approvals, _kept(event, entry)))
        case ev.SiteOpened():
            return replace(state, sites=grown.add(state.sites, event.site, _kept(event, entry)))
        case ev.RecordSearchApproved():
            return replace(state, searches=(*state.searches, _kept(event, entry)))
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


def _product(state: StudyState, event: ProductEvent, entry: Entry, grown: _Grown) -> StudyState:
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
    return replace(state, products=grown.add(state.products, event.product, product))


def _on_participant(state: StudyState, event: ev.Event, entry: Entry, grown: _Grown) -> StudyState:
    """Events about a participant, deviations of the study as a whole included."""
    if isinstance(event, ev.DeviationRecorded) and event.participant is None:
        return replace(state, deviations=grown.add(state.deviations, event.id, _kept(event, entry)))
    if isinstance(event, ev.Corrected) and event.participant is None:
        return _correct_study(state, event, entry, grown)
    code = (
        state.products[event.product].received.event.participant
        if isinstance(event, ev.ProductReleased)
        else event.participant  # type: ignore[union-attr]  # every other event here has one
    )
    assert code is not None
    old = state.participants[code]
    new = _participant(old, event, entry, grown)
    if entry.stream == f"participant:{code}":
        if new is old:
            new = replace(old, stream_version=entry.stream_version)
        else:
            finish(new, stream_version=entry.stream_version)
    return _placed(state, new, grown)


def _correct_study(
    state: StudyState, event: ev.Corrected, entry: Entry, grown: _Grown
) -> StudyState:
    if event.target in state.deviations:
        old = state.deviations[event.target]
        new = _next(old, corrected(old.event, event.changes), entry)
        return replace(state, deviations=grown.add(state.deviations, event.target, new))
    product = state.products[event.target]
    received = product.received
    fixed = _next(received, corrected(received.event, event.changes), entry)
    return replace(
        state,
        products=grown.add(state.products, event.target, replace(product, received=fixed)),
    )


def _participant(who: Participant, event: ev.Event, entry: Entry, grown: _Grown) -> Participant:
    match event:
        case ev.ConsentGiven():
            return replace(who, consents=grown.add(who.consents, event.id, _kept(event, entry)))
        case ev.FactRecorded():
            return replace(who, facts=grown.add(who.facts, event.fact.id, _kept(event, entry)))
        case ev.CriterionJudged():
            kept = _kept(event, entry)
            return replace(who, judgements=grown.add(who.judgements, event.criterion, kept))
        case ev.EligibilityDecided():
            return replace(who, decision=_kept(event, entry))
        case ev.ScreeningEnded():
            return replace(who, screening_ended=_kept(event, entry))
        case ev.ParticipantEnrolled():
            return replace(who, enrolled=_kept(event, entry))
        case ev.GatePassed():
            key = (event.gate, event.ordinal)
            return replace(who, gates=grown.add(who.gates, key, _kept(event, entry)))
        case ev.ProductFailed():
            return replace(who, product_failures=(*who.product_failures, _kept(event, entry)))
        case ev.AdministrationGiven():
            kept_dose = _kept(event, entry)
            return replace(who, administrations=grown.add(who.administrations, event.id, kept_dose))
        case _:
            return _course(who, event, entry, grown)


def _course(who: Participant, event: ev.Event, entry: Entry, grown: _Grown) -> Participant:
    match event:
        case ev.InterventionDiscontinued():
            return replace(who, discontinued=(*who.discontinued, _kept(event, entry)))
        case ev.SubsequentTherapyStarted():
            return replace(who, subsequent=(*who.subsequent, _kept(event, entry)))
        case ev.AdverseEventReported():
            kept = _kept(event, entry)
            return replace(who, adverse_events=grown.add(who.adverse_events, event.id, kept))
        case ev.AdverseEventChanged():
            old = who.adverse_events[event.id]
            new = _next(old, _course_of(old.event, event), entry)
            return replace(who, adverse_events=grown.add(who.adverse_events, event.id, new))
        case ev.ResponseAssessed():
            return replace(who, responses=grown.add(who.responses, event.id, _kept(event, entry)))
        case ev.DeviationRecorded():
            return replace(who, deviations=grown.add(who.deviations, event.id, _kept(event, entry)))
        case ev.Corrected():
            return _correct(who, event, entry, grown)
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


def _correct(who: Participant, event: ev.Corrected, entry: Entry, grown: _Grown) -> Participant:
    """The kept thing that `event.target` names, changed; ids are unique within a study."""
    for name in ("facts", "administrations", "adverse_events", "responses", "consents",
                 "deviations"):  # fmt: skip
        kept: Mapping[str, Kept[ev.Event]] = getattr(who, name)
        if event.target in kept:
            old = kept[event.target]
            new = _next(old, corrected(old.event, event.changes), entry)
            # The six names above are mappings of Kept; mypy cannot see that through **.
            return replace(who, **{name: grown.add(kept, event.target, new)})  # type: ignore[arg-type]
    raise KeyError(event.target)
