"""The whole ledger as text: one canonical JSON object a line, equal on every machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from trialrun.errors import AlteredLedger, TrialrunError
from trialrun.ledger.canonical import Canonical, canonical_bytes, read_canonical
from trialrun.ledger.entry import NOTHING, Entry, Part, read_entry


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
            entry = _read(read_canonical(line.removesuffix(b"\n")), previous)
            # The same value can be spelt in other bytes; only those that were written will do.
            if next(write_entries([entry])) != line.removesuffix(b"\n") + b"\n":
                raise AlteredLedger("it is spelt in another way than an export spells it")
        except (TrialrunError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise AlteredLedger(
                f"line {number} is not an entry: {error}",
                where=where,
                remedy="Export the ledger again, or use another copy.",
            ) from error
        yield entry
        previous = entry.hash


def _read(line: Any, previous: bytes) -> Entry:
    return read_entry(
        canonical_bytes(line["header"]),
        previous=previous,
        hashed=bytes.fromhex(line["hash"]),
        parts={
            name: Part(
                bytes.fromhex(part["salt"]),
                None if part["data"] is None else part["data"].encode("utf-8"),
            )
            for name, part in line["parts"].items()
        },
    )
