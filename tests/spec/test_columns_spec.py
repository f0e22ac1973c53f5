"""The tables of this folder on the columns engine, all people of a table in one query."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from support.backends import ANYWHERE, opened
from support.populations import answers, long, wide
from support.spec_tables import SpecCase, spec_cases
from trialrun.criteria.reference import evaluate
from trialrun.vocabulary.fact import Fact

CASES = list(spec_cases())


def is_single(facts: Sequence[Fact]) -> bool:
    """Whether a wide table can hold them: one fact of each variable."""
    return len({fact.variable for fact in facts}) == len(facts)


@pytest.mark.parametrize("database", ANYWHERE)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_columns_engine_gives_what_the_tables_say(case: SpecCase, database: str) -> None:
    backend = opened(database)
    population = long(case.people, backend=backend, anchors=case.anchors, as_of=case.as_of)
    got = answers([case.rule], population, backend)
    assert {who: got[who][0] for who in case.answers} == {
        who: answer.truth for who, answer in case.answers.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_wide_table_gives_what_the_reference_says(case: SpecCase) -> None:
    situation = {"anchors": case.anchors, "as_of": case.as_of}
    single = {who: facts for who, facts in case.people.items() if is_single(facts)}
    if single:
        found = answers([case.rule], wide(single, **situation))
        assert {who: found[who][0] for who in single} == {
            who: evaluate(case.rule, facts, **situation).truth for who, facts in single.items()
        }
