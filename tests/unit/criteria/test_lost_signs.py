"""An age whose sign was lost is listed as the record's own limit, and asked about."""

from __future__ import annotations

import pytest

from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Aged 18.", ["age >= 18 a"]),
        ("Age 18, able to consent", ["age >= 18 a"]),
        ("Aged 65", ["age <= 65 a"]),
        ("Aged 40", []),
    ],
)
def test_an_age_without_its_sign(text: str, listed: list[str]) -> None:
    one = read_criteria(
        f"Inclusion Criteria:\n\n* {text}", minimum_age="18 Years", maximum_age="65 Years"
    )["I1"]
    assert [write_rule(mention.atom) for mention in one.mentioned] == listed
    assert all(mention.doubtful for mention in one.mentioned) and one.rule is None
    asked = [question.choices for question in one.questions if question.topic == "readings"]
    assert len(asked) == len(listed)
