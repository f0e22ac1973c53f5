"""Every event survives its stored form, and equal events have equal bytes."""

from __future__ import annotations

import unicodedata
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum, StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialrun.errors import AlteredLedger
from trialrun.ledger.canonical import canonical_bytes, read_canonical
from trialrun.ledger.codec import decode_event, encode_event
from trialrun.ledger.events import EVENTS, SCHEMA_VERSIONS, Event, FactRecorded
from trialrun.ledger.upcast import upcast
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

texts = (
    st.text(max_size=12)
    .map(lambda text: unicodedata.normalize("NFC", text))
    .filter(lambda text: not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text))
)
moments = st.dates().map(lambda day: Moment(day.isoformat())) | st.datetimes().map(
    lambda at: Moment(at.isoformat(timespec="minutes") + "+08:00")
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, max_value=10**8,
                       min_value=-(10**8)).map(lambda value: value + 0)  # fmt: skip


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return st.one_of(*[st.none() if one is type(None) else values(one)
                           for one in get_args(hint)])  # fmt: skip
    if origin is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if hint is str:
        return texts
    if hint is bool:
        return st.booleans()
    if hint is int:
        return st.integers(-(10**9), 10**9)
    if hint is Decimal:
        return decimals
    if hint is Moment:
        return moments
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    assert is_dataclass(hint)
    return events(hint)


def events(cls: Any) -> st.SearchStrategy[Any]:
    """Instances of a frozen dataclass."""
    hints = get_type_hints(cls)
    return st.builds(
        lambda **given: cls(**given), **{one.name: values(hints[one.name]) for one in fields(cls)}
    )


def stored(event: Event) -> dict[str, Any]:
    return {
        name: read_canonical(canonical_bytes(part)) for name, part in encode_event(event).items()
    }


@pytest.mark.parametrize("kind", EVENTS)
@settings(max_examples=25)
@given(data=st.data())
def test_every_event_survives_its_stored_form(kind: str, data: st.DataObject) -> None:
    event = data.draw(events(EVENTS[kind]))
    parts = stored(event)
    again = decode_event(kind, SCHEMA_VERSIONS[kind], parts)
    assert again == event
    assert stored(again) == parts
    assert set(parts) <= {"body", "text", "document"}
    texts_ = [one.name for one in fields(event) if one.metadata.get("part") == "text"]
    assert not set(texts_) & set(parts["body"])  # free text never lies with the rest


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_canonical_bytes_say_one_value_in_one_way(value: Any) -> None:
    data = canonical_bytes(value)
    assert read_canonical(data) == value
    assert canonical_bytes(read_canonical(data)) == data
    assert unicodedata.is_normalized("NFC", data.decode())


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, [float("nan")], {1: "a"}, b"bytes", {"a": {1}}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(value)


@pytest.mark.parametrize("data", [b"", b"{", b'{"a":1.5}', b"\xff", b"nan"])
def test_bytes_that_are_not_canonical_are_an_altered_ledger(data: bytes) -> None:
    with pytest.raises(AlteredLedger):
        read_canonical(data)


def test_unknown_types_and_versions_are_named() -> None:
    with pytest.raises(AlteredLedger, match="unknown type"):
        decode_event("NoSuch", 1, {"body": {}})
    with pytest.raises(AlteredLedger, match="knows 1"):
        decode_event("SiteOpened", 2, {"body": {"site": "S1"}})
    with pytest.raises(AlteredLedger, match="cannot be read"):
        decode_event("SiteOpened", 1, {"body": {}})
    with pytest.raises(AlteredLedger, match="does not know: closed"):
        decode_event("SiteOpened", 1, {"body": {"site": "S1", "closed": True}})


@pytest.mark.parametrize("site", [5, None, True, ["S1"], {"a": "S1"}])
def test_a_value_of_another_type_is_not_taken(site: Any) -> None:
    with pytest.raises(AlteredLedger, match="cannot be read"):
        decode_event("SiteOpened", 1, {"body": {"site": site}})


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_is_not_taken(body: Any) -> None:
    with pytest.raises(AlteredLedger, match="cannot be read"):
        decode_event("SiteOpened", 1, {"body": body})


def test_a_field_that_came_later_takes_its_default_inside_other_values_too() -> None:
    fact = {"id": "f1", "variable": "alt", "value": "3", "unit": "U/L", "at": "2026-03-01"}
    event = decode_event("FactRecorded", 1, {"body": {"participant": "P-1", "fact": fact}})
    assert event == FactRecorded(
        participant="P-1",
        fact=Fact(id="f1", variable="alt", value="3", unit="U/L", at=Moment("2026-03-01")),
    )
    with pytest.raises(AlteredLedger, match="does not know: mood"):
        decode_event("FactRecorded", 1, {"body": {"participant": "P-1",
                                                  "fact": {**fact, "mood": "x"}}})  # fmt: skip


def test_an_old_body_is_brought_to_today_s_shape_step_by_step() -> None:
    steps = {
        ("X", 1): lambda body: {**body, "b": "new"},
        ("X", 2): lambda body: {"c": body["a"], "b": body["b"]},
    }
    assert upcast("X", 1, 3, {"a": 1}, steps) == {"c": 1, "b": "new"}
    with pytest.raises(AlteredLedger, match="no way"):
        upcast("X", 1, 3, {"a": 1}, {})


def test_a_word_of_a_closed_list_is_stored_as_its_text() -> None:
    class Word(StrEnum):
        ONE = "one"

    event = EVENTS["SiteOpened"](site=Word.ONE)
    assert stored(event) == {"body": {"site": "one"}}
    assert decode_event("SiteOpened", 1, stored(event)) == event
