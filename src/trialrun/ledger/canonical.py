"""One way to write a value as bytes: UTF-8 in NFC, sorted keys, no spaces, no floats.

The bytes are what is hashed and kept. They are JSON, so that an archive opens without us; decimals
are strings, so that no reader rounds them.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from itertools import takewhile
from typing import TypeAlias

from trialrun.errors import AlteredLedger, FactError

Canonical: TypeAlias = "str | int | bool | list[Canonical] | dict[str, Canonical] | None"

_PLAIN = frozenset({str, int, bool, type(None)})
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)
_ESCAPE = re.compile(r"(\\(?:u[0-9a-f]{4}|.))([^\x00-\x7f]*)")


def canonical_bytes(value: Canonical) -> bytes:
    """The canonical bytes; a float, or a key that is no text, is a programming error.

    >>> canonical_bytes({"b": 1, "a": "é"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    _check(value)
    text = _ENCODER.encode(value)
    if text.isascii():
        return text.encode("ascii")
    text = _ENCODER.encode(_composed(value))
    if not unicodedata.is_normalized("NFC", text):
        text = _ESCAPE.sub(_apart, text)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise FactError(
            "a text holds half a character (a lone surrogate)",
            remedy="Write the text again; the character was cut by the program it came from.",
        ) from error


def read_canonical(data: bytes) -> Canonical:
    """The value of canonical bytes; anything else is an altered ledger."""
    try:
        text = data.decode("utf-8")
        value: Canonical
        value, end = _scan(text)
        if end != len(text):
            raise ValueError("more than one value, or spaces")
    except (ValueError, RecursionError) as error:
        raise AlteredLedger(f"a payload is not canonical: {error}") from error
    return value


def _no_float(text: str) -> object:
    raise ValueError(f"{text} is a float")


# `raw_decode` skips no spaces before or after the value, for none are written.
_scan = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).raw_decode


def _check(value: Canonical) -> None:
    # Runs over everything that is written or verified: only lists and mappings cost a call.
    if isinstance(value, list):
        for one in value:
            if type(one) not in _PLAIN:
                _check(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if type(key) is not str:
                raise TypeError(f"a canonical key is a text, not {key!r}")
            if type(one) not in _PLAIN:
                _check(one)
    elif type(value) not in _PLAIN:
        raise TypeError(f"{type(value).__name__} has no canonical form")


def _composed(value: Canonical) -> Canonical:
    """Every text in NFC: text by text, for in the JSON a mark may follow the n of an escape."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_composed(one) for one in value]
    if isinstance(value, Mapping):
        composed = {unicodedata.normalize("NFC", key): _composed(value[key]) for key in value}
        if len(composed) != len(value):
            raise TypeError("two canonical keys differ only in how they are composed")
        return composed
    return value


def _apart(match: re.Match[str]) -> str:
    """A mark after the letter of an escape, escaped itself, so that the JSON as a whole is NFC."""
    escape, following = match.groups()
    marks = "".join(takewhile(unicodedata.combining, following))
    return escape + json.dumps(marks)[1:-1] + following[len(marks) :]
