"""After leaving: nothing more is collected, but harms, death, corrections, and what came before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from support.refused_acts import enrolled, fact, ready
from support.study_in_hand import Hand
from trialrun.conduct import commands as do
from trialrun.conduct import policies
from trialrun.conduct.refusal import Rule
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment


def day(hand: Hand) -> Moment:
    return Moment(f"{hand.now:%Y-%m-%d}")


LEAVES: dict[str, Callable[[Hand], do.Command]] = {
    "withdrew": lambda _: do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER),
    "lost": lambda hand: do.MarkLostToFollowUp(participant="P1", last_contact=day(hand)),
    "completed": lambda _: do.CompleteParticipant(participant="P1"),
    "died": lambda hand: do.RecordDeath(
        participant="P1", died_at=day(hand), cause="relapse", related=False
    ),
}


@pytest.fixture(params=LEAVES)
def gone(request: pytest.FixtureRequest) -> Hand:
    hand = enrolled()
    hand.must(LEAVES[request.param](hand))
    hand.wait(days=2)
    return hand


def later(hand: Hand) -> do.RecordFacts:
    return do.RecordFacts(participant="P1", facts=(fact(hand),))


def test_nothing_new_is_collected(gone: Hand) -> None:
    assert gone.refused(later(gone), actor="COO") in {Rule.OFF_STUDY, Rule.DEAD}
    response = do.AssessResponse(
        participant="P1", assessed_at=gone.at(hours=1), definition="ELN 2022", category="CR"
    )
    assert gone.refused(response) in {Rule.OFF_STUDY, Rule.DEAD}
    therapy = do.StartSubsequentTherapy(
        participant="P1", therapy="HSCT", started_at=gone.at(hours=1)
    )
    assert gone.refused(therapy, actor="COO") == Rule.OFF_STUDY


def test_what_was_seen_before_is_still_recorded(gone: Hand) -> None:
    before = fact(gone, at=gone.at(days=3))
    gone.must(do.RecordFacts(participant="P1", facts=(before,)), actor="COO")


def test_nobody_leaves_twice(gone: Hand) -> None:
    for leave in (LEAVES["withdrew"], LEAVES["lost"], LEAVES["completed"]):
        assert gone.refused(leave(gone), actor="INV") == Rule.OFF_STUDY


def test_safety_follow_up_goes_on(gone: Hand) -> None:
    gone.must(gone.harm(onset=gone.at(days=3)), actor="COO")
    if gone.who().died is None:
        gone.must(gone.harm(), actor="COO")
        gone.must(LEAVES["died"](gone))
    assert gone.who().died is not None
    assert gone.refused(LEAVES["died"](gone)) == Rule.DEAD


def test_a_mutant_that_collects_after_leaving_is_noticed(
    gone: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    for policy in ("collected_at", "alive_at"):
        monkeypatch.setattr(policies, policy, lambda *_, **__: None)
    gone.must(later(gone), actor="COO")


def test_harms_of_somebody_who_was_given_something_are_taken_without_consent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand = ready().register()
    assert hand.refused(hand.harm(), actor="COO") == Rule.NO_CONSENT
    hand.must(hand.chemo(), actor="COO")
    hand.must(hand.harm(), actor="COO")
    other = ready().register()
    monkeypatch.setattr(policies, "harm_collected", lambda *_: None)
    other.must(other.harm(), actor="COO")  # the mutant takes it


def test_screening_ends_once_and_may_not_go_on() -> None:
    hand = ready().register().consent()
    end = do.EndScreening(participant="P1", reason=ev.ScreeningEnd.DECLINED)
    hand.must(end, actor="COO")
    assert hand.refused(end, actor="COO") == Rule.OFF_STUDY
    hand.wait(days=2)
    assert hand.refused(later(hand), actor="COO") == Rule.OFF_STUDY
    assert hand.refused(do.EnrolParticipant(participant="P1")) == Rule.OFF_STUDY
    enrolled_one = enrolled()
    assert enrolled_one.refused(end, actor="COO") == Rule.ENROLLED
