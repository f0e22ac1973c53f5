"""Kaplan–Meier: a case worked by hand, a second way by definition, and R's rules of quantiles."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.survival import (
    Followed,
    Interval,
    at_risk,
    follow_up,
    kaplan_meier,
)
from trialrun.errors import InputError

# Ten participants with ties: survival 0.9, 0.8, then one censored at 45 together with an event.
TEN = [
    Followed(Decimal(time), event)
    for time, event in (
        (30, True), (45, True), (45, False), (60, True), (90, True), (90, True), (120, True),
        (180, True), (365, False), (365, False),
    )
]  # fmt: skip


def test_ten_by_hand() -> None:
    curve = kaplan_meier(TEN, interval=Interval.LOG)
    assert [(int(s.time), s.at_risk, s.events, s.censored) for s in curve.steps] == [
        (30, 10, 1, 0), (45, 9, 1, 1), (60, 7, 1, 0), (90, 6, 2, 0), (120, 4, 1, 0),
        (180, 3, 1, 0), (365, 2, 0, 2),
    ]  # fmt: skip
    assert [step.survival for step in curve.steps] == [
        Fraction(9, 10), Fraction(8, 10), Fraction(24, 35), Fraction(16, 35), Fraction(12, 35),
        Fraction(8, 35), Fraction(8, 35),
    ]  # fmt: skip
    assert curve.n == 10
    assert curve.events == 7
    median = curve.median
    # R 4.2.2, survival 3.5-3: quantile(survfit(…, conf.type = "log"), .5)
    assert (median.time, median.lower, median.upper) == (90, 60, None)
    upper_quarter = curve.quantile(Fraction(1, 4))
    assert (upper_quarter.time, upper_quarter.lower, upper_quarter.upper) == (60, 30, None)


@pytest.mark.parametrize(
    ("interval", "lower", "upper"),
    [
        # R 4.2.2, survival 3.5-3, at time 90
        (Interval.LOG, 0.224195947585669, 0.932129211465251),
        (Interval.LOG_LOG, 0.142982162755612, 0.729779106015238),
        (Interval.PLAIN, 0.131439769483513, 0.782845944802201),
    ],
)
def test_intervals_of_ten(interval: Interval, lower: float, upper: float) -> None:
    step = kaplan_meier(TEN, interval=interval).at(Decimal(100))
    assert step is not None
    assert math.isclose(float(step.lower or 0), lower, rel_tol=1e-13)
    assert math.isclose(float(step.upper or 0), upper, rel_tol=1e-13)
    assert math.isclose(float(step.std_error or 0), 0.166178098285707, rel_tol=1e-13)


def test_when_all_have_died_the_limits_are_not_estimable() -> None:
    curve = kaplan_meier([Followed(Decimal(n), True) for n in (1, 2, 3)])
    last = curve.steps[-1]
    assert (last.survival, last.std_error, last.lower, last.upper) == (0, None, None, None)
    assert curve.median.time == 2


def test_before_the_first_event_survival_is_one() -> None:
    curve = kaplan_meier([Followed(Decimal(5), False), Followed(Decimal(9), True)])
    assert curve.at(Decimal(4)) is None
    first = curve.steps[0]
    assert (first.survival, first.lower, first.upper) == (1, 1, 1)


def test_nobody_has_an_empty_curve() -> None:
    curve = kaplan_meier([])
    assert (curve.n, curve.steps, curve.median.time) == (0, (), None)


def test_a_median_never_reached_is_not_estimable() -> None:
    curve = kaplan_meier([Followed(Decimal(n), n == 1) for n in range(1, 6)])
    assert curve.median.time is None


def test_a_curve_exactly_at_one_half_has_its_median_in_the_middle() -> None:
    # Survival is exactly 1/2 from 2 to 3: R gives 2.5. With no later event it stays at 2.
    four = [Followed(Decimal(n), True) for n in (1, 2, 3, 4)]
    assert kaplan_meier(four).median.time == Decimal("2.5")
    flat = [Followed(Decimal(n), n < 3) for n in (1, 2, 3, 4)]
    assert kaplan_meier(flat).median.time == 2
    # A third thrice is one half only in exact arithmetic: 3/4 · 2/3.
    thirds = [Followed(Decimal(n), n in {1, 2, 5}) for n in (1, 2, 3, 5)]
    assert kaplan_meier(thirds).median.time == Decimal("3.5")


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(InputError, match="below zero"):
        kaplan_meier([Followed(Decimal(-1), True)])


people = st.lists(
    st.builds(Followed, time=st.integers(0, 12).map(Decimal), event=st.booleans()),
    max_size=25,
)


@given(people, st.sampled_from(list(Interval)))
def test_survival_by_its_definition(participants: list[Followed], interval: Interval) -> None:
    curve = kaplan_meier(participants, interval=interval)
    assert curve.events == sum(one.event for one in participants)
    for step in curve.steps:
        product, greenwood = Fraction(1), Fraction(0)
        for time in sorted({one.time for one in participants if one.event}):
            if time > step.time:
                break
            d = sum(one.event and one.time == time for one in participants)
            n = sum(one.time >= time for one in participants)
            product *= 1 - Fraction(d, n)
            greenwood += Fraction(d, n * (n - d)) if n > d else 0
        assert step.survival == product
        if product == 0:
            assert step.lower is step.upper is step.std_error is None
            continue
        assert step.std_error is not None
        assert math.isclose(
            float(step.std_error), float(product) * math.sqrt(greenwood), abs_tol=1e-14
        )
        assert step.lower is not None
        assert step.upper is not None
        assert 0 <= step.lower <= Decimal(1)
        assert step.lower <= step.upper <= 1
        assert Fraction(step.lower) <= product + Fraction(1, 10**30)
        assert product <= Fraction(step.upper) + Fraction(1, 10**30)


@given(people)
def test_without_censoring_the_curve_is_a_count(participants: list[Followed]) -> None:
    everyone = [Followed(one.time, True) for one in participants]
    for step in kaplan_meier(everyone).steps:
        alive = sum(one.time > step.time for one in everyone)
        assert step.survival == Fraction(alive, len(everyone))


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_participants_does_not_matter(
    participants: list[Followed], rng: object
) -> None:
    shuffled = list(participants)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert kaplan_meier(shuffled) == kaplan_meier(participants)


def test_digits_do_not_depend_on_the_callers_context() -> None:
    usual = kaplan_meier(TEN)
    with localcontext(prec=6):
        assert kaplan_meier(TEN) == usual
        assert kaplan_meier(TEN).median == usual.median


def test_numbers_at_risk_count_those_still_followed() -> None:
    assert at_risk(TEN, [Decimal(n) for n in (0, 45, 46, 365, 366)]) == (10, 9, 7, 2, 0)


def test_median_follow_up_turns_events_and_censorings_round() -> None:
    # Events at 30 … 180 are the censored ones here; follow-up ends at 45 or 365.
    assert follow_up(TEN).median.time == 365
