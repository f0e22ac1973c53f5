"""Deviations that follow by themselves from what was recorded, each with its weight.

What happened outside the plan is never refused: it is recorded as it happened, together with a
deviation of one of these categories. People record others with `RecordDeviation`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Category(StrEnum):
    """What was not as the protocol says."""

    NOT_ENROLLED = "given-before-enrolment"
    NO_CONSENT = "given-without-consent"
    NO_DONOR_CONSENT = "given-without-donor-consent"
    NO_APPROVAL = "given-before-approval"
    OFF_STUDY = "given-off-study"
    DISCONTINUED = "given-after-discontinuation"
    OTHER_ARM = "item-of-another-arm"
    GATE = "gate-not-passed"
    GAP = "gap-too-short"
    GAP_NOT_SHOWN = "gap-not-shown"
    STAGGER = "stagger-not-kept"
    BEYOND_PLAN = "more-than-planned"
    DAY = "day-differs"
    DOSE = "dose-differs"
    DOSE_NOT_COMPUTED = "dose-not-computed"
    BELOW_LEAST = "below-least-dose"
    ABOVE_MOST = "above-most-dose"
    NOT_CHECKED = "dose-not-checked"
    WRONG_PRODUCT = "wrong-product"
    OTHER_ITEM = "product-of-another-item"
    NOT_RELEASED = "product-not-released"
    FAILED_PRODUCT = "product-had-failed"
    EXPIRED = "product-expired"
    NOT_ELIGIBLE = "eligibility-not-held-at-start"
    INELIGIBLE = "ineligible-after-enrolment"
    NO_COPY = "consent-copy-not-given"
    BEFORE_CONSENT = "procedure-before-consent"


# Not important by themselves; every other category always is. A dose that differs and a day that
# differs are weighed by how far (`planned.DOSE_TOLERANCE`, `planned.DAY_TOLERANCE`).
MINOR = frozenset({Category.NOT_CHECKED, Category.NO_COPY})


@dataclass(frozen=True, slots=True)
class Found:
    """A deviation that follows from what was recorded."""

    category: Category
    important: bool


def found(category: Category, *, important: bool | None = None) -> Found:
    """A deviation with its usual weight, or a stated one."""
    return Found(category, category not in MINOR if important is None else important)
