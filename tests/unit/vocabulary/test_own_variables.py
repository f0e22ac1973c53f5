"""A study's own variables: the name says the words and the measure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.meaning import explain_meaning
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.errors import RuleError
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import MOST_LETTERS, measures, own_name, own_variable
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

MULTIPLES = {"xULN", "xLLN", "xBaseline"}


@pytest.mark.parametrize(
    ("name", "words", "unit"),
    [
        ("own_wobble_index_score", "wobble index", "{score}"),
        ("own_cough_duration_time", "cough duration", "mo"),
        ("own_urine_iodine_ml_per_min_per_173m2", "urine iodine", "mL/min/{1.73_m2}"),
        ("own_aspirin_mg_per_day", "aspirin", "mg/d"),
        ("own_score_count", "score", "1"),
    ],
)
def test_the_name_says_words_and_measure(name: str, words: str, unit: str) -> None:
    found = variables()[name]
    assert (found.name, found.en, found.units[0].code) == (name, words, unit)
    assert found.kind is Kind.QUANTITY and name in variables()


@pytest.mark.parametrize(
    "name",
    ["own_wobble", "own_score", "own__score", "own_Wobble_score", "own_7_score", "owned_x_score",
     "own_x_furlongs", f"own_{'x' * MOST_LETTERS}_score", "own_a__b_score"],
)  # fmt: skip
def test_a_name_without_words_or_measure_is_none(name: str) -> None:
    assert own_variable(name) is None
    assert name not in variables() and variables().get(name) is None
    with pytest.raises(KeyError):
        variables()[name]


def test_a_grade_or_a_stage_is_a_level() -> None:
    name = own_name("wobble grade", UNITS["{score}"], level=True)
    assert name == "own_wobble_grade_level"
    assert variables()[name].kind is Kind.ORDINAL
    assert variables()[name].levels == tuple(str(level) for level in range(11))
    assert write_rule(read_rule(f"{name} in {{2, 3}}")) == f"{name} in {{2, 3}}"


def test_the_table_lists_only_its_rows() -> None:
    assert not [name for name in variables() if name.startswith("own_")]


def test_every_unit_but_the_multiples_measures_something() -> None:
    for unit in UNITS.values():
        name = own_name("wobble", unit)
        if unit.code in MULTIPLES:
            assert name is None
        else:
            assert name is not None and unit in variables()[name].units


def test_no_measure_is_the_end_of_words_and_another_measure() -> None:
    for end, unit in measures():
        assert variables()[f"own_x_{end}"].unit == unit
        assert variables()[f"own_x_{end}"].en == "x"


@given(st.text(max_size=60), st.sampled_from(list(UNITS.values())))
def test_words_give_a_name_that_means_them_or_none(words: str, unit: object) -> None:
    name = own_name(words, unit)  # type: ignore[arg-type]
    if name is not None:
        assert unit in variables()[name].units
        assert read_rule(f"{name} >= 1 {unit.code}").variable == name  # type: ignore[union-attr, attr-defined]


def test_a_rule_with_one_is_written_as_it_is_read_and_says_what_it_is() -> None:
    text = "own_wobble_index_score >= 7 and own_cough_duration_time >= 3 mo"
    rule = read_rule(text)
    assert write_rule(rule) == text
    said = "\n".join(explain_meaning(rule, "inclusion"))
    assert "wobble index at least 7" in said and "this study's own" in said
    assert "本研究自设变量" in "\n".join(explain_meaning(rule, "inclusion", "zh"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("own_wobble >= 7", "ends with its measure"),
        ("own_wobble_index_score >= 7 mg/dL", "has no unit, and mg/dL is one"),
        ("not own_wobble_index_score", "Compare it: own_wobble_index_score >= 1."),
        ("worst own_wobble_index_score >= 7", "worst"),
    ],
)
def test_a_wrong_use_says_what_to_do(text: str, what: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rule(text)
    assert what in str(caught.value)
