"""Laboratory grades: cases on both sides of every boundary, and what must hold of all values."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.assess.ctcae import term
from trialrun.assess.laboratory_grade import Measurement, Version, grade, regrade, rules
from trialrun.errors import FactError, NotSupported, UnitError
from trialrun.values.quantity import Quantity, read_quantity
from trialrun.values.unit import UNITS

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "laboratory_grades.toml").read_text(encoding="utf-8")
)["case"]


def measured(case: dict[str, Any]) -> Measurement:
    def optional(name: str) -> Quantity | None:
        return read_quantity(case[name]) if name in case else None

    return Measurement(
        test=case["test"],
        value=read_quantity(case["value"]),
        comparator=case.get("comparator", ""),
        lower_limit=optional("lower"),
        upper_limit=optional("upper"),
        baseline=optional("baseline"),
        is_baseline=case.get("is_baseline", False),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_grade_is_that_of_the_table(case: dict[str, Any]) -> None:
    for version, name in ((Version.V5, "v5"), (Version.V6, "v6")):
        if name not in case:
            with pytest.raises(NotSupported, match="has no laboratory grade"):
                grade(measured(case), version)
            continue
        graded = grade(measured(case), version)
        least, _, most = case[name].partition("-")
        assert (graded.least, graded.most) == (int(least), int(most or least))
        assert graded.grade == (None if most else int(least))
        if most and "missing" in case:
            assert set(case["missing"]) <= set(graded.missing)
        if not most:
            assert graded.missing == ()
        assert regrade(graded, Version.V5) == grade(measured(case), Version.V5)


def test_a_stored_grade_keeps_what_it_was_made_from() -> None:
    graded = grade(measured(CASES[0]))
    assert graded.version is Version.V5
    assert graded.measurement.lower_limit == read_quantity("2.0 10*9/L")


limits = st.none() | st.decimals(min_value=Decimal("0.5"), max_value=3, places=1)
values = st.decimals(min_value=0, max_value=40, places=2)


@given(
    st.sampled_from(rules()),
    values,
    limits,
    limits,
    limits,
    st.lists(st.tuples(limits, limits, limits), min_size=5, max_size=5),
)
def test_a_range_holds_whatever_the_missing_limits_turn_out_to_be(
    rule: Any,
    value: Decimal,
    lower: Decimal | None,
    upper: Decimal | None,
    baseline: Decimal | None,
    fillings: list[tuple[Decimal | None, ...]],
) -> None:
    def quantity(number: Decimal | None) -> Quantity | None:
        return None if number is None else Quantity(number, rule.unit)

    known = Measurement(
        test=rule.test,
        value=Quantity(value, rule.unit),
        lower_limit=quantity(lower),
        upper_limit=quantity(upper),
        baseline=quantity(baseline),
    )
    graded = grade(known, rule.version)
    assert 0 <= graded.least <= graded.most <= rule.worst
    assert (graded.least == graded.most) or graded.missing
    for filling in fillings:
        whole = replace(
            known,
            lower_limit=known.lower_limit or quantity(filling[0]),
            upper_limit=known.upper_limit or quantity(filling[1]),
            baseline=known.baseline or quantity(filling[2]),
        )
        fuller = grade(whole, rule.version)
        assert graded.least <= fuller.least
        assert fuller.most <= graded.most


@given(st.sampled_from(rules()), values, values)
def test_a_worse_value_never_has_a_better_grade(rule: Any, one: Decimal, other: Decimal) -> None:
    def graded(value: Decimal) -> int:
        found = grade(
            Measurement(
                test=rule.test,
                value=Quantity(value, rule.unit),
                lower_limit=Quantity(Decimal(2), rule.unit),
                upper_limit=Quantity(Decimal(3), rule.unit),
                baseline=Quantity(Decimal("2.5"), rule.unit),
            ),
            rule.version,
        )
        assert found.grade is not None
        return found.grade

    low, high = sorted((one, other))
    if rule.low:
        assert graded(low) >= graded(high)
    else:
        assert graded(low) <= graded(high)


@given(st.sampled_from([rule for rule in rules() if rule.low]), values)
def test_below_a_value_is_every_grade_down_to_nothing(rule: Any, value: Decimal) -> None:
    limit = Quantity(Decimal(30), rule.unit)
    exact = Measurement(test=rule.test, value=Quantity(value, rule.unit), lower_limit=limit)
    below = grade(replace(exact, comparator="<"), rule.version)
    assert below.least >= grade(exact, rule.version).least
    assert below.most == (rule.worst if value > 0 else below.least)


def test_units_and_signs_are_checked() -> None:
    with pytest.raises(UnitError, match="does not convert"):
        grade(Measurement(test="alt", value=read_quantity("130 umol/L")))
    with pytest.raises(FactError, match="below zero"):
        grade(Measurement(test="alt", value=Quantity(Decimal(-1), UNITS["U/L"])))
    with pytest.raises(FactError, match="upper limit"):
        grade(
            Measurement(
                test="alt",
                value=read_quantity("130 U/L"),
                upper_limit=read_quantity("0 U/L"),
            )
        )
    with pytest.raises(FactError, match="comparator"):
        grade(Measurement(test="alt", value=read_quantity("130 U/L"), comparator="~"))
    with pytest.raises(NotSupported, match="troponin"):
        grade(Measurement(test="troponin", value=read_quantity("1 ng/mL")))


def test_every_v5_rule_grades_a_term_that_is_shipped_and_has_those_grades() -> None:
    for rule in rules():
        if rule.version is Version.V5:
            named = term(rule.term)
            assert named is not None
            assert set(range(1, rule.worst + 1)) <= set(named.grades)
