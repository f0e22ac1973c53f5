"""Where everybody is, and what comes next, at every stage of the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from support.refused_acts import enrolled, fact, ready
from support.study_in_hand import Hand, moment
from trialrun.conduct import commands as do
from trialrun.conduct.worklist import (
    Stage,
    due_administrations,
    next_steps,
    overview,
    stage,
)
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment


def steps(hand: Hand, code: str = "P1") -> list[tuple[str, tuple[str, ...]]]:
    now = moment(hand.now)
    found = next_steps(hand.protocol, hand.state, hand.who(code), now)
    return [(one.command, one.about) for one in found]


def where(hand: Hand, code: str = "P1") -> Stage:
    return stage(hand.protocol, hand.who(code))


def test_screening_step_by_step() -> None:
    hand = ready().register()
    assert where(hand) is Stage.CONSIDERED
    assert steps(hand) == [("RecordConsent", ("participant",))]
    hand.consent(donor=False)
    assert where(hand) is Stage.SCREENING
    assert steps(hand) == [
        ("RecordConsent", ("donor",)),
        ("RecordFacts", ("age", "creatinine")),
        ("JudgeCriterion", ("E2",)),
        ("DecideEligibility", ()),
    ]
    hand.must(hand.consent_of(donor="P1-D"), actor="COO")
    hand.facts().judge()
    assert steps(hand) == [("DecideEligibility", ())]
    hand.decide()
    assert where(hand) is Stage.ELIGIBLE
    assert steps(hand) == [("EnrolParticipant", ())]
    hand.wait(hours=1)
    later = fact(hand, "creatinine", "1.0", unit="mg/dL", at=hand.at(minutes=1))
    hand.must(do.RecordFacts(participant="P1", facts=(later,)), actor="COO")
    assert where(hand) is Stage.SCREENING
    assert steps(hand) == [("DecideEligibility", ("P1.fact.5",))]


def test_somebody_who_is_not_eligible_ends_screening() -> None:
    hand = ready().register().consent().facts(age="17").judge().decide()
    assert steps(hand) == [("EndScreening", ("I1",))]
    hand.must(do.EndScreening(participant="P1", reason=ev.ScreeningEnd.NOT_ELIGIBLE))
    assert where(hand) is Stage.SCREENING_ENDED and steps(hand) == []


def test_treatment_step_by_step() -> None:
    hand = enrolled()
    assert where(hand) is Stage.ENROLLED
    assert steps(hand) == [("PassGate", ("lymphodepletion",)), ("GiveAdministration", ("chemo",))]
    hand.gate()
    assert steps(hand) == [("GiveAdministration", ("chemo",))]
    hand.wait(hours=1)
    hand.must(hand.chemo(), actor="COO")
    assert where(hand) is Stage.TREATMENT
    hand.must(do.DiscontinueIntervention(participant="P1", intervention="chemo",
                                         reason=ev.Reason.ADVERSE_EVENT))  # fmt: skip
    assert steps(hand)[:2] == [("PassGate", ("infusion",)), ("GiveAdministration", ("cells",))]
    hand.must(do.DiscontinueIntervention(participant="P1", reason=ev.Reason.ADVERSE_EVENT))
    assert where(hand) is Stage.FOLLOW_UP


def test_observations_are_due_until_they_are_recorded() -> None:
    hand = ready().eligible().treated()
    assert ("RecordFacts", ("counts", "day 0")) in steps(hand)
    counts = do.RecordFacts(participant="P1", facts=(fact(hand),), activity="counts", planned_day=0)
    hand.must(counts, actor="COO")
    assert ("RecordFacts", ("counts", "day 0")) not in steps(hand)
    hand.wait(days=6)
    assert ("RecordFacts", ("counts", "day 7")) in steps(hand)


def test_a_fatal_event_asks_for_the_death() -> None:
    hand = enrolled()
    hand.must(hand.harm())
    assert ("ChangeAdverseEvent", ("P1.ae.1",)) in steps(hand)
    fatal = hand.harm(grade=5, serious=True, seriousness=("death",), outcome="fatal")
    hand.must(fatal)
    assert steps(hand)[0] == ("RecordDeath", ())
    today = Moment(f"{hand.now:%Y-%m-%d}")
    hand.must(do.RecordDeath(participant="P1", died_at=today, cause="sepsis", related=False))
    assert where(hand) is Stage.DIED
    assert steps(hand) == [("ChangeAdverseEvent", ("P1.ae.1",))]


@pytest.mark.parametrize(
    ("leave", "stage_then"),
    [
        (do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), Stage.WITHDREW),
        (do.CompleteParticipant(participant="P1"), Stage.COMPLETED),
        (do.MarkLostToFollowUp(participant="P1", last_contact=Moment("2026-03-02")), Stage.LOST),
    ],
)
def test_after_leaving_nothing_is_next(leave: do.Command, stage_then: Stage) -> None:
    hand = enrolled()
    hand.must(leave)
    assert where(hand) is stage_then and steps(hand) == []
    assert due_administrations(hand.protocol, hand.state, hand.who(), moment(hand.now)) == ()


def test_the_earliest_hour_and_the_products_that_stand_ready() -> None:
    hand = enrolled().product("P1", "P1-BAG").product("P1", "P1-BAG2").chemotherapy()
    fail = do.FailProduct(participant="P1", item="cells", product="P1-BAG2", reason="sterility")
    hand.must(fail, actor="LAB")
    cells = due_administrations(hand.protocol, hand.state, hand.who(), moment(hand.now))[0]
    last = hand.who().given("chemo")[-1].event.ended_at
    assert last.instant is not None and cells.earliest is not None
    assert cells.earliest.instant == last.instant + timedelta(hours=48)
    assert [code for code, _ in cells.products] == ["P1-BAG"]
    assert cells.day == 0 and cells.amount == "10000000 {cells}/kg"


def test_the_overview_counts() -> None:
    hand = ready().eligible().treated()
    hand.must(do.RecordDeviation(category="temperature-log", important=False), actor="MON")
    hand.must(do.SuspendEnrolment(reason="IDMC"), actor="SPO")
    seen = overview(hand.protocol, hand.state, hand.now.date())
    assert (seen.enrolled, seen.places, seen.target) == (1, 2, 3)
    assert seen.pending == ("P1",) and seen.suspended == "IDMC" and not seen.closed
    assert [one.event.category for one in seen.deviations] == ["temperature-log"]
