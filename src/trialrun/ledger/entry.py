"""One entry of the ledger: a header that is chained, and payload parts that it commits to.

`digest = SHA-256(salt ‖ canonical part)`, `hash = SHA-256(previous hash ‖ canonical header)`. The
header holds codes only: no free text and no name of a person, so that it need never be redacted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from trialrun.errors import FactError
from trialrun.ledger.canonical import Canonical, canonical_bytes, read_canonical
from trialrun.ledger.codec import decode_event, encode_event
from trialrun.ledger.events import SCHEMA_VERSIONS, Event
from trialrun.values.moment import Moment

SALT_BYTES = 32
NOTHING = bytes(32)  # the hash before the first entry
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/@-]{0,127}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What conduct hands over to be appended."""

    stream: str
    event: Event
    actor: str
    role: str
    organisation: str
    occurred_at: Moment
    origin: str
    protocol_version: str | None
    command_id: str


@dataclass(frozen=True, slots=True)
class Part:
    """One payload part: its salt, and its bytes unless they were redacted."""

    salt: bytes
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain goes: the last position and its hash."""

    study: str
    position: int
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One stored entry."""

    study: str
    position: int
    stream: str
    stream_version: int
    type: str
    schema_version: int
    actor: str
    role: str
    organisation: str
    occurred_at: Moment
    recorded_at: str
    origin: str
    protocol_version: str | None
    software_version: str
    command_id: str
    digests: Mapping[str, str]
    previous: bytes
    hash: bytes
    parts: Mapping[str, Part]
    _event: list[Event] = field(default_factory=list, compare=False, repr=False)

    @property
    def event(self) -> Event:
        """What happened, decoded once."""
        if not self._event:
            held = {
                name: read_canonical(part.data)
                for name, part in self.parts.items()
                if part.data is not None
            }
            self._event.append(decode_event(self.type, self.schema_version, held))
        return self._event[0]

    @property
    def header(self) -> dict[str, Canonical]:
        """The header as it is hashed."""
        return {
            "actor": self.actor,
            "command_id": self.command_id,
            "digests": dict(self.digests),
            "occurred_at": self.occurred_at.text,
            "organisation": self.organisation,
            "origin": self.origin,
            "position": self.position,
            "protocol_version": self.protocol_version,
            "recorded_at": self.recorded_at,
            "role": self.role,
            "schema_version": self.schema_version,
            "software_version": self.software_version,
            "stream": self.stream,
            "stream_version": self.stream_version,
            "study": self.study,
            "type": self.type,
        }


def digest(salt: bytes, data: bytes) -> str:
    """The commitment to one payload part."""
    return hashlib.sha256(salt + data).hexdigest()


def chained(previous: bytes, header: dict[str, Canonical]) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(previous + canonical_bytes(header)).digest()


def seal(
    drafts: Iterable[Draft],
    head: Head,
    versions: Mapping[str, int],
    *,
    recorded_at: datetime,
    salts: Callable[[], bytes],
    software_version: str,
) -> tuple[Entry, ...]:
    """The entries of drafts after `head`; `versions` holds the last version of each stream."""
    position, previous = head.position, head.hash
    counts = dict(versions)
    recorded = recorded_at.isoformat(timespec="microseconds")
    entries = []
    for draft in drafts:
        position += 1
        counts[draft.stream] = counts.get(draft.stream, 0) + 1
        parts = {
            name: Part(salts(), canonical_bytes(value))
            for name, value in encode_event(draft.event).items()
        }
        kind = type(draft.event).__name__
        entry = Entry(
            study=head.study,
            position=position,
            stream=_code(draft.stream),
            stream_version=counts[draft.stream],
            type=kind,
            schema_version=SCHEMA_VERSIONS[kind],
            actor=_code(draft.actor),
            role=_code(draft.role),
            organisation=_code(draft.organisation),
            occurred_at=draft.occurred_at,
            recorded_at=recorded,
            origin=_code(draft.origin),
            protocol_version=draft.protocol_version,
            software_version=software_version,
            command_id=_code(draft.command_id),
            digests={name: digest(part.salt, part.data or b"") for name, part in parts.items()},
            previous=previous,
            hash=NOTHING,
            parts=parts,
            # Other letters are stored in NFC: read back what was stored, not what was handed over.
            _event=[draft.event] if all(map(_ascii, parts.values())) else [],
        )
        previous = chained(previous, entry.header)
        object.__setattr__(entry, "hash", previous)
        entries.append(entry)
    return tuple(entries)


def _ascii(part: Part) -> bool:
    return part.data is not None and part.data.isascii()


def _code(text: str) -> str:
    if not _CODE.match(text):
        raise FactError(
            f"{text!r} is not a code, and the ledger's headers hold codes only",
            remedy="Use letters, digits and . _ : + / @ - ; no spaces and no names of people.",
        )
    return text
