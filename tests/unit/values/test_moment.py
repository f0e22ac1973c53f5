"""Moments are known to the precision that is written, and no further."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import FactError, InputError
from trialrun.values.identifier import is_nct, read_code
from trialrun.values.moment import (
    Moment,
    Precision,
    before,
    days_between,
    hours_between,
    of_datetime,
)
from trialrun.values.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

ORDER = [
    ("2026-03-01", "2026-03-02", T),
    ("2026-03-01", "2026-03-01", F),
    ("2026-03", "2026-03-15", U),
    ("2026-02", "2026-03-15", T),
    ("2026", "2025-12-31", F),
    ("2026-03-01T10:00+08:00", "2026-03-01T10:00Z", T),
    ("2026-03-01", "2026-03-01T10:00+08:00", U),
]


@pytest.mark.parametrize(("first", "second", "truth"), ORDER)
def test_before(first: str, second: str, truth: Truth) -> None:
    assert before(Moment(first), Moment(second)) is truth


@pytest.mark.parametrize(
    ("text", "precision", "last"),
    [
        ("2024", Precision.YEAR, date(2024, 12, 31)),
        ("2024-02", Precision.MONTH, date(2024, 2, 29)),
        ("2024-12", Precision.MONTH, date(2024, 12, 31)),
        ("2024-02-03", Precision.DAY, date(2024, 2, 3)),
        ("2024-02-03T04:05Z", Precision.MINUTE, date(2024, 2, 3)),
        ("2024-02-03T04:05:06+08:00", Precision.SECOND, date(2024, 2, 3)),
    ],
)
def test_precision_and_span(text: str, precision: Precision, last: date) -> None:
    assert Moment(text).precision is precision
    assert Moment(text).last_day == last


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13", "2026-02-30", "2026-03-01T10:00", "2026-3-1", "01.03.2026"]
)
def test_a_wrong_moment_is_an_error(text: str) -> None:
    with pytest.raises(FactError):
        Moment(text)


def test_a_time_without_offset_says_which_offset_to_write() -> None:
    with pytest.raises(FactError, match="UTC offset") as caught:
        Moment("2026-03-01T10:00")
    assert "+08:00" in caught.value.remedy


def test_hours_need_two_times_of_day() -> None:
    end = Moment("2026-03-01T14:00+08:00")
    assert hours_between(end, Moment("2026-03-03T10:00+08:00")) == 44
    assert hours_between(end, Moment("2026-03-03")) is None


def test_days_between_spans_what_is_not_known() -> None:
    assert days_between(Moment("2026-03"), Moment("2026-04-01")) == (1, 31)


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))
def test_datetimes_survive(at: datetime) -> None:
    at = at.replace(tzinfo=UTC, microsecond=0)
    assert of_datetime(at).instant == at


def test_codes_hold_no_names() -> None:
    assert read_code("P-001", of="a participant") == "P-001"
    with pytest.raises(InputError, match="not a code"):
        read_code("Li Na", of="a participant")
    assert is_nct("NCT04221971")
    assert not is_nct("NCT4221971")


@pytest.mark.parametrize(
    "text", ["2026-03-01\n", "2026-03-01T10:30Z\n", "２０２６-03-01", "2026-٠٣-01"]
)
def test_only_plain_digits_and_nothing_after_them_are_a_moment(text: str) -> None:
    with pytest.raises(FactError, match="not a date"):
        Moment(text)
