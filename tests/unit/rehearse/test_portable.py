"""The portable functions against decimal arithmetic of 60 digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Context, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from trialrun.analysis import normal
from trialrun.rehearse import portable
from trialrun.rehearse.portable import Floats

EXACTLY = Context(prec=60, Emax=999999, Emin=-999999)
# The tests draw their points as they like; nothing of a rehearsal comes from here.
POINTS = np.random.Generator(np.random.PCG64(20201031))


def greatest_error(got: Floats, exact: list[Decimal]) -> float:
    """The greatest error in units in the last place of the true value's double."""
    worst = 0.0
    with localcontext(EXACTLY):
        for value, true in zip(got.tolist(), exact, strict=True):
            nearest = float(true)
            if math.isinf(nearest):
                assert value == nearest
                continue
            error = abs(Decimal(value) - true) / Decimal(math.ulp(nearest))
            worst = max(worst, float(error))
    return worst


def decimals(x: Floats, function: Callable[[Decimal], Decimal]) -> list[Decimal]:
    with localcontext(EXACTLY):
        return [function(Decimal(value)) for value in x.tolist()]


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1e-8, 1e-8), (-1, 1), (-40, 40), (-708, 709.7), (690, 709.78), (-745.1, -690)],
)
def test_exp_is_within_1_ulp(low: float, high: float) -> None:
    x = POINTS.uniform(low, high, 600)
    assert greatest_error(portable.exp(x), decimals(x, lambda v: v.exp(EXACTLY))) <= 1


def test_exp_at_its_ends() -> None:
    x = np.array([0.0, -0.0, math.inf, -math.inf, math.nan, 709.79, 709.78, -745.2, -745.13])
    y = portable.exp(x)
    assert y[:4].tolist() == [1, 1, math.inf, 0]
    assert math.isnan(y[4])
    assert y[5] == math.inf
    assert math.isfinite(y[6])
    assert y[7] == 0
    assert y[8] == 5e-324


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1e-6, 1e-6), (-0.4, 0.4), (-20, 20), (-700, 700), (-744, -708), (700, 709.7)],
)
def test_log_is_within_1_ulp(low: float, high: float) -> None:
    x = np.exp(POINTS.uniform(low, high, 600))
    assert greatest_error(portable.log(x), decimals(x, lambda v: v.ln(EXACTLY))) <= 1


def test_log_at_its_ends() -> None:
    y = portable.log(np.array([1.0, 0.0, -0.0, math.inf, -1.0, math.nan, 5e-324]))
    assert y[:4].tolist() == [0, -math.inf, -math.inf, math.inf]
    assert np.isnan(y[4:6]).all()
    assert y[6] == pytest.approx(-744.4400719213812, rel=1e-15)


@pytest.mark.parametrize(
    ("logs", "exponents"),
    [
        ((-3, 3), 1.0),
        ((-20, 20), 30.0),
        ((-0.7, 0.7), 1000.0),
        ((-1e-3, 1e-3), 7e5),
        ((-743, -700), 1),
    ],
)
def test_power_is_within_1_ulp(logs: tuple[float, float], exponents: float) -> None:
    x = np.exp(POINTS.uniform(*logs, 120))
    y = POINTS.uniform(-exponents, exponents, 120)
    with localcontext(EXACTLY):
        true = [Decimal(a) ** Decimal(b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    assert greatest_error(portable.power(x, y), true) <= 1


def test_power_at_its_ends() -> None:
    x = np.array([0.0, 0.0, 0.0, math.inf, math.inf, 1.0, 2.0, 2.0, 0.5, 1e300, 1e300])
    y = np.array([1.0, 0.0, -1.0, 2.0, -2.0, math.nan, math.inf, -math.inf, math.inf, 2.0, -2.0])
    expected = [0, 1, math.inf, math.inf, 0, 1, math.inf, 0, 0, math.inf, 0]
    assert portable.power(x, y).tolist() == expected
    assert np.isnan(
        portable.power(np.array([-1.0, math.nan, 2.0]), np.array([2, 1, math.nan]))
    ).all()


def test_quantile_agrees_with_a_newton_iteration_in_decimals() -> None:
    p = np.concatenate([POINTS.uniform(0, 1, 40), 10 ** POINTS.uniform(-8.9, -1, 20)])
    got = portable.normal_quantile(p)
    for value, probability in zip(got.tolist(), p.tolist(), strict=True):
        assert value == pytest.approx(
            float(normal.normal_quantile(Decimal(probability))), rel=2e-15
        )


def test_quantile_agrees_with_scipy_far_out() -> None:
    p = np.concatenate(
        [10 ** POINTS.uniform(-300, -1, 500), 1 - 10 ** POINTS.uniform(-15, -1, 500)]
    )
    assert portable.normal_quantile(p) == pytest.approx(ndtri(p), rel=2e-15)
    ends = portable.normal_quantile(np.array([0.0, 1.0, 0.5, -0.1, 1.1, math.nan]))
    assert ends[:3].tolist() == [-math.inf, math.inf, 0]
    assert np.isnan(ends[3:]).all()


@given(st.lists(st.floats(), min_size=1, max_size=7))
def test_an_element_does_not_depend_on_its_neighbours(values: list[float]) -> None:
    x = np.array(values)
    for function in (portable.exp, portable.log, portable.normal_quantile):
        alone = np.concatenate([function(x[i : i + 1]) for i in range(len(x))])
        assert np.array_equal(function(x), alone, equal_nan=True)


@given(st.floats(-700, 700), st.floats(-700, 700))
def test_exp_and_log_are_monotone(a: float, b: float) -> None:
    low, high = sorted((a, b))
    y = portable.exp(np.array([low, high]))
    assert y[0] <= y[1]
    assert portable.log(y)[0] <= portable.log(y)[1]


@pytest.mark.parametrize("function", [portable.exp, portable.log])
def test_shapes_and_arguments_are_kept(function: Callable[[Floats], Floats]) -> None:
    x = np.linspace(0.5, 2, 24).reshape(2, 3, 4)
    before = x.copy()
    assert function(x).shape == (2, 3, 4)
    assert function(x[:, 1]).tolist() == function(x)[:, 1].tolist()  # not contiguous
    assert (x == before).all()
    assert function(np.empty((0,))).shape == (0,)
