"""Waiting times are those of going along the distribution day by day."""

from __future__ import annotations

from fractions import Fraction

import pytest

from trialrun.rehearse.lot import Lot

TEN_YEARS = 3650


def plain_wait(lot: Lot, mean_days: Fraction) -> int:
    """The same draw, day by day."""
    stays = 1.0 - float(1 / max(mean_days, Fraction(1)))
    left, draw, days = stays, 1.0 - lot.unit(), 1
    while left >= draw and days < TEN_YEARS:
        left *= stays
        days += 1
    return days


@pytest.mark.parametrize("mean", [Fraction(1, 3), 1, Fraction(3, 2), 10, Fraction(3043, 2), 10**6])
def test_a_wait_is_the_plain_walk_along_the_days(mean: Fraction | int) -> None:
    ours, plain = Lot(7, 1), Lot(7, 1)
    waits = [ours.wait(Fraction(mean)) for _ in range(400)]
    assert waits == [plain_wait(plain, Fraction(mean)) for _ in range(400)]
    assert (max(waits) == TEN_YEARS) is (mean > 1000)
    assert (set(waits) == {1}) is (mean <= 1)
