"""The protocol section of a registry record: what the study is and plans."""

from __future__ import annotations

from dataclasses import dataclass, field

from trialrun.record.literature import IpdSharingStatementModule, ReferencesModule
from trialrun.record.places import ContactsLocationsModule
from trialrun.record.plan import (
    ArmsInterventionsModule,
    DesignModule,
    EligibilityModule,
    OutcomesModule,
)
from trialrun.record.registration import (
    ConditionsModule,
    DescriptionModule,
    IdentificationModule,
    OversightModule,
    SponsorCollaboratorsModule,
    StatusModule,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolSection:
    """What the study is and plans, module by module."""

    identification: IdentificationModule = field(default_factory=IdentificationModule)
    status: StatusModule = field(default_factory=StatusModule)
    sponsor_collaborators: SponsorCollaboratorsModule = field(
        default_factory=SponsorCollaboratorsModule
    )
    oversight: OversightModule = field(default_factory=OversightModule)
    description: DescriptionModule = field(default_factory=DescriptionModule)
    conditions: ConditionsModule = field(default_factory=ConditionsModule)
    design: DesignModule = field(default_factory=DesignModule)
    arms_interventions: ArmsInterventionsModule = field(default_factory=ArmsInterventionsModule)
    outcomes: OutcomesModule = field(default_factory=OutcomesModule)
    eligibility: EligibilityModule = field(default_factory=EligibilityModule)
    contacts_locations: ContactsLocationsModule = field(default_factory=ContactsLocationsModule)
    references: ReferencesModule = field(default_factory=ReferencesModule)
    ipd_sharing_statement: IpdSharingStatementModule = field(
        default_factory=IpdSharingStatementModule
    )
