"""Further ways in which criteria write a limit, and names from many fields of medicine.

The sentences are written for this test, in the ways that registry records write them.
"""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Node
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every atom, in the rule or not."""
    one = read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A wheal of 3 mm or greater than the saline control", ["spt_wheal >= 3 mm"]),
        ("Dyspnoea of less than or < CTCAE grade 1", ["toxicity_grade < 1"]),
        ("Back pain for 6 or more weeks", ["symptom_duration >= 42 d"]),
        ("Born after 35 or less weeks of gestation", ["gestational_age <= 35 wk"]),
        ("Bilirubin > 2N", ["total_bilirubin > 2 x ULN"]),
        ("ALT < 2.5 x N", ["alt < 2.5 x ULN"]),
        ("Creatinine < 1.5 normal for age", ["creatinine < 1.5 x ULN"]),
        ("Stage T2N1 disease and ALT ˃ 3 x ULN", ["alt > 3 x ULN"]),
        ("Age same or superior to 18 years", ["age >= 18 a"]),
        ("At least 20 weeks pregnant", ["gestational_age >= 20 wk"]),
        ("Less than 12 weeks of pregnancy", ["gestational_age < 12 wk"]),
        ("Not within 6 weeks of pregnancy", []),
        (
            "Blood pressure greater than 160 mmHg systolic or 100 mmHg diastolic",
            ["diastolic_bp > 100 mm[Hg]", "systolic_bp > 160 mm[Hg]"],
        ),
    ],
)
def test_ways_of_writing_a_limit(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Urinary albumin of less than 300 milligrams per gram", ["uacr < 300 mg/g"]),
        ("Calcium of at least 2.1 millimoles per liter", ["calcium >= 2.1 mmol/L"]),
        ("Ferritin of at most 300 nanograms per milliliter", ["ferritin <= 300 ug/L"]),
        ("Temperature above 38.5 oC", ["temperature > 38.5 Cel"]),
        ("Systolic blood pressure below 90 mm/Hg", ["systolic_bp < 90 mm[Hg]"]),
        ("Central subfield thickness ≥ 300 µm", ["retinal_thickness >= 300 um"]),
        ("Gait speed of at most 0.8 m/s", ["gait_speed <= 0.8 m/s"]),
        ("Tumor mutational burden ≥ 10 mut/Mb", ["tmb >= 10 {mutations}/Mb"]),
        ("Opening pressure > 25 cm H2O", ["csf_opening_pressure > 25 cm[H2O]"]),
        ("Fecal calprotectin ≥ 250 µg/g", ["calprotectin >= 250 ug/g"]),
        ("Prednisone > 1 mg/kg/day", ["steroid_per_kg > 1 mg/kg/d"]),
        ("Less than 150 minutes of exercise per week", ["physical_activity < 150 min/wk"]),
    ],
)
def test_units_written_out_and_rarer_ones(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a unit alone tells what is most often measured in it
        ("> 25 ppb", ["feno > 25 [ppb]"]),
        ("≥ 30 kg/m2", ["bmi >= 30 kg/m2"]),
        ("An ulcer of at least 4 cm2", ["wound_area >= 4 cm2"]),
        ("A fall in FEV1 of at least 20%", ["fev1_fall >= 20 %"]),
        ("Daily PEF variability > 10%", ["pef_variability > 10 %"]),
        ("Prothrombin time prolongation ≤ 6 seconds", ["pt_prolongation <= 6 s"]),
        ("Straight leg raise (SLR) test ≤ 70°", ["straight_leg_raise <= 70 deg"]),
        ("HER2 negative (IHC 0 or 1+)", ["her2_ihc in {0, 1}"]),
        ("Human epidermal growth factor receptor 2 (HER2) negative", []),
        ("Azathioprine up to 2 mg/kg/day", ["azathioprine_per_kg <= 2 mg/kg/d"]),
        ("At least 2 seizures in the last month", ["seizures_count >= 2"]),
        ("Deauville score of 4 or 5", ["deauville in {4, 5}"]),
        ("GMFCS level I to III", ["gmfcs in {1, 2, 3}"]),
        ("TIMI flow > 2", ["timi_flow > 2"]),
        ("Suicidal ideation type 4 or 5 on the C-SSRS", ["suicidal_ideation in {4, 5}"]),
        ("2 or more levels of lumbar fusion", ["surgical_levels >= 2"]),
        ("RAST class of at least 2", ["ige_class >= 2"]),
        ("Tolerates more than 300 mg of peanut protein", ["tolerated_dose > 300 mg"]),
    ],
)
def test_names_from_many_fields(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # a number without unit counts what stands behind it
        ("Specific IgE to at least one aeroallergen", ["allergens_count >= 1"]),
        ("A positive prick test to one or more perennial allergens", ["allergens_count >= 1"]),
        ("Positive to at least one of the following perennial allergens", ["allergens_count >= 1"]),
        ("At least 1 of the following weight-related comorbidities", []),
        ("Smoking > 10-pack years", ["pack_years > 10 {pack}.a"]),
        ("The score (vIGA-AD™) ≥ 3", ["iga >= 3"]),
        ("Chronic kidney disease (stage 3 or greater)", ["ckd_stage >= 3"]),
        ("Minimum life expectancy of 12 weeks", ["life_expectancy >= 84 d"]),
        ("Body weight of ≥ 30 to ≤ 150", ["weight <= 150 kg", "weight >= 30 kg"]),
        (
            "Fluticasone > 400 mcg/day if ≤ 12 years old or > 600 mcg/day if > 12 years old",
            [
                "age <= 12 a",
                "age > 12 a",
                "inhaled_steroid_dose > 400 ug/d",
                "inhaled_steroid_dose > 600 ug/d",
            ],
        ),
        ("Any level of casein or of another protein > 5 kUA/L", ["specific_ige > 5 k[IU]/L"]),
        (
            "Where ALT is raised by disease, or by Gilbert syndrome, it can be relaxed to ≤ 5×ULN",
            ["alt <= 5 x ULN"],
        ),
        ("Barcelona Clinic Liver Cancer (BCLC) stage B or C", ["bclc in {B, C}"]),
        ("Bristol stool scale score of 6 or 7", ["bristol in {6, 7}"]),
        ("Cervical fusion planned at more than one level", ["surgical_levels > 1"]),
        ("Education at more than one level", []),
        ("Motion of less than 3 degrees on radiographs", ["angulation < 3 deg"]),
        ("A 3 degree AV block", ["av_block_degree in {3}"]),
        ("At least 37 weeks gestation", ["gestational_age >= 37 wk"]),
        ("15-29% blasts in blood", ["circulating_blasts <= 29 %", "circulating_blasts >= 15 %"]),
        ("Eczema of ≥ 5%of the body surface", ["bsa_affected >= 5 %"]),
        ("Irradiated to ≥ 40% of bone marrow", ["marrow_irradiated >= 40 %"]),
        ("Cisplatin (70-80 mg/m2 on day 1) and radiosurgery (18 to 20 Gy)", []),
        ("Cumulative doxorubicin > 300 mg/m2", ["doxorubicin_dose > 300 mg/m2"]),
        ("> 16 years, willing to take part", ["age > 16 a"]),
        ("> 16 years after surgery", []),
        ("A moderate depression (score ≥ 10) on the PHQ-9", ["phq9 >= 10"]),
        ("Spondylolisthesis unable to be reduced to Grade I", ["meyerding in {1}"]),
        ("Pain in at least 4 out of 5 body regions", ["pain_regions >= 4"]),
        ("A pain score of at least 4 out of 10", ["pain_nrs >= 4"]),
        ("Age greater than to or equal 18 years", ["age >= 18 a"]),
        ("A history of grade ≥ 3 bleeding events", ["toxicity_grade >= 3"]),
        ("ANA titer ≥ 1:80", ["ana_titre >= 80"]),
        ("Frequency of 1:1 and no titre", []),
        ("Hemoptysis of at least 0.5 teaspoon", ["haemoptysis >= 2.464460796875 mL"]),
        ("Daily hemoptysis greater than 50 mL/day", ["haemoptysis_daily > 50 mL/d"]),
        ("Norepinephrine at a rate of ≥ 5 mcg/min", ["norepinephrine_rate >= 5 ug/min"]),
        ("Low back pain of at least 40 mm", ["pain_vas >= 40 mm"]),
    ],
)
def test_what_a_number_is_of(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # both ends of a range with their signs
        ("Wobble z-score range (-2 to +1)", ["own_wobble_z_score <= 1"]),
        ("Refraction between -6.00 D and +3.00 D", ["own_refraction_dioptres <= 3 [diop]"]),
        ("Spherical equivalent +1.00 to +3.00 D", ["spherical_equivalent >= 1 [diop]"]),
        ("Wobble scale (score range (0 to 10))", []),
        # units of activity without their volume
        ("ASO < 300U", ["antistreptolysin_o < 300 [IU]/mL"]),
        ("ALT < 40 U", ["alt < 40 U/L"]),
        # how often, behind "for"
        ("Salbutamol use for no more than 2 days a week", ["rescue_use <= 2 /wk"]),
        # a dose in front of which its drug was denied
        (
            "Either not receiving dexamethasone or receiving ≤ 6 mg/day",
            ["dexamethasone_dose <= 6 mg/d"],
        ),
        ("Off corticosteroids or on a dose of at most 9 mg/d", ["corticosteroid_dose <= 9 mg/d"]),
        ("Receiving dexamethasone or receiving ≤ 6 mg/day", []),
        # the comparison in front of the drug
        ("At least metformin 1000 mg/day", ["metformin_dose >= 1000 mg/d"]),
        ("At most prednisone 10 mg/day", ["corticosteroid_dose <= 10 mg/d"]),
        # a score of one side is no score of both
        ("Unilateral nasal polyp score of at least 2", ["nasal_polyp_grade >= 2"]),
        ("NPS ≥ 5 with a minimum score of 2 in each nostril", ["nasal_polyp_grade >= 2"]),
        ("Volume of forced expiration in 1 second ≥ 70 %", ["fev1_percent_predicted >= 70 %"]),
        # how bad one of several complaints is
        (
            "Any nasal or ocular symptom (≥ score of 1 in sneezing) in at least 2 days",
            [
                "own_any_nasal_or_ocular_symptom_score >= 1",
                "own_days_with_nasal_or_ocular_symptom_time >= 2 d",
            ],
        ),
        ("A single symptom score of 2 points or more", ["own_single_symptom_score >= 2"]),
        # how long something lasted, in a parenthesis
        ("Profound neutropenia (ANC < 500/mm3) and lasting (> 7 days)",
         ["own_profound_neutropenia_duration_time > 7 d"]),
        ("Prolonged (> 7 days) neutropenia", ["own_neutropenia_duration_time > 7 d"]),
        ("No prolonged (> 7 days) neutropenia", []),
        ("Prolonged (> 2 weeks) hospital stay", ["hospital_stay > 14 d"]),
        ("Persistent (> 3 weeks) cough", ["symptom_duration > 21 d"]),
        ("Cannabis use for at least 3 months", ["own_cannabis_use_duration_time >= 3 mo"]),
        (
            "Chronic ketamine use (daily use for more than 3 months)",
            ["own_chronic_ketamine_use_duration_time > 3 mo"],
        ),
        ("Patients who use for at least 3 months an inhaler", []),
    ],
)  # fmt: skip
def test_signs_doses_sides_and_times_in_other_words(text: str, found: list[str]) -> None:
    said = stated(text)
    assert set(found) <= set(said)
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Severe asthma (2012 NHLBI criteria steps 4 or 5)", ["naepp_step in {4, 5}"]),
        ("2000 IU of heparin", []),
        ("Modic II changes", ["modic in {2}"]),
        ("Hair loss and level 3 nephrotoxicity", ["toxicity_grade in {3}"]),
        ("Controlled under the GINA step 4 treatment", ["gina_step in {4}"]),
        ("Asthma under GINA step 4", ["gina_step < 4"]),
        # how long, of what
        ("A diagnosis based on 2 years history of symptoms", ["symptom_duration >= 24 mo"]),
        ("AML in CR > 6 months", ["remission_duration > 6 mo"]),
        ("Malignancies that have been inactive for ≥ 3 years", ["disease_free_interval >= 36 mo"]),
        ("Former smokers who quit smoking more than 6 months", [
            "own_smoking_abstinence_duration_time > 6 mo"]),
        ("Smokers who stopped smoking less than 1 year before screening", []),
        ("Inhaled steroids, with or without a snarkumab, for at least 3 months", [
            "own_inhaled_steroids_duration_time >= 3 mo"]),
        ("Immunotherapy with less than 2 months of stable maintenance doses", [
            "stable_dose_duration < 2 mo"]),
        ("The brain condition is stable for at least 3 weeks", [
            "own_brain_condition_stable_duration_time >= 21 d"]),
        ("Controllers such as LABA, oral corticosteroids, for at least 3 months", []),
        # two names of one limit, two units of one range
        ("Creatinine clearance (ACr) or GFR (TFG) ≥ 60 mL/min/1.73 m2", [
            "creatinine_clearance_indexed >= 60 mL/min/{1.73_m2}",
            "egfr >= 60 mL/min/{1.73_m2}"]),
        ("HbA1c 6.5 - 9.0 % (48 - 75 mmol/mol)", ["hba1c <= 9 %", "hba1c >= 6.5 %"]),
        ("HbA1c 6.5 - 9.0 % (30 - 40 mmol/mol)", [
            "hba1c <= 9 %", "hba1c >= 6.5 %",
            "hba1c_ifcc <= 40 mmol/mol", "hba1c_ifcc >= 30 mmol/mol"]),
        ("HCV RNA above the LLOQ or 500 copies/mL", ["hcv_rna_copies > 500 {copies}/mL"]),
        # what is counted, and what is weighed
        ("BMI ≥ 27 kg/m2 with at least 2 obesity-related comorbidities", [
            "bmi >= 27 kg/m2", "own_obesity_related_comorbidity_count >= 2"]),
        ("A weight of more than 40 kg over ideal body weight", [
            "own_weight_over_ideal_weight_g > 40 kg"]),
        ("Consumption of peanut protein of more than 1 g", []),
        ("Maximum dexamethasone dose of 3 mg/m2/day", ["dexamethasone_per_m2 <= 3 mg/m2"]),
        # whose age
        ("Mothers between the ages of 20 adn 40 years", [
            "maternal_age <= 40 a", "maternal_age >= 20 a"]),
        ("Adult mother of a child under 12 years of age", []),
    ],
)  # fmt: skip
def test_names_units_and_people_in_other_words(text: str, found: list[str]) -> None:
    assert stated(text) == sorted(found)


@pytest.mark.parametrize(
    ("text", "found", "doubtful"),
    [
        ("1 hospitalization in the past year for asthma", ["hospitalisations >= 1"], True),
        ("2 steroid courses in the previous year", ["steroid_courses >= 2"], True),
        ("2 steroid courses in the past year or one course in the last 3 months", [
            "steroid_courses >= 2", "steroid_courses >= 1"], True),
        ("More than 1 hospitalization in the past year", ["hospitalisations > 1"], False),
        ("Asthma requiring 1 hospitalization", [], False),
    ],
)  # fmt: skip
def test_how_often_something_excludes(text: str, found: list[str], doubtful: bool) -> None:
    one = read_criteria(f"Exclusion Criteria:\n\n* {text}")["E1"]
    assert [write_rule(mention.atom) for mention in one.mentioned] == found
    assert all(mention.doubtful == doubtful for mention in one.mentioned)


def test_a_first_item_beside_its_heading_or_glued_to_its_number_is_one() -> None:
    beside = read_criteria("Inclusion Criteria:• >18 years old\n\n* ECOG 0-1\n")
    assert [one.text for one in beside] == [">18 years old", "ECOG 0-1"]
    glued = "Inclusion Criteria:\n\n1.18 ≤ age ≤ 75. 2. ECOG 0-1\n\n3. ALT < 3 x ULN\n"
    assert [one.text for one in read_criteria(glued)][:2] == ["18 ≤ age ≤ 75.", "ECOG 0-1"]
    first = read_criteria(glued)["I1"].span
    assert first is not None and glued[slice(*first)] == "18 ≤ age ≤ 75."
    alone = read_criteria("Inclusion Criteria:\n\n1.25 ≤ creatinine clearance ratio\n")
    assert alone["I1"].text == "1.25 ≤ creatinine clearance ratio"
