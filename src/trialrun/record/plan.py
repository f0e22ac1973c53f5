"""What a study plans: its design, arms, interventions, outcomes, eligibility."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialrun.record.enumeration import (
    ArmGroupType,
    BioSpecRetention,
    DesignAllocation,
    DesignMasking,
    DesignTimePerspective,
    EnrollmentType,
    InterventionalAssignment,
    InterventionType,
    ObservationalModel,
    Phase,
    PrimaryPurpose,
    SamplingMethod,
    Sex,
    StandardAge,
    StudyType,
    WhoMasked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmGroup:
    """One arm or cohort; `intervention_names` are written "Type: name"."""

    label: str | None = None
    type: ArmGroupType | None = None
    description: str | None = None
    intervention_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """One drug, product, procedure or other thing under study."""

    type: InterventionType | None = None
    name: str | None = None
    description: str | None = None
    arm_group_labels: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsInterventionsModule:
    """Arms and interventions."""

    arm_groups: tuple[ArmGroup, ...] = ()
    interventions: tuple[Intervention, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandedAccessTypes:
    """For whom expanded access is open."""

    individual: bool | None = None
    intermediate: bool | None = None
    treatment: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskingBlock:
    """Who does not know the assignment."""

    masking: DesignMasking | None = None
    masking_description: str | None = None
    who_masked: tuple[WhoMasked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignInfo:
    """How the study is built."""

    allocation: DesignAllocation | None = None
    intervention_model: InterventionalAssignment | None = None
    intervention_model_description: str | None = None
    primary_purpose: PrimaryPurpose | None = None
    observational_model: ObservationalModel | None = None
    time_perspective: DesignTimePerspective | None = None
    masking_info: MaskingBlock = field(default_factory=MaskingBlock)


@dataclass(frozen=True, slots=True, kw_only=True)
class BioSpec:
    """Samples kept (observational studies)."""

    retention: BioSpecRetention | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentInfo:
    """How many participants, reached (ACTUAL) or planned (ESTIMATED)."""

    count: int | None = None
    type: EnrollmentType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignModule:
    """Type, phase, design and size."""

    study_type: StudyType | None = None
    n_ptrs_to_this_exp_acc_nct_id: int | None = None
    expanded_access_types: ExpandedAccessTypes = field(default_factory=ExpandedAccessTypes)
    patient_registry: bool | None = None
    target_duration: str | None = None
    phases: tuple[Phase, ...] = ()
    design_info: DesignInfo = field(default_factory=DesignInfo)
    bio_spec: BioSpec = field(default_factory=BioSpec)
    enrollment_info: EnrollmentInfo = field(default_factory=EnrollmentInfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One outcome measure as registered before results."""

    measure: str | None = None
    description: str | None = None
    time_frame: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomesModule:
    """The registered outcome measures."""

    primary_outcomes: tuple[Outcome, ...] = ()
    secondary_outcomes: tuple[Outcome, ...] = ()
    other_outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityModule:
    """Who may take part; `eligibility_criteria` is markdown, ages read "18 Years"."""

    eligibility_criteria: str | None = None
    healthy_volunteers: bool | None = None
    sex: Sex | None = None
    gender_based: bool | None = None
    gender_description: str | None = None
    minimum_age: str | None = None
    maximum_age: str | None = None
    std_ages: tuple[StandardAge, ...] = ()
    study_population: str | None = None
    sampling_method: SamplingMethod | None = None
