"""The local registry: records in one SQLite file, compressed, each with what has changed in it.

Write-ahead log: whoever reads sees the last whole batch while a next one is written, and a killed
writer leaves the batches that were committed. The records are the truth; an index is made of them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trialrun.errors import InputError, NotSupported, OutsideError
from trialrun.record.bag import Json
from trialrun.registry.change import Change, changes
from trialrun.registry.incoming import Effect, Incoming, Kept, Source, effect_of, is_written

FORMAT = 1
FILE = "trials.sqlite"
_PUT = (
    "INSERT INTO trial VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (nct) DO UPDATE SET "
    "source = excluded.source, updated = excluded.updated, sha256 = excluded.sha256, "
    "content = excluded.content, position = excluded.position"
)
_BUSY = 30.0  # seconds
_TABLES = """
CREATE TABLE trial (
  nct TEXT PRIMARY KEY, source TEXT NOT NULL, updated TEXT NOT NULL, sha256 TEXT NOT NULL,
  content BLOB NOT NULL, position INTEGER NOT NULL
);
CREATE INDEX trial_position ON trial (position);
CREATE TABLE change (
  nct TEXT NOT NULL, position INTEGER NOT NULL, updated_before TEXT NOT NULL,
  updated_after TEXT NOT NULL, content BLOB NOT NULL
);
CREATE INDEX change_nct ON change (nct, position);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTrial:
    """One record as it is kept. `position` grows with every record that is written."""

    nct_id: str
    source: Source
    updated: str
    sha256: str
    position: int
    data: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One replacement of a record: the days of the two versions, and the places that differ."""

    updated_before: str
    updated_after: str
    changes: tuple[Change, ...]


class TrialStore:
    """The records of a folder."""

    def __init__(self, folder: Path, *, writable: bool) -> None:
        """Opens the registry in a folder; with `writable`, makes it where there is none."""
        self.path = folder / FILE
        if not writable and not self.path.is_file():
            raise InputError(
                "there is no registry here yet",
                where=str(folder),
                remedy="Build one from files of records: trialrun ingest FILES… "
                f"--registry {folder}",
            )
        if writable:
            folder.mkdir(parents=True, exist_ok=True)
        with _sentences(self.path):
            mode = "rwc" if writable else "rw"
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None,
                timeout=_BUSY,
            )  # fmt: skip
            self._check(writable)

    def _check(self, writable: bool) -> None:
        if writable:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            with self._transaction():
                if self._format() == 0:
                    for statement in _TABLES.split(";"):
                        self._connection.execute(statement)
                    self._connection.execute(f"PRAGMA user_version = {FORMAT}")
        else:
            self._connection.execute("PRAGMA query_only = ON")
        if self._format() != FORMAT:
            raise NotSupported(
                f"this registry is of format {self._format()}; this Trialrun knows {FORMAT}",
                where=str(self.path),
                remedy="Build it anew from the files, in an empty folder: trialrun ingest FILES…",
            )

    def _format(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def add(self, batch: Iterable[Incoming]) -> Counter[Effect]:
        """Writes a batch, all of it or, where that fails, nothing; how often each effect was."""
        effects: Counter[Effect] = Counter()
        with _sentences(self.path), self._transaction():
            position = self._last()
            for one in batch:
                content = _content(one.data)
                sha256 = hashlib.sha256(content).hexdigest()
                row = self._connection.execute(
                    "SELECT source, updated, sha256, content FROM trial WHERE nct = ?",
                    (one.nct_id,),
                ).fetchone()
                kept = (
                    None
                    if row is None
                    else Kept(source=Source(row[0]), updated=row[1], sha256=row[2])
                )
                effect = effect_of(one, sha256, kept)
                effects[effect] += 1
                if not is_written(effect):
                    continue
                position += 1
                if row is not None:
                    self._keep_changes(one, row, position)
                self._connection.execute(
                    _PUT,
                    (one.nct_id, one.source.value, one.updated, sha256,
                     zlib.compress(content, 6), position),
                )  # fmt: skip
        return effects

    def _keep_changes(self, one: Incoming, row: tuple[str, str, str, bytes], position: int) -> None:
        before: Json = json.loads(zlib.decompress(row[3]))
        listed: list[Json] = [
            [each.place, each.before, each.after] for each in changes(before, one.data)
        ]
        self._connection.execute(
            "INSERT INTO change VALUES (?, ?, ?, ?, ?)",
            (one.nct_id, position, row[1], one.updated, zlib.compress(_content(listed), 6)),
        )

    def _last(self) -> int:
        found = self._connection.execute("SELECT max(position) FROM trial").fetchone()[0]
        changed = self._connection.execute("SELECT max(position) FROM change").fetchone()[0]
        return max(found or 0, changed or 0)

    def __len__(self) -> int:
        with _sentences(self.path):
            return int(self._connection.execute("SELECT count(*) FROM trial").fetchone()[0])

    def get(self, nct_id: str) -> StoredTrial | None:
        """The record of a number, or None."""
        with _sentences(self.path):
            row = self._connection.execute(
                "SELECT nct, source, updated, sha256, position, content FROM trial WHERE nct = ?",
                (nct_id,),
            ).fetchone()
        return None if row is None else _stored(row)

    def since(self, position: int, *, size: int = 500) -> Iterator[StoredTrial]:
        """The records that were written after a position, in the order of writing."""
        while True:
            with _sentences(self.path):
                rows = self._connection.execute(
                    "SELECT nct, source, updated, sha256, position, content FROM trial "
                    "WHERE position > ? ORDER BY position LIMIT ?",
                    (position, size),
                ).fetchall()
            if not rows:
                return
            for row in rows:
                yield _stored(row)
            position = rows[-1][4]

    def revisions(self, nct_id: str) -> tuple[Revision, ...]:
        """What was replaced of a record, the first replacement first."""
        with _sentences(self.path):
            rows = self._connection.execute(
                "SELECT updated_before, updated_after, content FROM change WHERE nct = ? "
                "ORDER BY position",
                (nct_id,),
            ).fetchall()
        return tuple(
            Revision(
                updated_before=before,
                updated_after=after,
                changes=tuple(
                    Change(place=place, before=old, after=new)
                    for place, old, new in json.loads(zlib.decompress(content))
                ),
            )
            for before, after, content in rows
        )

    def close(self) -> None:
        """Closes the file; nothing is pending."""
        self._connection.close()


def _stored(row: tuple[str, str, str, str, int, bytes]) -> StoredTrial:
    return StoredTrial(
        nct_id=row[0],
        source=Source(row[1]),
        updated=row[2],
        sha256=row[3],
        position=row[4],
        data=json.loads(zlib.decompress(row[5])),
    )


def _content(data: Json) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Errors of the database as sentences."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise OutsideError(
                "another program is writing to this registry, and did not let go of it",
                where=str(path),
                remedy="What was written before is kept. Wait until it has finished; try again.",
            ) from error
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            raise InputError(
                f"this file is damaged, or is no registry: {error}",
                where=str(path),
                remedy="Build it anew from the files of records, in an empty folder.",
            ) from error
        raise OutsideError(
            f"the registry cannot be read or written: {error}",
            where=str(path),
            remedy="Check that the disk has room, and that you may read and write the folder.",
        ) from error
