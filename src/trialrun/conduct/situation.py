"""What a decision is made from: the protocol in force, the state, who asks, and what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from trialrun.conduct.deviation import Found
from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.ledger import events as ev
from trialrun.ledger.entry import Draft
from trialrun.ledger.state import Participant, StudyState
from trialrun.protocol.model import Protocol
from trialrun.values.moment import Moment, of_datetime

# A date alone may be tomorrow's by the server's clock: the earliest clock is 14 hours ahead of UTC.
_EARLIEST_CLOCK = timedelta(hours=14)

Decision: TypeAlias = tuple[Draft, ...] | Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who asks, in which role, for which organisation, from where, under which command id."""

    person: str
    role: str
    organisation: str = "study"
    origin: str = "api"
    command_id: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that a decision may look at."""

    protocol: Protocol | None
    state: StudyState
    by: Author
    now: datetime
    today: Moment  # now, as the ledger writes moments

    @classmethod
    def of(
        cls, protocol: Protocol | None, state: StudyState, by: Author, now: datetime
    ) -> Situation:
        """The situation in which somebody asks."""
        return cls(protocol=protocol, state=state, by=by, now=now, today=of_datetime(now))

    @property
    def plan(self) -> Protocol:
        """The protocol in force; ask `policies.approval_in_force` before."""
        assert self.protocol is not None
        return self.protocol

    def future(self, field: str, moment: Moment) -> Refusal | None:
        """Refused where something is said to have happened that cannot have happened yet."""
        at = moment.instant
        late = at > self.now if at is not None else moment.day > (self.now + _EARLIEST_CLOCK).date()
        if not late:
            return None
        return refuse(Rule.IN_THE_FUTURE, field=field, moment=moment, now=self.today)

    def drafts(self, *happened: ev.Event | tuple[ev.Event, Moment]) -> tuple[Draft, ...]:
        """Entries to append: each event with the moment when it happened, now if none is given."""
        version = None if self.protocol is None else self.protocol.version
        result = []
        for one in happened:
            event, at = one if isinstance(one, tuple) else (one, self.today)
            result.append(
                Draft(
                    stream=stream_of(event),
                    event=event,
                    actor=self.by.person,
                    role=self.by.role,
                    organisation=self.by.organisation,
                    occurred_at=at,
                    origin=self.by.origin,
                    protocol_version=version,
                    command_id=self.by.command_id,
                )
            )
        return tuple(result)

    def deviations(
        self, who: Participant, found: tuple[Found, ...], *, about: str, at: Moment
    ) -> tuple[tuple[ev.DeviationRecorded, Moment], ...]:
        """The deviations found, numbered after those that the participant already has."""
        count = len(who.deviations)
        return tuple(
            (
                ev.DeviationRecorded(
                    id=f"{who.code}.deviation.{count + number}",
                    participant=who.code,
                    category=one.category.value,
                    important=one.important,
                    about=about,
                ),
                at,
            )
            for number, one in enumerate(found, start=1)
        )


def stream_of(event: ev.Event) -> str:
    """The stream of an event: a participant, a product, a site, a person, the study."""
    match event:
        case ev.ProductReceived() | ev.ProductReleased() | ev.ProductInfused():
            return f"product:{event.product}"
        case ev.PersonAdded() | ev.RoleGranted() | ev.RoleRevoked():
            return f"person:{event.person}"
        case ev.SiteOpened() | ev.RecordSearchApproved():
            return f"site:{event.site}"
        case ev.ProtocolApproved():
            return "protocol"
        case _:
            code = getattr(event, "participant", None)
            return "study" if code is None else f"participant:{code}"
