"""Body size and clearance against cases from a file, and against a second way to compute them."""

from __future__ import annotations

import math
import tomllib
from decimal import Decimal, localcontext
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess import formulas
from trialrun.assess.formulas import Computed, Surface, WeightRule
from trialrun.errors import InputError
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.values.unit import UNITS

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "formulas.toml").read_text(encoding="utf-8")
)["case"]


def compute(case: dict[str, Any]) -> Computed:
    def given_quantity(name: str) -> Quantity:
        return read_quantity(case[name])

    female = case.get("sex") == "female"
    match case["formula"]:
        case "mosteller" | "du-bois" | "stevenson" as name:
            return formulas.body_surface(
                given_quantity("height"), given_quantity("weight"), Surface(name)
            )
        case "ideal":
            return formulas.ideal_weight(given_quantity("height"), female=female)
        case "adjusted":
            return formulas.adjusted_weight(
                given_quantity("height"), given_quantity("weight"), female=female
            )
        case "clearance":
            return formulas.creatinine_clearance(
                age=case["age"],
                female=female,
                weight=given_quantity("weight"),
                creatinine=given_quantity("creatinine"),
                weight_rule=WeightRule(case.get("weight_rule", "actual")),
                height=given_quantity("height") if "height" in case else None,
            )
        case "filtration":
            return formulas.filtration_rate(
                age=case["age"], female=female, creatinine=given_quantity("creatinine")
            )
        case "bmi":
            return formulas.body_mass_index(given_quantity("height"), given_quantity("weight"))
        case "qtcf":
            return formulas.corrected_qt(
                given_quantity("qt"),
                rr=given_quantity("rr") if "rr" in case else None,
                rate=given_quantity("rate") if "rate" in case else None,
            )
        case _:
            return formulas.corrected_calcium(given_quantity("calcium"), given_quantity("albumin"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['formula']}: {case['source']}")
def test_a_case_gives_what_its_source_says(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(InputError, match=case["refused"]):
            compute(case)
        return
    computed = compute(case)
    expected = Decimal(case["expected"])
    places = -int(expected.as_tuple().exponent)
    assert formulas.shown(computed.value, places) == case["expected"]
    assert computed.source
    assert formulas.shown(computed.value, 1).split(".")[0] in computed.working
    assert ("note" in case) == bool(computed.notes)


heights = st.decimals(min_value=100, max_value=230, places=1)
weights = st.decimals(min_value=15, max_value=250, places=1)


@given(heights, weights)
def test_mosteller_squared_is_the_product(height: Decimal, weight: Decimal) -> None:
    area = formulas.body_surface(Quantity(height, UNITS["cm"]), Quantity(weight, UNITS["kg"])).value
    exact = Fraction(height) * Fraction(weight) / 3600
    assert abs(Fraction(area) ** 2 - exact) < Fraction(1, 10**30)


@given(heights, weights)
def test_du_bois_to_the_fortieth_power_is_rational(height: Decimal, weight: Decimal) -> None:
    area = formulas.body_surface(
        Quantity(height, UNITS["cm"]), Quantity(weight, UNITS["kg"]), Surface.DU_BOIS
    ).value
    # 0.725 = 29/40 and 0.425 = 17/40: the fortieth power needs no root.
    exact = Fraction("0.007184") ** 40 * Fraction(height) ** 29 * Fraction(weight) ** 17
    assert abs(Fraction(area) ** 40 / exact - 1) < Fraction(1, 10**30)


@given(
    st.integers(18, 100),
    st.booleans(),
    st.decimals(min_value=Decimal("0.2"), max_value=12, places=2),
)
def test_filtration_rate_agrees_with_floating_point(age: int, female: bool, serum: Decimal) -> None:
    rate = formulas.filtration_rate(
        age=age, female=female, creatinine=Quantity(serum, UNITS["mg/dL"])
    ).value
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = float(serum) / kappa
    plain = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938**age
    assert math.isclose(float(rate), plain * (1.012 if female else 1), rel_tol=1e-12)


@given(st.integers(18, 100), st.booleans(), weights)
def test_clearance_agrees_in_both_creatinine_units(age: int, female: bool, weight: Decimal) -> None:
    def clearance(creatinine: str) -> Decimal:
        return formulas.creatinine_clearance(
            age=age,
            female=female,
            weight=Quantity(weight, UNITS["kg"]),
            creatinine=read_quantity(creatinine),
        ).value

    assert clearance("1.5 mg/dL") == clearance("132.6 umol/L") == clearance("0.1326 mmol/L")


def test_digits_do_not_depend_on_the_callers_decimal_context() -> None:
    def area() -> Decimal:
        return formulas.body_surface(read_quantity("171 cm"), read_quantity("63 kg")).value

    usual = area()
    with localcontext() as context:
        context.prec = 5
        assert area() == usual


def test_clearance_names_its_weight_rule() -> None:
    computed = formulas.creatinine_clearance(
        age=60,
        female=False,
        weight=read_quantity("72 kg"),
        creatinine=read_quantity("1.5 mg/dL"),
    )
    assert "actual weight" in computed.working
    assert computed.name == "crcl.cockcroft-gault.actual"
