"""Sentences of eligibility text: what they are read as, and what is rather left than guessed.

The sentences are written for this test, in the ways that registry records write them.
"""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def read(text: str, *, excluded: bool = False, **fields: str) -> Criterion:
    heading = "Exclusion" if excluded else "Inclusion"
    criteria = read_criteria(f"{heading} Criteria:\n\n* {text}", **fields)
    return criteria["E1" if excluded else "I1"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        # age
        ("Age> = 18 years old;", "age >= 18 a"),
        ("Aged 18 to 75 years (inclusive), male or female", "age >= 18 a and age <= 75 a"),
        ("Between 18 and 65 years of age", "age >= 18 a and age <= 65 a"),
        ("Adults older than 17 years", "age > 17 a"),
        ("≥18 and ≤70 years old, both sexes", "age >= 18 a and age <= 70 a"),
        ("Children aged 6 months to 12 years", "age >= 0.5 a and age <= 12 a"),
        ("at least 18 years of age at the time of signing the informed consent", "age >= 18 a"),
        # performance and prognosis
        ("ECOG≤3;", "ecog <= 3"),
        ("Eastern Cooperative Oncology Group (ECOG) performance status 0-1", "ecog in {0, 1}"),
        ("ECOG PS 0~2", "ecog in {0, 1, 2}"),
        ("Have a performance status of 0 or 1 on the ECOG performance scale", "ecog in {0, 1}"),
        (
            "Life expectancy of ≥ 12 weeks in the opinion of the investigator",
            "life_expectancy >= 84 d",
        ),
        (
            "hepatic transaminases (AST and ALT) ≤ 2.5 × ULN",
            "ast <= 2.5 x ULN and alt <= 2.5 x ULN",
        ),
        ("Karnofsky performance status ≥ 60%", "karnofsky >= 60"),
        ("Karnofsky or Lansky score ≥ 50", "karnofsky >= 50 or lansky >= 50"),
        ("Life expectancy of at least 12 weeks", "life_expectancy >= 84 d"),
        ("Expected survival time ≥ 3 months;", "life_expectancy >= 3 mo"),
        # counts, in all their spellings
        ("ANC ≥ 1,500/mm3", "anc >= 1.5 10*9/L"),
        ("Absolute neutrophil count (ANC) ≥ 1.5 x 10^9/L", "anc >= 1.5 10*9/L"),
        ("Neutrophils > 1.5x109/L", "anc > 1.5 10*9/L"),
        ("ANC at least 1.5×10⁹/L", "anc >= 1.5 10*9/L"),
        ("Platelets ≥ 100 000/µL", "platelets >= 100 10*9/L"),
        ("platelet count of 100 K/uL or greater", "platelets >= 100 10*9/L"),
        ("PLT ≥ 75 G/L", "platelets >= 75 10*9/L"),
        ("Hemoglobin ≥ 90 g/L", "haemoglobin >= 9 g/dL"),
        ("Hb ≥ 9 g/dL (≥ 90 g/L)", "haemoglobin >= 9 g/dL"),
        # chemistry and its limits
        ("ALT < 2.5 × ULN", "alt < 2.5 x ULN"),
        (
            "AST and ALT not more than 3 times the upper limit of normal (ULN)",
            "ast <= 3 x ULN and alt <= 3 x ULN",
        ),
        ("ALT/AST ≤2.5 ULN", "alt <= 2.5 x ULN and ast <= 2.5 x ULN"),
        ("alanine aminotransferase (ALT/SGPT) =< 3 x institutional ULN", "alt <= 3 x ULN"),
        (
            ("liver function <2 times the upper limit of ALT and <1.5 times the upper limit of "
            "total bilirubin, no active hepatitis;"),
            "alt < 2 x ULN and total_bilirubin < 1.5 x ULN and not active_hepatitis",
        ),
        ("Serum creatinine <1.5 mg / dl", "creatinine < 1.5 mg/dL"),
        ("creatinine ≤ 132.6 umol/L", "creatinine <= 1.5 mg/dL"),
        (
            "Creatinine ≤ 1.5 mg/dL or creatinine clearance ≥ 50 mL/min by Cockcroft-Gault formula",
            "creatinine <= 1.5 mg/dL or creatinine_clearance >= 50 mL/min",
        ),
        ("eGFR > 60 mL/min/1.73 m2", "egfr > 60 mL/min/{1.73_m2}"),
        ("INR ≤ 1.5", "inr <= 1.5"),
        ("FEV1/FVC < 70%", "fev1_fvc < 70 %"),
        ("FEV1/FVC < 0.7", "fev1_fvc < 70 %"),
        # organs
        ("LVEF ≥ 50% by echocardiography or MUGA", "lvef >= 50 %"),
        ("indoor fingertip blood oxygen saturation ≧ 92%", "spo2 >= 92 %"),
        ("Oxygen saturation > 92% on room air", "spo2 > 92 %"),
        (
            "Heart: no arrhythmia and LVEF≥50% and no pericardial effusion",
            "not arrhythmia and lvef >= 50 % and not pericardial_effusion",
        ),
        ("No arrhythmia or pericardial effusion", "not arrhythmia and not pericardial_effusion"),
        # windows
        (
            "Platelets ≥ 50 x 10^9/L within 14 days prior to enrollment",
            "platelets >= 50 10*9/L within 14 days before enrollment",
        ),
        (
            "Within 4 weeks before the first dose: ALT < 3 x ULN and AST < 3 x ULN",
            'alt < 3 x ULN and ast < 3 x ULN within 28 days before "first dose"',
        ),
        (
            "The interval between re-induction therapy and NK cell therapy is at least 2 weeks",
            'time_since_reinduction >= 14 d at "NK cell therapy"',
        ),
        # disease
        ("Patients with acute myeloid leukemia (AML)", "aml"),
        ("MDS-RAEB, MDS-AML, MPD-AML;", "mds_raeb or mds_aml or mpd_aml"),
        (
            ("Relapsed and refractory AML: non-remission after induction chemotherapy, or relapse "
            "after remission, or MRD positive"),
            "refractory_disease or relapsed_disease or mrd_positive",
        ),
        ("HBsAg negative", "not hbsag_positive"),
        ("Negative pregnancy test at screening", "pregnancy_test == negative"),
        # consent
        ("Able and willing to provide written informed consent", "informed_consent"),
        ("Signed informed consent and willing to comply with study procedures",
         "informed_consent and able_to_comply"),
        (
            ("All patients and donors are willing to join this clinical trial and sign informed "
            "consent."),
            "informed_consent and donor_informed_consent",
        ),
    ],
)  # fmt: skip
def test_an_inclusion_is_read(text: str, rule: str) -> None:
    one = read(text)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, Status.COMPUTABLE)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Pregnant or breastfeeding women", "pregnant or breastfeeding"),
        ("Pregnancy and lactation", "pregnant or breastfeeding"),
        ("Have received bone marrow or organ transplant;", "prior_hsct or prior_organ_transplant"),
        ("HIV, HBV or HCV infection", "hiv or hepatitis_b or hepatitis_c"),
        ("Active hepatitis B or C", "active_hepatitis_b or active_hepatitis_c"),
        ("Known history of human immunodeficiency virus (HIV) infection", "hiv"),
        (
            "Those who received other cell treatments such as DLI, CMV-CTL, EBV-CTL;",
            "prior_dli or prior_cmv_ctl or prior_ebv_ctl or prior_other_cell_therapy",
        ),
        ("Chest CT showing pulmonary inflammation", "pulmonary_inflammation"),
        ("Patients with extramedullary recurrence;", "extramedullary_relapse"),
        ("Age < 18 and > 75 years", "age < 18 a or age > 75 a"),
        ("AST or ALT > 3 x ULN", "ast > 3 x ULN or alt > 3 x ULN"),
        ("Creatinine > 2.0 mg/dL, INR > 1.5", "creatinine > 2 mg/dL or inr > 1.5"),
        (
            "Major surgery or radiotherapy within 4 weeks before enrollment",
            "major_surgery or received_radiotherapy within 28 days before enrollment",
        ),
        ("Allergic to any of the study drugs or their excipients", "allergy_to_study_drug"),
        ("Inability to give informed consent", "not informed_consent"),
        (
            "Unable to sign informed consent or to comply with the protocol",
            "not informed_consent or not able_to_comply",
        ),
        ("NYHA class III or IV heart failure", "nyha_class in {3, 4}"),
    ],
)
def test_an_exclusion_is_read_as_it_is_written(text: str, rule: str) -> None:
    one = read(text, excluded=True)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, Status.COMPUTABLE)


@pytest.mark.parametrize(
    ("text", "excluded", "topic"),
    [
        # a number or a unit that may be a slip, or is not there
        ("Platelets ≥ 50.000/mm3", False, "value"),
        ("Creatinine < 1,5 mg/dL", False, "value"),
        ("ANC ≥ 1500", False, "unit"),
        ("Hemoglobin ≥ 9", False, "unit"),
        ("Albumin ≥ 2.5 mg/dL", False, "implausible"),
        ("Platelets ≥ 100,000 x 10^9/L", False, "implausible"),
        # signs that records lose
        ("Age = 18 years", False, "readings"),
        ("ECOG 0 or 2", False, "readings"),
        # "or" where each must be good, "and" where any may be bad
        ("AST or ALT ≤ 3 x ULN", False, "readings"),
        ("AST and ALT > 3 x ULN", True, "readings"),
        ("WBC ≥ 3,000/uL or ≤ 14,000/uL", False, "readings"),
        ("no arrhythmia or LVEF ≥ 50%", False, "readings"),
        # months as days, a window before nothing
        ("Major surgery within 6 months before enrollment", True, "calendar"),
        ("Radiotherapy within the last 28 days", True, "no_anchor"),
        # a double negation
        ("No active infection", True, "contrary"),
        ("Platelets ≥ 100 x 10^9/L", True, "contrary"),
        ("Written informed consent", True, "contrary"),
        ("Asthma or major surgery within 4 weeks before enrollment", True, "readings"),
    ],
)
def test_a_doubtful_reading_is_a_question_and_not_a_rule(
    text: str, excluded: bool, topic: str
) -> None:
    one = read(text, excluded=excluded)
    # Where a number or its unit is in doubt, there is nothing to compare with.
    no_number = topic in {"value", "unit", "implausible"} or " = " in text
    assert one.status is (Status.UNREAD if no_number else Status.PARTLY)
    assert topic in {question.topic for question in one.questions}
    assert bool(one.atoms) != no_number


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("History of pneumonia", True),  # not the same as having it
        ("Uncontrolled asthma", True),
        ("Women with asthma", False),
        ("History of arrhythmia or diabetes", True),
        ("Active hepatitis B or hepatitis C", True),  # is the second one active as well?
        ("No arrhythmia and pneumonia", False),
        ("Patients may have received prior radiotherapy", False),
        ("LVEF < 1 x ULN", True),
        ("Consent to storage of samples for genetic research", False),
        ("Hypersensitivity to penicillin", True),
        ("Biopsy-proven disease", False),
    ],
)
def test_what_is_not_understood_is_not_read(text: str, excluded: bool) -> None:
    one = read(text, excluded=excluded)
    assert one.status is Status.UNREAD
    assert one.rule is None
    assert [question.topic for question in one.questions] == ["not_understood"]
    assert one.text == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "AML patients receiving standard induction and consolidation chemotherapy;",
            'aml and unread "receiving standard induction and consolidation chemotherapy"',
        ),
        (
            "ALT ≤ 3 x ULN, unless liver metastases are present",
            'alt <= 3 x ULN or unread "unless liver metastases are present"',
        ),
        (
            "History of other malignant tumors <5 years (except cured basal cell carcinoma)",
            'time_since_other_malignancy < 5 a or unread "(except cured basal cell carcinoma)"',
        ),
    ],
)
def test_what_stands_by_itself_is_kept_and_the_rest_stays_words(text: str, rule: str) -> None:
    one = read(text)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, Status.PARTLY)
    assert one.questions


@pytest.mark.parametrize(
    "text",
    [
        "Researchers do not consider it appropriate to participate in this trial.",
        "Any condition that, in the opinion of the investigator, would interfere with the study",
        "Other reasons for which the investigator deems the patient unsuitable",
    ],
)
def test_a_judgement_is_one_only_where_nothing_else_is_said(text: str) -> None:
    assert read(text, excluded=True).status is Status.JUDGEMENT
    factual = "Uncontrolled hypertension in the opinion of the investigator"
    assert read(factual, excluded=True).status is not Status.JUDGEMENT


def test_a_vague_anchor_is_asked_and_read() -> None:
    one = read("SpO2 ≥ 92% within 14 days before treatment")
    assert one.status is Status.COMPUTABLE
    assert [question.topic for question in one.questions] == ["anchor"]


def test_the_upper_limit_of_what() -> None:
    one = read(
        "serum creatinine <1.5 mg/dl; or if serum creatinine exceeds the upper limit, "
        "CrCl should be > 50 ml/min"
    )
    assert one.logic == "or"
    assert [question.topic for question in one.questions] == ["upper_limit"]
    assert one.questions[0].words["limit"] == "1.5 mg/dL"


def test_questions_point_at_their_words() -> None:
    text = "Exclusion Criteria:\n\n1. HBV carriers;\n2. Age\\> = 75 years and \\<3 friends"
    criteria = read_criteria(text)
    for one in criteria:
        for question in one.questions:
            assert question.span is not None
            start, end = question.span
            assert text[start:end]
    assert criteria["E1"].questions[0].span == (text.index("HBV"), text.index(";"))


def fields(text: str, **limits: str) -> Criteria:
    return read_criteria(f"Inclusion Criteria:\n\n* {text}", **limits)


def test_structured_fields_are_criteria_and_are_compared() -> None:
    both = fields("Age ≥ 18 years", minimum_age="18 Years", maximum_age="75 Years", sex="ALL")
    assert write_rule(both["S.age"].rule) == "age >= 18 a and age <= 75 a"  # type: ignore[arg-type]
    assert [question.topic for question in both["S.age"].questions] == ["age_upper"]
    assert [one.id for one in both] == ["S.age", "I1"]
    differs = fields("Age 21 to 75 years", minimum_age="18 Years", maximum_age="75 Years")
    assert [question.topic for question in differs["S.age"].questions] == ["age_differs"]
    same = fields("Age 18 to 75 years", minimum_age="18 Years", maximum_age="75 Years")
    assert same["S.age"].questions == ()
    women = fields("Informed consent", sex="FEMALE", minimum_age="6 Months")
    assert [one.id for one in women] == ["S.age", "S.sex", "I1"]
    assert write_rule(women["S.age"].rule) == "age >= 0.5 a"  # type: ignore[arg-type]
    assert write_rule(women["S.sex"].rule) == "sex == female"  # type: ignore[arg-type]
    assert list(read_criteria(None)) == []
    assert [one.id for one in fields("Consent", minimum_age="N/A")] == ["I1"]


def test_a_bare_age_is_in_years_where_the_record_says_so() -> None:
    assert read("Age 18-75", minimum_age="18 Years").status is Status.COMPUTABLE
    assert read("Age 18-75").status is Status.PARTLY


def test_a_diagnosis_after_another_is_perhaps_an_alternative() -> None:
    criteria = read_criteria(
        "Inclusion Criteria:\n\n1. AML patients\n2. Age ≥ 18 years\n3. Refractory disease\n"
        "4. MDS-RAEB, MDS-AML\n5. Multiple myeloma"
    )
    assert str(criteria.root) == "(I1 and I3) or I4 or I5"
    assert [question.topic for question in criteria["I4"].questions] == ["alternative"]
    assert criteria["I4"].questions[0].choices == ("(I1 and I3) or I4 or I5", "all required")
    assert [one.id for one in criteria.required] == ["I2"]
