"""A rehearsal walks the real conduct: what holds of a real trial's ledger holds of its ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from trialrun.errors import InputError, NotSupported
from trialrun.ledger.entry import Entry
from trialrun.ledger.events import AdministrationGiven, EligibilityDecided, ParticipantEnrolled
from trialrun.ledger.export import write_entries
from trialrun.ledger.fold import fold
from trialrun.ledger.state import StudyState
from trialrun.ledger.verify import verify
from trialrun.protocol.draft import draft
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.readers.record_file import load_record
from trialrun.record.example import example_numbers
from trialrun.rehearse.clock import Clock, Salts
from trialrun.rehearse.many import rehearse_many, trial_seed
from trialrun.rehearse.tally import tally
from trialrun.rehearse.trial import first_day, rehearse
from trialrun.stores.memory import MemoryStore
from trialrun.study.drafting import record_bytes, sha256
from trialrun.study.rehearsal import Rehearsal, draw, memory, prepare, write_rehearsal
from trialrun.values.truth import Truth


@cache
def example() -> tuple[bytes, ProtocolFile]:
    record = load_record(example_numbers()[0])
    data = record_bytes(record)
    return data, draft(record.study, record_sha256=sha256(data))


@cache
def prepared() -> Rehearsal:
    return prepare(*example())


@cache
def rehearsed(seed: int = 7) -> tuple[StudyState, tuple[Entry, ...]]:
    what = prepared()
    state, store = rehearse(what.file, what.protocol, draw(what, seed), seed=seed, new_store=memory)
    return state, tuple(store.entries())


def test_the_ledger_is_sound_and_folds_to_the_state_in_hand() -> None:
    state, entries = rehearsed()
    assert verify(entries, state.study).sound
    assert fold(entries) == state
    assert len(state.enrolled) == prepared().protocol.enrolment.target


def test_nobody_is_enrolled_but_on_a_decision_that_stands() -> None:
    _, entries = rehearsed()
    decided: dict[str, Truth] = {}
    enrolled = 0
    for entry in entries:
        event = entry.event
        if isinstance(event, EligibilityDecided):
            decided[event.participant] = event.verdict
        if isinstance(event, ParticipantEnrolled):
            enrolled += 1
            assert decided[event.participant] is Truth.TRUE
    assert enrolled > 0


def test_nothing_is_given_outside_the_plan() -> None:
    state, entries = rehearsed()
    given = [one.event for one in entries if isinstance(one.event, AdministrationGiven)]
    assert given
    for who in state.participants.values():
        categories = {kept.event.category for kept in who.deviations.values()}
        assert not {one for one in categories if one.startswith("given-")}, categories
    # Gaps are kept by the clock: at least 48 h after the last chemotherapy's end.
    for who in state.enrolled:
        ends = [
            one.event.ended_at.instant
            for one in who.administrations.values()
            if one.event.product is None
        ]
        starts = [
            one.event.started_at.instant
            for one in who.administrations.values()
            if one.event.product is not None
        ]
        if starts:
            last, first = max(filter(None, ends)), min(filter(None, starts))
            assert (first - last).total_seconds() >= 48 * 3600


def test_everybody_in_it_is_a_placeholder_and_no_issued_number_is() -> None:
    state, entries = rehearsed()
    assert state.rehearsal
    text = b"".join(write_entries(entries)).decode()
    assert not re.search(r"NCT\d{8}", text)
    assert all(code.startswith("SIM-") for code in state.participants)
    assert all(person.startswith("SIM-") for person in state.people)
    assert b"SIMULATED" in prepared().file


def test_the_same_seed_writes_the_same_bytes_and_another_does_not() -> None:
    rehearsed.cache_clear()
    one = b"".join(write_entries(rehearsed()[1]))
    rehearsed.cache_clear()
    assert b"".join(write_entries(rehearsed()[1])) == one
    assert b"".join(write_entries(rehearsed(8)[1])) != one


def test_a_day_is_one_commit() -> None:
    commits: list[set[str]] = []

    class Counting(MemoryStore):
        @contextmanager
        def writing(self) -> Iterator[MemoryStore]:
            before = self.head.position
            with super().writing() as write:
                yield write
            commits.append({one.recorded_at[:10] for one in self.entries(after=before)})

    def counting(study: str, clock: Clock, salts: Salts) -> MemoryStore:
        return Counting(study, clock=clock, salts=salts, software_version="0")

    what = prepared()
    rehearse(what.file, what.protocol, draw(what, 7), seed=7, new_store=counting)
    days = [next(iter(one)) for one in commits[1:] if one]  # the first commit opens the study
    assert all(len(one) <= 1 for one in commits)
    assert len(days) == len(set(days))


def answered(**answers: str) -> Rehearsal:
    record, file = example()
    questions = tuple(
        replace(one, assumed=answers.get(one.id, one.assumed)) for one in file.questions
    )
    return prepare(record, replace(file, questions=questions))


def test_answering_days_0_2_4_changes_the_calendar_and_the_kinetics() -> None:
    code = next(one.id for one in example()[1].questions if one.assumed == "0, 1, 2")
    other = answered(**{code: "0, 2, 4"})
    item = other.protocol.item(other.protocol.day_zero)
    assert item.days == (0, 2, 4)
    levels = []
    for what in (prepared(), other):
        (one, *_) = (each for each in draw(what, 7) if not each.declines)
        infusions = [dose.day for dose in one.biography.doses if dose.item == item.id]
        samples = [
            value
            for seen in one.biography.observations
            for name, value, _, _ in seen.values
            if name == "donor_chimerism" and seen.planned_day == 10
        ]
        levels.append((infusions, samples))
    assert levels[0][0] == [0, 1, 2]
    assert levels[1][0] == [0, 2, 4]
    assert levels[0][1] != levels[1][1]


def test_many_trials_count_the_same_whoever_computes_which() -> None:
    what = prepared()

    def tallies(numbers: range) -> list[object]:
        return list(rehearse_many(what.file, what.protocol, numbers, seed=7, new_store=memory))

    together = tallies(range(3))
    assert tallies(range(1)) + tallies(range(1, 3)) == together
    state, _ = rehearsed()
    assert together[0] == tally(what.protocol, state, first_day(what.protocol))
    assert len({trial_seed(7, number) for number in range(1000)}) == 1000


def test_a_crossover_is_refused_with_its_reason() -> None:
    record, file = example()
    meta = replace(file.meta, model="CROSSOVER")
    with pytest.raises(NotSupported, match="crossover"):
        prepare(record, replace(file, meta=meta))


def test_a_folder_that_is_no_rehearsal_is_left_alone(tmp_path: Path) -> None:
    what = prepared()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(InputError, match="no rehearsal"):
        write_rehearsal(tmp_path / "mine", what, draw(what, 7), seed=7, finish=lambda _: None)
    assert [one.name for one in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_an_error_leaves_nothing_half_written(tmp_path: Path) -> None:
    what = prepared()

    def fail(part: Path) -> None:
        assert (part / "ledger.sqlite").is_file()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rehearsal(tmp_path / "r", what, draw(what, 7), seed=7, finish=fail)
    assert not list(tmp_path.iterdir())


def test_the_first_day_is_the_planned_one() -> None:
    protocol = prepared().protocol
    assert first_day(protocol) == date(2020, 10, 31)
    later = replace(protocol, enrolment=replace(protocol.enrolment, planned_start=None))
    assert first_day(later) == date(2026, 1, 5)
    assert protocol.assumption("declines") < Decimal(1)


def test_two_cell_products_of_one_arm_have_containers_of_their_own() -> None:
    record, file = example()
    cells = next(one for one in file.regimen if one.id == file_day_zero(file))
    second = replace(cells, id="second-cells", days=(7,))
    what = prepare(record, replace(file, regimen=(*file.regimen, second)))
    state, _ = rehearse(what.file, what.protocol, draw(what, 7), seed=7, new_store=memory)
    given = [
        kept.event.product
        for who in state.enrolled
        for kept in who.administrations.values()
        if kept.event.product is not None
    ]
    assert any(who.given("second-cells") for who in state.enrolled)
    assert len(given) == len(set(given))


def file_day_zero(file: ProtocolFile) -> str:
    """The item that day 0 counts from, as the draft assumes it."""
    zero = file.meta.day_zero
    if isinstance(zero, str):
        return zero
    return file.question(zero.question).assumed or ""
