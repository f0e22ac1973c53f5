"""Limits that only some people must meet, or only under a condition: no rule holds them for all."""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criterion, Status
from trialrun.criteria.nodes import Comparison
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def read(text: str, kind: str = "Inclusion", sex: str | None = None) -> Criterion:
    found = read_criteria(f"{kind} Criteria:\n\n* {text}", sex=sex)
    return next(one for one in found if one.span is not None)


def listed(one: Criterion) -> list[str]:
    return [write_rule(said.atom) for said in one.mentioned]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("Serum creatinine ≤ 0.8 mg/dL if age < 5 years", "creatinine <= 0.8 mg/dL"),
        (
            "Creatinine <= 0.8 mg/dL (age < 5 years), <= 1.0 mg/dL (5 to 10 years)",
            "creatinine <= 0.8 mg/dL",
        ),
        ("Haemoglobin ≥ 10 g/dL in females", "haemoglobin >= 10 g/dL"),
        ("QTcF < 470 ms (females)", "qtcf < 470 ms"),
        ("QTcF < 470 ms for women", "qtcf < 470 ms"),
        ("ANC ≥ 1.0 x 10^9/L in patients with marrow wobble", "anc >= 1 10*9/L"),
        ("ECOG 0-2 for individuals in Parts A and B", "ecog in {0, 1, 2}"),
        ("Age ≥ 20 years in Japan", "age >= 20 a"),
        ("Patients under 6 years old must weigh at least 7 kg", "weight >= 7 kg"),
        ("Patients with wobbles must have HbA1c < 8 %", "hba1c < 8 %"),
        ("Those on snarkumab should have INR <= 2.5", "inr <= 2.5"),
        ("In patients with cirrhosis, Child-Pugh A", "child_pugh_class == A"),
        ("INR <= 1.5 except in those on snarkumab, who may have < 3", "inr <= 1.5"),
    ],
)
def test_what_holds_for_some_is_listed_beside_the_rule(text: str, limit: str) -> None:
    one = read(text)
    assert limit in listed(one)
    assert not any(isinstance(atom, Comparison) for atom in one.atoms)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Haemoglobin ≥ 9 g/dL in all patients", "haemoglobin >= 9 g/dL and "),
        ("BMI 18-30 in males and females", "bmi >= 18 kg/m2 and bmi <= 30 kg/m2 and "),
        ("Creatinine <= 1.5 x ULN for age", "creatinine <= 1.5 x ULN and "),
        ("INR <= 1.5 (unless otherwise stated)", "inr <= 1.5 and "),
        ("Patients must have ECOG 0-2", "ecog in {0, 1, 2}"),
        ("INR <= 1.5 unless on snarkumab", 'inr <= 1.5 or unread "unless on snarkumab"'),
        (
            "ALT ≤ 3 x ULN and AST ≤ 3 x ULN (except with wobbles)",
            '(alt <= 3 x ULN and ast <= 3 x ULN) or unread "(except with wobbles)"',
        ),
    ],
)
def test_what_holds_for_all_stays_in_the_rule(text: str, rule: str) -> None:
    one = read(text)
    assert one.rule is not None
    assert write_rule(one.rule).startswith(rule)


def test_a_sex_is_everybody_where_only_that_sex_takes_part() -> None:
    text = "Haemoglobin ≥ 10 g/dL in females"
    assert list(read(text, sex="FEMALE").atoms)
    assert not list(read(text, sex="ALL").atoms)


def test_an_exclusion_may_hold_for_some() -> None:
    one = read("ALT ≥ 3 x ULN if younger than 5 years", kind="Exclusion")
    assert one.rule is not None
    assert write_rule(one.rule).startswith("alt >= 3 x ULN and ")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Those not on snarkumab must have INR <= 1.5", ["inr <= 1.5"]),
        ("Patients must not have INR > 1.5", ["inr <= 1.5"]),
        ("An ulcer that is more than 4 weeks old", []),
        ("Fistula at least 2 months old", []),
        ("Infants more than 4 weeks old", ["age > 28 d"]),
    ],
)
def test_whose_limit_it_is(text: str, found: list[str]) -> None:
    one = read(text)
    atoms = [write_rule(atom) for atom in one.atoms if isinstance(atom, Comparison)]
    assert [*atoms, *listed(one)] == found


def test_two_limits_that_nobody_meets_at_once_are_alternatives_of_an_exclusion() -> None:
    one = read("BMI > 35 kg/m2 and BMI < 18 kg/m2", kind="Exclusion")
    assert one.rule is not None
    assert write_rule(one.rule) == "bmi > 35 kg/m2 or bmi < 18 kg/m2"
    assert one.status is Status.COMPUTABLE
    other = read("BMI > 18 kg/m2 and BMI < 35 kg/m2", kind="Exclusion")
    assert other.status is Status.PARTLY
