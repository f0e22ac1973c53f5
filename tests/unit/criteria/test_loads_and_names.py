"""Loads as logarithms, degrees Fahrenheit, and further names and units of measures.

The sentences are written for this test, in the ways that registry records write them.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.nodes import Comparison, Node
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader import read_criteria


def stated(text: str) -> list[str]:
    """Every limit that is read, in the rule or beside it."""
    one = read_criteria(f"Inclusion Criteria:\n\n* {text}")["I1"]
    held: list[Node] = [*one.atoms, *(mention.atom for mention in one.mentioned)]
    return sorted(write_rule(atom) for atom in held if isinstance(atom, Comparison))


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("HBV DNA ≥ 4 log10 IU/mL", ["hbv_dna >= 10000 [IU]/mL"]),
        ("HCV RNA > 5 log UI/ml", ["hcv_rna > 100000 [IU]/mL"]),
        ("Plasma HIV-1 RNA < 3 log₁₀ copies/mL", ["hiv_rna < 1000 {copies}/mL"]),
        # no number with an end, and a change of a logarithm is a factor
        ("HIV-1 RNA ≥ 3.5 log10 copies/mL", []),
        ("HBV DNA decline ≥ 2 log10 IU/mL", []),
        ("HCV RNA that fell by a decrease of ≥ 2 log10 IU/mL", []),
        ("HIV-1 RNA > 1 log10 copies/mL increase since week 4", []),
    ],
)
def test_a_load_as_a_logarithm(text: str, limits: list[str]) -> None:
    assert stated(text) == limits


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Fever > 100.4 °F", ["temperature > 38 Cel"]),
        ("Body temperature ≤ 99.5 F", ["temperature <= 37.5 Cel"]),
        ("Body temperature > 101 °F", ["temperature > 38.33 Cel"]),  # in doubt
        ("Haemoglobin concentration under 6.5 mmol/L", ["haemoglobin < 10.474425 g/dL"]),
        ("Hb < 100 grams per litre", ["haemoglobin < 10 g/dL"]),
        ("PVR > 3 Wood units", ["pvr > 3"]),
        ("PVR < 150 mL on ultrasound", ["residual_urine < 150 mL"]),
        ("Sweat chloride equal or more than 60 mEq/L", ["sweat_chloride >= 60 mmol/L"]),
        ("RR < 30 rpm", ["respiratory_rate < 30 /min"]),
        ("RR interval > 120 ms", []),
        ("Hyperkalemia (> 5.5 mmol/L)", ["potassium > 5.5 mmol/L"]),
        ("Myopia > 6D", ["spherical_equivalent > 6 [diop]"]),
        ("Weight gain or loss > 5 kg in the last 3 months", ["weight_change_kg > 5 kg"]),
        ("Weight change > 5 % in the last 3 months", ["weight_change > 5 %"]),
        ("Uterine size > 12 weeks", ["uterine_size > 12 wk"]),
        ("Time in therapeutic range < 60 %", ["inr_in_range < 60 %"]),
        (
            "Maximal inspiratory pressure < 70 % of predicted",
            ["inspiratory_pressure_percent < 70 %"],
        ),
        ("Maximal inspiratory pressure < 60 cmH2O", ["inspiratory_pressure < 60 cm[H2O]"]),
        ("Cumulative radiation dose > 4500 cGy", ["radiation_dose > 45 Gy"]),
        ("Total bilirubin exceeded 2 mg/dL", ["total_bilirubin > 2 mg/dL"]),
    ],
)
def test_further_names_and_units(text: str, limits: list[str]) -> None:
    assert stated(text) == limits


@given(st.integers(min_value=0, max_value=9))
def test_a_whole_logarithm_is_that_power_of_ten(power: int) -> None:
    assert stated(f"HIV-1 RNA > {power} log10 copies/mL") == [
        f"hiv_rna > {10**power} {{copies}}/mL"
    ]


@given(st.integers(min_value=940, max_value=1076))
def test_fahrenheit_is_celsius_rounded_where_that_has_no_end(tenths: int) -> None:
    celsius = (Fraction(tenths, 10) - 32) * 5 / 9
    limits = stated(f"Body temperature > {tenths / 10} °F")
    found = Fraction(limits[0].removeprefix("temperature > ").removesuffix(" Cel"))
    if celsius.denominator % 3 == 0:
        assert found != celsius and abs(found - celsius) <= Fraction(1, 200)
    else:
        assert found == celsius
