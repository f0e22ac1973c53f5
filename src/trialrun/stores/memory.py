"""A ledger in memory: for rehearsals by the thousand, and as the plainest form of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, seal
from trialrun.ledger.events import Redacted
from trialrun.ledger.redaction import redactions
from trialrun.ledger.store import StaleHead


class MemoryStore:
    """Entries in a list."""

    def __init__(
        self,
        study: str,
        *,
        clock: Callable[[], datetime],
        salts: Callable[[], bytes],
        software_version: str,
    ) -> None:
        self._study = study
        self._clock, self._salts, self._software = clock, salts, software_version
        self._entries: list[Entry] = []
        self._versions: dict[str, int] = {}
        self._commands: dict[str, list[int]] = {}
        self._whole: dict[int, Entry] = {}  # what this transaction redacted, to be put back

    @property
    def study(self) -> str:
        return self._study

    @property
    def head(self) -> Head:
        last = self._entries[-1] if self._entries else None
        return (
            Head(self._study, 0, NOTHING)
            if last is None
            else Head(self._study, last.position, last.hash)
        )

    def entries(self, after: int = 0) -> Iterator[Entry]:
        yield from self._entries[after:]

    def command(self, command_id: str) -> tuple[Entry, ...]:
        return tuple(self._entries[place] for place in self._commands.get(command_id, ()))

    @contextmanager
    def writing(self) -> Iterator[MemoryStore]:
        kept, versions = len(self._entries), dict(self._versions)
        self._whole.clear()
        try:
            yield self
        except BaseException:
            for entry in self._entries[kept:]:
                places = self._commands[entry.command_id]
                places.pop()
                if not places:
                    del self._commands[entry.command_id]
            del self._entries[kept:]
            for place, whole in self._whole.items():
                if place < kept:
                    self._entries[place] = whole
            self._versions = versions
            raise

    def append(self, drafts: Sequence[Draft], *, expected: Head) -> tuple[Entry, ...]:
        head = self.head
        if head != expected:
            raise StaleHead("the ledger has grown since it was read", remedy="Read it again.")
        made = seal(
            drafts,
            head,
            self._versions,
            recorded_at=self._clock(),
            salts=self._salts,
            software_version=self._software,
        )
        for redacted in redactions(made, self._at):
            self._redact(redacted)
        for entry in made:
            self._commands.setdefault(entry.command_id, []).append(len(self._entries))
            self._entries.append(entry)
            self._versions[entry.stream] = entry.stream_version
        return made

    def _at(self, position: int) -> Entry | None:
        return self._entries[position - 1] if 0 < position <= len(self._entries) else None

    def _redact(self, redacted: Redacted) -> None:
        place = redacted.entry - 1
        whole = self._entries[place]
        self._whole.setdefault(place, whole)
        left = {name: part for name, part in whole.parts.items() if name != redacted.part}
        self._entries[place] = replace(whole, parts=left)

    def close(self) -> None:
        """Nothing to give back."""
