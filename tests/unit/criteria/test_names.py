"""Names of what is measured: abbreviated, British, with a slip or an addition."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader import read_criteria
from trialrun.criteria.text_reader.spelling import well_spelt
from trialrun.criteria.text_reader.words import read_tokens


def _names(text: str) -> list[str]:
    found: list[str] = []
    for one in read_criteria(f"Inclusion Criteria:\n\n* {text}"):
        atoms = () if one.span is None else (*one.atoms, *(other.atom for other in one.mentioned))
        found.extend(atom.variable for atom in atoms if isinstance(atom, Comparison))
    return found


@pytest.mark.parametrize(
    ("name", "value", "variable"),
    [
        ("hemaglobin", "9 g/dL", "haemoglobin"),
        ("Haemoglobine", "9 g/dL", "haemoglobin"),
        ("platlets", "100 x 10^9/L", "platelets"),
        ("creatnine", "1.5 mg/dL", "creatinine"),
        ("serum creatine", "1.5 mg/dL", "creatinine"),
        ("creatinine clearence", "60 mL/min", "creatinine_clearance"),
        ("bilirrubin", "2 mg/dL", "total_bilirubin"),
        ("hematochrit", "30 %", "haematocrit"),
        ("distolic blood pressure", "90 mmHg", "diastolic_bp"),
        ("diastolic arterial blood pressure", "90 mmHg", "diastolic_bp"),
        ("mean arterial blood pressure", "65 mmHg", "mean_arterial_pressure"),
        ("N-terminal pro-B-type natriuretic peptide", "600 pg/mL", "nt_probnp"),
        ("NTproBNP", "600 pg/mL", "nt_probnp"),
        ("oestradiol", "30 pg/mL", "estradiol"),
        ("apnoea-hypopnoea index", "15", "ahi"),
        ("hypoalbuminemia", "2.5 g/dL", "albumin"),
        ("γ-glutamyltransferase", "100 U/L", "ggt"),
        ("Tiffeneau index", "70 %", "fev1_fvc"),
        ("birth weight (BW)", "1500 g", "birth_weight"),
        ("QTc-F", "450 ms", "qtcf"),
        ("CD4 T lymphocytes", "200 cells/mm3", "cd4_count"),
        ("Glasgow score", "9", "gcs"),
        ("mini-mental score", "24", "mmse"),
        ("NIH stroke score", "6", "nihss"),
        ("Karnowsky index", "70", "karnofsky"),
    ],
)
def test_name_is_known_however_it_is_written(name: str, value: str, variable: str) -> None:
    assert _names(f"{name} ≥ {value}") == [variable]
    assert _names(f"Patients with a {name} of {value} or more") == [variable]


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("200 mg/dL or more of random capillary glucose", "glucose"),
        ("140 mmHg or more of seated clinic systolic blood pressure", "systolic_bp"),
        ("1.5 mg/dL or more of S-creatinine", "creatinine"),
    ],
)
def test_name_behind_its_limit_may_have_adjectives(text: str, variable: str) -> None:
    assert _names(text) == [variable]


def test_another_thing_behind_a_limit_is_not_its_name() -> None:
    assert _names("1.5 mg/dL or more of urine creatinine") != ["creatinine"]


@pytest.mark.parametrize("word", ["lactase", "friction", "pleasure", "transaction", "maturation"])
def test_a_word_of_its_own_is_no_slip(word: str) -> None:
    (token,) = well_spelt(read_tokens(word))
    assert token.norm == word


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("HbA1c blood test > 10.0", "hba1c"),
        ("NT-proBNP (at least >125 pg/ml)", "nt_probnp"),
        ("Creatinine clearance (CrCl), i.e. < 30 mL/min", "creatinine_clearance"),
        ("Severe anemia, i.e. hemoglobin < 8 g/dL", "haemoglobin"),
        ("Obesity, ie BMI > 30 kg/m2", "bmi"),
        ("FEV1 at Visit 1 (Screening) ≥ 80% predicted", "fev1_percent_predicted"),
        ("FEV1 at visit 2 of at least 40% predicted", "fev1_percent_predicted"),
        ("150 cm of height or greater", "height"),
        ("100 mg/dL of LDL or higher", "ldl"),
        ("Hypercholesterolemic (>240 mg/dL)", "cholesterol"),
        ("Hypertriglyceridaemic (> 400 mg/dL)", "triglycerides"),
        ("Abdominal obesity (> 88 cm)", "waist_circumference"),
        ("Life expectancy of approx. 6 months or more", "life_expectancy"),
    ],
)
def test_name_is_found_across_what_is_put_in(text: str, variable: str) -> None:
    assert _names(text) == [variable]


def test_between_may_say_that_its_ends_are_included() -> None:
    assert _names("BMI between (and including) 18 and 30 kg/m2") == ["bmi", "bmi"]
    assert _names("Between, and including, 6-12 weeks of age") == ["age", "age"]


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("T-score of at least -2.5", "t_score >= -2.5 {score}"),
        ("T-score above -2.5", "t_score > -2.5 {score}"),
        ("Patients older than 18 years (of both sexes)", "age > 18 a"),
        ("Older than 18 years (of both sexes)", "age > 18 a"),
    ],
)
def test_number_below_zero_and_age_alone(text: str, limit: str) -> None:
    one = read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]
    atoms = [*one.atoms, *(other.atom for other in one.mentioned)]
    assert [f"{a.variable} {a.op} {a.limit}" for a in atoms if isinstance(a, Comparison)] == [limit]
