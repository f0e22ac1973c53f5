"""Facts are read as given or refused with a sentence that helps; limits never change side."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import FactError
from trialrun.values.moment import Moment
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility, read_fact
from trialrun.vocabulary.table import variable, variables
from trialrun.vocabulary.variable import Kind

WHERE = "facts.json, fact 1"


def read(**data: object) -> Fact:
    return read_fact({"at": "2026-03-01", "source": "laboratory", **data}, where=WHERE, id="f1")


@pytest.mark.parametrize(
    ("data", "what", "remedy"),
    [
        (
            {"variable": "creatinine", "value": "130"},
            "serum creatinine 130 has no unit",
            "mg/dL, umol/L",
        ),
        (
            {"variable": "anc", "value": 350, "unit": "10*9/L"},
            "absolute neutrophil count 350 10*9/L is outside what is plausible (0 to 200 10*9/L)",
            "was it 350 /uL?",
        ),
        (
            {"variable": "weight", "value": 700, "unit": "kg"},
            "body weight 700 kg is outside what is plausible (0.4 to 400 kg)",
            "Check the number and its unit",
        ),
        (
            {"variable": "ecog", "value": "2-3"},
            "ECOG performance status '2-3' is not one whole number",
            "a range such as 2-3 decides nothing",
        ),
        (
            {"variable": "ecog", "value": 6},
            "ECOG performance status 6 is not on its scale of 0 to 5",
            "one whole number",
        ),
        (
            {"variable": "creatinine", "value": "1,2", "unit": "mg/dL"},
            "serum creatinine: '1,2' has a comma: decimal point or thousands?",
            "point",
        ),
        (
            {"variable": "creatinine", "value": "1.2", "unit": "mmHg"},
            "serum creatinine is not measured in mm[Hg]",
            "Use one of mg/dL",
        ),
        (
            {"variable": "creatinine", "value": "1.2", "unit": "furlongs"},
            "serum creatinine: unknown unit 'furlongs'",
            "Use one of mg/dL",
        ),
        (
            {"variable": "creatinine_clearance", "value": "60", "unit": "mL/min/1.73m2"},
            "creatinine clearance is not measured in mL/min/{1.73_m2}",
            "mL/min",
        ),
        (
            {"variable": "kreatinin", "value": "1.2", "unit": "mg/dL"},
            "no variable is called 'kreatinin'",
            "Did you mean creatinine?",
        ),
        ({"variable": "aml", "value": "perhaps"}, "is present or absent", "true or false"),
        ({"variable": "sex", "value": "x"}, "'x' is no value of sex", "female, male"),
        ({"variable": "aml"}, "acute myeloid leukaemia has no value", "leave the fact out"),
        ({"variable": "aml", "value": True, "at": ""}, "aml has no time", '"at"'),
        ({"variable": "aml", "value": True, "at": "01.03.2026"}, "is not a date", "2026-03-01"),
        ({"variable": "hsct_date", "value": "March"}, "is not a date", "2026-03-01"),
        ({"variable": "", "value": True}, "a fact needs its variable", '"variable"'),
        ({"variable": "aml", "value": True, "colour": 1}, "has no field 'colour'", "variable"),
        ({"variable": "alt", "value": True, "unit": "U/L"}, "is a number, not True", '"unit"'),
        ({"variable": "alt", "value": "1e999999999", "unit": "U/L"}, "no number that", ""),
        ({"variable": "alt", "value": "35", "unit": "U/L", "high": "x"}, "the limit 'high'", ""),
        ({"variable": "alt", "value": "35", "unit": "U/L", "high": []}, "is not a number", ""),
        ({"variable": "aml", "value": True, "high": "1"}, "has no laboratory limit", ""),
        ({"variable": "alt", "value": "35", "unit": "U/L", "comparator": "~"}, "no comparator", ""),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_way_out(
    data: dict[str, object], what: str, remedy: str
) -> None:
    with pytest.raises(FactError) as caught:
        read(**data)
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert caught.value.where == WHERE


@pytest.mark.parametrize(
    ("data", "value", "unit", "comparator"),
    [
        ({"variable": "lvef", "value": "49.9", "unit": "%"}, "49.9", "%", ""),
        ({"variable": "lvef", "value": 50, "unit": "percent"}, "50", "%", ""),
        ({"variable": "alt", "value": "<5", "unit": "IU/L"}, "5", "[IU]/L", "<"),
        ({"variable": "alt", "value": "≤ 5.0", "unit": "U/L"}, "5", "U/L", "<="),
        ({"variable": "anc", "value": 0.5, "unit": "G/L"}, "0.5", "10*9/L", ""),
        ({"variable": "anc", "value": "1500", "unit": "/mm³"}, "1500", "/uL", ""),
        ({"variable": "haemoglobin", "value": "90", "unit": "g/L"}, "90", "g/L", ""),
        ({"variable": "inr", "value": "1.1"}, "1.1", "1", ""),
        ({"variable": "ecog", "value": 2.0}, "2", "{score}", ""),
        ({"variable": "ecog", "value": "2"}, "2", "{score}", ""),
        ({"variable": "life_expectancy", "value": 12, "unit": "weeks"}, "12", "wk", ""),
        ({"variable": "mrd_positive", "value": "yes"}, "true", None, ""),
        ({"variable": "mrd_positive", "value": False}, "false", None, ""),
        ({"variable": "sex", "value": "Female"}, "female", None, ""),
        ({"variable": "hsct_date", "value": "2020-05"}, "2020-05", None, ""),
    ],
)
def test_what_can_be_taken_becomes_canonical(
    data: dict[str, object], value: str, unit: str | None, comparator: str
) -> None:
    fact = read(**data)
    assert (fact.value, fact.unit, fact.comparator) == (value, unit, comparator)
    assert fact.at == Moment("2026-03-01")
    assert fact.source == "laboratory"


def test_the_laboratorys_own_limits_are_kept() -> None:
    fact = read(variable="alt", value=35, unit="U/L", low="0", high=40.5)
    assert (fact.low, fact.high) == ("0", "40.5")


def test_times_are_plausible_across_months_and_days() -> None:
    assert read(variable="age", value=300, unit="mo").unit == "mo"
    with pytest.raises(FactError, match="outside what is plausible"):
        read(variable="age", value=2000, unit="mo")
    with pytest.raises(FactError, match="outside what is plausible"):
        read(variable="age", value=60000, unit="d")


QUANTITIES = [row for row in variables().values() if row.kind is Kind.QUANTITY]


@given(st.sampled_from(QUANTITIES), st.data())
def test_plausible_means_inside_the_range_in_every_unit(row, data) -> None:  # type: ignore[no-untyped-def]
    unit = data.draw(st.sampled_from(row.units))
    number = data.draw(st.decimals("-1e6", "1e6", places=3, allow_nan=False))
    fact = Fact(
        id="f", variable=row.name, value=str(number), unit=unit.code, at=Moment("2026-03-01")
    )
    if unit.dimension == row.unit.dimension or row.molar is not None:
        exact = Quantity(number, unit).exact(row.unit, molar=row.molar)
        inside = Fraction(row.least) <= exact <= Fraction(row.most)
        assert (plausibility(fact) is None) == inside


@given(st.decimals("0.1", "30", places=2), st.decimals("0.1", "30", places=2))
def test_a_limit_never_changes_side_between_units(limit: Decimal, value: Decimal) -> None:
    row = variable("creatinine")
    mg, umol = UNITS["mg/dL"], UNITS["umol/L"]
    # What a laboratory that reports in umol/L would print for exactly this value.
    printed = Decimal(str(value * Decimal("88.4")))
    converted = Quantity(limit, mg).exact(umol, molar=row.molar)
    assert (Fraction(printed) < converted) == (value < limit)
    assert (Fraction(printed) <= converted) == (value <= limit)


def test_one_and_a_half_milligrams_are_132_point_6() -> None:
    row = variable("creatinine")
    assert Quantity(Decimal("1.5"), UNITS["mg/dL"]).exact(
        UNITS["umol/L"], molar=row.molar
    ) == Fraction("132.6")


def test_a_laboratory_may_state_a_multiple_of_its_limit_only() -> None:
    fact = read_fact(
        {"variable": "alt", "value": ">1", "unit": "x ULN", "at": "2026-03-01"}, where="x", id="f"
    )
    assert (fact.comparator, fact.value, fact.unit) == (">", "1", "xULN")
    assert plausibility(fact) is None
