"""The drafted results section: it adds up by construction, says SIMULATED, and can be traced."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import small_trial
from trialrun.analysis.cutoff import cutoff_at
from trialrun.ledger.entry import Entry
from trialrun.ledger.events import Mode
from trialrun.protocol.model import Measure, Protocol
from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.record.results_section import CertainAgreement, PointOfContact, ResultsSection
from trialrun.results.analysed import Analysed, analyse
from trialrun.results.registry import MoreInfo, results_json, results_section
from trialrun.results.registry_groups import cut, titles
from trialrun.results.registry_rules import Level, check_results
from trialrun.results.traced_text import TracedCount, TracedText

trials = st.tuples(
    st.integers(0, 10**9), st.sampled_from([0, 1, 4, 12]), st.integers(1, 3), st.booleans()
)


def made(
    seed: int, people: int, arms: int, cells: bool, mode: Mode = Mode.REHEARSAL
) -> tuple[Analysed, tuple[Entry, ...]]:
    protocol: Protocol = (
        small_trial.nk_protocol(arms=arms) if cells else small_trial.drug_protocol(arms=arms)
    )
    book = small_trial.random_book(protocol, Random(seed), people)
    if mode is Mode.REAL:
        first, at = book.lines[0]
        book.lines[0] = (type(first)(mode=mode, record_sha256="ab" * 32), at)  # type: ignore[call-arg]
    entries = book.entries()
    return analyse(cutoff_at(protocol, entries)), entries


@given(trials)
def test_a_draft_from_any_ledger(trial: tuple[int, int, int, bool]) -> None:
    results, entries = made(*trial)
    section = results_section(results)
    written = results_json(results, entries, "0")
    _breaks_no_rule(section)
    _has_the_shape_of_the_api(section, written)
    _says_simulated_and_names_nobody(results, written)


def _breaks_no_rule(section: ResultsSection) -> None:
    findings = check_results(Study(results=section))
    assert not [(one.rule.id, one.where) for one in findings if one.rule.level is Level.ERROR]


def _has_the_shape_of_the_api(section: ResultsSection, written: dict[str, Any]) -> None:
    """Reading it as a registry record leaves nothing over and gives the same section."""
    read = json.loads(json.dumps(written))
    study = read_study(
        {
            "protocolSection": {"identificationModule": {"briefTitle": "A trial"}},
            "resultsSection": read["resultsSection"],
        },
        where="draft",
    )
    assert not study.bag.strays
    assert study.results == section


def _says_simulated_and_names_nobody(results: Analysed, written: dict[str, Any]) -> None:
    section = written["resultsSection"]
    assert all(title.startswith("SIMULATED: ") for title in titles(results))
    for group in section["participantFlowModule"]["groups"]:
        assert group["title"].startswith("SIMULATED: ")
    for group in section["adverseEventsModule"]["eventGroups"]:
        assert group["title"].startswith("SIMULATED: ") and "SIMULATED" in group["description"]
    limits = section["moreInfoModule"]["limitationsAndCaveats"]["description"]
    assert limits.startswith("SIMULATED.")
    assert section["moreInfoModule"]["pointOfContact"]["organization"] == "SIM-ORGANISATION"
    assert written["trialrun"]["simulated"] is True
    assert not re.search(r"NCT\d{8}", json.dumps(written))


def _leaves(value: Any, pointer: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{pointer}/{key}")]
    if isinstance(value, list):
        return [leaf for n, inner in enumerate(value) for leaf in _leaves(inner, f"{pointer}/{n}")]
    return [(pointer, value)]


_NUMBERS = ("numSubjects", "value", "lowerLimit", "upperLimit", "numAffected", "numAtRisk",
            "numEvents", "NumAffected", "NumAtRisk", "paramValue", "ciLowerLimit",
            "ciUpperLimit")  # fmt: skip


@given(st.integers(0, 10**6), st.booleans())
def test_every_number_is_traced(seed: int, cells: bool) -> None:
    results, entries = made(seed, 10, 2, cells)
    written = results_json(results, entries, "0")
    traced = written["trialrun"]["traces"]  # type: ignore[index, call-overload]
    for pointer, value in _leaves(written["resultsSection"], "/resultsSection"):
        if not pointer.endswith(_NUMBERS) or value == "NA" or "Race" in str(value):
            continue
        if not isinstance(value, TracedText | TracedCount):
            assert str(value) == "0", pointer  # nobody, said without a count
            continue
        trace = traced[pointer]  # type: ignore[index, call-overload]
        assert trace["method"]
        last = entries[-1].position
        assert all(1 <= entry <= last for entry in trace["entries"])
        if pointer.endswith("numSubjects"):
            assert len(trace["participants"]) == int(value)


def test_a_real_trial_leaves_what_no_ledger_knows_to_the_responsible_party() -> None:
    results, _ = made(5, 10, 1, True, Mode.REAL)
    section = results_section(results)
    assert section.more_info.point_of_contact.title is None
    open_rules = {one.rule.id for one in check_results(Study(results=section))}
    assert {"M1", "M2"} <= open_rules
    assert "SIMULATED" not in json.dumps(results_json(results, made(5, 10, 1, True)[1], "0"))
    more = MoreInfo(
        agreement=CertainAgreement(pi_sponsor_employee=True),
        contact=PointOfContact(
            title="Head", organization="Hospital", email="head@hospital.example"
        ),
    )
    told = results_section(results, more)
    assert not {"M1", "M2"} & {one.rule.id for one in check_results(Study(results=told))}


def test_outcomes_keep_their_order_and_titles() -> None:
    results, _ = made(3, 12, 1, True)
    measures = results_section(results).outcome_measures.outcome_measures
    planned = results.cutoff.protocol.outcomes
    assert [one.title for one in measures[: len(planned)]] == [one.title for one in planned]
    assert [one.type for one in measures[: len(planned)]] == [one.type for one in planned]
    extra = [one.title for one in measures[len(planned) :]]
    assert extra == [
        "Time of the Peak of Donor NK Cells in Blood",
        "Area Under the Curve of Donor NK Cells in Blood to Day 28",
        "Last Day on Which Donor NK Cells Were Found in Blood",
    ]


def test_an_outcome_that_needs_a_person_has_a_date_and_no_data() -> None:
    results, _ = made(3, 12, 2, False)
    other = next(
        measure
        for measure, planned in zip(
            results_section(results).outcome_measures.outcome_measures,
            results.cutoff.protocol.outcomes,
            strict=True,
        )
        if planned.measure is Measure.OTHER
    )
    assert other.reporting_status == "NOT_POSTED" and not other.classes
    assert other.anticipated_posting_date == "2028-01"  # a year after the last entry


def test_exact_limits_are_estimates_without_a_test() -> None:
    results, _ = made(3, 12, 1, True)
    analyses = [
        analysis
        for one in results_section(results).outcome_measures.outcome_measures
        for analysis in one.analyses
    ]
    assert analyses
    for one in analyses:
        assert one.ci_num_sides == "TWO_SIDED" and one.ci_pct_value == "95"
        assert one.p_value is None and one.statistical_method is None


def test_the_total_stands_only_beside_several_arms() -> None:
    one = results_section(made(3, 12, 1, True)[0]).baseline_characteristics
    assert [group.title for group in one.groups] != ["Total"]
    two = results_section(made(3, 12, 2, True)[0]).baseline_characteristics
    assert [group.title for group in two.groups][-1] == "Total"


@pytest.mark.parametrize("text", ["", "a b", "word " * 40])
def test_long_texts_are_cut_at_a_word(text: str) -> None:
    shown = cut(text, 62)
    assert len(shown) <= 62
    assert shown == text or (shown.endswith("…") and not shown[:-1].endswith(" "))


def test_group_titles_are_long_enough_short_enough_and_differ() -> None:
    protocol = small_trial.nk_protocol(arms=3)
    long = "A very long title of an arm that two arms share up to its last letters "
    arms = tuple(
        replace(arm, title=title)
        for arm, title in zip(protocol.arms, ("A", long + "one", long + "two"), strict=True)
    )
    book = small_trial.Book(Mode.REAL)
    results = analyse(cutoff_at(replace(protocol, arms=arms), book.entries()))
    found = titles(results)
    assert found[0] == "Group A" and len(set(found)) == 3
    assert all(4 <= len(title) <= 62 for title in found)
