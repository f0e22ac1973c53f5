"""Suspension in the same batch, pending toxicity, places and staggering."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.refused_acts import enrolled, fact, ready, suspend_reason
from support.study_in_hand import FILE, Hand
from trialrun.conduct import commands as do
from trialrun.conduct.safety import (
    boundary,
    enrol_from,
    pending_could_cross,
    places_left,
    window_open,
)
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment

RELATED = (ev.Causality("cells", True),)


def two_treated() -> Hand:
    """P1 and P2 were treated; their windows are open."""
    hand = ready().eligible().treated()
    hand.wait(days=9)
    return hand.eligible("P2").treated("P2")


def toxic(hand: Hand, code: str = "P1", **more: object) -> do.ReportAdverseEvent:
    told: dict[str, object] = {
        "grade": 4, "serious": True, "seriousness": ("life-threatening",),
        "causality": RELATED, "dose_limiting": True,
    }  # fmt: skip
    return hand.harm(code, **(told | more))


def test_the_boundary_suspends_enrolment_with_the_event_that_reaches_it() -> None:
    hand = two_treated()
    hand.must(toxic(hand, "P1"))
    assert hand.state.suspended is None
    hand.must(toxic(hand, "P1", term="Nausea"))  # participants count, not events
    assert hand.state.suspended is None
    made = hand.must(toxic(hand, "P2"))
    assert suspend_reason(hand) == "dose-limiting-boundary"
    assert [one.type for one in made] == ["AdverseEventReported", "EnrolmentSuspended"]


def test_the_boundary_counts_a_judgement_that_comes_later() -> None:
    hand = two_treated()
    hand.must(toxic(hand, "P1"))
    hand.must(toxic(hand, "P2", dose_limiting=None))
    assert hand.state.suspended is None
    change = do.ChangeAdverseEvent(participant="P2", event="P2.ae.1", dose_limiting=True)
    hand.must(change)
    assert suspend_reason(hand) == "dose-limiting-boundary"


def test_the_boundary_counts_a_correction() -> None:
    hand = two_treated()
    hand.must(toxic(hand, "P1"))
    hand.must(toxic(hand, "P2", dose_limiting=False))
    change = (ev.FieldChange("dose_limiting", "false", "true"),)
    hand.must(do.Correct(target="P2.ae.1", changes=change, reason="misread"))
    assert suspend_reason(hand) == "dose-limiting-boundary"


def test_a_related_death_suspends_and_an_unrelated_one_does_not() -> None:
    for related, reason in ((True, "treatment-related-death"), (False, "")):
        hand = ready().eligible().treated()
        today = Moment(f"{hand.now:%Y-%m-%d}")
        death = do.RecordDeath(participant="P1", died_at=today, cause="sepsis", related=related)
        hand.must(death)
        assert suspend_reason(hand) == reason


def test_a_fatal_related_event_suspends() -> None:
    hand = ready().eligible().treated()
    fatal = toxic(hand, grade=5, outcome="fatal", seriousness=("death",), dose_limiting=None)
    hand.must(fatal)
    assert suspend_reason(hand) == "treatment-related-death"


@pytest.mark.parametrize(
    ("term", "grade", "reason"),
    [
        ("Acute graft versus host disease", 3, "acute-gvhd-grade-3-4"),
        ("Acute GVHD of the skin", 4, "acute-gvhd-grade-3-4"),
        ("Acute graft versus host disease", 2, ""),
        ("Chronic graft versus host disease", 3, ""),
        ("Rash", 3, ""),
    ],
)
def test_severe_acute_gvhd_suspends(term: str, grade: int, reason: str) -> None:
    hand = enrolled()
    hand.must(hand.harm(term=term, soc="Immune system disorders", grade=grade))
    assert suspend_reason(hand) == reason


@pytest.mark.parametrize(("grade", "reason"), [("3", "acute-gvhd-grade-3-4"), ("2", "")])
def test_a_recorded_gvhd_grade_suspends(grade: str, reason: str) -> None:
    hand = enrolled()
    graded = fact(hand, "acute_gvhd_grade", grade, unit=None)
    hand.must(do.RecordFacts(participant="P1", facts=(graded,)), actor="COO")
    assert suspend_reason(hand) == reason


def test_suspending_twice_adds_nothing() -> None:
    hand = ready().eligible().treated()
    hand.must(do.SuspendEnrolment(reason="IDMC"), actor="SPO")
    fatal = toxic(hand, grade=5, outcome="fatal", seriousness=("death",))
    assert [one.type for one in hand.must(fatal)] == ["AdverseEventReported"]
    assert suspend_reason(hand) == "IDMC"


def test_resumed_enrolment_goes_on() -> None:
    hand = ready().eligible()
    hand.must(do.SuspendEnrolment(reason="IDMC"), actor="SPO")
    hand.must(do.ResumeEnrolment(reason="IDMC-go-on"), actor="SPO")
    hand.enrol()


def test_the_boundary_repeats_its_last_number() -> None:
    hand = ready()
    safety = hand.protocol.safety
    assert safety is not None
    assert [boundary(safety, n) for n in (0, 1, 2, 3, 4, 9)] == [None, 2, 2, 2, 3, 3]
    assert boundary(replace(safety, suspend_at=()), 3) is None


def test_the_window_closes_28_days_after_the_last_infusion() -> None:
    hand = ready().eligible().treated()
    zero = hand.now.date()
    assert window_open(hand.protocol, hand.who(), zero)
    last = hand.who().given("cells")[-1].event.started_at.day
    # The second infusion is planned for day 2 and was not given: the window counts from that day.
    days = [n for n in range(25, 35) if window_open(hand.protocol, hand.who(), _later(last, n))]
    assert days == [25, 26, 27, 28, 29, 30]
    stop = do.DiscontinueIntervention(participant="P1", reason=ev.Reason.ADVERSE_EVENT)
    hand.must(stop)
    days = [n for n in range(25, 35) if window_open(hand.protocol, hand.who(), _later(last, n))]
    assert days == [25, 26, 27, 28]


def _later(day, days: int):  # type: ignore[no-untyped-def]
    from datetime import timedelta

    return day + timedelta(days=days)


def test_toxicity_that_came_is_no_longer_pending() -> None:
    hand = two_treated()
    today = hand.now.date()
    assert pending_could_cross(hand.protocol, hand.state, today) == ("P1", "P2")
    hand.must(toxic(hand, "P1"))
    assert pending_could_cross(hand.protocol, hand.state, today) == ("P2",)
    hand.must(toxic(hand, "P2"))
    # Reached: people decide, and the rule adds nothing to their suspension.
    assert pending_could_cross(hand.protocol, hand.state, today) == ()


def test_somebody_who_leaves_before_infusion_gives_the_place_back() -> None:
    hand = ready().eligible().enrol()
    assert places_left(hand.protocol, hand.state) == 2
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    assert places_left(hand.protocol, hand.state) == 3


@pytest.mark.parametrize(
    ("counted", "left"), [("enrolled", 2), ("started", 2), ("infused", 3), ("evaluable", 3)]
)
def test_what_is_counted_decides_who_holds_a_place(counted: str, left: int) -> None:
    file = FILE.replace(b'counted = "infused"', f'counted = "{counted}"'.encode())
    hand = Hand().start().approve(file).eligible().enrol().chemotherapy()
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    assert places_left(hand.protocol, hand.state) == left


def test_an_infused_participant_who_left_in_the_window_is_replaced_only_where_it_counts() -> None:
    for counted, left in ((b"infused", 2), (b"evaluable", 3)):
        file = FILE.replace(b'counted = "infused"', b'counted = "' + counted + b'"')
        hand = Hand().start().approve(file).eligible().treated()
        hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
        assert places_left(hand.protocol, hand.state) == left


def test_the_stagger_says_from_when_somebody_may_be_enrolled() -> None:
    hand = ready().eligible().enrol()
    today = hand.now.date()
    assert enrol_from(hand.protocol, hand.state, today) is None  # not infused yet
    hand.product().product("P1", "P1-BAG2").chemotherapy()
    hand.wait(days=3)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    hand.must(hand.infusion(), actor="COO")
    infusion = hand.who().given("cells")[0].event.started_at.day
    # 14 days between first infusions, and six days from first chemotherapy to infusion.
    assert enrol_from(hand.protocol, hand.state, hand.now.date()) == _later(infusion, 8)


def test_somebody_who_will_not_be_infused_does_not_hold_up_the_next() -> None:
    hand = ready().eligible().enrol()
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    hand.eligible("P2").enrol("P2")
