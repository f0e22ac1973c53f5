"""A correction of one recorded thing: which fields may change, and how text becomes a value."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TypeVar, get_args, get_type_hints

from trialrun.errors import FactError
from trialrun.ledger.events import Event, FactRecorded, FieldChange, ProductReceived
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain
from trialrun.vocabulary.fact import Fact

E = TypeVar("E", bound=Event)

# What makes a thing the thing it is; changing one of these would be another thing.
FIXED = frozenset({"id", "participant", "item", "intervention", "ordinal", "variable"})


def fixed_fields(kind: type[Event | Fact]) -> frozenset[str]:
    """The fields that make a thing of this kind the thing it is."""
    return FIXED | {"product"} if kind is ProductReceived else FIXED


def text_of(value: object) -> str | None:
    """A field's value as canonical text; None for no value."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | int | Moment):
        return str(value)
    raise FactError(
        f"a {type(value).__name__} cannot be corrected as one field",
        remedy="Record the thing anew and mark this one with a deviation.",
    )


def corrected(event: E, changes: tuple[FieldChange, ...]) -> E:
    """The event with its fields changed; an unknown or fixed field is an error."""
    if isinstance(event, FactRecorded):
        return replace(event, fact=_changed(event.fact, changes))
    return _changed(event, changes)


def current(event: Event, field: str) -> str | None:
    """What a field says now, as canonical text."""
    subject: Event | Fact = event.fact if isinstance(event, FactRecorded) else event
    _check(subject, field)
    return text_of(getattr(subject, field))


T = TypeVar("T", bound=Event | Fact)


def _check(subject: Event | Fact, field: str) -> None:
    names = [one.name for one in fields(subject)]
    texts = [one.name for one in fields(subject) if one.metadata.get("part") is not None]
    fixed = fixed_fields(type(subject)) | frozenset(texts)
    if field in texts:
        # A correction keeps old and new in its body, which is never redacted.
        raise FactError(
            f"{field!r} is free text, which is not corrected in place",
            remedy="Record what is right as a new entry (of an adverse event: with "
            "ChangeAdverseEvent), and have the wrong text redacted if it names somebody.",
        )
    if field not in names or field in fixed:
        allowed = ", ".join(name for name in names if name not in fixed)
        raise FactError(
            f"{field!r} is not a field of {type(subject).__name__} that can be corrected",
            remedy=f"Fields that can be: {allowed}.",
        )


def _changed(subject: T, changes: tuple[FieldChange, ...]) -> T:
    hints = _hints(type(subject))
    new: dict[str, object] = {}
    for change in changes:
        _check(subject, change.field)
        new[change.field] = _value(change, hints[change.field])
    return replace(subject, **new)  # type: ignore[arg-type]  # checked field by field above


_HINTS: dict[object, dict[str, object]] = {}


def _hints(kind: type) -> dict[str, object]:
    known = _HINTS.get(kind)
    if known is None:
        known = _HINTS[kind] = get_type_hints(kind)
    return known


def _value(change: FieldChange, hint: object) -> object:
    kinds = [kind for kind in (get_args(hint) or (hint,)) if kind is not type(None)]
    if change.new is None:
        if type(None) in get_args(hint):
            return None
        raise FactError(f"{change.field!r} cannot be empty", remedy="Give its right value.")
    kind = kinds[0]
    try:
        if kind is bool:
            return {"true": True, "false": False}[change.new]
        if isinstance(kind, type) and issubclass(kind, str | int | Decimal | Moment | Enum):
            return kind(change.new)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise FactError(
            f"{change.new!r} is not a value of {change.field!r}",
            remedy="Write it as the field's other values are written.",
        ) from error
    raise FactError(
        f"{change.field!r} cannot be corrected as one field",
        remedy="Record the thing anew and mark this one with a deviation.",
    )
