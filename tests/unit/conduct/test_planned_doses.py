"""The plan of an administration, and what an actual amount is held against."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from support.refused_acts import enrolled, fact, ready
from support.study_in_hand import FILE, Hand
from trialrun.assess.dose import Body
from trialrun.conduct import commands as do
from trialrun.conduct.planned import comparable, fits, planned_administration, planned_dose
from trialrun.conduct.study_day import day_zero, planned_day, study_day
from trialrun.ledger import events as ev
from trialrun.protocol.model import Dose
from trialrun.values.moment import Moment
from trialrun.values.quantity import read_quantity as q

BODY = Body(weight=q("70 kg"), weight_at=Moment("2026-03-01"))


@pytest.mark.parametrize(
    ("amount", "planned", "wanted"),
    [
        ("45 mg", "45.5 mg", Fraction(45)),
        ("0.045 g", "45.5 mg", Fraction(45)),
        ("7e8 {cells}", "1e7 {cells}/kg", Fraction(10**7)),
        ("700 10*6", "10 10*6/kg", Fraction(10)),
        ("16 10*6/kg", "1e7 {cells}/kg", Fraction(16 * 10**6)),
        ("350 mg", "5 mg/kg", Fraction(5)),
        ("350 mg", "5 mg/m2", None),
        ("350 mL", "5 mg/kg", None),
    ],
)
def test_amounts_are_compared_in_the_unit_of_the_plan(
    amount: str, planned: str, wanted: Fraction | None
) -> None:
    assert comparable(q(amount), q(planned), BODY) == wanted


def test_without_a_weight_nothing_per_kg_compares() -> None:
    assert comparable(q("350 mg"), q("5 mg/kg"), None) is None


@pytest.mark.parametrize(
    ("amount", "comparator", "dose", "fit"),
    [
        ("45 mg", "=", "25 mg/m2", True),
        ("45 mg/m2", "=", "25 mg/m2", False),
        ("45 mL", "=", "25 mg/m2", False),
        ("300 mg", "=", "300 mg", True),
        ("45 mg", "=", "25 mg/m2/d", True),
        ("1e9 {cells}", ">", "1e7 {cells}/kg", True),
        ("1.6e7 {cells}/kg", ">=", "1e7 {cells}/kg", True),
        ("1e9 {cells}", "=", "1e7 {cells}/kg", True),
        ("5 mg", ">", "1e7 {cells}/kg", False),
    ],
)
def test_only_what_went_into_the_person_fits_a_dose_to_give(
    amount: str, comparator: str, dose: str, fit: bool
) -> None:
    assert fits(q(amount), Dose(comparator=comparator, amount=q(dose))) is fit


def test_the_latest_weight_before_the_dose_counts() -> None:
    hand = enrolled()
    item = hand.protocol.item("chemo")
    hand.wait(days=3)
    lighter = fact(hand, "weight", "60", unit="kg", at=hand.at(hours=1))
    hand.must(do.RecordFacts(participant="P1", facts=(lighter,)), actor="COO")
    assert planned_dose(hand.protocol, hand.who(), item) == q("42 mg")
    earlier = planned_dose(hand.protocol, hand.who(), item, hand.at(days=2))
    assert earlier == q("45.5 mg")


def test_a_least_dose_shows_the_container_with_its_margin() -> None:
    hand = enrolled().product(cells="1e9")
    product = hand.state.products["P1-BAG"].received.event
    planned = planned_administration(
        hand.protocol, hand.who(), hand.protocol.item("cells"), at=hand.at(), product=product
    )
    assert planned.amount == q("1e7 {cells}/kg")
    assert "margin +42.9 %" in planned.working and "CD3+" in planned.working


def test_where_no_rounding_is_stated_a_hair_is_as_planned() -> None:
    file = FILE.replace(b'rounding = "0.5 mg"\n', b"")
    for amount, departed in (("45.5", False), ("45.0", False), ("44.9", True)):
        hand = Hand().start().approve(file).eligible().enrol().gate()
        hand.wait(hours=1)
        hand.must(hand.chemo(amount=Decimal(amount)), actor="COO")
        assert ("dose-differs" in hand.categories()) is departed, amount


def test_t_cells_add_up_over_the_infusions() -> None:
    """Two containers of 5,714 CD3+ per kg each: the second passes the cap of 10,000."""
    hand = ready().eligible().enrol()
    for name in ("P1-BAG", "P1-BAG2"):
        receipt = hand.receipt("P1", name)
        cd3 = ev.Measured("cd3_cells", Decimal(400_000), "{cells}")
        hand.must(
            do.ReceiveProduct(
                product=name, participant="P1", item="cells", donor="P1-D",
                measures=(receipt.measures[0], cd3), expires_at=receipt.expires_at,
            ),
            actor="LAB",
        )  # fmt: skip
        hand.must(do.ReleaseProduct(product=name), actor="LAB")
    hand.chemotherapy()
    hand.wait(days=3)
    for name, departed in (("P1-BAG", []), ("P1-BAG2", ["above-most-dose"])):
        hand.gate(gate="infusion")
        hand.wait(hours=2)
        hand.must(hand.infusion(product=name), actor="COO")
        assert hand.categories() == departed
        hand.wait(days=1, hours=22)


def test_study_days_count_from_day_zero_once_it_is_there() -> None:
    hand = enrolled()
    protocol = hand.protocol
    assert day_zero(protocol, hand.who()) is None
    assert study_day(protocol, hand.who(), hand.at()) is None
    item = protocol.item("chemo")
    assert planned_day(protocol, hand.who(), item, hand.at()) == -6
    hand.product().chemotherapy()
    first = hand.who().given("chemo")[0].event.started_at
    assert study_day(protocol, hand.who(), first) == -6
    assert planned_day(protocol, hand.who(), item, hand.at()) is None  # all three are given
    hand.wait(days=5)  # two days late
    hand.gate(gate="infusion")
    hand.wait(hours=2)
    hand.must(hand.infusion(), actor="COO")
    # Day 0 is the day of the first infusion, wherever the chemotherapy then lies.
    assert study_day(protocol, hand.who(), hand.at()) == 0
    assert study_day(protocol, hand.who(), first) == -8
    assert planned_day(protocol, hand.who(), protocol.item("cells"), hand.at()) == 2
