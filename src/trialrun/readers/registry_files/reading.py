"""Registry records from files and folders, one after another, with what was set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from trialrun.errors import RecordError
from trialrun.readers.registry_files.aside import Aside, Reason
from trialrun.readers.registry_files.classic_xml import classic_studies
from trialrun.readers.registry_files.json_values import json_values
from trialrun.readers.registry_files.list_rows import list_row
from trialrun.readers.registry_files.packing import BROKEN, unpacked
from trialrun.record.bag import Json
from trialrun.record.reader import read_study
from trialrun.registry.incoming import Incoming, Source
from trialrun.values.identifier import is_nct

_FIRST = 4096
_READ = frozenset({".json", ".jsonl", ".ndjson", ".xml", ".zip", ".gz", ".xz", ".bz2"})


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and of folders those that may hold records, in the order of names."""
    for path in paths:
        if path.is_dir():
            inner = sorted(one for one in path.rglob("*") if one.suffix.lower() in _READ)
            yield from (one for one in inner if one.is_file())
        else:
            yield path


def read_files(paths: Iterable[Path]) -> Iterator[tuple[str, Incoming] | Aside]:
    """Every record with where it stands; what is none is set aside, and reading goes on."""
    for path in files_of(paths):
        yield from _file(path)


def _file(path: Path) -> Iterator[tuple[str, Incoming] | Aside]:
    where = str(path)
    try:
        with unpacked(path) as streams:
            for place, stream in streams:
                where = place
                yield from _stream(place, stream)
    except BROKEN as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise  # the machine's: no such file, no permission
        yield Aside(where=where, reason=Reason.PACKED, detail=str(error))


def _stream(where: str, stream: BinaryIO) -> Iterator[tuple[str, Incoming] | Aside]:
    start = stream.read(_FIRST).lstrip(b"\xef\xbb\xbf \t\r\n\0\xff\xfe")
    stream.seek(0)
    if not start:
        yield Aside(where=where, reason=Reason.EMPTY)
    elif start.startswith(b"<"):
        for study in classic_studies(where, stream):
            yield study if isinstance(study, Aside) else _checked(*study, Source.CLASSIC)
    elif start[:1] in b"{[":
        for value in json_values(where, stream):
            yield from (value,) if isinstance(value, Aside) else _records(*value)
    else:
        yield Aside(where=where, reason=Reason.UNKNOWN_FILE)


def _records(where: str, value: Json) -> Iterator[tuple[str, Incoming] | Aside]:
    """The records that a JSON value is, or holds: a study, a page of them, a row."""
    listed = value.get("studies") if isinstance(value, dict) else value
    if isinstance(listed, list):
        for number, one in enumerate(listed, start=1):
            yield from _records(f"{where}, item {number}", one)
        return
    if not isinstance(value, dict):
        yield Aside(where=where, reason=Reason.NO_STUDY)
        return
    inner = value.get("record")
    if "protocolSection" not in value and isinstance(inner, dict) and "protocolSection" in inner:
        value = inner  # a study's own record.json
    if "protocolSection" in value:
        yield _checked(where, value, Source.API)
        return
    row = list_row(value)
    yield (
        Aside(where=where, reason=Reason.NO_STUDY)
        if row is None
        else _checked(where, row, Source.LIST)
    )


def _checked(where: str, data: dict[str, Json], source: Source) -> tuple[str, Incoming] | Aside:
    """A record that the model can read and that has a number."""
    try:
        study = read_study(data, where=where)
    except RecordError as error:
        return Aside(where=where, reason=Reason.UNREADABLE, detail=error.what)
    number = study.nct_id.strip().upper()
    if not is_nct(number):
        return Aside(where=where, reason=Reason.NO_NUMBER, detail=study.nct_id)
    status = study.protocol.status
    updated = status.last_update_post_date.date or status.study_first_post_date.date or ""
    return where, Incoming(nct_id=number, source=source, updated=str(updated), data=data)
