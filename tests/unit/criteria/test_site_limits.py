"""A site's dated table of laboratory limits fills in where an observation has none of its own."""

from __future__ import annotations

from datetime import date

import pytest

from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import Reason, evaluate
from trialrun.criteria.site_limits import read_site_limits, with_site_limits
from trialrun.errors import InputError
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

TABLE = """
[[limit]]
variable = "alt"
sex = "female"
from = 2025-01-01
until = 2025-12-31
high = "31 U/L"

[[limit]]
variable = "alt"
sex = "female"
from = 2026-01-01
low = "7 U/L"
high = "35 U/L"
source = "sheet 4"

[[limit]]
variable = "alt"
from = 2025-01-01
high = "50 U/L"

[[limit]]
variable = "creatinine"
from = 2026-01-01
high = "1.2 mg/dL"
"""
LIMITS = read_site_limits(TABLE, where="limits.toml")


def alt(at: str, **more: str) -> Fact:
    return Fact(
        id="a", variable="alt", value="70", unit="U/L", at=Moment(at), source="chart",
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "sex", "high", "said"),
    [
        (alt("2026-03-01"), "female", "35", "chart (limit 7 to 35 U/L: sheet 4 from 2026-01-01)"),
        (alt("2025-12-31"), "female", "31", "chart (limit 31 U/L: site table from 2025-01-01)"),
        (alt("2026-03-01"), "male", "50", "chart (limit 50 U/L: site table from 2025-01-01)"),
        (alt("2026-03-01"), None, "50", "chart (limit 50 U/L: site table from 2025-01-01)"),
        (alt("2024-12-31"), "male", None, "chart"),
        # A month that lies wholly in one row.
        (alt("2026-02"), "female", "35", "chart (limit 7 to 35 U/L: sheet 4 from 2026-01-01)"),
        (alt("2026-03-01", high="40"), "female", "40", "chart"),
        (alt("2026-03-01", low="5"), "female", None, "chart"),
        # A range of zeros is none: the table fills it.
        (
            alt("2026-02", low="0", high="0"),
            "female",
            "35",
            "chart (limit 7 to 35 U/L: sheet 4 from 2026-01-01)",
        ),
    ],
)
def test_the_table_fills_by_date_and_sex_what_has_no_limit(
    fact: Fact, sex: str | None, high: str | None, said: str
) -> None:
    (filled,) = with_site_limits([fact], LIMITS, sex)
    assert (filled.high, filled.source) == (high, said)


def test_limits_are_converted_into_the_unit_of_the_value_exactly() -> None:
    given = Fact(
        id="c", variable="creatinine", value="106.08", unit="umol/L", at=Moment("2026-03-01")
    )
    (filled,) = with_site_limits([given], LIMITS, None)
    assert filled.high == "106.08"
    rule = read_rule("creatinine <= 1 x ULN")
    assert evaluate(rule, [given], anchors={}).reason is Reason.NO_ULN
    assert evaluate(rule, [filled], anchors={}).truth is Truth.TRUE


def test_a_multiple_or_another_kind_gets_no_limit() -> None:
    for given in (
        Fact(id="m", variable="alt", value="2.3", unit="xULN", at=Moment("2026-03-01")),
        Fact(id="b", variable="aml", value="true", at=Moment("2026-03-01")),
    ):
        assert with_site_limits([given], LIMITS, "female") == (given,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "not TOML"),
        ("[[limits]]", "no place here"),
        ("limit = 3", "no place here"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nupper = '40 U/L'", "'upper'"),
        ("[[limit]]\nvariable = 'allt'\nfrom = 2026-01-01\nhigh = '40 U/L'", "allt"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nhigh = 40", "in quotes"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nhigh = '40'", "no unit"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nhigh = '40 kg'", "does not convert"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01", "low or high"),
        ("[[limit]]\nvariable = 'aml'\nfrom = 2026-01-01\nhigh = '40 U/L'", "needs a quantity"),
        ("[[limit]]\nvariable = 'alt'\nhigh = '40 U/L'", "holds from a day"),
        ("[[limit]]\nvariable = 'alt'\nfrom = '2026'\nhigh = '40 U/L'", "not a day"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nuntil = 2025-01-01\nhigh = '4 U/L'",
         "until a later one"),
        ("[[limit]]\nvariable = 'alt'\nsex = 'f'\nfrom = 2026-01-01\nhigh = '40 U/L'", "'f'"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nlow = '50 U/L'\nhigh = '40 U/L'",
         "low is above high"),
        ("[[limit]]\nvariable = 'alt'\nfrom = 2026-01-01\nlow = '0.1 ukat/L'\nhigh = '40 U/L'",
         "two units"),
        (TABLE + "[[limit]]\nvariable = 'alt'\nfrom = 2026-06-01\nhigh = '40 U/L'",
         "hold on the same day"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_table_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_site_limits(text, where="limits.toml")
    assert said in str(caught.value)
    assert "limits.toml" in str(caught.value.where)


def test_a_row_holds_on_its_first_and_its_last_day() -> None:
    first = LIMITS[0]
    assert first.holds(date(2025, 1, 1), date(2025, 12, 31))
    assert not first.holds(date(2025, 12, 31), date(2026, 1, 1))
