"""Answers that the way through does not meet: order of checks, other protocols, other states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from support.refused_acts import enrolled, fact
from support.study_in_hand import FILE, Hand
from trialrun.conduct import commands as do
from trialrun.conduct.eligibility import anchors
from trialrun.conduct.log import about, concerns
from trialrun.conduct.refusal import Rule
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment

AUTOLOGOUS = FILE + (
    b'\n[[question]]\nid = "donor"\nwords = "Whose cells?"\nasked_of = "investigator"\n'
    b'source = "document: 6.2"\nanswer = "autologous"\nanswered_by = "INV"\nsection = "6.2"\n'
)


def failing(item: str = "cells", product: str | None = "B1") -> do.FailProduct:
    return do.FailProduct(participant="P1", item=item, product=product, reason="endotoxin")


REFUSED: dict[str, tuple[Rule, Callable[[Hand], do.Command], str]] = {
    "a gate that is not there": (
        Rule.GATE_UNKNOWN, lambda hand: replace(hand.passing(), gate="x"), "INV",
    ),
    "a product for an unknown item": (
        Rule.ITEM_UNKNOWN, lambda hand: replace(hand.receipt("P1", "B2"), item="tea"), "LAB",
    ),
    "a product with a number nobody can have": (
        Rule.VALUE_REFUSED,
        lambda hand: replace(
            hand.receipt("P1", "B2"), measures=(ev.Measured("viability", Decimal(300), "%"),)
        ),
        "LAB",
    ),
    "a failure of an unknown item": (Rule.ITEM_UNKNOWN, lambda _: failing("tea"), "LAB"),
    "a failure of what is no product": (Rule.NOT_A_PRODUCT, lambda _: failing("chemo"), "LAB"),
    "a failure of an unknown product": (
        Rule.PRODUCT_UNKNOWN, lambda _: failing(product="B9"), "LAB",
    ),
    "a failure without a reason": (
        Rule.BLANK, lambda _: replace(failing(), reason=""), "LAB",
    ),
    "a dose in an unknown unit": (
        Rule.VALUE_REFUSED, lambda hand: hand.chemo(unit="furlong"), "COO",
    ),
    "a drug from a container": (
        Rule.NOT_A_PRODUCT, lambda hand: hand.chemo(product="B1"), "COO",
    ),
    "an infusion of an unknown product": (
        Rule.PRODUCT_UNKNOWN, lambda hand: hand.infusion(product="B9"), "COO",
    ),
    "an unknown intervention discontinued": (
        Rule.INTERVENTION_UNKNOWN,
        lambda _: do.DiscontinueIntervention(
            participant="P1", intervention="tea", reason=ev.Reason.OTHER
        ),
        "INV",
    ),
    "an event that ended before it began": (
        Rule.WRONG_ORDER, lambda hand: hand.harm(ended=hand.at(days=9)), "COO",
    ),
    "an event that ends tomorrow": (
        Rule.IN_THE_FUTURE, lambda hand: hand.harm(ended=Moment("2026-03-05")), "COO",
    ),
    "an activity on a day that it has not": (
        Rule.NOT_ONE_OF,
        lambda hand: do.RecordFacts(
            participant="P1", facts=(fact(hand),), activity="counts", planned_day=3
        ),
        "COO",
    ),
    "a consent of the participant with a donor": (
        Rule.NOT_ONE_OF, lambda hand: replace(hand.consent_of(), donor="D"), "COO",
    ),
    "a consent of a donor without a code": (
        Rule.DONOR_UNNAMED, lambda hand: replace(hand.consent_of(), subject="donor"), "COO",
    ),
    "a fact of an unknown variable": (
        Rule.VALUE_REFUSED,
        lambda hand: do.RecordFacts(participant="P1", facts=(fact(hand, "hope", "1"),)),
        "COO",
    ),
    "a fact with the id of another participant": (
        Rule.FACT_EXISTS,
        lambda hand: do.RecordFacts(participant="P1", facts=(fact(hand, id="P2.fact.1"),)),
        "COO",
    ),
    "a correction of nobody's product": (
        Rule.TARGET_UNKNOWN,
        lambda _: do.Correct(target="B9", changes=(), reason="x"),
        "LAB",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_its_own_rule(case: str) -> None:
    rule, command, actor = REFUSED[case]
    hand = enrolled().product("P1", "B1")
    assert hand.refused(command(hand), actor=actor) == rule


def test_a_failed_product_fails_once_and_is_not_given_unseen() -> None:
    hand = enrolled().product("P1", "B1")
    hand.must(failing(), actor="LAB")
    assert hand.refused(failing(), actor="LAB") == Rule.PRODUCT_FAILED
    assert hand.refused(do.ReleaseProduct(product="B1"), actor="LAB") == Rule.PRODUCT_FAILED


def test_a_product_that_was_never_made_is_recorded_without_a_container() -> None:
    hand = enrolled()
    hand.must(failing(product=None), actor="LAB")
    assert len(hand.who().product_failures) == 1


def test_a_conditional_release_is_completed_even_after_the_infusion() -> None:
    hand = enrolled()
    hand.must(hand.receipt("P1", "P1-BAG"), actor="LAB")
    hand.must(do.ReleaseProduct(product="P1-BAG", pending=("sterility",)), actor="LAB")
    again = do.ReleaseProduct(product="P1-BAG", pending=("mycoplasma",))
    assert hand.refused(again, actor="LAB") == Rule.PRODUCT_RELEASED
    hand.chemotherapy()
    hand.wait(days=3)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    hand.must(hand.infusion(), actor="COO")
    hand.must(do.ReleaseProduct(product="P1-BAG"), actor="LAB")
    released = hand.state.products["P1-BAG"].released
    assert released is not None and not released.event.conditional
    assert hand.categories() == []


def test_an_unreleased_product_that_was_given_is_not_released_afterwards() -> None:
    hand = enrolled()
    hand.must(hand.receipt("P1", "RAW"), actor="LAB")
    hand.must(hand.infusion(product="RAW"), actor="COO")
    assert hand.refused(do.ReleaseProduct(product="RAW"), actor="LAB") == Rule.PRODUCT_USED


def test_autologous_cells_need_no_donor() -> None:
    hand = Hand().start().approve(AUTOLOGOUS).register().consent(donor=False)
    hand.facts().judge().decide().enrol()
    hand.must(replace(hand.receipt("P1", "B1"), donor=None), actor="LAB")
    hand.gate()
    hand.wait(hours=1)
    hand.must(hand.chemo(), actor="COO")
    assert hand.categories() == []


@pytest.mark.parametrize("word", ["consent", "screening", "enrolment", "day-zero", "chemo"])
def test_every_act_has_its_moment(word: str) -> None:
    hand = enrolled()
    protocol = replace(hand.protocol, anchors={"start": word})
    now = hand.at()
    found = anchors(protocol, hand.who(), now)["start"]
    expected = {
        "consent": next(iter(hand.who().consents.values())).event.given_at,
        "screening": hand.who().enrolled.at,  # type: ignore[union-attr]
        "enrolment": hand.who().enrolled.at,  # type: ignore[union-attr]
    }
    assert found == expected.get(word, now)
    hand.gate()
    hand.wait(hours=1)
    hand.must(hand.chemo(), actor="COO")
    dose = hand.who().given("chemo")[0].event.started_at
    later = anchors(protocol, hand.who(), hand.at())["start"]
    assert later == (dose if word == "chemo" else hand.at() if word == "day-zero" else found)
    hand.check_fold()


def test_a_change_may_make_an_event_serious_and_go_on_from_there() -> None:
    hand = enrolled()
    hand.must(hand.harm(), actor="COO")
    hand.must(do.ChangeAdverseEvent(participant="P1", event="P1.ae.1", serious=True, grade=4))
    ended = do.ChangeAdverseEvent(
        participant="P1", event="P1.ae.1", ended=hand.at(), outcome="recovered"
    )
    hand.must(ended)
    event = hand.who().adverse_events["P1.ae.1"].event
    assert event.serious and event.outcome == "recovered" and event.grade == 4
    story = do.ChangeAdverseEvent(participant="P1", event="P1.ae.1", narrative="Afebrile since.")
    hand.must(story)  # words alone are a change


def test_death_may_not_come_before_what_was_given() -> None:
    hand = enrolled().gate()
    hand.wait(days=1)
    hand.must(hand.chemo(), actor="COO")
    early = do.RecordDeath(participant="P1", died_at=Moment("2026-03-01"), cause="x", related=False)
    assert hand.refused(early) == Rule.WRONG_ORDER


def test_an_entry_concerns_the_participant_of_its_product() -> None:
    hand = enrolled().product("P1", "B1")
    change = (ev.FieldChange("donor", "P1-D", "P1-E"),)
    hand.must(do.Correct(target="B1", changes=change, reason="typed"), actor="LAB")
    state = hand.state
    told = {one.type: one for one in hand.entries}
    for kind in ("ProductReceived", "ProductReleased", "Corrected", "ParticipantEnrolled"):
        assert concerns(told[kind], state, "P1") and not concerns(told[kind], state, "P2")
    assert not concerns(told["SiteOpened"], state, "P1")
    assert about(told["ParticipantEnrolled"]) == "P1" and about(told["SiteOpened"]) == "site:S1"
