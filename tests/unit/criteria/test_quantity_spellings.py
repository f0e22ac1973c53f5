"""Signs, large numbers, and units written short, in the many ways in which people write them."""

from __future__ import annotations

import pytest

from trialrun.criteria.nodes import Node, Presence
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every limit, in the rule or not."""
    one = read_criteria(f"Exclusion Criteria:\n\n* {text}")["E1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if not isinstance(atom, Presence))


@pytest.mark.parametrize(
    ("sign", "op"),
    [
        ("≥/=", ">="), ("≤/=", "<="), ("(>/=)", ">="), ("(≤)", "<="), (">than", ">"),
        ("> than", ">"), ("≥ than", ">="), ("<= to", "<="), ("up to and including", "<="),
        ("upper or equal to", ">="), ("superior than", ">"), ("inferior than", "<"),
        ("larger than or equal to", ">="), ("not in excess of", "<="),
        ("a minimum of at least", ">="),
    ],
)  # fmt: skip
def test_signs(sign: str, op: str) -> None:
    assert stated(f"ALT {sign} 4 x ULN") == [f"alt {op} 4 x ULN"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Platelets < 75K", "platelets < 75 10*9/L"),
        ("Platelets < 75 thousand", "platelets < 75 10*9/L"),
        ("Platelets < 75 thousand/µL", "platelets < 75 10*9/L"),
        ("Platelets < 75 x 1000/mm3", "platelets < 75 10*9/L"),
        ("Platelets < 75 mil/mm3", "platelets < 75 10*9/L"),
        ("Platelets < 0.2 million/mm3", "platelets < 200 10*9/L"),
        ("Platelets < 75 billion/L", "platelets < 75 10*9/L"),
        ("Platelets < 75 /nL", "platelets < 75 10*9/L"),
        ("Platelets < 75 x 10^9", "platelets < 75 10*9/L"),
        ("Platelets < 10^5/mm3", "platelets < 100 10*9/L"),
        ("ANC < 10^9/L", "anc < 1 10*9/L"),
        ("ANC < 1.5E9/L", "anc < 1.5 10*9/L"),
        ("ANC < 1.5 10 9/L", "anc < 1.5 10*9/L"),
        ("ANC < 1 500", "anc < 1.5 10*9/L"),
        ("Platelets < 75 000.", "platelets < 75 10*9/L"),
        ("Temperature > 38,5 °C", "temperature > 38.5 Cel"),
    ],
)
def test_large_numbers(text: str, found: str) -> None:
    assert stated(text) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hemoglobin < 8 g", "haemoglobin < 8 g/dL"),
        ("Hemoglobin < 8 gms", "haemoglobin < 8 g/dL"),
        ("Hemoglobin < 8 gms%", "haemoglobin < 8 g/dL"),
        ("Creatinine > 2 mg/100 ml", "creatinine > 2 mg/dL"),
        ("Creatinine > 2 mgs/dl", "creatinine > 2 mg/dL"),
        ("FSH > 30 International unit per liter (IU/L)", "fsh > 30 m[IU]/mL"),
        ("Systolic blood pressure > 150 mm", "systolic_bp > 150 mm[Hg]"),
        ("Temperature > 38C", "temperature > 38 Cel"),
        ("Temperature > 38 degrees", "temperature > 38 Cel"),
        ("Temperature > 100.4°", "temperature > 38 Cel"),
        ("eGFR < 60 ml/minute/1.73 square metres", "egfr < 60 mL/min/{1.73_m2}"),
        ("eGFR < 60 mL/min/1.7m2", "egfr < 60 mL/min/{1.73_m2}"),
        ("creatinine clearance < 60 cc per minute", "creatinine_clearance < 60 mL/min"),
    ],
)
def test_units_written_short(text: str, found: str) -> None:
    assert stated(text) == [found]


def test_a_unit_in_which_nobody_has_such_a_value_is_a_slip() -> None:
    assert stated("Hemoglobin < 8 mg/dL") == ["haemoglobin < 8 g/dL"]
    one = read_criteria("Exclusion Criteria:\n\n* Hemoglobin < 8 mg/dL")["E1"]
    assert [mention.doubtful for mention in one.mentioned] == [True]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ALT 3 times or more the ULN", ["alt >= 3 x ULN"]),
        ("ALT two times or more above the upper limit of normal", ["alt >= 2 x ULN"]),
        ("ALT > 2 times but < 5 times ULN", ["alt < 5 x ULN", "alt > 2 x ULN"]),
        ("ALT between 2 and 5 times the ULN", ["alt <= 5 x ULN", "alt >= 2 x ULN"]),
        ("ALT > 3Xnormal", ["alt > 3 x ULN"]),
        ("ALT > 1.5 times upper normal", ["alt > 1.5 x ULN"]),
        ("Bilirubin > 2x, AST > 3x", ["ast > 3 x ULN", "total_bilirubin > 2 x ULN"]),
        ("Seizures 2x per week", []),
    ],
)
def test_multiples(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bilirubin no higher than 1.5 times the institutional upper limit",
         ["total_bilirubin <= 1.5 x ULN"]),
        ("Liver function tests more than twice the upper limit", ["transaminases > 2 x ULN"]),
        ("ALT, AST greater than 2 times or bilirubin > 1.5 times the ULN",
         ["alt > 2 x ULN", "ast > 2 x ULN", "total_bilirubin > 1.5 x ULN"]),
        ("Resting blood pressure > 170/100",
         ["diastolic_bp > 100 mm[Hg]", "systolic_bp > 170 mm[Hg]"]),
        ("Blood pressure ≥ 130/80 mm Hg but lower than 160/105 mm Hg",
         ["diastolic_bp < 105 mm[Hg]", "diastolic_bp >= 80 mm[Hg]", "systolic_bp < 160 mm[Hg]",
          "systolic_bp >= 130 mm[Hg]"]),
        ("NT-proBNP at least > 150 pg/ml", ["nt_probnp > 150 pg/mL"]),
        ("Abdominal obesity (> 88 cm)", ["waist_circumference > 88 cm"]),
    ],
)  # fmt: skip
def test_upper_limits_and_pressures(text: str, found: list[str]) -> None:
    assert stated(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Temperature > 101 F", ["temperature > 38.33 Cel"]),
        ("Temperature > 100.4", ["temperature > 38 Cel"]),
        ("Potassium > 6 mg/dl", ["potassium > 6 mmol/L"]),
        ("Platelet count < 80 g/L", ["platelets < 80 10*9/L"]),
        ("Hematocrit < 30 g/dL", ["haematocrit < 30 %"]),
        ("AST > 120", ["ast > 120 U/L"]),
        ("AST > 3", []),
        ("Calcium > 2.9", ["calcium > 2.9 mmol/L"]),
        ("Calcium > 11.5", ["calcium > 11.5 mg/dL"]),
    ],
)
def test_what_is_likely_meant_is_listed_in_doubt(text: str, found: list[str]) -> None:
    assert stated(text) == found
    one = read_criteria(f"Exclusion Criteria:\n\n* {text}")["E1"]
    assert all(mention.doubtful for mention in one.mentioned)
    assert all(isinstance(atom, Presence) for atom in one.atoms)


def test_a_concentration_of_ones_own_keeps_its_unit() -> None:
    assert stated("zonulin concentration above 7 ng/mL") == [
        "own_zonulin_concentration_mg_per_dl > 7 ng/mL"
    ]
