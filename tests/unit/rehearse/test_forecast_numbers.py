"""The numbers of a forecast, against a plain recount of the tallies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.exact import clopper_pearson
from trialrun.rehearse.forecast import percentile
from trialrun.rehearse.forecast_numbers import (
    COUNTS,
    Numbers,
    few,
    months,
    number,
    planned_days,
    rank,
    shown_at_least,
)
from trialrun.rehearse.tally import Tally
from unit.rehearse import made_up_trials as made

PLAN = made.protocol()
TRIALS = made.trials(200)


def numbers(ones: tuple[Tally, ...], single: Tally | None = None) -> Numbers:
    return number(PLAN, made.of(PLAN, ones), ones, single=single)


def test_the_planned_end_is_its_last_day() -> None:
    """2026-01-05 to 2027-06-30: 541 days; a month without a day lasts to its end."""
    assert planned_days(PLAN) == 541
    assert planned_days(replace(PLAN, enrolment=replace(PLAN.enrolment, planned_end=None))) is None


def test_counts_agree_with_a_recount() -> None:
    told = numbers(TRIALS)
    for name in COUNTS:
        values = sorted(getattr(one, name) for one in TRIALS)
        count = told.count(name)
        # 200 trials: the 10th, the 100th and the 190th.
        assert (count.low, count.median, count.high) == (values[9], values[99], values[189])
        assert count.total == sum(values)
    assert told.ratio.screened == sum(one.screened for one in TRIALS)
    assert told.ratio.treated == sum(one.infused for one in TRIALS)
    assert told.suspended.value.events == sum(one.suspended for one in TRIALS)


def test_a_trial_that_never_fills_waits_longer_than_all() -> None:
    ones = tuple(replace(TRIALS[0], full_after=days) for days in (500, None, 300, None, None))
    wait = numbers(ones).full_after
    assert (wait.came, wait.low, wait.median, wait.high) == (2, 300, None, None)
    assert numbers(ones[:3]).full_after.median == 500


def test_nobody_enrolled_has_no_last_participant() -> None:
    wait = numbers((made.NOTHING, made.NOTHING)).last_after
    assert (wait.came, wait.median) == (0, None)


def test_limits_are_those_of_the_likely_counts_at_the_target() -> None:
    told = numbers(TRIALS)
    responses = told.outcomes[0]
    counts = [one.value.events for one in responses.limits]
    assert counts == list(range(responses.count.low, responses.count.high + 1))
    for limit in responses.limits:
        assert limit.value == clopper_pearson(limit.value.events, 10)
        assert limit.trials == sum(one.responders == limit.value.events for one in TRIALS)


def test_none_of_ten_excludes_only_rates_above_26_percent() -> None:
    upper = numbers(TRIALS).none_of_n.upper
    assert upper is not None and round(upper * 100) == 26
    # 1 − 0.05^(1/10), by its tenth power.
    assert abs((1 - upper) ** 10 - Decimal("0.05")) < Decimal("1e-8")


@given(st.integers(0, 199))
def test_a_run_stands_where_the_percentile_says(position: int) -> None:
    single = TRIALS[position]
    for standing in numbers(TRIALS, single).standings:
        assert standing.fewer + standing.same + standing.more == 200
        assert standing.same >= 1
        if standing.name != "full_after":
            assert standing.percentile == percentile(single, TRIALS, standing.name)


def test_a_run_that_never_fills_is_above_all_that_do() -> None:
    single = replace(TRIALS[0], full_after=None)
    standing = next(one for one in numbers(TRIALS, single).standings if one.name == "full_after")
    never = sum(one.full_after is None for one in TRIALS)
    assert (standing.fewer, standing.same, standing.more) == (200 - never, never, 0)


def test_outcomes_are_those_of_the_protocol_or_of_a_trial() -> None:
    assert [one.name for one in numbers(TRIALS).outcomes] == [
        "responders", "conversions", "dose_limiting",
    ]  # fmt: skip
    assert [one.name for one in numbers(made.BARREN).outcomes] == ["responders", "dose_limiting"]


def test_no_response_in_any_trial_still_has_its_chance() -> None:
    responses = numbers(made.BARREN).outcomes[0]
    assert [(k, one.value.events) for k, one in shown_at_least(responses)] == [(1, 0)]
    assert [one.value.events for one in responses.limits] == [0]


@pytest.mark.parametrize("size", [1, 2, 19, 20, 21])
def test_a_rank_leaves_at_most_its_share_below(size: int) -> None:
    values = list(range(size))
    for share in (Fraction(1, 20), Fraction(1, 2), Fraction(19, 20)):
        found = rank(values, share)
        assert found is not None
        assert Fraction(found, size) < share <= Fraction(found + 1, size)


def test_many_rows_are_thinned_to_round_percentiles() -> None:
    values = list(range(100))
    assert few(range(5), values) == (0, 1, 2, 3, 4)
    assert few(range(100), values) == (0, 4, 9, 24, 49, 74, 89, 94, 98)


def test_a_month_is_a_twelfth_of_a_year() -> None:
    assert months(Fraction(1461, 4)) == 12
