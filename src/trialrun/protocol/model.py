"""The executable protocol: what will be done, as values that every other room reads.

This is the protocol after its questions are settled (`protocol.file` reads and settles them). Each
executable part keeps its `Source`; a value that cites only the record or an assumption may be
rehearsed, never approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from trialrun.criteria.criterion import Criteria
from trialrun.values.moment import Moment
from trialrun.values.provenance import Grade, Source
from trialrun.values.quantity import Quantity


class Kind(Enum):
    """What an intervention is to the people who give it."""

    DRUG = "drug"
    CELL_PRODUCT = "cell-product"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """One product, drug, procedure or other thing that participants receive."""

    id: str
    name: str
    kind: Kind
    registry_type: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One group, with the interventions it receives."""

    id: str
    title: str
    type: str
    interventions: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """An amount per area, per kilogram or flat; `=` a dose to give, `>` or `>=` a least dose.

    `counts` is the variable that a cell dose counts; `most` caps one administration, `most_cd3` the
    CD3+ cells of all administrations together.
    """

    comparator: str
    amount: Quantity
    rounding: Quantity | None = None
    counts: str = ""
    most: Quantity | None = None
    most_cd3: Quantity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenItem:
    """One intervention on its planned study days; one administration a day."""

    id: str
    intervention: str
    arms: tuple[str, ...]  # empty: every arm
    dose: Dose | None
    days: tuple[int, ...]
    hour: int  # planned local hour of the day, for the calendar only
    duration_hours: Decimal
    source: Source
    times_a_day: int = 1  # one entry a day is made, of one dose


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Hours that must pass by the clock between two regimen items, from the actual end."""

    id: str
    after: tuple[str, ...]  # regimen items
    before: str
    least_hours: Decimal
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """One thing that a person confirms before going on."""

    id: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Checks that a person signs before regimen items may be given.

    A gate that `repeats` is passed anew before each administration of its items.
    """

    id: str
    title: str
    before: tuple[str, ...]
    repeats: bool
    checks: tuple[GateCheck, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Variables to be observed on study days, each with a window in days."""

    id: str
    title: str
    variables: tuple[str, ...]
    days: tuple[int, ...]
    days_before: int
    days_after: int
    source: Source


class Measure(Enum):
    """How an outcome is computed; `OTHER` is listed and needs a person."""

    RESPONSE = "response"  # complete remission among those with morphological disease
    MRD_CONVERSION = "mrd-conversion"
    ADVERSE_EVENTS = "adverse-events"
    DOSE_LIMITING = "dose-limiting"
    KINETICS = "kinetics"
    SURVIVAL = "survival"
    GENERIC_RESPONSE = "generic-response"  # a yes or no per participant
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome measure (estimand): what, in whom, when, by which method."""

    id: str
    type: str  # PRIMARY, SECONDARY, OTHER_PRE_SPECIFIED
    title: str
    measure: Measure
    population: str  # an analysis set of `analysis.sets`
    day: int | None
    time_frame: str
    method: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """Dose-limiting window and suspension rules."""

    window_start: str  # regimen item whose first administration starts the window
    window_days_after_last: int  # days after the last administration of `window_end`
    window_end: str
    definition: str  # words of what is dose-limiting
    least_grade: int  # of a related, dose-limiting event
    stagger_days: int  # least days between the first infusions of two participants
    suspend_at: tuple[
        int, ...
    ]  # suspend when dose-limiting count reaches suspend_at[n - 1], n treated
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """How many, counted as what, and by when."""

    target: int
    counted: str  # an analysis set: enrolled, started, infused, evaluable
    planned_start: Moment | None
    planned_end: Moment | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """A number that a rehearsal needs and no document gives."""

    name: str
    value: Decimal
    unit: str
    grade: Grade
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The whole protocol, settled."""

    version: str
    title: str
    record_sha256: str
    allocation: str  # registry word: NA, RANDOMIZED, NON_RANDOMIZED
    model: str  # registry word: SINGLE_GROUP, PARALLEL
    criteria: Criteria
    arms: tuple[Arm, ...]
    interventions: tuple[Intervention, ...]
    regimen: tuple[RegimenItem, ...]
    gaps: tuple[Gap, ...]
    gates: tuple[Gate, ...]
    schedule: tuple[Activity, ...]
    outcomes: tuple[Outcome, ...]
    safety: Safety | None
    enrolment: Enrolment
    body_surface: str  # mosteller, du-bois
    day_zero: str  # regimen item whose first administration is day 0
    anchors: Mapping[str, str]  # word of a criterion ("treatment") → regimen item or act
    rehearsal_model: str  # nk-aml, generic
    assumptions: tuple[Assumption, ...] = ()
    assumed: tuple[str, ...] = ()  # ids of questions settled by our assumption
    settings: Mapping[str, str] = field(default_factory=dict)  # other answers, by question id

    def item(self, code: str) -> RegimenItem:
        """The regimen item of this id."""
        return next(item for item in self.regimen if item.id == code)

    def intervention(self, code: str) -> Intervention:
        """The intervention of this id."""
        return next(one for one in self.interventions if one.id == code)

    def activity(self, code: str) -> Activity:
        """The activity of this id."""
        return next(one for one in self.schedule if one.id == code)

    def assumption(self, name: str) -> Decimal:
        """The value of an assumption."""
        return next(one.value for one in self.assumptions if one.name == name)
