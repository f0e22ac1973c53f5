"""The results section of a registry record: flow, baseline, outcomes, adverse events."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialrun.record.enumeration import (
    AgreementRestrictionType,
    AnalysisDispersionType,
    ConfidenceIntervalNumSides,
    EventAssessment,
    MeasureDispersionType,
    MeasureParam,
    NonInferiorityType,
    OutcomeMeasureType,
    ReportingStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowGroup:
    """A group of the participant flow."""

    id: str | None = None
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStats:
    """How many of one group."""

    group_id: str | None = None
    comment: str | None = None
    num_subjects: str | None = None
    num_units: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowMilestone:
    """One milestone (STARTED, COMPLETED, NOT COMPLETED or the study's own)."""

    type: str | None = None
    comment: str | None = None
    achievements: tuple[FlowStats, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DropWithdraw:
    """One reason for not completing."""

    type: str | None = None
    comment: str | None = None
    reasons: tuple[FlowStats, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPeriod:
    """One period of the flow."""

    title: str | None = None
    milestones: tuple[FlowMilestone, ...] = ()
    drop_withdraws: tuple[DropWithdraw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantFlowModule:
    """How participants went through the study."""

    pre_assignment_details: str | None = None
    recruitment_details: str | None = None
    type_units_analyzed: str | None = None
    groups: tuple[FlowGroup, ...] = ()
    periods: tuple[FlowPeriod, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureGroup:
    """A group of a baseline or outcome table."""

    id: str | None = None
    title: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DenomCount:
    """How many of one group were analysed."""

    group_id: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Denom:
    """What is counted, and how many per group."""

    units: str | None = None
    counts: tuple[DenomCount, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One cell of a table, numbers as the registry writes them."""

    group_id: str | None = None
    value: str | None = None
    spread: str | None = None
    lower_limit: str | None = None
    upper_limit: str | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCategory:
    """One category of a table."""

    title: str | None = None
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureClass:
    """One row, or rows under one title."""

    title: str | None = None
    denoms: tuple[Denom, ...] = ()
    categories: tuple[MeasureCategory, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMeasure:
    """One baseline characteristic."""

    title: str | None = None
    description: str | None = None
    population_description: str | None = None
    param_type: MeasureParam | None = None
    dispersion_type: MeasureDispersionType | None = None
    unit_of_measure: str | None = None
    calculate_pct: bool | None = None
    denom_units_selected: str | None = None
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCharacteristicsModule:
    """Who the participants were."""

    population_description: str | None = None
    type_units_analyzed: str | None = None
    groups: tuple[MeasureGroup, ...] = ()
    denoms: tuple[Denom, ...] = ()
    measures: tuple[BaselineMeasure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureAnalysis:
    """One statistical analysis."""

    param_type: str | None = None
    param_value: str | None = None
    dispersion_type: AnalysisDispersionType | None = None
    dispersion_value: str | None = None
    statistical_method: str | None = None
    statistical_comment: str | None = None
    p_value: str | None = None
    p_value_comment: str | None = None
    ci_num_sides: ConfidenceIntervalNumSides | None = None
    ci_pct_value: str | None = None
    ci_lower_limit: str | None = None
    ci_upper_limit: str | None = None
    ci_lower_limit_comment: str | None = None
    ci_upper_limit_comment: str | None = None
    estimate_comment: str | None = None
    tested_non_inferiority: bool | None = None
    non_inferiority_type: NonInferiorityType | None = None
    non_inferiority_comment: str | None = None
    other_analysis_description: str | None = None
    group_description: str | None = None
    group_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMeasure:
    """One outcome with its results."""

    type: OutcomeMeasureType | None = None
    title: str | None = None
    description: str | None = None
    population_description: str | None = None
    reporting_status: ReportingStatus | None = None
    anticipated_posting_date: str | None = None
    param_type: MeasureParam | None = None
    dispersion_type: str | None = None
    unit_of_measure: str | None = None
    calculate_pct: bool | None = None
    time_frame: str | None = None
    type_units_analyzed: str | None = None
    denom_units_selected: str | None = None
    groups: tuple[MeasureGroup, ...] = ()
    denoms: tuple[Denom, ...] = ()
    classes: tuple[MeasureClass, ...] = ()
    analyses: tuple[MeasureAnalysis, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeMeasuresModule:
    """The outcomes with their results."""

    outcome_measures: tuple[OutcomeMeasure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventGroup:
    """A group of the adverse event tables, with its totals."""

    id: str | None = None
    title: str | None = None
    description: str | None = None
    deaths_num_affected: int | None = None
    deaths_num_at_risk: int | None = None
    serious_num_affected: int | None = None
    serious_num_at_risk: int | None = None
    other_num_affected: int | None = None
    other_num_at_risk: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStats:
    """One adverse event term in one group."""

    group_id: str | None = None
    num_events: int | None = None
    num_affected: int | None = None
    num_at_risk: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent:
    """One adverse event term."""

    term: str | None = None
    organ_system: str | None = None
    source_vocabulary: str | None = None
    assessment_type: EventAssessment | None = None
    notes: str | None = None
    stats: tuple[EventStats, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEventsModule:
    """Adverse events and deaths."""

    frequency_threshold: str | None = None
    time_frame: str | None = None
    description: str | None = None
    all_cause_mortality_comment: str | None = None
    event_groups: tuple[EventGroup, ...] = ()
    serious_events: tuple[AdverseEvent, ...] = ()
    other_events: tuple[AdverseEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitationsAndCaveats:
    """What limits the results."""

    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertainAgreement:
    """What binds investigators who want to publish."""

    pi_sponsor_employee: bool | None = None
    restriction_type: AgreementRestrictionType | None = None
    restrictive_agreement: bool | None = None
    other_details: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfContact:
    """Whom to ask about the results."""

    title: str | None = None
    organization: str | None = None
    email: str | None = None
    phone: str | None = None
    phone_ext: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreInfoModule:
    """Limitations, agreements, contact."""

    limitations_and_caveats: LimitationsAndCaveats = field(default_factory=LimitationsAndCaveats)
    certain_agreement: CertainAgreement = field(default_factory=CertainAgreement)
    point_of_contact: PointOfContact = field(default_factory=PointOfContact)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsSection:
    """The results, module by module."""

    participant_flow: ParticipantFlowModule = field(default_factory=ParticipantFlowModule)
    baseline_characteristics: BaselineCharacteristicsModule = field(
        default_factory=BaselineCharacteristicsModule
    )
    outcome_measures: OutcomeMeasuresModule = field(default_factory=OutcomeMeasuresModule)
    adverse_events: AdverseEventsModule = field(default_factory=AdverseEventsModule)
    more_info: MoreInfoModule = field(default_factory=MoreInfoModule)
