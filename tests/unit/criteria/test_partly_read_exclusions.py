"""How what was read of an exclusion and what was not hold together, in three values."""

from __future__ import annotations

import pytest

from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def rule(text: str, *, excluded: bool = True) -> str:
    heading = "Exclusion" if excluded else "Inclusion"
    one = read_criteria(f"{heading} Criteria:\n\n* {text}")["E1" if excluded else "I1"]
    return "" if one.rule is None else write_rule(one.rule)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # any of what is listed excludes
        ("Pregnancy; a strange wobble", 'pregnant or unread "a strange wobble"'),
        ("A strange wobble, and pregnancy", 'unread "A strange wobble" or pregnant'),
        # a condition or an exception goes with what it bends
        (
            "ALT ≥ 3 x ULN, except in wobblers",
            'alt >= 3 x ULN and unread "except in wobblers"',
        ),
        (
            "Prior organ transplant. A cornea graft is permitted",
            'prior_organ_transplant and unread "A cornea graft is permitted"',
        ),
        # what may be either decides nothing
        (
            "Pregnant during the study, or a wobbler",
            (
                '(pregnant and unread "during the study, or a wobbler") '
                'or unread "during the study, or a wobbler"'
            ),
        ),
    ],
)
def test_parts_of_an_exclusion(text: str, found: str) -> None:
    assert rule(text) == found


def test_all_parts_of_an_inclusion_must_hold() -> None:
    assert (
        rule("Pregnancy; a strange wobble", excluded=False)
        == 'pregnant and unread "a strange wobble"'
    )


def test_lone_brackets_are_no_words() -> None:
    found = rule("A strange wobble (hemoglobin ≥ 9 g/dL)", excluded=False)
    assert found == 'unread "A strange wobble" and haemoglobin >= 9 g/dL'


def test_a_unit_that_stands_once_counts_for_both_sides() -> None:
    assert rule("Pulse <50 or >100 bpm") == "heart_rate < 50 /min or heart_rate > 100 /min"
    assert rule("Pulse >100 or <50 bpm") == "heart_rate < 50 /min or heart_rate > 100 /min"
