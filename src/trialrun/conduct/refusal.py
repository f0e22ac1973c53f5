"""The trial's "no" as a value: which rule, with what, and what helps. Words are in `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from trialrun.values.moment import Moment
from trialrun.wording.catalogue import Locale, say

Param: TypeAlias = str | int | Decimal | Moment | tuple[str, ...]


class Rule(StrEnum):
    """Every reason for which a command can be refused; each has its sentence in every language."""

    # who
    NO_ROLE = "no-role"
    UNKNOWN_PERSON = "unknown-person"
    OWN_CHECK = "own-check"
    JUDGEMENT_OF_INVESTIGATOR = "judgement-of-investigator"
    # the study
    NOT_STARTED = "not-started"
    STARTED = "started"
    CLOSED = "closed"
    PERSON_EXISTS = "person-exists"
    ROLE_UNKNOWN = "role-unknown"
    ROLE_HELD = "role-held"
    ROLE_NOT_HELD = "role-not-held"
    LAST_SPONSOR = "last-sponsor"
    SITE_EXISTS = "site-exists"
    SITE_NOT_OPEN = "site-not-open"
    NO_APPROVAL = "no-approval"
    VERSION_EXISTS = "version-exists"
    OTHER_RECORD = "other-record"
    UNSETTLED = "unsettled"
    DOCUMENT_MISSING = "document-missing"
    ALREADY_SUSPENDED = "already-suspended"
    NOT_SUSPENDED = "not-suspended"
    SIMULATED_CODE = "simulated-code"
    # participants
    PARTICIPANT_EXISTS = "participant-exists"
    PARTICIPANT_UNKNOWN = "participant-unknown"
    OFF_STUDY = "off-study"
    DEAD = "dead"
    IN_THE_FUTURE = "in-the-future"
    WRONG_ORDER = "wrong-order"
    NOT_A_CODE = "not-a-code"
    BLANK = "blank"
    NOT_ONE_OF = "not-one-of"
    # consent, eligibility, enrolment
    NO_CONSENT = "no-consent"
    NO_DONOR_CONSENT = "no-donor-consent"
    DONOR_UNNAMED = "donor-unnamed"
    NOTHING_RECORDED = "nothing-recorded"
    FACT_EXISTS = "fact-exists"
    VALUE_REFUSED = "value-refused"
    ACTIVITY_UNKNOWN = "activity-unknown"
    CRITERION_UNKNOWN = "criterion-unknown"
    NOT_A_JUDGEMENT = "not-a-judgement"
    NO_DECISION = "no-decision"
    NOT_ELIGIBLE = "not-eligible"
    FACTS_MISSING = "facts-missing"
    DECISION_STALE = "decision-stale"
    ENROLLED = "enrolled"
    NOT_ENROLLED = "not-enrolled"
    ARM_NEEDED = "arm-needed"
    ENROLMENT_COMPLETE = "enrolment-complete"
    ENROLMENT_SUSPENDED = "enrolment-suspended"
    STAGGER = "stagger"
    TOXICITY_PENDING = "toxicity-pending"
    # treatment
    GATE_UNKNOWN = "gate-unknown"
    CHECKS_UNANSWERED = "checks-unanswered"
    CHECK_FAILED = "check-failed"
    DISCONTINUED = "discontinued"
    ITEM_UNKNOWN = "item-unknown"
    INTERVENTION_UNKNOWN = "intervention-unknown"
    NOT_A_PRODUCT = "not-a-product"
    PRODUCT_EXISTS = "product-exists"
    PRODUCT_UNKNOWN = "product-unknown"
    PRODUCT_NEEDED = "product-needed"
    PRODUCT_USED = "product-used"
    PRODUCT_FAILED = "product-failed"
    PRODUCT_RELEASED = "product-released"
    PRODUCT_OF_OTHER = "product-of-other"
    PRODUCT_EXPIRED = "product-expired"
    PRODUCT_NOT_READY = "product-not-ready"
    TIME_NEEDED = "time-needed"
    UNIT_UNFIT = "unit-unfit"
    NOT_POSITIVE = "not-positive"
    # safety, outcome, corrections
    GRADE_RANGE = "grade-range"
    FATAL_GRADE = "fatal-grade"
    SERIOUSNESS_MISSING = "seriousness-missing"
    NOT_SERIOUS = "not-serious"
    EVENT_UNKNOWN = "event-unknown"
    NOTHING_CHANGED = "nothing-changed"
    TARGET_UNKNOWN = "target-unknown"
    STALE_CORRECTION = "stale-correction"
    COMMAND_ID_REUSED = "command-id-reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a command is refused; `remedy` is the key of the sentence that says what helps."""

    rule: Rule
    params: Mapping[str, Param] = field(default_factory=dict)
    remedy: str = ""

    def sentence(self, locale: Locale = "en") -> str:
        """What stands in the way."""
        return say(f"conduct.{self.rule}", locale, **_words(self.params, locale))

    def remedy_sentence(self, locale: Locale = "en") -> str:
        """What helps."""
        key = self.remedy or f"{self.rule}-remedy"
        return say(f"conduct.{key}", locale, **_words(self.params, locale))


def refuse(rule: Rule, **params: Param) -> Refusal:
    """A refusal by this rule."""
    return Refusal(rule=rule, params=params)


def _words(params: Mapping[str, Param], locale: Locale) -> dict[str, str]:
    comma = "、" if locale == "zh" else ", "
    return {
        name: comma.join(value) if isinstance(value, tuple) else str(value)
        for name, value in params.items()
    }
