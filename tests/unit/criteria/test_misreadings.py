"""Limits that are of another thing, or another person's, than the name beside them says."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Node, Presence
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every limit, in the rule or not, in the order of the text."""
    one = read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if not isinstance(atom, Presence))


@pytest.mark.parametrize(
    "text",
    [
        "Visual acuity < 20/200",
        "Pinhole visual acuity worse than 20/70 in the affected eye",
        "Central apneas > 25 % of the total apnea-hypopnea index (AHI)",
        "FEV1 less than 60 % of the patient's best",
        "PEF < 80 % of personal best",
        "Women who had regular cycles until at least age 40",
        "A new gadolinium-enhancing lesion (at least two wobbles were seen)",
        "Use of narcotic analgesics (> 2 doses per week)",
        "Stage I (140-159/90-99 mmHg) hypertension",
        "Propofol infusion rate > 4 mg/kg/h",
        "Do you intend to breastfeed until your infant is at least 6 months of age",
        "CK enzymes positive (≥ 2 x the upper limit of normal)",
        "A change in potential of less than -5 mV",
        "Symptomatic PAD (Fontaine criteria, stage IIa or IIb and III)",
        "Diagnostic certainty, by level of diagnostic certainty confirmed by 2 neurologists",
        "Back pain > 5 on the Brief Wobble Inventory",
        "Impairment more than one standard deviation below the norm",
    ],
)
def test_no_limit_of_what_is_named(text: str) -> None:
    assert stated(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Forced expiratory volume/Forced vital capacity (FEV1/FVC) > 70 %", ["fev1_fvc > 70 %"]),
        (
            "FEV1/FVC < 0.7 and FEV1 < 80 % predicted",
            ["fev1_fvc < 70 %", "fev1_percent_predicted < 80 %"],
        ),
        ("DAS28/Erythrocyte Sedimentation Rate (ESR) >= 3.2", ["das28 >= 3.2"]),
        ("End diastolic diameter > 60 mm", ["lvedd > 60 mm"]),
        ("VAS ≥ 30 mm for cough", ["cough_vas >= 30 mm"]),
        ("Uterine prolapse: grade 2 or 3", ["own_uterine_prolapse_grade_level in {2, 3}"]),
        ("More than 4 emergency department visits", ["emergency_visits > 4"]),
        ("IAP > 12 mmHg in at least two consecutive measurements", ["own_iap_mmhg > 12 mm[Hg]"]),
        (
            "Donor must be ≥ 18 years old and weigh at least 50 kg",
            ["donor_age >= 18 a", "own_donor_weight_g >= 50 kg"],
        ),
        (
            "Donor: age 12-75 years, weight ≥ 40 kg",
            ["donor_age <= 75 a", "donor_age >= 12 a", "own_donor_weight_g >= 40 kg"],
        ),
        ("Not smoked for at least 1 year", []),
        ("Any nasal symptom (a score of at least 2)", []),
        ("At least 2 nasal symptoms", ["nasal_symptoms >= 2"]),
        ("Recipient of a donor kidney aged 18 years or older", ["age >= 18 a"]),
        ("With an available donor; age >= 18 years", ["age >= 18 a"]),
        ("Antihypertensives (< 3 medications)", ["antihypertensives < 3"]),
        ("Stage II adhesive capsulitis", ["own_adhesive_capsulitis_stage_level in {2}"]),
        ("Back pain: a score > 5 on the Roland-Morris Disability Questionnaire", ["rmdq > 5"]),
        ("VAS for pain > 5 on a scale of 0-10", ["pain_vas > 50 mm"]),
        (
            "Opioid pain management for over 3 weeks",
            ["own_opioid_pain_management_duration_time > 21 d"],
        ),
        ("Tear break-up time < 10 s in at least one eye", ["tear_breakup < 10 s"]),
        ("At least 1 painful episode averaged over the previous 3 years", ["episodes >= 1"]),
        (
            "BP > 90 mmHg diastolic or < 100 mmHg systolic or < 60 mmHg diastolic",
            [
                "diastolic_bp < 60 mm[Hg]",
                "diastolic_bp > 90 mm[Hg]",
                "systolic_bp < 100 mm[Hg]",
            ],
        ),
        ("Stage IV lung cancer, stage (T1-2 N0)", ["disease_stage in {IV, IVA, IVB, IVC}"]),
        ("Stenosis > 50 % in at least one view", ["stenosis > 50 %"]),
        ("ASA I e II", ["asa_class in {1, 2}"]),
        ("NYHA II und III", ["nyha_class in {2, 3}"]),
        ("HCV RNA ≥ 10*5* IU/mL", ["hcv_rna >= 100000 [IU]/mL"]),
    ],
)
def test_what_is_limited(text: str, found: list[str]) -> None:
    assert stated(text) == found
