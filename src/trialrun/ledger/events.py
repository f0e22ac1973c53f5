"""Every kind of fact that the ledger can hold: one frozen class each, closed and versioned.

A field marked TEXT is free text and is stored as a payload part of its own, so that it can be
redacted; a field marked DOCUMENT holds a file's bytes in base64. No event holds a name of a person:
people, participants, donors and sites are codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

TEXT = {"part": "text"}
DOCUMENT = {"part": "document"}


class Mode(Enum):
    """A study is real or a rehearsal from its first entry on, and never changes."""

    REAL = "real"
    REHEARSAL = "rehearsal"


class Reason(Enum):
    """Why somebody did not complete, in the registry's nine words."""

    ADVERSE_EVENT = "Adverse Event"
    DEATH = "Death"
    LACK_OF_EFFICACY = "Lack of Efficacy"
    LOST_TO_FOLLOW_UP = "Lost to Follow-up"
    PHYSICIAN_DECISION = "Physician Decision"
    PREGNANCY = "Pregnancy"
    PROTOCOL_VIOLATION = "Protocol Violation"
    WITHDRAWAL_BY_SUBJECT = "Withdrawal by Subject"
    OTHER = "Other"


class ScreeningEnd(Enum):
    """Why a person who was screened does not go on."""

    NOT_ELIGIBLE = "not eligible"
    FACTS_MISSING = "needed facts not obtained"
    DECLINED = "declined"
    PRODUCT_FAILURE = "no product could be made"
    ENROLMENT_COMPLETE = "enrolment complete"
    DIED = "died"
    OTHER = "other"


# --- the study -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyStarted:
    """The first entry: which record the study was drafted from, and whether it is real."""

    mode: Mode
    record_sha256: str
    seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAdded:
    """A person of the team, by code."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGranted:
    """A role for a person, at one site or (None) for the whole study."""

    person: str
    role: str
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRevoked:
    """A role taken back."""

    person: str
    role: str
    site: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolApproved:
    """The approved protocol file itself, the document it stands for, and who approved that."""

    version: str
    file_sha256: str
    document_number: str
    document_version: str
    document_date: Moment
    document_sha256: str
    committee: str
    approval_reference: str
    approval_date: Moment
    authority_reference: str | None = None
    assumed: tuple[str, ...] = ()  # question ids; never any in a real study
    file_base64: str = field(metadata=DOCUMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOpened:
    """A site may screen and enrol from now on."""

    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSearchApproved:
    """A site's committee lets the team list people of the site's records, until a day.

    Without it a search of records gives counts only (a waiver for pre-screening, by reference).
    """

    site: str
    committee: str
    approval_reference: str
    approval_date: Moment
    valid_until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentSuspended:
    """Nobody is enrolled until enrolment is resumed; treatment of those enrolled goes on."""

    reason: str
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentResumed:
    """Enrolment goes on."""

    reason: str
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyClosed:
    """Nothing more is added about participants, corrections apart."""

    reason: str
    note: str = field(default="", metadata=TEXT)


# --- a participant, up to enrolment ----------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantRegistered:
    """A person who is considered, by code, at a site."""

    participant: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """Informed consent of the participant or of the donor for this participant."""

    id: str
    participant: str
    subject: str  # "participant" or "donor"
    donor: str | None = None
    form_version: str
    language: str
    explained_by: str
    given_at: Moment
    copy_given: bool
    witness: bool = False
    optional_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecorded:
    """One value of one variable; `activity` and `planned_day` where the schedule asked for it."""

    participant: str
    fact: Fact
    activity: str | None = None
    planned_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionJudged:
    """An investigator's verdict on a criterion whose status is judgement (TRUE: no obstacle)."""

    participant: str
    criterion: str
    met: bool
    reason: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """What one criterion gave."""

    criterion: str
    verdict: Truth


@dataclass(frozen=True, slots=True)
class SeenFact:
    """The version of a fact that a decision saw."""

    fact: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityDecided:
    """A person's decision on eligibility, with the verdicts and the fact versions it saw."""

    participant: str
    verdict: Truth
    verdicts: tuple[CriterionVerdict, ...]
    seen: tuple[SeenFact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningEnded:
    """A screened person does not go on."""

    participant: str
    reason: ScreeningEnd
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantEnrolled:
    """The enrolling act, into an arm."""

    participant: str
    arm: str
    number: int


# --- treatment -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What was found at one check of a gate."""

    check: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePassed:
    """All checks of a gate were confirmed by a person; `ordinal` counts repeated gates from 1."""

    participant: str
    gate: str
    ordinal: int
    checks: tuple[CheckAnswer, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of a product, with its unit."""

    variable: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductReceived:
    """A container of a cell product for one participant."""

    product: str
    participant: str
    item: str  # regimen item it is meant for
    donor: str | None
    measures: tuple[Measured, ...]
    expires_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductReleased:
    """A product may be given; a conditional release names the results still pending."""

    product: str
    conditional: bool
    pending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductFailed:
    """A product could not be made or released; `product` where a container exists."""

    participant: str
    item: str
    product: str | None = None
    reason: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductInfused:
    """A container was used up."""

    product: str
    participant: str
    administration: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministrationGiven:
    """One administration, planned beside actual; `working` is the dose computation shown."""

    id: str
    participant: str
    item: str
    intervention: str
    ordinal: int
    planned_day: int | None
    planned_amount: Decimal | None
    planned_unit: str | None
    working: str
    amount: Decimal
    unit: str
    started_at: Moment
    ended_at: Moment
    product: str | None = None
    checked_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionDiscontinued:
    """A participant receives no more of an intervention (None: of any) and stays in the study."""

    participant: str
    intervention: str | None
    reason: Reason
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsequentTherapyStarted:
    """A therapy outside the protocol that bears on outcomes: HSCT, DLI, new therapy."""

    participant: str
    therapy: str
    started_at: Moment


# --- safety and outcome ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Causality:
    """Whether an event is related to an intervention, in the investigator's judgement."""

    intervention: str
    related: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventReported:
    """An adverse event of a participant."""

    id: str
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
    narrative: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventChanged:
    """The course of an adverse event went on; None leaves a field as it was."""

    id: str
    participant: str
    grade: int | None = None
    ended: Moment | None = None
    serious: bool | None = None
    dose_limiting: bool | None = None
    outcome: str | None = None
    narrative: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseAssessed:
    """A response category at an assessment, with the definition's version and the facts seen."""

    id: str
    participant: str
    assessed_at: Moment
    planned_day: int | None
    definition: str
    category: str
    mrd: str  # "negative", "positive", "not evaluated"
    seen: tuple[SeenFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviationRecorded:
    """Something that was not as the protocol says."""

    id: str
    participant: str | None
    category: str
    important: bool
    about: str | None = None  # id of the administration, fact or other thing
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a recorded thing: what it said, what it says now (canonical text)."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A recorded thing was wrong; the old value stays readable, with the reason."""

    target: str
    participant: str | None
    changes: tuple[FieldChange, ...]
    reason: str = field(metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrewFromStudy:
    """A participant takes back participation; nothing more is collected."""

    participant: str
    reason: Reason
    note: str = field(default="", metadata=TEXT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostToFollowUp:
    """A participant can no longer be reached."""

    participant: str
    last_contact: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """A participant died."""

    participant: str
    died_at: Moment
    cause: str = field(metadata=TEXT)
    related: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantCompleted:
    """A participant completed the study as the protocol defines it."""

    participant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """One payload part of an earlier entry was deleted by two people, for a reason."""

    entry: int
    part: str
    reason_code: str
    first_person: str
    second_person: str
    note: str = field(default="", metadata=TEXT)


Event = (
    StudyStarted | PersonAdded | RoleGranted | RoleRevoked | ProtocolApproved | SiteOpened
    | RecordSearchApproved
    | EnrolmentSuspended | EnrolmentResumed | StudyClosed
    | ParticipantRegistered | ConsentGiven | FactRecorded | CriterionJudged | EligibilityDecided
    | ScreeningEnded | ParticipantEnrolled
    | GatePassed | ProductReceived | ProductReleased | ProductFailed | ProductInfused
    | AdministrationGiven | InterventionDiscontinued | SubsequentTherapyStarted
    | AdverseEventReported | AdverseEventChanged | ResponseAssessed | DeviationRecorded | Corrected
    | WithdrewFromStudy | LostToFollowUp | Died | ParticipantCompleted | Redacted
)  # fmt: skip

EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}

# A class whose fields change meaning or lose one gets a new number here and an upcast.
SCHEMA_VERSIONS: dict[str, int] = dict.fromkeys(EVENTS, 1)
