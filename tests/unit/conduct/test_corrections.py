"""Corrections: what the person saw, who may, what the new value brings with it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from support.refused_acts import begun, enrolled, ready
from support.study_in_hand import FILE, Hand
from trialrun.conduct import commands as do
from trialrun.conduct.refusal import Rule
from trialrun.errors import FactError
from trialrun.ledger import events as ev


def correct(target: str, field: str, old: str | None, new: str | None) -> do.Correct:
    change = ev.FieldChange(field, old, new)
    return do.Correct(target=target, changes=(change,), reason="read wrongly")


def creatinine(hand: Hand) -> str:
    (one,) = hand.who().values("creatinine")
    return one.event.fact.id


def test_a_corrected_fact_makes_the_decision_stale_and_is_decided_again() -> None:
    hand = ready().eligible()
    hand.must(correct(creatinine(hand), "value", "0.9", "1.9"), actor="COO")
    enrol = do.EnrolParticipant(participant="P1")
    assert hand.refused(enrol) == Rule.DECISION_STALE
    hand.decide()
    assert hand.refused(enrol) == Rule.NOT_ELIGIBLE
    (kept,) = hand.who().values("creatinine")
    assert kept.version == 2 and kept.past[0][1].fact.value == "0.9"
    hand.check_fold()


def test_a_corrected_input_of_a_computed_value_makes_the_decision_stale() -> None:
    computed = FILE.replace(b'rule = "age >= 18 a"', b'rule = "bsa >= 1.8 m2"')
    assert computed != FILE
    hand = begun().approve(computed).eligible()
    (weight,) = hand.who().values("weight")
    hand.must(correct(weight.event.fact.id, "value", "70", "60"), actor="COO")
    enrol = do.EnrolParticipant(participant="P1")
    assert hand.refused(enrol) == Rule.DECISION_STALE
    hand.decide()
    assert hand.refused(enrol) == Rule.NOT_ELIGIBLE
    hand.check_fold()


def test_a_correction_that_comes_back_is_still_another_version() -> None:
    hand = ready().eligible()
    hand.must(correct(creatinine(hand), "value", "0.9", "1.9"), actor="COO")
    hand.must(correct(creatinine(hand), "value", "1.9", "0.9"), actor="COO")
    assert hand.refused(do.EnrolParticipant(participant="P1")) == Rule.DECISION_STALE


def test_an_implausible_correction_is_refused_like_a_new_value() -> None:
    hand = ready().eligible()
    wrong = correct(creatinine(hand), "value", "0.9", "900")
    assert hand.refused(wrong, actor="COO") == Rule.VALUE_REFUSED


@pytest.mark.parametrize("text", ["high", "", "1,2", "NaN", "<"])
def test_a_correction_that_is_no_value_is_refused(text: str) -> None:
    hand = ready().eligible()
    assert hand.refused(correct(creatinine(hand), "value", "0.9", text), actor="COO") == (
        Rule.VALUE_REFUSED
    )


def test_a_corrected_value_is_kept_as_a_new_one_would_be() -> None:
    hand = ready().eligible()
    hand.must(correct(creatinine(hand), "value", "0.9", "1.10"), actor="COO")
    assert hand.who().values("creatinine")[0].event.fact.value == "1.1"


def test_who_may_not_record_a_thing_may_not_correct_it() -> None:
    hand = enrolled().product()
    assert hand.refused(correct("P1-BAG", "donor", "P1-D", "P1-E")) == Rule.NO_ROLE
    hand.must(correct("P1-BAG", "donor", "P1-D", "P1-E"), actor="LAB")
    assert hand.state.products["P1-BAG"].received.event.donor == "P1-E"
    assert hand.refused(correct(creatinine(hand), "value", "0.9", "1.0"), actor="SPO") == (
        Rule.NO_ROLE
    )


def test_a_correction_without_reason_or_change_is_refused() -> None:
    hand = enrolled()
    target = creatinine(hand)
    silent = do.Correct(target=target, changes=(ev.FieldChange("value", "0.9", "1.0"),), reason=" ")
    assert hand.refused(silent) == Rule.BLANK
    assert hand.refused(correct(target, "value", "0.9", "0.9")) == Rule.NOTHING_CHANGED
    assert hand.refused(do.Correct(target=target, changes=(), reason="x")) == Rule.NOTHING_CHANGED


def test_what_makes_a_thing_the_thing_it_is_is_not_corrected() -> None:
    hand = enrolled()
    head = hand.store.head
    with pytest.raises(FactError, match="is not a field"):
        hand.do(correct(creatinine(hand), "variable", "creatinine", "alt"))
    assert hand.store.head == head


def test_a_corrected_time_shows_the_gap_that_was_too_short() -> None:
    hand = ready().eligible().treated()
    assert hand.categories() == []
    dose = hand.who().given("cells")[0].event
    early = hand.who().given("chemo")[-1].event.ended_at
    made = hand.must(correct(dose.id, "started_at", str(dose.started_at), str(early)))
    assert "gap-too-short" in hand.categories()
    assert [one.type for one in made][:2] == ["Corrected", "DeviationRecorded"]
    # Once recorded, the same departure is not recorded again.
    before = len(hand.who().deviations)
    hand.must(correct(dose.id, "checked_by", "PHA", "LAB"))
    assert len(hand.who().deviations) == before


def test_a_corrected_amount_shows_the_dose_that_differs() -> None:
    hand = enrolled().gate()
    hand.wait(hours=1)
    hand.must(hand.chemo(), actor="COO")
    hand.must(correct("P1.dose.1", "amount", "45.5", "60"), actor="COO")
    assert hand.categories() == ["dose-differs"]
    assert hand.who().administrations["P1.dose.1"].event.amount == Decimal(60)


def test_corrections_are_taken_after_the_study_is_closed_and_after_leaving() -> None:
    hand = enrolled()
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    hand.must(correct(creatinine(hand), "value", "0.9", "1.0"), actor="COO")
    hand.must(do.CloseStudy(reason="complete"), actor="SPO")
    hand.must(correct(creatinine(hand), "value", "1", "1.1"), actor="COO")
    hand.check_fold()


def test_a_deviation_of_the_study_is_corrected_by_its_own_id() -> None:
    hand = ready()
    hand.must(do.RecordDeviation(category="temperature-log", important=False), actor="MON")
    hand.must(correct("study.deviation.1", "important", "false", "true"), actor="COO")
    assert hand.state.deviations["study.deviation.1"].event.important
    hand.check_fold()


def test_a_corrected_dose_is_judged_where_it_stands_in_time() -> None:
    """Correcting the first of several doses must not hold it against what came later."""
    hand = ready().eligible().treated()
    hand.wait(days=1, hours=22)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    hand.must(hand.infusion(product="P1-BAG2"), actor="COO")
    assert hand.categories() == []
    for dose in [one.event for one in hand.who().administrations.values()]:
        text = dose.started_at.text
        moved = f"{text[:14]}{int(text[14:16]) - 1:02d}{text[16:]}"
        hand.must(correct(dose.id, "started_at", str(dose.started_at), moved))
    assert hand.categories() == []
    hand.check_fold()


def test_a_dose_recorded_after_the_discontinuation_was_given_before_it() -> None:
    hand = enrolled().gate()
    hand.wait(hours=2)
    hand.must(do.DiscontinueIntervention(participant="P1", reason=ev.Reason.OTHER))
    hand.wait(minutes=5)
    hand.must(hand.chemo(started_at=hand.at(hours=1), ended_at=hand.at(minutes=30)), actor="COO")
    assert hand.categories() == []
