"""The model's classes as a table of fields, read from their type hints: what drives the codec.

A field's registry name is its attribute in camelCase, with the ending of its type (Section, Module
or Struct) put back: `status: StatusModule` is `statusModule`, `class_` is `class`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType
from typing import Annotated, get_args, get_origin, get_type_hints

from trialrun.record.enumeration import OneOf

_ENDINGS = ("Section", "Module", "Struct")


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    FLAG = "flag"
    WHOLE = "whole number"
    NUMBER = "number"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One field: attribute, registry name, what it holds, and whether it is a list."""

    attribute: str
    key: str
    kind: Kind
    many: bool
    known: frozenset[str] | None  # the known words of a closed list
    part: type | None  # the class of a part


@cache
def shape(part: type) -> tuple[Slot, ...]:
    """The fields of one class of the model."""
    hints = get_type_hints(part, include_extras=True)
    return tuple(
        _slot(field.name, hints[field.name]) for field in fields(part) if field.name != "bag"
    )


def _slot(attribute: str, hint: object) -> Slot:
    many = get_origin(hint) is tuple
    one = get_args(hint)[0] if many else _without_none(hint)
    known = None
    if get_origin(one) is Annotated:
        one, mark = get_args(one)
        assert isinstance(mark, OneOf)
        known = mark.words
    kinds: dict[object, Kind] = {
        str: Kind.TEXT,
        bool: Kind.FLAG,
        int: Kind.WHOLE,
        Decimal: Kind.NUMBER,
    }
    kind = kinds.get(one, Kind.PART)
    return Slot(
        attribute=attribute,
        key=_key(attribute, one, many=many),
        kind=kind,
        many=many,
        known=known,
        part=one if kind is Kind.PART and isinstance(one, type) else None,
    )


def _without_none(hint: object) -> object:
    others = [one for one in get_args(hint) if one is not NoneType]
    return others[0] if len(others) == 1 and get_origin(hint) is not Annotated else hint


def _key(attribute: str, one: object, *, many: bool) -> str:
    first, *rest = attribute.rstrip("_").split("_")
    key = first + "".join(word[:1].upper() + word[1:] for word in rest)
    if many or not isinstance(one, type):
        return key
    return key + next((ending for ending in _ENDINGS if one.__name__.endswith(ending)), "")
