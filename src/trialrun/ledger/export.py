"""The whole ledger as text: one canonical JSON object a line, equal on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trialrun.errors import AlteredLedger, InputError
from trialrun.ledger.canonical import Canonical, canonical_bytes, read_canonical
from trialrun.ledger.entry import NOTHING, Entry, Part
from trialrun.values.moment import Moment


def write_entries(entries: Iterable[Entry]) -> Iterator[bytes]:
    """A line for each entry: header, hash, and each part's salt and text (null: redacted)."""
    for entry in entries:
        parts: dict[str, Canonical] = {
            name: {
                "salt": part.salt.hex(),
                "data": None if part.data is None else part.data.decode("utf-8"),
            }
            for name, part in entry.parts.items()
        }
        line: dict[str, Canonical] = {
            "hash": entry.hash.hex(),
            "header": entry.header,
            "parts": parts,
        }
        yield canonical_bytes(line) + b"\n"


def read_entries(lines: Iterable[bytes], *, where: str) -> Iterator[Entry]:
    """The entries of an export, unverified; `verify` says whether they are what was written."""
    previous = NOTHING
    for number, line in enumerate(lines, start=1):
        try:
            entry = _read(read_canonical(line.rstrip(b"\n")), previous)
        except (AlteredLedger, KeyError, TypeError, ValueError, InputError) as error:
            raise AlteredLedger(
                f"line {number} is not an entry: {error}",
                where=where,
                remedy="Export the ledger again, or use another copy.",
            ) from error
        yield entry
        previous = entry.hash


def _read(line: Any, previous: bytes) -> Entry:
    header = dict(line["header"])
    return Entry(
        **{**header, "occurred_at": Moment(header["occurred_at"])},
        previous=previous,
        hash=bytes.fromhex(line["hash"]),
        parts={
            name: Part(
                bytes.fromhex(part["salt"]),
                None if part["data"] is None else part["data"].encode("utf-8"),
            )
            for name, part in line["parts"].items()
        },
    )
