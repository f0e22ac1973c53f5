"""One batch, all or nothing; the same id does nothing twice; who looked too long ago is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from support.ledgers import Salts
from support.refused_acts import enrolled, fact, ready
from support.study_in_hand import FILE, PROTOCOLS, RECORD, SITE, START, Hand
from trialrun.conduct import commands as do
from trialrun.conduct.execute import Accepted, Batch, Folded, Stale, execute
from trialrun.conduct.refusal import Refusal, Rule
from trialrun.ledger import events as ev
from trialrun.ledger.fold import fold
from trialrun.ledger.state import StudyState
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore


def run(hand: Hand, *commands: do.Command, actor: str = "COO", **more: object):  # type: ignore[no-untyped-def]
    told: dict[str, object] = {"role": "coordinator", "now": hand.now, "command_id": "c"}
    return execute(
        hand.store,
        hand.folded,
        PROTOCOLS,
        commands,
        actor=actor,
        **(told | more),  # type: ignore[arg-type]
    )


def withdraw() -> do.WithdrawFromStudy:
    return do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER)


def test_a_batch_is_all_or_nothing_and_each_act_sees_the_ones_before() -> None:
    hand = ready()
    head = hand.store.head
    two = do.RegisterParticipant(participant="P1", site=SITE)
    result = run(hand, two, hand.consent_of("P1"), hand.consent_of("P9"))
    assert isinstance(result, Refusal) and result.rule is Rule.PARTICIPANT_UNKNOWN
    assert hand.store.head == head and "P1" not in hand.state.participants
    assert isinstance(run(hand, two, hand.consent_of("P1")), Accepted)
    assert len(hand.who().consents) == 1
    hand.check_fold()


def test_an_error_within_a_batch_leaves_nothing() -> None:
    hand = ready().register().consent()
    head = hand.store.head
    broken = do.ApproveProtocol(**{**_approval(hand), "file": b"\xff"})
    with pytest.raises(Exception, match="UTF-8"):
        run(hand, do.AddPerson(person="X"), broken, actor="SPO", role="sponsor")
    assert hand.store.head == head
    hand.must(do.AddPerson(person="X"), actor="SPO")
    hand.check_fold()


def _approval(hand: Hand) -> dict[str, object]:
    from dataclasses import fields

    from support.study_in_hand import approval

    whole = approval(hand.now)
    return {one.name: getattr(whole, one.name) for one in fields(whole)}


def test_the_same_id_does_nothing_twice() -> None:
    hand = enrolled().gate()
    dose = hand.chemo()
    first = run(hand, dose)
    again = run(hand, dose)
    assert isinstance(first, Accepted) and isinstance(again, Accepted)
    assert not first.repeated and again.repeated
    assert again.entries == first.entries
    assert len(hand.who().administrations) == 1


@pytest.mark.parametrize("field", ["amount", "started_at", "participant", "item"])
def test_the_same_id_for_another_act_is_refused(field: str) -> None:
    hand = enrolled().gate()
    hand.eligible("P2")
    dose = hand.chemo()
    assert isinstance(run(hand, dose), Accepted)
    other = {
        "amount": dose.amount + 1, "started_at": hand.at(minutes=39), "participant": "P2",
        "item": "cells",
    }  # fmt: skip
    result = run(hand, replace(dose, **{field: other[field]}))
    assert isinstance(result, Refusal) and result.rule is Rule.COMMAND_ID_REUSED


def test_the_same_id_for_other_facts_is_refused() -> None:
    hand = ready().register().consent()

    def record(value: str):  # type: ignore[no-untyped-def]
        return run(hand, do.RecordFacts(participant="P1", facts=(fact(hand, value=value),)))

    assert isinstance(record("1.2"), Accepted)
    again = record("1.2")
    assert isinstance(again, Accepted) and again.repeated
    assert isinstance(record("1.3"), Refusal)
    assert len(hand.who().facts) == 1


def test_a_batch_of_many_is_recognised_when_it_comes_again() -> None:
    hand = ready()
    batch = (
        do.RegisterParticipant(participant="P1", site=SITE),
        hand.consent_of("P1"),
        do.RecordFacts(participant="P1", facts=(fact(hand), fact(hand, value="1.3"))),
        do.RecordFacts(participant="P1", facts=(fact(hand, value="1.4"),)),
    )
    assert isinstance(run(hand, *batch), Accepted)
    again = run(hand, *batch)
    assert isinstance(again, Accepted) and again.repeated
    assert isinstance(run(hand, *batch[:3], batch[2]), Refusal)
    assert isinstance(run(hand, *batch[:3]), Refusal)  # a part of it is another act


def test_a_refused_id_may_be_tried_again() -> None:
    hand = ready().register()
    facts = do.RecordFacts(participant="P1", facts=(fact(hand),))
    assert isinstance(run(hand, facts), Refusal)
    hand.consent()
    assert isinstance(run(hand, facts), Accepted)


def test_who_looked_too_long_ago_is_told_what_is_new() -> None:
    hand = enrolled()
    seen = hand.who().stream_version
    hand.must(hand.harm(), actor="COO")
    head = hand.store.head
    result = run(hand, withdraw(), seen_version=seen)
    assert isinstance(result, Stale)
    assert (result.participant, result.seen, result.now) == ("P1", seen, seen + 1)
    assert [one.type for one in result.changes] == ["AdverseEventReported"]
    assert hand.store.head == head
    assert isinstance(run(hand, withdraw(), seen_version=seen + 1), Accepted)


def test_two_people_at_once_one_succeeds_and_the_other_is_told() -> None:
    """Both looked at the same state, each with an own cache; the second loses, and sees why."""
    hand = enrolled()
    seen = hand.who().stream_version
    mine, theirs = Folded(), Folded()
    assert mine.at(hand.store) == theirs.at(hand.store)

    def act(folded: Folded, command: do.Command, command_id: str):  # type: ignore[no-untyped-def]
        return execute(
            hand.store, folded, PROTOCOLS, [command], actor="COO", role="coordinator",
            now=hand.now, command_id=command_id, seen_version=seen,
        )  # fmt: skip

    assert isinstance(act(mine, withdraw(), "a"), Accepted)
    loser = act(theirs, hand.harm(), "b")
    assert isinstance(loser, Stale)
    assert [type(one.event) for one in loser.changes] == [ev.WithdrewFromStudy]


def test_the_last_place_goes_to_one_of_two() -> None:
    """Places cross participants: the batch is decided on the whole study's head."""
    file = FILE.replace(b"target = 3", b"target = 1").replace(
        b'stagger = "14 d"', b'stagger = "0 d"'
    )
    hand = Hand().start().approve(file).eligible("P1").eligible("P2")
    caches = {code: Folded() for code in ("P1", "P2")}
    for folded in caches.values():
        folded.at(hand.store)
    results = [
        execute(
            hand.store, caches[code], PROTOCOLS, [do.EnrolParticipant(participant=code)],
            actor="INV", role="investigator", now=hand.now, command_id=code,
        )
        for code in caches
    ]  # fmt: skip
    assert isinstance(results[0], Accepted)
    assert isinstance(results[1], Refusal) and results[1].rule is Rule.ENROLMENT_COMPLETE


def test_a_cache_folds_only_what_is_new_and_is_never_trusted_over_the_entries() -> None:
    hand = enrolled()
    folded = Folded()
    assert folded.at(hand.store) == fold(hand.store.entries())
    hand.must(hand.harm(), actor="COO")
    asked: list[int] = []

    class Watched:
        head = hand.store.head

        def entries(self, after: int = 0):  # type: ignore[no-untyped-def]
            asked.append(after)
            return hand.store.entries(after)

    before = folded.head
    assert before is not None
    assert folded.at(Watched()) == fold(hand.store.entries())  # type: ignore[arg-type]
    assert asked == [before.position]
    # Another ledger, longer and then shorter than what the cache knows.
    other = Hand().start()
    assert folded.at(other.store) == fold(other.store.entries())
    assert folded.at(hand.store) == fold(hand.store.entries())


def test_the_same_acts_on_sqlite_give_the_same_state(tmp_path: Path) -> None:
    clock: list[datetime] = [START]
    store = SqliteStore(
        tmp_path / "ledger.sqlite", study="S-1", clock=lambda: clock[0], salts=Salts(),
        software_version="0.1.0",
    )  # fmt: skip
    hand = Hand(store).start().approve().eligible().treated()
    other = Hand().start().approve().eligible().treated()
    hand.check_fold()
    assert hand.state == other.state
    assert hand.refused(hand.infusion(), actor="COO") == other.refused(
        other.infusion(), actor="COO"
    )
    store.close()


def test_acts_within_one_transaction_see_each_other_and_a_refusal_changes_nothing() -> None:
    store = MemoryStore("S-1", clock=lambda: START, salts=Salts(), software_version="0.1.0")
    with store.writing() as writing:
        batch = Batch(writing, StudyState(), PROTOCOLS)
        told = {"actor": "SPO", "role": "sponsor", "now": START, "command_id": "c"}
        start = do.StartStudy(mode=ev.Mode.REAL, record_sha256=RECORD)
        assert not isinstance(batch.act(start, **told), Refusal)  # type: ignore[arg-type]
        before = batch.state
        assert isinstance(batch.act(start, **told), Refusal)  # type: ignore[arg-type]
        assert batch.state is before
    assert batch.state == fold(store.entries())


def test_headers_carry_who_in_which_role_for_whom_and_under_which_protocol() -> None:
    hand = Hand().start()
    hand.must(do.GrantRole(person="COO", role="coordinator", site=SITE), actor="SPO")
    hand.approve().register()
    entry = hand.entries[-1]
    assert (entry.actor, entry.role, entry.organisation) == ("COO", "coordinator", SITE)
    assert entry.protocol_version == "1.0" and entry.stream == "participant:P1"
    assert hand.entries[0].organisation == "study" and hand.entries[0].protocol_version is None


def test_occurred_is_when_it_happened_and_recorded_is_when_it_was_written() -> None:
    hand = enrolled().gate()
    hand.wait(hours=2)
    (dose, *_) = hand.must(hand.chemo(), actor="COO")
    assert dose.occurred_at == hand.at(minutes=40)
    assert dose.recorded_at.startswith(hand.now.isoformat()[:16])
