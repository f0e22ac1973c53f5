"""Cell products: the margin over the least dose, and T cells over all infusions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.cell_dose import (
    CellDoseRule,
    Container,
    cell_dose,
    container_of,
    scientific,
)
from trialrun.assess.dose import Body
from trialrun.errors import FactError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS

DAY = Moment("2026-03-01")
BODY = Body(weight=read_quantity("70 kg"), weight_at=DAY)


def bag(nk: str, cd3: str | None = None) -> Container:
    return Container(nk=read_quantity(nk), cd3=None if cd3 is None else read_quantity(cd3))


def least(**more: Any) -> CellDoseRule:
    return CellDoseRule(least=read_quantity("1e7 {cells}/kg"), **more)


def test_the_margin_is_over_the_least() -> None:
    dose = cell_dose(least(), bag("1064e6 {cells}"), BODY)
    assert dose.nk_per_kg == Fraction(15_200_000)
    assert dose.margin == Fraction(52, 100)
    assert dose.enough is Truth.TRUE
    assert "margin +52.0 %" in dose.working
    assert "weight of 2026-03-01" in dose.working


@pytest.mark.parametrize(
    ("above", "cells", "enough"),
    [
        (False, "700e6", Truth.TRUE),
        (True, "700e6", Truth.FALSE),  # "over 1e7/kg": the least itself is too little
        (True, "700000001", Truth.TRUE),
        (False, "699999999", Truth.FALSE),
    ],
)
def test_on_the_least_itself(above: bool, cells: str, enough: Truth) -> None:
    dose = cell_dose(least(above=above), bag(f"{cells} {{cells}}"), BODY)
    assert dose.enough is enough
    assert dose.acceptable is enough


def test_t_cells_add_up_over_all_infusions() -> None:
    # At 76.8 % NK and 5 % CD3+, three times 1e7 NK/kg carry 2.0e6 CD3+/kg.
    total = Quantity(Decimal(700_000_000) / Decimal("0.768"), UNITS["{cells}"])
    one = container_of(
        total,
        viability=read_quantity("100 %"),
        nk_share=read_quantity("76.8 %"),
        cd3_share=read_quantity("5 %"),
    )
    rule = least(most_cd3=read_quantity("1.5e6 {cells}/kg"))
    first = cell_dose(rule, one, BODY)
    assert first.within_cd3 is Truth.TRUE
    third = cell_dose(rule, one, BODY, (one, one))
    assert third.cd3_total is not None
    assert scientific(third.cd3_total) == "1.95e6"
    assert third.within_cd3 is Truth.FALSE
    assert third.acceptable is Truth.FALSE


def test_t_cells_exactly_at_their_cap_are_within_it() -> None:
    rule = least(most_cd3=read_quantity("1e6 {cells}/kg"))
    half = bag("1e9 {cells}", "35e6 {cells}")
    assert cell_dose(rule, half, BODY, (half,)).within_cd3 is Truth.TRUE
    above = bag("1e9 {cells}", "35000001 {cells}")
    assert cell_dose(rule, above, BODY, (half,)).within_cd3 is Truth.FALSE


def test_an_uncounted_t_cell_dose_is_unknown_unless_the_cap_is_passed_already() -> None:
    rule = least(most_cd3=read_quantity("1e6 {cells}/kg"))
    uncounted, heavy = bag("1e9 {cells}"), bag("1e9 {cells}", "100e6 {cells}")
    light = bag("1e9 {cells}", "1e6 {cells}")
    unknown = cell_dose(rule, light, BODY, (uncounted,))
    assert unknown.within_cd3 is Truth.UNKNOWN
    assert unknown.acceptable is Truth.UNKNOWN
    assert unknown.cd3_total is None
    assert cell_dose(rule, uncounted, BODY, (heavy,)).within_cd3 is Truth.FALSE
    assert cell_dose(least(), uncounted, BODY).acceptable is Truth.TRUE


def test_an_upper_limit_of_the_nk_dose_is_kept() -> None:
    rule = least(most=read_quantity("2e7 {cells}/kg"))
    assert cell_dose(rule, bag("1.4e9 {cells}"), BODY).within_most is Truth.TRUE
    assert cell_dose(rule, bag("1.5e9 {cells}"), BODY).acceptable is Truth.FALSE


@given(
    st.integers(10**6, 10**11),
    st.decimals(min_value=1, max_value=100, places=1),
    st.decimals(min_value=1, max_value=100, places=1),
    st.decimals(min_value=15, max_value=250, places=1),
)
def test_a_container_by_its_shares_is_the_product(
    total: int, viability: Decimal, share: Decimal, weight: Decimal
) -> None:
    container = container_of(
        Quantity(Decimal(total), UNITS["{cells}"]),
        viability=Quantity(viability, UNITS["%"]),
        nk_share=Quantity(share, UNITS["%"]),
    )
    dose = cell_dose(least(), container, Body(weight=Quantity(weight, UNITS["kg"]), weight_at=DAY))
    # Tenths of a percent, in whole numbers: total × v × s / 10^6 cells, over weight.
    top = total * int(viability * 10) * int(share * 10) * 10
    assert dose.nk_per_kg == Fraction(top, 10**6 * int(weight * 10))
    assert (dose.enough is Truth.TRUE) == (top >= 10**7 * 10**6 * int(weight * 10))


@pytest.mark.parametrize(
    ("viability", "share"), [("101 %", "50 %"), ("95 %", "-1 %"), ("95 %", "120 %")]
)
def test_a_share_outside_0_to_100_is_refused(viability: str, share: str) -> None:
    with pytest.raises(FactError, match="between 0 and 100"):
        container_of(
            read_quantity("1e9 {cells}"),
            viability=read_quantity(viability),
            nk_share=read_quantity(share),
        )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "1e0"),
        (Fraction(9_999_999), "1e7"),
        (Fraction(15_200_000), "1.52e7"),
        (Fraction(1, 3), "3.33e-1"),
    ],
)
def test_cells_are_written_with_three_digits(value: Fraction, text: str) -> None:
    assert scientific(value) == text
