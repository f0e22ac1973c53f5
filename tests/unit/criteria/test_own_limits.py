"""Limits of what no variable of the vocabulary is: the study's own variables, or nothing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialrun.criteria.criterion import Criterion, Status
from trialrun.criteria.explain import ask
from trialrun.criteria.listing import list_criteria
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria
from trialrun.vocabulary.table import variables


def read(text: str, *, excluded: bool = False) -> Criterion:
    section = "Exclusion" if excluded else "Inclusion"
    return read_criteria(f"{section} Criteria:\n\n* {text}")["E1" if excluded else "I1"]


def stated(one: Criterion) -> list[str]:
    """What a criterion compares, in its rule or beside it."""
    found = {write_rule(atom) for atom in one.atoms if hasattr(atom, "limit")}
    return sorted(found | {write_rule(mention.atom) for mention in one.mentioned})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the name in front
        ("Wobble index of at least 7", ["own_wobble_index_score >= 7"]),
        ("A wobble score (range 0 - 12) at screening ≥ 4 points", ["own_wobble_score >= 4"]),
        (
            "Distance between the puddle and the doorstep is ≤ 5 mm",
            ["own_distance_between_puddle_and_doorstep_cm <= 5 mm"],
        ),
        (
            "Thickness of the pancake stack: 12 - 30 mm",
            [
                "own_thickness_of_pancake_stack_cm <= 30 mm",
                "own_thickness_of_pancake_stack_cm >= 12 mm",
            ],
        ),
        ("Nail growth rate > 20 %", ["own_nail_growth_rate_percent > 20 %"]),
        ("Serum snarkin > 50 nmol/L", ["own_serum_snarkin_umol_per_l > 50 nmol/L"]),
        ("Dose of snarkumab ≥ 200 mcg/day", ["own_dose_of_snarkumab_mg_per_day >= 200 ug/d"]),
        ("Snarkumab up to 2 mg/kg/day", ["own_snarkumab_mg_per_kg <= 2 mg/kg/d"]),
        ("A yawn frequency of > 3 per minute", ["own_yawn_frequency_per_min > 3 /min"]),
        ("Volume of the hidden pouch ≥ 40 mL", ["own_volume_of_hidden_pouch_ml >= 40 mL"]),
        ("Wobble titre ≥ 8", ["own_wobble_titre_count >= 8"]),
        ("Snark to wobble ratio < 0.4", ["own_snark_to_wobble_ratio < 0.4"]),
        ("Patients with whisker burden > 30%", ["own_whisker_burden_percent > 30 %"]),
        # a grade of something that is no adverse event
        ("Wobble grade 3 or higher", ["own_wobble_grade_level >= 3"]),
        ("Gastric fistula of grade 3 or higher", ["own_gastric_fistula_grade_level >= 3"]),
        ("Grade ≥ 2 gastric fistula", ["own_gastric_fistula_grade_level >= 2"]),
        ("Snark wall thicker than 4 mm", ["own_snark_wall_cm > 4 mm"]),
        ("Cave size > 50 mm", ["own_cave_size_cm > 50 mm"]),
        ("The snark's wall is > 3 mm", ["own_snark_wall_cm > 3 mm"]),
        ("Living at a low altitude (< 800 m)", ["own_altitude_cm < 800 m"]),
        ("Puddle juice > 1 L/d", ["own_puddle_juice_ml_per_day > 1 L/d"]),
        # a scale behind the number, or known by how its name is written
        ("A score of 14 or more on the Wobble Scale", ["own_wobble_scale_score >= 14"]),
        ("A score greater than 8 on the PDQX", ["own_pdqx_score > 8"]),
        ("Scored 14 or higher on the Wobble Inventory", ["own_wobble_inventory_score >= 14"]),
        ("At least 4 on the Wobble-12", ["own_wobble_12_score >= 4"]),
        ("Total score on the Wobble Inventory ≥ 14", ["own_wobble_inventory_score >= 14"]),
        ("A minimum score of 14 on the Wobble Index", ["own_wobble_index_score >= 14"]),
        ("Wobble Index minimum score of 14", ["own_wobble_index_score >= 14"]),
        ("A minimum score of 24 on the MMSE", ["mmse >= 24"]),
        ("PDQX ≥ 14 at screening", ["own_pdqx_score >= 14"]),
        ("Brief Snark Test < 26", ["own_brief_snark_test_score < 26"]),
        (
            "Clinician Administered Snark Test < 6",
            ["own_clinician_administered_snark_test_score < 6"],
        ),
        ("Snark intensity > 4 points", ["own_snark_intensity_score > 4"]),
        ("Clinical snark rating of 4 or more", ["own_snark_rating_score >= 4"]),
        ("Item 4 of the PDQX ≥ 2", ["own_item_4_of_pdqx_score >= 2"]),
        ("Wobble Scale item 3 score ≥ 3", ["own_wobble_scale_item_3_score >= 3"]),
        ("A score of ≥ 2 on item 4 of the PDQX", ["own_pdqx_item_4_score >= 2"]),
        # how much something has changed
        ("A reduction of at least 30% in snarks", ["own_reduction_in_snarks_percent >= 30 %"]),
        ("At least a 30% reduction in snarks", ["own_reduction_in_snarks_percent >= 30 %"]),
        ("More than 50% snark reduction", ["own_snark_reduction_percent > 50 %"]),
        ("Snarks have decreased by at least 20%", ["own_decrease_in_snarks_percent >= 20 %"]),
        (
            "An improvement of at least 4 points on the Wobble Scale",
            ["own_improvement_in_wobble_scale_score >= 4"],
        ),
        ("75 % or more relief of snarks", ["own_relief_of_snarks_percent >= 75 %"]),
        ("Gained more than 5 kg", ["weight_gain_kg > 5 kg"]),
        ("A decrement of 20% or more in FEV1", ["fev1_fall >= 20 %"]),
        # as the study writes it, also of what has a variable in another unit
        ("Snark volume index > 34 mL/m2", ["own_snark_volume_index_ml_per_m2 > 34 mL/m2"]),
        ("Snark intake less than 1200 kcal/day", ["own_snark_intake_kcal_per_day < 1200 kcal/d"]),
        ("Snark hearing loss > 30 dB", ["own_snark_hearing_loss_db > 30 dB"]),
        ("Snark capture threshold over 2 V", ["own_snark_capture_threshold_volts > 2 V"]),
        ("Tidal snark volume of 6 mL/kg or more", ["own_tidal_snark_volume_ml_per_kg >= 6 mL/kg"]),
        ("CMV viremia > 1,000 IU/mL", ["own_cmv_viremia_iu_per_ml > 1000 [IU]/mL"]),
        ("PEEP of at least 5 cmH2O", ["peep >= 5 cm[H2O]"]),
        ("Snark PET SUVR > 1.1", ["own_snark_pet_suvr_score > 1.1"]),
        ("Umbilical cord pH < 7.0", ["own_umbilical_cord_ph_score < 7"]),
        ("Snark allelic ratio > 0.5", ["own_snark_allelic_ratio > 0.5"]),
        (
            "More than 20% of cells with snarkitis",
            ["own_share_of_cells_with_snarkitis_percent > 20 %"],
        ),
        ("Colon polyp between 10 and 20 mm", ["polyp_size <= 20 mm", "polyp_size >= 10 mm"]),
        ("TBX < 4500 ml", ["own_tbx_ml < 4500 mL"]),
        ("TXR < 50%", ["own_txr_percent < 50 %"]),
        ("Normal WHO snark shape > 20%", ["own_normal_who_snark_shape_percent > 20 %"]),
        ("The snark has > 50% slough", ["own_slough_percent > 50 %"]),
        ("Snark reflux > 0.5 seconds", ["own_snark_reflux_time > 0.5 s"]),
        (
            "Snark cell dose > 3 x 10^7/kg",
            ["own_snark_cell_dose_cells_per_kg > 30000000 {cells}/kg"],
        ),
        ("A graft of at least 2 x 10^6 CD34+ cells/kg", ["cd34_per_kg >= 2000000 {cells}/kg"]),
        ("A standard score < 85 on the Wobble Test", ["own_wobble_test_score < 85"]),
        # doses
        ("More than 20 mg snarkastatin", ["own_snarkastatin_dose_g > 20 mg"]),
        ("Low-dose aspirin (daily dosage ≤ 100 mg)", ["aspirin_dose <= 100 mg/d"]),
        ("Snarkumab at a dose of more than 10 mg", ["own_snarkumab_dose_g > 10 mg"]),
        ("Snarkumab at doses > 10 mg/d", ["own_snarkumab_dose_mg_per_day > 10 mg/d"]),
        ("Snarkumab with daily dose more than 120mg", ["own_snarkumab_dose_mg_per_day > 120 mg/d"]),
        ("Snarkumab (> 20 mg/day)", ["own_snarkumab_dose_mg_per_day > 20 mg/d"]),
        ("Snarkine > 100 mcg", ["own_snarkine_dose_g > 100 ug"]),
        (
            "Habitual dietary sodium intake > 3 g/d",
            ["own_habitual_dietary_sodium_intake_mg_per_day > 3 g/d"],
        ),
        ("More than 90 MME/day", ["opioid_dose > 90 mg/d"]),
        ("Insulin > 1 U/kg/day", ["insulin_dose > 1 [IU]/kg"]),
        ("Snark intake below 0.8 g/kg/day", ["own_snark_intake_mg_per_kg < 0.8 g/kg"]),
        # how far
        ("More than 60 miles from the clinic", ["own_distance_from_clinic_cm > 60 [mi_i]"]),
        ("Lives within 50 km of the lighthouse", ["own_distance_from_lighthouse_cm <= 50 km"]),
        ("Ulcers ≥ 2 cm away from the snark", ["own_distance_of_ulcers_from_snark_cm >= 2 cm"]),
        ("A distance of at least 5 mm from the rim", ["own_distance_from_rim_cm >= 5 mm"]),
        ("Closer than 3 km to the volcano", ["own_distance_from_volcano_cm < 3 km"]),
        ("A tumour located less than 2 cm from the hilum", ["tumour_distance < 20 mm"]),
        ("Involvement of up to 25 cm from the anal margin", ["anal_verge_distance <= 25 cm"]),
        ("Able to walk at least 10 metres", ["own_walking_distance_cm >= 10 m"]),
        ("Unable to walk a distance of ≥ 100 m", ["own_walking_distance_cm < 100 m"]),
        # the name behind
        ("At least 3 cm of exposed twig", ["own_exposed_twig_cm >= 3 cm"]),
        ("More than 500 mL of snark solution", ["own_snark_solution_ml > 500 mL"]),
        ("Less than 250 ml of brew per day", ["own_brew_ml_per_day < 250 mL/d"]),
        ("1 mg or less of snarkfarin", ["own_snarkfarin_dose_g <= 1 mg"]),
        ("More than 2 g of salt a day", ["own_salt_mg_per_day > 2 g/d"]),
        ("More than 10 mg of snarkumab each day", ["own_snarkumab_dose_mg_per_day > 10 mg/d"]),
        ("More than 5 cups of brew a day", ["own_cups_of_brew_per_week > 5 /d"]),
        ("> 10 mg/day of snarkumab", ["own_snarkumab_dose_mg_per_day > 10 mg/d"]),
        ("≥ 100 mg/d snarkumab", ["own_snarkumab_dose_mg_per_day >= 100 mg/d"]),
        ("At least 2 positive whisker tests", ["own_positive_whisker_test_count >= 2"]),
        ("More than 10 vials of snark serum", ["own_vials_of_snark_serum_count > 10"]),
        ("One or more snark colonies", ["own_snark_colony_count >= 1"]),
        ("At least one wobble gene mutation", ["own_wobble_gene_mutation_count >= 1"]),
        ("More than 4 nocturnal yawns per week", ["own_nocturnal_yawn_per_week > 4 /wk"]),
        ("Greater than 20% snarkin release", ["own_snarkin_release_percent > 20 %"]),
        ("At least 2 self-reported tumbles", ["own_self_reported_tumble_count >= 2"]),
        # how long
        ("A milk-free diet for at least 4 weeks", ["own_milk_free_diet_duration_time >= 28 d"]),
        ("Nonsmoker for at least 1 year", ["own_nonsmoker_duration_time >= 1 a"]),
        (
            "On the same snarkumab regimen for ≥ 12 weeks",
            ["own_same_snarkumab_regimen_duration_time >= 84 d"],
        ),
        (
            "Snarkumab therapy for at least 3 months prior to enrollment",
            ["own_snarkumab_therapy_duration_time >= 3 mo"],
        ),
        (
            "At least 6 months of snark replacement therapy",
            ["own_snark_replacement_therapy_duration_time >= 6 mo"],
        ),
        ("Symptom-free for at least 4 weeks", ["own_free_of_symptom_duration_time >= 28 d"]),
        ("Wobble duration of more than 2 hours", ["own_wobble_duration_time > 2 h"]),
        (
            "Brain metastases that have been stable for at least 4 weeks",
            ["own_brain_metastases_stable_duration_time >= 28 d"],
        ),
        (
            "Lived in a lighthouse for at least 2 years",
            ["own_lived_in_lighthouse_duration_time >= 2 a"],
        ),
        (
            "Chronic lung disease of more than 3 months duration",
            ["own_chronic_lung_disease_duration_time > 3 mo"],
        ),
        ("Nonsmoker, for at least 2 years", ["own_nonsmoker_duration_time >= 2 a"]),
        (
            "Hat with continuous service > 1 year",
            ["own_continuous_service_duration_time > 1 a"],
        ),
        # a state denied is one that has not lasted so long
        (
            "Not on maintenance treatment for at least 90 days before the visit",
            ["own_maintenance_treatment_duration_time < 90 d"],
        ),
        (
            "Lung metastases not stable for at least 4 weeks",
            ["own_lung_metastases_stable_duration_time < 28 d"],
        ),
        (
            "Sudden death under 40 years of age in a relative",
            ["own_age_at_sudden_death_time < 40 a"],
        ),
        (
            "Stable clinical symptoms for at least 4 weeks",
            ["own_stable_clinical_symptoms_duration_time >= 28 d"],
        ),
        (
            "Exposure to snarks for more than 3 months",
            ["own_exposure_to_snarks_duration_time > 3 mo"],
        ),
        # the vocabulary's own variable, where it means exactly this
        ("Snarkitis for at least 12 months", ["disease_duration >= 12 mo"]),
        ("On a stable dose of snarkumab for ≥ 8 weeks", ["stable_dose_duration >= 56 d"]),
        ("In remission for at least 6 months", ["remission_duration >= 6 mo"]),
        ("At least 2 years duration of asthma", ["disease_duration >= 24 mo"]),
        (
            "A stable daily dose of snarkumab at least 3 months prior to the visit",
            ["stable_dose_duration >= 3 mo"],
        ),
        ("On a stable dose of snarkumab for 30 days", ["stable_dose_duration >= 30 d"]),
        ("A cough for at least the last 2 years", ["symptom_duration >= 24 mo"]),
        ("Steroid treatment for a period longer than 4 weeks", ["steroid_duration > 28 d"]),
        ("Confirmed snarkitis at least 12 months before the visit", ["disease_duration >= 12 mo"]),
        (
            "Steroids combined with snarkumab or jabberase for more than 3 months",
            ["steroid_duration > 3 mo"],
        ),
        (
            "On a stable dose of snarkumab 50 mg or jabberase 20 mg for ≥ 8 weeks prior to it",
            ["stable_dose_duration >= 56 d"],
        ),
        (
            "Failed conservative treatment of pain conducted for at least 6 months",
            ["conservative_treatment >= 6 mo"],
        ),
        ("At least 6 weeks prior conservative treatment", ["conservative_treatment >= 42 d"]),
        ("Complaints started at least 3 months ago", ["symptom_duration >= 3 mo"]),
        ("No menses for 12 months without another cause", ["time_since_menopause >= 12 mo"]),
        ("In complete remission for 6 months", ["remission_duration >= 6 mo"]),
        ("Asthma diagnosed by a guideline for ≥ 1 year", ["disease_duration >= 12 mo"]),
        ("Unresolved toxicity of grade ≥ 2", ["toxicity_grade >= 2"]),
        ("Whisker thickness > 4 mm", ["own_whisker_thickness_cm > 4 mm"]),
        ("At least 40 % of the weekly chores", ["own_share_of_weekly_chores_percent >= 40 %"]),
    ],
)
def test_the_words_beside_a_limit_are_its_name(text: str, found: list[str]) -> None:
    assert stated(read(text)) == found
    assert stated(read(f"{text}, whatever its cause")) == found


@pytest.mark.parametrize(
    "text",
    [
        "Up to 20 mL of urine sample is needed",
        "Lesions that can be seen ≥ 10 mm from CT scans",
        "Walking short ways (20 - 100 m)",
        "A score of 3 or more at screening",
        "Snarkumab (20 - 40 mg/day)",
        "At least 80% of visits attended",
        "With a sensitivity of more than 90%",
        "Snarkumab > 100 units/day",
        "More than 3 portions a day",
        "A total score of 7 or more",
        "DSM-5 > 2 symptoms",
        "SNARKS AND WOBBLES IN MEN > 4",
        "A change of less than 10% in dose",
        "An increase of more than 10% from baseline",
        "Snark of at least 7",
        "Total score of at least 7",
        "Any score above 3",
        "At least one of the following wobbles",
        "Must meet at least 2 of these features",
        "At least one parent must agree",
        "Two or more visits to the clinic",
        "At least one typical or atypical snark",
        "One or more features consistent with a wobble",
        "At least one additional method of contraception",
        "At least 2 weeks apart",
        "A smart phone with iOS 13 or greater",
        "Measured by RECIST 1.1 or later",
        "Tested in the years 1999 - 2002",
        "Cohorts 1 - 4",
        "Antibody against snarks of 1:8 or more",
        "Surgery more than 3 months before the wobble",
        "At least 4 weeks since the last snarkumab",
        "A wash-out of at least 4 weeks",
        "Contraception for at least 3 months after the last dose",
        "Snarkumab for at least 3 months after surgery",
        "No snarkumab for at least 14 days before the visit",
        "Without evidence of recurrence for at least 3 years",
        "Snarks stopped for at least 7 days",
        "Follow-up for at least 12 months",
        "Willing to wear a hat for at least 10 days",
        "Agree to keep a diary for at least 2 weeks",
        "Completed curative treatment for at least 12 months",
        "Another cancer in remission for at least 5 years",
        "Rescue treatment for up to 3 days",
        "Yawning more than 3 hours per day",
        "The time elapsed is at least 5 days",
        "Patients received more than 5",
        "More than 3 patients",
        "20 % of the cells",
        "At least 20 % of the snark cells",
        "An intake of snark of more than 250 kcal",
        "Cow's milk or casein > 0.1 kU/L",
        "Fasted glucose < 126 mg/d",
        "Caregiver aged at least 18 years",
        "Mother younger than 18 years",
        "Grade II wobble by the Snark grading system",
        "Snarks and wobbles for at least 2 years",
        "Snark immunotherapy (< 4 weeks)",
        "Quit smoking more than 6 months ago",
        "Surgery started at least 3 months ago",
        "At least 6 weeks prior to treatment",
        "Snarkumab for 4 weeks",
        "Hormones at a stable dose for 3 months after the visit",
        "Unable to bear 2 - 4 weekly snarks",
        "More than one member of the same household",
        "Confirmed relapse at least 12 months before the visit",
        "Vaccination in at least the last 2 years",
        "Snark treatment more than 6 months before the visit",
        "Two acceptable forms of birth control",
        "At least one medical record",
        "Grade 3 or higher cardiovascular and other events",
    ],
)
def test_what_names_no_measured_thing_is_nothing(text: str) -> None:
    for one in (read(text), read(text, excluded=True)):
        assert [said for said in stated(one) if said.startswith("own_")] == []


@pytest.mark.parametrize(
    ("text", "excluded", "rule", "status"),
    [
        ("Wobble index ≥ 7", False, "own_wobble_index_score >= 7", Status.COMPUTABLE),
        ("Wobble index ≥ 7", True, "own_wobble_index_score >= 7", Status.COMPUTABLE),
        (
            "Patients with a wobble index between 3 and 7",
            True,
            "own_wobble_index_score >= 3 and own_wobble_index_score <= 7",
            Status.COMPUTABLE,
        ),
        ("At least 2 snark tests", False, "own_snark_test_count >= 2", Status.COMPUTABLE),
        (
            "A wobble index ≥ 7 by day",
            False,
            'own_wobble_index_score >= 7 and unread "by day"',
            Status.PARTLY,
        ),
        # nothing is sure that is denied, outside a range, an alternative, or excluded in a list
        ("Wobble index < 3 or > 7", True, 'unread "Wobble index < 3 or > 7"', Status.PARTLY),
        ("Wobble index < 3 or > 7", False, 'unread "Wobble index < 3 or > 7"', Status.PARTLY),
        ("No wobble index ≥ 7", True, 'unread "No wobble index ≥ 7"', Status.PARTLY),
        (
            "Wobble index ≥ 7 unless it is cold",
            False,
            'unread "Wobble index ≥ 7 unless it is cold"',
            Status.PARTLY,
        ),
        (
            "Snark tremor, wobble index ≥ 7",
            True,
            'unread "Snark tremor, wobble index ≥ 7"',
            Status.PARTLY,
        ),
    ],
)
def test_a_rule_holds_one_only_where_it_surely_must(
    text: str, excluded: bool, rule: str, status: Status
) -> None:
    one = read(text, excluded=excluded)
    assert one.rule is not None
    assert (write_rule(one.rule), one.status) == (rule, status)
    assert [write_rule(mention.atom) for mention in one.mentioned] or "own_" in rule


def test_what_a_rule_holds_is_asked_about_once_a_criterion() -> None:
    one = read("Wobble index ≥ 7 and yawn score ≤ 3")
    assert one.status is Status.COMPUTABLE
    own = [question for question in one.questions if question.topic == "own"]
    assert [question.id for question in own] == ["I1.own"]
    assert "wobble index, yawn" in ask(own[0], "en") and "the study's own" in ask(own[0], "en")
    assert "本研究自设变量" in ask(own[0], "zh")
    listed = list_criteria(read_criteria("Inclusion Criteria:\n\n* Wobble index ≥ 7"))[0]
    assert isinstance(listed, dict)
    assert listed["atoms"] == [
        {
            "variable": "own_wobble_index_score", "op": ">=", "value": "7", "unit": "{score}",
            "anchor": None, "window_days": None,
        }
    ]  # fmt: skip
    assert "unnamed" not in listed


def test_what_is_only_listed_is_not_asked_about() -> None:
    one = read("Tremor, wobble index ≥ 7", excluded=True)
    assert [write_rule(mention.atom) for mention in one.mentioned] == [
        "own_wobble_index_score >= 7"
    ]
    assert {question.topic for question in one.questions} == {"not_understood"}


def test_a_second_limit_is_of_another_thing() -> None:
    one = read("At least 2 snark tests, or > 3 if unsure")
    assert stated(one) == ["own_snark_test_count >= 2"]
    one = read("A mean wobble score ≥ 2 in at least 3 domains")
    assert stated(one) == ["own_domain_count >= 3", "own_mean_wobble_score >= 2"]


_TEXT = """wobble index score ≥ < 7 of at least (range 0 - 12) for 4 weeks not on a stable diet free
    symptoms , ; and or grade 3 higher positive tests per week > 20 % release before screening after
    mg/day snarkumab dose lasting duration diameter mm distance between is : to 5 x 10^9/L with
    death under 40 years treatment one or more therapies 1:8 no without history"""
_WORDS = st.lists(st.sampled_from(_TEXT.split()), min_size=2, max_size=24)
# What is said of a thing, and need not stand in its words.
_ADDED = {"duration", "dose", "grade", "share", "of", "age", "at", "free", "symptom"}


@settings(max_examples=300, deadline=None)
@given(_WORDS, st.booleans())
def test_an_own_variable_is_named_by_words_of_its_text(words: list[str], excluded: bool) -> None:
    text = " ".join(words)
    for one in read_criteria(f"{'Exclusion' if excluded else 'Inclusion'} Criteria:\n\n* {text}"):
        for atom in (*one.atoms, *(mention.atom for mention in one.mentioned)):
            if not atom.variable.startswith("own_"):
                continue
            assert read_rule(write_rule(atom)) == atom
            said = set(variables()[atom.variable].en.split()) - _ADDED
            assert said <= {*re.findall("[a-z0-9]+", text.lower()), "test", "therapy"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Other cancers unless disease-free for at least 3 years", "disease_free_interval >= 36"),
        ("Cancer with no evidence of recurrence for ≥ 5 years", "disease_free_interval >= 60"),
        (
            "There have been no signs or symptoms of the malignancy for more than two years",
            "disease_free_interval > 24",
        ),
        ("Cancer that has not been disease-free for at least 2 years", ""),
        ("Disease-free survival is followed for at least 2 years", ""),
        ("No evidence of infection for at least 2 years", ""),
    ],
)
def test_how_long_there_has_been_no_disease(text: str, found: str) -> None:
    stated = [
        f"{m.atom.variable} {m.atom.op} {m.atom.limit.value}"  # type: ignore[union-attr]
        for one in read_criteria(f"Exclusion Criteria:\n\n* {text}")
        for m in one.mentioned
        if m.atom.variable == "disease_free_interval"
    ]
    assert stated == ([found] if found else [])


def test_a_total_ige_without_its_volume_is_asked_about() -> None:
    (one,) = read_criteria("Inclusion Criteria:\n\n* Total serum IgE level ≥ 30 to ≤ 1300 IU")
    assert [str(m.atom.limit) for m in one.mentioned] == ["30 [IU]/mL", "1300 [IU]/mL"]  # type: ignore[union-attr]
    assert all(m.doubtful for m in one.mentioned)
    assert [question.topic for question in one.questions] == ["unit"]
