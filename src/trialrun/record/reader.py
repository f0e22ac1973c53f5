"""Parsed JSON of the registry's API v2 → the model; whatever does not fit goes into the bag."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TypeAlias

from trialrun.errors import RecordError
from trialrun.record.bag import Bag, Json, Oddity, Path, Stray
from trialrun.record.model import Study
from trialrun.record.shape import Kind, Slot, shape

_Strays: TypeAlias = list[Stray]
# Reads one value; None where it went into the bag whole.
_Read: TypeAlias = Callable[[Json, Path, _Strays], object]


def read_study(data: Json, *, where: str) -> Study:
    """The study that one API v2 record describes; raises `RecordError` if it describes none."""
    if not isinstance(data, dict) or not isinstance(data.get("protocolSection"), dict):
        raise RecordError(
            "this is JSON, but not a study record: it has no protocolSection",
            where=where,
            remedy="Give one study as ClinicalTrials.gov API v2 returns it.",
        )
    strays: _Strays = []
    study = _read_part(Study, data, (), strays)
    assert isinstance(study, Study)
    return replace(study, bag=Bag(tuple(strays)))


def _read_part(part: type, data: dict[str, Json], path: Path, strays: _Strays) -> object:
    readers = _readers(part)
    values: dict[str, object] = {}
    for key, value in data.items():
        known = readers.get(key)
        if known is None:
            strays.append(_stray((*path, key), Oddity.UNKNOWN_FIELD, value))
            continue
        attribute, read = known
        found = read(value, (*path, key), strays)
        if found is not None:
            values[attribute] = found
    return part(**values)


@cache
def _readers(part: type) -> dict[str, tuple[str, _Read]]:
    return {slot.key: (slot.attribute, _reader(slot)) for slot in shape(part)}


def _reader(slot: Slot) -> _Read:
    one = _word_reader(slot.known) if slot.known is not None else _KINDS.get(slot.kind)
    if one is None:
        assert slot.part is not None
        one = _part_reader(slot.part, listed=slot.many)
    return _list_reader(one) if slot.many else one


def _list_reader(one: _Read) -> _Read:
    def read(value: Json, path: Path, strays: _Strays) -> object:
        if type(value) is not list:
            return _misfit(value, path, strays)
        if not value:
            return _keep(Oddity.EMPTY, value, path, strays)
        found = [one(item, (*path, place), strays) for place, item in enumerate(value)]
        return tuple(item for item in found if item is not None)

    return read


def _part_reader(part: type, *, listed: bool) -> _Read:
    def read(value: Json, path: Path, strays: _Strays) -> object:
        if type(value) is not dict:
            return _misfit(value, path, strays)
        if not value and not listed:
            return _keep(Oddity.EMPTY, value, path, strays)
        return _read_part(part, value, path, strays)

    return read


def _word_reader(known: frozenset[str]) -> _Read:
    def read(value: Json, path: Path, strays: _Strays) -> object:
        if type(value) is not str:
            return _misfit(value, path, strays)
        if value not in known:
            strays.append(_stray(path, Oddity.UNKNOWN_WORD, value))
        return value

    return read


def _read_text(value: Json, path: Path, strays: _Strays) -> object:
    return value if type(value) is str else _misfit(value, path, strays)


def _read_flag(value: Json, path: Path, strays: _Strays) -> object:
    return value if type(value) is bool else _misfit(value, path, strays)


def _read_whole(value: Json, path: Path, strays: _Strays) -> object:
    return value if type(value) is int else _misfit(value, path, strays)


def _read_number(value: Json, path: Path, strays: _Strays) -> object:
    # The shortest decimal of a double: what the file says, not what the machine holds.
    return Decimal(repr(value)) if type(value) in {int, float} else _misfit(value, path, strays)


_KINDS: dict[Kind, _Read] = {
    Kind.TEXT: _read_text,
    Kind.FLAG: _read_flag,
    Kind.WHOLE: _read_whole,
    Kind.NUMBER: _read_number,
}


def _misfit(value: Json, path: Path, strays: _Strays) -> object:
    return _keep(Oddity.EMPTY if value is None else Oddity.WRONG_TYPE, value, path, strays)


def _keep(oddity: Oddity, value: Json, path: Path, strays: _Strays) -> object:
    strays.append(_stray(path, oddity, value))
    return None


def _stray(path: Path, oddity: Oddity, value: Json) -> Stray:
    return Stray(path=path, oddity=oddity, text=json.dumps(value, ensure_ascii=False))
