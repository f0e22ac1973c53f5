"""What a parenthesis explains that is denied in front of it."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("No uncontrolled infection (temperature > 38 °C)", ["temperature <= 38 Cel"]),
        ("No active infections (fever, temperature above 38 °C)", ["temperature <= 38 Cel"]),
        ("No severe anaemia (haemoglobin < 8 g/dL)", ["haemoglobin >= 8 g/dL"]),
        ("Without wobbling (creatinine > 2 mg/dL)", ["creatinine <= 2 mg/dL"]),
        ("No evidence of infection, such as temperature above 38 °C", ["temperature <= 38 Cel"]),
        ("No signs of infection, e.g. temperature > 38 °C", ["temperature <= 38 Cel"]),
        ("No active infection (e.g., fever, temperature > 38 °C)", ["temperature <= 38 Cel"]),
        ("No liver disease, including ALT > 3 x ULN", ["alt <= 3 x ULN"]),
        # the lack of something good
        ("Without adequate cardiac function (LVEF < 50 %)", ["lvef < 50 %"]),
        ("No adequate organ function (ANC < 1500/µL)", ["anc < 1.5 10*9/L"]),
        ("No controlled hypertension (SBP > 160 mmHg)", ["systolic_bp > 160 mm[Hg]"]),
        ("No uncontrolled hypertension (SBP > 160 mmHg)", ["systolic_bp <= 160 mm[Hg]"]),
        # another sentence
        ("No known allergy. Temperature above 38 °C", ["temperature > 38 Cel"]),
        # the parenthesis explains what "not" makes of the word, or says what is demanded
        ("Hypertension not well controlled (heart rate > 90/min)", ["heart_rate > 90 /min"]),
        ("No diabetes (HbA1c must be < 8 %)", ["hba1c < 8 %"]),
        ("No wobbling (haemoglobin > 8 g/dL)", ["haemoglobin > 8 g/dL"]),
        ("Wobbling (temperature > 38 °C)", ["temperature > 38 Cel"]),
    ],
)
def test_what_explains_something_denied(text: str, found: list[str]) -> None:
    assert stated(read(text)) == found


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        (
            "Negative for HIV and ALT > 3 x ULN",
            ["not hiv and alt > 3 x ULN", "not hiv and alt <= 3 x ULN"],
        ),
        (
            "Without active infection, ALT > 3 x ULN or creatinine > 2 mg/dL",
            [
                "not active_infection or alt > 3 x ULN or creatinine > 2 mg/dL",
                "not active_infection and alt <= 3 x ULN and creatinine <= 2 mg/dL",
            ],
        ),
        (
            "No HIV, wobbles and ALT > 3 x ULN",
            [
                'unread "No HIV, wobbles and" and alt > 3 x ULN',
                'unread "No HIV, wobbles and" and alt <= 3 x ULN',
            ],
        ),
        ("No diabetes and ALT < 3 x ULN", []),  # on the good side
        ("No diabetes, ECOG 0-1", []),
        ("No diabetes. ALT > 3 x ULN", []),  # a sentence of its own
        ("No diabetes but ALT > 3 x ULN", []),
        ("No ALT > 3 x ULN and no creatinine > 2 mg/dL", []),  # each denied
    ],
)
def test_whether_a_denial_reaches_the_last_of_a_list_is_asked(
    text: str, choices: list[str]
) -> None:
    one = read(text)
    asked = [list(question.choices) for question in one.questions if question.choices]
    assert asked == ([choices] if choices else [])
    if choices:  # the rule demands neither
        assert list(one.atoms) == [] and one.mentioned
