"""A ledger in one SQLite file: the trial.

Rollback journal, `synchronous=EXTRA`, `secure_delete=ON`, asserted when the file is opened: an
acknowledged entry must survive a power cut, and a redacted part must be gone. Triggers refuse every
UPDATE and DELETE, but that of a part whose `Redacted` entry exists. One process writes; a lock
file beside the ledger refuses a second.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from trialrun.errors import AlteredLedger, LedgerError, WrongStudy
from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, seal
from trialrun.ledger.events import Redacted
from trialrun.ledger.redaction import redactions
from trialrun.ledger.store import StaleHead
from trialrun.stores.rows import Row, entries_of
from trialrun.stores.schema import FORMAT, OBJECTS, STATEMENTS
from trialrun.stores.sqlite_error import sentence
from trialrun.stores.writer_lock import WriterLock

# Rows are read in batches, each whole before it is given out: whoever stops reading in the middle
# (`trialrun log | less`) holds no lock that a writer would have to wait for.
_BATCH = 1000
_READ = (
    "SELECT e.position, stream, stream_version, command_id, header, hash, name, salt, data "
    f"FROM (SELECT * FROM entry WHERE position > ? ORDER BY position LIMIT {_BATCH}) e "
    "LEFT JOIN part p ON p.position = e.position ORDER BY e.position, name"
)
# What must hold of every connection that writes: pragma → the value it must then answer.
_ASSERTED = {"journal_mode": "delete", "synchronous": 3, "secure_delete": 1, "foreign_keys": 1}
_SETTINGS = {"journal_mode": "DELETE", "synchronous": "EXTRA", "secure_delete": "ON",
             "foreign_keys": "ON", "trusted_schema": "OFF"}  # fmt: skip


class Connection(Protocol):
    """The little that the store needs of a connection; sqlite3's and apsw's both have it."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any:
        """Run one statement."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


Connect = Callable[[Path, bool], Connection]


def connect(path: Path, writable: bool) -> Connection:
    """The standard library's connection, without its implicit transactions.

    A reader, too, opens the file for writing where it may: what a killed writer left half-done is
    rolled back by whoever comes next, and could not be read before. `query_only` does the rest.
    """
    uri = f"{path.absolute().as_uri()}?mode={'rwc' if writable else 'rw'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)
    if not writable:
        connection.execute("PRAGMA query_only = ON")
    return connection


class SqliteStore:
    """The ledger of one study in one file."""

    def __init__(
        self,
        path: Path,
        *,
        study: str | None,
        clock: Callable[[], datetime],
        salts: Callable[[], bytes],
        software_version: str,
        writable: bool = True,
        in_place: bool = True,
        connecting: Connect = connect,
    ) -> None:
        """Open the ledger at `path`; with a `study`, start it where there is none.

        `in_place` False is for a file that is still being made beside its place (a rehearsal's):
        nothing in it is acknowledged before it is moved, so it is synced once, when it is closed.
        """
        self.path = path
        self._in_place = in_place
        self._clock, self._salts, self._software = clock, salts, software_version
        self._broken = False
        _check_there(path, study if writable else None)
        self._lock = WriterLock(path) if writable else None
        try:
            _check_there(path, study if writable else None)  # as it is now that nobody else writes
            new = not path.exists()
            with self._sentences():
                self._connection = connecting(path, writable)
            try:
                self._open(writable, study, new)
            except BaseException:
                self._connection.close()
                if new:
                    path.unlink(missing_ok=True)
                raise
        except BaseException:
            self._release()
            raise

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()

    def _open(self, writable: bool, study: str | None, new: bool) -> None:
        with self._sentences():
            if writable:
                self._settle()
            if not self._rows("SELECT name FROM sqlite_master WHERE name = 'meta'"):
                if self._rows("SELECT name FROM sqlite_master"):
                    raise AlteredLedger(
                        "this file is not a Trialrun ledger", where=str(self.path),
                        remedy="Check that the folder is the study's own.",
                    )  # fmt: skip
                if study is None or not new:
                    raise _empty(self.path)
                self._create(study)
            meta = dict(self._rows("SELECT key, value FROM meta"))
            guards = self._guards()
        if meta.get("format") != FORMAT or "study" not in meta:
            raise AlteredLedger(
                f"the ledger has format {meta.get('format')}, and this Trialrun reads {FORMAT}",
                where=str(self.path),
                remedy="Read it with the version of Trialrun that wrote it.",
            )
        self._study: str = meta["study"]
        if study is not None and study != self._study:
            raise WrongStudy(
                f"this is the ledger of study {self._study}, not of {study}",
                where=str(self.path),
                remedy="Put the ledger back into its own study's folder.",
            )
        if guards and writable:
            raise AlteredLedger(
                f"the file's own guards were changed: {guards[0]}",
                where=str(self.path),
                remedy="Write nothing to it. Verify it, and restore it from a backup.",
            )
        self._read_ends()

    def _guards(self) -> tuple[str, ...]:
        """Which tables, indexes and triggers are not those that the ledger was made with."""
        held = dict(self._rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        missing = [name for name, sql in OBJECTS.items() if held.get(name) != sql]
        return tuple(sorted({*missing, *held.keys() - OBJECTS.keys()}))

    def _settle(self) -> None:
        late = {} if self._in_place else {"synchronous": "OFF"}
        for name, value in (_SETTINGS | late).items():
            self._connection.execute(f"PRAGMA {name} = {value}").fetchall()
        for name, wanted in (_ASSERTED | ({"synchronous": 0} if late else {})).items():
            held = self._rows(f"PRAGMA {name}")[0][0]
            if held != wanted:
                raise LedgerError(
                    f"SQLite answers {name} = {held}, and the ledger needs {wanted}",
                    where=str(self.path),
                    remedy="Keep the ledger on a local disk, and use a SQLite that allows this.",
                )

    def _create(self, study: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in STATEMENTS:
            self._connection.execute(statement)
        for pair in (("format", FORMAT), ("study", study)):
            self._connection.execute("INSERT INTO meta VALUES (?, ?)", pair)
        self._connection.execute("COMMIT")

    def _last(self) -> Head:
        with self._sentences():
            last = self._rows("SELECT position, hash FROM entry ORDER BY position DESC LIMIT 1")
        position, held = last[0] if last else (0, NOTHING)
        if type(position) is not int or type(held) is not bytes:
            raise AlteredLedger("the last entry is not what was written", where=str(self.path))
        return Head(self._study, position, held)

    def _read_ends(self) -> None:
        self._head = self._last()
        with self._sentences():
            ends = self._rows("SELECT stream, max(stream_version) FROM entry GROUP BY stream")
        self._versions: dict[str, int] = dict(ends)

    def _rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        return list(self._connection.execute(sql, parameters))

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Errors of SQLite as sentences."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise sentence(error, self.path) from error

    @property
    def study(self) -> str:
        return self._study

    @property
    def head(self) -> Head:
        return self._head

    def entries(self, after: int = 0) -> Iterator[Entry]:
        previous = self._hash_at(after)
        while rows := self._batch(after):
            for entry in entries_of(rows, previous, str(self.path)):
                yield entry
                previous = entry.hash
            if rows[-1][0] <= after:
                raise AlteredLedger("the file's pages are out of order", where=str(self.path))
            after = rows[-1][0]

    def _batch(self, after: int) -> list[Row]:
        with self._sentences():
            return self._rows(_READ, (after,))

    def _hash_at(self, position: int) -> bytes:
        with self._sentences():
            rows = self._rows("SELECT hash FROM entry WHERE position = ?", (position,))
        return rows[0][0] if rows and type(rows[0][0]) is bytes else NOTHING

    def command(self, command_id: str) -> tuple[Entry, ...]:
        with self._sentences():
            places = [
                place
                for (place,) in self._rows(
                    "SELECT position FROM entry WHERE command_id = ? ORDER BY position",
                    (command_id,),
                )
            ]
        if not places:
            return ()
        span = self.entries(after=places[0] - 1)
        return tuple(one for one, _ in zip(span, range(places[-1] - places[0] + 1), strict=False)
                     if one.command_id == command_id)  # fmt: skip

    @contextmanager
    def writing(self) -> Iterator[SqliteStore]:
        """The writer's transaction; whatever leaves it with an error is rolled back."""
        if self._lock is None:
            raise LedgerError("the ledger was opened to be read", where=str(self.path))
        with self._sentences():
            self._connection.execute("BEGIN IMMEDIATE")
        self._broken = False
        try:
            if self._last() != self._head:  # written without our lock: see what is there
                self._read_ends()
            yield self
            if self._broken:
                raise LedgerError(
                    "an append failed, and nothing of this act was kept",
                    where=str(self.path),
                    remedy="Give the command again.",
                )
            with self._sentences():
                self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):  # a full disk may have rolled back by itself
            self._connection.execute("ROLLBACK")
        self._read_ends()

    def append(self, drafts: Sequence[Draft], *, expected: Head) -> tuple[Entry, ...]:
        if self._head != expected:
            raise StaleHead("the ledger has grown since it was read", remedy="Read it again.")
        made = seal(
            drafts,
            self._head,
            self._versions,
            recorded_at=self._clock(),
            salts=self._salts,
            software_version=self._software,
        )
        redacted = redactions(made, self._at)
        self._broken = True  # until every row is in: half a batch must never be committed
        with self._sentences():
            for entry in made:
                self._insert(entry)
            for one in redacted:
                self._connection.execute(
                    "DELETE FROM part WHERE position = ? AND name = ?", (one.entry, one.part)
                )
        self._broken = False
        if made:
            self._head = Head(self._study, made[-1].position, made[-1].hash)
        for entry in made:
            self._versions[entry.stream] = entry.stream_version
        return made

    def _insert(self, entry: Entry) -> None:
        self._connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            (entry.position, entry.stream, entry.stream_version, entry.command_id,
             entry.header_bytes, entry.hash),
        )  # fmt: skip
        for name, part in entry.parts.items():
            self._connection.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?)",
                (entry.position, name, part.salt, part.data),
            )
        event = entry.event
        if isinstance(event, Redacted):
            self._connection.execute(
                "INSERT INTO redaction VALUES (?, ?, ?)", (event.entry, event.part, entry.position)
            )

    def _at(self, position: int) -> Entry | None:
        found = next(self.entries(after=position - 1), None) if position > 0 else None
        return found if found is not None and found.position == position else None

    def page_check(self) -> tuple[str, ...]:
        """What is wrong with the file itself: its pages, its references, its guards."""
        try:
            found = [str(row[0]) for row in self._rows("PRAGMA integrity_check")]
            alone = self._rows("PRAGMA foreign_key_check")
            guards = self._guards()
        except sqlite3.DatabaseError as error:
            return (str(error),)
        return (
            *(one for one in found if one != "ok"),
            *(f"a row of {row[0]} belongs to no entry" for row in alone),
            *(f"{name} is not as the ledger was made" for name in guards),
        )

    def close(self, *, discard_empty: bool = False) -> None:
        """Give the file back; a ledger without an entry can be taken away, still under its lock."""
        empty = self._head.position == 0
        self._connection.close()
        if not self._in_place:
            sync_file(self.path)
        if discard_empty and empty and self._lock is not None:
            self.path.unlink(missing_ok=True)
        self._release()


def sync_file(path: Path) -> None:
    """Have a file and its folder's list of names on the disk before this returns."""
    for place in (path, path.parent):
        if os.name == "nt" and place.is_dir():
            continue  # Windows syncs no folder
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _check_there(path: Path, study: str | None) -> None:
    if not path.exists():
        if study is None:
            raise LedgerError(
                "there is no ledger here",
                where=str(path),
                remedy="A study's ledger starts with `trialrun approve` or the first `do`.",
            )
    elif path.stat().st_size == 0:
        raise _empty(path)


def _empty(path: Path) -> AlteredLedger:
    return AlteredLedger(
        "the ledger is empty: whatever it held is gone",
        where=str(path),
        remedy="Restore it from a backup. Only if the study was never started: delete the file.",
    )
