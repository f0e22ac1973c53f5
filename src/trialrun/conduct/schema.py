"""Commands from the outside: their JSON schema and their reading, both from the classes.

A command's fields are the schema's properties; nothing is listed twice. Reading is strict: an
unknown or missing field, a wrong kind, a value that is not on a closed list is an error that names
the field.
"""

from __future__ import annotations

import base64
import binascii
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from decimal import Decimal
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from trialrun.assess.ctcae import REGISTRY_SOCS
from trialrun.conduct.commands import COMMANDS, Command
from trialrun.conduct.decide_safety import MRD, OUTCOMES, SERIOUSNESS
from trialrun.conduct.decide_screening import SUBJECTS
from trialrun.conduct.permissions import ROLES
from trialrun.errors import InputError, UnitError
from trialrun.ledger.events import Causality, CheckAnswer, FieldChange, Measured
from trialrun.values.moment import Moment
from trialrun.values.quantity import read_number
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import read_fact

Json: TypeAlias = Mapping[str, object]

# CTCAE's own name of the one class that the registry calls otherwise; it is taken as well.
CTCAE_SOCS = ("General disorders and administration site conditions",)
# Closed lists that a field's type does not say.
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("GrantRole", "role"): tuple(one.value for one in ROLES),
    ("RevokeRole", "role"): tuple(one.value for one in ROLES),
    ("RecordConsent", "subject"): SUBJECTS,
    ("ReportAdverseEvent", "soc"): (*REGISTRY_SOCS, *CTCAE_SOCS),
    ("ReportAdverseEvent", "seriousness"): SERIOUSNESS,
    ("ReportAdverseEvent", "outcome"): OUTCOMES,
    ("ChangeAdverseEvent", "outcome"): OUTCOMES,
    ("AssessResponse", "mrd"): MRD,
}
_PARTS: tuple[type[Any], ...] = (Causality, CheckAnswer, FieldChange, Measured)
_MOMENT = r"^\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?)?)?$"


def command_name(text: str) -> str:
    """The class name of a command written in CamelCase or kebab-case.

    >>> command_name("record-facts")
    'RecordFacts'
    """
    wanted = text.replace("-", "").replace("_", "").lower()
    for name in COMMANDS:
        if name.lower() == wanted:
            return name
    near = difflib.get_close_matches(kebab(text), [kebab(name) for name in COMMANDS], n=1)
    raise InputError(
        f"there is no command {text!r}",
        remedy=f"Did you mean {near[0]}?" if near else "trialrun do --list shows all commands.",
    )


def kebab(name: str) -> str:
    """A command's name as the shell writes it.

    >>> kebab("RecordFacts")
    'record-facts'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


# --- schema ----------------------------------------------------------------------------------


def command_schema(name: str) -> dict[str, Any]:
    """The JSON schema (2020-12) of one command."""
    kind = COMMANDS[name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "description": (kind.__doc__ or "").strip(),
        **_object(kind, name),
    }


def _object(kind: type[Any], name: str) -> dict[str, Any]:
    hints = get_type_hints(kind)
    properties = {}
    for one in fields(kind):
        value = _schema_of(hints[one.name], CHOICES.get((name, one.name), ()))
        default = _default(one)
        if default is not None:
            value["default"] = default
        properties[one.name] = value
    return {
        "type": "object",
        "properties": properties,
        "required": [one.name for one in fields(kind) if one.default is MISSING],
        "additionalProperties": False,
    }


def _default(one: Field[Any]) -> object:
    if one.default is MISSING or one.default is None or one.default == ():
        return None
    return one.default.value if isinstance(one.default, Enum) else one.default


def _schema_of(hint: Any, choices: tuple[str, ...]) -> dict[str, Any]:
    inner, optional = _optional(hint)
    if optional:
        return {"anyOf": [_schema_of(inner, choices), {"type": "null"}]}
    if get_origin(inner) is tuple:
        return {"type": "array", "items": _schema_of(get_args(inner)[0], choices)}
    if choices:
        return {"type": "string", "enum": list(choices)}
    if inner is Fact:
        return FACT_SCHEMA
    if inner in _PARTS:
        return _object(inner, inner.__name__)
    if isinstance(inner, type) and issubclass(inner, Enum):
        return {"type": "string", "enum": [one.value for one in inner]}
    simple: dict[Any, dict[str, Any]] = {
        str: {"type": "string"},
        int: {"type": "integer"},
        bool: {"type": "boolean"},
        bytes: {"type": "string", "contentEncoding": "base64"},
        Decimal: {"type": ["string", "number"]},
        Moment: {"type": "string", "pattern": _MOMENT},
    }
    return dict(simple[inner])


FACT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "variable": {"type": "string"},
        "value": {"type": ["string", "number", "boolean"]},
        "unit": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "at": {"type": "string", "pattern": _MOMENT},
        "source": {"type": "string"},
        "low": {"type": ["string", "number", "null"]},
        "high": {"type": ["string", "number", "null"]},
        "comparator": {"type": "string", "enum": ["", "<", "<=", ">", ">="]},
        "id": {"type": "string"},
    },
    "required": ["variable", "value", "at"],
    "additionalProperties": False,
}


def _optional(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in {Union, UnionType}:
        inner = [one for one in get_args(hint) if one is not type(None)]
        return inner[0], True
    return hint, False


# --- reading ---------------------------------------------------------------------------------


def read_command(name: str, data: Json, *, where: str) -> Command:
    """The command that a JSON object states; an InputError names the field that is wrong."""
    canonical = command_name(name)
    values = _read_object(COMMANDS[canonical], canonical, data, f"{where}: {canonical}")
    return COMMANDS[canonical](**values)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One field: whether it must be given, and how its value is read."""

    required: bool
    read: Callable[[object, str], Any]


@cache
def _slots(kind: type[Any], name: str) -> dict[str, _Slot]:
    hints = get_type_hints(kind)
    return {
        one.name: _Slot(
            one.default is MISSING,
            _reader(hints[one.name], CHOICES.get((name, one.name), ())),
        )
        for one in fields(kind)
    }


def _read_object(kind: type[Any], name: str, data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise InputError(f"{_shown(data)} is not a JSON object", where=where)
    slots = _slots(kind, name)  # type: ignore[arg-type]  # a class is hashable
    for key in data:
        if key not in slots:
            near = difflib.get_close_matches(str(key), list(slots), n=1)
            raise InputError(
                f"there is no field {key!r}",
                where=where,
                remedy=f"Did you mean {near[0]}?" if near else f"Its fields: {', '.join(slots)}.",
            )
    for field, slot in slots.items():
        if slot.required and field not in data:
            needed = ", ".join(one for one in slots if slots[one].required)
            raise InputError(
                f"the field {field!r} is missing", where=where, remedy=f"Needed: {needed}."
            )
    return {key: slots[key].read(value, f"{where}.{key}") for key, value in data.items()}


def _reader(hint: Any, choices: tuple[str, ...]) -> Callable[[object, str], Any]:
    inner, optional = _optional(hint)
    if optional:
        read = _reader(inner, choices)
        return lambda value, where: None if value is None else read(value, where)
    if get_origin(inner) is tuple:
        read = _reader(get_args(inner)[0], choices)
        return lambda value, where: _list(value, where, read)
    if choices:
        return lambda value, where: _choice(value, where, choices)
    if inner is Fact:
        return _fact
    if inner in _PARTS:
        return lambda value, where: inner(**_read_object(inner, inner.__name__, value, where))
    if isinstance(inner, type) and issubclass(inner, Enum):
        words = tuple(str(one.value) for one in inner)
        return lambda value, where: inner(_choice(value, where, words))
    return _SIMPLE[inner]


def _list(value: object, where: str, read: Callable[[object, str], Any]) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise InputError(f"{_shown(value)} is not a list", where=where, remedy="Write [ … ].")
    return tuple(read(one, f"{where}[{place}]") for place, one in enumerate(value))


def _choice(value: object, where: str, choices: tuple[str, ...]) -> str:
    if isinstance(value, str) and value in choices:
        return value
    near = difflib.get_close_matches(str(value), choices, n=1)
    raise InputError(
        f"{_shown(value)} is not one of its values",
        where=where,
        remedy=f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(choices)}.",
    )


def _fact(value: object, where: str) -> Fact:
    if not isinstance(value, Mapping):
        raise InputError(f"{_shown(value)} is not a fact", where=where, remedy="Write { … }.")
    return read_fact(value, where=where, id=str(value.get("id", "")))


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InputError(
            f"{_shown(value)} is not a text", where=where, remedy="Put it in quotation marks."
        )
    return value


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
        raise InputError(f"{_shown(value)} is not a whole number", where=where)
    return int(value)


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{_shown(value)} is neither true nor false", where=where)
    return value


def _decimal(value: object, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InputError(f"{_shown(value)} is not a number", where=where)
    try:
        return read_number(value)
    except UnitError as error:
        raise InputError(error.what, where=where, remedy=error.remedy) from error


def _moment(value: object, where: str) -> Moment:
    try:
        return Moment(_text(value, where))
    except InputError as error:
        raise InputError(error.what, where=where, remedy=error.remedy) from error


def _bytes(value: object, where: str) -> bytes:
    try:
        return base64.b64decode(_text(value, where), validate=True)
    except binascii.Error as error:
        raise InputError("this is not base64", where=where) from error


_SIMPLE: dict[Any, Callable[[object, str], Any]] = {
    str: _text,
    int: _whole,
    bool: _flag,
    Decimal: _decimal,
    Moment: _moment,
    bytes: _bytes,
}


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) < 60 else f"{text[:57]}…"
