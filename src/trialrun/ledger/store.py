"""Where a ledger is kept: what every store can do. `tests/conformance` holds the one contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from trialrun.errors import LedgerError
from trialrun.ledger.entry import Draft, Entry, Head


class StaleHead(LedgerError):
    """Somebody else appended in between."""


class Writing(Protocol):
    """The one open transaction of a store: reads see what it has appended so far."""

    @property
    def head(self) -> Head:
        """The head, what this transaction appended included."""
        ...

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Entries after a position, in order."""
        ...

    def command(self, command_id: str) -> tuple[Entry, ...]:
        """The entries that a command made before, so that a retry does nothing twice."""
        ...

    def append(self, drafts: Sequence[Draft], *, expected: Head) -> tuple[Entry, ...]:
        """Append all of the drafts, or none; `StaleHead` if the head is another."""
        ...


class Store(Protocol):
    """A ledger's store."""

    @property
    def study(self) -> str:
        """The study whose ledger this is."""
        ...

    @property
    def head(self) -> Head:
        """The last committed position and its hash."""
        ...

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Committed entries after a position, in order."""
        ...

    def writing(self) -> AbstractContextManager[Writing]:
        """The writer's transaction: committed when left, rolled back when an error leaves it."""
        ...

    def close(self) -> None:
        """Give the file back."""
        ...
