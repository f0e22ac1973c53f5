"""Calendar, earliest permitted hour and unmet gaps; suspension counts against published numbers."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.protocol.model import Gap, Protocol
from trialrun.protocol.schedule import calendar, earliest, planned_hours, unmet_gaps
from trialrun.protocol.settling import settle
from trialrun.protocol.suspension import suspension_counts
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source

_spec = importlib.util.spec_from_file_location(
    "working_copies_of_schedule", Path(__file__).parent / "working_copies.py"
)
assert _spec is not None and _spec.loader is not None
copies = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(copies)


def protocol() -> Protocol:
    settled = settle(copies.small(), accept_assumed=True)
    assert isinstance(settled, Protocol)
    return settled


def test_study_days_become_dates_with_their_windows() -> None:
    plan = calendar(protocol(), date(2026, 3, 10))
    chemo = [one for one in plan.administrations if one.item == "chemo"]
    assert [one.on for one in chemo] == [date(2026, 3, d) for d in (4, 5, 6, 7, 8)]
    assert [one.ordinal for one in chemo] == [1, 2, 3, 4, 5]
    day_7 = next(one for one in plan.activities if one.day == 7)
    assert (day_7.first, day_7.on, day_7.last) == (
        date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 18),
    )  # fmt: skip


def test_the_calendar_of_an_arm_leaves_out_what_it_does_not_receive() -> None:
    known = protocol()
    items = (replace(known.regimen[0], arms=("other",)), known.regimen[1])
    plan = calendar(replace(known, regimen=items), date(2026, 3, 10), arm="all")
    assert {one.item for one in plan.administrations} == {"cells"}


def gap(hours: str) -> Gap:
    return Gap(
        id="g", after=("chemo",), before="cells", least_hours=Decimal(hours),
        source=Source(Origin.ASSUMED),
    )  # fmt: skip


def test_the_earliest_hour_counts_from_the_last_actual_end() -> None:
    ends = [Moment("2026-03-07T10:00+08:00"), Moment("2026-03-08T14:30+08:00")]
    assert earliest(gap("48"), ends) == Moment("2026-03-10T14:30:00+08:00")


def test_the_last_end_is_the_latest_instant_whatever_its_offset() -> None:
    ends = [Moment("2026-03-08T14:30+08:00"), Moment("2026-03-08T09:00+00:00")]
    assert earliest(gap("48"), ends) == Moment("2026-03-10T09:00:00+00:00")


def test_nobody_can_say_from_a_date_alone() -> None:
    assert earliest(gap("48"), []) is None
    assert earliest(gap("48"), [Moment("2026-03-08")]) is None
    assert earliest(gap("48"), [Moment("2026-03-08"), Moment("2026-03-08T09:00Z")]) is None


@given(st.integers(0, 5000), st.integers(0, 200))
def test_a_gap_is_never_shortened(minutes: int, tenths: int) -> None:
    end = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    start = earliest(gap(f"{tenths / 10:.1f}"), [Moment(end.isoformat(timespec="seconds"))])
    assert start is not None and start.instant is not None
    assert start.instant - end >= timedelta(hours=tenths / 10)


def test_two_days_are_fewer_than_48_hours_when_chemotherapy_ends_later_in_the_day() -> None:
    """Fludarabine on day −2 at 14:00 and cells on day 0 at 10:00 are 44 h apart."""
    known = protocol()
    chemo = replace(known.regimen[0], hour=14, duration_hours=Decimal(0))
    cells = replace(known.regimen[1], hour=10)
    late = replace(known, regimen=(chemo, cells))
    assert planned_hours(late, late.gaps[0]) == (
        Decimal(44), "chemo, day -2, 14:00", "cells, day 0, 10:00",
    )  # fmt: skip
    (unmet,) = unmet_gaps(late)
    assert (unmet.hours, unmet.least) == ("44", "48")
    assert unmet_gaps(known) == ()


def test_exactly_48_hours_keep_a_gap_of_48() -> None:
    known = protocol()
    chemo = replace(known.regimen[0], hour=10, duration_hours=Decimal(0))
    cells = replace(known.regimen[1], hour=10)
    assert unmet_gaps(replace(known, regimen=(chemo, cells))) == ()


def test_a_gap_is_met_where_nothing_comes_before() -> None:
    known = protocol()
    chemo = replace(known.regimen[0], days=(5,))
    assert unmet_gaps(replace(known, regimen=(chemo, known.regimen[1]))) == ()


# --- suspension ------------------------------------------------------------------------------


def test_counts_are_those_of_the_published_rule_but_for_one_of_one() -> None:
    """Beta(1, 1), 0.30, 0.90, n = 1..10: x >= 1 2 2 3 3 4 4 4 5 5 (nk-trial-science 3.4)."""
    assert suspension_counts(10) == (2, 2, 2, 3, 3, 4, 4, 4, 5, 5)


@pytest.mark.parametrize("n", [2, 5, 9])
@pytest.mark.parametrize("limit", ["0.2", "0.3"])
def test_counts_agree_with_the_posterior_by_integration(n: int, limit: str) -> None:
    """A second, plain way: the posterior's tail by the midpoint rule."""
    counts = suspension_counts(n, limit=Fraction(limit), certainty=Fraction(9, 10))
    steps = 4000

    def chance(x: int) -> float:
        points = [(k + 0.5) / steps for k in range(steps)]
        weights = [p**x * (1 - p) ** (n - x) for p in points]
        above = sum(w for p, w in zip(points, weights, strict=True) if p > float(limit))
        return above / sum(weights)

    least = counts[n - 1]
    assert chance(least) > 0.9
    assert least == 2 or chance(least - 1) <= 0.9


def test_a_large_trial_has_a_bounded_table() -> None:
    assert len(suspension_counts(100_000)) == 40
