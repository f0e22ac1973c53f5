"""The folded state of a study: what is the case at one ledger position. Never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from trialrun.ledger.events import (
    AdministrationGiven,
    AdverseEventReported,
    ConsentGiven,
    CriterionJudged,
    DeviationRecorded,
    Died,
    EligibilityDecided,
    Event,
    FactRecorded,
    GatePassed,
    InterventionDiscontinued,
    LostToFollowUp,
    Mode,
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantRegistered,
    ProductFailed,
    ProductInfused,
    ProductReceived,
    ProductReleased,
    ProtocolApproved,
    RecordSearchApproved,
    ResponseAssessed,
    ScreeningEnded,
    SiteOpened,
    StudyClosed,
    StudyStarted,
    SubsequentTherapyStarted,
    WithdrewFromStudy,
)
from trialrun.values.moment import Moment

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Kept(Generic[E]):
    """A fact as it now stands: the entry that made it, when it happened, its version, its past.

    `version` starts at 1 and grows with each correction or change; `past` holds the position of
    each entry that changed it and the event as it stood before.
    """

    event: E
    entry: int
    at: Moment
    by: str
    version: int = 1
    past: tuple[tuple[int, E], ...] = ()

    @property
    def entries(self) -> tuple[int, ...]:
        """The positions of all entries that this value stands on, the first one first."""
        return (self.entry, *(position for position, _ in self.past))


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One participant's part of the state; mappings are keyed by the id of the thing kept."""

    code: str
    registered: Kept[ParticipantRegistered]
    stream_version: int = 1
    consents: Mapping[str, Kept[ConsentGiven]] = field(default_factory=dict)
    facts: Mapping[str, Kept[FactRecorded]] = field(default_factory=dict)
    judgements: Mapping[str, Kept[CriterionJudged]] = field(default_factory=dict)
    decision: Kept[EligibilityDecided] | None = None
    screening_ended: Kept[ScreeningEnded] | None = None
    enrolled: Kept[ParticipantEnrolled] | None = None
    gates: Mapping[tuple[str, int], Kept[GatePassed]] = field(default_factory=dict)
    product_failures: tuple[Kept[ProductFailed], ...] = ()
    administrations: Mapping[str, Kept[AdministrationGiven]] = field(default_factory=dict)
    discontinued: tuple[Kept[InterventionDiscontinued], ...] = ()
    subsequent: tuple[Kept[SubsequentTherapyStarted], ...] = ()
    adverse_events: Mapping[str, Kept[AdverseEventReported]] = field(default_factory=dict)
    responses: Mapping[str, Kept[ResponseAssessed]] = field(default_factory=dict)
    deviations: Mapping[str, Kept[DeviationRecorded]] = field(default_factory=dict)
    withdrew: Kept[WithdrewFromStudy] | None = None
    lost: Kept[LostToFollowUp] | None = None
    died: Kept[Died] | None = None
    completed: Kept[ParticipantCompleted] | None = None

    @property
    def site(self) -> str:
        """The site that registered the participant."""
        return self.registered.event.site

    @property
    def off_study(self) -> bool:
        """Whether nothing more is collected."""
        return any((self.withdrew, self.lost, self.died, self.completed, self.screening_ended))

    def given(self, item: str) -> tuple[Kept[AdministrationGiven], ...]:
        """The administrations of one regimen item, in order of their actual start."""
        mine = [one for one in self.administrations.values() if one.event.item == item]
        return tuple(sorted(mine, key=lambda one: (one.event.started_at.order(), one.entry)))

    def values(self, variable: str) -> tuple[Kept[FactRecorded], ...]:
        """The facts of one variable, in order of their time."""
        mine = [one for one in self.facts.values() if one.event.fact.variable == variable]
        return tuple(sorted(mine, key=lambda one: (one.event.fact.at.order(), one.entry)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One container of a cell product."""

    received: Kept[ProductReceived]
    released: Kept[ProductReleased] | None = None
    failed: Kept[ProductFailed] | None = None
    infused: Kept[ProductInfused] | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch in which nobody is enrolled."""

    entry: int
    since: Moment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """The whole study at one position."""

    study: str = ""
    position: int = 0
    started: Kept[StudyStarted] | None = None
    people: frozenset[str] = frozenset()
    roles: Mapping[tuple[str, str, str | None], int] = field(default_factory=dict)
    sites: Mapping[str, Kept[SiteOpened]] = field(default_factory=dict)
    approvals: tuple[Kept[ProtocolApproved], ...] = ()
    searches: tuple[Kept[RecordSearchApproved], ...] = ()
    suspended: Suspension | None = None
    closed: Kept[StudyClosed] | None = None
    participants: Mapping[str, Participant] = field(default_factory=dict)
    products: Mapping[str, Product] = field(default_factory=dict)
    deviations: Mapping[str, Kept[DeviationRecorded]] = field(default_factory=dict)
    redacted: frozenset[tuple[int, str]] = frozenset()

    @property
    def rehearsal(self) -> bool:
        """Whether the study is a rehearsal."""
        return self.started is not None and self.started.event.mode is Mode.REHEARSAL

    @property
    def approval(self) -> Kept[ProtocolApproved] | None:
        """The approval in force."""
        return self.approvals[-1] if self.approvals else None

    @property
    def enrolled(self) -> tuple[Participant, ...]:
        """Those enrolled, in order of their number."""
        mine = [(p.enrolled.event.number, p) for p in self.participants.values() if p.enrolled]
        return tuple(participant for _, participant in sorted(mine, key=lambda pair: pair[0]))
