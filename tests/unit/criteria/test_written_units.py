"""Units, multiples of normal and comparisons, in the many ways in which people write them."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Node, Presence
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every limit, in the rule or not."""
    one = read_criteria(f"Exclusion Criteria:\n\n* {text}")["E1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if not isinstance(atom, Presence))


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("GFR < 60 ml/min/1,73 m*m", "GFR < 60 mL/min/1.73 m2"),
        ("GFR < 30 ml•min-1•1.73m-2", "GFR < 30 mL/min/1.73 m2"),
        ("GFR < 45 mL /min /1.73m", "GFR < 45 mL/min/1.73 m2"),
        ("Creatinine clearance < 50 mL·min-1", "Creatinine clearance < 50 mL/min"),
        ("BMI > 31 kg.m-2", "BMI > 31 kg/m2"),
        ("BMI > 31 kg·m⁻²", "BMI > 31 kg/m2"),
        ("Fasting glucose > 8 mM", "Fasting glucose > 8 mmol/L"),
        ("Testosterone > 5 nM", "Testosterone > 5 nmol/L"),
        ("Diastolic blood pressure > 100 mm.hg", "Diastolic blood pressure > 100 mmHg"),
        ("FSH > 40 milli-international units per milliliter", "FSH > 40 mIU/mL"),
        ("BSA > 0.6 m2", "body surface area > 0.6 m^2"),
        ("Body surface area > 0.6 square metres", "body surface area > 0.6 m²"),
        ("Aortic valve area < 1.4 centimeters squared", "Aortic valve area < 1.4 cm2"),
        ("Aortic valve area < 1.4 square cm", "Aortic valve area < 1.4 cm2"),
    ],
)
def test_a_unit_is_the_same_however_it_is_written(text: str, plainly: str) -> None:
    assert stated(text)
    assert stated(text) == stated(plainly)


def test_a_length_is_no_concentration() -> None:
    assert stated("Tumor diameter > 30 mm") == ["lesion_size > 3 cm"]
    assert "mmol" not in "".join(stated("Tumor diameter > 30 mM"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("AST > x3 upper normal limit", ["ast > 3 x ULN"]),
        ("AST > x 2.5 ULN", ["ast > 2.5 x ULN"]),
        ("ALT > 10x upper limit", ["alt > 10 x ULN"]),
        ("ALT > 4 times higher than normal", ["alt > 4 x ULN"]),
        ("ALT > 5 times the reference range", ["alt > 5 x ULN"]),
        ("ALT greater than 3 times upper limit or normal", ["alt > 3 x ULN"]),
        ("Creatinine > 20% above the upper limit of normal", ["creatinine > 1.2 x ULN"]),
        ("Creatinine > 120% of the upper limit of normal", ["creatinine > 1.2 x ULN"]),
        ("Platelets < 80% of the lower limit of normal", ["platelets < 0.8 x LLN"]),
    ],
)
def test_multiples_of_normal(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Life expectancy less than <1 year", ["life_expectancy < 12 mo"]),
        ("EDSS less than equals to (<=) 5.0", ["edss <= 5"]),
        ("EDSS greater than equal to 4.5", ["edss >= 4.5"]),
        ("Children aging between 3 and 6 years", ["age <= 6 a", "age >= 3 a"]),
        (
            "Born after a gestation period between 36 and 42 weeks",
            ["gestational_age <= 42 wk", "gestational_age >= 36 wk"],
        ),
        ("CAC between 10 and 900", ["calcium_score <= 900", "calcium_score >= 10"]),
        ("6-min walk of > 50 m", ["six_minute_walk > 50 m"]),
        ("A1-C > 8 %", ["hba1c > 8 %"]),
    ],
)
def test_a_comparison_said_twice_or_clipped(text: str, found: list[str]) -> None:
    assert stated(text) == found
