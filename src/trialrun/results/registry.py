"""The registry's results section (API v2), drafted from the ledger; people review it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.ledger.entry import Entry
from trialrun.record.bag import Json
from trialrun.record.model import Study
from trialrun.record.results_section import (
    CertainAgreement,
    LimitationsAndCaveats,
    MoreInfoModule,
    PointOfContact,
    ResultsSection,
)
from trialrun.record.writer import write_study
from trialrun.results.analysed import Analysed
from trialrun.results.headline import cannot_show
from trialrun.results.registry_baseline import baseline_characteristics
from trialrun.results.registry_flow import participant_flow
from trialrun.results.registry_groups import cut
from trialrun.results.registry_harms import adverse_events
from trialrun.results.registry_outcomes import outcome_measures
from trialrun.results.traced_text import trace_json, traces
from trialrun.wording.catalogue import say


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreInfo:
    """What no ledger knows, and the responsible party states: agreement and contact."""

    agreement: CertainAgreement
    contact: PointOfContact


# A rehearsal has nobody to ask.
PLACEHOLDER = MoreInfo(
    agreement=CertainAgreement(pi_sponsor_employee=False, restrictive_agreement=False),
    contact=PointOfContact(
        title="SIMULATED contact", organization="SIM-ORGANISATION", phone="000-000-0000"
    ),
)


def results_section(results: Analysed, more: MoreInfo | None = None) -> ResultsSection:
    """The five modules; `more` is the responsible party's, a placeholder in a rehearsal."""
    if results.cutoff.state.rehearsal:
        more = PLACEHOLDER
    return ResultsSection(
        participant_flow=participant_flow(results),
        baseline_characteristics=baseline_characteristics(results),
        outcome_measures=outcome_measures(results),
        adverse_events=adverse_events(results),
        more_info=MoreInfoModule(
            limitations_and_caveats=LimitationsAndCaveats(description=_limitations(results)),
            certain_agreement=CertainAgreement() if more is None else more.agreement,
            point_of_contact=PointOfContact() if more is None else more.contact,
        ),
    )


def _limitations(results: Analysed) -> str:
    words = cannot_show(results).en
    if results.cutoff.state.rehearsal:
        words = f"{say('report.reg_mark')} {say('report.simulated_means')} {words}"
    elif results.whole.course.ongoing.value:
        words = f"{say('report.reg_interim', day=results.cutoff.at.text[:10])} {words}"
    return cut(words, 500)


def section_json(section: ResultsSection) -> dict[str, Json]:
    """The section as the API writes it; its numbers still carry their traces."""
    written = write_study(Study(results=section))["resultsSection"]
    assert isinstance(written, dict)
    return written


def results_json(
    results: Analysed, entries: Sequence[Entry], software: str, more: MoreInfo | None = None
) -> dict[str, Json]:
    """`results.json`: the results section, and beside it where each of its numbers comes from."""
    section = section_json(results_section(results, more))
    last = entries[-1]
    return {
        "resultsSection": section,
        "trialrun": {
            "simulated": results.cutoff.state.rehearsal,
            "software": software,
            "record_sha256": results.cutoff.protocol.record_sha256,
            "protocol_version": results.cutoff.protocol.version,
            "study": last.study,
            "position": last.position,
            "head": last.hash.hex(),
            "created_at": last.recorded_at,
            "traces": {
                f"/resultsSection{pointer}": trace_json(trace) for pointer, trace in traces(section)
            },
        },
    }
