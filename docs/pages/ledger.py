"""The page of the entries: every event that the ledger can hold, with its fields."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pages.markdown import code, first_sentence, table

from trialrun.ledger.codec import BODY
from trialrun.ledger.entry import Entry
from trialrun.ledger.events import EVENTS, SCHEMA_VERSIONS

_INTRODUCTION = """\
Every kind of entry that the ledger can hold. What each header carries, how parts are salted and
chained, and what that guarantees: [the ledger](../explanation/ledger.md). A field stands in the
`body` part unless the table names another: `text` is free text, a part of its own so that it can be
redacted alone; `document` is a file. `?` marks a field that may be empty (null); a field with a
default may be left out when the entry is made and is always stored. Moments are ISO 8601 text as
precise as what was known; decimals are text.
"""


def entries_page() -> str:
    """The header, every event class in the order of `ledger/events.py`, and the nested values."""
    nested: dict[str, type] = {}
    parts = ["# Entries\n\nGenerated from the event classes.\n", _INTRODUCTION]
    for name, kind in EVENTS.items():
        rows = [_field(kind, one, nested) for one in fields(kind)]
        parts.append(
            f"## {name}\n\n{first_sentence(kind.__doc__)}\n\n"
            f"Schema version {SCHEMA_VERSIONS[name]}.\n\n"
            f"{table(('field', 'type', 'default', 'part'), rows)}\n"
        )
    parts.append("## Values inside entries\n")
    # A nested class may hold another: the table grows while it is read.
    done: list[str] = []
    while left := [name for name in nested if name not in done]:
        done.append(left[0])
        parts.append(_nested(left[0], nested[left[0]], nested))
    parts.append(f"## Header\n\n{_header()}\n")
    return "\n".join(parts)


def _nested(name: str, kind: type, nested: dict[str, type]) -> str:
    head = f"### {name}\n\n{first_sentence(kind.__doc__)}\n\n"
    if issubclass(kind, Enum):
        return head + "One of: " + ", ".join(code(str(one.value)) for one in kind) + ".\n"
    rows = [_field(kind, one, nested)[:3] for one in fields(kind)]  # type: ignore[arg-type]
    return head + table(("field", "type", "default"), rows) + "\n"


def _field(kind: Any, one: Field[Any], nested: dict[str, type]) -> tuple[str, str, str, str]:
    hint = get_type_hints(kind)[one.name]
    default = "" if one.default is MISSING else code(_plain(one.default))
    return code(one.name), _type(hint, nested), default, str(one.metadata.get("part", BODY))


def _plain(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case tuple():
            return "[]"
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def _type(hint: Any, nested: dict[str, type]) -> str:
    if get_origin(hint) in {Union, UnionType}:
        (inner,) = [one for one in get_args(hint) if one is not NoneType]
        return _type(inner, nested) + "?"
    if get_origin(hint) is tuple:
        return "list of " + _type(get_args(hint)[0], nested)
    name: str = hint.__name__
    plain = {"str": "text", "int": "whole number", "bool": "true or false", "Decimal": "decimal"}
    if name in plain:
        return plain[name]
    if name != "Moment" and (is_dataclass(hint) or issubclass(hint, Enum)):
        nested.setdefault(name, hint)
        return f"[{name}](#{name.lower()})"
    return name.lower()


def _header() -> str:
    words = {
        "study": "the study's code",
        "position": "1, 2, 3 … without a gap",
        "stream": "what the entry is about: `study`, `participant:CODE`, `product:CODE` …",
        "stream_version": "1, 2, 3 … within the stream",
        "type": "the kind of entry, a name of this page",
        "schema_version": "the version of that kind's fields",
        "actor": "who, by code",
        "role": "in which role",
        "organisation": "for which organisation, by code",
        "occurred_at": "when it happened, as precisely as that is known",
        "recorded_at": "when it was recorded: the clock of the machine that wrote it, UTC",
        "origin": "from where: shell, import, rehearsal …",
        "protocol_version": "the protocol version in force, or null",
        "software_version": "the Trialrun that wrote it",
        "command_id": "the command that made it; a retry of a command does nothing twice",
        "digests": "SHA-256 of salt and bytes of each payload part",
    }
    held = {one.name for one in fields(Entry) if not one.name.startswith("_")}
    if held - {"previous", "hash", "parts"} != set(words):
        raise ValueError(f"the header's fields and their words differ: {sorted(held)}")
    return table(("field", "what it says"), ((code(name), words[name]) for name in words))
