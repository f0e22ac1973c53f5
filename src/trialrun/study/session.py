"""One session with a study: the real clock, real salts, the store opened and closed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from trialrun.conduct.commands import Command, RecordFacts, StartStudy
from trialrun.conduct.execute import Accepted, Folded, Stale, execute
from trialrun.conduct.protocols import Protocols
from trialrun.conduct.refusal import Refusal
from trialrun.errors import AlteredLedger, LedgerError
from trialrun.ledger.events import Mode
from trialrun.ledger.state import StudyState
from trialrun.ledger.verify import verify
from trialrun.protocol.model import Protocol
from trialrun.stores.sqlite import SqliteStore
from trialrun.study.actor import resolve_role
from trialrun.study.directory import StudyDirectory, open_directory
from trialrun.study.site_limits import limited

SHELL = "shell"  # the origin of what is given, and signed, on a command line

Clock = Callable[[], datetime]


def wall_clock() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def fresh_salt() -> bytes:
    """32 bytes that nobody can guess."""
    return os.urandom(32)


def fresh_command_id() -> str:
    """An id for a command that names none."""
    return f"cmd-{secrets.token_hex(12)}"


class Session:
    """A study that is open; `open_session` closes it."""

    def __init__(self, directory: StudyDirectory, store: SqliteStore, clock: Clock) -> None:
        self.directory = directory
        self.store = store
        self.clock = clock
        self._folded = Folded()
        self._protocols = Protocols()

    @property
    def state(self) -> StudyState:
        """The state at the ledger's head."""
        return self._folded.at(self.store)

    @property
    def protocol(self) -> Protocol | None:
        """The protocol in force."""
        return self._protocols.in_force(self.state)

    def do(
        self,
        commands: Sequence[Command],
        *,
        actor: str,
        role: str | None = None,
        command_id: str | None = None,
        seen_version: int | None = None,
    ) -> Accepted | Refusal | Stale:
        """Do the commands as one batch; the first ever starts the study, as a real one."""
        state = self.state
        batch = tuple(self._limited(one, state) for one in commands)
        if state.started is None and not isinstance(batch[0], StartStudy):
            start = StartStudy(mode=Mode.REAL, record_sha256=self.directory.record_sha256())
            batch = (start, *batch)
        return execute(
            self.store,
            self._folded,
            self._protocols,
            batch,
            actor=actor,
            role=resolve_role(state, commands[0], actor) if role is None else role,
            now=self.clock(),
            command_id=fresh_command_id() if command_id is None else command_id,
            origin=SHELL,
            seen_version=seen_version,
        )

    def _limited(self, command: Command, state: StudyState) -> Command:
        """Values that are recorded without a laboratory limit get the site's, and say so."""
        if not isinstance(command, RecordFacts):
            return command
        who = state.participants.get(command.participant)
        known = () if who is None else tuple(kept.event.fact for kept in who.values("sex"))
        return replace(command, facts=limited(self.directory, command.facts, known))


@contextmanager
def open_session(
    path: Path, *, writable: bool, clock: Clock | None = None, check: bool = True
) -> Iterator[Session]:
    """A session with the study in a folder.

    The clock is the machine's unless another is given. To write, the ledger is started where there
    is none; a ledger in which nothing came to stand is taken away again. `check` compares the
    record that the ledger cites with record.json, and every entry with its digests and hashes.
    Errors: no study, no ledger (when reading), another study's ledger, an altered one, one that
    another process writes.
    """
    directory = open_directory(path)
    clock = wall_clock if clock is None else clock
    if not writable and not directory.ledger.is_file():
        raise LedgerError(
            "this study has no ledger yet: nothing has happened",
            where=str(path),
            remedy="It starts with the first writing command, such as trialrun approve.",
        )
    new = not directory.ledger.exists()
    store = SqliteStore(
        directory.ledger,
        study=directory.code if new else None,
        clock=clock,
        salts=fresh_salt,
        software_version=version("trialrun"),
        writable=writable,
    )
    try:
        if check:
            directory.check_ledger(store)
            _check_sound(store, path)
        yield Session(directory, store, clock)
    finally:
        store.close(discard_empty=new)


def _check_sound(store: SqliteStore, path: Path) -> None:
    """Nothing is told from, or added to, entries that are not what was written."""
    found = verify(store.entries(), store.study)
    if found.faults:
        first = found.faults[0]
        raise AlteredLedger(
            f"the ledger is not what was written, first at entry {first.position}: {first.what}",
            where=str(path),
            remedy="List everything with: trialrun verify DIR. Keep the file as it is, and "
            "compare it with a backup and a head that was kept elsewhere.",
        )
