"""Limits below the name of what they limit, pluses, and other forms that a later sample had."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated

from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def test_a_limit_below_a_name_is_of_what_is_named() -> None:
    text = (
        "Inclusion Criteria:\n\n* Neutrophils (ANC)\n\n  * \\>= 1500/μL\n"
        "* Hemoglobin:\n\n  * > 9 g/dL"
    )
    found = read_criteria(text)
    rules = {one.id: one.rule and write_rule(one.rule) for one in found}
    assert rules == {
        "I1": None, "I1.1": "anc >= 1.5 10*9/L", "I2": None, "I2.1": "haemoglobin > 9 g/dL",
    }  # fmt: skip
    one = found["I1.1"]
    assert one.span is not None and text[slice(*one.span)] == "\\>= 1500/μL"


def test_what_heads_a_list_of_treatments_names_no_limit() -> None:
    found = read_criteria(
        "Inclusion Criteria:\n\n* Prior therapy\n\n  * At least 7 days must elapse"
    )
    assert all(one.rule is None or "own_" not in write_rule(one.rule) for one in found)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Urinary protein ≥ ++", ["urine_dipstick_protein >= 2"]),
        ("Urine dipstick > +++", ["urine_dipstick_protein > 3"]),
        ("Smoking less then 10 PY", ["pack_years < 10 {pack}.a"]),
        ("HER2-positive tumour (3+ by IHC)", ["her2_ihc >= 3"]),
        ("T-score of -2.5 or worse", ["t_score <= -2.5"]),
        ("T-score (-2.5 to -1)", ["t_score <= -1", "t_score >= -2.5"]),
        ("T-score: -2.5 to -1", ["t_score <= -1", "t_score >= -2.5"]),
        ("T-score range -2.5 to -1", ["t_score <= -1", "t_score >= -2.5"]),
        ("T-score of -1 or better", ["t_score >= -1"]),
        ("Sagittal plane translation > 3.5 mm", ["translation_motion > 3.5 mm"]),
        ("Systolic pressure under 90 mm Hg. Art.", ["systolic_bp < 90 mm[Hg]"]),
        (
            "At least 2 consecutive HIV plasma viral loads below 50 copies/mL",
            ["hiv_rna < 50 {copies}/mL", "own_consecutive_hiv_plasma_viral_load_count >= 2"],
        ),
        (
            "A change of 12 % of FEV1 after bronchodilator inhalation",
            ["bronchodilator_reversibility >= 12 %"],
        ),
        (
            "Creatinine clearance according to CKD-EPI < 30 mL/min/1.73 m2",
            ["egfr < 30 mL/min/{1.73_m2}"],
        ),
    ],
)  # fmt: skip
def test_what_is_read(text: str, limits: list[str]) -> None:
    assert set(limits) <= set(stated(read(text)))
