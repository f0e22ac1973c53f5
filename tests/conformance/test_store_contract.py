"""One contract for every store, and what each promises beyond it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.ledgers import draft, fact, fill, settings
from trialrun.errors import (
    AlteredLedger,
    FactError,
    LedgerBusy,
    LedgerError,
    OutsideError,
    WrongStudy,
)
from trialrun.ledger import events as ev
from trialrun.ledger.entry import Head
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.fold import evolve, fold
from trialrun.ledger.state import StudyState
from trialrun.ledger.store import StaleHead, Store
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore, connect


def memory(_: Path) -> Store:
    return MemoryStore("S-1", **settings())


def sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "ledger.sqlite", study="S-1", **settings())


@pytest.fixture(params=[memory, sqlite], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    make: Callable[[Path], Store] = request.param
    made = make(tmp_path)
    yield made
    made.close()


def test_positions_are_gapless_and_streams_count_for_themselves(store: Store) -> None:
    fill(store)
    entries = list(store.entries())
    assert [one.position for one in entries] == [1, 2, 3, 4, 5]
    assert [one.stream_version for one in entries if one.stream == "participant:P-1"] == [
        1,
        2,
        3,
        4,
    ]
    assert store.head == Head("S-1", 5, entries[-1].hash)
    assert [one.position for one in store.entries(after=3)] == [4, 5]
    assert verify(store.entries(), "S-1").sound


def test_folding_what_is_stored_gives_the_state_in_hand_at_every_position(store: Store) -> None:
    state = StudyState()
    with store.writing() as write:
        first = [draft(ev.ParticipantRegistered(participant="P-1", site="S1"))]
        for entry in write.append(first, expected=write.head):
            state = evolve(state, entry)
    for number in range(4):
        with store.writing() as write:
            for entry in write.append([draft(fact(number))], expected=write.head):
                state = evolve(state, entry)
        assert fold(store.entries()) == state


def test_a_batch_is_all_or_nothing(store: Store) -> None:
    fill(store, 1)
    before, head = list(store.entries()), store.head
    with pytest.raises(ZeroDivisionError), store.writing() as write:
        write.append([draft(fact(8)), draft(fact(9))], expected=write.head)
        raise ZeroDivisionError
    assert list(store.entries()) == before
    assert store.head == head
    fill_again = draft(fact(8), command="c-9")
    with store.writing() as write:
        (entry,) = write.append([fill_again], expected=write.head)
    assert entry.stream_version == before[-1].stream_version + 1


def test_a_stale_head_is_refused(store: Store) -> None:
    fill(store, 1)
    old = store.head
    with store.writing() as write:
        write.append([draft(fact(5))], expected=old)
    with pytest.raises(StaleHead, match="grown"), store.writing() as write:
        write.append([draft(fact(6))], expected=old)
    assert store.head.position == old.position + 1


def test_a_command_is_found_again(store: Store) -> None:
    fill(store)
    with store.writing() as write:
        assert [one.position for one in write.command("c-3")] == [4]
        assert write.command("never") == ()


def test_names_and_sentences_do_not_get_into_a_header(store: Store) -> None:
    with pytest.raises(FactError, match="not a code"), store.writing() as write:
        write.append([draft(fact(1), stream="Li Na")], expected=write.head)
    assert store.head.position == 0


def test_the_export_is_equal_and_reads_back(store: Store) -> None:
    fill(store)
    lines = list(write_entries(store.entries()))
    again = list(read_entries(lines, where="x"))
    assert again == list(store.entries())
    assert list(write_entries(again)) == lines
    assert verify(again, "S-1").head == store.head


def test_memory_and_sqlite_hold_the_same_bytes(tmp_path: Path) -> None:
    one, other = memory(tmp_path), sqlite(tmp_path)
    fill(one)
    fill(other)
    assert list(write_entries(one.entries())) == list(write_entries(other.entries()))
    other.close()


def test_redaction_deletes_one_part_and_the_chain_still_verifies(tmp_path: Path) -> None:
    store = sqlite(tmp_path)
    fill(store, 0)
    with store.writing() as write:
        secret = ev.DeviationRecorded(
            id="d1", participant="P-1", category="other", important=False, note="Li Na, by mistake"
        )
        write.append([draft(secret)], expected=write.head)
    path = tmp_path / "ledger.sqlite"
    with pytest.raises(sqlite3.IntegrityError, match="kept"):
        store._connection.execute("DELETE FROM part WHERE position = 3 AND name = 'text'")  # type: ignore[attr-defined]
    with store.writing() as write:
        gone = ev.Redacted(
            entry=3, part="text", reason_code="personal-data", first_person="A", second_person="B"
        )
        write.append([draft(gone, "study")], expected=write.head)
    found = verify(store.entries(), "S-1")
    assert found.sound
    assert found.redacted == 1
    assert b"Li Na" not in path.read_bytes()
    assert fold(store.entries()).redacted == {(3, "text")}
    store.close()


@pytest.mark.parametrize("table", ["entry", "part", "meta"])
def test_nothing_is_updated_or_deleted(tmp_path: Path, table: str) -> None:
    store = sqlite(tmp_path)
    fill(store)
    column = {"entry": "stream", "part": "name", "meta": "value"}[table]
    for sql in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match="kept"):
            store._connection.execute(sql)  # type: ignore[attr-defined]
    store.close()


def test_a_second_writer_is_refused_and_readers_are_not(tmp_path: Path) -> None:
    store = sqlite(tmp_path)
    fill(store)
    with pytest.raises(LedgerBusy, match="another process"):
        sqlite(tmp_path)
    reader = SqliteStore(
        tmp_path / "ledger.sqlite", study=None, writable=False, **settings()
    )  # fmt: skip
    assert verify(reader.entries(), "S-1").head == store.head
    with pytest.raises(LedgerError, match="to be read"), reader.writing():
        pass
    reader.close()
    store.close()
    sqlite(tmp_path).close()


def test_files_that_are_no_ledger_of_this_study_say_so(tmp_path: Path) -> None:
    store = sqlite(tmp_path)
    fill(store)
    store.close()
    path = tmp_path / "ledger.sqlite"
    with pytest.raises(WrongStudy, match="S-1"):
        SqliteStore(path, study="S-2", **settings())
    with pytest.raises(LedgerError, match="no ledger here"):
        SqliteStore(tmp_path / "none.sqlite", study=None, **settings())
    (tmp_path / "text.sqlite").write_bytes(b"hello " * 400)
    with pytest.raises(AlteredLedger, match="not a ledger"):
        SqliteStore(tmp_path / "text.sqlite", study=None, **settings())
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE x (y)")
    other.commit()
    other.close()
    with pytest.raises(AlteredLedger, match="not a Trialrun ledger"):
        SqliteStore(tmp_path / "other.sqlite", study="S-1", **settings())


def test_equal_contents_make_equal_files(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        store = sqlite(folder)
        fill(store, 20)
        store.close()
        files.append((folder / "ledger.sqlite").read_bytes())
    assert files[0] == files[1]


def test_a_full_disk_is_a_sentence_and_nothing_is_half_written(tmp_path: Path) -> None:
    store = sqlite(tmp_path)
    fill(store, 2)
    before, head = list(store.entries()), store.head
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
    store._connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()  # type: ignore[attr-defined]
    big = fact(7, "9" * 200)
    with pytest.raises(OutsideError, match="took no more"), store.writing() as write:
        write.append([draft(big) for _ in range(200)], expected=write.head)
    assert list(store.entries()) == before
    assert store.head == head
    store.close()


def test_settings_that_cannot_be_had_are_refused(tmp_path: Path) -> None:
    class Careless(sqlite3.Connection):
        def execute(self, sql: str, parameters: object = (), /) -> sqlite3.Cursor:
            held = "PRAGMA synchronous = OFF" if sql == "PRAGMA synchronous = EXTRA" else sql
            return super().execute(held, parameters)

    def careless(path: Path, writable: bool) -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, factory=Careless)

    with pytest.raises(LedgerError, match="synchronous = 0"):
        SqliteStore(
            tmp_path / "x.sqlite", study="S-1", connecting=careless, **settings()
        )  # fmt: skip
    assert connect(tmp_path / "y.sqlite", True).execute("SELECT 1").fetchone() == (1,)


def test_a_file_that_is_still_being_made_is_synced_once_when_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    files = []
    for name, in_place in (("place", True), ("beside", False)):
        path = tmp_path / name
        path.mkdir()
        store = SqliteStore(path / "ledger.sqlite", study="S-1", in_place=in_place, **settings())
        level = store._connection.execute("PRAGMA synchronous").fetchone()[0]
        assert level == (3 if in_place else 0)
        fill(store, 5)
        assert not synced
        store.close()
        files.append((path / "ledger.sqlite").read_bytes())
        assert len(synced) == (0 if in_place else 2)  # the file and its folder
    assert files[0] == files[1]
