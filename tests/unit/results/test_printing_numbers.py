"""The one place where results are rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.exact import clopper_pearson
from trialrun.analysis.spread import Limited
from trialrun.results.printing import (
    NARROW,
    limited,
    percent,
    percent_limits,
    places,
    significant,
    unit,
    whole,
)
from trialrun.results.traced_text import number


def spaced(text: str) -> str:
    return text.replace(NARROW, " ")


@pytest.mark.parametrize(
    ("part", "written"),
    [
        (Fraction(0), "0 %"), (Fraction(1), "100 %"), (Fraction(1, 3), "33.3 %"),
        (Fraction(1, 10), "10.0 %"), (Fraction(1, 4000), "<0.1 %"),
        (Fraction(3999, 4000), ">99.9 %"),
        (Decimal("0.00045"), "<0.1 %"), (Decimal("0.0005"), "0.1 %"), (None, "not estimable"),
    ],
)  # fmt: skip
def test_percents(part: Fraction | Decimal | None, written: str) -> None:
    assert spaced(percent(part)) == written


def test_limits_of_a_percent() -> None:
    assert spaced(percent_limits(clopper_pearson(3, 10))) == "6.7–65.2 %"
    assert spaced(percent_limits(clopper_pearson(0, 10))) == "0–30.8 %"
    assert percent_limits(clopper_pearson(0, 0)) == "not estimable"
    assert percent_limits(clopper_pearson(0, 0), "zh") == "无法估计"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("0", "0"), ("0.05", "0.05"), ("43.849", "43.8"), ("99.95", "100"), ("9.995", "10"),
        ("1230", "1230"), ("15250000", "1.53 × 10⁷"), ("0.00001234", "1.23 × 10⁻⁵"),
        ("-2.345", "−2.35"), ("999999", "1 × 10⁶"), ("12.0", "12"), ("88512", "88 500"),
    ],
)  # fmt: skip
def test_three_significant_digits(value: str, written: str) -> None:
    assert spaced(significant(Decimal(value))) == written.replace(NARROW, " ")


@given(st.fractions(min_value=Fraction(1, 10**7), max_value=10**9))
def test_significant_digits_are_within_half_a_step(value: Fraction) -> None:
    text = significant(value).replace(NARROW, "")
    mantissa, _, power = text.partition(" × 10")
    exponent = int(power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) or 0)
    shown = Fraction(mantissa) * Fraction(10) ** exponent
    assert abs(shown - value) / value <= Fraction(1, 200)
    assert len(mantissa.replace(".", "").strip("0")) <= 3


@given(st.lists(st.fractions(min_value=0, max_value=10**8), min_size=3, max_size=3))
def test_registry_numbers_keep_their_order(values: list[Fraction]) -> None:
    low, middle, high = sorted(values)
    texts = [Fraction(number(value)) for value in (low, middle, high)]
    assert texts == sorted(texts)


def test_counts_days_and_limits() -> None:
    assert whole(9999) == "9999" and spaced(whole(1234567)) == "1 234 567"
    assert places(Fraction(1, 3), 1) == "0.3" and places(None, 1) == "not estimable"
    assert places(Decimal("-0.25"), 1) == "−0.3"  # halves away from zero
    assert spaced(limited(Limited(Fraction(1, 2), below=True))) == "< 0.5"
    assert limited(Limited(Fraction(27, 2)), decimals=0) == "14"


def test_units_as_people_write_them() -> None:
    assert unit("10*9/L") == "×10⁹/L"
    assert unit("a", "zh") == "岁" and unit("a") == "years"
    assert unit("{score}") == "" and unit(None) == "" and unit("mg/dL") == "mg/dL"
