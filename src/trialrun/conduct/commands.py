"""Every act that a person (or a simulated one) can ask for: one frozen class each, imperative.

A command says what somebody wants to record; `decide` answers with entries or a Refusal. Ids that a
command leaves empty are given by `decide` from the participant's code and a running number.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from trialrun.ledger.events import (
    Causality,
    CheckAnswer,
    FieldChange,
    Measured,
    Mode,
    Reason,
    ScreeningEnd,
)
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class StartStudy:
    """Start the ledger. The first person becomes the sponsor's administrator of roles."""

    mode: Mode
    record_sha256: str
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPerson:
    """Add a person by code (their name belongs into `identities/`, never into the ledger)."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRole:
    """Give a person a role, at one site or for the whole study."""

    person: str
    role: str
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeRole:
    """Take a role back."""

    person: str
    role: str
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveProtocol:
    """Put the protocol file in force, with the document and the ethics approval behind it."""

    file: bytes
    document_number: str
    document_version: str
    document_date: Moment
    document_sha256: str
    committee: str
    approval_reference: str
    approval_date: Moment
    authority_reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSite:
    """Let a site screen and enrol."""

    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRecordSearch:
    """Let the team list people of a site's records one by one, not only count them."""

    site: str
    committee: str
    approval_reference: str
    approval_date: Moment
    valid_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterParticipant:
    """Register a person who is considered, by code."""

    participant: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsent:
    """Record informed consent of the participant or the donor."""

    participant: str
    subject: str = "participant"
    donor: str | None = None
    form_version: str
    language: str
    explained_by: str
    given_at: Moment
    copy_given: bool
    witness: bool = False
    optional_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFacts:
    """Record values of variables, at screening or as one visit's observations."""

    participant: str
    facts: tuple[Fact, ...]
    activity: str | None = None
    planned_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCriterion:
    """Give the investigator's verdict on a criterion of status judgement."""

    participant: str
    criterion: str
    met: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEligibility:
    """Decide eligibility on the facts as they stand now."""

    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndScreening:
    """A screened person does not go on."""

    participant: str
    reason: ScreeningEnd
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolParticipant:
    """Enrol an eligible participant into an arm."""

    participant: str
    arm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassGate:
    """Confirm every check of a gate."""

    participant: str
    gate: str
    checks: tuple[CheckAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveProduct:
    """Receive a container of a cell product for one participant."""

    product: str
    participant: str
    item: str
    donor: str | None = None
    measures: tuple[Measured, ...]
    expires_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseProduct:
    """Release a product; name the results still pending for a conditional release."""

    product: str
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailProduct:
    """No product could be made, or a container cannot be released."""

    participant: str
    item: str
    product: str | None = None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAdministration:
    """Record an administration that was given, as it was given."""

    participant: str
    item: str
    amount: Decimal
    unit: str
    started_at: Moment
    ended_at: Moment
    product: str | None = None
    checked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAdverseEvent:
    """Report an adverse event."""

    participant: str
    term: str
    soc: str
    grade: int
    terminology: str
    onset: Moment
    ended: Moment | None = None
    serious: bool
    seriousness: tuple[str, ...] = ()
    causality: tuple[Causality, ...] = ()
    dose_limiting: bool | None = None
    outcome: str
    systematic: bool = False
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAdverseEvent:
    """Record how an adverse event went on."""

    participant: str
    event: str
    grade: int | None = None
    ended: Moment | None = None
    serious: bool | None = None
    dose_limiting: bool | None = None
    outcome: str | None = None
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessResponse:
    """Record a response category."""

    participant: str
    assessed_at: Moment
    planned_day: int | None = None
    definition: str
    category: str
    mrd: str = "not evaluated"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeviation:
    """Record something that was not as the protocol says."""

    participant: str | None = None
    category: str
    important: bool
    about: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """Correct fields of a recorded thing; `old` of each change is what the person saw."""

    target: str
    changes: tuple[FieldChange, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscontinueIntervention:
    """A participant receives no more of an intervention (None: of any), and stays."""

    participant: str
    intervention: str | None = None
    reason: Reason
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSubsequentTherapy:
    """Record a therapy outside the protocol."""

    participant: str
    therapy: str
    started_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawFromStudy:
    """A participant takes back participation."""

    participant: str
    reason: Reason
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLostToFollowUp:
    """A participant can no longer be reached."""

    participant: str
    last_contact: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDeath:
    """A participant died."""

    participant: str
    died_at: Moment
    cause: str
    related: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteParticipant:
    """A participant completed the study."""

    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendEnrolment:
    """Stop enrolling until resumed; the reason is a code, its words go into the note."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeEnrolment:
    """Go on enrolling; the reason is a code, its words go into the note."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStudy:
    """Close the study; the reason is a code, its words go into the note."""

    reason: str
    note: str = ""


Command = (
    StartStudy | AddPerson | GrantRole | RevokeRole | ApproveProtocol | OpenSite
    | ApproveRecordSearch
    | RegisterParticipant | RecordConsent | RecordFacts | JudgeCriterion | DecideEligibility
    | EndScreening | EnrolParticipant | PassGate | ReceiveProduct | ReleaseProduct | FailProduct
    | GiveAdministration | ReportAdverseEvent | ChangeAdverseEvent | AssessResponse
    | RecordDeviation | Correct | DiscontinueIntervention | StartSubsequentTherapy
    | WithdrawFromStudy | MarkLostToFollowUp | RecordDeath | CompleteParticipant
    | SuspendEnrolment | ResumeEnrolment | CloseStudy
)  # fmt: skip

COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in Command.__args__}
