"""Limits for one sex, of how long something lasted, of what is counted, and below zero."""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criterion
from trialrun.criteria.nodes import Node, Presence
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def read(text: str) -> Criterion:
    return read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]


def stated(text: str) -> list[str]:
    """Every limit, in the rule or not."""
    one = read(text)
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if not isinstance(atom, Presence))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("QTcF Male<450ms; Female<470ms", ["qtcf < 450 ms", "qtcf < 470 ms"]),
        ("ESR ≤ 15 mm/h (men) or 20 mm/h (women)", ["esr <= 15 mm/h", "esr <= 20 mm/h"]),
        ("QTc interval ≥450 (male)/470(female) msec", ["qtc >= 450 ms", "qtc >= 470 ms"]),
        (
            "Waist circumference > 102 cm (males) or 88 cm (females)",
            ["waist_circumference > 102 cm", "waist_circumference > 88 cm"],
        ),
    ],
)
def test_each_sex_may_have_its_limit(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Hemoglobin ≥ 13 g/dL for men and ≥ 12 g/dL for women",
        "Hemoglobin ≥ 13 g/dL (men) or ≥ 12 g/dL (women)",
    ],
)
def test_a_limit_for_one_sex_is_in_no_rule_for_both(text: str) -> None:
    one = read(text)
    assert not one.atoms
    assert len(one.mentioned) == 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Diagnosis of asthma for at least 1 year", ["disease_duration >= 12 mo"]),
        ("Systemic corticosteroids for more than 28 days", ["steroid_duration > 28 d"]),
        (
            "Systemic corticosteroids for more than 28 days before screening",
            ["steroid_duration > 28 d"],
        ),
        (
            "At least six weeks of failed, conservative treatment",
            ["conservative_treatment >= 42 d"],
        ),
        ("Pain existing longer than one year", ["symptom_duration > 12 mo"]),
        # when something was, what was not taken, and how often it comes
        ("Systemic corticosteroids for more than 28 days after surgery", []),
        ("Systemic corticosteroids more than 28 days before screening", []),
        ("No systemic corticosteroids for at least 28 days", []),
        ("Hives for > 3 days in a 7-day period", []),
    ],
)
def test_how_long_something_lasted_is_no_window(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("T-score of less than -2.5", ["t_score < -2.5"]),
        ("Toxicities have not recovered to CTCAE v5.0 grade ≤ 1", ["toxicity_grade > 1"]),
        ("Toxicities have recovered to CTCAE v5.0 grade ≤ 1", ["toxicity_grade <= 1"]),
        ("Aged 6 to < 12 years", ["age < 12 a", "age >= 6 a"]),
        ("18 years inclusive or older", ["age >= 18 a"]),
        ("At least 1 prior platinum-based chemotherapeutic regimen", ["prior_lines >= 1"]),
        ("Alcohol test of somebody (AUDIT) score of 8 or higher", ["audit >= 8"]),
        ("HCV RNA ≥ 10 ³ copies/mL", ["hcv_rna_copies >= 1000 {copies}/mL"]),
        ("HBV DNA > 1000 IU/mL or > 2500 copies/mL",
         ["hbv_dna > 1000 [IU]/mL", "hbv_dna_copies > 2500 {copies}/mL"]),
        # ages of something or somebody else
        ("An MRI less than 6 months old", []),
        ("Parent who is at least 18 years old", []),
        (
            "Sudden death under 40 years of age in first-degree relatives",
            ["own_age_at_sudden_death_time < 40 a"],
        ),
        ("Women of childbearing age, at least 6 months after injection", []),
    ],
)  # fmt: skip
def test_forms_of_limits(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NYHA class III or class IV", ["nyha_class in {3, 4}"]),
        (
            "Participants who have not received at least 3 months of conservative treatment",
            ["conservative_treatment < 3 mo"],
        ),
        ("Methotrexate up to 25 mg once a week", ["methotrexate_dose <= 25 mg/wk"]),
        (
            "Has not reached a postmenopausal state (≥ 12 continuous months of amenorrhea)",
            ["time_since_menopause >= 12 mo"],
        ),
        ("Oral immunotherapy for at least a year", ["immunotherapy_duration >= 12 mo"]),
        ("History of daily oral steroids for > 1 month", ["steroid_duration > 1 mo"]),
        ("Long-term (≥ 30 days) steroid treatment", ["steroid_duration >= 30 d"]),
        ("Melanoma diagnosed at least 12 months before screening", []),
        (
            "Inhaled corticosteroids for at least 6 months",
            ["own_inhaled_corticosteroids_duration_time >= 6 mo"],
        ),
        ("Average pain over 7 days", []),
    ],
)
def test_what_is_denied_or_taken(text: str, found: list[str]) -> None:
    assert stated(text) == found


def test_a_comma_does_not_join_limits_of_two_things() -> None:
    found = ["ecog <= 1", "prior_lines >= 1"]
    assert stated("ECOG PS ≤ 1, at least 1 prior line of therapy") == found
    found = ["ecog <= 1", "measurable_lesions >= 1"]
    assert stated("At least one measurable lesion and ECOG ≤ 1") == found
    assert stated("Toxicity of CTCAE v 5.0 grade ≥ 2") == ["toxicity_grade >= 2"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("NAS ≥ 4 with ≥ 1 in each component", ["nas >= 4"]),
        (
            "NCS > 1 with at least one of the following symptoms",
            ["nasal_congestion_score > 1"],
        ),
    ],
)
def test_a_number_of_several_is_no_second_limit(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Less than 50 years of age at the time of migraine onset", ["age_at_onset < 50 a"]),
        ("Females ≥ 45 kg and males ≥ 50 kg", ["weight >= 45 kg", "weight >= 50 kg"]),
        ("≥ 45 kg for females", ["weight >= 45 kg"]),
        (
            "Urine output of at least 0.5 mL/kg/h",
            ["own_urine_output_ml_per_kg_per_h >= 0.5 mL/kg/h"],
        ),
        ("Steatosis grade S2 or S3", ["steatosis_grade in {2, 3}"]),
        ("Fibrosis stage F2 or F3", ["fibrosis_stage in {2, 3}"]),
        ("4 to 14 migraine days per month", ["migraine_days <= 14 /mo", "migraine_days >= 4 /mo"]),
        (
            "Glucocorticoids for more than three weeks in the preceding six months",
            ["steroid_duration > 21 d"],
        ),
        (
            "Grass specific IgE (defined as ≥ IgE Class 2; or ≥ 0.70 kU/L)",
            ["ige_class >= 2", "specific_ige >= 0.7 k[IU]/L"],
        ),
    ],
)
def test_what_the_words_around_a_limit_tell(text: str, found: list[str]) -> None:
    assert stated(text) == found


def test_a_slip_of_the_unit_is_listed_as_written_and_asked_about() -> None:
    (one,) = read_criteria("Inclusion Criteria:\n\n* Albumin ≥ 2.5 mg/dL")
    assert one.rule is None or not one.atoms
    assert [(m.atom.variable, m.doubtful) for m in one.mentioned] == [("albumin", True)]
    assert [question.topic for question in one.questions] == ["implausible"]


def test_a_number_that_nobody_has_and_whose_unit_tells_nothing_is_none() -> None:
    (one,) = read_criteria("Inclusion Criteria:\n\n* Adequate coagulation, PTT more than 1 s")
    assert not one.atoms and not one.mentioned


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "Body mass index between 23.0 kilogram per meter square (kg/m^2) and 39.9 kg/m^2",
            "bmi >= 23 kg/m2 and bmi <= 39.9 kg/m2",
        ),
        ("Ferritin ≥ 30 ng/mL [ng/mL]", "ferritin >= 30 ug/L"),
    ],
)
def test_a_unit_written_twice_is_one(text: str, rule: str) -> None:
    (one,) = read_criteria(f"Inclusion Criteria:\n\n* {text}")
    assert one.rule is not None and write_rule(one.rule) == rule


def test_points_of_a_hundred_on_a_line_are_millimetres_with_a_question() -> None:
    (one,) = read_criteria("Inclusion Criteria:\n\n* VAS leg pain of at least 40/100 at baseline")
    (mention,) = one.mentioned
    assert (mention.atom.variable, str(mention.atom.limit)) == ("pain_vas", "40 mm")  # type: ignore[union-attr]
    assert mention.doubtful


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "Gestational age 27 0/7 to 36 6/7 weeks",
            "gestational_age >= 27 wk and gestational_age <= 258 d",
        ),
        ("Gestational age of at least 37+2 weeks", "gestational_age >= 261 d"),
        ("HDL cholesterol < 40 mg\u2044dL", "hdl < 40 mg/dL"),
        ("Fasting glucose greater 150 mg/dL", "fasting_glucose > 150 mg/dL"),
        ("HBV DNA > 2000 UI/mL", "hbv_dna > 2000 [IU]/mL"),
        ("ALT 3 times above ULN", "alt > 3 x ULN"),
        ("ALT > 3 times higher than the ULN", "alt > 3 x ULN"),
        ("Prothrombin time < 40%", "pt_percent < 40 %"),
    ],
)  # fmt: skip
def test_limits_as_other_trials_write_them(text: str, rule: str) -> None:
    (one,) = read_criteria(f"Inclusion Criteria:\n\n* {text}")
    assert one.rule is not None and write_rule(one.rule) == rule


def test_an_amount_that_says_more_needs_no_sign() -> None:
    assert stated("AST or ALT is five times higher than the upper limit of normal") == [
        "alt > 5 x ULN", "ast > 5 x ULN",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Prior radiotherapy dose > 4500 cGy", ["radiation_dose > 45 Gy"]),
        ("Prior radiotherapy dose > 45 Gy", ["radiation_dose > 45 Gy"]),
        ("HCV RNA > 5 log10 IU/mL", ["hcv_rna > 100000 [IU]/mL"]),
        ("HBV DNA > 4.5 log IU/mL", []),
        ("HBV DNA > 2000 IU/mL", ["hbv_dna > 2000 [IU]/mL"]),
    ],
)
def test_a_hundredth_and_a_logarithm_are_not_the_unit_itself(text: str, found: list[str]) -> None:
    assert stated(text) == found
