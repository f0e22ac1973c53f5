"""The draws have the distributions they claim, and each participant's own stream."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trialrun.errors import InputError
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.portable import Floats

MANY = 4000
FIRST_BITS = [5714753203973567835, 2340408845656272596]


def draws(purpose: Purpose = Purpose.PHYSIOLOGY, count: int = MANY) -> Draws:
    return Draws.of_trial(7, range(count), purpose)


@pytest.mark.parametrize(
    ("draw", "law"),
    [
        (lambda d: d.uniform(), stats.uniform()),
        (lambda d: d.between(-3, -1.35), stats.uniform(-3, 1.65)),
        (lambda d: d.normal(), stats.norm()),
        (lambda d: d.lognormal(1100, 0.45), stats.lognorm(0.45, scale=1100)),
        (lambda d: d.exponential(), stats.expon()),
        (lambda d: d.beta(2, 3.5), stats.beta(2, 3.5)),
        (lambda d: d.beta(1, 0.7), stats.beta(1, 0.7)),
        (lambda d: d.beta(5, 2.0), stats.beta(5, 2)),
    ],
    ids=["uniform", "between", "normal", "lognormal", "exponential", "beta", "beta1", "beta5"],
)
def test_continuous_draws_follow_their_law(
    draw: Callable[[Draws], Floats], law: stats.rv_continuous
) -> None:
    # Fixed seed: this p is one number, not a chance of failing.
    assert stats.kstest(draw(draws()), law.cdf).pvalue > 0.01


@pytest.mark.parametrize("mean", [0.1, 3.0, 60.0])
def test_poisson_counts_have_their_mean_and_variance(mean: float) -> None:
    counts = draws().poisson(mean)
    assert counts.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / MANY))
    assert counts.var() == pytest.approx(mean, rel=0.12)
    assert counts.min() >= 0


def test_poisson_of_no_events_is_none() -> None:
    assert not draws().poisson(0.0).any()


def test_categories_and_bernoulli_have_their_shares() -> None:
    shares = np.bincount(draws().category((1, 0, 5, 4)), minlength=4) / MANY
    assert shares == pytest.approx([0.1, 0, 0.5, 0.4], abs=0.03)
    assert draws().bernoulli(0.28).mean() == pytest.approx(0.28, abs=0.03)
    assert not draws().bernoulli(0).any()
    assert draws().bernoulli(1).all()
    assert set(draws().category((0, 1, 0)).tolist()) == {1}


def test_uniforms_are_odd_multiples_and_never_at_an_end() -> None:
    u = draws().uniform()
    steps = u * 2.0**53
    assert (steps == np.floor(steps)).all()
    assert (steps % 2 == 1).all()
    assert u.min() > 0
    assert u.max() < 1
    assert (1.0 - (1.0 - u) == u).all()


@given(st.sets(st.integers(0, 200), min_size=1, max_size=8), st.integers(0, 2**64))
def test_a_participant_draws_the_same_alone_or_among_others(numbers: set[int], seed: int) -> None:
    order = sorted(numbers, reverse=True)
    together = Draws.of_trial(seed, order, Purpose.CLINICAL)
    rows = [together.uniform() for _ in range(Draws.BLOCK + 3)]
    for place, number in enumerate(order):
        alone = Draws.of_trial(seed, [number], Purpose.CLINICAL)
        assert [row[place] for row in rows] == [alone.uniform()[0] for _ in rows]


def test_purposes_seeds_and_participants_have_streams_of_their_own() -> None:
    seen = {
        tuple(Draws.of_trials([(seed, number)], purpose).raw().tolist())
        for seed in (0, 1, 2)
        for number in (0, 1, 2)
        for purpose in Purpose
    }
    assert len(seen) == 3 * 3 * len(Purpose)


def test_streams_are_those_of_numpy_today_and_tomorrow() -> None:
    # The first numbers of seed 7, participant 0, written down: an upgrade must not move them.
    one = Draws.of_trial(7, [0], Purpose.PHYSIOLOGY)
    bits = [int(one.raw()[0]) for _ in range(2)]
    stream = np.random.PCG64(np.random.SeedSequence(7, spawn_key=(0, 2)))
    assert bits == [int(v) for v in stream.random_raw(2)]
    assert bits == FIRST_BITS


def test_nobody_draws_nothing() -> None:
    assert Draws.of_trial(1, [], Purpose.ARRIVAL).normal().shape == (0,)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda d: d.category(()), "weights"),
        (lambda d: d.category((0.0, 0.0)), "weights"),
        (lambda d: d.category((1.0, -1.0)), "weights"),
        (lambda d: d.beta(0, 1), "Beta"),
        (lambda d: d.beta(2, 0), "Beta"),
        (lambda d: d.poisson(-1), "Poisson"),
        (lambda d: d.poisson(math.nan), "Poisson"),
    ],
)
def test_what_is_no_distribution_is_refused(draw: Callable[[Draws], object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        draw(draws(count=3))
