"""Areas and half-lives: exact on exponentials, and against a second way in floating point."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.exposure import Area, Between, Tail, area, terminal
from trialrun.assess.kinetics import Below, NotEvaluable, Quantified, Sample, Status


def series(*pairs: tuple[str, str]) -> tuple[Sample, ...]:
    return tuple(
        Sample(
            day=Decimal(day),
            level=NotEvaluable("")
            if text == "?"
            else (Below(Decimal(text[1:])) if text[0] == "<" else Quantified(Decimal(text))),
        )
        for day, text in pairs
    )


SERIES = series(
    ("0", "<1"), ("1", "10"), ("3", "<1"), ("5", "40"), ("10", "20"), ("14", "<1"), ("28", "<1")
)


def worked(*parts: float) -> float:
    return math.fsum(parts)


FALL = 5 * (40 - 20) / math.log(2)


@pytest.mark.parametrize(
    ("between", "tail", "value", "to_day"),
    [
        # 0→1 rises to 10; 1→5 rises to 40 (day 3 dropped); 5→10 falls to 20 by the logarithm.
        (Between.DROP, Tail.LAST, worked(5, 100, FALL), "10"),
        (Between.ZERO, Tail.LAST, worked(5, 10, 40, FALL), "10"),
        (Between.DROP, Tail.ALL, worked(5, 100, FALL, 40), "14"),
    ],
)
def test_below_quantification_counts_as_stated(
    between: Between, tail: Tail, value: float, to_day: str
) -> None:
    found = area(SERIES, between=between, tail=tail)
    assert found.status is Status.QUANTIFIED
    assert found.value is not None
    assert math.isclose(float(found.value), value, rel_tol=1e-14)
    assert found.to_day == Decimal(to_day)
    assert found.complete
    assert (found.between, found.tail) == (between, tail)


def test_the_end_is_interpolated_on_the_logarithmic_fall() -> None:
    # Level 80 at day 20 halves every 10 days: at day 28 it is 80 · 2^−0.8.
    found = area(series(("20", "80"), ("30", "40")))
    at_end = 80 * 2**-0.8
    assert found.value is not None
    assert math.isclose(
        float(found.value), 20 * 80 / 2 + (80 - at_end) * 10 / math.log(2), rel_tol=1e-14
    )
    assert found.to_day == 28
    assert found.complete


def test_samples_that_stop_early_leave_the_area_incomplete() -> None:
    found = area(series(("7", "10"), ("14", "12")))
    assert not found.complete
    assert found.to_day == 14
    assert found.value == Decimal(35) + Decimal(77)


def test_after_the_cut_off_nothing_counts() -> None:
    whole = series(("7", "10"), ("14", "12"), ("21", "500"))
    assert area(whole, until=Decimal(15)) == area(whole[:2])


def test_zero_is_not_not_evaluable() -> None:
    assert area(series(("7", "?"))).status is Status.NOT_EVALUABLE
    assert area(series(("7", "?"))).value is None
    never = area(series(("7", "<1"), ("28", "<1")))
    assert never == Area(
        status=Status.NEVER_QUANTIFIED, value=Decimal(0), to_day=Decimal(0), complete=True
    )


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=Decimal("0.1"), max_value=27, places=1),
            st.decimals(min_value=1, max_value=500, places=1),
        ),
        min_size=1,
        max_size=10,
        unique_by=lambda pair: pair[0],
    )
)
def test_areas_agree_with_floating_point(pairs: list[tuple[Decimal, Decimal]]) -> None:
    samples = [Sample(day=day, level=Quantified(value)) for day, value in pairs]
    points = [(0.0, 0.0), *sorted((float(day), float(value)) for day, value in pairs)]
    expected = 0.0
    for (t1, c1), (t2, c2) in pairwise(points):
        if 0 < c2 < c1:
            expected += (t2 - t1) * (c1 - c2) / math.log(c1 / c2)
        else:
            expected += (t2 - t1) * (c1 + c2) / 2
    found = area(samples).value
    assert found is not None
    assert math.isclose(float(found), expected, rel_tol=1e-9)


@given(st.decimals(min_value=2, max_value=30, places=1), st.integers(min_value=3, max_value=6))
def test_an_exponential_gives_its_half_life(half_life: Decimal, count: int) -> None:
    days = [Decimal(3 * n) for n in range(1, count + 2)]
    with localcontext(prec=30):
        samples = [
            Sample(day=day, level=Quantified(200 * Decimal(2) ** (-day / half_life)))
            for day in days
        ]
    found = terminal(samples)
    assert found.points == count  # the peak itself is not used
    assert found.half_life is not None
    assert abs(found.half_life - half_life) < Decimal("1e-20")
    assert found.first_day == days[1]


def test_half_life_of_the_best_run_after_the_peak() -> None:
    # By hand: ln of 50, 21, 10, 6 on days 14, 21, 28, 35; adjusted R² by floating point.
    samples = series(("7", "60"), ("14", "50"), ("21", "21"), ("28", "10"), ("35", "6"))
    found = terminal(samples)
    days, logs = [14, 21, 28, 35], [math.log(n) for n in (50, 21, 10, 6)]

    def slope(n: int) -> tuple[float, float]:
        xs, ys = days[-n:], logs[-n:]
        mx, my = sum(xs) / n, sum(ys) / n
        sxy = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
        sxx = sum((x - mx) ** 2 for x in xs)
        syy = sum((y - my) ** 2 for y in ys)
        return sxy / sxx, 1 - (1 - sxy**2 / (sxx * syy)) * (n - 1) / (n - 2)

    best = max((slope(3), slope(4)), key=lambda fit: fit[1])
    assert found.half_life is not None
    assert math.isclose(float(found.half_life), math.log(2) / -best[0], rel_tol=1e-12)
    assert found.adjusted_r2 is not None
    assert math.isclose(float(found.adjusted_r2), best[1], rel_tol=1e-12)


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (series(("7", "60"), ("14", "50"), ("21", "20")), "few_after_peak"),
        (series(("7", "<1")), "no_quantified"),
        (series(("1", "60"), ("7", "10"), ("14", "20"), ("21", "40")), "not_falling"),
        (
            series(("1", "60"), ("7", "30"), ("14", "10"), ("21", "40"), ("28", "11")),
            "poor_fit",
        ),
    ],
)
def test_no_half_life_says_why(samples: tuple[Sample, ...], reason: str) -> None:
    found = terminal(samples)
    assert found.half_life is None
    assert found.reason == reason
