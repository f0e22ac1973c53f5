"""Parts to and from plain TOML tables, driven by the parts' own annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import NoneType
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from trialrun.errors import ProtocolError
from trialrun.protocol.codec import Codec, Unreadable
from trialrun.protocol.parts import Asked

P = TypeVar("P")
# What a TOML document holds, as plain values.
Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain]"
Table: TypeAlias = dict[str, Plain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One key of a table: how its value is read, and whether it may be asked for or absent."""

    name: str
    codec: Codec | None  # None: tables of `part`
    part: type[Any] | None
    askable: bool
    required: bool


def slots(part: type) -> tuple[Slot, ...]:
    """The keys of a part, in the order of the file."""
    if part not in _SLOTS:
        _SLOTS[part] = _read_slots(part)
    return _SLOTS[part]


_SLOTS: dict[type, tuple[Slot, ...]] = {}


def _read_slots(part: Any) -> tuple[Slot, ...]:
    hints = get_type_hints(part, include_extras=True)
    return tuple(
        _slot(one.name, hints[one.name], one.default is MISSING and one.default_factory is MISSING)
        for one in fields(part)
    )


def _slot(name: str, hint: object, required: bool) -> Slot:
    if get_origin(hint) is Annotated:
        kind, codec = get_args(hint)
        assert isinstance(codec, Codec)
        return Slot(
            name=name,
            codec=codec,
            part=None,
            askable=Asked in get_args(kind),
            required=required and NoneType not in get_args(kind),
        )
    inner = get_args(hint)[0]
    assert is_dataclass(inner) and isinstance(inner, type)
    return Slot(name=name, codec=None, part=inner, askable=False, required=required)


@dataclass(slots=True)
class Trouble:
    """All that is wrong in one file, so that a person sees it at once."""

    where: str
    found: list[ProtocolError]

    def add(self, place: str, what: str, remedy: str = "", excerpt: str = "") -> None:
        """Note one wrong value."""
        new = ProtocolError(what, where=f"{self.where}: {place}", remedy=remedy, excerpt=excerpt)
        if all(str(one) != str(new) for one in self.found):
            self.found.append(new)


def read_part(part: type[P], table: object, place: str, trouble: Trouble) -> P | None:
    """The part in a TOML table, or None with its trouble noted."""
    if not isinstance(table, Mapping):
        trouble.add(place, "this is not a table", "Compare with a fresh draft.")
        return None
    before = len(trouble.found)
    known = {slot.name: slot for slot in slots(part)}
    for key in table:
        if key not in known:
            trouble.add(
                f"{place}.{key}", "there is no such key", f"The keys are {', '.join(known)}."
            )
    values: dict[str, Any] = {}
    for slot in known.values():
        if slot.name in table:
            values[slot.name] = _value(slot, table[slot.name], f"{place}.{slot.name}", trouble)
        elif slot.required:
            trouble.add(f"{place}.{slot.name}", "this key is missing")
    return part(**values) if len(trouble.found) == before else None


def _value(slot: Slot, raw: object, place: str, trouble: Trouble) -> Any:
    if slot.codec is None:
        assert slot.part is not None
        if not isinstance(raw, list):
            trouble.add(place, "this is not a list of tables")
            return ()
        parts = (
            read_part(slot.part, one, f"{place}[{number}]", trouble)
            for number, one in enumerate(raw, start=1)
        )
        return tuple(parts)
    if slot.askable and isinstance(raw, Mapping):
        question = raw.get("question")
        if isinstance(question, str) and len(raw) == 1:
            return Asked(str(question))
        trouble.add(
            place, "this table names no question", 'Write the value, or { question = "ID" }.'
        )
        return None
    try:
        return slot.codec.read(raw)
    except Unreadable as error:
        trouble.add(place, error.what, error.remedy)
        return None


def write_part(part: Any) -> Table:
    """The part as a TOML table; what equals its default is left out."""
    table: Table = {}
    for slot, one in zip(slots(type(part)), fields(part), strict=True):
        value = getattr(part, slot.name)
        if value is None or value == _default(one):
            continue
        if isinstance(value, Asked):
            table[slot.name] = {"question": value.question}
        elif slot.codec is None:
            table[slot.name] = [write_part(inner) for inner in value]
        else:
            table[slot.name] = slot.codec.write(value)
    return table


def _default(one: Any) -> Any:
    if one.default is not MISSING:
        return one.default
    return MISSING if one.default_factory is MISSING else one.default_factory()


def asked_in(part: Any) -> Iterator[tuple[Slot, str]]:
    """Each key of a part that hangs on a question, with the question's id."""
    for slot in slots(type(part)):
        value = getattr(part, slot.name)
        if isinstance(value, Asked):
            yield slot, value.question
