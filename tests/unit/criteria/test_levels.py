"""Levels of scales in every way of writing them: lists, parts, sums, and what stands between."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Node, Presence
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every limit, in the rule or not."""
    one = read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if not isinstance(atom, Presence))


def levels(name: str, values: str) -> list[str]:
    return [f"{name} in {{{', '.join(values.split())}}}"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ECOG performance status of 0,1, or 2", "0 1 2"),
        ("ECOG performance status 0,1,2", "0 1 2"),
        ("ECOG PS: 0,1", "0 1"),
        ("WHO PS 0,1 or 2", "0 1 2"),
        ("ECOG 0 or1", "0 1"),
        ("ECOG PS0-1", "0 1"),
        ("ECOG0-2", "0 1 2"),
        ("ECOG performance status zero or one", "0 1"),
        ("ECOG performance status zero to two", "0 1 2"),
        ("ECOG between 0 and 2", "0 1 2"),
        ("ECOG ≥ 1 and ≤ 3", "1 2 3"),
        ("ECOG 0 (fully active) or 1 (ambulatory)", "0 1"),
        ("performance status of 0,1, or 2 on the ECOG scale", "0 1 2"),
    ],
)
def test_levels_in_a_list(text: str, values: str) -> None:
    assert stated(text) == levels("ecog", values)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CRP > 0,1 mg/dL", ["crp > 1 mg/L"]),
        ("HbA1c > 6,7 %", ["hba1c > 6.7 %"]),
    ],
)
def test_a_decimal_comma_is_no_list(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gleason 4+3=7", levels("gleason", "7")),
        ("Gleason score 3 + 4 = 7 or less", ["gleason <= 7"]),
        ("Gleason score ≤ 6 (3+3)", ["gleason <= 6"]),
        ("Gleason score 6 (3+3) or 7 (3+4)", levels("gleason", "6 7")),
        ("Gleason sum of 8 (4 + 4) or higher", ["gleason >= 8"]),
        ("Gleason score ≥ 4+3", ["gleason >= 7"]),
    ],
)
def test_a_gleason_score_is_its_sum(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HER2 IHC 2+ or 3+", levels("her2_ihc", "2 3")),
        ("HER2 IHC 2+", levels("her2_ihc", "2")),
        ("urine protein 2+ or 3+", levels("urine_dipstick_protein", "2 3")),
        ("proteinuria (2+ or more)", ["urine_dipstick_protein >= 2"]),
        ("Modified Ashworth Scale 1+ to 3", []),
        ("Modified Ashworth Scale 1 to 3", levels("ashworth", "1 2 3")),
        ("Child-Pugh ≤ B7", ["child_pugh_score <= 7"]),
        ("Child-Pugh A5-B7", ["child_pugh_score <= 7", "child_pugh_score >= 5"]),
        ("Child-Pugh A or B7", []),
        ("CDR global score 0.5 or 1", ["cdr <= 1", "cdr >= 0.5"]),
        ("TIMI 0-1 flow", levels("timi_flow", "0 1")),
        ("ASA 1-2-3", levels("asa_class", "1 2 3")),
        ("CEAP class C2-C6", levels("ceap", "2 3 4 5 6")),
        ("IPSS ≥ 13", ["ipss >= 13"]),
        ("IPSS score ≥ 1.5", ["ipss_mds >= 1.5"]),
        ("AIS C or D", levels("asia_impairment", "C D")),
        ("Gustilo type I-IIIA fracture", levels("gustilo", "I II IIIA")),
        ("Forrest Ia-IIb", levels("forrest", "IA IB IIA IIB")),
        ("Gleason pattern 4 or 5", levels("gleason_pattern", "4 5")),
    ],
)
def test_levels_of_a_kind_of_their_own(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("physical status I-II according to the ASA", levels("asa_class", "1 2")),
        ("class II-III (NYHA)", levels("nyha_class", "2 3")),
        ("IgE ≥ class 2", ["ige_class >= 2"]),
        ("specific IgE to milk and hen's egg of at least class 2", ["ige_class >= 2"]),
        (
            "knee osteoarthritis stage II or III according to the Kellgren and Lawrence scale",
            levels("kellgren_lawrence", "2 3"),
        ),
        (
            "stage 3 that cannot be resected or stage 4 lung cancer",
            [
                "disease_stage in {III, IIIA, IIIA1, IIIA2, IIIB, IIIC, IIIC1, IIIC2, IIID}",
                "disease_stage in {IV, IVA, IVB, IVC}",
            ],
        ),
        ("ALT and aspartate aminotransferase AST ≤ 2 x ULN", ["alt <= 2 x ULN", "ast <= 2 x ULN"]),
    ],
)
def test_a_scale_before_or_behind_its_levels(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ECOG performance status better than 2", ["ecog < 2"]),
        ("Karnofsky not worse than 60", ["karnofsky >= 60"]),
        ("BCVA worse than 35 letters", ["visual_acuity < 35"]),
        ("Child-Pugh class B or better", levels("child_pugh_class", "A B")),
        ("ASIA C or better", levels("asia_impairment", "C D E")),
        ("visual acuity worse than 20/40", []),
        ("BCVA of 20/40 to 20/320", []),
    ],
)
def test_better_and_worse_are_what_the_scale_says(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ILD grade 3 or 4", levels("own_ild_grade_level", "3 4")),
        ("grade 2-3 hypertension", levels("own_hypertension_grade_level", "2 3")),
        ("stage 1 or 2 hypertension", levels("own_hypertension_stage_level", "1 2")),
        ("grade I or II ankle sprain", levels("own_ankle_sprain_grade_level", "1 2")),
        ("fistula of grade 3 or higher", ["own_fistula_grade_level >= 3"]),
        ("osteoarthritis (> Tonnis grade 1)", ["tonnis > 1"]),
        ("glioma of World Health Organization (WHO) grade 3 or 4", levels("tumour_grade", "3 4")),
        ("heart failure by NYHA standards, grade III-IV", levels("nyha_class", "3 4")),
        ("Kellgren & Lawrence grade II or III", levels("kellgren_lawrence", "2 3")),
        ("any chronic grade 2 toxicity", levels("toxicity_grade", "2")),
        ("grade 1-2 school children", []),
        ("macular hole of stage 2 and above", ["own_macular_hole_stage_level >= 2"]),
        ("grade ≥ 3 gastric or extra-gastric fistula", ["own_gastric_fistula_grade_level >= 3"]),
        ("grade ≥ 3 gastric fistula or oral fistula", ["own_gastric_fistula_grade_level >= 3"]),
        ("tumor of grade II or III", levels("tumour_grade", "2 3")),
        ("rectal cancer stage: cT1-2-3, cN0-1", []),
        ("grade 1 or more by the National Cancer Institute terms", ["toxicity_grade >= 1"]),
        ("≥ level 3 AE related to the drug", ["toxicity_grade >= 3"]),
    ],
)
def test_a_grade_is_that_of_what_stands_beside_it(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("CKD stages 3a, 3b", levels("ckd_stage", "3")),
        ("CKD stage 3a to 5", levels("ckd_stage", "3 4 5")),
        ("CKD G3-G4", levels("ckd_stage", "3 4")),
        ("CKD stage 3a or higher", ["ckd_stage >= 3"]),
        ("CKD stage ≥ 3b", []),
        ("CKD stage 3b-5", []),
        ("Fontaine stage IIb-IV", []),
        ("Fontaine stage IIa-III", levels("fontaine", "2 3")),
        ("BI-RADS 4a, 4b or 4c", levels("bi_rads", "4")),
        ("BI-RADS 4a or 4b", []),
        ("Metavir F2-F4", levels("fibrosis_stage", "2 3 4")),
    ],
)
def test_a_part_of_a_level_is_not_the_level(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "stage II-IIIB melanoma",
            levels("disease_stage", "II IIA IIA1 IIA2 IIB IIC IIIA IIIA1 IIIA2 IIIB"),
        ),
        (
            "stage III melanoma",
            levels("disease_stage", "III IIIA IIIA1 IIIA2 IIIB IIIC IIIC1 IIIC2 IIID"),
        ),
        ("stages IIIB-D melanoma", levels("disease_stage", "IIIB IIIC IIIC1 IIIC2 IIID")),
        ("stage IIIB, C, or D melanoma", levels("disease_stage", "IIIB IIIC IIIC1 IIIC2 IIID")),
        ("stage 0-IA breast cancer", levels("disease_stage", "0 IA IA1 IA2 IA3")),
        (
            "FIGO stage IB2-IIA1 cervical cancer",
            levels("disease_stage", "IB2 IB3 IC IC1 IC2 IC3 IIA1"),
        ),
        ("ASIA impairment scale grade C, D or E", levels("asia_impairment", "C D E")),
        ("IGA score of 3 (moderate) or 4 (severe)", levels("iga", "3 4")),
        ("CGI-I of 3 or 4", levels("cgi_i", "3 4")),
    ],
)
def test_levels_with_letters_and_remarks(text: str, found: list[str]) -> None:
    assert stated(text) == found
