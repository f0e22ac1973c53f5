"""The tables of this folder on the reference engine."""

from __future__ import annotations

import pytest

from support.spec_tables import SpecCase, spec_cases
from trialrun.criteria.nodes import NODE_TYPES, Judgement, Node
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.reference import Reason, evaluate

CASES = list(spec_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reference_engine_gives_what_the_tables_say(case: SpecCase) -> None:
    for who, answer in case.answers.items():
        found = evaluate(case.rule, case.people[who], anchors=case.anchors, as_of=case.as_of)
        assert found.truth is answer.truth, (who, found)
        if answer.reason:
            assert found.reason is Reason(answer.reason), (who, found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_rules_of_the_tables_are_written_as_they_are_read(case: SpecCase) -> None:
    assert read_rule(write_rule(case.rule)) == case.rule


def test_every_node_and_nearly_every_reason_stands_in_a_table() -> None:
    def kinds(node: Node) -> set[type[Node]]:
        inner = [getattr(node, name, None) for name in ("part", "of")]
        parts = [*getattr(node, "parts", ()), *(one for one in inner if one is not None)]
        return {type(node)}.union(*(kinds(part) for part in parts))

    assert set().union(*(kinds(case.rule) for case in CASES)) == {*NODE_TYPES} - {Judgement}
    reasons = {Reason(one.reason) for case in CASES for one in case.answers.values() if one.reason}
    assert reasons == {*Reason} - {Reason.JUDGEMENT}
