"""Canonical bytes: one value, one spelling, readable by any reader of JSON."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trialrun.errors import AlteredLedger, FactError
from trialrun.ledger.canonical import canonical_bytes, read_canonical

# Marks that compose with the last letter of an escape: \n + U+0303 is no ñ.
hard = st.text(
    '\n\r\t\b\f\x00\x0a\x1f\\"nñaé\u0303\u0301\u0307\u0323\u0338\U0001d165漢e ', max_size=9
)
texts = hard | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def composed(value: Any) -> Any:
    """A second, plain NFC of a value, keys included."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(one) for one in value]
    if isinstance(value, dict):
        return {composed(key): composed(one) for key, one in value.items()}
    return value


@given(values)
@example("a\n\u0303b")
@example("\x0b\u0307\u0323")
@example('"\u0338\\\u0303')
@example("\n\U0001d165")
def test_every_value_reads_back_in_nfc_and_has_one_spelling(value: Any) -> None:
    if _collides(value):
        return
    data = canonical_bytes(value)
    assert read_canonical(data) == composed(value)
    assert json.loads(data) == composed(value)  # any reader's JSON, not only ours
    assert canonical_bytes(read_canonical(data)) == data
    assert canonical_bytes(composed(value)) == data
    assert unicodedata.is_normalized("NFC", data.decode())


def _collides(value: Any) -> bool:
    """Whether two keys of one object differ only in how they are composed."""
    if isinstance(value, list):
        return any(map(_collides, value))
    if isinstance(value, dict):
        return len({composed(key) for key in value}) < len(value) or any(
            map(_collides, value.values())
        )
    return False


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=5))
def test_the_order_of_keys_is_that_of_their_composed_form(keys: list[str]) -> None:
    value: dict[str, Any] = {unicodedata.normalize("NFC", key): 1 for key in keys}
    shuffled = dict(reversed(value.items()))
    data = canonical_bytes(value)
    assert canonical_bytes(shuffled) == data
    assert list(json.loads(data)) == sorted(value)


def test_a_key_that_sorts_differently_once_composed_is_sorted_as_composed() -> None:
    decomposed: dict[str, Any] = {"e\u0301": 1, "f": 2}  # é comes after f; e + mark before it
    assert canonical_bytes(decomposed) == '{"f":2,"é":1}'.encode()


def test_equal_keys_in_two_spellings_are_refused() -> None:
    with pytest.raises(TypeError, match="composed"):
        canonical_bytes({"é": 1, "e\u0301": 2})


def test_half_a_character_is_a_sentence() -> None:
    with pytest.raises(FactError, match="half a character"):
        canonical_bytes({"note": "\ud83d"})


@pytest.mark.parametrize("data", [b"NaN", b"[Infinity]", b"-Infinity", b'{"a":1e2}', b"1.0"])
def test_numbers_that_are_no_integers_are_not_read(data: bytes) -> None:
    with pytest.raises(AlteredLedger, match="float"):
        read_canonical(data)
