"""A changed byte of a header, a salt or a payload is located: in the file, and in the export."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ledgers import draft, fact, fill, settings
from trialrun.errors import AlteredLedger
from trialrun.ledger import canonical
from trialrun.ledger import events as ev
from trialrun.ledger.canonical import canonical_bytes
from trialrun.ledger.entry import Entry, Head
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.store import Store
from trialrun.ledger.verify import Verification, verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore


def filled(store: Store) -> Store:
    """Bodies, texts in two alphabets, and a redaction."""
    fill(store, 2)
    notes = ("after the infusion", "输注后发热，体温 38.6 °C", "Li Na, by mistake")
    for number, note in enumerate(notes):
        one = ev.DeviationRecorded(
            id=f"d{number}", participant="P-1", category="other", important=False, note=note
        )
        with store.writing() as write:
            write.append([draft(one), draft(fact(50 + number))], expected=write.head)
    gone = ev.Redacted(
        entry=9, part="text", reason_code="personal-data", first_person="A", second_person="B"
    )
    with store.writing() as write:
        write.append([draft(gone, "study"), draft(fact(70))], expected=write.head)
    return store


STORE = filled(MemoryStore("S-1", **settings()))
ENTRIES, HEAD = list(STORE.entries()), STORE.head
LINES = list(write_entries(ENTRIES))
TEXT = b"".join(LINES)
LAST = ENTRIES[-1].position


def check(text: bytes, kept: Head | None = HEAD) -> Verification:
    return verify(read_entries(text.splitlines(keepends=True), where="x"), "S-1", kept)


def places(found: Verification) -> set[int]:
    return {fault.position for fault in found.faults}


def test_the_export_of_a_redacted_ledger_is_sound() -> None:
    found = check(TEXT)
    assert found.sound, found.faults
    assert (found.entries, found.redacted, found.head) == (LAST, 1, HEAD)
    assert b"Li Na" not in TEXT


@given(st.integers(0, len(TEXT) - 1), st.integers(1, 255))
def test_a_changed_byte_of_the_export_is_located_at_its_line(at: int, other: int) -> None:
    found = check(TEXT[:at] + bytes([TEXT[at] ^ other]) + TEXT[at + 1 :])
    line = TEXT[:at].count(b"\n") + 1
    # A line end that is gone joins two lines: the first of them is located, or the last is short.
    assert line in places(found)


@given(st.integers(0, len(TEXT) - 1), st.binary(min_size=1, max_size=3))
def test_bytes_put_into_the_export_are_located(at: int, more: bytes) -> None:
    changed = TEXT[:at] + more + TEXT[at:]
    if changed == TEXT:
        return
    assert not check(changed).sound


@given(st.integers(0, len(TEXT) - 2), st.integers(1, 400))
def test_bytes_taken_out_of_the_export_are_found(at: int, count: int) -> None:
    assert not check(TEXT[:at] + TEXT[at + count :]).sound or at + count >= len(TEXT) - 1


@given(st.integers(1, len(TEXT) - 2))
def test_a_cut_export_is_found_against_a_kept_head(at: int) -> None:
    assert not check(TEXT[:at]).sound


@given(st.permutations(range(LAST)))
def test_lines_in_another_order_are_found(order: list[int]) -> None:
    shuffled = b"".join(LINES[number] for number in order)
    assert check(shuffled).sound == (order == list(range(LAST)))


@given(st.integers(0, LAST - 1), st.integers(0, LAST - 1))
def test_a_part_moved_to_another_entry_is_found(one: int, other: int) -> None:
    parts = {**ENTRIES[one].parts, "body": ENTRIES[other].parts["body"]}
    moved = [*ENTRIES]
    moved[one] = Entry(**{**fields_of(ENTRIES[one]), "parts": parts})
    found = verify(moved, "S-1", HEAD)
    assert (one + 1 in places(found)) == (one != other)


def fields_of(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


# --- the file ---------------------------------------------------------------------------------


def flips(data: bytes, blob: bytes, chance: Random, every: int) -> list[bytes]:
    """The file with one bit of one of the blob's bytes changed, for every n-th byte."""
    start = data.find(blob)
    assert start >= 0
    assert data.find(blob, start + 1) < 0
    return [
        data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        for at in range(start + chance.randrange(every), start + len(blob), every)
    ]


def test_a_changed_bit_of_a_stored_header_salt_or_payload_is_located(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    store = filled(SqliteStore(path, study="S-1", **settings()))
    entries = list(store.entries())
    store.close()
    data, chance, count = path.read_bytes(), Random(7), 0
    copy = tmp_path / "copy.sqlite"
    for entry in entries:
        blobs = [entry.header_bytes, entry.hash]
        blobs += [blob for part in entry.parts.values() for blob in (part.salt, part.data or b"")]
        for blob in blobs:
            for changed in flips(data, blob, chance, 23):
                copy.write_bytes(changed)
                assert entry.position in places(verified(copy)), entry.position
                count += 1
    assert count > 200


def verified(path: Path) -> Verification:
    reader = SqliteStore(path, study=None, writable=False, **settings())
    try:
        return verify(reader.entries(), "S-1", HEAD)
    finally:
        reader.close()


# --- canonical form: its guards taken away ------------------------------------------------------


def one_spelling() -> bool:
    """Whether the order in which a value was made leaves no trace."""
    return canonical_bytes({"b": 1, "a": 2}) == canonical_bytes({"a": 2, "b": 1})


def test_without_sorted_keys_one_value_has_two_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_spelling()
    monkeypatch.setattr(canonical._ENCODER, "sort_keys", False)
    assert not one_spelling()


def letters_composed() -> bool:
    return canonical_bytes({"a": "e\u0301"}) == canonical_bytes({"a": "é"})


def test_without_nfc_one_letter_has_two_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    assert letters_composed()
    monkeypatch.setattr(canonical, "_composed", lambda value: value)
    monkeypatch.setattr(canonical, "_ESCAPE", canonical.re.compile("(?!)(.)(.)"))
    assert not letters_composed()


def test_an_export_in_another_spelling_is_refused() -> None:
    digits = ENTRIES[0].hash.hex().encode()
    for other in (
        LINES[0].replace(b'":', b'": ', 1),
        LINES[0].replace(digits, digits.upper()),
        LINES[0].rstrip(b"\n") + b"\r\n",
        LINES[0].replace(b'{"hash"', b'{"hash":"0","hash"'),
    ):
        assert other != LINES[0]
        with pytest.raises(AlteredLedger, match="line 1"):
            list(read_entries([other], where="x"))
    assert len(list(read_entries([LINES[0].rstrip(b"\n")], where="x"))) == 1
