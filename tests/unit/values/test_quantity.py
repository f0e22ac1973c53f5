"""Numbers with units are exact, and a value on a limit does not change side."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import UnitError
from trialrun.values.quantity import plain, read_number, read_quantity, rounded
from trialrun.values.unit import UNITS, factor, read_unit

SPELLINGS = {
    "×10⁹/L": "10*9/L",
    "x 10^9 / L": "10*9/L",
    "K/uL": "10*3/uL",
    "/mm³": "/uL",
    "cells/µL": "/uL",
    "mg / dl": "mg/dL",
    "µmol/L": "umol/L",
    "μmol/L": "umol/L",
    "mg/m²": "mg/m2",
    "IU/L": "[IU]/L",
    "mL/min/1.73 m²": "mL/min/{1.73_m2}",
    "10^6/kg": "10*6/kg",
    "℃": "Cel",
    "weeks": "wk",
    "months": "mo",
}


@pytest.mark.parametrize(("text", "code"), SPELLINGS.items())
def test_spellings_of_units(text: str, code: str) -> None:
    assert read_unit(text).code == code


@pytest.mark.parametrize("code", UNITS)
def test_every_code_reads_as_itself(code: str) -> None:
    assert read_unit(code) is UNITS[code]


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)))
def test_converting_there_and_back_is_exact(one: str, other: str) -> None:
    a, b = UNITS[one], UNITS[other]
    if a.dimension == b.dimension:
        assert factor(a, b) * factor(b, a) == 1
    else:
        with pytest.raises(UnitError, match="does not convert"):
            factor(a, b)


def test_creatinine_converts_by_its_molar_factor_alone() -> None:
    limit = read_quantity("1.5 mg/dL")
    assert limit.exact(read_unit("umol/L"), molar=Fraction("88.4")) == Fraction("132.6")
    back = read_quantity("132.6 umol/L").exact(read_unit("mg/dL"), molar=Fraction("88.4"))
    assert back == Fraction("1.5")
    with pytest.raises(UnitError):
        limit.exact(read_unit("umol/L"))


def test_indexed_clearance_is_another_quantity() -> None:
    with pytest.raises(UnitError):
        factor(UNITS["mL/min"], UNITS["mL/min/{1.73_m2}"])


@pytest.mark.parametrize(
    "text", ["25", "", "mg/m2", "25 mg/furlong", "1,500 /mm3", "nan mg", "∞ h"]
)
def test_a_wrong_quantity_says_what_to_write(text: str) -> None:
    with pytest.raises(UnitError):
        read_quantity(text)


def test_floats_are_their_shortest_decimal() -> None:
    assert read_number(0.1) == Decimal("0.1")
    with pytest.raises(UnitError):
        read_number(float("inf"))
    with pytest.raises(UnitError, match="not a number"):
        read_number(True)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
    )
)
def test_plain_keeps_the_value_and_has_no_exponent(value: Decimal) -> None:
    text = plain(value)
    assert Decimal(text) == value
    assert "E" not in text.upper()
    assert plain(Fraction(value)) == text


def test_plain_rounds_nothing_in_silence() -> None:
    assert plain(Fraction(1, 3)) == "1/3"


@given(st.fractions(min_value=-1000, max_value=1000), st.sampled_from(["0.1", "0.5", "1", "5"]))
def test_rounding_is_to_the_nearest_step(value: Fraction, step: str) -> None:
    result = Fraction(rounded(value, Fraction(step)))
    assert abs(result - value) <= Fraction(step) / 2
    assert (result / Fraction(step)).denominator == 1


def test_halves_round_away_from_zero() -> None:
    assert rounded(Fraction("45.25"), Fraction("0.5")) == Decimal("45.5")
    assert rounded(Fraction("-45.25"), Fraction("0.5")) == Decimal("-45.5")
