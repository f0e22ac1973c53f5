"""Rules that can come out only one way are named, with the part that makes them so."""

from __future__ import annotations

import pytest

from trialrun.criteria.foregone import foregone, never_is
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.values.truth import Truth

F, T = Truth.FALSE, Truth.TRUE


@pytest.mark.parametrize(
    ("rule", "never"),
    [
        # one axis: limits that meet, overlap, or leave a gap
        ("age >= 18 a or age < 18 a", F),
        ("age > 18 a or age < 18 a", None),
        ("age >= 18 a or age <= 17 a", None),
        ("age >= 18 a and age <= 75 a", None),
        ("age < 18 a and age > 75 a", T),
        ("age <= 18 a and age >= 18 a", None),
        ("age == 18 a and age > 18 a", T),
        ("not (age >= 18 a) and age >= 18 a", T),
        ("alt < 2 x ULN and alt > 3 x ULN", T),
        ("alt <= 2 x ULN and alt >= 3 x ULN", T),
        ("alt <= 2 x ULN or alt > 2 x ULN", F),
        ("alt < 2 x ULN or alt > 3 x ULN", None),
        ("platelets < 1 x LLN and platelets > 2 x LLN", T),
        # a lower limit, and a value, may both be zero
        ("platelets <= 1 x LLN and platelets >= 2 x LLN", None),
        ("alt <= 1 x baseline and alt >= 2 x baseline", None),
        ("alt < 1 x baseline and alt >= 2 x baseline", T),
        # of another unit, the same value
        ("creatinine < 1.5 mg/dL and creatinine > 200 umol/L", T),
        ("creatinine < 1.5 mg/dL and creatinine > 130 umol/L", None),
        ("creatinine < 1.5 mg/dL or creatinine >= 132.6 umol/L", F),
        # what is plausible, scales, counts
        ("ecog <= 5", F),
        ("ecog in {0, 1, 2, 3, 4, 5}", F),
        ("ecog in {0, 1} and ecog >= 2", T),
        ("ecog in {0, 1} or ecog > 1", F),
        ("haemoglobin > 90 g/dL", T),
        ("any haemoglobin > 90 g/dL", T),
        ("alt >= 0 U/L", None),  # "<0" may be written
        ("count (aml) >= 0", F),
        ("count (aml) < 0", T),
        ("count (aml) >= 2 and count (aml) < 2", T),
        ("count (aml) > 1 or count (aml) < 2", F),
        ("count (haemoglobin > 90 g/dL) >= 1", T),
        # conditions, codes, times
        ("aml or not aml", F),
        ("aml and apl and not aml", T),
        ("sex == female and sex == male", T),
        ("sex in {female, male}", None),  # a record may hold another value
        ("since hsct_date >= 0 d", F),
        ("since hsct_date < 2 wk and since hsct_date > 14 d", T),
        ("since hsct_date < 2 mo and since hsct_date >= 1 a", T),
        # several parts
        ("at least 2 of (aml, not aml, apl)", None),
        ("at least 3 of (aml, not aml, apl)", T),
        ("at least 1 of (aml, not aml, apl)", F),
        ("if aml then ecog <= 5", F),
        ("if aml then ecog <= 5 else ecog <= 2", None),
        ("if aml then apl else not aml", None),
        ('judgement "x" or not (judgement "x")', None),
        ('unread "x" and aml and not aml', T),
        # not the same value: another window, pick, method, kind of limit
        ("alt < 40 U/L and alt > 3 x ULN", None),
        ("alt < 2 x ULN and alt > 3 x LLN", None),
        ("any alt < 40 U/L and any alt > 60 U/L", None),
        ("first alt < 40 U/L and alt > 60 U/L", None),
        ("first alt < 40 U/L and first alt > 60 U/L", T),
        ("alt < 40 U/L and (alt > 60 U/L within 14 days before x)", None),
        ("alt < 40 U/L and alt > 60 U/L within 14 days before x", T),
        ("(aml within 3 days before x) and not aml within 4 days before x", None),
        ("bsa < 1.5 m2 and bsa by du-bois > 1.7 m2", None),
        ("age <= 18 a and age > 217 mo", None),  # 18 whole years are up to 227 whole months
        ("life_expectancy < 3 mo and life_expectancy > 80 d", None),
        ("since hsct_date < 2 mo and since hsct_date > 80 d", None),
        # from a date, hours go by the clock and days by the calendar; how long ago has no end
        ("time_since_hsct < 24 h and time_since_hsct >= 1 d", None),
        ("time_since_hsct < 2 wk and time_since_hsct > 14 d", T),
        ("time_since_hsct > 99999 d", None),
        ("platelets > 20 10*9/L and worst platelets <= 20 10*9/L", None),
    ],
)
def test_a_rule_comes_out_both_ways_or_one(rule: str, never: Truth | None) -> None:
    assert never_is(read_rule(rule)) is never


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("ecog <= 5 and alt < 3 x ULN", [("ecog <= 5", F)]),
        ("not (ecog <= 5)", [("ecog <= 5", F)]),
        ("aml and (age >= 18 a or age < 18 a)", [("age >= 18 a or age < 18 a", F)]),
        ("ecog <= 5 or (aml and not aml)", [("ecog <= 5", F), ("aml and not aml", T)]),
        ("if aml then ecog <= 2 else haemoglobin > 90 g/dL", [("haemoglobin > 90 g/dL", T)]),
        ("alt < 3 x ULN and aml", []),
    ],
)
def test_the_smallest_part_is_named(rule: str, parts: list[tuple[str, Truth]]) -> None:
    assert [(write_rule(one.node), one.never) for one in foregone(read_rule(rule))] == parts


def test_of_what_is_too_large_to_try_nothing_is_said() -> None:
    many = " or ".join(f"(any lvef < {n} % and any lvef > {n} %)" for n in range(20, 60))
    assert never_is(read_rule(f"{many} or {many}")) is None
    wide = " and ".join(f"{name} in {{0, 1}}" for name in ["ecog"] * 9)
    assert never_is(read_rule(f"{wide} and ecog == 3")) is Truth.TRUE
