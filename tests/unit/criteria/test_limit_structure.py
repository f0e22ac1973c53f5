"""How limits are put together in a sentence: signs, units, levels, ranges, and whose they are.

The sentences are written for this test, in the ways that registry records write them.
"""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criterion
from trialrun.criteria.nodes import Comparison, In, Node
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def read(text: str) -> Criterion:
    return read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]


def stated(text: str) -> list[str]:
    """Every limit of a variable of the vocabulary, in the rule or not."""
    one = read(text)
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    limits = [atom for atom in held if isinstance(atom, Comparison | In)]
    return sorted(write_rule(atom) for atom in limits if not atom.variable.startswith("own_"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lymphocytes ≥ 300/㎕", ["alc >= 0.3 10*9/L"]),
        ("Creatinine ≤ 1.5 ㎎/㎗", ["creatinine <= 1.5 mg/dL"]),
        ("Heart failure of NYHA class Ⅲ-Ⅳ", ["nyha_class in {3, 4}"]),
        ("HIV RNA < 50 c/mL", ["hiv_rna < 50 {copies}/mL"]),
        ("Creatinine > 141 micromolar/L", ["creatinine > 141 umol/L"]),
        ("Urine protein creatinine ratio < 2 g/gCr", ["upcr < 2"]),
        ("Creatinine clearance above 45 ml/mn", ["creatinine_clearance > 45 mL/min"]),
        (
            "Hb ≥ 10 (g/dL), platelets ≥ 100 (x10^9/L)",
            ["haemoglobin >= 10 g/dL", "platelets >= 100 10*9/L"],
        ),
        ("Platelets (10^9/L): 100-400", ["platelets <= 400 10*9/L", "platelets >= 100 10*9/L"]),
        ("ALT more than twice the upper limit of normal", ["alt > 2 x ULN"]),
    ],
)
def test_units_in_every_spelling(text: str, found: list[str]) -> None:
    assert stated(text) == found


def test_one_sign_for_several_keeps_its_place() -> None:
    text = "Inclusion Criteria:\n\n* Lymphocytes ≥ 300/㎕ in blood\n* Age ≥ 18 years"
    found = read_criteria(text)
    first, second = found["I1"].span, found["I2"].span
    assert first is not None and text[slice(*first)] == "Lymphocytes ≥ 300/㎕ in blood"
    assert second is not None and text[slice(*second)] == "Age ≥ 18 years"
    assert found["I1"].text == "Lymphocytes ≥ 300/μl in blood"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MMSE score of 26 ≥, at rest", ["mmse >= 26"]),
        ("FEV1 less than (<) 80 % of predicted", ["fev1_percent_predicted < 80 %"]),
        ("T-score of -2.5 or lower", ["t_score <= -2.5"]),
        ("ECOG status of 2 or better", ["ecog <= 2"]),
        ("Karnofsky of 70 or better", ["karnofsky >= 70"]),
        ("Karnofsky status of 100-80 %", ["karnofsky <= 100", "karnofsky >= 80"]),
        (
            "Systolic blood pressure between 140 - 90 mmHg",
            ["systolic_bp <= 140 mm[Hg]", "systolic_bp >= 90 mm[Hg]"],
        ),
        (
            "FEV1 of > 0 % and < 80 %",
            ["fev1_percent_predicted < 80 %", "fev1_percent_predicted > 0 %"],
        ),
        ("Aged 12 to 25 years, 11 months", ["age <= 311 mo", "age >= 12 a"]),
        ("Under 15 years and 9 months of age", ["age < 15.75 a"]),
        ("Creatinine within 1.5 times ULN", ["creatinine <= 1.5 x ULN"]),
        ("12 % improvement in FEV1 after salbutamol", ["bronchodilator_reversibility >= 12 %"]),
        ("Hemoglobin ≥ 9 g/dL (≥ 9 g/dL)", ["haemoglobin >= 9 g/dL"]),
    ],
)
def test_signs_and_ranges(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Second- or third-degree AV block", ["av_block_degree in {2, 3}"]),
        ("AV block (II-III degree)", ["av_block_degree in {2, 3}"]),
        ("AV block of degree III", ["av_block_degree in {3}"]),
        ("2nd-degree or greater heart block", ["av_block_degree >= 2"]),
        ("Third-degree burns", []),
        ("Class III obesity", ["obesity_class in {3}"]),
        ("NYHA IV-III", ["nyha_class in {3, 4}"]),
        ("StageIIIB/C lung cancer", ["disease_stage in {IIIB, IIIC, IIIC1, IIIC2}"]),
        ("Stage 3B or 3D melanoma", ["disease_stage in {IIIB, IIID}"]),
        ("Lung cancer (IIIB/D)", ["disease_stage in {IIIB, IIID}"]),
        ("Cervical cancer of stage IB2 or IVA", ["disease_stage in {IB2, IVA}"]),
        ("Part 2A1: lung cancer", []),
        (
            "Stage IA (not resected) or IB lung cancer",
            ["disease_stage in {IA, IA1, IA2, IA3, IB, IB1, IB2, IB3}"],
        ),
        ("Asthma at GINA (3) step 4", ["gina_step in {4}"]),
        ("Asthma of at least step 3", ["gina_step >= 3"]),
        ("A study in two steps", []),
        ("Toxicity of CTCAE 5.0 grade > 1", ["toxicity_grade > 1"]),
    ],
)
def test_levels(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Creatinine OR creatinine clearance ≤ 1.5 x ULN OR ≥ 30 mL/min",
            ["creatinine <= 1.5 x ULN", "creatinine_clearance >= 30 mL/min"],
        ),
        (
            "Creatinine OR measured creatinine clearance (or GFR) ≤ 1.5 x ULN OR ≥ 30 mL/min",
            ["creatinine <= 1.5 x ULN", "creatinine_clearance >= 30 mL/min"],
        ),
        ("A wheal of 3 mm ≥ negative control", ["spt_wheal >= 3 mm"]),
        ("A wheal 3 mm greater than the control", ["spt_wheal >= 3 mm"]),
        ("Specific IgE (against birch) of at least Class 2", ["ige_class >= 2"]),
        ("FEV1/forced vital capacity (FVC) < 0.7", ["fev1_fvc < 70 %"]),
        (
            "Increase of greater than or equal to 15 % over baseline FEV1",
            ["bronchodilator_reversibility >= 15 %"],
        ),
        (
            "ALT ≤ 1.5 x ULN (≤ 5 in case of liver involvement)",
            ["alt <= 1.5 x ULN", "alt <= 5 x ULN"],
        ),
        (
            "At least one lesion that is not irradiated, ≥ 10 mm",
            ["lesion_size >= 1 cm", "lesions_count >= 1"],
        ),
        ("Effects recovered to ≤ grade 1 after anti-cancer drugs", ["toxicity_grade <= 1"]),
        (
            "AST < 3 X ULN, or < 5 X if due to the tumor, whatever else",
            ["ast < 3 x ULN", "ast < 5 x ULN"],
        ),
        ("eGFR < 30 mL/min", ["egfr < 30 mL/min/{1.73_m2}"]),
        ("TSH outside 0.4-4.0 mIU/L", ["tsh < 0.4 m[IU]/L", "tsh > 4 m[IU]/L"]),
        (
            "Cough or, in short, systolic > 180 or diastolic > 110",
            ["diastolic_bp > 110 mm[Hg]", "systolic_bp > 180 mm[Hg]"],
        ),
        (
            "Women aged 40-55 years and men aged 45-60 years",
            ["age <= 55 a", "age <= 60 a", "age >= 40 a", "age >= 45 a"],
        ),
        ("ALT > 1 but < 10 x ULN", ["alt < 10 x ULN", "alt > 1 x ULN"]),
        ("Fall of at least 20 % in FEV1", ["fev1_fall >= 20 %"]),
        ("Age greater than to or equal 18 years", ["age >= 18 a"]),
        ("A global assessment (vIGA-AD™) score ≥ 3", ["iga >= 3"]),
        (
            "ALT and AST and total bilirubin over 2 times, 2 times and 1.5 times ULN, respectively",
            ["alt > 2 x ULN", "ast > 2 x ULN", "total_bilirubin > 1.5 x ULN"],
        ),
        ("≤ 3 x ULN for ALT and AST", ["alt <= 3 x ULN", "ast <= 3 x ULN"]),
        (
            "International ratio (INR) and aPTT ≤ 1.5 x ULN",
            ["aptt <= 1.5 x ULN", "inr <= 1.5 x ULN"],
        ),
        (
            "Karnofsky (patients ≥ 16 years)/Lansky (patients < 16 years) index ≥ 70",
            ["age < 16 a", "age >= 16 a", "karnofsky >= 70", "lansky >= 70"],
        ),
        (
            "ECOG within 7 days before the first dose of the drug was 0 or 1",
            ["ecog in {0, 1}"],
        ),
        (
            "QTc after Fridericia (QTcF) for males ≥ 450 msec or for females ≥ 470 msec",
            ["qtcf >= 450 ms", "qtcf >= 470 ms"],
        ),
        (
            "WBC count (2400/microliter), platelet count (< 75000/microliter)",
            ["platelets < 75 10*9/L"],
        ),
        (
            "Platelets > 100 x 10^9/L Hemoglobin > 90 x 10^9/L",
            ["haemoglobin > 9 g/dL", "platelets > 100 10*9/L"],
        ),
        (
            "Karnofsky ≥ 70 % (cohort A) or ≥ 60 % (cohort B)",
            ["karnofsky >= 60", "karnofsky >= 70"],
        ),
        (
            "Total IgE ≥ 30 IU/mL or 40 to 700 IU/mL",
            ["total_ige <= 700 [IU]/mL", "total_ige >= 30 [IU]/mL", "total_ige >= 40 [IU]/mL"],
        ),
        (
            "Longest diameter > 20 mm in plain scans OR > 10 mm with spiral CT",
            ["lesion_size > 1 cm", "lesion_size > 2 cm"],
        ),
        (
            "Score of 6-9 according to Langeland and Rajka",
            ["rajka_langeland <= 9", "rajka_langeland >= 6"],
        ),
    ],
)
def test_which_limit_is_of_which_thing(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IGA ≥ 3 (on the 0-4 IGA scale)", ["iga >= 3"]),
        (
            "CD19 seen on > 15 % of tumor cells that are positive by eye or > 30 % by machine",
            ["antigen_expression > 15 %", "antigen_expression > 30 %"],
        ),
        ("QTcF from 3 examinations in the resting state > 470 msec", ["qtcf > 470 ms"]),
        ("UAS7 (0-42) ≥ 16 and the itch component of UAS7 (range 0-21) ≥ 8", ["uas7 >= 16"]),
        ("Pain NRS ≥ 5 on a scale of 0 to 10", ["pain_nrs >= 5"]),
        ("Basophil activation (≥ 20 % upregulation of a marker)", []),
        ("A method with a failure rate of < 1 % a year", []),
        ("Weighs 45 kg (100 lbs) over ideal body weight", []),
        ("Age of the specimen ≤ 24 hours", []),
        (
            "Children of 1 to 18 years of age at first diagnosis and < 21 years at inclusion",
            ["age < 21 a", "age_at_onset <= 18 a", "age_at_onset >= 1 a"],
        ),
        ("Diagnosis of asthma for at least 1 year at screening", ["disease_duration >= 12 mo"]),
        ("The guardian signs the consent for children aged 8 to 17 years", []),
        ("A lesion that can be measured in at least 2 dimensions", []),
        ("Specific IgE against birch (IgE > 0.7 kU/L)", ["specific_ige > 0.7 k[IU]/L"]),
        ("Total serum IgE > 300 kU/L", ["total_ige > 300 [IU]/mL"]),
        (
            "Creatinine clearance without hydration of ≥ 50 mL/min",
            ["creatinine_clearance >= 50 mL/min"],
        ),
        ("Absence of QTcF prolongation (QTc > 450 msec)", ["qtcf <= 450 ms"]),
        ("Failure to maintain an oxygen saturation above 90 %", ["spo2 <= 90 %"]),
        ("Bowel fistula of grade ≥ 3", []),
        ("Hypertension grade 3", []),
        ("Subjects who have grade ≥ 3 adverse events", ["toxicity_grade >= 3"]),
        ("Unresolved effects of anti-cancer drugs of grade ≥ 2", ["toxicity_grade >= 2"]),
        ("Anaphylaxis (CTCAE 5.0 grade ≥ 3)", ["anaphylaxis_grade >= 3"]),
        ("ALT ≤ 5 x ULN (grade 2)", ["alt <= 5 x ULN"]),
        (
            "Adults of 18 to 75 years with a nasal steroid for at least 4 weeks",
            ["age <= 75 a", "age >= 18 a"],
        ),
    ],
)
def test_words_that_make_it_another_thing(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Effects have not recovered (i.e., ≤ grade 1) from earlier drugs", ["toxicity_grade > 1"]),
        ("Neuropathy no worse than grade 1", ["toxicity_grade <= 1"]),
        ("Effects have not resolved to grade 1", ["toxicity_grade > 1"]),
        ("Effects have resolved to at least grade 1", ["toxicity_grade <= 1"]),
        ("Effects have recovered to grade 1 or baseline", ["toxicity_grade <= 1"]),
    ],
)
def test_a_grade_to_recover_to_is_at_most_that(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("ALT at most 2.5 - 5 x ULN", ("alt <= 2.5 x ULN", "alt <= 5 x ULN")),
        (
            "FEV1 60 % predicted, with asthma",
            ("fev1_percent_predicted >= 60 %", "fev1_percent_predicted <= 60 %"),
        ),
    ],
)
def test_an_ambiguous_limit_is_asked_with_its_readings(text: str, choices: tuple[str, ...]) -> None:
    one = read(text)
    assert not one.atoms
    asked = [question for question in one.questions if question.topic == "readings"]
    assert [question.choices for question in asked] == [choices]
    assert [write_rule(read_rule(choice)) for choice in choices] == list(choices)


def test_a_unit_that_cannot_be_is_asked_for() -> None:
    one = read("Hemoglobin > 90 x 10^9/L")
    assert not one.atoms
    assert [mention.doubtful for mention in one.mentioned] == [True]
    assert "unit" in {question.topic for question in one.questions}


@pytest.mark.parametrize(
    "text",
    [
        "Those under 6 years old must weigh 7 kg. Those over 6 years old must weigh 10 kg",
        "Women aged 40-55 years and men aged 45-60 years",
        "With liver metastases, ALT ≤ 5 x ULN",
        "Without liver metastases, ALT ≤ 2.5 x ULN; with liver metastases, ALT ≤ 5 x ULN",
        "Children under 6 years old must weigh at least 7 kg",
        "Grade 3 or 4 toxicity must have resolved to grade 2 or less",
        "ECOG within 7 days before the first dose of the drug was 0 or 1",
    ],
)
def test_what_need_not_hold_for_everybody_is_in_no_rule(text: str) -> None:
    one = read(text)
    assert not one.atoms
    assert one.mentioned
