"""On how many days something was, how long a day, and scores of one side."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Nasal polyp score ≥ 5, with a unilateral score of ≥ 2",
            ["nasal_polyp_score >= 5", "nasal_polyp_grade >= 2"],
        ),
        (
            "TNSS ≥ 6 with a unilateral score of at least 2",
            ["tnss >= 6", "own_unilateral_total_nasal_symptom_score >= 2"],
        ),
        ("Wheezing on at least 2 days", ["own_days_with_wheezing_time >= 2 d"]),
        (
            "A diary with completed entries on at least 4 days",
            ["own_days_with_completed_diary_entries_time >= 4 d"],
        ),
        (
            "Decreased muscle strength of at least one level",
            ["own_decrease_in_muscle_strength_score >= 1"],
        ),
        ("Muscle strength of at least grade 3", ["muscle_strength >= 3"]),
        ("Symptoms accumulating for > 1 hour per day", ["own_daily_symptoms_duration_time > 1 h"]),
        ("Any ocular symptom on at least 2 days", ["own_days_with_ocular_symptom_time >= 2 d"]),
        ("Wheezing for more than 1 hour per day", ["own_daily_wheezing_duration_time > 1 h"]),
        ("Adjacent to over half of the wobble", ["own_share_of_wobble_percent > 50 %"]),
        (
            "More than 2000 mcg/day beclometasone, 1600 mcg/day budesonide",
            ["inhaled_steroid_dose > 1600 ug/d", "inhaled_steroid_dose > 2000 ug/d"],
        ),
        ("Failure of at least two wobble inhibitors", ["failed_treatments >= 2"]),
        (
            "Moderate non-wobbly asthma treated with snark for at least 6 months",
            ["own_snark_duration_time >= 6 mo"],
        ),
        ("Symptoms by day and night symptoms at least 3 days per week", ["symptom_days >= 3 /wk"]),
        ("HCV RNA > 800,000 IU/L", ["hcv_rna > 800 [IU]/mL"]),
        (
            "Total radiation dose of ≥ 40 and ≤ 80 Gy",
            ["radiation_dose <= 80 Gy", "radiation_dose >= 40 Gy"],
        ),
        (
            "Born at term (≥37and ≤42weeks)",
            ["gestational_age <= 42 wk", "gestational_age >= 37 wk"],
        ),
        ("At least a 15 % fall in the FEV1", ["fev1_fall >= 15 %"]),
        ("Abnormal lung function, oxygen saturation < 92 %", ["spo2 < 92 %"]),
    ],
)  # fmt: skip
def test_days_and_sides(text: str, found: list[str]) -> None:
    assert sorted(stated(read(text))) == sorted(found)
