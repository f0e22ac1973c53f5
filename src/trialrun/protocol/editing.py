"""Changes to the text of `protocol.toml` that leave the comments and the order of people alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Item
from tomlkit.items import Table as TomlTable

from trialrun.errors import ProtocolError
from trialrun.protocol.file import (
    ProtocolFile,
    read_protocol_file,
    tables_of,
    write_protocol_file,
)
from trialrun.protocol.parts import CriterionPart, QuestionPart
from trialrun.protocol.tables import Plain, Table
from trialrun.protocol.toml_text import value_text
from trialrun.protocol.working_copy import SECTIONS
from trialrun.values.provenance import Origin, Source


def answered(
    file: ProtocolFile, question: str, value: str, *, by: str, section: str
) -> ProtocolFile:
    """The file with a person's answer, and the section of the document that says it."""
    asked = file.question(question)
    done = replace(asked, answer=value, answered_by=by, section=section)
    return replace(file, questions=tuple(done if one is asked else one for one in file.questions))


def confirmed(file: ProtocolFile, place: str, *, section: str) -> ProtocolFile:
    """The file with one part (`regimen.fludarabine`) citing a section of the document."""
    known = dict(file.placed())
    part = known.get(place)
    if part is None or isinstance(part, QuestionPart) or not hasattr(part, "source"):
        places = [
            name
            for name, one in known.items()
            if hasattr(one, "source") and not isinstance(one, QuestionPart)
        ]
        raise ProtocolError(
            f"there is no part {place!r} to confirm",
            where="protocol.toml",
            remedy=f"The parts are {', '.join(places)}.",
        )
    return _with(file, part, replace(part, source=Source(Origin.DOCUMENT, section)))


def declared(file: ProtocolFile, criterion: str, *, by: str, reason: str) -> ProtocolFile:
    """The file with a criterion declared a judgement, by name and reason."""
    part = next((one for one in file.criteria if one.id == criterion), None)
    if part is None:
        raise ProtocolError(
            f"no criterion is called {criterion!r}",
            where="protocol.toml",
            remedy=f"The criteria are {', '.join(one.id for one in file.criteria)}.",
        )
    changed: CriterionPart = replace(
        part, status="judgement", rule=None, declared_by=by, reason=reason
    )
    return _with(file, part, changed)


def _with(file: ProtocolFile, old: Any, new: Any) -> ProtocolFile:
    """The file with one part in another's place."""
    for name, _, many in SECTIONS.values():
        value = getattr(file, name)
        if value is old:
            return _changed(file, name, new)
        if many and any(one is old for one in value):
            return _changed(file, name, tuple(new if one is old else one for one in value))
    raise AssertionError("the part is not in the file")


def _changed(file: ProtocolFile, name: str, value: Any) -> ProtocolFile:
    changes: dict[str, Any] = {name: value}
    return replace(file, **changes)


def rewritten(text: str, file: ProtocolFile) -> str:
    """`text` changed so that it reads as `file`; comments and order of what stays are kept.

    Where that cannot be done (parts of a list were put in another order), the file is written anew.
    """
    try:
        document = tomlkit.parse(text)
        for name, content in tables_of(file).items():
            _set_section(document, name, content)
        for name in SECTIONS:
            if name in document and name not in tables_of(file):
                document.remove(name)
        changed = tomlkit.dumps(document)
        if read_protocol_file(changed.encode(), where="protocol.toml") == file:
            return changed
    except (TOMLKitError, ProtocolError):
        pass
    return write_protocol_file(file)


def _set_section(document: tomlkit.TOMLDocument, name: str, content: Table | list[Table]) -> None:
    if isinstance(content, dict):
        if name in document:
            _set_table(document[name], content)
        else:
            document.append(name, _new_table(content))
        return
    if not content:
        if name in document:
            document.remove(name)
        return
    if name not in document:
        document.append(name, tomlkit.aot())
    listed = document[name]
    assert isinstance(listed, AoT)
    key = next(one for one in ("id", "name", "word") if one in content[0])
    wanted = {str(one[key]): one for one in content}
    for number in reversed(range(len(listed))):
        if str(listed[number].get(key)) not in wanted:
            del listed[number]
    there = {str(one.get(key)): one for one in listed}
    for code, table in wanted.items():
        if code in there:
            _set_table(there[code], table)
        else:
            listed.append(_new_table(table))


def _set_table(existing: Any, content: Mapping[str, Plain]) -> None:
    for key in [one for one in existing if one not in content]:
        existing.remove(key)
    for key, value in content.items():
        if key not in existing or _plain(existing[key]) != value:
            existing[key] = _item(value)


def _plain(value: Any) -> Any:
    return value.unwrap() if isinstance(value, Item) else value


def _new_table(content: Mapping[str, Plain]) -> TomlTable:
    table = tomlkit.table()
    for key, value in content.items():
        table.append(key, _item(value))
    return table


def _item(value: Plain) -> Item:
    """The value as our own writer lays it out."""
    item = tomlkit.parse(f"value = {value_text(value)}\n")["value"]
    assert isinstance(item, Item)
    return item
