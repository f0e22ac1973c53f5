"""A forecast counts trials; a second, plain count agrees."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trialrun.rehearse.forecast import forecast, percentile
from trialrun.rehearse.tally import Tally

PLAIN = Tally(
    screened=15, not_eligible=3, facts_missing=1, enrolled=10, started=10, infused=9,
    product_failures=1, responders=2, conversions=1, dose_limiting=1, serious=4, deaths=3,
    suspended=False, full_after=400, last_after=600,
)  # fmt: skip

tallies = st.lists(
    st.builds(
        lambda responders, full, suspended: replace(
            PLAIN, responders=responders, full_after=full, suspended=suspended
        ),
        st.integers(0, 10),
        st.none() | st.integers(100, 900),
        st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@given(tallies)
def test_chances_are_counts_of_trials(ones: list[Tally]) -> None:
    made = forecast(ones, target=10, planned_days=500)
    assert made.full_by_planned_end is not None
    full = [one for one in ones if one.full_after is not None]
    assert made.full_at_all.value.events == len(full)
    assert made.full_by_planned_end.value.events == sum(
        (one.full_after or 0) <= 500 for one in full
    )
    chances = dict(made.at_least)["responders"]
    for k, chance in enumerate(chances, start=1):
        assert chance.value.events == sum(one.responders >= k for one in ones)
    distribution = dict(dict(made.distributions)["responders"])
    assert sum(distribution.values()) == len(ones)


@given(tallies)
def test_spreads_are_values_that_occurred(ones: list[Tally]) -> None:
    made = forecast(ones, target=10, planned_days=None)
    assert made.full_by_planned_end is None
    for spread in made.spreads:
        values = sorted(v for one in ones if (v := getattr(one, spread.name)) is not None)
        assert spread.n == len(values)
        assert {spread.low, spread.median, spread.high} <= set(values)
        assert spread.low <= spread.median <= spread.high
        assert sum(value <= spread.median for value in values) * 2 >= len(values)


def test_percentile_counts_ties_half() -> None:
    ones = [replace(PLAIN, responders=k) for k in (0, 1, 1, 2)]
    assert percentile(ones[1], ones, "responders") == Fraction(1, 2)
    assert percentile(ones[0], ones, "responders") == Fraction(1, 8)
    assert percentile(replace(PLAIN, full_after=None), ones, "full_after") is None
