"""Limits of another person, time or fluid stand in no rule of the participant's."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Comparison, In, atoms
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def ruled(text: str, kind: str = "Inclusion") -> list[str]:
    """The comparisons that the rule of a criterion holds."""
    one = read_criteria(f"{kind} Criteria:\n\n* {text}")
    held = () if one.top[0].rule is None else atoms(one.top[0].rule)
    return [write_rule(atom) for atom in held if isinstance(atom, Comparison | In)]


@pytest.mark.parametrize(
    "text",
    [
        # somebody else
        "BMI of the mother >= 25 kg/m2",
        "HbA1c of donor < 6%",
        "Life expectancy of caregiver > 1 year",
        "Maternal BMI >= 30 kg/m2",
        "At least one parent with BMI > 25",
        "Spouse has dementia with MMSE < 24",
        "Sexual partner of a man with CD4 > 350 cells/uL",
        "Fetus with estimated weight > 4000 g",
        "Women with infants younger than 6 months",
        "Breastfeeding an infant < 6 months of age",
        # another time
        "Menopause at age >= 45 years",
        "Has had a stroke at age < 50 years",
        "BMI at age 18 years > 25 kg/m2",
        "LDL at diagnosis > 190 mg/dL",
        "Hemoglobin at birth > 14 g/dL",
        "Nadir CD4 < 200 cells/uL",
        "Lowest platelet count < 30 x 10^9/L",
        "Pre-pregnancy BMI 18.5-29.9",
        # another fluid, another thing
        "Pleural fluid pH < 7.2 and glucose < 60 mg/dL",
        "Cord blood hemoglobin < 14 g/dL",
        "Gallbladder ejection fraction < 35%",
        "Vascular age > 60 years",
        "Tumor weight > 500 g",
        "Lean body weight < 40 kg",
        # lines of one class of treatment
        "Not more than 1 prior platinum regimen",
        "At most 2 prior lines of immunotherapy",
        "Between 1 and 3 prior anti-HER2 regimens",
        # an alternative, or another limit for some
        "Karnofsky >= 70 (or ECOG 0-1)",
        "HbA1c >= 6.5% (or fasting glucose >= 126 mg/dL)",
        "LVEF >= 50% (or within institutional normal range)",
        "BMI >= 30 kg/m2 (BMI >= 27 kg/m2 with wobbles)",
        "FEV1 < 80% predicted (adults) or < 90% predicted (adolescents), wobbling",
        "Men aged 45 and women aged 55 years or older",
        "Karnofsky >= 70 for subjects > 16 years; Lansky >= 70 for subjects <= 16",
        "Karnofsky >= 70 for patients older than 16 years of age",
    ],
)
def test_no_rule_holds_what_is_not_the_participants_of_today(text: str) -> None:
    assert ruled(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Children with weight > 10 kg", ["weight > 10 kg"]),
        ("Patients whose parent signs consent, age >= 6 years", ["age >= 6 a"]),
        ("Mothers aged 18 to 45 years", ["maternal_age >= 18 a", "maternal_age <= 45 a"]),
        ("Peak expiratory flow > 60 % predicted", ["pef_percent_predicted > 60 %"]),
        ("Age >= 18 years (or the legal age of consent)", ["age >= 18 a"]),
        ("Estimated GFR >= 60 mL/min/1.73 m2", ["egfr >= 60 mL/min/{1.73_m2}"]),
        ("At least 2 prior lines of systemic therapy", ["prior_lines >= 2"]),
        ("At least one prior chemotherapy regimen", ["prior_lines >= 1"]),
        ("BMI >= 30 kg/m2 at screening", ["bmi >= 30 kg/m2"]),
    ],
)
def test_the_participants_own_limits_are_held_as_before(text: str, rule: list[str]) -> None:
    assert ruled(text) == rule


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("Fails to achieve HbA1c < 8%", "hba1c >= 8 %"),
        ("Failed to attain hemoglobin > 10 g/dL", "haemoglobin <= 10 g/dL"),
        ("Unsuccessful in reaching LDL < 100 mg/dL", "ldl >= 100 mg/dL"),
    ],
)
def test_what_somebody_fails_to_reach_is_the_contrary(text: str, listed: str) -> None:
    assert listed in ruled(text)
