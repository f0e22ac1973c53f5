"""A hundred real trials, chosen by a written rule, from their record to their results."""

from __future__ import annotations

import pytest

from support.rehearsable import HOW_MANY, Walked, chosen, records, walk_to_results
from trialrun.results.registry_rules import Level

CHUNKS = 4
# A record's own time frame without a number ("at the end of treatment"): people review the words.
THE_RECORDS_OWN_WORDS = {"O7"}


def walked(chunk: int) -> list[Walked]:
    return [walk_to_results(one) for one in list(chosen(records()))[chunk::CHUNKS]]


def test_the_rule_finds_a_hundred() -> None:
    ones = list(chosen(records()))
    assert len(ones) == HOW_MANY == len({one.study.nct_id for one in ones})
    models = [one.study.protocol.design.design_info.intervention_model for one in ones]
    assert min(models.count("SINGLE_GROUP"), models.count("PARALLEL")) >= 25


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_they_are_rehearsed_to_results(chunk: int, capsys: pytest.CaptureFixture[str]) -> None:
    ones = walked(chunk)
    reached = [one for one in ones if one.reached]
    with capsys.disabled():
        print(f"\n  {len(reached)} of {len(ones)} rehearsals reached their record's target")
    assert len(ones) == HOW_MANY // CHUNKS
    assert [one.nct_id for one in ones if one.target != one.planned] == []
    # Nobody is missing but where the trial's own safety rules closed enrolment.
    assert [one.nct_id for one in ones if not one.reached and not one.suspended] == []
    assert len(reached) >= 20
    errors = {
        one.nct_id: [(found.rule.id, found.where) for found in one.findings]
        for one in ones
        if any(
            found.rule.level is Level.ERROR or found.rule.id not in THE_RECORDS_OWN_WORDS
            for found in one.findings
        )
    }
    assert errors == {}
    for one in ones:
        flow = one.results.results.participant_flow
        started = flow.periods[0].milestones[0]
        assert sum(int(group.num_subjects or 0) for group in started.achievements) == one.enrolled
        assert one.results.results.outcome_measures.outcome_measures
        assert one.results.results.adverse_events.event_groups
