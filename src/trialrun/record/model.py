"""One study as the registry's API v2 gives it, typed.

Attributes are the registry's field names in snake_case; the endings Section, Module and Struct are
left out: `resultsSection.adverseEventsModule.eventGroups` is `results.adverse_events.event_groups`.
A part that the record lacks equals its empty value (`DesignModule()`), a text or number that it
lacks is None. Words of closed lists are plain texts; their known values are in `enumeration`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from trialrun.record.bag import Bag
from trialrun.record.derived_section import AnnotationSection, DerivedSection, DocumentSection
from trialrun.record.protocol_section import ProtocolSection
from trialrun.record.results_section import ResultsSection


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """One registry record; what the model does not know is in `bag`."""

    protocol: ProtocolSection = field(default_factory=ProtocolSection)
    results: ResultsSection = field(default_factory=ResultsSection)
    annotation: AnnotationSection = field(default_factory=AnnotationSection)
    document: DocumentSection = field(default_factory=DocumentSection)
    derived: DerivedSection = field(default_factory=DerivedSection)
    has_results: bool | None = None
    bag: Bag = field(default_factory=Bag)

    @property
    def nct_id(self) -> str:
        """The registry's number, or an empty text."""
        return self.protocol.identification.nct_id or ""

    @property
    def title(self) -> str:
        """The brief title, else the official one, else the number."""
        known = self.protocol.identification
        return known.brief_title or known.official_title or self.nct_id
