"""Donor NK levels and what a series shows: limits, peaks, persistence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.kinetics import (
    Below,
    Factors,
    Level,
    Limits,
    NotEvaluable,
    Peak,
    Persistence,
    Quantified,
    Sample,
    Status,
    donor_level,
    level_at,
    peak,
    persistence,
)
from trialrun.errors import FactError
from trialrun.values.quantity import Quantity, read_quantity


def factors(
    lymphocytes: str | None, share: str | None, chimerism: str | None, *, below: bool = False
) -> Factors:
    def optional(text: str | None) -> Quantity | None:
        return None if text is None else read_quantity(text)

    return Factors(
        lymphocytes=optional(lymphocytes),
        nk_share=optional(share),
        chimerism=optional(chimerism),
        chimerism_below=below,
    )


@pytest.mark.parametrize(
    ("given_factors", "limits", "level"),
    [
        (factors("500 /uL", "60 %", "40 %"), Limits(), Quantified(Decimal(120))),
        (factors("0.5 10*9/L", "60 %", "40 %"), Limits(), Quantified(Decimal(120))),
        # Chimerism on its limit is quantified; below it the day's own limit is given, not zero.
        (factors("500 /uL", "60 %", "1 %"), Limits(), Quantified(Decimal(3))),
        (factors("500 /uL", "60 %", "0.9 %"), Limits(), Below(Decimal(3))),
        (factors("500 /uL", "60 %", None, below=True), Limits(), Below(Decimal(3))),
        (
            factors("100 /uL", "10 %", "50 %"),
            Limits(chimerism=Decimal(5), level=Decimal(10)),
            Below(Decimal(10)),
        ),
        # Few lymphocytes tell nothing; that is not zero donor cells.
        (
            factors("5 /uL", "60 %", "90 %"),
            Limits(lymphocytes=Decimal(10)),
            NotEvaluable("few_lymphocytes"),
        ),
        (factors("0 /uL", "60 %", "90 %"), Limits(), NotEvaluable("few_lymphocytes")),
        (
            factors(None, "60 %", "90 %"),
            Limits(),
            NotEvaluable("count_missing"),
        ),
        (factors("50 /uL", "60 %", None), Limits(), NotEvaluable("chimerism_missing")),
        (factors("50 /uL", "0 %", "90 %"), Limits(level=Decimal(1)), Below(Decimal(1))),
    ],
)
def test_a_level_from_its_three_factors(
    given_factors: Factors, limits: Limits, level: Level
) -> None:
    assert donor_level(given_factors, limits) == level


def test_a_share_above_100_percent_is_refused() -> None:
    with pytest.raises(FactError, match="between 0 and 100"):
        donor_level(factors("50 /uL", "101 %", "90 %"), Limits())
    with pytest.raises(FactError, match="chimerism"):
        donor_level(factors("50 /uL", "10 %", "-1 %"), Limits())


def series(*pairs: tuple[str, str], recovery: tuple[str, ...] = ()) -> tuple[Sample, ...]:
    """`"12"` is a level, `"<1"` below the limit 1, `"?"` not evaluable."""

    def level(text: str) -> Level:
        if text == "?":
            return NotEvaluable("haemolysed")
        return Below(Decimal(text[1:])) if text[0] == "<" else Quantified(Decimal(text))

    return tuple(
        Sample(day=Decimal(day), level=level(text), recovery=day in recovery) for day, text in pairs
    )


RISE_AND_FALL = series(
    ("0", "<0.5"), ("0.04", "90"), ("3", "12"), ("7", "40"), ("10", "40"), ("14", "<1"),
    ("21", "2"), ("28", "<0.7"),
    recovery=("0.04",),
)  # fmt: skip


def test_the_peak_leaves_out_recovery_and_takes_the_earliest_of_equals() -> None:
    assert peak(RISE_AND_FALL) == Peak(status=Status.QUANTIFIED, level=Decimal(40), day=Decimal(7))


def test_never_quantified_is_not_the_same_as_not_evaluable() -> None:
    assert peak(series(("7", "<1"), ("14", "?"))).status is Status.NEVER_QUANTIFIED
    assert peak(series(("7", "?"), ("14", "?"))).status is Status.NOT_EVALUABLE
    assert peak(()).status is Status.NOT_EVALUABLE
    assert peak(series(("0", "5"))).status is Status.NOT_EVALUABLE  # before the infusion only
    assert persistence(series(("7", "?"))).status is Status.NOT_EVALUABLE


@pytest.mark.parametrize(
    ("samples", "until", "expected"),
    [
        (RISE_AND_FALL, None, ("21", "28", "")),
        # After a transplant nothing counts: still found at the last sample before it.
        (RISE_AND_FALL, "12", ("10", None, "transplant")),
        (RISE_AND_FALL, "15", ("10", "14", "")),
        (series(("7", "5"), ("14", "6")), None, ("14", None, "")),
        (series(("7", "5"), ("14", "?"), ("21", "<1")), None, ("7", "21", "")),
        (series(("7", "5"), ("10", "<1"), ("14", "<1")), None, ("7", "10", "")),
    ],
)
def test_persistence_is_an_interval(
    samples: tuple[Sample, ...], until: str | None, expected: tuple[str, str | None, str]
) -> None:
    found = persistence(
        samples,
        until=None if until is None else Decimal(until),
        censored_by="" if until is None else "transplant",
    )
    last, lost, censored = expected
    assert found == Persistence(
        status=Status.QUANTIFIED,
        last_found=Decimal(last),
        first_lost=None if lost is None else Decimal(lost),
        censored_by=censored,
    )


def test_cells_lost_before_the_first_sample() -> None:
    assert persistence(series(("7", "<1"), ("14", "<1"))) == Persistence(
        status=Status.NEVER_QUANTIFIED, last_found=None, first_lost=Decimal(7)
    )


levels = st.one_of(
    st.builds(Quantified, st.decimals(min_value=1, max_value=500, places=1)),
    st.builds(Below, st.just(Decimal(1))),
    st.just(NotEvaluable("few cells")),
)
timed = st.lists(
    st.builds(Sample, day=st.decimals(min_value=0, max_value=60, places=1), level=levels),
    max_size=12,
    unique_by=lambda sample: sample.day,
)


@given(timed)
def test_persistence_and_peak_by_a_second_way(samples: list[Sample]) -> None:
    told = {s.day: s.level for s in samples if s.day > 0 and not isinstance(s.level, NotEvaluable)}
    found_on = [day for day, level in told.items() if isinstance(level, Quantified)]
    last = max(found_on, default=None)
    after = [day for day in told if last is None or day > last]
    found = persistence(samples)
    assert (found.last_found, found.first_lost) == (last, min(after, default=None))
    top = peak(samples)
    heights = [level.value for level in told.values() if isinstance(level, Quantified)]
    assert top.level == max(heights, default=None)
    if top.day is not None:
        assert told[top.day] == Quantified(max(heights))
    assert persistence(samples[::-1]) == found
    assert peak(samples[::-1]) == top


def test_the_level_of_a_planned_day_is_the_nearest_evaluable_one() -> None:
    samples = series(("13", "?"), ("14.1", "?"), ("15", "8"), ("12.5", "<1"))
    assert level_at(samples, day=Decimal(14), within=Decimal(2)) == Quantified(Decimal(8))
    assert level_at(samples, day=Decimal(14), within=Decimal("0.5")) == NotEvaluable("haemolysed")
    assert level_at(samples, day=Decimal(28), within=Decimal(3)) is None
    assert level_at(samples, day=Decimal("13.75"), within=Decimal(2)) == Below(Decimal(1))
