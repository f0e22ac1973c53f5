"""`protocol.toml` read and written: `read_protocol_file(write_protocol_file(file)) == file`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from trialrun.errors import ProtocolError
from trialrun.protocol.checking import check_answers, check_names, check_rule_texts, check_rules
from trialrun.protocol.tables import Table, Trouble, read_part, write_part
from trialrun.protocol.toml_text import toml_text
from trialrun.protocol.working_copy import OPTIONAL, SECTIONS, ProtocolFile, identity

__all__ = ["ProtocolFile", "read_protocol_file", "write_protocol_file"]

FORMAT = 1
FIRST_LINE = f"trialrun-protocol = {FORMAT}"


def read_protocol_file(data: bytes, *, where: str) -> ProtocolFile:
    """The protocol file in these bytes; a ProtocolError names every value that is wrong."""
    tables = parse_tables(data, where)
    trouble = Trouble(where, [])
    values: dict[str, Any] = {}
    for table in tables:
        if table not in SECTIONS:
            trouble.add(table, "there is no such table", f"The tables are {', '.join(SECTIONS)}.")
    for table, (name, part, many) in SECTIONS.items():
        raw = tables.get(table)
        if many:
            values[name] = _parts(part, raw if raw is not None else [], table, trouble)
        elif raw is not None:
            values[name] = read_part(part, raw, table, trouble)
        elif table not in OPTIONAL:
            trouble.add(table, "this table is missing", "Compare with a fresh draft.")
    if not trouble.found:
        file = ProtocolFile(**values)
        _check(file, trouble)
        if not trouble.found:
            return file
    else:  # what can be checked of a file that is not whole, so that a person mends it once
        check_rule_texts((one for one in values["criteria"] if one is not None), trouble)
    raise _error(trouble)


def parse_tables(data: bytes, where: str) -> Mapping[str, object]:
    """The tables of the file, its first line checked."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProtocolError(
            f"this is not text in UTF-8 (byte {error.start})", where=where, remedy=_FRESH
        ) from error
    first = text.lstrip("\ufeff").split("\n", 1)[0].strip()
    if first != FIRST_LINE:
        version = first.removeprefix("trialrun-protocol = ")
        raise ProtocolError(
            f"the file has format {version}; this version of Trialrun reads format {FORMAT}"
            if first.startswith("trialrun-protocol = ")
            else "this is no protocol file: its first line does not say so",
            where=where,
            remedy=f"Line 1 of a protocol file is {FIRST_LINE!r}. {_FRESH}",
        )
    try:
        tables = tomllib.loads(text.lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProtocolError(
            f"this is not TOML: {error}", where=where, remedy="Mend that place, or: " + _FRESH
        ) from error
    tables.pop("trialrun-protocol")
    return tables


_FRESH = "Draft a fresh one with: trialrun draft RECORD -o DIR"


def _parts(part: type[Any], raw: object, table: str, trouble: Trouble) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        trouble.add(table, "this is one table, not a list", f"Write [[{table}]].")
        return ()
    parts = []
    for number, one in enumerate(raw, start=1):
        name = next(
            (one[key] for key in ("id", "name", "word") if isinstance(one, dict) and key in one),
            number,
        )
        parts.append(read_part(part, one, f"{table}.{name}", trouble))
    names = [identity(one) for one in parts if one is not None]
    for name in sorted({name for name in names if names.count(name) > 1}):
        trouble.add(f"{table}.{name}", "this stands there twice", "Give each its own name.")
    return tuple(parts)


def _check(file: ProtocolFile, trouble: Trouble) -> None:
    """What only the whole file shows: names that lead nowhere, answers and rules unreadable."""
    check_names(file, trouble)
    check_rules(file, trouble)
    check_answers(file, trouble)


def _error(trouble: Trouble) -> ProtocolError:
    if len(trouble.found) == 1:
        return trouble.found[0]
    return ProtocolError(
        f"{len(trouble.found)} things in this file are wrong",
        where=trouble.where,
        remedy="\n".join(str(one) for one in trouble.found),
    )


def write_protocol_file(file: ProtocolFile) -> str:
    """The file as TOML, with comments that only repeat: reading it gives `file` again."""
    return toml_text(FIRST_LINE, tables_of(file))


def tables_of(file: ProtocolFile) -> dict[str, Table | list[Table]]:
    """The file as plain tables, in the order of the file."""
    tables: dict[str, Table | list[Table]] = {}
    for table, (name, _, many) in SECTIONS.items():
        value = getattr(file, name)
        if many:
            tables[table] = [write_part(part) for part in value]
        elif value is not None:
            tables[table] = write_part(value)
    return tables
