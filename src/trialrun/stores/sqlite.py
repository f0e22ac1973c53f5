"""A ledger in one SQLite file: the trial.

Rollback journal, `synchronous=EXTRA`, `secure_delete=ON`, asserted when the file is opened: an
acknowledged entry must survive a power cut, and a redacted part must be gone. Triggers refuse every
UPDATE and DELETE, but that of a part whose `Redacted` entry exists. One process writes; a lock
file beside the ledger refuses a second.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from trialrun.errors import AlteredLedger, LedgerError, OutsideError, WrongStudy
from trialrun.ledger.entry import NOTHING, Draft, Entry, Head, seal
from trialrun.ledger.events import Redacted
from trialrun.ledger.store import StaleHead
from trialrun.stores.rows import entry_of, header_bytes
from trialrun.stores.writer_lock import WriterLock

FORMAT = "1"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE entry (
  position INTEGER PRIMARY KEY CHECK (position > 0),
  stream TEXT NOT NULL, stream_version INTEGER NOT NULL, command_id TEXT NOT NULL,
  header BLOB NOT NULL, hash BLOB NOT NULL CHECK (length(hash) = 32),
  UNIQUE (stream, stream_version)
);
CREATE INDEX entry_command ON entry (command_id);
CREATE TABLE part (
  position INTEGER NOT NULL REFERENCES entry (position), name TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 32), data BLOB NOT NULL,
  PRIMARY KEY (position, name)
) WITHOUT ROWID;
CREATE TABLE redaction (
  position INTEGER NOT NULL, name TEXT NOT NULL, by INTEGER NOT NULL REFERENCES entry (position),
  PRIMARY KEY (position, name)
) WITHOUT ROWID;
CREATE TRIGGER meta_kept BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER meta_stays BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER part_kept BEFORE UPDATE ON part BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER part_stays BEFORE DELETE ON part
  WHEN NOT EXISTS (SELECT 1 FROM redaction r WHERE r.position = OLD.position AND r.name = OLD.name)
  BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER redaction_kept BEFORE UPDATE ON redaction BEGIN SELECT RAISE(ABORT, 'kept'); END;
CREATE TRIGGER redaction_stays BEFORE DELETE ON redaction BEGIN SELECT RAISE(ABORT, 'kept'); END;
"""
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
    """The standard library's connection, without its implicit transactions."""
    mode = "rwc" if writable else "ro"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5.0)


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
        connecting: Connect = connect,
    ) -> None:
        """Open the ledger at `path`; with a `study`, start it where there is none."""
        self.path = path
        self._clock, self._salts, self._software = clock, salts, software_version
        if not path.exists() and (study is None or not writable):
            raise LedgerError(
                "there is no ledger here",
                where=str(path),
                remedy="A study's ledger starts with `trialrun approve` or the first `do`.",
            )
        self._lock = WriterLock(path) if writable else None
        try:
            self._open(connecting, writable, study)
        except BaseException:
            if self._lock is not None:
                self._lock.release()
            raise

    def _open(self, connecting: Connect, writable: bool, study: str | None) -> None:
        with self._sentences():
            self._connection = connecting(self.path, writable)
            if writable:
                self._settle()
            if not self._rows("SELECT name FROM sqlite_master WHERE name = 'meta'"):
                if study is None or self._rows("SELECT name FROM sqlite_master"):
                    raise AlteredLedger(
                        "this file is not a Trialrun ledger", where=str(self.path),
                        remedy="Check that the folder is the study's own.",
                    )  # fmt: skip
                self._create(study)
            meta = dict(self._rows("SELECT key, value FROM meta"))
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
        self._read_ends()

    def _settle(self) -> None:
        for name, value in _SETTINGS.items():
            self._connection.execute(f"PRAGMA {name} = {value}").fetchall()
        for name, wanted in _ASSERTED.items():
            held = self._rows(f"PRAGMA {name}")[0][0]
            if held != wanted:
                raise LedgerError(
                    f"SQLite answers {name} = {held}, and the ledger needs {wanted}",
                    where=str(self.path),
                    remedy="Keep the ledger on a local disk, and use a SQLite that allows this.",
                )

    def _create(self, study: str) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for statement in _statements(_SCHEMA):
            self._connection.execute(statement)
        for pair in (("format", FORMAT), ("study", study)):
            self._connection.execute("INSERT INTO meta VALUES (?, ?)", pair)
        self._connection.execute("COMMIT")

    def _read_ends(self) -> None:
        with self._sentences():
            last = self._rows("SELECT position, hash FROM entry ORDER BY position DESC LIMIT 1")
            ends = self._rows("SELECT stream, max(stream_version) FROM entry GROUP BY stream")
        position, held = last[0] if last else (0, NOTHING)
        self._head = Head(self._study, position, bytes(held))
        self._versions: dict[str, int] = dict(ends)

    def _rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        return list(self._connection.execute(sql, parameters))

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Errors of SQLite as sentences."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise _sentence(error, self.path) from error

    @property
    def study(self) -> str:
        return self._study

    @property
    def head(self) -> Head:
        return self._head

    def entries(self, after: int = 0) -> Iterator[Entry]:
        with self._sentences():
            parts = iter(
                self._connection.execute(
                    "SELECT position, name, salt, data FROM part WHERE position > ? "
                    "ORDER BY position, name",
                    (after,),
                )
            )
            previous = self._hash_at(after)
            part = next(parts, None)
            for row in self._connection.execute(
                "SELECT position, stream, stream_version, command_id, header, hash FROM entry "
                "WHERE position > ? ORDER BY position",
                (after,),
            ):
                mine = []
                while part is not None and part[0] <= row[0]:
                    mine.append(part)
                    part = next(parts, None)
                yield entry_of(row, mine, previous, str(self.path))
                previous = bytes(row[5])

    def _hash_at(self, position: int) -> bytes:
        rows = self._rows("SELECT hash FROM entry WHERE position = ?", (position,))
        return bytes(rows[0][0]) if rows else NOTHING

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
        self._read_ends()
        try:
            yield self
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
        with self._sentences():
            for entry in made:
                self._insert(entry)
        if made:
            self._head = Head(self._study, made[-1].position, made[-1].hash)
        for entry in made:
            self._versions[entry.stream] = entry.stream_version
        return made

    def _insert(self, entry: Entry) -> None:
        self._connection.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
            (entry.position, entry.stream, entry.stream_version, entry.command_id,
             header_bytes(entry), entry.hash),
        )  # fmt: skip
        for name, part in entry.parts.items():
            self._connection.execute(
                "INSERT INTO part VALUES (?, ?, ?, ?)",
                (entry.position, name, part.salt, part.data),
            )
        event = entry.event
        if isinstance(event, Redacted):
            place = (event.entry, event.part)
            self._connection.execute(
                "INSERT INTO redaction VALUES (?, ?, ?)", (*place, entry.position)
            )
            self._connection.execute("DELETE FROM part WHERE position = ? AND name = ?", place)

    def page_check(self) -> tuple[str, ...]:
        """What SQLite's own check of the file finds wrong."""
        try:
            found = [str(row[0]) for row in self._rows("PRAGMA integrity_check")]
        except sqlite3.DatabaseError as error:
            return (str(error),)
        return tuple(one for one in found if one != "ok")

    def close(self) -> None:
        self._connection.close()
        if self._lock is not None:
            self._lock.release()


def _statements(script: str) -> list[str]:
    """The statements of the schema; those of triggers hold a semicolon of their own."""
    statements, open_ = [], ""
    for line in script.strip().splitlines():
        open_ += line + "\n"
        if sqlite3.complete_statement(open_):
            statements.append(open_)
            open_ = ""
    return statements


def _sentence(error: sqlite3.DatabaseError, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return OutsideError(
            f"the disk took no more: {error}",
            where=str(path),
            remedy="Nothing of this command was kept. Make room, and give it again.",
        )
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return OutsideError(
            f"the ledger cannot be opened: {error}",
            where=str(path),
            remedy="Check that you may read and write the study's folder.",
        )
    return AlteredLedger(
        f"the file is damaged or not a ledger: {error}",
        where=str(path),
        remedy="Keep the file as it is, and compare it with a backup and a signed head.",
    )
