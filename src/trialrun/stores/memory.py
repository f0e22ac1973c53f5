"""A ledger in memory: for rehearsals by the thousand, and as the plainest form of the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, seal
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
        try:
            yield self
        except BaseException:
            for entry in self._entries[kept:]:
                self._commands.pop(entry.command_id, None)
            del self._entries[kept:]
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
        for entry in made:
            self._commands.setdefault(entry.command_id, []).append(len(self._entries))
            self._entries.append(entry)
            self._versions[entry.stream] = entry.stream_version
        return made

    def close(self) -> None:
        """Nothing to give back."""
