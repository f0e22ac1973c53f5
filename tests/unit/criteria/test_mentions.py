"""Comparisons anywhere in a sentence: read where it is sure, and in the rule only where they hold.

The sentences are written for this test, in the ways that registry records write them.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialrun.criteria.criterion import Criterion, Status
from trialrun.criteria.listing import list_criteria
from trialrun.criteria.nodes import Node, atoms
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def read(text: str, *, excluded: bool = False) -> Criterion:
    heading = "Exclusion" if excluded else "Inclusion"
    return read_criteria(f"{heading} Criteria:\n\n* {text}")["E1" if excluded else "I1"]


def stated(one: Criterion) -> list[str]:
    """Every atom, in the rule or not, in the order of the text."""
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "Hemoglobin ≥ 9 g/dL without transfusion support",
            'haemoglobin >= 9 g/dL and unread "without transfusion support"',
        ),
        (
            "Healthy volunteers aged 18 to 45 years",
            'unread "Healthy volunteers" and age >= 18 a and age <= 45 a',
        ),
        (
            "Left ventricular ejection fraction ≥ 50% measured by radionuclide ventriculography",
            'lvef >= 50 % and unread "measured by radionuclide ventriculography"',
        ),
    ],
)
def test_what_holds_is_in_the_rule_and_the_rest_stays_words(text: str, rule: str) -> None:
    one = read(text)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, Status.PARTLY)
    assert one.questions and not one.mentioned


@pytest.mark.parametrize(
    ("text", "excluded", "found"),
    [
        # alternatives, conditions, exceptions: stated, and in no rule as if they held
        (
            "AST or ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases are present)",
            False,
            ["alt <= 2.5 x ULN", "alt <= 5 x ULN", "ast <= 2.5 x ULN", "ast <= 5 x ULN"],
        ),
        (
            "Adequate reserve, ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases), INR ≤ 1.5",
            False,
            ["alt <= 2.5 x ULN", "alt <= 5 x ULN", "inr <= 1.5"],
        ),
        (
            "Uncontrolled hypertension (systolic > 160 mmHg or diastolic > 100 mmHg), or asthma",
            True,
            ["diastolic_bp > 100 mm[Hg]", "systolic_bp > 160 mm[Hg]"],
        ),
        ("Cohort 2: ALT < 3 x ULN", False, ["alt < 3 x ULN"]),
        (
            "For women of childbearing potential: hemoglobin ≥ 10 g/dL",
            False,
            ["haemoglobin >= 10 g/dL"],
        ),
        ("Toxicity of grade 2 or higher from earlier treatment", True, ["toxicity_grade >= 2"]),
        ("Heart failure of class III-IV by NYHA", True, ["nyha_class in {3, 4}"]),
        ("Heart failure, NYHA III-IV, in the past year", True, ["nyha_class in {3, 4}"]),
        ("Cirrhosis (Child-Pugh B or C), decompensated", True, ["child_pugh_class in {B, C}"]),
        ("More than 2 prior lines of therapy for metastatic disease", True, ["prior_lines > 2"]),
        ("Those who smoked > 10 pack-years and still cough", True, ["pack_years > 10 {pack}.a"]),
        (
            "Blood pressure > 140/90 mmHg in spite of drugs",
            True,
            ["diastolic_bp > 90 mm[Hg]", "systolic_bp > 140 mm[Hg]"],
        ),
        ("Patients over the age of 75 who live alone", True, ["age > 75 a"]),
        (
            "No ALT above 3 x ULN in the weeks before, whatever its cause",
            False,
            ["alt <= 3 x ULN"],
        ),
        (
            (
                "Hemoglobin, platelets and ANC of at least 9 g/dL, 100 x 10^9/L and 1.5 x 10^9/L, "
                "respectively, unless explained"
            ),
            False,
            ["anc >= 1.5 10*9/L", "haemoglobin >= 9 g/dL", "platelets >= 100 10*9/L"],
        ),
        ("Platelets ≥ 100.000/mm3 unless explained", False, ["platelets >= 100 10*9/L"]),
        ("life expectancy of three (3) months at least or so", False, ["life_expectancy >= 3 mo"]),
    ],
)
def test_what_is_stated_is_listed_where_the_sentence_is_not_understood(
    text: str, excluded: bool, found: list[str]
) -> None:
    one = read(text, excluded=excluded)
    assert stated(one) == found
    assert one.status in {Status.PARTLY, Status.UNREAD}
    assert one.questions


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("Weight loss > 10 kg of what they weighed, unexplained cough", True),
        ("Platelet transfusion > 2 units in the last week", True),
        ("Urine creatinine > 3 mg/dL in a morning sample", True),
        ("Received COVID-19 vaccine type 2 within 14 days", True),
        ("Major surgery within 4 weeks, or 5 half-lives of a drug", True),
    ],
)
def test_another_thing_is_not_taken_for_it(text: str, excluded: bool) -> None:
    named = {mention.atom.variable for mention in read(text, excluded=excluded).mentioned}
    assert not named & {"weight", "platelets", "creatinine", "age"}


@pytest.mark.parametrize(
    ("text", "excluded", "rule", "status"),
    [
        (
            "ALT and AST ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases are present)",
            False,
            (
                "if liver_metastases then alt <= 5 x ULN and ast <= 5 x ULN "
                "else alt <= 2.5 x ULN and ast <= 2.5 x ULN"
            ),
            Status.COMPUTABLE,
        ),
        (
            "ALT or AST > 2.5 x ULN (> 5 x ULN in the presence of hepatic metastases)",
            True,
            (
                "if liver_metastases then alt > 5 x ULN or ast > 5 x ULN "
                "else alt > 2.5 x ULN or ast > 2.5 x ULN"
            ),
            Status.COMPUTABLE,
        ),
        (
            "Platelets ≥ 100 x 10^9/L (≥ 50 x 10^9/L if the marrow is packed)",
            False,
            (
                'if unread "the marrow is packed" then platelets >= 50 10*9/L '
                "else platelets >= 100 10*9/L"
            ),
            Status.PARTLY,
        ),
        (
            "ALT ≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)",
            True,
            "if liver_metastases then alt <= 5 x ULN else alt <= 2.5 x ULN",
            Status.PARTLY,  # excludes who is sound
        ),
    ],
)
def test_a_second_limit_under_a_condition_is_a_conditional_rule(
    text: str, excluded: bool, rule: str, status: Status
) -> None:
    one = read(text, excluded=excluded)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, status)
    assert not one.mentioned


def test_two_readings_of_a_limit_are_a_question() -> None:
    one = read("ALT ≤ 2.5 - 5 x ULN whatever its cause")
    assert stated(one) == []
    assert "readings" in {question.topic for question in one.questions}


def test_a_number_without_unit_is_asked_about_and_marked() -> None:
    text = "Inclusion Criteria:\n\n* Platelets ≥ 100,000 unless explained"
    listed = list_criteria(read_criteria(text))[0]
    assert isinstance(listed, dict)
    assert listed["atoms"] == [
        {
            "variable": "platelets", "op": ">=", "value": "100", "unit": "10*9/L",
            "anchor": None, "window_days": None, "in_rule": False, "doubtful": True,
        }
    ]  # fmt: skip
    one = read_criteria(text)["I1"]
    assert text[slice(*one.mentioned[0].span)] == "Platelets ≥ 100,000"


def test_a_limit_of_something_unknown_is_listed_in_the_texts_own_words() -> None:
    text = "Inclusion Criteria:\n\n* Wobbles of at least 7, whatever their cause"
    listed = list_criteria(read_criteria(text))[0]
    assert isinstance(listed, dict)
    assert listed["unnamed"] == [{"words": "Wobbles", "op": ">=", "value": "7", "unit": ""}]
    assert listed["atoms"] == [] and listed["status"] == "unread"
    window = list_criteria(read_criteria("Inclusion Criteria:\n\n* Surgery within 4 weeks before"))[
        0
    ]
    assert isinstance(window, dict)
    assert "unnamed" not in window


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("UAS7 score (range 0 - 42) ≥ 16 whatever its cause", ["uas7 >= 16"]),
        ("Platelets =/>50 x 10^9/L whatever their cause", ["platelets >= 50 10*9/L"]),
        ("Boys 6 months' old or older, who cough", ["age >= 0.5 a"]),
        ("A fall in FEV1 of at least 20% whatever its cause", ["fev1_fall >= 20 %"]),
        ("Prothrombin time > ULN + 4 seconds whatever its cause", []),
        ("Toxicity by CTCAE 5.0 whatever its cause", []),
        ("Chronic kidney disease (CKD) of more than stage 4", ["ckd_stage > 4"]),
        ("Antibiotic treatment up to 30 days before the study", []),
        ("0.3 mIU/L ≤ TSH whatever its cause", ["tsh >= 0.3 m[IU]/L"]),
        (
            "Corticosteroids at more than 10 mg of prednisone daily",
            ["corticosteroid_dose > 10 mg/d"],
        ),
        ("Adults, 18 years or older, who cough", ["age >= 18 a"]),
        ("Mothers < 18 years of age", ["maternal_age < 18 a"]),
        ("Patients over 2 years after surgery", []),
        ("QTc (Fridericia) > 480 msec whatever its cause", ["qtcf > 480 ms"]),
        ("Hypertension ≥ 160 mmHg (systolic) or ≥ 100 mmHg (diastolic)",
         ["diastolic_bp >= 100 mm[Hg]", "systolic_bp >= 160 mm[Hg]"]),
        ("Presence of severe chronic kidney disease (CKD) grades 4 and 5", ["ckd_stage in {4, 5}"]),
        ("Leg pain on one side for 6 weeks or more but 1 year or less",
         ["symptom_duration <= 12 mo", "symptom_duration >= 42 d"]),
        (
            "Free of symptoms of asthma for at least one week",
            ["own_free_of_symptom_duration_time >= 7 d"],
        ),
        ("History of asthma for at least 1 year", ["disease_duration >= 12 mo"]),
        (
            "Stage IIIB-IV NSCLC",
            ["disease_stage in {IIIB, IIIC, IIIC1, IIIC2, IIID, IV, IVA, IVB, IVC}"],
        ),
    ],
)  # fmt: skip
def test_forms_that_mislead(text: str, found: list[str]) -> None:
    assert stated(read(text, excluded=True)) == found


_TEXT = """ALT AST ≤ ≥ > < = 2.5 1,5 50.000 100 x ULN mg/dL ( ) , ; : and or not no if unless - to
    between age years old ECOG 0 1 grade III Child-Pugh B within 14 days before at least 2
    prior lines 10^9/L platelets hemoglobin g/dL % respectively NYHA /mm3 & / more ↑ 岁 ≧
    blood pressure 140/90"""
_WORDS = st.sampled_from(_TEXT.split())


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, min_size=1, max_size=30), st.booleans())
def test_no_sentence_of_such_words_fails_and_rules_are_rules(
    words: list[str], excluded: bool
) -> None:
    text = f"{'Exclusion' if excluded else 'Inclusion'} Criteria:\n\n* " + " ".join(words)
    criteria = read_criteria(text)
    for one in criteria:
        said = any(sign.isalnum() for sign in one.text)
        assert one.questions or one.status in {Status.COMPUTABLE, Status.JUDGEMENT} or not said
        for mention in one.mentioned:
            assert one.span is not None
            assert one.span[0] <= mention.span[0] < mention.span[1] <= one.span[1]
            assert list(atoms(mention.atom)) == [mention.atom]
        if one.rule is not None:
            assert read_rule(write_rule(one.rule)) == one.rule
    assert len(list_criteria(criteria)) == len(criteria)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_no_text_fails(text: str) -> None:
    list_criteria(read_criteria(text))
