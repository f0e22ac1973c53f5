"""Commands from JSON: what the schema allows is read, and what is wrong is named by its field."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from trialrun.conduct import commands as do
from trialrun.conduct.commands import COMMANDS
from trialrun.conduct.schema import CHOICES, command_name, command_schema, kebab, read_command
from trialrun.errors import InputError
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

FACT = st.builds(
    lambda value, source: {
        "variable": "anc", "value": value, "unit": "10*9/L", "at": "2026-03-01", "source": source,
    },
    st.sampled_from(["1.2", 1.2, 3]),
    st.sampled_from(["chart", "laboratory"]),
)  # fmt: skip
MOMENTS = st.sampled_from(["2026", "2026-03", "2026-03-01", "2026-03-01T10:30+08:00"])
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(-5, 100),
    bool: st.booleans(),
    bytes: st.sampled_from(["", "YWJj"]),
    Decimal: st.sampled_from(["1.50", 2, 0.25]),
    Moment: MOMENTS,
    Fact: FACT,
}


def json_of(hint: Any, choices: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """JSON that a field of this type takes: a second reading of the types."""
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = [one for one in get_args(hint) if one is not type(None)]
        return st.none() | json_of(inner, choices)
    if get_origin(hint) is tuple:
        return st.lists(json_of(get_args(hint)[0], choices), max_size=2)
    if choices:
        return st.sampled_from(choices)
    if hint in {ev.Causality, ev.CheckAnswer, ev.FieldChange, ev.Measured}:
        return st.fixed_dictionaries(
            {name: json_of(kind, ()) for name, kind in get_type_hints(hint).items()}
        )
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from([one.value for one in hint])
    return SIMPLE[hint]


@st.composite
def told(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A JSON object of one command, optional fields given or not."""
    kind = COMMANDS[name]
    hints = get_type_hints(kind)
    return {
        one.name: draw(json_of(hints[one.name], CHOICES.get((name, one.name), ())))
        for one in fields(kind)
        if one.default is MISSING or draw(st.booleans())
    }


@pytest.mark.parametrize("name", COMMANDS)
@settings(max_examples=max(settings.default.max_examples // 6, 1))
@given(data=st.data())
def test_what_the_schema_allows_is_read_and_nothing_else_is_lost(
    name: str, data: st.DataObject
) -> None:
    value = data.draw(told(name))
    schema = command_schema(name)
    Draft202012Validator(schema).validate(value)
    command = read_command(kebab(name), json.loads(json.dumps(value)), where="--json")
    assert type(command) is COMMANDS[name]
    for field, given_value in value.items():
        kept = getattr(command, field)
        if isinstance(given_value, list):
            assert len(kept) == len(given_value)
        elif isinstance(given_value, str | bool) and isinstance(kept, str | bool):
            assert kept == given_value
        elif isinstance(kept, Moment | Enum | Decimal):
            text = kept.value if isinstance(kept, Enum) else kept
            assert str(text) == str(given_value)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_schema_is_a_schema(name: str) -> None:
    schema = command_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


def wrong(name: str, value: object) -> InputError:
    with pytest.raises(InputError) as caught:
        read_command(name, value, where="--json")  # type: ignore[arg-type]
    assert caught.value.where.startswith("--json")
    return caught.value


REPORT: dict[str, Any] = {
    "participant": "P1", "term": "Fever", "soc": "General disorders", "grade": 2,
    "terminology": "CTCAE 5.0", "onset": "2026-03-01", "serious": False, "outcome": "recovered",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "where", "words"),
    [
        ({"grade": "2"}, "grade", "not a whole number"),
        ({"grade": True}, "grade", "not a whole number"),
        ({"grade": 2.5}, "grade", "not a whole number"),
        ({"serious": "no"}, "serious", "neither true nor false"),
        ({"onset": "yesterday"}, "onset", "not a date"),
        ({"onset": "2026-03-01T10:30"}, "onset", "without its UTC offset"),
        ({"onset": 20260301}, "onset", "not a text"),
        ({"soc": "Blood"}, "soc", "not one of its values"),
        ({"outcome": "fine"}, "outcome", "not one of its values"),
        ({"seriousness": "death"}, "seriousness", "not a list"),
        ({"seriousness": ["bad"]}, "seriousness[0]", "not one of its values"),
        ({"causality": [{"intervention": "cells"}]}, "causality[0]", "'related' is missing"),
        ({"causality": ["cells"]}, "causality[0]", "not a JSON object"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(
    change: dict[str, Any], where: str, words: str
) -> None:
    error = wrong("ReportAdverseEvent", REPORT | change)
    assert error.where == f"--json: ReportAdverseEvent.{where}"
    assert words in error.what


def test_missing_and_unknown_fields_are_named() -> None:
    missing = dict(REPORT)
    del missing["grade"]
    assert "'grade' is missing" in wrong("ReportAdverseEvent", missing).what
    unknown = wrong("ReportAdverseEvent", REPORT | {"grad": 3})
    assert "no field 'grad'" in unknown.what and "grade" in unknown.remedy
    assert "not a JSON object" in wrong("ReportAdverseEvent", [1]).what


def test_a_fact_is_read_as_facts_are_everywhere() -> None:
    fact = {"variable": "creatinine", "value": 130, "at": "2026-03-01"}
    error = wrong("RecordFacts", {"participant": "P1", "facts": [fact]})
    assert error.where == "--json: RecordFacts.facts[0]"
    assert "has no unit" in error.what


def test_an_unknown_command_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        command_name("enrol-particpant")
    assert "enrol-participant" in caught.value.remedy
    with pytest.raises(InputError, match="no command"):
        command_name("xyz")


def test_the_class_of_ctcae_is_taken_as_the_registry_writes_it() -> None:
    named = "General disorders and administration site conditions"
    command = read_command("ReportAdverseEvent", REPORT | {"soc": named}, where="x")
    assert isinstance(command, do.ReportAdverseEvent) and command.soc == named
