"""Whatever is changed in a stored ledger is found; and each guard that is taken away is missed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ledgers import draft, fact, fill, settings
from trialrun.errors import AlteredLedger, InputError, TrialrunError
from trialrun.ledger import entry as entry_module
from trialrun.ledger import events as ev
from trialrun.ledger import verify as verify_module
from trialrun.ledger.canonical import canonical_bytes
from trialrun.ledger.entry import Entry, Head, Part, chained
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.head import KeptHead, read_head, sign_head, write_head
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore

KEY = bytes(range(32))


def ledger() -> list[Entry]:
    store = MemoryStore("S-1", **settings())
    fill(store)
    with store.writing() as write:
        note = ev.DeviationRecorded(
            id="d1", participant="P-1", category="other", important=False, note="a note"
        )
        write.append([draft(note)], expected=write.head)
    return list(store.entries())


SOUND = ledger()
HEAD = Head("S-1", SOUND[-1].position, SOUND[-1].hash)
HEADER_FIELDS = [name for name in SOUND[0].header if name != "digests"]


def sound(entries: list[Entry], kept: Head | None = None) -> bool:
    return verify(entries, "S-1", kept).sound


def test_the_untouched_ledger_is_sound() -> None:
    assert sound(SOUND, HEAD)


def changed_header(entries: list[Entry], at: int, name: str) -> list[Entry]:
    old = getattr(entries[at], name)
    new = (
        old + 1
        if isinstance(old, int)
        else type(old)("2020-01-01")
        if name == "occurred_at"
        else f"{old}x"
    )
    return [*entries[:at], replace(entries[at], **{name: new}), *entries[at + 1 :]]


@given(st.integers(0, len(SOUND) - 1), st.sampled_from(HEADER_FIELDS))
def test_a_changed_header_is_found_at_its_entry(at: int, name: str) -> None:
    found = verify(changed_header(SOUND, at, name), "S-1")
    assert SOUND[at].position in {fault.position for fault in found.faults}


def changed_part(entries: list[Entry], at: int, name: str, byte: int, salt: bool) -> list[Entry]:
    part = entries[at].parts[name]
    raw = bytearray(part.salt if salt else part.data or b"")
    raw[byte % len(raw)] ^= 1 << (byte % 8)
    new = Part(bytes(raw), part.data) if salt else Part(part.salt, bytes(raw))
    parts = {**entries[at].parts, name: new}
    return [*entries[:at], replace(entries[at], parts=parts), *entries[at + 1 :]]


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 10**6), st.booleans())
def test_a_changed_byte_of_a_part_or_salt_is_found_at_its_entry(
    at: int, byte: int, salt: bool
) -> None:
    for name in SOUND[at].parts:
        found = verify(changed_part(SOUND, at, name, byte, salt), "S-1")
        assert SOUND[at].position in {fault.position for fault in found.faults}


@given(st.integers(0, len(SOUND) - 2))
def test_a_dropped_or_swapped_entry_is_found(at: int) -> None:
    assert not sound([*SOUND[:at], *SOUND[at + 1 :]])
    swapped = [*SOUND]
    swapped[at], swapped[at + 1] = swapped[at + 1], swapped[at]
    assert not sound(swapped)


def test_a_missing_part_needs_its_redaction() -> None:
    last = SOUND[-1]
    without = replace(last, parts={"body": last.parts["body"]})
    assert not sound([*SOUND[:-1], without])


def remade(entries: list[Entry], at: int) -> list[Entry]:
    """The chain made anew from one entry on, as the owner of the file could."""
    result, previous = list(entries[:at]), entries[at].previous
    for old in entries[at:]:
        new = replace(old, actor="B", previous=previous)
        new = replace(new, hash=chained(previous, new.header_bytes))
        result.append(new)
        previous = new.hash
    return result


@given(st.integers(0, len(SOUND) - 1))
def test_only_a_kept_head_finds_a_cut_tail_and_a_chain_made_anew(at: int) -> None:
    assert sound(SOUND[:at]) is True  # nothing inside says that more was there
    assert not sound(SOUND[:at], HEAD)
    assert sound(remade(SOUND, at)) is True
    assert not sound(remade(SOUND, at), HEAD)


def test_a_signed_head_is_read_back_and_a_changed_one_is_not() -> None:
    kept = sign_head(KeptHead(head=HEAD, recorded_at="2026-03-01"), KEY)
    data = write_head(kept)
    assert read_head(data, where="x") == kept
    forged = json.loads(data) | {"position": 3}
    with pytest.raises(AlteredLedger, match="signature"):
        read_head(canonical_bytes(forged), where="x")
    with pytest.raises(InputError, match="not a head"):
        read_head(b"{}", where="x")
    unsigned = KeptHead(head=HEAD, recorded_at="2026-03-01")
    assert read_head(write_head(unsigned), where="x") == unsigned


# --- the file ---------------------------------------------------------------------------------


def file_of(folder: Path) -> Path:
    path = folder / "ledger.sqlite"
    store = SqliteStore(path, study="S-1", **settings())
    fill(store)
    store.close()
    return path


def test_any_changed_byte_of_the_file_is_found_or_leaves_every_entry_as_it_was(
    tmp_path: Path,
) -> None:
    path = file_of(tmp_path)
    reader = SqliteStore(path, study=None, writable=False, **settings())
    before, head = list(write_entries(reader.entries())), reader.head
    reader.close()
    data = path.read_bytes()
    copy = tmp_path / "copy.sqlite"
    for at in range(0, len(data), 37):
        copy.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        assert found_or_harmless(copy, before, head), f"byte {at}"


def found_or_harmless(path: Path, before: list[bytes], head: Head) -> bool:
    try:
        store = SqliteStore(path, study=None, writable=False, **settings())
    except TrialrunError:
        return True
    try:
        if store.study != "S-1" or store.page_check():
            return True
        if not verify(store.entries(), "S-1", head).sound:
            return True
        return list(write_entries(store.entries())) == before
    except TrialrunError:
        return True
    finally:
        store.close()


# --- mutants: with a guard taken away, the change is no longer found --------------------------

Guard = tuple[str, Callable[[pytest.MonkeyPatch], None], Callable[[], bool]]


def _forget_previous(patch: pytest.MonkeyPatch) -> None:
    def weak(previous: bytes, header: bytes) -> bytes:
        return chained(bytes(32), header)

    patch.setattr(entry_module, "chained", weak)
    patch.setattr(verify_module, "chained", weak)


def _forget_salt(patch: pytest.MonkeyPatch) -> None:
    def weak(salt: bytes, data: bytes) -> str:
        return entry_module.hashlib.sha256(data).hexdigest()

    patch.setattr(entry_module, "digest", weak)
    patch.setattr(verify_module, "digest", weak)


def _skip(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def apply(patch: pytest.MonkeyPatch) -> None:
        patch.setattr(verify_module._Checker, name, lambda *_: None)

    return apply


def _finds_rechain() -> bool:
    """An entry replaced by another sound one is found by its successor."""
    entries = ledger()
    new = replace(entries[2], actor="B")
    new = replace(new, hash=entry_module.chained(new.previous, new.header_bytes))
    after = [replace(one, previous=new.hash) if one.position == 4 else one for one in entries]
    return not sound([*after[:2], new, *after[3:]])


def _finds_salt() -> bool:
    return not sound(changed_part(ledger(), 2, "body", 5, salt=True))


def _finds_part() -> bool:
    """Another value that reads as well as the first: only the digest can tell."""
    entries = ledger()
    part = entries[2].parts["body"]
    assert part.data is not None
    other = part.data.replace(b'"value":"3"', b'"value":"8"')
    assert other != part.data
    changed = replace(entries[2], parts={"body": Part(part.salt, other)})
    return not sound([*entries[:2], changed, *entries[3:]])


def _finds_missing() -> bool:
    entries = ledger()
    last = entries[-1]
    return not sound([*entries[:-1], replace(last, parts={"body": last.parts["body"]})])


def _finds_cut() -> bool:
    entries = ledger()
    return not sound(entries[:-1], Head("S-1", entries[-1].position, entries[-1].hash))


def _finds_remade() -> bool:
    entries = ledger()
    return not sound(remade(entries, 2), Head("S-1", entries[-1].position, entries[-1].hash))


GUARDS: list[Guard] = [
    ("hash without previous", _forget_previous, _finds_rechain),
    ("digest without salt", _forget_salt, _finds_salt),
    ("parts not checked", _skip("_check_parts"), _finds_part),
    ("missing parts not judged", _skip("finish"), _finds_missing),
    ("length not compared with the kept head", _skip("finish"), _finds_cut),
    ("kept head not compared", _skip("_compare_head"), _finds_remade),
]


@pytest.mark.parametrize(("name", "mutate", "finds"), GUARDS, ids=[one[0] for one in GUARDS])
def test_a_mutant_is_killed(
    name: str,
    mutate: Callable[[pytest.MonkeyPatch], None],
    finds: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert finds()
    mutate(monkeypatch)
    assert not finds(), f"the guarantee holds without its guard: {name}"


@pytest.mark.parametrize("trigger", ["entry_kept", "entry_stays", "part_kept", "part_stays"])
def test_behind_a_dropped_trigger_verify_still_finds_the_change(
    tmp_path: Path, trigger: str
) -> None:
    path = tmp_path / "mutant.sqlite"
    shutil.copy(file_of(tmp_path), path)
    raw = sqlite3.connect(path, isolation_level=None)
    table, does = trigger.split("_")
    column = "stream" if table == "entry" else "name"
    change = f"UPDATE {table} SET {column} = 'x' WHERE position = 4"
    sql = change if does == "kept" else f"DELETE FROM {table} WHERE position = 4"
    with pytest.raises(sqlite3.IntegrityError, match="kept"):
        raw.execute(sql)
    raw.execute(f"DROP TRIGGER {trigger}")
    raw.execute(sql)
    raw.close()
    store = SqliteStore(path, study=None, writable=False, **settings())
    assert not verify(store.entries(), "S-1").sound
    store.close()


def test_the_export_is_what_was_sealed() -> None:
    lines = list(write_entries(SOUND))
    assert list(read_entries(lines, where="x")) == SOUND
    with pytest.raises(AlteredLedger, match="line 2"):
        list(read_entries([lines[0], b"{}\n"], where="x"))
    assert fact(1).fact.id == "f1"
