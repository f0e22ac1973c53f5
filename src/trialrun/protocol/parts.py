"""The parts of `protocol.toml`, as the file states them: values, or the question they hang on.

A key of the file is the attribute's name. Each annotation carries its codec; `Asked` in it says
that the value may be the answer to a question, `None` that the key may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, TypeAlias

from trialrun.assess.formulas import Surface
from trialrun.protocol.codec import (
    DAYS,
    DOSE,
    FILLING,
    FLAG,
    HOUR,
    MASS,
    MOMENT,
    NAMES,
    NUMBER,
    PER_KG,
    SOURCE,
    SPAN,
    TEXT,
    TIME,
    WHOLE,
    WHOLES,
    one_of,
)
from trialrun.protocol.model import Kind, Measure
from trialrun.values.moment import Moment
from trialrun.values.provenance import Grade, Source
from trialrun.values.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Asked:
    """The value is the answer to this question."""

    question: str


Text: TypeAlias = Annotated[str, TEXT]
Names: TypeAlias = Annotated[tuple[str, ...], NAMES]
Cited: TypeAlias = Annotated[Source, SOURCE]

# Who may answer a question.
PEOPLE = ("investigator", "statistician", "pharmacist", "cell-laboratory", "sponsor")
# Which dose an amount is: of one administration, of a day, or of all administrations together.
PER = ("administration", "day", "course")
COUNTED = ("consented", "enrolled", "started", "infused", "evaluable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """[protocol]: what the whole is, and settings that hold everywhere.

    `record_sha256` is the record it was drafted from. `day_zero` is the regimen item whose first
    administration the study days count from.
    """

    version: Text
    title: Text
    record_sha256: Text
    allocation: Text
    model: Text
    body_surface: Annotated[str | Asked, one_of(*(one.value for one in Surface))]
    day_zero: Annotated[str | Asked, TEXT]
    rehearsal_model: Annotated[str, one_of("nk-aml", "generic")]
    combination: Annotated[str | Asked, TEXT] = "all required"
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorPart:
    """[[anchor]]: what a criterion's word of time ("treatment") means: a regimen item or an act."""

    word: Text
    means: Annotated[str | Asked, TEXT]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterventionPart:
    """[[intervention]]"""

    id: Text
    name: Text
    kind: Annotated[str, one_of(*(one.value for one in Kind))]
    registry_type: Text
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPart:
    """[[arm]]"""

    id: Text
    title: Text
    type: Text
    interventions: Names
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenPart:
    """[[regimen]]: one intervention on its days; a dose that is absent is given as it is.

    `counts` names what a cell dose counts; `most` and `most_cd3` cap it (the latter over all
    administrations). `dose` is of one administration; one entry a day is made, also where
    `times_a_day` is more.
    """

    id: Text
    intervention: Text
    arms: Names = ()
    comparator: Annotated[str, one_of("=", ">", ">=")] = "="
    dose: Annotated[Quantity | Asked | None, DOSE] = None
    per: Annotated[str | Asked, one_of(*PER)] = "administration"
    counts: Annotated[str | Asked, TEXT] = ""
    most: Annotated[Quantity | Asked | None, DOSE] = None
    most_cd3: Annotated[Quantity | Asked | None, PER_KG] = None
    rounding: Annotated[Quantity | Asked | None, MASS] = None
    days: Annotated[tuple[int, ...] | Asked, DAYS]
    times_a_day: Annotated[int | Asked, WHOLE] = 1
    hour: Annotated[int | Asked, HOUR]
    duration: Annotated[Quantity | Asked, TIME]
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPart:
    """[[gap]]: hours by the clock between the end of `after` and the start of `before`."""

    id: Text
    after: Annotated[tuple[str, ...] | Asked, NAMES]
    before: Annotated[str | Asked, TEXT]
    least: Annotated[Quantity | Asked, TIME]
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPart:
    """[[gate.checks]]"""

    id: Text
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePart:
    """[[gate]]: checks that a person confirms before regimen items."""

    id: Text
    title: Text
    before: Names
    repeats: Annotated[bool, FLAG]
    checks: tuple[CheckPart, ...]
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPart:
    """[[activity]]: variables to observe on study days, with a window."""

    id: Text
    title: Text
    variables: Names
    days: Annotated[tuple[int, ...] | Asked, DAYS]
    earlier: Annotated[Quantity, TIME]
    later: Annotated[Quantity, TIME]
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomePart:
    """[[outcome]]"""

    id: Text
    type: Annotated[str, one_of("PRIMARY", "SECONDARY", "OTHER_PRE_SPECIFIED")]
    title: Text
    measure: Annotated[str | Asked, one_of(*(one.value for one in Measure))]
    population: Annotated[str | Asked, TEXT]
    day: Annotated[int | Asked | None, WHOLE] = None
    time_frame: Text = ""
    method: Text = ""
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPart:
    """[safety]: the dose-limiting window and when enrolment is suspended."""

    window_start: Annotated[str | Asked, TEXT]
    window_end: Annotated[str | Asked, TEXT]
    window_after_last: Annotated[Quantity | Asked, TIME]
    definition: Annotated[str | Asked, TEXT]
    least_grade: Annotated[int | Asked, WHOLE]
    stagger: Annotated[Quantity | Asked, TIME]
    suspend_at: Annotated[tuple[int, ...] | Asked, WHOLES]
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentPart:
    """[enrolment]"""

    target: Annotated[int | Asked, WHOLE]
    counted: Annotated[str | Asked, one_of(*COUNTED)]
    planned_start: Annotated[Moment | Asked | None, MOMENT] = None
    planned_end: Annotated[Moment | Asked | None, MOMENT] = None
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionPart:
    """[[criterion]]: text as written and its rule in the eligibility language.

    A person who declares it a judgement sets `status`, `declared_by` and `reason`. The answer
    "none" to the question that a rule hangs on leaves the criterion out.
    """

    id: Text
    parent: Annotated[str | None, TEXT] = None
    kind: Annotated[str, one_of("inclusion", "exclusion")]
    logic: Annotated[str | None, one_of("and", "or")] = None
    text: Text
    span: Annotated[tuple[int, int] | None, SPAN] = None
    status: Annotated[str, one_of("computable", "partly", "judgement", "unread")]
    rule: Annotated[str | Asked | None, TEXT] = None
    declared_by: Text = ""
    reason: Text = ""
    source: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionPart:
    """[[assumption]]: a number that only a rehearsal needs."""

    name: Text
    value: Annotated[Decimal, NUMBER]
    unit: Text
    grade: Annotated[str, one_of(*(one.value for one in Grade))]
    basis: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicePart:
    """[[question.choices]]: one possible answer, and what it means; `topic` as in the question."""

    value: Text
    label: Text
    topic: Text = ""
    values: Annotated[Mapping[str, str], FILLING] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPart:
    """[[question]]: what the record leaves open.

    `words` is what was asked, in English; `topic` and `values` are the sentence in the catalogue,
    for other languages. `assumed` is ours and good for a rehearsal only.
    """

    id: Text
    topic: Text = ""
    values: Annotated[Mapping[str, str], FILLING] = field(default_factory=dict)
    words: Text
    asked_of: Annotated[str, one_of(*PEOPLE)]
    source: Cited
    choices: tuple[ChoicePart, ...] = ()
    assumed: Annotated[str | None, TEXT] = None
    answer: Annotated[str | None, TEXT] = None
    answered_by: Text = ""
    section: Text = ""

    @property
    def settled(self) -> bool:
        """Whether a person has answered, with the section of the document that says so."""
        return bool(self.answer is not None and self.answered_by and self.section)
