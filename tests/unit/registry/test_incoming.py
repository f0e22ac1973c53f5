"""What an incoming record does to the one that is there, and what of it is kept as changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.record.bag import Json
from trialrun.registry.change import changes
from trialrun.registry.incoming import Effect, Incoming, Kept, Source, effect_of, is_written


def incoming(source: Source = Source.API, updated: str = "2026-01-02") -> Incoming:
    return Incoming(nct_id="NCT99999990", source=source, updated=updated, data={})


def kept(source: Source = Source.API, updated: str = "2026-01-01") -> Kept:
    return Kept(source=source, updated=updated, sha256="a")


@pytest.mark.parametrize(
    ("one", "there", "effect"),
    [
        (incoming(), None, Effect.NEW),
        (incoming(), kept(), Effect.REPLACES),
        (incoming(updated="2025-12-31"), kept(), Effect.OLDER),
        (incoming(updated="2026-01-01"), kept(), Effect.REPLACES),
        (incoming(updated=""), kept(), Effect.REPLACES),
        (incoming(), kept(updated=""), Effect.REPLACES),
        # a fuller source goes before a newer day
        (incoming(Source.LIST), kept(), Effect.LESS),
        (incoming(Source.CLASSIC), kept(), Effect.LESS),
        (incoming(Source.LIST), kept(Source.CLASSIC), Effect.LESS),
        (incoming(updated="2020-01-01"), kept(Source.CLASSIC), Effect.REPLACES),
        (incoming(Source.CLASSIC, ""), kept(Source.LIST), Effect.REPLACES),
    ],
)
def test_what_an_incoming_record_does(one: Incoming, there: Kept | None, effect: Effect) -> None:
    assert effect_of(one, "b", there) is effect
    assert is_written(effect) == (effect in {Effect.NEW, Effect.REPLACES})


@pytest.mark.parametrize("source", Source)
def test_the_same_data_change_nothing(source: Source) -> None:
    assert effect_of(incoming(source), "a", kept()) is Effect.SAME


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "b"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)
RECORD = st.dictionaries(st.sampled_from("abc"), JSON, max_size=3)


def put(record: dict[str, Any], place: str, value: Json) -> None:
    *path, last = place.split(".")
    for key in path:
        record = record[key]
    if value is None:
        record.pop(last, None)
    else:
        record[last] = value


def without_null(record: Json) -> Json:
    """Null and absent say the same of a place."""
    if isinstance(record, dict):
        return {key: without_null(value) for key, value in record.items() if value is not None}
    return record


@given(before=RECORD, after=RECORD)
def test_the_changes_lead_from_the_newer_record_back_to_the_older(
    before: dict[str, Json], after: dict[str, Json]
) -> None:
    import copy

    back: dict[str, Any] = copy.deepcopy(after)
    for change in changes(before, after):
        put(back, change.place, change.before)
    assert without_null(back) == without_null(before)


def test_a_record_that_did_not_change_has_no_changes() -> None:
    assert list(changes({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]})) == []
    (one,) = changes({"a": 1}, {"a": True})  # 1 is not true
    assert (one.place, one.before, one.after) == ("a", 1, True)
