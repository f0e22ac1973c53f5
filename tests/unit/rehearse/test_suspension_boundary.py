"""The boundary's chances, against every path written out one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from trialrun.protocol.model import Safety
from trialrun.rehearse.suspension_boundary import at_true_rates
from trialrun.values.provenance import Origin, Source


def safety(*suspend_at: int) -> Safety:
    return Safety(
        window_start="chemo", window_days_after_last=28, window_end="cells", definition="",
        least_grade=3, stagger_days=0, suspend_at=suspend_at, source=Source(Origin.ASSUMED),
    )  # fmt: skip


def by_every_path(suspend_at: tuple[int, ...], target: int, rate: Fraction) -> list[Fraction]:
    suspended = treated = dose_limited = Fraction(0)
    for path in product((0, 1), repeat=target):
        chance = Fraction(1)
        for event in path:
            chance *= rate if event else 1 - rate
        seen = 0
        for n, event in enumerate(path, start=1):
            seen += event
            if seen >= suspend_at[min(n, len(suspend_at)) - 1]:
                suspended += chance
                break
        treated += chance * n
        dose_limited += chance * seen
    return [suspended, treated, dose_limited]


@pytest.mark.parametrize("suspend_at", [(2, 2, 2, 3, 3, 4, 4), (1,), (9, 9, 9), (2, 2, 1, 3)])
def test_chances_agree_with_every_path(suspend_at: tuple[int, ...]) -> None:
    rows = at_true_rates(safety(*suspend_at), 7)
    assert [row.rate for row in rows] == [Fraction(n, 10) for n in range(1, 7)]
    for row in rows:
        expected = by_every_path(suspend_at, 7, row.rate)
        assert [row.suspended, row.treated, row.dose_limited] == expected


def test_no_boundary_has_no_rows() -> None:
    assert at_true_rates(None, 10) == ()
    assert at_true_rates(safety(), 10) == ()
    assert at_true_rates(safety(2), 0) == ()
