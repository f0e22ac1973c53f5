"""How long something has lasted: with a comparison and without, in and beside parentheses."""

from __future__ import annotations

import pytest
from tests.unit.criteria.test_own_limits import read, stated


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # no word compares: at least so long
        ("Symptoms for the preceding 4 weeks", ["symptom_duration >= 28 d"]),
        ("Low back pain for the last 3 months", ["symptom_duration >= 3 mo"]),
        ("2 year history of asthma", ["disease_duration >= 24 mo"]),
        ("Failure of 6 weeks of conservative treatment", ["conservative_treatment >= 42 d"]),
        ("Has received six weeks of non-operative therapy", ["conservative_treatment >= 42 d"]),
        ("Has had 6 weeks of conservative management", ["conservative_treatment >= 42 d"]),
        (
            "Unresponsive to nonsurgical care (e.g., rest, heat) for approximately six weeks",
            ["conservative_treatment >= 42 d"],
        ),
        (
            "Stable dose of antidepressants (e.g., snarkopram, wobblapram) for at least 60 days",
            ["stable_dose_duration >= 60 d"],
        ),
        ("No response to 4 weeks of snark therapy", ["own_snark_therapy_duration_time >= 28 d"]),
        ("Life expectancy of 3 months", ["life_expectancy >= 3 mo"]),
        (
            "On a stable asthma treatment including steroids for the preceding 4 weeks",
            ["own_stable_asthma_treatment_duration_time >= 28 d"],
        ),
        # a disease, whose name may hold a number
        ("Type 2 diabetes for at least 1 year", ["disease_duration >= 12 mo"]),
        ("Type 1 diabetes of more than 5 years' duration", ["disease_duration > 60 mo"]),
        ("Diabetes of at least 1 year's duration", ["disease_duration >= 12 mo"]),
        ("Eczema of 1 year duration or more", ["disease_duration >= 12 mo"]),
        ("History of asthma ≥ 1 year", ["disease_duration >= 12 mo"]),
        ("Eczema present for at least 2 years", ["disease_duration >= 24 mo"]),
        ("At least a 6-month history of asthma", ["disease_duration >= 6 mo"]),
        # what lasts is what stands in front
        ("Headache lasting at least 4 hours", ["symptom_duration >= 4 h"]),
        ("Wobble attacks lasting > 2 hours", ["own_wobble_attacks_duration_time > 2 h"]),
        ("Expected surgery lasting longer than 2 hours", ["operating_time > 120 min"]),
        ("Remission lasting less than 6 months", ["remission_duration < 6 mo"]),
        ("Ulcer present for at least 4 weeks", ["own_ulcer_duration_time >= 28 d"]),
        ("Stable snarkosis for at least 3 months", ["own_stable_snarkosis_duration_time >= 3 mo"]),
        ("Married for at least 1 year", ["own_married_duration_time >= 1 a"]),
        ("Mechanically ventilated for more than 48 hours", ["mechanical_ventilation_time > 48 h"]),
        ("Expected to stay in the ICU for at least 3 days", ["hospital_stay >= 3 d"]),
        ("Treatment-free for at least 2 weeks", ["treatment_free_interval >= 14 d"]),
        ("Snark ischemia time > 12 hours", ["own_snark_ischemia_time > 0.5 d"]),
        # how long something is used, in a parenthesis
        (
            "Chronic use (more than 14 days) of snarkostatics",
            ["own_snarkostatics_duration_time > 14 d"],
        ),
        (
            "Long-term administration of snarkostatics (> 14 days in total)",
            ["own_long_term_administration_of_snarkostatics_duration_time > 14 d"],
        ),
        ("Prolonged use (> 7 days) of antibiotics", ["antibiotic_duration > 7 d"]),
        # nothing has lasted so long
        ("History of surgery of at least 3 months", []),
        ("Treatment for 4 weeks", []),
        ("Contraception for 3 months", []),
        ("Snark use (more than 14 days) of no kind", []),
        ("Disease free for two years", []),
        ("Have not been free from menses for > 1 year", []),
    ],
)
def test_durations(text: str, found: list[str]) -> None:
    assert stated(read(text)) == found


def test_a_duration_is_no_second_age() -> None:
    one = read("Aged 18 - 75 years, with diabetes of duration < 6 years")
    assert "disease_duration < 72 mo" in stated(one)
    assert not any("age < 6" in limit for limit in stated(one))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Treated with metformin ≥ 1500 mg/day for at least 8 weeks",
            ["metformin_dose >= 1500 mg/d", "own_metformin_duration_time >= 56 d"],
        ),
        (
            "Prednisone > 10 mg/day for more than 7 days",
            ["corticosteroid_dose > 10 mg/d", "steroid_duration > 7 d"],
        ),
        ("No steroids > 10 mg/day for at least 4 weeks", ["corticosteroid_dose <= 10 mg/d"]),
        (
            "On snark dialysis three times a week for more than 3 months",
            ["own_snark_dialysis_duration_time > 3 mo"],
        ),
        (
            "Metastases without evidence of progression for at least 4 weeks",
            ["own_without_progression_duration_time >= 28 d"],
        ),
        ("Diagnosis of gout less than 10 years ago", ["disease_duration < 120 mo"]),
        ("Diagnosed with gout ≥ 180 days before screening", ["disease_duration >= 180 d"]),
        (
            "20-100 inflammatory lesions and ≤ 2 nodules",
            [
                "inflammatory_lesions <= 100",
                "inflammatory_lesions >= 20",
                "own_nodule_count <= 2",
            ],
        ),
        ("Takes two or more licensed SNARTs", ["own_licensed_snart_count >= 2"]),
    ],
)
def test_what_is_said_beside_a_duration(text: str, found: list[str]) -> None:
    assert stated(read(text)) == found
