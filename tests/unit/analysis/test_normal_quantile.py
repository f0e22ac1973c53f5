"""Normal quantiles: printed digits, the standard library, and the same under any context."""

from __future__ import annotations

from decimal import Decimal, localcontext
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.analysis.normal import normal_distribution, normal_quantile, two_sided_z
from trialrun.errors import InputError


def test_printed_digits() -> None:
    assert str(two_sided_z(Decimal("0.95"))).startswith("1.95996398454005423552")
    assert str(two_sided_z(Decimal("0.90"))).startswith("1.64485362695147271486")
    assert normal_quantile(Decimal("0.5")) == 0


@given(st.decimals(min_value=Decimal("0.0001"), max_value=Decimal("0.9999"), places=4))
def test_agrees_with_the_standard_library(p: Decimal) -> None:
    z = normal_quantile(p)
    assert abs(float(z) - NormalDist().inv_cdf(float(p))) < 1e-12
    assert abs(normal_distribution(z) - p) < Decimal("1e-24")


def test_the_callers_context_does_not_matter() -> None:
    usual = two_sided_z(Decimal("0.95"))
    normal_quantile.cache_clear()
    with localcontext(prec=6):
        assert normal_quantile(Decimal("0.975")) == usual


def test_certainty_has_no_quantile() -> None:
    with pytest.raises(InputError, match="quantile"):
        normal_quantile(Decimal(1))
