"""What the registry keeps about a study itself: numbers, titles, dates, sponsors, oversight."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialrun.record.enumeration import (
    AgencyClass,
    DateType,
    ExpandedAccessStatus,
    OrgStudyIdType,
    ResponsiblePartyType,
    SecondaryIdType,
    Status,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgStudyIdInfo:
    """The sponsor's own number of the study."""

    id: str | None = None
    type: OrgStudyIdType | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryIdInfo:
    """One further number of the study, of a grant or another registry."""

    id: str | None = None
    type: SecondaryIdType | None = None
    domain: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The organization that gave the record."""

    full_name: str | None = None
    class_: AgencyClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentificationModule:
    """Numbers and titles."""

    nct_id: str | None = None
    nct_id_aliases: tuple[str, ...] = ()
    org_study_id_info: OrgStudyIdInfo = field(default_factory=OrgStudyIdInfo)
    secondary_id_infos: tuple[SecondaryIdInfo, ...] = ()
    brief_title: str | None = None
    official_title: str | None = None
    acronym: str | None = None
    organization: Organization = field(default_factory=Organization)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpandedAccessInfo:
    """Whether the product can be had outside the study."""

    has_expanded_access: bool | None = None
    nct_id: str | None = None
    status_for_nct_id: ExpandedAccessStatus | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialDateStruct:
    """A month or a day, reached (ACTUAL) or planned (ESTIMATED)."""

    date: str | None = None
    type: DateType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateStruct:
    """A day, exact (ACTUAL) or reckoned by the registry (ESTIMATED)."""

    date: str | None = None
    type: DateType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusModule:
    """Recruitment status and the dates of the study and of its record."""

    status_verified_date: str | None = None
    overall_status: Status | None = None
    last_known_status: Status | None = None
    delayed_posting: bool | None = None
    why_stopped: str | None = None
    expanded_access_info: ExpandedAccessInfo = field(default_factory=ExpandedAccessInfo)
    start_date: PartialDateStruct = field(default_factory=PartialDateStruct)
    primary_completion_date: PartialDateStruct = field(default_factory=PartialDateStruct)
    completion_date: PartialDateStruct = field(default_factory=PartialDateStruct)
    study_first_submit_date: str | None = None
    study_first_submit_qc_date: str | None = None
    study_first_post_date: DateStruct = field(default_factory=DateStruct)
    results_first_submit_date: str | None = None
    results_first_submit_qc_date: str | None = None
    results_first_post_date: DateStruct = field(default_factory=DateStruct)
    disp_first_submit_date: str | None = None
    disp_first_submit_qc_date: str | None = None
    disp_first_post_date: DateStruct = field(default_factory=DateStruct)
    last_update_submit_date: str | None = None
    last_update_post_date: DateStruct = field(default_factory=DateStruct)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponsibleParty:
    """Who answers for the record."""

    type: ResponsiblePartyType | None = None
    investigator_full_name: str | None = None
    investigator_title: str | None = None
    investigator_affiliation: str | None = None
    old_name_title: str | None = None
    old_organization: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    """A sponsor or collaborator."""

    name: str | None = None
    class_: AgencyClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorCollaboratorsModule:
    """Who answers, leads and collaborates."""

    responsible_party: ResponsibleParty = field(default_factory=ResponsibleParty)
    lead_sponsor: Sponsor = field(default_factory=Sponsor)
    collaborators: tuple[Sponsor, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightModule:
    """Monitoring committee and FDA regulation."""

    oversight_has_dmc: bool | None = None
    is_fda_regulated_drug: bool | None = None
    is_fda_regulated_device: bool | None = None
    is_unapproved_device: bool | None = None
    is_ppsd: bool | None = None
    is_us_export: bool | None = None
    fdaaa801_violation: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionModule:
    """The summary for lay readers and the detailed description (markdown)."""

    brief_summary: str | None = None
    detailed_description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionsModule:
    """The conditions studied, and keywords."""

    conditions: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
