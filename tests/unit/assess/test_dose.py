"""Doses: cases from a file, and every dose computed a second time without roots or decimals."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.dose import Body, DoseRule, dose_for, weight_change
from trialrun.assess.formulas import Surface
from trialrun.errors import InputError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.values.unit import UNITS

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "doses.toml").read_text(encoding="utf-8")
)["case"]
DAY = Moment("2026-03-01")


def body(weight: str, height: str | None = None) -> Body:
    return Body(
        weight=read_quantity(weight),
        weight_at=DAY,
        height=None if height is None else read_quantity(height),
        height_at=None if height is None else Moment("2026-02-20"),
    )


def optional(case: dict[str, Any], name: str) -> Quantity | None:
    return read_quantity(case[name]) if name in case else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_dose_is_what_was_worked_out_by_hand(case: dict[str, Any]) -> None:
    rule = DoseRule(
        amount=read_quantity(case["amount"]),
        surface=Surface(case.get("surface", "mosteller")),
        step=optional(case, "step"),
        most=optional(case, "most"),
        most_surface=optional(case, "most_surface"),
    )
    participant = body(case["weight"], case.get("height"))
    if "refused" in case:
        with pytest.raises(InputError, match=case["refused"]):
            dose_for(rule, participant)
        return
    dose = dose_for(rule, participant)
    assert str(dose.amount) == case["expected"]
    assert dose.capped is case.get("capped", False)
    assert str(rule.amount) in dose.working
    assert dose.working.endswith(case["expected"])


def test_the_working_names_formula_dates_and_step() -> None:
    dose = dose_for(
        DoseRule(amount=read_quantity("25 mg/m2"), step=read_quantity("0.5 mg")),
        body("70 kg", "170 cm"),
    )
    assert dose.working == (
        "height of 2026-02-20, weight of 2026-03-01: "
        "BSA (Mosteller) = √(170 cm × 70 kg / 3600) = 1.8181 m2; "
        "dose = 25 mg/m2 × 1.8181 m2 = 45.4530 mg; in steps of 0.5 mg: 45.5 mg"
    )
    assert dose.sources == ("Mosteller RD. N Engl J Med 1987;317:1098",)


amounts = st.decimals(min_value=1, max_value=2000, places=2)
weights = st.decimals(min_value=15, max_value=250, places=1)
heights = st.decimals(min_value=100, max_value=230, places=1)
steps = st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal(1)])


@given(amounts, weights, heights, steps)
def test_a_dose_per_m2_by_whole_numbers_only(
    amount: Decimal, weight: Decimal, height: Decimal, step: Decimal
) -> None:
    # dose/step = √A with A rational; the nearest whole number, halves up, is (⌊√(4A)⌋ + 1) // 2.
    square = (Fraction(amount) / Fraction(step)) ** 2 * Fraction(height) * Fraction(weight) / 3600
    steps_given = (isqrt((4 * square).__floor__()) + 1) // 2
    dose = dose_for(
        DoseRule(
            amount=Quantity(amount, UNITS["mg/m2"]),
            step=Quantity(step, UNITS["mg"]),
        ),
        Body(
            weight=Quantity(weight, UNITS["kg"]),
            weight_at=DAY,
            height=Quantity(height, UNITS["cm"]),
            height_at=DAY,
        ),
    )
    assert Fraction(dose.amount.value) == steps_given * Fraction(step)


@given(amounts, weights, steps, st.decimals(min_value=1, max_value=500, places=2))
def test_a_capped_dose_never_passes_its_cap(
    amount: Decimal, weight: Decimal, step: Decimal, most: Decimal
) -> None:
    dose = dose_for(
        DoseRule(
            amount=Quantity(amount, UNITS["mg/kg"]),
            step=Quantity(step, UNITS["mg"]),
            most=Quantity(most, UNITS["mg"]),
        ),
        Body(weight=Quantity(weight, UNITS["kg"]), weight_at=DAY),
    )
    uncapped = Fraction(amount) * Fraction(weight)
    assert Fraction(dose.amount.value) <= Fraction(most)
    assert dose.capped is (uncapped > Fraction(most))
    if not dose.capped and uncapped + Fraction(step) <= Fraction(most):
        assert abs(Fraction(dose.amount.value) - uncapped) <= Fraction(step) / 2


def test_weight_change_is_relative_to_the_weight_of_the_dose() -> None:
    assert weight_change(read_quantity("70 kg"), read_quantity("77 kg")) == Fraction(1, 10)
    assert weight_change(read_quantity("70 kg"), read_quantity("63000 g")) == Fraction(-1, 10)
