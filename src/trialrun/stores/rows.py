"""An entry as the rows of a database, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from trialrun.errors import AlteredLedger
from trialrun.ledger.entry import Entry, Part, read_entry

# position, stream, stream_version, command_id, header, hash; name, salt, data of one part or None.
Row = tuple[int, str, int, str, Any, Any, Any, Any, Any]


def entries_of(rows: Iterable[Row], previous: bytes, where: str) -> Iterator[Entry]:
    """The entries of rows in order, one row a part."""
    for _, group in groupby(rows, key=itemgetter(0)):
        entry = _entry_of(list(group), previous, where)
        yield entry
        previous = entry.hash


def _entry_of(rows: list[Row], previous: bytes, where: str) -> Entry:
    position, stream, version, command, header, hashed, _, _, _ = rows[0]
    try:
        if type(header) is not bytes or type(hashed) is not bytes:
            raise AlteredLedger("its header or hash is no longer bytes")
        parts = {row[6]: _part(row[7], row[8]) for row in rows if row[6] is not None}
        entry = read_entry(header, previous=previous, hashed=hashed, parts=parts)
        if (
            entry.position != position
            or entry.stream != stream
            or entry.stream_version != version
            or entry.command_id != command
        ):
            raise AlteredLedger("its columns do not repeat its header")
    except AlteredLedger as error:
        raise AlteredLedger(
            f"entry {position} is not what was written: {error.what}",
            where=where,
            remedy="Run `trialrun verify` on the study, and compare it with a backup.",
        ) from error
    return entry


def _part(salt: Any, data: Any) -> Part:
    if type(salt) is not bytes or type(data) is not bytes:
        raise AlteredLedger("a part is no longer bytes")
    return Part(salt, data)
