"""What is rare in a trial and must still be right: late worsening, odd units, absent rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from support import small_trial
from support.small_trial import DAY_ZERO, Book
from trialrun.analysis.baseline import Number, characteristic
from trialrun.analysis.baseline_value import baseline_fact, canonical
from trialrun.analysis.cutoff import Cutoff, cutoff_at
from trialrun.analysis.dose_limiting import Standing, window
from trialrun.analysis.estimate import Found
from trialrun.analysis.exposure import cell_exposure, gap_exposure
from trialrun.analysis.flow import screening
from trialrun.analysis.group import members, planned_groups
from trialrun.analysis.harms import emergent, harms, worst_grade
from trialrun.analysis.kinetics import kinetics
from trialrun.analysis.nk_samples import nk_samples
from trialrun.analysis.sets import SetName, derive_sets
from trialrun.analysis.survival_time import survival
from trialrun.assess.kinetics import Quantified
from trialrun.ledger import events as ev
from trialrun.protocol.model import Protocol
from trialrun.results.analysed import analyse
from trialrun.values.moment import Moment

P = "SIM-001"


def day(number: float, hour: int = 0) -> datetime:
    return DAY_ZERO + timedelta(days=number, hours=hour)


def started(protocol: Protocol | None = None, *, doses: int = 1) -> Book:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    for number in range(doses):
        book.give(P, "flu", 45, "mg", day(-6 + number), day=-6 + number)
    return book


def cut(book: Book, protocol: Protocol | None = None) -> Cutoff:
    return cutoff_at(protocol or small_trial.nk_protocol(), book.entries())


# --- adverse events --------------------------------------------------------------------------


def event(book: Book, at: float, grade: int) -> str:
    return book.harm(P, "Fever", "General disorders", grade, day(at))


def change(book: Book, name: str, grade: int, at: float) -> None:
    book.add(ev.AdverseEventChanged(id=name, participant=P, grade=grade), day(at))


def counted(book: Book) -> tuple[bool, int]:
    cutoff = cut(book)
    who = cutoff.state.participants[P]
    (kept,) = who.adverse_events.values()
    return emergent(cutoff, who, kept), worst_grade(cutoff, kept)


def test_an_event_from_before_that_did_not_get_worse_is_not_the_treatment_s() -> None:
    book = started()
    name = event(book, -9, 3)
    change(book, name, 1, 5)
    assert counted(book) == (False, 3)


def test_an_event_from_before_that_got_worse_is() -> None:
    book = started()
    name = event(book, -9, 2)
    change(book, name, 3, 5)
    assert counted(book) == (True, 3)


def test_a_worsening_that_happened_before_treatment_and_was_recorded_late_is_not() -> None:
    book = started()
    name = event(book, -9, 2)
    change(book, name, 3, -8)
    assert counted(book) == (False, 3)


def test_a_return_to_the_grade_of_before_is_no_worsening() -> None:
    book = started()
    name = event(book, -9, 3)
    change(book, name, 1, 2)
    change(book, name, 3, 5)
    assert counted(book) == (False, 3)


def test_a_grade_that_was_typed_wrongly_was_never_there() -> None:
    book = started()
    name = event(book, 3, 4)
    fixed = ev.Corrected(
        target=name, participant=P, reason="typed wrongly",
        changes=(ev.FieldChange("grade", "4", "2"),),
    )  # fmt: skip
    book.add(fixed, day(4))
    assert counted(book) == (True, 2)
    change(book, name, 1, 6)
    assert counted(book) == (True, 2)


def test_an_onset_on_the_day_of_the_first_dose_without_an_hour_counts() -> None:
    book = started()
    book.add(
        ev.AdverseEventReported(
            id="e", participant=P, term="Fever", soc="General disorders", grade=1,
            terminology="CTCAE 5.0", onset=Moment(f"{day(-6):%Y-%m-%d}"), serious=False,
            outcome="recovered",
        ),
        day(-6),
    )  # fmt: skip
    assert counted(book) == (True, 1)


def test_events_of_somebody_never_treated_are_before_treatment() -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    event(book, 2, 3)
    assert counted(book)[0] is False
    cutoff = cut(book)
    found = harms(cutoff, [Found(P, (1,))])
    assert found.before_treatment.value == 1 and not found.harms


# --- rules that a protocol may lack ----------------------------------------------------------


def without_safety() -> Protocol:
    return replace(small_trial.nk_protocol(), safety=None)


@pytest.mark.parametrize(("ends", "standing"), [(False, Standing.PENDING), (True, Standing.FREE)])
def test_a_protocol_without_a_window_watches_to_the_end(ends: bool, standing: Standing) -> None:
    book = started()
    if ends:
        book.add(ev.ParticipantCompleted(participant=P), day(60))
    cutoff = cut(book, without_safety())
    own = window(cutoff, cutoff.state.participants[P])
    assert own is not None and own.standing is standing and own.closes is None


def test_somebody_who_got_only_what_opens_no_window_is_named() -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "cy", 1000, "mg", day(-4), day=-4)
    left = derive_sets(cut(book))[SetName.EVALUABLE_DLT].left_out
    assert [one.reason for one in left] == ["window_not_opened"]


def test_stopping_everything_before_the_infusion_leaves_the_window_unfinished() -> None:
    book = started()
    book.add(
        ev.InterventionDiscontinued(
            participant=P, intervention=None, reason=ev.Reason.PHYSICIAN_DECISION
        ),
        day(-4),
    )
    cutoff = cut(book)
    own = window(cutoff, cutoff.state.participants[P])
    assert own is not None and own.standing is Standing.NOT_EVALUABLE


def test_a_protocol_without_arms_has_one_group_of_everybody() -> None:
    protocol = replace(small_trial.nk_protocol(), arms=())
    (group,) = planned_groups(protocol)
    cutoff = cut(started(), protocol)
    assert members(cutoff, group, [Found(P, (1,))]) == (Found(P, (1,)),)
    assert analyse(cutoff).whole.course.enrolled.value == 1
    assert cutoff.planned_infusions == 3


def test_who_died_in_screening_without_an_end_of_it_is_not_still_screened() -> None:
    book = Book()
    book.register(P, day(-20))
    book.die(P, day(-18))
    found = screening(cut(book))
    assert dict(found.ended)[ev.ScreeningEnd.DIED].value == 1
    assert found.in_screening.value == 0


# --- units and times -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "value", "unit", "comparator", "number"),
    [
        ("weight", "150", "[lb_av]", "", Fraction("68.0388555")),
        ("creatinine", "88.4", "umol/L", "", Fraction(1)),
        ("ecog", "2", "{score}", "", Fraction(2)),
        ("age", "600", "mo", "", Fraction(50)),
        ("age", "20000", "d", "", None),  # years of different length are no number of days
        ("marrow_blasts", "5", "%", "<", None),
    ],
)
def test_values_are_compared_in_their_variable_s_unit(
    variable: str, value: str, unit: str, comparator: str, number: Fraction | None
) -> None:
    book = started()
    book.fact(P, variable, value, unit, day(-8), comparator)
    cutoff = cut(book)
    kept = baseline_fact(cutoff, cutoff.state.participants[P], variable)
    assert kept is not None
    read = canonical(kept)
    assert read == number or (read is not None and number is not None and abs(read - number) < 1)


def test_a_value_that_is_no_number_is_missing() -> None:
    book = started()
    book.fact(P, "marrow_blasts", "5", "%", day(-8), "<")
    found = characteristic(cut(book), [Found(P, (1,))], "marrow_blasts")
    assert isinstance(found, Number)
    assert found.spread.missing.value == 1 and found.spread.median.value is None


def test_a_gap_without_a_time_of_day_is_not_known() -> None:
    book = started()
    for item, at in (("flu", -2), ("nk", 0)):
        on = Moment(f"{day(at):%Y-%m-%d}")
        book.add(
            ev.AdministrationGiven(
                id=f"{item}-x", participant=P, item=item, intervention=item, ordinal=1,
                planned_day=at, planned_amount=None, planned_unit=None, working="",
                amount=Decimal(45), unit="mg" if item == "flu" else "{cells}/kg", started_at=on,
                ended_at=on,
            ),
            day(at),
        )  # fmt: skip
    cutoff = cut(book)
    (gap,) = cutoff.protocol.gaps
    found = gap_exposure(cutoff, [Found(P, (1,))], gap)
    assert (found.unknown.value, found.short.value, found.hours.n.value) == (1, 0, 0)


def test_cells_that_were_given_as_a_number_are_read_from_the_container() -> None:
    book = started()
    book.product(P, "bag", "12000000", "50000", day(-1))
    book.give(P, "nk", "900000000", "{cells}", day(0), product="bag")
    found = cell_exposure(cut(book), [Found(P, (1,))])
    assert found.nk_total.median.value is not None
    assert found.nk_total.median.value.value == 12_000_000


def test_counted_nk_cells_and_chimerism_make_a_level() -> None:
    book = started()
    book.give(P, "nk", "15000000", "{cells}/kg", day(0))
    book.fact(P, "nk_count", "200", "/uL", day(7))
    book.fact(P, "donor_chimerism", "25", "%", day(7))
    cutoff = cut(book)
    (sample,) = nk_samples(cutoff, cutoff.state.participants[P])
    assert sample.level == Quantified(Decimal(50))


def test_kinetics_of_nobody_are_not_estimable() -> None:
    found = kinetics(cut(started()), ())
    assert found.peak.median.value is None and found.persistence.value.n == 0


def test_hours_that_equal_the_least_are_enough() -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "flu", 45, "mg", day(-2, -1), day=-2, minutes=60)
    book.give(P, "nk", "15000000", "{cells}/kg", day(0))
    cutoff = cut(book)
    (gap,) = cutoff.protocol.gaps
    found = gap_exposure(cutoff, [Found(P, (1,))], gap)
    assert found.hours.median.value is not None and found.hours.median.value.value == 48
    assert found.short.value == 0


def test_a_death_on_the_first_day_is_day_zero() -> None:
    book = started()
    book.die(P, day(-6, 5))
    cutoff = cut(book)
    found = survival(cutoff, derive_sets(cutoff)[SetName.STARTED].members)
    assert [one.days for one in found.participants] == [0]
