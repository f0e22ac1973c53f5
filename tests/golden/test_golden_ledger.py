"""The stored formats are frozen: a ledger written by the first version reads, verifies and folds.

The files are never regenerated. If this test fails, an upcast is missing. `later.jsonl` goes on
where `entries.jsonl` ends, with the kinds of entry that came later, frozen in their turn.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.ledgers import settings
from support.one_of_each import write_one_of_each
from trialrun.ledger.events import EVENTS
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.fold import fold
from trialrun.ledger.head import read_head
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore

HERE = Path(__file__).parent / "ledger"
FIRST = (HERE / "entries.jsonl").read_bytes().splitlines(keepends=True)
LINES = [*FIRST, *(HERE / "later.jsonl").read_bytes().splitlines(keepends=True)]


def test_the_first_ledger_reads_verifies_and_folds() -> None:
    entries = list(read_entries(FIRST, where="golden"))
    kept = read_head((HERE / "head.json").read_bytes(), where="golden")
    found = verify(entries, "S-1", kept.head)
    assert found.sound, found.faults
    state = fold(entries)
    who = state.participants["P-1"]
    assert who.facts["f-1"].event.fact.value == "72.5"
    assert who.facts["f-1"].version == 2
    assert who.adverse_events["P-1.ae.1"].event.outcome == "recovered"
    assert state.products["B-1"].infused is not None
    assert state.closed is not None


def test_it_holds_one_of_each_event() -> None:
    kinds = {entry.type for entry in read_entries(LINES, where="golden")}
    assert kinds == set(EVENTS)


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_the_same_acts_still_make_the_same_bytes(kind: str, tmp_path: Path) -> None:
    store = (
        MemoryStore("S-1", **settings())
        if kind == "memory"
        else SqliteStore(tmp_path / "ledger.sqlite", study="S-1", **settings())
    )
    write_one_of_each(store)
    made = list(write_entries(store.entries()))
    store.close()
    assert made == LINES


def test_what_came_later_goes_on_where_the_first_ledger_ends() -> None:
    found = verify(list(read_entries(LINES, where="golden")), "S-1")
    assert found.sound, found.faults
