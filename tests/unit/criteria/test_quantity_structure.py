"""What stands between a name and its limit, several limits of several names, changes of weight."""

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
    ("text", "found"),
    [
        ("Ejection fraction by echo or MUGA < 40%", ["lvef < 40 %"]),
        (
            "LVEF, as determined by echocardiography or by radionuclide angiography, of < 40%",
            ["lvef < 40 %"],
        ),
        (
            "Creatinine clearance (CrCl), using the formula of Cockcroft and Gault, < 40 mL/min",
            ["creatinine_clearance < 40 mL/min"],
        ),
        ("T-score by DXA at the lumbar spine or hip < -2.5", ["t_score < -2.5"]),
        (
            "Hemoglobin measured by a bedside device or central laboratory below 8 g/dL",
            ["haemoglobin < 8 g/dL"],
        ),
        ("Creatinine determined at screening and at baseline > 2 mg/dL", ["creatinine > 2 mg/dL"]),
    ],
)
def test_a_method_stands_between(text: str, found: list[str]) -> None:
    assert stated(text) == found


def test_what_is_no_method_stands_between() -> None:
    text = "CD20 expression on > 10% of the malignant cells by smear or greater than 30%"
    assert stated(text) == ["antigen_expression > 10 %", "antigen_expression > 30 %"]
    assert stated("Asthma by history for > 12 months") == ["disease_duration > 12 mo"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Systolic and diastolic blood pressure > 150 and > 95 mmHg, respectively",
            ["diastolic_bp > 95 mm[Hg]", "systolic_bp > 150 mm[Hg]"],
        ),
        (
            "Systolic or diastolic blood pressure above 170 or 105 mmHg respectively",
            ["diastolic_bp > 105 mm[Hg]", "systolic_bp > 170 mm[Hg]"],
        ),
        (
            "SBP/DBP above 150 and/or 95 mmHg",
            ["diastolic_bp > 95 mm[Hg]", "systolic_bp > 150 mm[Hg]"],
        ),
        (
            "WBC and platelets < 2,000/µL and < 50,000/µL",
            ["platelets < 50 10*9/L", "wbc < 2 10*9/L"],
        ),
        (
            "ANC and platelets < 1.2 and < 60 x 10^9/L, respectively",
            ["anc < 1.2 10*9/L", "platelets < 60 10*9/L"],
        ),
        (
            "Neutrophils, hemoglobin, or platelets lower than 900/mm3, 7 g/dL or 40,000/mm3",
            ["anc < 0.9 10*9/L", "haemoglobin < 7 g/dL", "platelets < 40 10*9/L"],
        ),
        (
            "Systolic BP < 85 mmHg or > 155 mmHg or diastolic BP < 45 mmHg or > 95 mmHg",
            [
                "diastolic_bp < 45 mm[Hg]",
                "diastolic_bp > 95 mm[Hg]",
                "systolic_bp < 85 mm[Hg]",
                "systolic_bp > 155 mm[Hg]",
            ],
        ),
        # one limit of both, and a wider one
        (
            "ALT and AST > 3 x ULN and > 5 x ULN in liver metastases",
            ["alt > 3 x ULN", "alt > 5 x ULN", "ast > 3 x ULN", "ast > 5 x ULN"],
        ),
    ],
)
def test_limits_of_several_names(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Pulse rate outside of 50 to 90 bpm", ["heart_rate < 50 /min", "heart_rate > 90 /min"]),
        (
            "Potassium outside the normal range of 3.4-5.2 mmol/L",
            ["potassium < 3.4 mmol/L", "potassium > 5.2 mmol/L"],
        ),
        ("Heart rate out of the range 50-90 bpm", ["heart_rate < 50 /min", "heart_rate > 90 /min"]),
        ("Neither ALT nor AST above 4 x ULN", ["alt <= 4 x ULN", "ast <= 4 x ULN"]),
    ],
)
def test_the_contrary(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    "text",
    ["aPTT > 8 seconds above the upper limit of normal", "PT > 5 sec longer than control"],
)
def test_seconds_beyond_normal_are_no_limit_of_the_time(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Increase in FEV1 of more than 12% and 200 mL",
        "FEV1 reversibility > 12% and > 0.2 L",
        "FEV1 reversibility of > 200 mL and > 12%",
        "FEV1 improves by more than 12% and 200 ml after salbutamol",
        "Airway reversibility (> 12% or more than 200 mL)",
    ],
)
def test_a_share_and_a_volume(text: str) -> None:
    assert stated(text) == [
        "bronchodilator_reversibility > 12 %",
        "bronchodilator_reversibility_ml > 200 mL",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Weight gain > 4 kg in the last 3 months", "weight_gain_kg > 4 kg"),
        ("Weight gain > 4%", "weight_gain > 4 %"),
        ("Body weight changed by more than 4 kg", "weight_change_kg > 4 kg"),
        ("Body weight that has not changed by more than 4%", "weight_change <= 4 %"),
        ("Body weight fluctuations > 4% within 3 months", "weight_change > 4 %"),
        ("Stable body weight (change < 4%)", "weight_change < 4 %"),
        ("Stable weight (± 4 kg) for 3 months", "weight_change_kg <= 4 kg"),
        ("Weight stable within 4% over 3 months", "weight_change <= 4 %"),
        ("Weight has varied by more than 4 kg", "weight_change_kg > 4 kg"),
        ("Lost or gained more than 4 kg", "weight_change_kg > 4 kg"),
        ("Loss of more than 11% of body weight", "weight_loss > 11 %"),
        ("Has lost more than 4 kg", "weight_loss_kg > 4 kg"),
        ("Reduction in body weight of more than 4%", "weight_loss > 4 %"),
        ("Stable asthma and weight > 40 kg", "weight > 40 kg"),
        ("Weight loss (6% or more, or 6 kg or more)", "weight_loss >= 6 %"),
    ],
)
def test_changes_of_weight(text: str, found: str) -> None:
    assert stated(text)[:1] == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A drop in SpO2 below 88%", ["spo2 < 88 %"]),
        ("Decrease in oxygen saturation (< 88%)", ["spo2 < 88 %"]),
        ("A fall in systolic blood pressure below 85 mmHg", ["systolic_bp < 85 mm[Hg]"]),
        ("A decrease in FEV1 of less than 20%", []),
        ("Creatinine clearance (CrCl), i.e. < 35 mL/min", ["creatinine_clearance < 35 mL/min"]),
        ("Elevated creatinine (i.e., > 1.8 mg/dL)", ["creatinine > 1.8 mg/dL"]),
        ("DLCO corrected for haemoglobin < 45%", ["dlco_percent_predicted < 45 %"]),
        ("Calcium corrected for albumin > 12 mg/dL", ["calcium > 12 mg/dL"]),
        ("QT interval corrected for heart rate > 490 ms", ["qtc > 490 ms"]),
    ],
)
def test_the_value_that_is_meant(text: str, found: list[str]) -> None:
    assert [one for one in stated(text) if "fev1_fall" not in one] == found
