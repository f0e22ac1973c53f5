"""Redaction in every store: two people delete one free text, for a reason, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.ledgers import draft, fact, fill, settings
from trialrun.errors import LedgerError
from trialrun.ledger import events as ev
from trialrun.ledger.export import write_entries
from trialrun.ledger.store import Store
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore

SECRET = "Li Na, by mistake"
LAWFUL = ev.Redacted(
    entry=3, part="text", reason_code="personal-data", first_person="A", second_person="B"
)


def memory(_: Path) -> Store:
    return MemoryStore("S-1", **settings())


def sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "ledger.sqlite", study="S-1", **settings())


def with_a_secret(store: Store) -> Store:
    """Entry 3 holds a text; 4 holds none."""
    fill(store, 0)
    note = ev.DeviationRecorded(
        id="d1", participant="P-1", category="other", important=False, note=SECRET
    )
    with store.writing() as write:
        write.append([draft(note, command="c-2"), draft(fact(1))], expected=write.head)
    return store


@pytest.fixture(params=[memory, sqlite], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    make: Callable[[Path], Store] = request.param
    made = with_a_secret(make(tmp_path))
    yield made
    made.close()


def redact(store: Store, *events: ev.Event) -> None:
    with store.writing() as write:
        write.append([draft(one, "study") for one in events], expected=write.head)


def exported(store: Store) -> list[bytes]:
    return list(write_entries(store.entries()))


def test_the_text_is_gone_and_everything_else_is_there(store: Store) -> None:
    before = list(store.entries())
    redact(store, LAWFUL)
    after = list(store.entries())
    assert SECRET.encode() not in b"".join(exported(store))
    event = after[2].event
    assert isinstance(event, ev.DeviationRecorded)
    assert event.note == ""
    assert replace(event, note=SECRET) == before[2].event
    assert set(after[2].parts) == {"body"}  # the salt is gone too: the digest tells nothing
    assert [one.header_bytes for one in after[:4]] == [one.header_bytes for one in before]
    assert [one for one in after if one.position not in {3, 5}] == [before[0], before[1], before[3]]
    found = verify(after, "S-1", store.head)
    assert found.sound
    assert found.redacted == 1
    assert next(store.entries(after=2)).event == event


@pytest.mark.parametrize(
    "change",
    [
        {"second_person": "A"},
        {"first_person": ""},
        {"second_person": ""},
        {"reason_code": ""},
        {"part": "body"},
        {"part": "document"},
        {"part": "header"},
        {"entry": 4},  # has no text
        {"entry": 5},  # is the redaction itself
        {"entry": 99},
        {"entry": 0},
        {"entry": -1},
    ],
)
def test_anything_else_is_refused_and_changes_nothing(store: Store, change: dict[str, Any]) -> None:
    before, head = exported(store), store.head
    with pytest.raises(LedgerError, match="redact"):
        redact(store, replace(LAWFUL, **change))
    assert exported(store) == before
    assert store.head == head


def test_nothing_is_redacted_twice(store: Store) -> None:
    before = exported(store)
    with pytest.raises(LedgerError, match="redacted before"):
        redact(store, LAWFUL, LAWFUL)
    assert exported(store) == before
    redact(store, LAWFUL)
    with pytest.raises(LedgerError, match="redacted before"):
        redact(store, LAWFUL)


def test_a_redaction_that_is_rolled_back_leaves_the_text(store: Store) -> None:
    before = exported(store)
    with pytest.raises(ZeroDivisionError), store.writing() as write:
        note = ev.DeviationRecorded(
            id="d2", participant="P-1", category="other", important=False, note=SECRET
        )
        write.append([draft(note)], expected=write.head)
        write.append([draft(LAWFUL, "study")], expected=write.head)
        write.append([draft(replace(LAWFUL, entry=5), "study")], expected=write.head)
        raise ZeroDivisionError
    assert exported(store) == before
    redact(store, LAWFUL)
    assert verify(store.entries(), "S-1").sound


def test_both_stores_redact_to_the_same_bytes(tmp_path: Path) -> None:
    one, other = with_a_secret(memory(tmp_path)), with_a_secret(sqlite(tmp_path))
    redact(one, LAWFUL)
    redact(other, LAWFUL)
    assert exported(one) == exported(other)
    other.close()


def test_verify_asks_for_what_a_redaction_needs() -> None:
    """Entries of a store that did not check: each departure is found."""
    store = with_a_secret(MemoryStore("S-1", **settings()))
    redact(store, LAWFUL)
    entries = list(store.entries())
    whole = list(with_a_secret(MemoryStore("S-1", **settings())).entries())
    assert verify(entries, "S-1").sound

    def found(entries: list[Any]) -> set[tuple[int, str]]:
        return {(one.position, one.kind) for one in verify(entries, "S-1").faults}

    assert (5, "not_redacted") in found([*entries[:2], whole[2], *entries[3:]])
    assert (3, "part_missing") in found(entries[:4])
    alone = replace(entries[4])
    alone.__dict__["event"] = replace(LAWFUL, second_person="A")
    assert {(5, "unlawful_redaction"), (3, "part_missing")} <= found([*entries[:4], alone])
