"""What a CQL library does not say of the criteria, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Why(Enum):
    """Why a part of a rule is null in CQL."""

    NO_CODE = "no_code"  # the vocabulary has no verified code for the variable
    NO_RESOURCE = "no_resource"  # a coded value or a date that no resource holds
    COMPUTED = "computed"  # a value that is computed: only age is
    BASELINE = "baseline"  # multiples of the participant's own baseline
    TIME = "time"  # an elapsed time in other units than days and weeks
    UNIT = "unit"  # no exact limit in a unit of the data
    ANCHOR = "anchor"  # what the window is before has no date
    WINDOW = "window"  # a window around something that never changes
    JUDGEMENT = "judgement"  # a person decides
    UNREAD = "unread"  # nobody has written the rule
    PARTLY = "partly"  # the rule is only a part of the criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A part that was not expressed: of which criterion, the rule's own words, and why."""

    criterion: str
    rule: str
    why: Why


class Cannot(Exception):
    """This part cannot be expressed."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why
