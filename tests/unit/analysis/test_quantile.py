"""Quantile definitions: R's nine answers on one list, and what sets them apart."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.quantile import Definition, quantile
from trialrun.errors import InputError

VALUES = tuple(map(Decimal, (1, 2, 4, 7, 11, 16, 22, 29, 37, 46)))

# quantile(c(1,2,4,7,11,16,22,29,37,46), c(.25, .5, .75), type = 1 … 9), R 4.2.2
BY_R = {
    1: ("4", "11", "29"),
    2: ("4", "13.5", "29"),
    3: ("2", "11", "29"),
    4: ("3", "11", "25.5"),
    5: ("4", "13.5", "29"),
    6: ("3.5", "13.5", "31"),
    7: ("4.75", "13.5", "27.25"),
    8: ("23/6", "13.5", "89/3"),
    9: ("3.875", "13.5", "29.5"),
}


@pytest.mark.parametrize("number", BY_R)
def test_as_r_answers(number: int) -> None:
    quarters = [quantile(VALUES, Fraction(i, 4), Definition(number)) for i in (1, 2, 3)]
    assert quarters == [Fraction(text) for text in BY_R[number]]


numbers = st.lists(st.decimals(min_value=-99, max_value=99, places=2), min_size=1, max_size=15)
shares = st.fractions(min_value=0, max_value=1, max_denominator=40)


@given(numbers, shares, st.sampled_from(list(Definition)))
def test_a_quantile_lies_among_the_values_and_ignores_their_order(
    values: list[Decimal], share: Fraction, definition: Definition
) -> None:
    found = quantile(values, share, definition)
    assert found is not None
    assert min(values) <= found <= max(values)
    assert quantile(values[::-1], share, definition) == found


@given(numbers, shares)
def test_sas_5_by_counting(values: list[Decimal], share: Fraction) -> None:
    # By its other definition: the middle of all x with at most share below and at least so up to x.
    n = len(values)
    allowed = [
        x
        for x in values
        if Fraction(sum(v < x for v in values), n)
        <= share
        <= Fraction(sum(v <= x for v in values), n)
    ]
    found = quantile(values, share, Definition.SAS_5)
    assert found == (Fraction(min(allowed)) + Fraction(max(allowed))) / 2


def test_the_median_of_an_even_number_differs_between_definitions() -> None:
    two = (Decimal(1), Decimal(4))
    assert quantile(two, Fraction(1, 2), Definition.INVERSE) == 1
    assert quantile(two, Fraction(1, 2), Definition.SAS_5) == Fraction(5, 2)


def test_nothing_has_no_quantile() -> None:
    assert quantile((), Fraction(1, 2), Definition.SAS_5) is None
    with pytest.raises(InputError, match="between 0 and 1"):
        quantile(VALUES, Fraction(3, 2), Definition.SAS_5)
