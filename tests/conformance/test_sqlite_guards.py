"""What the SQLite file and its store refuse, each guard beside what happens without it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import pytest

from support.ledgers import draft, fact, fill, settings
from support.power_cut import PowerCut, left_by_cut, write_files
from trialrun.errors import AlteredLedger, LedgerBusy, LedgerError, OutsideError, TrialrunError
from trialrun.ledger import events as ev
from trialrun.ledger import redaction as redaction_module
from trialrun.ledger import verify as verify_module
from trialrun.ledger.canonical import canonical_bytes, read_canonical
from trialrun.ledger.export import write_entries
from trialrun.ledger.verify import verify
from trialrun.stores import sqlite as sqlite_module
from trialrun.stores import writer_lock
from trialrun.stores.memory import MemoryStore
from trialrun.stores.schema import OBJECTS
from trialrun.stores.sqlite import SqliteStore, connect


def store_at(path: Path, **more: Any) -> SqliteStore:
    return SqliteStore(path, **{"study": "S-1", **settings(), **more})


def reader_at(path: Path) -> SqliteStore:
    return store_at(path, study=None, writable=False)


def append(store: SqliteStore, *events: ev.Event) -> None:
    with store.writing() as write:
        write.append([draft(one) for one in events], expected=write.head)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Five entries; the third, and the fifth, hold a text."""
    where = tmp_path / "ledger.sqlite"
    store = store_at(where)
    fill(store, 0)
    note = ev.DeviationRecorded(id="d1", participant="P-1", category="other", important=False,
                                note="Li Na, by mistake")  # fmt: skip
    append(store, note, fact(1), note)
    store.close()
    return where


# --- triggers ---------------------------------------------------------------------------------

ROW = "SELECT position, stream, stream_version, command_id, x'00', hash FROM entry"
BY = "INSERT INTO redaction VALUES (3, 'text', 5)"
# Trigger → what only it refuses, after what has to be done first for that.
REFUSED = {
    "meta_kept": "UPDATE meta SET value = 'S-2' WHERE key = 'study'",
    "meta_stays": "DELETE FROM meta WHERE key = 'study'",
    "meta_once": "INSERT OR REPLACE INTO meta VALUES ('study', 'S-2')",
    "entry_kept": "UPDATE entry SET command_id = 'x' WHERE position = 2",
    "entry_stays": "DELETE FROM entry WHERE position = 5",
    "entry_next": f"INSERT OR REPLACE INTO entry {ROW} WHERE position = 2",
    "part_kept": "UPDATE part SET data = x'7b7d' WHERE position = 2",
    "part_stays": "DELETE FROM part WHERE position = 3 AND name = 'text'",
    "part_next": "INSERT OR REPLACE INTO part SELECT position, name, salt, x'7b7d' FROM part "
    "WHERE position = 2",
    "redaction_kept": "UPDATE redaction SET position = 2, name = 'body' WHERE position = 5",
    "redaction_stays": "DELETE FROM redaction WHERE position = 5",
    "redaction_lawful": BY,
}


def redacted_too(path: Path) -> None:
    store = store_at(path)
    append(store, ev.Redacted(entry=5, part="text", reason_code="r", first_person="A",
                              second_person="B"))  # fmt: skip
    store.close()


def test_every_trigger_has_its_test() -> None:
    triggers = {name for name, sql in OBJECTS.items() if sql.startswith("CREATE TRIGGER")}
    assert set(REFUSED) == triggers


@pytest.mark.parametrize("trigger", REFUSED)
def test_a_trigger_refuses_what_passes_without_it(path: Path, trigger: str) -> None:
    redacted_too(path)
    raw = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="kept"):
        raw.execute(REFUSED[trigger])
    raw.execute(f"DROP TRIGGER {trigger}")
    assert raw.execute(REFUSED[trigger]).rowcount > 0
    raw.close()
    with pytest.raises(LedgerError):  # another study, or a guard that is not there
        store_at(path)
    try:
        reader = reader_at(path)
    except TrialrunError:
        assert trigger == "meta_stays"  # a file that names no study is no ledger
        return
    assert trigger in str(reader.page_check())
    reader.close()


@pytest.mark.parametrize(
    "sql",
    [
        f"INSERT OR IGNORE INTO entry {ROW} WHERE position = 2",
        "INSERT INTO entry SELECT 8, stream, 99, command_id, header, hash FROM entry LIMIT 1",
        "INSERT INTO entry SELECT NULL, 'new', 1, command_id, header, hash FROM entry LIMIT 1",
        "INSERT INTO entry SELECT 6, stream, 7, command_id, header, hash FROM entry LIMIT 1",
        "INSERT INTO part SELECT 2, 'text', salt, data FROM part LIMIT 1",
        "INSERT INTO part SELECT 9, 'text', salt, data FROM part LIMIT 1",
        "INSERT INTO redaction VALUES (3, 'body', 4)",
        "INSERT INTO redaction VALUES (3, 'text', 99)",
        "INSERT INTO redaction VALUES (3, 'text', NULL)",
        "INSERT INTO entry SELECT 6, 'new', 1, 'c', 5, hash FROM entry LIMIT 1",
        "INSERT INTO entry SELECT 6, 'new', 1, 'c', header, x'00' FROM entry LIMIT 1",
        "INSERT INTO part SELECT 5, 'document', 'salt', data FROM part LIMIT 1",
    ],
)
def test_no_row_gets_in_but_the_next(path: Path, sql: str) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    before = list(raw.iterdump())
    with pytest.raises(sqlite3.IntegrityError):
        raw.execute(sql)
    assert list(raw.iterdump()) == before
    raw.close()


def test_a_body_is_not_deleted_even_with_a_redaction_that_names_it(path: Path) -> None:
    redacted_too(path)
    raw = sqlite3.connect(path, isolation_level=None)
    for place in ((5, "body"), (3, "text"), (4, "body")):
        with pytest.raises(sqlite3.IntegrityError, match="kept"):
            raw.execute("INSERT INTO redaction VALUES (?, ?, 6)", place)
        with pytest.raises(sqlite3.IntegrityError, match="kept"):
            raw.execute("DELETE FROM part WHERE position = ? AND name = ?", place)
    raw.close()


def test_a_field_hidden_in_a_stored_header_is_located(path: Path) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("DROP TRIGGER entry_kept")
    ((data,),) = raw.execute("SELECT header FROM entry WHERE position = 2")
    value: Any = read_canonical(data)
    spellings = (canonical_bytes({**value, "more": "Li Na"}), data.replace(b'":', b'": ', 1),
                 data.replace(b'"type"', b'"actor":"B","type"'), data + b" ")  # fmt: skip
    for other in spellings:
        raw.execute("UPDATE entry SET header = ? WHERE position = 2", (other,))
        reader = reader_at(path)
        assert {one.position for one in verify(reader.entries(), "S-1").faults} == {2}
        reader.close()
    raw.close()


def test_a_row_that_belongs_to_no_entry_is_reported(path: Path) -> None:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("DROP TRIGGER part_next")
    raw.execute("INSERT INTO part SELECT 77, 'text', salt, data FROM part LIMIT 1")
    raw.execute("CREATE TRIGGER part_next " + OBJECTS["part_next"].split("part_next ", 1)[1])
    raw.close()
    reader = reader_at(path)
    assert "belongs to no entry" in str(reader.page_check())
    reader.close()


# --- one transaction --------------------------------------------------------------------------


class Failing(sqlite3.Connection):
    """Fails at the third part that is inserted."""

    inserts = 0

    def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
        if sql.startswith("INSERT INTO part"):
            Failing.inserts += 1
            if Failing.inserts == 3:
                raise sqlite3.OperationalError("disk I/O error")
        return super().execute(sql, parameters)  # type: ignore[arg-type]


def half_a_batch(path: Path) -> list[int]:
    """The positions kept after a batch failed in the middle, and its caller went on regardless."""

    def connecting(path: Path, writable: bool) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Failing)

    Failing.inserts = 0
    store = store_at(path, connecting=connecting)
    try:
        with store.writing() as write, suppress(TrialrunError):
            write.append([draft(fact(k)) for k in range(5)], expected=write.head)
    except LedgerError as error:
        assert "nothing of this act was kept" in error.what
    found = [one.position for one in store.entries()]
    store.close()
    return found


def test_half_a_batch_is_never_committed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert half_a_batch(path) == [1, 2, 3, 4, 5]
    # The mutant: a store that does not remember that an append failed.
    forgetful = property(lambda self: False, lambda self, value: None)
    monkeypatch.setattr(SqliteStore, "_broken", forgetful, raising=False)
    assert half_a_batch(path) == [1, 2, 3, 4, 5, 6, 7, 8]


def appended_on_a_stale_head(store: SqliteStore) -> bool:
    old = store.head
    append(store, fact(8))
    try:
        with store.writing() as write:
            write.append([draft(fact(9))], expected=old)
    except LedgerError:
        return False
    return True


def test_a_store_that_ignores_the_expected_head_appends_twice(path: Path) -> None:
    class Careless(SqliteStore):
        def append(self, drafts: Any, *, expected: Any) -> Any:
            return super().append(drafts, expected=self.head)

    store = store_at(path)
    assert not appended_on_a_stale_head(store)
    store.close()
    careless = Careless(path, study="S-1", **settings())
    assert appended_on_a_stale_head(careless)
    careless.close()


def test_what_was_written_behind_the_store_is_seen_in_the_next_transaction(path: Path) -> None:
    first = store_at(path)
    old = first.head
    first._lock.release()  # type: ignore[union-attr]  # as another kind of lock would be ignored
    second = store_at(path)
    append(second, fact(7))
    with pytest.raises(LedgerError, match="grown"), first.writing() as write:
        write.append([draft(fact(8))], expected=old)
    append(first, fact(9))
    assert verify(first.entries(), "S-1").sound
    assert first.head.position == 7
    first.close()
    second.close()


# --- readers and writers ----------------------------------------------------------------------


def test_a_reader_that_pauses_holds_nobody_up_and_sees_whole_entries(path: Path) -> None:
    store, reader = store_at(path), reader_at(path)
    reading = reader.entries()
    first = next(reading)
    append(store, fact(2), fact(3))
    seen = [first, *reading]
    assert verify(seen, "S-1").sound
    assert len(seen) in {5, 7}
    assert [one.position for one in reader.entries()] == [1, 2, 3, 4, 5, 6, 7]
    reader.close()
    store.close()


def test_more_entries_than_one_batch_holds_are_read_in_order(tmp_path: Path) -> None:
    store, memory = store_at(tmp_path / "l.sqlite"), MemoryStore("S-1", **settings())
    for one in (store, memory):
        with one.writing() as write:
            write.append([draft(fact(k)) for k in range(2 * sqlite_module._BATCH + 1)],
                         expected=write.head)  # fmt: skip
    assert list(write_entries(store.entries())) == list(write_entries(memory.entries()))
    assert [one.position for one in store.entries(after=2 * sqlite_module._BATCH)] == [
        2 * sqlite_module._BATCH + 1
    ]
    store.close()


def test_a_program_that_does_not_let_go_is_named_as_what_it_is(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    store = store_at(path, connecting=lambda path, _: sqlite3.connect(
        path, isolation_level=None, timeout=0))  # fmt: skip
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy, match="another program"), store.writing():
        pass
    other.execute("ROLLBACK")
    append(store, fact(1))
    store.close()
    other.close()


def test_a_reader_does_not_write(path: Path) -> None:
    reader = reader_at(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("INSERT INTO meta VALUES ('a', 'b')")
    reader.close()


def test_what_a_killed_writer_left_half_done_can_be_read_at_once(tmp_path: Path) -> None:
    vfs = PowerCut("hot")
    folder = tmp_path / "before"
    folder.mkdir()
    store = store_at(folder / "ledger.sqlite",
                     connecting=lambda path, _: apsw.Connection(str(path), vfs="hot"))  # fmt: skip
    fill(store, 3)
    store.close()
    hot = 0
    for until in range(len(vfs.log)):
        files = {Path(name).name: data for name, data in left_by_cut(vfs.log, until).items()}
        if not files.get("ledger.sqlite-journal") or not files.get("ledger.sqlite"):
            continue
        after = tmp_path / str(until)
        after.mkdir()
        write_files(files, after)
        try:
            reader = reader_at(after / "ledger.sqlite")
        except AlteredLedger as error:
            assert "empty" in error.what  # cut while the ledger was being made
            continue
        assert verify(reader.entries(), "S-1").sound
        hot += 1
        reader.close()
    assert hot > 5


def second_writer_is_refused(path: Path) -> bool:
    first = store_at(path)
    try:
        store_at(path).close()
    except LedgerBusy:
        return True
    finally:
        first.close()
    return False


def test_without_its_lock_a_second_writer_would_get_in(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert second_writer_is_refused(path)
    monkeypatch.setattr(writer_lock, "_lock", lambda _: None)
    assert not second_writer_is_refused(path)


def test_a_disk_that_cannot_lock_is_no_busy_ledger(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(writer_lock, "_lock", refuse)
    with pytest.raises(OutsideError, match="cannot lock"):
        store_at(path)


# --- the file ---------------------------------------------------------------------------------


def test_a_ledger_cut_to_nothing_is_not_begun_anew(path: Path) -> None:
    path.write_bytes(b"")
    for open_ in (store_at, reader_at):
        with pytest.raises(AlteredLedger, match="empty"):
            open_(path)
    assert path.read_bytes() == b""
    path.unlink()
    store_at(path).close()  # the folder of a study that never began


def test_a_file_whose_tables_are_gone_is_not_begun_anew(path: Path) -> None:
    path.unlink()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("CREATE TABLE x (y)")
    raw.execute("DROP TABLE x")
    raw.close()
    assert path.stat().st_size > 0
    for open_ in (store_at, reader_at):
        with pytest.raises(AlteredLedger, match="empty"):
            open_(path)


@pytest.mark.parametrize("size", [1, 100, 511, 512, 4096, 5000, 8192])
def test_a_truncated_file_is_a_sentence_or_found(path: Path, size: int) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:size])
    with pytest.raises(AlteredLedger):
        reader = reader_at(path)
        try:
            if not verify(reader.entries(), "S-1").sound or reader.page_check():
                raise AlteredLedger("found")
        finally:
            reader.close()


def test_a_ledger_in_which_nothing_came_to_stand_is_taken_away(tmp_path: Path) -> None:
    where = tmp_path / "l.sqlite"
    store = store_at(where)
    store.close(discard_empty=True)
    assert not where.exists()
    store = store_at(where)
    append(store, ev.ParticipantRegistered(participant="P-1", site="S1"))
    store.close(discard_empty=True)
    assert reader_at(where).head.position == 1


def test_a_ledger_that_could_not_be_made_leaves_no_file(tmp_path: Path) -> None:
    def failing(path: Path, writable: bool) -> Any:
        connection = connect(path, writable)
        connection.execute("PRAGMA max_page_count = 2")
        return connection

    with pytest.raises(OutsideError, match="took no more"):
        store_at(tmp_path / "l.sqlite", connecting=failing)
    assert not (tmp_path / "l.sqlite").exists()
    store_at(tmp_path / "l.sqlite").close()


# --- redaction, with its guards taken away ------------------------------------------------------


def text_is_gone(path: Path, connecting: Callable[[Path, bool], Any] = connect) -> bool:
    store = store_at(path, connecting=connecting)
    for number in (3, 5):
        append(store, ev.Redacted(entry=number, part="text", reason_code="r", first_person="A",
                                  second_person="B"))  # fmt: skip
    store.close()
    return b"Li Na" not in path.read_bytes()


def test_a_redacted_text_is_not_in_the_file(path: Path) -> None:
    assert text_is_gone(path)


def test_without_secure_delete_it_would_be(path: Path) -> None:
    class Leaving(sqlite3.Connection):
        def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
            sql = {"PRAGMA secure_delete = ON": "PRAGMA secure_delete = OFF",
                   "PRAGMA secure_delete": "SELECT 1"}.get(sql, sql)  # fmt: skip
            return super().execute(sql, parameters)  # type: ignore[arg-type]

    def leaving(path: Path, writable: bool) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Leaving)

    assert not text_is_gone(path, leaving)


def one_person_has_redacted(path: Path) -> bool:
    """Whether one person alone gets a text deleted."""
    store = store_at(path)
    with suppress(LedgerError):
        append(store, ev.Redacted(entry=3, part="text", reason_code="r", first_person="A",
                                  second_person="A"))  # fmt: skip
    third = list(store.entries())[2]
    store.close()
    return "text" not in third.parts


def is_sound(path: Path) -> bool:
    reader = reader_at(path)
    sound = verify(reader.entries(), "S-1").sound
    reader.close()
    return sound


def test_without_the_rule_one_person_could_redact(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not one_person_has_redacted(path)
    monkeypatch.setattr(redaction_module, "lawful", lambda _: True)
    assert one_person_has_redacted(path)
    assert not is_sound(path)  # what such a store let pass, verify finds
    monkeypatch.setattr(verify_module, "lawful", lambda _: True)
    assert is_sound(path)
