"""One way to write a value as bytes: UTF-8 in NFC, sorted keys, no spaces, no floats.

The bytes are what is hashed and kept. They are JSON, so that an archive opens without us; decimals
are strings, so that no reader rounds them.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import TypeAlias

from trialrun.errors import AlteredLedger

Canonical: TypeAlias = "str | int | bool | list[Canonical] | dict[str, Canonical] | None"

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


def canonical_bytes(value: Canonical) -> bytes:
    """The canonical bytes; a float, or a key that is no text, is a programming error.

    >>> canonical_bytes({"b": 1, "a": "é"})
    b'{"a":"\\xc3\\xa9","b":1}'
    """
    _check(value)
    text = _ENCODER.encode(value)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return text.encode("utf-8")


def read_canonical(data: bytes) -> Canonical:
    """The value of canonical bytes; anything else is an altered ledger."""
    try:
        value: Canonical = json.loads(data.decode("utf-8"), parse_float=_no_float)
    except (ValueError, RecursionError) as error:
        raise AlteredLedger(f"a payload is not canonical: {error}") from error
    return value


def _no_float(text: str) -> object:
    raise ValueError(f"{text} is a float")


def _check(value: Canonical) -> None:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return
    if isinstance(value, list):
        for one in value:
            _check(one)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            if type(key) is not str:
                raise TypeError(f"a canonical key is a text, not {key!r}")
            _check(one)
    else:
        raise TypeError(f"{kind.__name__} has no canonical form")
