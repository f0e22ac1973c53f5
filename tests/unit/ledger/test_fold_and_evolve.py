"""Folding is evolving one entry after the other, and no state that somebody holds changes."""

from __future__ import annotations

from dataclasses import replace as plain_replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.ledgers import draft, fact, settings
from support.one_of_each import write_one_of_each
from trialrun.ledger import events as ev
from trialrun.ledger.changing import finish, replace
from trialrun.ledger.entry import Entry
from trialrun.ledger.fold import evolve, fold
from trialrun.ledger.state import StudyState
from trialrun.stores.memory import MemoryStore
from trialrun.values.moment import Moment


def one_of_each() -> list[Entry]:
    store = MemoryStore("S-1", **settings())
    write_one_of_each(store)
    return list(store.entries())


SMALL = one_of_each()


def evolved(entries: list[Entry]) -> StudyState:
    state = StudyState()
    for entry in entries:
        state = evolve(state, entry)
    return state


@given(st.lists(st.integers(0, len(SMALL)), max_size=6))
def test_folding_in_any_pieces_gives_the_same_state(cuts: list[int]) -> None:
    ends = [*sorted(cuts), len(SMALL)]
    state, start = StudyState(), 0
    for end in ends:
        state = fold(SMALL[start:end], state)
        start = end
    assert state == evolved(SMALL)


@pytest.mark.parametrize("at", range(len(SMALL)))
def test_a_state_that_was_folded_before_stays_as_it_was(at: int) -> None:
    before = fold(SMALL[:at])
    words = repr(before)
    fold(SMALL[at:], before)
    evolve(before, SMALL[at])
    assert repr(before) == words


@pytest.mark.parametrize("at", range(len(SMALL)), ids=[entry.type for entry in SMALL])
def test_every_kind_of_entry_changes_more_than_its_place(at: int) -> None:
    before = evolved(SMALL[:at])
    after = evolve(before, SMALL[at])
    assert after.position == at + 1
    assert without_places(after) != without_places(before)


def without_places(state: StudyState) -> StudyState:
    participants = {
        code: plain_replace(who, stream_version=0) for code, who in state.participants.items()
    }
    return plain_replace(state, study="", position=0, participants=participants)


def test_nothing_folded_is_the_state_that_was_given() -> None:
    state = fold(SMALL[:5])
    assert fold([], state) is state
    assert fold([]) == StudyState()


def test_two_roads_from_one_state_do_not_meet() -> None:
    store = MemoryStore("S-1", **settings())
    with store.writing() as write:
        person = ev.ParticipantRegistered(participant="P-1", site="S1")
        write.append([draft(person), *(draft(fact(n)) for n in range(4))], expected=write.head)
    entries = list(store.entries())
    start = fold(entries[:3])
    one, other = fold(entries[3:4], start), fold(entries[3:], start)
    assert set(start.participants["P-1"].facts) == {"f0", "f1"}
    assert set(one.participants["P-1"].facts) == {"f0", "f1", "f2"}
    assert set(other.participants["P-1"].facts) == {"f0", "f1", "f2", "f3"}


def test_the_quick_replace_is_the_plain_one() -> None:
    who = fold(SMALL).participants["P-1"]
    assert replace(who, stream_version=7) == plain_replace(who, stream_version=7)
    with pytest.raises(TypeError):
        replace(who, nothing=1)  # type: ignore[call-arg]
    at = Moment("2026-03-01")
    finish(at, text="2027-03-01")
    assert at.text == "2027-03-01"
