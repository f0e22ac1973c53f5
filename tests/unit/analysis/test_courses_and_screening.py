"""Why people were not enrolled, how courses end, and what was given by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from support import small_trial
from support.small_trial import DAY_ZERO, Book, moment
from trialrun.analysis.cutoff import cutoff_at, days_from, hours_from
from trialrun.analysis.ending import Status, death, ending, last_known_alive
from trialrun.analysis.estimate import Found
from trialrun.analysis.exposure import cell_exposure, gap_exposure, item_exposure
from trialrun.analysis.flow import screening
from trialrun.criteria.criterion import Criteria, Criterion, read_combination
from trialrun.criteria.criterion import Status as Read
from trialrun.ledger import events as ev
from trialrun.protocol.model import Protocol
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth

P = "SIM-001"
TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def day(number: int, hour: int = 0) -> datetime:
    return DAY_ZERO + timedelta(days=number, hours=hour)


def failing(
    verdicts: dict[str, Truth], protocol: Protocol | None = None
) -> dict[str, tuple[int, int]]:
    book = Book()
    book.register(P, day(-20))
    book.consent(P, day(-19))
    book.decide(P, verdicts, day(-12))
    book.end_screening(P, ev.ScreeningEnd.NOT_ELIGIBLE, day(-12))
    found = screening(cutoff_at(protocol or small_trial.nk_protocol(), book.entries()))
    return {one.criterion: (one.not_met.value, one.unknown.value) for one in found.failing}


def test_the_lowest_criterion_that_decided_is_named() -> None:
    both = {"I1": TRUE, "I2": FALSE, "I2.1": FALSE, "I2.2": FALSE, "E1": TRUE}
    assert failing(both) == {"I2.1": (1, 0), "I2.2": (1, 0)}


def test_an_alternative_that_failed_without_deciding_is_not_named() -> None:
    assert failing({"I1": FALSE, "I2": TRUE, "I2.1": FALSE, "I2.2": TRUE}) == {"I1": (1, 0)}


def test_unknown_criteria_count_only_where_they_kept_somebody_out() -> None:
    assert failing({"I1": UNKNOWN, "E1": FALSE}) == {"E1": (1, 0)}
    assert failing({"I1": UNKNOWN, "E1": TRUE}) == {"I1": (0, 1)}


def test_alternatives_of_the_whole_count_together() -> None:
    def one(code: str) -> Criterion:
        return Criterion(id=code, kind="inclusion", text=code, status=Read.JUDGEMENT)

    combined = Criteria(
        all=(one("I1"), one("I3"), one("I4")), root=read_combination("(I1 and I3) or I4")
    )
    protocol = replace(small_trial.nk_protocol(), criteria=combined)
    met = {"I1": TRUE, "I3": TRUE, "I4": FALSE}
    assert failing(met, protocol) == {}
    missed = {"I1": TRUE, "I3": FALSE, "I4": FALSE}
    assert failing(missed, protocol) == {"I3": (1, 0), "I4": (1, 0)}


def test_a_criterion_of_an_older_protocol_is_still_named() -> None:
    assert failing({"I9": FALSE}) == {"I9": (1, 0)}


# --- endings ---------------------------------------------------------------------------------


def course(*events: tuple[ev.Event, int]) -> ev.Event | object:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "flu", 45, "mg", day(-6), day=-6)
    for event, at in events:
        book.add(event, day(at))
    return cutoff_at(small_trial.nk_protocol(), book.entries()).state.participants[P]


def withdrew(reason: ev.Reason) -> ev.Event:
    return ev.WithdrewFromStudy(participant=P, reason=reason)


def test_how_courses_end() -> None:
    assert ending(course()).status is Status.ONGOING  # type: ignore[arg-type]
    done = ending(course((ev.ParticipantCompleted(participant=P), 60)))  # type: ignore[arg-type]
    assert done.status is Status.COMPLETED
    lost = ending(course((ev.LostToFollowUp(participant=P, last_contact=moment(day(9))), 30)))  # type: ignore[arg-type]
    assert (lost.reason, lost.at) == (ev.Reason.LOST_TO_FOLLOW_UP, moment(day(9)))
    for reason in ev.Reason:
        assert ending(course((withdrew(reason), 5))).reason is reason  # type: ignore[arg-type]


def test_leaving_because_no_product_could_be_made_is_marked() -> None:
    failed = ev.ProductFailed(participant=P, item="nk", reason="expansion failed")
    left = ending(course((failed, -8), (withdrew(ev.Reason.OTHER), -7)))  # type: ignore[arg-type]
    assert left.no_product
    assert not ending(course((withdrew(ev.Reason.OTHER), -7))).no_product  # type: ignore[arg-type]


def test_a_death_is_found_however_it_is_told() -> None:
    assert death(course()) is None  # type: ignore[arg-type]
    told = death(course((withdrew(ev.Reason.DEATH), 8)))  # type: ignore[arg-type]
    assert told is not None and told.at == moment(day(8))
    book = Book()
    book.register(P, day(-20))
    book.harm(P, "Sepsis", "Infections and infestations", 5, day(4), related=True)
    who = cutoff_at(small_trial.nk_protocol(), book.entries()).state.participants[P]
    by_event = death(who)
    assert by_event is not None and by_event.cause == "Sepsis" and by_event.related


def test_last_known_alive_is_the_last_thing_that_shows_it() -> None:
    who = course((ev.LostToFollowUp(participant=P, last_contact=moment(day(3))), 30))
    at, found = last_known_alive(who)  # type: ignore[arg-type]
    assert at == moment(day(3)) and found.participant == P


# --- the clock -------------------------------------------------------------------------------


def test_days_are_by_the_clock_where_times_are_known() -> None:
    start = Moment("2026-03-28T23:00+01:00")
    assert days_from(start, Moment("2026-03-29T23:00+02:00")) == Decimal(23) / 24  # summer time
    assert days_from(start, Moment("2026-03-29")) == 1
    assert hours_from(start, Moment("2026-03-29")) is None


def exposed() -> tuple[object, list[Found]]:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "flu", 40, "mg", day(-2, 4), day=-2, planned=50, minutes=30)
    book.product(P, "P1", "15000000", "700000", day(-1))
    book.product(P, "P2", "20000000", "900000", day(-1))
    book.give(P, "nk", "15000000", "{cells}/kg", day(0), product="P1")
    book.give(P, "nk", "20000000", "{cells}/kg", day(1), day=1, product="P2")
    cutoff = cutoff_at(small_trial.nk_protocol(), book.entries())
    who = cutoff.state.participants[P]
    assert who.enrolled is not None
    return cutoff, [Found(P, who.enrolled.entries)]


def test_gaps_are_hours_from_the_actual_end() -> None:
    cutoff, people = exposed()
    (gap,) = small_trial.nk_protocol().gaps
    found = gap_exposure(cutoff, people, gap)  # type: ignore[arg-type]
    # Fludarabine ended on day -2 at 14:30, the first infusion began on day 0 at 10:00.
    assert found.hours.median.value is not None
    assert found.hours.median.value.value == Fraction("43.5")
    assert found.short.value == 1


def test_amounts_are_shares_of_what_was_planned_for_what_was_given() -> None:
    cutoff, people = exposed()
    item = small_trial.nk_protocol().item("flu")
    found = item_exposure(cutoff, people, item)  # type: ignore[arg-type]
    assert found.administrations.value == 1 and found.received.value == 1
    assert found.share.median.value is not None
    assert found.share.median.value.value == 80


def test_cells_add_up_over_infusions() -> None:
    cutoff, people = exposed()
    found = cell_exposure(cutoff, people)  # type: ignore[arg-type]
    total, cd3 = found.nk_total.median.value, found.cd3_total.median.value
    assert total is not None and total.value == 35_000_000
    assert cd3 is not None and cd3.value == 1_600_000
    assert {number: count.value for number, count in found.infusions} == {0: 0, 1: 0, 2: 1, 3: 0}


def test_cd3_of_somebody_with_an_uncounted_container_is_not_known() -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "nk", "15000000", "{cells}/kg", day(0))
    cutoff = cutoff_at(small_trial.nk_protocol(), book.entries())
    found = cell_exposure(cutoff, [Found(P, (1,))])
    assert found.cd3_total.median.value is None and found.cd3_total.missing.value == 1


@pytest.mark.parametrize("zero", [True, False])
def test_study_days_before_and_without_the_first_infusion(zero: bool) -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "flu", 45, "mg", day(-6), day=-6)
    if zero:
        book.give(P, "nk", "15000000", "{cells}/kg", day(1))  # a day late
    cutoff = cutoff_at(small_trial.nk_protocol(), book.entries())
    who = cutoff.state.participants[P]
    assert cutoff.study_date(who, moment(day(7))) == (6 if zero else 7)
    assert cutoff.study_date(who, moment(day(-6))) == (-7 if zero else -6)
