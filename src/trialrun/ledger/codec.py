"""Events to payload parts and back, driven by the types of their fields.

A field's metadata says which part it goes into: `body` by default, `text` for free text, `document`
for a file. A plan is made once a class; encoding and decoding then only walk it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from trialrun.errors import AlteredLedger
from trialrun.ledger.canonical import Canonical
from trialrun.ledger.events import EVENTS, SCHEMA_VERSIONS, Event
from trialrun.ledger.upcast import upcast
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain

BODY, TEXT, DOCUMENT = "body", "text", "document"
PARTS = (BODY, DOCUMENT, TEXT)

_Encode = Callable[[Any], Canonical]
_Decode = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    part: str
    encode: _Encode
    decode: _Decode


def encode_event(event: Event) -> dict[str, Canonical]:
    """The canonical value of each part that the event has; an empty text makes no part."""
    parts: dict[str, dict[str, Canonical]] = {BODY: {}}
    for field in _plan(type(event)):
        value = getattr(event, field.name)
        if field.part == TEXT and value == "":
            continue
        parts.setdefault(field.part, {})[field.name] = field.encode(value)
    return dict(parts)


def decode_event(kind: str, version: int, parts: Mapping[str, Canonical]) -> Event:
    """The event of stored parts; a redacted text reads as empty."""
    cls = EVENTS.get(kind)
    if cls is None:
        raise AlteredLedger(
            f"an entry is of the unknown type {kind!r}",
            remedy="It may come from a newer Trialrun; read it with that version.",
        )
    body = parts.get(BODY)
    if version != SCHEMA_VERSIONS[kind]:
        body = upcast(kind, version, SCHEMA_VERSIONS[kind], body)
    values: dict[str, Any] = {}
    try:
        for field in _plan(cls):
            held = body if field.part == BODY else parts.get(field.part)
            if isinstance(held, dict) and field.name in held:
                values[field.name] = field.decode(held[field.name])
            elif field.part == DOCUMENT or (field.part == TEXT and field.name == "reason"):
                values[field.name] = ""
        return cls(**values)
    except AlteredLedger:
        raise
    except Exception as error:
        # Whatever is wrong with stored bytes, they are not what was written.
        raise AlteredLedger(f"an entry of type {kind} cannot be read: {error}") from error


_PLANS: dict[Any, tuple[_Field, ...]] = {}


def _plan(cls: Any) -> tuple[_Field, ...]:
    known = _PLANS.get(cls)
    if known is None:
        hints = get_type_hints(cls)
        known = _PLANS[cls] = tuple(
            _Field(one.name, one.metadata.get("part", BODY), *_coder(hints[one.name]))
            for one in fields(cls)
        )
    return known


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)  # a StrEnum is stored as its text


def _coder(hint: Any) -> tuple[_Encode, _Decode]:
    """How values of a type are written and read."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        (inner,) = [one for one in get_args(hint) if one is not type(None)]
        write, read = _coder(inner)
        return (
            lambda value: None if value is None else write(value),
            lambda value: None if value is None else read(value),
        )
    if origin is tuple:
        write, read = _coder(get_args(hint)[0])
        return (
            lambda value: [write(one) for one in value],
            lambda value: tuple(read(one) for one in value),
        )
    if hint is str:
        return _text, _same
    if hint in {int, bool}:
        return _same, _same
    if hint is Decimal:
        return plain, Decimal
    if hint is Moment:
        return str, Moment
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value, hint
    if is_dataclass(hint):
        return _nested(hint)
    raise TypeError(f"{hint} has no canonical form")


def _nested(cls: Any) -> tuple[_Encode, _Decode]:
    def write(value: Any) -> Canonical:
        return {one.name: one.encode(getattr(value, one.name)) for one in _plan(cls)}

    def read(value: Any) -> Any:
        return cls(**{one.name: one.decode(value[one.name]) for one in _plan(cls)})

    return write, read
