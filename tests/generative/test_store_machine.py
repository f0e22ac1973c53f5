"""Any course of acts on a store: it holds what was acknowledged, in memory and in SQLite."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as profile
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from support.ledgers import NOW, draft, fact
from trialrun.errors import LedgerError
from trialrun.ledger import events as ev
from trialrun.ledger.entry import NOTHING, Draft, Entry, Head
from trialrun.ledger.export import read_entries, write_entries
from trialrun.ledger.store import StaleHead, Store
from trialrun.ledger.verify import verify
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


def redaction(at: int) -> ev.Redacted:
    return ev.Redacted(entry=at, part="text", reason_code="r", first_person="A", second_person="B")


class Undone(Exception):
    """Leaves a transaction."""


def salt_of(store: list[bytes]) -> Any:
    """A salt from how many were drawn for this store, failed acts included."""

    def draw() -> bytes:
        store.append(b"")
        return len(store).to_bytes(32, "big")

    return draw


class Stores(RuleBasedStateMachine):
    """Two stores beside a plain list of what was acknowledged."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.sqlite"
        self.drawn: tuple[list[bytes], list[bytes]] = ([], [])
        self.memory = MemoryStore("S-1", **self.settings(0))
        self.sqlite = SqliteStore(self.path, study="S-1", **self.settings(1))
        self.acknowledged: list[Entry] = []
        self.redacted: set[int] = set()

    def settings(self, which: int) -> dict[str, Any]:
        salts = salt_of(self.drawn[which])
        return {"clock": lambda: NOW, "salts": salts, "software_version": "0.1.0"}

    @property
    def stores(self) -> tuple[Store, Store]:
        return self.memory, self.sqlite

    def drafts(self, count: int, text: str) -> list[Draft]:
        note = ev.DeviationRecorded(
            id="d1", participant=None, category="other", important=False, note=text
        )
        many: list[ev.Event] = [fact(number) for number in range(count)]
        return [draft(one, command=f"c-{len(self.acknowledged)}") for one in [note, *many]]

    @rule(count=st.integers(0, 3), text=texts)
    def append(self, count: int, text: str) -> None:
        made = []
        for store in self.stores:
            with store.writing() as write:
                made.append(write.append(self.drafts(count, text), expected=write.head))
        assert made[0] == made[1]
        self.acknowledged += made[0]

    @rule(count=st.integers(0, 3), command=st.integers(0, 8))
    def append_and_undo(self, count: int, command: int) -> None:
        never = [replace(one, command_id=f"c-{command}") for one in self.drafts(count, "never")]
        for store in self.stores:
            try:
                with store.writing() as write:
                    write.append(never, expected=write.head)
                    assert len(list(write.entries())) == len(self.acknowledged) + count + 1
                    raise Undone
            except Undone:
                pass

    @rule(back=st.integers(1, 9))
    def append_on_an_old_head(self, back: int) -> None:
        position = max(len(self.acknowledged) - back, 0)
        if position == len(self.acknowledged):
            return
        known = self.acknowledged[position - 1].hash if position else NOTHING
        for store in self.stores:
            with pytest.raises(StaleHead), store.writing() as write:
                write.append(self.drafts(0, "stale"), expected=Head("S-1", position, known))

    @property
    def texts(self) -> list[int]:
        """The positions whose text is still there."""
        return [
            one.position
            for one in self.acknowledged
            if "text" in one.parts and one.position not in self.redacted
        ]

    @rule(which=st.integers(0, 5))
    def redact(self, which: int) -> None:
        if not self.texts:
            return
        at = self.texts[which % len(self.texts)]
        one = replace(draft(redaction(at), "study"), command_id=f"r-{len(self.acknowledged)}")
        for store in self.stores:
            with store.writing() as write:
                made = write.append([one], expected=write.head)
        self.acknowledged += made
        self.redacted.add(at)

    @rule(at=st.integers(-1, 9), lawful=st.booleans())
    def redact_what_may_not_be(self, at: int, lawful: bool) -> None:
        one = replace(redaction(at), second_person="B" if lawful else "A")
        if lawful and at in self.texts:
            return
        for store in self.stores:
            with pytest.raises(LedgerError, match="redact"), store.writing() as write:
                write.append([draft(one, "study")], expected=write.head)

    @rule(which=st.integers(0, 5))
    def redact_and_undo(self, which: int) -> None:
        for at in self.texts[which : which + 1]:
            for store in self.stores:
                with pytest.raises(Undone), store.writing() as write:
                    write.append([draft(redaction(at), "study")], expected=write.head)
                    raise Undone

    @rule()
    def open_again(self) -> None:
        self.sqlite.close()
        self.sqlite = SqliteStore(self.path, study="S-1", **self.settings(1))

    @rule(after=st.integers(0, 30))
    def read_from(self, after: int) -> None:
        for store in self.stores:
            positions = [one.position for one in store.entries(after=after)]
            assert positions == list(range(after + 1, len(self.acknowledged) + 1))

    @invariant()
    def a_command_that_was_kept_is_found_again(self) -> None:
        ids = {one.command_id for one in self.acknowledged} | {"c-0", "c-1", "never"}
        for store in self.stores:
            with store.writing() as write:
                found = {one: [made.position for made in write.command(one)] for one in ids}
            assert found == {
                one: [made.position for made in self.acknowledged if made.command_id == one]
                for one in ids
            }

    @invariant()
    def what_is_held_is_what_was_acknowledged(self) -> None:
        texts = [list(write_entries(store.entries())) for store in self.stores]
        assert texts[0] == texts[1]
        held = list(read_entries(texts[0], where="x"))
        assert [(one.header_bytes, one.hash) for one in held] == [
            (one.header_bytes, one.hash) for one in self.acknowledged
        ]
        for store in self.stores:
            assert store.head.position == len(self.acknowledged)
            found = verify(store.entries(), "S-1", store.head)
            assert found.sound, found.faults
            assert found.redacted == len(self.redacted)

    def teardown(self) -> None:
        if hasattr(self, "sqlite"):
            self.sqlite.close()
            self.folder.cleanup()


TestStores = Stores.TestCase
TestStores.settings = profile(stateful_step_count=14)
