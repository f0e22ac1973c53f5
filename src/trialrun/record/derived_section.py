"""What the registry adds to a record: annotations, documents, terms, the data date."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from trialrun.record.enumeration import BrowseLeafRelevance, UnpostedEventType, ViolationEventType
from trialrun.record.registration import DateStruct


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpostedEvent:
    """One step of results that are submitted and not yet public."""

    type: UnpostedEventType | None = None
    date: str | None = None
    date_unknown: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpostedAnnotation:
    """Results submitted and not yet public."""

    unposted_responsible_party: str | None = None
    unposted_events: tuple[UnpostedEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationEvent:
    """One step of an FDAAA 801 violation."""

    type: ViolationEventType | None = None
    description: str | None = None
    creation_date: str | None = None
    issued_date: str | None = None
    release_date: str | None = None
    posted_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationAnnotation:
    """Violations of FDAAA 801."""

    violation_events: tuple[ViolationEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationModule:
    """The registry's notes."""

    unposted_annotation: UnpostedAnnotation = field(default_factory=UnpostedAnnotation)
    violation_annotation: ViolationAnnotation = field(default_factory=ViolationAnnotation)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationSection:
    """The registry's notes on the record."""

    annotation: AnnotationModule = field(default_factory=AnnotationModule)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeDoc:
    """One attached document."""

    type_abbrev: str | None = None
    has_protocol: bool | None = None
    has_sap: bool | None = None
    has_icf: bool | None = None
    label: str | None = None
    date: str | None = None
    upload_date: str | None = None
    filename: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeDocumentModule:
    """Attached documents: protocol, analysis plan, consent form."""

    no_sap: bool | None = None
    large_docs: tuple[LargeDoc, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSection:
    """Attached documents."""

    large_document: LargeDocumentModule = field(default_factory=LargeDocumentModule)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMcpInfo:
    """When results first met the quality criteria."""

    post_date: DateStruct = field(default_factory=DateStruct)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionInfo:
    """One submission of results."""

    release_date: str | None = None
    unrelease_date: str | None = None
    unrelease_date_unknown: bool | None = None
    reset_date: str | None = None
    mcp_release_n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionTracking:
    """The way of the results through the registry."""

    estimated_results_first_submit_date: str | None = None
    first_mcp_info: FirstMcpInfo = field(default_factory=FirstMcpInfo)
    submission_infos: tuple[SubmissionInfo, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BmiLimits:
    """Body mass index limits that the registry's model read, in kg/m2."""

    min_bmi: Decimal | None = None
    max_bmi: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPredictions:
    """What the registry's models read from the record."""

    bmi_limits: BmiLimits = field(default_factory=BmiLimits)


@dataclass(frozen=True, slots=True, kw_only=True)
class MiscInfoModule:
    """The data date (`version_holder`) and what was removed."""

    version_holder: str | None = None
    removed_countries: tuple[str, ...] = ()
    submission_tracking: SubmissionTracking = field(default_factory=SubmissionTracking)
    model_predictions: ModelPredictions = field(default_factory=ModelPredictions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """One MeSH term."""

    id: str | None = None
    term: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseLeaf:
    """One term of the registry's browse tree."""

    id: str | None = None
    name: str | None = None
    as_found: str | None = None
    relevance: BrowseLeafRelevance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseBranch:
    """One branch of the registry's browse tree."""

    abbrev: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseModule:
    """MeSH terms of the conditions or of the interventions."""

    meshes: tuple[Mesh, ...] = ()
    ancestors: tuple[Mesh, ...] = ()
    browse_leaves: tuple[BrowseLeaf, ...] = ()
    browse_branches: tuple[BrowseBranch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedSection:
    """What the registry derived from the record."""

    misc_info: MiscInfoModule = field(default_factory=MiscInfoModule)
    condition_browse: BrowseModule = field(default_factory=BrowseModule)
    intervention_browse: BrowseModule = field(default_factory=BrowseModule)
