"""Clopper–Pearson limits: a printed table, and a second way that knows only fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.exact import Sides, clopper_pearson, shown
from trialrun.errors import InputError

# n = 10, two-sided 95 %, as printed in tables.
TEN = {
    0: ("0.0000", "0.3085"), 1: ("0.0025", "0.4450"), 2: ("0.0252", "0.5561"),
    3: ("0.0667", "0.6525"), 4: ("0.1216", "0.7376"), 5: ("0.1871", "0.8129"),
    6: ("0.2624", "0.8784"), 7: ("0.3475", "0.9333"), 8: ("0.4439", "0.9748"),
    9: ("0.5550", "0.9975"), 10: ("0.6915", "1.0000"),
}  # fmt: skip


@pytest.mark.parametrize("events", TEN)
def test_the_table_of_ten(events: int) -> None:
    limits = clopper_pearson(events, 10)
    assert (shown(limits.lower, 4), shown(limits.upper, 4)) == TEN[events]
    assert limits.estimate == Fraction(events, 10)


def test_none_of_ten_excludes_only_rates_above_26_percent_one_sided() -> None:
    upper = clopper_pearson(0, 10, sides=Sides.UPPER)
    assert upper.lower is None
    assert shown(upper.upper, 1, percent=True) == "25.9"
    assert upper.upper is not None
    assert abs((1 - upper.upper) ** 10 - Decimal("0.05")) < Decimal("1e-9")


def at_least(events: int, n: int, p: Fraction) -> Fraction:
    return sum((comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(events, n + 1)), Fraction(0))


def bisected_lower(events: int, n: int, alpha: Fraction) -> Fraction:
    """The p at which `events` or more have probability alpha, within 10⁻¹¹, by halving."""
    low, high = Fraction(0), Fraction(1)
    while high - low > Fraction(1, 10**11):
        middle = (low + high) / 2
        low, high = (low, middle) if at_least(events, n, middle) > alpha else (middle, high)
    return low


@given(
    st.integers(1, 14).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from(["0.80", "0.90", "0.95", "0.99"]),
    st.sampled_from(list(Sides)),
)
def test_limits_by_halving_fractions(counts: tuple[int, int], level: str, sides: Sides) -> None:
    events, n = counts
    limits = clopper_pearson(events, n, Decimal(level), sides)
    alpha = 1 - Fraction(level)
    alpha = alpha / 2 if sides is Sides.TWO else alpha
    close = Fraction(1, 10**10)
    if sides is Sides.UPPER:
        assert limits.lower is None
    else:
        assert limits.lower is not None
        expected = bisected_lower(events, n, alpha) if events else Fraction(0)
        assert abs(Fraction(limits.lower) - expected) < close
    if sides is Sides.LOWER:
        assert limits.upper is None
    else:
        assert limits.upper is not None
        expected = 1 - bisected_lower(n - events, n, alpha) if events < n else Fraction(1)
        assert abs(Fraction(limits.upper) - expected) < close


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_limits_enclose_the_estimate_and_mirror(counts: tuple[int, int]) -> None:
    events, n = counts
    limits, mirrored = clopper_pearson(events, n), clopper_pearson(n - events, n)
    assert limits.lower is not None
    assert limits.upper is not None
    assert limits.estimate is not None
    assert Fraction(limits.lower) <= limits.estimate <= Fraction(limits.upper)
    assert mirrored.lower == 1 - limits.upper
    assert -limits.lower.as_tuple().exponent <= 10  # type: ignore[operator]


def test_a_wrong_proposal_is_put_right(monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.special

    expected = clopper_pearson(3, 11)
    true = scipy.special.betaincinv
    for shift in (2e-9, -2e-9):
        monkeypatch.setattr(scipy.special, "betaincinv", lambda *a, s=shift: true(*a) + s)
        clopper_pearson.cache_clear()
        assert clopper_pearson(3, 11) == expected


def test_nobody_has_no_limits_and_nonsense_is_refused() -> None:
    nobody = clopper_pearson(0, 0)
    assert (nobody.estimate, nobody.lower, nobody.upper) == (None, None, None)
    for events, n in ((3, 2), (-1, 5)):
        with pytest.raises(InputError, match="not a proportion"):
            clopper_pearson(events, n)
    with pytest.raises(InputError, match="confidence level"):
        clopper_pearson(1, 2, Decimal(95))


@pytest.mark.parametrize(
    ("value", "places", "percent", "text"),
    [
        (Fraction(1, 8), 2, False, "0.13"),
        (Decimal("0.30850"), 1, True, "30.9"),
        (Fraction(1), 1, True, "100.0"),
        (Fraction(-1, 8), 2, False, "-0.13"),
    ],
)
def test_halves_are_shown_away_from_zero(
    value: Decimal | Fraction, places: int, percent: bool, text: str
) -> None:
    assert shown(value, places, percent=percent) == text
    assert shown(None, places) is None
