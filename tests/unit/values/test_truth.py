"""Kleene's tables, by a second plain definition: FALSE < UNKNOWN < TRUE, AND = min, OR = max."""

from __future__ import annotations

from itertools import product

import pytest

from trialrun.values.truth import Truth, all_of, any_of, at_least

RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}
BACK = {rank: truth for truth, rank in RANK.items()}


@pytest.mark.parametrize(("a", "b"), list(product(Truth, repeat=2)))
def test_and_or_are_min_and_max(a: Truth, b: Truth) -> None:
    assert a & b is BACK[min(RANK[a], RANK[b])]
    assert a | b is BACK[max(RANK[a], RANK[b])]
    assert ~(a & b) is (~a | ~b)


@pytest.mark.parametrize("truths", list(product(Truth, repeat=3)))
def test_many(truths: tuple[Truth, ...]) -> None:
    assert all_of(truths) is BACK[min(RANK[t] for t in truths)]
    assert any_of(truths) is BACK[max(RANK[t] for t in truths)]
    worlds = product(*[[True, False] if t is Truth.UNKNOWN else [t is Truth.TRUE] for t in truths])
    answers = {sum(world) >= 2 for world in worlds}
    expected = (
        Truth.UNKNOWN if len(answers) == 2 else Truth.TRUE if True in answers else Truth.FALSE
    )
    assert at_least(2, truths) is expected


def test_a_truth_is_not_a_bool() -> None:
    with pytest.raises(TypeError, match="not a bool"):
        bool(Truth.UNKNOWN)
