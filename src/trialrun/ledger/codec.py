"""Events to payload parts and back, driven by the types of their fields.

A field's metadata says which part it goes into: `body` by default, `text` for free text, `document`
for a file. A plan is made once a class; encoding and decoding then only walk it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
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


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one class is written and read: the fields of its body, and those of other parts."""

    body: tuple[_Field, ...]
    apart: tuple[_Field, ...]
    readers: tuple[tuple[str, _Decode], ...]  # of the body


def encode_event(event: Event) -> dict[str, Canonical]:
    """The canonical value of each part that the event has; an empty text makes no part."""
    plan = _plan(type(event))
    parts: dict[str, dict[str, Canonical]] = {BODY: _written(event, plan.body)}
    for field in plan.apart:
        value = getattr(event, field.name)
        if value != "":
            parts.setdefault(field.part, {})[field.name] = field.encode(value)
    return dict(parts)


def decode_event(kind: str, version: int, parts: Mapping[str, Canonical]) -> Event:
    """The event of stored parts; a text that was redacted, or was empty, reads as empty."""
    cls = EVENTS.get(kind)
    if cls is None:
        raise AlteredLedger(f"an entry is of the unknown type {kind!r}", remedy=_NEWER)
    body = parts.get(BODY)
    if version != SCHEMA_VERSIONS[kind]:
        body = upcast(kind, version, SCHEMA_VERSIONS[kind], body)
    try:
        plan = _plan(cls)
        values = _read(body, plan.readers)
        if plan.apart:
            values |= _read_apart(parts, plan.apart)
        return cls(**values)
    except AlteredLedger:
        raise
    except Exception as error:
        # Whatever is wrong with stored bytes, they are not what was written.
        raise AlteredLedger(f"an entry of type {kind} cannot be read: {error}") from error


def _written(value: Any, plan: tuple[_Field, ...]) -> dict[str, Canonical]:
    return {one.name: one.encode(getattr(value, one.name)) for one in plan}


def _read(held: Any, readers: Iterable[tuple[str, _Decode]]) -> dict[str, Any]:
    """The fields that are held: one that came later takes its default, none is passed over."""
    values = {name: decode(held[name]) for name, decode in readers if name in held}
    if len(values) != len(held):
        strange = ", ".join(sorted(held.keys() - values.keys()))
        raise AlteredLedger(f"an entry holds what this Trialrun does not know: {strange}",
                            remedy=_NEWER)  # fmt: skip
    return values


def _read_apart(parts: Mapping[str, Canonical], plan: tuple[_Field, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in {one.part for one in plan}:
        mine = {one.name: one.decode for one in plan if one.part == name}
        values |= dict.fromkeys(mine, "") | _read(parts.get(name, {}), mine.items())
    return values


_NEWER = "It may come from a newer Trialrun; read it with that version."
_PLANS: dict[Any, _Plan] = {}


def _plan(cls: Any) -> _Plan:
    known = _PLANS.get(cls)
    if known is None:
        hints = get_type_hints(cls)
        made = tuple(
            _Field(one.name, one.metadata.get("part", BODY), *_coder(hints[one.name]))
            for one in fields(cls)
        )
        for one in made:
            if one.part not in PARTS or (one.part != BODY and hints[one.name] is not str):
                raise TypeError(f"{cls.__name__}.{one.name} cannot be a part {one.part!r}")
        body = tuple(one for one in made if one.part == BODY)
        apart = tuple(one for one in made if one.part != BODY)
        readers = tuple((one.name, one.decode) for one in body)
        known = _PLANS[cls] = _Plan(body, apart, readers)
    return known


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> Any:
    # A StrEnum (a deviation's category) is stored as its text; what is no text is refused later.
    return str(value) if isinstance(value, str) else value


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
            lambda value: tuple([read(one) for one in _only_list(value)]),
        )
    if hint is str:
        return _text, _only_text
    if hint is int:
        return _same, _only_integer
    if hint is bool:
        return _same, _only_boolean
    if hint is Decimal:
        return plain, lambda value: Decimal(_only_text(value))
    if hint is Moment:
        return str, read_moment
    if isinstance(hint, type) and issubclass(hint, Enum):
        return lambda value: value.value, hint
    if is_dataclass(hint):
        return _nested(hint)
    raise TypeError(f"{hint} has no canonical form")


def _only_text(value: Any) -> str:
    if type(value) is str:
        return value
    raise TypeError(f"{value!r} is no text")


def _only_integer(value: Any) -> int:
    if type(value) is int:
        return value
    raise TypeError(f"{value!r} is no integer")


def _only_boolean(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise TypeError(f"{value!r} is neither true nor false")


def _only_list(value: Any) -> list[Any]:
    if type(value) is list:
        return value
    raise TypeError(f"{value!r} is no list")


# A moment is a frozen value: an entry's own and its event's, or those of one day, are often the
# same one.
read_moment = lru_cache(maxsize=8192)(Moment)


def _nested(cls: Any) -> tuple[_Encode, _Decode]:
    plan = _plan(cls)
    if plan.apart:
        raise TypeError(f"{cls.__name__} is inside an event, and cannot have parts of its own")
    return (
        lambda value: _written(value, plan.body),
        lambda value: cls(**_read(value, plan.readers)),
    )
