"""What is said of the donor is no limit of the participant."""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Status
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria
from trialrun.criteria.text_reader.donors import speaks_of_donors


def rule_of(text: str) -> str:
    (one,) = read_criteria(f"Inclusion Criteria:\n\n* {text}")
    return "" if one.rule is None else write_rule(one.rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Donor must be ≥ 18 and ≤ 70 years old", "donor_age >= 18 a and donor_age <= 70 a"),
        (
            "Haploidentical donors aged 18 to 60 years",
            'unread "Haploidentical" and donor_age >= 18 a and donor_age <= 60 a',
        ),
        ("The donor must weigh at least 40 kg", "own_donor_weight_g >= 40 kg"),
        ("Donor must be negative for HIV", ""),
        ("Donor must have ALT < 2 x ULN", ""),
    ],
)  # fmt: skip
def test_a_donors_limit_is_of_the_donor(text: str, rule: str) -> None:
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    "text",
    ["Donor lymphocyte infusion within 28 days", "Donor chimerism < 95 %", "Age over 18 years",
     "Donor must be older than 18 years, and the patient younger than 60 years",
     "Patient has a donor who is at least 18 years old"],
)  # fmt: skip
def test_words_that_are_not_only_about_the_donor(text: str) -> None:
    assert not speaks_of_donors(text)


def test_a_heading_about_donors_holds_for_all_below_it() -> None:
    read = read_criteria(
        "Inclusion Criteria:\n\n* Age 18 to 75 years\n\nDonor Inclusion Criteria:\n\n"
        "* Age 18 to 60 years\n* No active infection\n* Weight over 50 kg\n"
    )
    rules = ["" if one.rule is None else write_rule(one.rule) for one in read]
    assert rules == [
        "age >= 18 a and age <= 75 a",
        "donor_age >= 18 a and donor_age <= 60 a",
        "",
        "own_donor_weight_g > 50 kg",
    ]
    assert read["I3"].status is Status.UNREAD
