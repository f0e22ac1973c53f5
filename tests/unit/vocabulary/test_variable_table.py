"""The table of variables is whole: labels, ranges, units, verified codes, no word used twice."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from trialrun.assess.ctcae import terms
from trialrun.assess.formulas import CALCIUM_MOLAR
from trialrun.errors import FactError
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import suggest, variable, variables
from trialrun.vocabulary.variable import Kind, Variable

ALL = tuple(variables().values())

# Codes that reference work verified in a named public source; nothing else may be shipped.
SEEN = """
    070.32 070.54 070.70 070.71 10230-1 110004001 132281000119108 1742-6 1751-7
    190905008 1920-8 195967001 1975-2 205.00 205.01 2160-0 2164-2 22298006 2276-4 233604007
    233678006 250.00 26515-7 2708-6 2823-3 29463-7 2947-0 2951-2
    33914-3 363346000 38483-4 386661006 39156-5 410.71 427.1 427.31 427.32 427.69
    427.89 42719-5 428.0 4548-4 480.9 482.0 482.9 486 49436004 496 5196-1 571.2 571.5 59408-5
    6298-4 6690-2 6768-6 706870000 718-7 7200002 72892002 751-8 777-3 8302-2 8310-5 8331-1
    84114007 8462-4 8480-6 8867-4 88805009 89247-1 91861009 9279-1 94719007 B18.0 B18.1
    B18.2 B19.1 B19.2 B20 C90.0 C91.0 C92.0 C92.1 C92.3 C92.4 C92.5 C92.6 C92.A C93.0 C94.0
    C94.2 D46 D46.2 E10 E11 E84 F10.1 F10.2 I20.0 I21 I26 I31.3 I47 I48 I49 I50 I63 I82.4 J12
    J13 J14 J15 J16 J17 J18 J44 J45 K74.6 K90.0 T86.5 V08 V42.81 Z21 Z94.0 Z94.1 Z94.2 Z94.4
    Z94.81 Z94.84
"""
VERIFIED = set(SEEN.split())


def test_it_has_what_an_early_cell_therapy_trial_needs() -> None:
    assert len(ALL) >= 60
    needed = """age sex weight height bsa ecog aml apl mds_raeb mds_aml mpd_aml refractory_disease
        relapsed_disease mrd_positive mrd_level marrow_blasts circulating_blasts lvef arrhythmia
        pericardial_effusion alt total_bilirubin active_hepatitis creatinine creatinine_clearance
        spo2 life_expectancy time_since_reinduction informed_consent donor_informed_consent
        time_since_other_malignancy prior_hsct prior_organ_transplant allergy_to_study_biologics
        active_infection prior_dli prior_cmv_ctl prior_ebv_ctl prior_other_cell_therapy hiv
        hepatitis_b_carrier extramedullary_relapse pulmonary_inflammation anc platelets haemoglobin
        wbc alc nk_share_of_lymphocytes donor_chimerism donor_nk_count temperature heart_rate
        systolic_bp infusion_reaction crs_grade viable_nk_per_kg cd3_per_kg viability endotoxin
        pregnancy_test hcv_positive"""
    assert set(needed.split()) <= variables().keys()


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.name)
def test_a_row_is_whole(row: Variable) -> None:
    assert row.name.isascii() and row.name == row.name.lower() and " " not in row.name
    assert row.en and row.zh and any("\u4e00" <= sign <= "\u9fff" for sign in row.zh)
    assert bool(row.asks_en) == bool(row.asks_zh)
    assert row.label("zh") == row.zh
    if row.kind in {Kind.QUANTITY, Kind.ORDINAL}:
        assert row.least is not None and row.most is not None and row.least < row.most
        assert row.unit is not None and row.units[0] == row.unit
    assert all(word == word.lower().strip() for word in row.synonyms)


def test_no_synonym_belongs_to_two_variables() -> None:
    words = [word for row in ALL for word in row.synonyms]
    assert len(words) == len(set(words))


def test_only_verified_codes_with_display_and_source() -> None:
    codes = [code for row in ALL for code in row.codes]
    assert codes
    for code in codes:
        assert code.code in VERIFIED
        assert code.display
        assert code.source and set(code.source.split(",")) <= set("SMOCIFBDET")


def test_ctcae_terms_are_terms() -> None:
    laboratory = {
        "Alanine aminotransferase increased", "Aspartate aminotransferase increased",
        "Blood bilirubin increased", "Creatinine increased", "Neutrophil count decreased",
        "Platelet count decreased", "White blood cell decreased", "Lymphocyte count decreased",
        "Anemia",
    }  # fmt: skip
    named = {row.ctcae for row in ALL if row.ctcae}
    assert named <= laboratory | {term.name for term in terms()}


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(FactError, match="no variable is called 'creatinin'") as caught:
        variable("creatinin", where="facts.json, fact 3")
    assert str(caught.value).startswith("facts.json, fact 3: ")
    assert caught.value.remedy == "Did you mean creatinine?"
    assert suggest("serum potasium") == "potassium"
    assert suggest("qwertz") == ""
    # A variable's own name goes before the same words as a synonym of another.
    assert "reticulocyte count" in variable("reticulocytes").synonyms
    assert suggest("reticulocyte count") == "reticulocyte_count"


def test_ordinals_and_codes_say_their_values() -> None:
    assert variable("ecog").levels == ("0", "1", "2", "3", "4", "5")
    assert variable("nyha_class").values == ("1", "2", "3", "4")
    assert variable("sex").values == ("female", "male")
    assert variable("sex").choice("male").zh == "男"
    assert variable("aml").values == ("true", "false")
    assert variable("alt").values == ()


# g/mol, from the formulas of the substances; bilirubin and creatinine by the design's conventions,
# triglycerides as triolein (885.4), by the conventional 88.57 mg/dL a mmol/L.
_MASSES = {
    "glucose": "180.156", "fasting_glucose": "180.156", "cholesterol": "386.65", "ldl": "386.65",
    "hdl": "386.65", "triglycerides": "885.7", "ionised_calcium": "40.078", "magnesium": "24.305",
    "phosphate": "30.974", "lactate": "90.08", "phenylalanine": "165.19", "testosterone": "288.42",
    "estradiol": "272.38", "vitamin_d": "400.64", "b12": "1355.4", "cortisol": "362.46",
    "ogtt_2h": "180.156", "free_t3": "650.977", "free_t4": "776.874",
    "c_peptide": "3020", "urea": "60.06", "bun": "28.014", "non_hdl": "386.65",
    "total_t3": "650.974", "total_t4": "776.874", "acth": "4541", "amh": "140000",
    "progesterone": "314.46", "serum_iron": "55.845", "zinc": "65.38",
    "haemoglobin": "16114.5",  # of one of its four chains, as laboratories report it
    "copper": "63.546", "free_testosterone": "288.42", "iron_binding": "55.845",
    "lead_level": "207.2", "selenium": "78.971", "ogtt_1h": "180.156",
}  # fmt: skip
_FORMULAS = {
    "urate": "C5H4N4O3", "ammonia": "NH3", "homocysteine": "C4H9NO2S", "folate": "C19H19N7O6",
    "dheas": "C19H28O5S", "hydroxyprogesterone": "C21H30O3", "aldosterone": "C21H28O5",
    "androstenedione": "C19H26O2", "calcitriol": "C27H44O3", "cotinine": "C10H12N2O",
    "tacrolimus_level": "C44H69NO12", "ciclosporin_level": "C62H111N11O12",
    "digoxin_level": "C41H64O14", "theophylline_level": "C7H8N4O2",
}  # fmt: skip
# Abridged standard atomic weights (IUPAC 2021).
_WEIGHTS = {"H": "1.008", "C": "12.011", "N": "14.007", "O": "15.999", "S": "32.06"}


def _mass(formula: str) -> Fraction:
    atoms = re.findall(r"([A-Z])(\d*)", formula)
    return sum((Fraction(_WEIGHTS[one]) * int(count or 1) for one, count in atoms), Fraction(0))


def test_molar_factors_are_those_of_the_design_and_of_molar_masses() -> None:
    molar = {row.name: row.molar for row in ALL if row.molar is not None}
    design = {"creatinine": "442/5", "total_bilirubin": "171/10", "direct_bilirubin": "171/10"}
    for name, factor in design.items():
        assert str(molar.pop(name)) == factor
    assert str(molar.pop("urine_creatinine")) == design["creatinine"]
    assert str(molar.pop("indirect_bilirubin")) == "171/10"
    assert molar.pop("calcium") == molar.pop("corrected_calcium") == CALCIUM_MOLAR
    masses = {name: Fraction(mass) for name, mass in _MASSES.items()}
    masses |= {name: _mass(formula) for name, formula in _FORMULAS.items()}
    assert molar == {name: 10000 / mass for name, mass in masses.items()}
    assert UNITS["umol/L"] in variable("creatinine").units
