"""The closed lists of words that the registry uses, as known when this was written.

A word stays a plain `str` in the model, so a word that is new at the registry is read and written
like any other; the reader lists it in the record's bag.
"""

from __future__ import annotations

from typing import Annotated


class OneOf:
    """Marks a text whose known values are these."""

    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = frozenset(words)


Status = Annotated[
    str,
    OneOf(
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
        "ENROLLING_BY_INVITATION",
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "SUSPENDED",
        "TERMINATED",
        "WITHDRAWN",
        "AVAILABLE",
        "NO_LONGER_AVAILABLE",
        "TEMPORARILY_NOT_AVAILABLE",
        "APPROVED_FOR_MARKETING",
        "WITHHELD",
        "UNKNOWN",
    ),
]
StudyType = Annotated[str, OneOf("EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL")]
Phase = Annotated[str, OneOf("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")]
Sex = Annotated[str, OneOf("FEMALE", "MALE", "ALL")]
StandardAge = Annotated[str, OneOf("CHILD", "ADULT", "OLDER_ADULT")]
SamplingMethod = Annotated[str, OneOf("PROBABILITY_SAMPLE", "NON_PROBABILITY_SAMPLE")]
IpdSharing = Annotated[str, OneOf("YES", "NO", "UNDECIDED")]
IpdSharingInfoType = Annotated[str, OneOf("STUDY_PROTOCOL", "SAP", "ICF", "CSR", "ANALYTIC_CODE")]
OrgStudyIdType = Annotated[str, OneOf("NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA")]
SecondaryIdType = Annotated[
    str,
    OneOf(
        "NIH",
        "FDA",
        "VA",
        "CDC",
        "AHRQ",
        "SAMHSA",
        "OTHER_GRANT",
        "EUDRACT_NUMBER",
        "REGISTRY",
        "OTHER",
        "CTIS",
    ),
]
AgencyClass = Annotated[
    str,
    OneOf("NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK", "AMBIG", "OTHER", "UNKNOWN"),
]
ExpandedAccessStatus = Annotated[
    str,
    OneOf(
        "AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"
    ),
]
DateType = Annotated[str, OneOf("ACTUAL", "ESTIMATED")]
ResponsiblePartyType = Annotated[
    str, OneOf("SPONSOR", "PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR")
]
DesignAllocation = Annotated[str, OneOf("RANDOMIZED", "NON_RANDOMIZED", "NA")]
InterventionalAssignment = Annotated[
    str, OneOf("SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL")
]
PrimaryPurpose = Annotated[
    str,
    OneOf(
        "TREATMENT",
        "PREVENTION",
        "DIAGNOSTIC",
        "ECT",
        "SUPPORTIVE_CARE",
        "SCREENING",
        "HEALTH_SERVICES_RESEARCH",
        "BASIC_SCIENCE",
        "DEVICE_FEASIBILITY",
        "OTHER",
    ),
]
ObservationalModel = Annotated[
    str,
    OneOf(
        "COHORT",
        "CASE_CONTROL",
        "CASE_ONLY",
        "CASE_CROSSOVER",
        "ECOLOGIC_OR_COMMUNITY",
        "FAMILY_BASED",
        "DEFINED_POPULATION",
        "NATURAL_HISTORY",
        "OTHER",
    ),
]
DesignTimePerspective = Annotated[
    str, OneOf("RETROSPECTIVE", "PROSPECTIVE", "CROSS_SECTIONAL", "OTHER")
]
BioSpecRetention = Annotated[str, OneOf("NONE_RETAINED", "SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA")]
EnrollmentType = Annotated[str, OneOf("ACTUAL", "ESTIMATED")]
ArmGroupType = Annotated[
    str,
    OneOf(
        "EXPERIMENTAL",
        "ACTIVE_COMPARATOR",
        "PLACEBO_COMPARATOR",
        "SHAM_COMPARATOR",
        "NO_INTERVENTION",
        "OTHER",
    ),
]
InterventionType = Annotated[
    str,
    OneOf(
        "BEHAVIORAL",
        "BIOLOGICAL",
        "COMBINATION_PRODUCT",
        "DEVICE",
        "DIAGNOSTIC_TEST",
        "DIETARY_SUPPLEMENT",
        "DRUG",
        "GENETIC",
        "PROCEDURE",
        "RADIATION",
        "OTHER",
    ),
]
ContactRole = Annotated[
    str,
    OneOf("STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR", "CONTACT"),
]
OfficialRole = Annotated[
    str, OneOf("STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR", "SUB_INVESTIGATOR")
]
RecruitmentStatus = Annotated[
    str,
    OneOf(
        "ACTIVE_NOT_RECRUITING",
        "COMPLETED",
        "ENROLLING_BY_INVITATION",
        "NOT_YET_RECRUITING",
        "RECRUITING",
        "SUSPENDED",
        "TERMINATED",
        "WITHDRAWN",
        "AVAILABLE",
    ),
]
ReferenceType = Annotated[str, OneOf("BACKGROUND", "RESULT", "DERIVED")]
MeasureParam = Annotated[
    str,
    OneOf(
        "GEOMETRIC_MEAN",
        "GEOMETRIC_LEAST_SQUARES_MEAN",
        "LEAST_SQUARES_MEAN",
        "LOG_MEAN",
        "MEAN",
        "MEDIAN",
        "NUMBER",
        "COUNT_OF_PARTICIPANTS",
        "COUNT_OF_UNITS",
    ),
]
MeasureDispersionType = Annotated[
    str,
    OneOf(
        "NA",
        "STANDARD_DEVIATION",
        "STANDARD_ERROR",
        "INTER_QUARTILE_RANGE",
        "FULL_RANGE",
        "CONFIDENCE_80",
        "CONFIDENCE_90",
        "CONFIDENCE_95",
        "CONFIDENCE_975",
        "CONFIDENCE_99",
        "CONFIDENCE_OTHER",
        "GEOMETRIC_COEFFICIENT",
    ),
]
OutcomeMeasureType = Annotated[
    str, OneOf("PRIMARY", "SECONDARY", "OTHER_PRE_SPECIFIED", "POST_HOC")
]
ReportingStatus = Annotated[str, OneOf("NOT_POSTED", "POSTED")]
EventAssessment = Annotated[str, OneOf("NON_SYSTEMATIC_ASSESSMENT", "SYSTEMATIC_ASSESSMENT")]
AgreementRestrictionType = Annotated[str, OneOf("LTE60", "GT60", "OTHER")]
BrowseLeafRelevance = Annotated[str, OneOf("LOW", "HIGH")]
DesignMasking = Annotated[str, OneOf("NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE")]
WhoMasked = Annotated[
    str, OneOf("PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR")
]
AnalysisDispersionType = Annotated[str, OneOf("STANDARD_DEVIATION", "STANDARD_ERROR_OF_MEAN")]
ConfidenceIntervalNumSides = Annotated[str, OneOf("ONE_SIDED", "TWO_SIDED")]
NonInferiorityType = Annotated[
    str,
    OneOf(
        "SUPERIORITY",
        "NON_INFERIORITY",
        "EQUIVALENCE",
        "OTHER",
        "NON_INFERIORITY_OR_EQUIVALENCE",
        "SUPERIORITY_OR_OTHER",
        "NON_INFERIORITY_OR_EQUIVALENCE_LEGACY",
        "SUPERIORITY_OR_OTHER_LEGACY",
    ),
]
UnpostedEventType = Annotated[str, OneOf("RESET", "RELEASE", "UNRELEASE")]
ViolationEventType = Annotated[
    str, OneOf("VIOLATION_IDENTIFIED", "CORRECTION_CONFIRMED", "PENALTY_IMPOSED")
]
