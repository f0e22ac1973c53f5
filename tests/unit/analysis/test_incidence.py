"""Cumulative incidence: R's numbers on a tied ten, and a second way by definition."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.incidence import Course, Variance, cumulative_incidence
from trialrun.analysis.survival import Followed, Interval, kaplan_meier
from trialrun.errors import InputError

# The ten of the survival test; at 90 days both causes happen.
TEN = [
    Course(Decimal(time), cause)
    for time, cause in (
        (30, "relapse"), (45, "relapse"), (45, None), (60, "death"), (90, "relapse"),
        (90, "death"), (120, "death"), (180, "relapse"), (365, None), (365, None),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    ("variance", "errors"),
    [
        # cmprsk 2.2-11 (square roots of its variances) and survival 3.5-3, R 4.2.2
        (Variance.AALEN, [0.01**0.5, 0.0179012345679012**0.5, 0.0332602670697908**0.5]),
        (Variance.DELTA, [0.0948683298050514, 0.126491106406735, 0.163774715491746]),
    ],
)
def test_a_tied_ten(variance: Variance, errors: list[float]) -> None:
    relapse = cumulative_incidence(TEN, "relapse", variance=variance)
    assert relapse.events == 4
    for day, value, error in zip(
        (30, 45, 365), (Fraction(1, 10), Fraction(2, 10), Fraction(3, 7)), errors, strict=True
    ):
        step = relapse.at(Decimal(day))
        assert step is not None
        assert step.incidence == value
        assert math.isclose(float(step.std_error), error, rel_tol=1e-13)


def test_limits_on_the_logarithmic_scale() -> None:
    # R: survfit(Surv(time, factor(status)) ~ 1), e2 at 60 days
    death = cumulative_incidence(TEN, "death", interval=Interval.LOG, variance=Variance.DELTA)
    step = death.at(Decimal(60))
    assert step is not None
    assert math.isclose(float(step.lower or 0), 0.0181352068896723, rel_tol=1e-12)
    assert math.isclose(float(step.upper or 0), 0.720213701958597, rel_tol=1e-12)
    before = death.at(Decimal(30))
    assert before is not None
    assert (before.incidence, before.lower, before.upper) == (0, None, None)


courses = st.lists(
    st.builds(
        Course,
        time=st.integers(0, 8).map(Decimal),
        cause=st.sampled_from([None, "a", "b", "c"]),
    ),
    max_size=20,
)


@given(courses)
def test_incidences_and_survival_add_up_to_one(participants: list[Course]) -> None:
    free = kaplan_meier([Followed(one.time, one.cause is not None) for one in participants])
    causes = [cumulative_incidence(participants, cause) for cause in "abc"]
    for position, step in enumerate(free.steps):
        assert step.survival + sum(one.steps[position].incidence for one in causes) == 1


@given(courses, st.sampled_from(list(Variance)))
def test_incidence_by_its_definition(participants: list[Course], variance: Variance) -> None:
    found = cumulative_incidence(participants, "a", variance=variance)
    total = Fraction(0)
    times = sorted({one.time for one in participants})
    for step, time in zip(found.steps, times, strict=True):
        free = Fraction(1)
        for earlier in times:
            if earlier < time:
                d = sum(one.cause is not None and one.time == earlier for one in participants)
                free *= 1 - Fraction(d, sum(one.time >= earlier for one in participants))
        here = sum(one.cause == "a" and one.time == time for one in participants)
        total += free * Fraction(here, sum(one.time >= time for one in participants))
        assert step.incidence == total
        assert step.std_error >= 0


def plain_variance(participants: list[Course], now: Decimal, kind: Variance) -> Fraction:
    """The variance by its formula, one term a time and in fractions, up to `now`."""
    times = sorted({one.time for one in participants if one.time <= now})
    free, incidence = Fraction(1), Fraction(0)
    rows = []
    for time in times:
        n = sum(one.time >= time for one in participants)
        d = sum(one.cause is not None and one.time == time for one in participants)
        own = sum(one.cause == "a" and one.time == time for one in participants)
        incidence += free * Fraction(own, n)
        rows.append((n, d, own, free, incidence))
        free *= Fraction(n - d, n)
    total = Fraction(0)
    for n, d, own, before, then in rows:
        ahead = incidence - then
        left = Fraction(n - d, n)
        if kind is Variance.DELTA:
            total += before**2 * Fraction((n - own) * own, n**3)
            if ahead:
                total += ahead**2 * Fraction(d, n**2) / left
                total -= 2 * ahead * before * Fraction(own, n**2)
        else:
            # Own events push the incidence up; all events together take from what lies ahead.
            pulled = ahead / left if ahead else Fraction(0)
            for events, effect in ((own, before - pulled), (d - own, -pulled)):
                tied = Fraction(events - 1, n - 1) if events > 1 else Fraction(0)
                total += effect**2 * events * (1 - tied) / n**2
    return total


@given(courses, st.sampled_from(list(Variance)))
def test_variances_by_their_formulas(participants: list[Course], variance: Variance) -> None:
    found = cumulative_incidence(participants, "a", variance=variance)
    for step in found.steps:
        expected = plain_variance(participants, step.time, variance)
        assert abs(Fraction(step.std_error) ** 2 - expected) < Fraction(1, 10**25)


@given(courses)
def test_with_one_cause_only_the_delta_variance_is_greenwoods(participants: list[Course]) -> None:
    single = [Course(one.time, "a" if one.cause else None) for one in participants]
    curve = kaplan_meier([Followed(one.time, one.cause is not None) for one in single])
    found = cumulative_incidence(single, "a", variance=Variance.DELTA)
    for step, other in zip(found.steps, curve.steps, strict=True):
        if other.std_error is not None:
            assert math.isclose(float(step.std_error), float(other.std_error), abs_tol=1e-14)


def test_the_order_of_tied_causes_does_not_matter() -> None:
    assert cumulative_incidence(TEN[::-1], "relapse") == cumulative_incidence(TEN, "relapse")


def test_a_negative_time_is_refused() -> None:
    with pytest.raises(InputError, match="below zero"):
        cumulative_incidence([Course(Decimal(-1), "a")], "a")
