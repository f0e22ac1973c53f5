"""Which values may be recorded: written as their kind is, and possible in a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.conduct import policies
from trialrun.conduct.refusal import Rule
from trialrun.conduct.values import read_again, value_refused
from trialrun.errors import FactError
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import read_fact
from trialrun.vocabulary.table import variables

DAY = Moment("2026-03-01")


def refused(variable: str, value: str, unit: str | None = None) -> str:
    fact = Fact(id="f", variable=variable, value=value, unit=unit, at=DAY)
    refusal = value_refused(fact)
    return "" if refusal is None else str(refusal.params["what"])


@pytest.mark.parametrize(
    ("variable", "value", "unit", "words"),
    [
        ("weight", "70", "kg", ""),
        ("weight", "700", "kg", "outside what is plausible"),
        ("weight", "heavy", "kg", "no value of"),
        ("weight", "NaN", "kg", "no value of"),
        ("weight", "Infinity", "kg", "no value of"),
        ("ecog", "2", None, ""),
        ("ecog", "7", None, "not on its scale"),
        ("ecog", "2.5", None, "no value of"),
        ("aml", "true", None, ""),
        ("aml", "yes", None, "no value of"),
        ("sex", "male", None, ""),
        ("sex", "M", None, "no value of"),
        ("diagnosis_date", "2025-11", None, ""),
        ("diagnosis_date", "last year", None, "not a date"),
        ("hope", "1", None, "no variable"),
        ("weight", "70", "furlong", "unknown unit"),
    ],
)
def test_each_kind_has_its_form(variable: str, value: str, unit: str | None, words: str) -> None:
    said = refused(variable, value, unit)
    assert (words in said) if words else not said, said


NUMBERS = [one for one in variables().values() if one.least is not None and one.unit is not None]


@given(st.sampled_from(NUMBERS), st.decimals(-10, 10**6, places=2))
def test_what_can_be_read_may_be_recorded(row, number) -> None:  # type: ignore[no-untyped-def]
    told = {"variable": row.name, "value": str(number), "unit": row.unit.code, "at": "2026-03-01"}
    try:
        fact = read_fact(told, where="test", id="f")
    except FactError:
        return
    assert value_refused(fact) is None
    assert read_again(fact) == fact


@given(st.text(max_size=8), st.sampled_from(sorted(variables())))
def test_no_text_makes_an_error(text: str, variable: str) -> None:
    row = variables()[variable]
    fact = Fact(
        id="f", variable=variable, value=text, unit=row.unit.code if row.unit else None, at=DAY
    )
    value_refused(fact)


def test_a_reason_of_the_study_is_a_code_and_its_words_go_into_the_note() -> None:
    assert policies.reason_code("idmc-advice") is None
    for reason, rule in (("Li Na fell ill", Rule.NOT_A_CODE), (" ", Rule.BLANK)):
        refusal = policies.reason_code(reason)
        assert refusal is not None
        assert refusal.rule is rule
