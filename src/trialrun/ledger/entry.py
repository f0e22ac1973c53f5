"""One entry of the ledger: a header that is chained, and payload parts that it commits to.

`digest = SHA-256(salt ‖ canonical part)`, `hash = SHA-256(previous hash ‖ canonical header)`. The
header holds codes only: no free text and no name of a person, so that it need never be redacted.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from trialrun.errors import AlteredLedger, FactError
from trialrun.ledger.canonical import Canonical, canonical_bytes, read_canonical
from trialrun.ledger.codec import decode_event, encode_event, read_moment
from trialrun.ledger.events import SCHEMA_VERSIONS, Event, ProtocolApproved
from trialrun.values.moment import Moment

SALT_BYTES = 32
NOTHING = bytes(32)  # the hash before the first entry
# No @: an e-mail address would name a person.
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+/-]{0,127}")


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

    @cached_property
    def event(self) -> Event:
        """What happened, decoded once."""
        held = {
            name: read_canonical(part.data)
            for name, part in self.parts.items()
            if part.data is not None
        }
        return decode_event(self.type, self.schema_version, held)

    @cached_property
    def header_bytes(self) -> bytes:
        """The header as it is hashed: of an entry that was read, the very bytes that were kept."""
        return canonical_bytes(self.header)

    @property
    def header(self) -> dict[str, Canonical]:
        """The header's fields."""
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


def chained(previous: bytes, header: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(previous + header).digest()


_TEXTS = ("actor", "command_id", "occurred_at", "organisation", "origin", "recorded_at", "role",
          "software_version", "stream", "study", "type")  # fmt: skip
_NUMBERS = ("position", "schema_version", "stream_version")
_fields_of = itemgetter(*_TEXTS, *_NUMBERS, "digests", "protocol_version")
_SHAPE = (*[str] * len(_TEXTS), *[int] * len(_NUMBERS), dict)
_ONLY_TEXT = {str}
_SHAPES = frozenset({(*_SHAPE, str), (*_SHAPE, type(None))})


def read_entry(
    header: bytes, *, previous: bytes, hashed: bytes, parts: Mapping[str, Part]
) -> Entry:
    """The entry of a kept header; `AlteredLedger` where that is no header of an entry."""
    held: Any = read_canonical(header)
    try:
        shape = tuple(map(type, _fields_of(held)))
    except (KeyError, TypeError) as error:
        raise AlteredLedger(f"the header is not that of an entry: {error}") from error
    if shape not in _SHAPES or len(held) != len(shape):
        raise AlteredLedger("the header is not that of an entry")
    if not set(map(type, held["digests"].values())) <= _ONLY_TEXT:
        raise AlteredLedger("the header is not that of an entry: its digests are no texts")
    try:
        held["occurred_at"] = read_moment(held["occurred_at"])
    except FactError as error:
        raise AlteredLedger(f"the header is not that of an entry: {error.what}") from error
    held["previous"], held["hash"], held["parts"] = previous, hashed, parts
    held["header_bytes"] = header
    entry = Entry.__new__(Entry)
    # A frozen dataclass's own __init__ takes longer than everything else here; all is checked.
    object.__setattr__(entry, "__dict__", held)
    return entry


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
    if recorded_at.tzinfo is None:
        raise ValueError("the clock of a ledger has a time zone")
    position, previous = head.position, head.hash
    counts = dict(versions)
    recorded = recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    entries = []
    for draft in drafts:
        position += 1
        counts[draft.stream] = counts.get(draft.stream, 0) + 1
        entry = _sealed(
            draft,
            study=_code(head.study),
            position=position,
            stream_version=counts[draft.stream],
            recorded_at=recorded,
            salts=salts,
            software_version=_code(software_version),
            previous=previous,
        )
        previous = entry.hash
        entries.append(entry)
    return tuple(entries)


def _sealed(
    draft: Draft,
    *,
    study: str,
    position: int,
    stream_version: int,
    recorded_at: str,
    salts: Callable[[], bytes],
    software_version: str,
    previous: bytes,
) -> Entry:
    parts = {
        name: Part(_salt(salts()), canonical_bytes(value))
        for name, value in encode_event(draft.event).items()
    }
    if isinstance(draft.event, ProtocolApproved):
        _code(draft.event.version)  # it will stand in the header of every later entry
    kind = type(draft.event).__name__
    entry = Entry(
        study=study,
        position=position,
        stream=_code(draft.stream),
        stream_version=stream_version,
        type=kind,
        schema_version=SCHEMA_VERSIONS[kind],
        actor=_code(draft.actor),
        role=_code(draft.role),
        organisation=_code(draft.organisation),
        occurred_at=draft.occurred_at,
        recorded_at=recorded_at,
        origin=_code(draft.origin),
        protocol_version=None if draft.protocol_version is None else _code(draft.protocol_version),
        software_version=software_version,
        command_id=_code(draft.command_id),
        digests={name: digest(part.salt, part.data or b"") for name, part in parts.items()},
        previous=previous,
        hash=NOTHING,
        parts=parts,
    )
    object.__setattr__(entry, "hash", chained(previous, entry.header_bytes))
    if all(map(_ascii, parts.values())):
        # Other letters are kept in NFC: read back what was kept, not what was handed over.
        entry.__dict__["event"] = draft.event
    return entry


def _salt(salt: bytes) -> bytes:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return salt


def _ascii(part: Part) -> bool:
    return part.data is not None and part.data.isascii()


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise FactError(
            f"{text!r} is not a code, and the ledger's headers hold codes only",
            remedy="Use letters, digits and . _ : + / - ; no spaces and no names of people.",
        )
    return text
