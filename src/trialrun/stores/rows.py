"""An entry as the rows of a database, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trialrun.errors import AlteredLedger, TrialrunError
from trialrun.ledger.canonical import canonical_bytes, read_canonical
from trialrun.ledger.entry import Entry, Part
from trialrun.values.moment import Moment


def header_bytes(entry: Entry) -> bytes:
    """The header as it is hashed and kept."""
    return canonical_bytes(entry.header)


def entry_of(
    row: tuple[int, str, int, str, Any, Any],
    parts: Sequence[tuple[int, str, Any, Any]],
    previous: bytes,
    where: str,
) -> Entry:
    """The entry of its stored rows; what cannot be read as one is an altered ledger."""
    position, stream, version, command, header, hashed = row
    try:
        held: Any = read_canonical(bytes(header))
        kept = (held["position"], held["stream"], held["stream_version"], held["command_id"])
        if kept != (position, stream, version, command):
            raise ValueError("its columns do not repeat its header")
        return Entry(
            study=held["study"],
            position=held["position"],
            stream=held["stream"],
            stream_version=held["stream_version"],
            type=held["type"],
            schema_version=held["schema_version"],
            actor=held["actor"],
            role=held["role"],
            organisation=held["organisation"],
            occurred_at=Moment(held["occurred_at"]),
            recorded_at=held["recorded_at"],
            origin=held["origin"],
            protocol_version=held["protocol_version"],
            software_version=held["software_version"],
            command_id=held["command_id"],
            digests=held["digests"],
            previous=previous,
            hash=bytes(hashed),
            parts={name: Part(bytes(salt), bytes(data)) for _, name, salt, data in parts},
        )
    except (KeyError, TypeError, ValueError, TrialrunError) as error:
        raise AlteredLedger(
            f"entry {position} is not what was written: {error}",
            where=where,
            remedy="Run `trialrun verify` on the study, and compare it with a backup.",
        ) from error
