"""What was given outside the plan is recorded as it was given, with its deviation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from support.refused_acts import enrolled, fact, ready, suspend_reason
from support.study_in_hand import FILE, Hand, moment
from trialrun.conduct import commands as do
from trialrun.conduct import departures
from trialrun.conduct.deviation import MINOR, Category
from trialrun.ledger import events as ev
from trialrun.values.moment import Moment

Scenario = Callable[[], Hand]
DEPARTED: dict[Category, Scenario] = {}


def departs(category: Category) -> Callable[[Scenario], Scenario]:
    def register(scenario: Scenario) -> Scenario:
        assert category not in DEPARTED
        DEPARTED[category] = scenario
        return scenario

    return register


def given(hand: Hand, command: do.GiveAdministration) -> Hand:
    hand.must(command, actor="COO")
    return hand


def infused(hand: Hand, **changes: object) -> Hand:
    """An infusion after chemotherapy, all in order but for the changes."""
    hand.product().chemotherapy()
    hand.wait(days=3)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    return given(hand, hand.infusion(**changes))


def with_file(old: bytes, new: bytes) -> Hand:
    assert old in FILE
    return Hand().start().approve(FILE.replace(old, new)).eligible().enrol()


@departs(Category.NOT_ENROLLED)
def _() -> Hand:
    hand = ready().eligible()
    return given(hand, hand.chemo())


@departs(Category.NO_CONSENT)
def _() -> Hand:
    hand = ready().register()
    return given(hand, hand.chemo())


@departs(Category.NO_DONOR_CONSENT)
def _() -> Hand:
    hand = ready().register().consent(donor=False)
    return given(hand, hand.chemo())


@departs(Category.NO_APPROVAL)
def _() -> Hand:
    hand = enrolled()
    earlier = {"started_at": hand.at(days=1), "ended_at": hand.at(hours=23)}
    return given(hand, hand.chemo(**earlier))


@departs(Category.OFF_STUDY)
def _() -> Hand:
    hand = enrolled().gate()
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    hand.wait(hours=2)
    return given(hand, hand.chemo())


@departs(Category.DISCONTINUED)
def _() -> Hand:
    hand = enrolled().gate()
    hand.must(do.DiscontinueIntervention(participant="P1", reason=ev.Reason.OTHER))
    hand.wait(hours=2)
    return given(hand, hand.chemo())


@departs(Category.OTHER_ARM)
def _() -> Hand:
    second = (
        b'[[arm]]\nid = "other"\ntitle = "Other"\ntype = "OTHER"\ninterventions = ["chemo"]\n'
        b'source = "document: 4"\n\n[[regimen]]\nid = "chemo"\narms = ["other"]\n'
    )
    file = FILE.replace(b'[[regimen]]\nid = "chemo"\n', second)
    hand = Hand().start().approve(file).eligible()
    hand.must(do.EnrolParticipant(participant="P1", arm="all"))
    return given(hand, hand.chemo())


@departs(Category.GATE)
def _() -> Hand:
    hand = enrolled()
    hand.wait(hours=1)
    return given(hand, hand.chemo())


@departs(Category.GAP)
def _() -> Hand:
    hand = enrolled().product().chemotherapy()
    hand.wait(hours=24)  # 47 h after the last chemotherapy ended, at the start of the infusion
    hand.gate(gate="infusion")
    hand.wait(hours=1)
    return given(hand, hand.infusion())


@departs(Category.GAP_NOT_SHOWN)
def _() -> Hand:
    hand = enrolled().product().gate()
    hand.wait(hours=1)
    today = Moment(f"{hand.now:%Y-%m-%d}")
    given(hand, hand.chemo(started_at=today, ended_at=today))
    hand.wait(days=2)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    return given(hand, hand.infusion())


@departs(Category.STAGGER)
def _() -> Hand:
    # Enrolled far enough apart; then the second infusion is brought forward.
    hand = ready().eligible("P2").treated("P2")
    hand.wait(days=9)
    hand.eligible().enrol().product().gate().gate(gate="infusion")
    hand.wait(hours=2)
    return given(hand, hand.infusion())


@departs(Category.BEYOND_PLAN)
def _() -> Hand:
    hand = enrolled().chemotherapy()
    return given(hand, hand.chemo())


@departs(Category.DAY)
def _() -> Hand:
    hand = enrolled().gate()
    hand.wait(hours=1)
    given(hand, hand.chemo())
    hand.wait(days=5)
    return given(hand, hand.chemo())


@departs(Category.DOSE)
def _() -> Hand:
    hand = enrolled().gate()
    hand.wait(hours=1)
    return given(hand, hand.chemo(amount=Decimal("45.0")))


@departs(Category.DOSE_NOT_COMPUTED)
def _() -> Hand:
    hand = ready().register().consent().facts(leave_out=("height",)).judge().decide().enrol()
    return given(hand.gate(), hand.chemo())


@departs(Category.BELOW_LEAST)
def _() -> Hand:
    return infused(enrolled(), amount=Decimal("7e8"))  # 1.0e7/kg, and "over" is asked for


@departs(Category.ABOVE_MOST)
def _() -> Hand:
    return infused(enrolled(), amount=Decimal("7.01e9"))


@departs(Category.NOT_CHECKED)
def _() -> Hand:
    hand = enrolled().gate()
    hand.wait(hours=1)
    return given(hand, hand.chemo(checked_by=None))


@departs(Category.WRONG_PRODUCT)
def _() -> Hand:
    hand = ready().eligible("P2").eligible().enrol().product("P2")
    return infused(hand, product="P2-BAG")


@departs(Category.OTHER_ITEM)
def _() -> Hand:
    boost = (
        b'[[regimen]]\nid = "boost"\nintervention = "cells"\ndays = [60]\nhour = "11:00"\n'
        b'duration = "1 h"\nsource = "document: 6.2"\n\n[[gap]]\n'
    )
    hand = with_file(b"[[gap]]\n", boost)
    hand.must(replace(hand.receipt("P1", "BOOST"), item="boost"), actor="LAB")
    hand.must(do.ReleaseProduct(product="BOOST"), actor="LAB")
    return infused(hand, product="BOOST")


@departs(Category.NOT_RELEASED)
def _() -> Hand:
    hand = enrolled()
    hand.must(hand.receipt("P1", "RAW"), actor="LAB")
    return infused(hand, product="RAW")


@departs(Category.FAILED_PRODUCT)
def _() -> Hand:
    hand = enrolled().product("P1", "BAD")
    fail = do.FailProduct(participant="P1", item="cells", product="BAD", reason="sterility")
    hand.must(fail, actor="LAB")
    return infused(hand, product="BAD")


@departs(Category.EXPIRED)
def _() -> Hand:
    hand = enrolled()
    soon = replace(hand.receipt("P1", "OLD"), expires_at=moment(hand.now + timedelta(days=2)))
    hand.must(soon, actor="LAB")
    hand.must(do.ReleaseProduct(product="OLD"), actor="LAB")
    return infused(hand, product="OLD")


@departs(Category.NOT_ELIGIBLE)
def _() -> Hand:
    hand = enrolled()
    hand.wait(days=15)  # the creatinine has lapsed
    return given(hand.gate(), hand.chemo())


@departs(Category.INELIGIBLE)
def _() -> Hand:
    hand = enrolled()
    hand.wait(hours=1)
    worse = fact(hand, "creatinine", "1.6", unit="mg/dL", at=hand.at(minutes=30))
    hand.must(do.RecordFacts(participant="P1", facts=(worse,)), actor="COO")
    return hand.decide()


@departs(Category.NO_COPY)
def _() -> Hand:
    hand = ready().register()
    hand.must(replace(hand.consent_of(), copy_given=False), actor="COO")
    return hand


@departs(Category.BEFORE_CONSENT)
def _() -> Hand:
    hand = ready().register().consent()
    early = fact(hand, at=hand.at(hours=2))
    hand.must(do.RecordFacts(participant="P1", facts=(early,), activity="counts"), actor="COO")
    return hand


def test_every_category_has_its_scenario() -> None:
    assert set(DEPARTED) == set(Category)


WEIGHED = {Category.DAY: True, Category.DOSE: False}  # three days late; 1 % less


@pytest.mark.parametrize("category", Category)
def test_it_is_recorded_with_its_deviation(category: Category) -> None:
    hand = DEPARTED[category]()
    found = [one.event for one in hand.who().deviations.values() if one.event.category == category]
    assert len(found) == 1
    assert found[0].important is WEIGHED.get(category, category not in MINOR)
    assert found[0].about is not None
    assert found[0].id.startswith("P1.deviation.")
    hand.check_fold()


BY_RULE: dict[str, tuple[Category, ...]] = {
    "_standing": (
        Category.NOT_ENROLLED, Category.NO_CONSENT, Category.NO_DONOR_CONSENT,
        Category.NO_APPROVAL, Category.OFF_STUDY, Category.DISCONTINUED, Category.OTHER_ARM,
    ),
    "_eligible": (Category.NOT_ELIGIBLE,),
    "_gates": (Category.GATE,),
    "_gaps": (Category.GAP, Category.GAP_NOT_SHOWN),
    "_stagger": (Category.STAGGER,),
    "_day": (Category.DAY, Category.BEYOND_PLAN),
    "_dose": (
        Category.DOSE, Category.DOSE_NOT_COMPUTED, Category.BELOW_LEAST, Category.ABOVE_MOST,
    ),
    "_product": (
        Category.WRONG_PRODUCT, Category.OTHER_ITEM, Category.NOT_RELEASED,
        Category.FAILED_PRODUCT, Category.EXPIRED,
    ),
    "_checked": (Category.NOT_CHECKED,),
}  # fmt: skip


def test_every_rule_has_its_mutant() -> None:
    assert [rule.__name__ for rule in departures.RULES] == list(BY_RULE)


@pytest.mark.parametrize(
    ("rule", "category"), [(rule, one) for rule, several in BY_RULE.items() for one in several]
)
def test_without_the_rule_its_deviations_are_gone(
    rule: str, category: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = tuple(one for one in departures.RULES if one.__name__ != rule)
    monkeypatch.setattr(departures, "RULES", rest)
    assert category not in DEPARTED[category]().categories()


def test_a_wrong_product_suspends_enrolment_in_the_same_batch() -> None:
    hand = DEPARTED[Category.WRONG_PRODUCT]()
    assert suspend_reason(hand) == "wrong-product"
    last = hand.entries[-1]
    assert isinstance(last.event, ev.EnrolmentSuspended)
    assert last.command_id == f"t-{hand.acts}"


@pytest.mark.parametrize(
    ("amount", "important"),
    [("50.05", False), ("50.1", True), ("40.95", False), ("40.9", True)],
)
def test_ten_percent_of_the_planned_dose_is_the_border(amount: str, important: bool) -> None:
    hand = enrolled().gate()
    hand.wait(hours=1)
    given(hand, hand.chemo(amount=Decimal(amount)))
    (one,) = hand.who().deviations.values()
    assert (one.event.category, one.event.important) == ("dose-differs", important)


@pytest.mark.parametrize(("minutes", "departed"), [(0, False), (-1, True), (1, False)])
def test_the_gap_counts_to_the_minute_from_the_actual_end(minutes: int, departed: bool) -> None:
    hand = enrolled().product().chemotherapy()
    end = max(one.event.ended_at.instant for one in hand.who().given("chemo"))
    start = end + timedelta(hours=48, minutes=minutes)
    hand.gate(gate="infusion")
    hand.now = start + timedelta(hours=2)
    times = {"started_at": moment(start), "ended_at": moment(start + timedelta(hours=1))}
    given(hand, hand.infusion(**times))
    assert ("gap-too-short" in hand.categories()) is departed


def test_a_gap_is_found_when_the_earlier_one_is_recorded_late() -> None:
    hand = enrolled().product().gate()
    hand.wait(hours=1)
    given(hand, hand.chemo())
    hand.wait(days=3)
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    given(hand, hand.infusion())
    assert "gap-too-short" not in hand.categories()
    late = {"started_at": hand.at(hours=30), "ended_at": hand.at(hours=29)}
    given(hand, hand.chemo(**late))
    assert "gap-too-short" in hand.categories()


def test_what_happened_before_leaving_is_recorded_however_late() -> None:
    hand = enrolled().gate()
    hand.wait(hours=3)
    hand.must(do.WithdrawFromStudy(participant="P1", reason=ev.Reason.OTHER), actor="COO")
    earlier = {"started_at": hand.at(hours=2), "ended_at": hand.at(hours=1)}
    given(hand, hand.chemo(**earlier))
    assert hand.categories() == []
