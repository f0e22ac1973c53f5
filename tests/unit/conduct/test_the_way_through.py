"""One participant goes the whole way; every step that is out of order is refused."""

from __future__ import annotations

from support.study_in_hand import Hand
from trialrun.conduct import commands as do
from trialrun.ledger.events import Reason
from trialrun.values.moment import Moment


def test_one_participant_goes_the_whole_way_without_a_deviation() -> None:
    hand = Hand().start().approve().eligible().treated()
    hand.wait(days=1, hours=22)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    hand.must(hand.infusion(product="P1-BAG2"), actor="COO")
    hand.wait(days=26)
    hand.must(
        do.AssessResponse(
            participant="P1",
            assessed_at=hand.at(hours=1),
            planned_day=28,
            definition="ELN 2022",
            category="CR",
        )
    )
    hand.must(do.CompleteParticipant(participant="P1"))
    assert hand.categories() == []
    doses = [one.event for one in hand.who().administrations.values()]
    assert [(one.item, one.ordinal, one.planned_day) for one in doses] == [
        ("chemo", 1, -6), ("chemo", 2, -5), ("chemo", 3, -4), ("cells", 1, 0), ("cells", 2, 2),
    ]  # fmt: skip
    assert "45.5" in doses[0].working
    assert "margin" in doses[3].working
    assert hand.who().completed is not None
    hand.check_fold()


def test_a_death_closes_the_way() -> None:
    hand = Hand().start().approve().eligible().treated()
    hand.wait(days=3)
    today = Moment(f"{hand.now:%Y-%m-%d}")
    hand.must(do.RecordDeath(participant="P1", died_at=today, cause="relapse", related=False))
    withdraw = do.WithdrawFromStudy(participant="P1", reason=Reason.OTHER)
    assert hand.refused(withdraw) == "off-study"
    assert hand.state.suspended is None
