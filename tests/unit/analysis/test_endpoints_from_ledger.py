"""Response, kinetics, survival and spreads, on participants made by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import small_trial
from support.small_trial import DAY_ZERO, Book, moment
from trialrun.analysis.cutoff import Cutoff, cutoff_at
from trialrun.analysis.estimate import Found, Method, count, share
from trialrun.analysis.kinetics import kinetics, participant_kinetics, quantified_levels
from trialrun.analysis.nk_samples import nk_samples
from trialrun.analysis.response import responded
from trialrun.analysis.sets import SetName, derive_sets
from trialrun.analysis.spread import Limited, Measured, spread
from trialrun.analysis.survival_time import survival
from trialrun.assess.kinetics import Below, NotEvaluable, Quantified, Status
from trialrun.ledger import events as ev
from trialrun.protocol.model import Measure
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth

P = "SIM-001"


def day(number: float, hour: int = 0) -> datetime:
    return DAY_ZERO + timedelta(days=number, hours=hour)


def treated(*, blasts: str = "30", mrd: str | None = None) -> Book:
    book = Book()
    book.register(P, day(-20))
    book.consent(P, day(-20, 1))
    book.fact(P, "marrow_blasts", blasts, "%", day(-15))
    if mrd is not None:
        book.fact(P, "mrd_level", mrd, "%", day(-15))
    book.decide(P, {"I1": Truth.TRUE}, day(-12))
    book.enrol(P, day(-10))
    book.give(P, "flu", 45, "mg", day(-6), day=-6)
    for number in range(3):
        book.give(P, "nk", 15000000, "{cells}/kg", day(number), day=number)
    return book


def cut(book: Book, at: int = 300) -> Cutoff:
    protocol = small_trial.nk_protocol()
    read = cutoff_at(protocol, book.entries())
    return Cutoff(protocol=protocol, state=read.state, at=moment(day(at)))


def answer(book: Book, measure: Measure = Measure.RESPONSE, at: int = 300) -> tuple[bool, str]:
    cutoff = cut(book, at)
    outcome = next(one for one in cutoff.protocol.outcomes if one.measure is measure)
    found = responded(cutoff, outcome, Found(P, ()))
    return found.achieved, found.category if found.achieved else found.reason


# --- response --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "achieved"),
    [("CR", True), ("CRh", True), ("CRi", True), ("MLFS", False), ("PR", False), ("NR", False)],
)
def test_remission_is_cr_crh_and_cri(category: str, achieved: bool) -> None:
    book = treated()
    book.respond(P, category, "positive", day(28))
    assert answer(book) == (achieved, category if achieved else "assessed")


def test_the_best_assessment_in_the_window_counts() -> None:
    book = treated()
    book.respond(P, "NR", "positive", day(14), day=14)
    book.respond(P, "CRi", "positive", day(31))
    assert answer(book) == (True, "CRi")


def test_an_assessment_after_the_window_does_not_count() -> None:
    book = treated()
    book.respond(P, "CR", "negative", day(32), day=42)
    assert answer(book) == (False, "not_assessed")


def test_an_assessment_planned_for_the_day_counts_when_it_was_late() -> None:
    book = treated()
    book.respond(P, "CR", "negative", day(33), day=28)
    assert answer(book) == (True, "CR")


def test_a_remission_after_another_therapy_is_not_the_treatment_s() -> None:
    book = treated()
    therapy = ev.SubsequentTherapyStarted(
        participant=P, therapy="azacitidine", started_at=moment(day(20))
    )
    book.add(therapy, day(20))
    book.respond(P, "CR", "negative", day(28))
    assert answer(book) == (False, "other_therapy")


def test_early_death_and_a_missing_marrow_are_no_response() -> None:
    book = treated()
    assert answer(book) == (False, "not_assessed")
    book.die(P, day(10))
    assert answer(book) == (False, "died")


def test_who_is_not_yet_due_is_pending() -> None:
    book = treated()
    assert answer(book, at=28) == (False, "not_yet")
    assert answer(book, at=29) == (False, "not_assessed")


def test_an_assessment_before_treatment_is_no_response() -> None:
    book = treated()
    book.respond(P, "CR", "negative", day(-8), day=-8)
    assert answer(book)[0] is False


@pytest.mark.parametrize(
    ("category", "mrd", "result"),
    [
        ("CR", "negative", (True, "CR")),
        ("NE", "negative", (True, "NE")),
        ("NR", "negative", (False, "assessed")),
        ("CR", "positive", (False, "assessed")),
        ("CR", "not evaluated", (False, "not_assessed")),
    ],
)
def test_conversion_of_residual_disease(category: str, mrd: str, result: tuple[bool, str]) -> None:
    book = treated(blasts="2", mrd="1")
    book.respond(P, category, mrd, day(28))
    assert answer(book, Measure.MRD_CONVERSION) == result


# --- kinetics --------------------------------------------------------------------------------


def test_levels_come_from_three_factors_and_the_day_s_lymphocytes() -> None:
    book = treated()
    book.fact(P, "alc", "0.4", "10*9/L", day(7, -2))
    book.fact(P, "alc", "9", "10*9/L", day(8))
    book.fact(P, "nk_share_of_lymphocytes", "50", "%", day(7))
    book.fact(P, "donor_chimerism", "20", "%", day(7))
    cutoff = cut(book)
    (sample,) = nk_samples(cutoff, cutoff.state.participants[P])
    assert sample.level == Quantified(Decimal(40)) and sample.sample.day == 7
    assert len(sample.entries) == 3


def test_chimerism_below_its_limit_gives_that_sample_s_own_limit() -> None:
    book = treated()
    book.fact(P, "alc", "0.4", "10*9/L", day(7))
    book.fact(P, "nk_share_of_lymphocytes", "50", "%", day(7))
    book.fact(P, "donor_chimerism", "2", "%", day(7), "<")
    cutoff = cut(book)
    (sample,) = nk_samples(cutoff, cutoff.state.participants[P])
    assert sample.level == Below(Decimal(4))


def test_a_sample_without_lymphocytes_is_not_evaluable_never_zero() -> None:
    book = treated()
    book.fact(P, "nk_share_of_lymphocytes", "50", "%", day(7))
    book.fact(P, "donor_chimerism", "20", "%", day(7))
    book.fact(P, "donor_nk_count", "0", "/uL", day(9))
    cutoff = cut(book)
    samples = nk_samples(cutoff, cutoff.state.participants[P])
    assert all(isinstance(one.level, NotEvaluable) for one in samples)
    left = derive_sets(cutoff)[SetName.EVALUABLE_KINETICS].left_out
    assert [one.reason for one in left] == ["no_evaluable_sample"]


def levels(book: Book, *points: tuple[float, str, str]) -> None:
    for at, value, comparator in points:
        book.fact(P, "donor_nk_count", value, "/uL", day(at), comparator)


def test_recovery_is_kept_apart_from_the_peak() -> None:
    book = treated()
    levels(book, (2 + 2 / 24, "900", ""), (7, "50", ""), (14, "20", ""))
    cutoff = cut(book)
    found = participant_kinetics(cutoff, cutoff.state.participants[P])
    assert found.peak.level == 50 and found.peak.day == 7
    assert [point[1] for point in quantified_levels(found)] == [50, 20]
    group = kinetics(cutoff, [Found(P, ())])
    assert group.recovery.median.value == Limited(Fraction(900))


def test_persistence_is_an_interval_and_ends_at_another_therapy() -> None:
    book = treated()
    levels(book, (7, "50", ""), (14, "2", ""), (21, "0.5", "<"))
    cutoff = cut(book)
    found = participant_kinetics(cutoff, cutoff.state.participants[P])
    assert (found.persistence.last_found, found.persistence.first_lost) == (14, 21)
    therapy = ev.SubsequentTherapyStarted(participant=P, therapy="HSCT", started_at=moment(day(15)))
    book.add(therapy, day(15))
    cutoff = cut(book)
    ended = participant_kinetics(cutoff, cutoff.state.participants[P])
    assert ended.persistence.first_lost is None and ended.persistence.censored_by == "HSCT"


def test_a_participant_never_quantified_ranks_below_every_number() -> None:
    book = treated()
    levels(book, (7, "0.5", "<"), (14, "0.4", "<"))
    cutoff = cut(book)
    group = kinetics(cutoff, [Found(P, ())])
    assert group.participants[0].peak.status is Status.NEVER_QUANTIFIED
    assert group.peak.median.value == Limited(Fraction(1, 2), below=True)
    assert group.quantified.value == 0


@pytest.mark.parametrize(("last", "whole"), [(28.0, True), (27.2, True), (26.9, False)])
def test_the_area_reaches_day_28_or_the_sample_that_was_planned_for_it(
    last: float, whole: bool
) -> None:
    book = treated()
    levels(book, (7, "50", ""), (last, "10", ""))
    cutoff = cut(book)
    found = participant_kinetics(cutoff, cutoff.state.participants[P])
    assert (found.whole_area is not None) is whole


# --- survival --------------------------------------------------------------------------------


def test_survival_counts_from_the_first_administration_and_a_transplant_does_not_censor() -> None:
    book = treated()
    transplant = ev.SubsequentTherapyStarted(
        participant=P, therapy="HSCT", started_at=moment(day(30))
    )
    book.add(transplant, day(30))
    book.die(P, day(94))
    cutoff = cut(book)
    found = survival(cutoff, derive_sets(cutoff)[SetName.STARTED].members)
    assert [(one.days, one.died) for one in found.participants] == [(100, True)]
    assert found.median.value.time == 100


def test_who_is_alive_is_censored_on_the_last_day_that_shows_it() -> None:
    book = treated()
    book.fact(P, "weight", "70", "kg", day(44))
    cutoff = cut(book, at=999)
    found = survival(cutoff, derive_sets(cutoff)[SetName.STARTED].members)
    assert [(one.days, one.died, one.ongoing) for one in found.participants] == [(50, False, True)]
    assert found.median.value.time is None
    assert [day for day, _ in found.landmarks] == [28]


def test_survival_of_nobody_is_not_estimable() -> None:
    cutoff = cut(Book())
    found = survival(cutoff, ())
    assert found.median.value.time is None and found.follow_up.value is None
    assert found.curve.value.n == 0


# --- shares and spreads ----------------------------------------------------------------------


def found(*codes: str) -> list[Found]:
    return [Found(code, (place + 1,)) for place, code in enumerate(codes)]


def test_somebody_found_twice_counts_once_and_keeps_both_entries() -> None:
    counted = count([Found("A", (3,)), Found("A", (1,)), Found("B", (2,))], Method("enrolled"))
    assert counted.value == 2 and counted.entries == (1, 2, 3)


def test_a_share_counts_only_those_in_its_denominator() -> None:
    part = share(found("A", "X"), found("A", "B", "C"), Method("affected"))
    assert (part.events.value, part.among.value) == (1, 3)
    assert part.part.value == Fraction(1, 3)
    ten = share(found("A"), found(*"ABCDEFGHIJ"), Method("affected")).limits.value
    assert ten.lower is not None and ten.upper is not None
    assert (round(ten.lower, 4), round(ten.upper, 4)) == (Decimal("0.0025"), Decimal("0.4450"))
    nobody = share([], [], Method("affected"))
    assert nobody.part.value is None and nobody.limits.value.upper is None


@given(st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=9))
def test_the_median_is_of_the_middle_and_below_a_limit_ranks_lowest(
    values: list[tuple[int, bool]],
) -> None:
    measured = [
        Measured(Found(f"P{n}", (n,)), Fraction(value), below)
        for n, (value, below) in enumerate(values)
    ]
    got = spread(measured, [one.found for one in measured], Method("baseline_value"))
    plain = sorted((value for value, below in values if not below))
    low = sum(below for _, below in values)
    ranked: list[int | None] = [None] * low + list(plain)
    if not ranked:
        assert got.median.value is None
        return
    middle = ranked[(len(ranked) - 1) // 2 : len(ranked) // 2 + 1]
    assert got.median.value is not None
    if None in middle:
        assert got.median.value.below
    else:
        assert got.median.value == Limited(
            Fraction(sum(m for m in middle if m is not None), len(middle))
        )
    assert got.greatest.value is not None and got.greatest.value.below is (not plain)


def test_a_date_without_a_time_on_the_first_day_is_before_treatment() -> None:
    book = Book()
    book.register(P, day(-20))
    book.enrol(P, day(-10))
    book.give(P, "flu", 45, "mg", day(-6), day=-6)
    fact = small_trial.Fact(
        id="w", variable="weight", value="70", unit="kg", at=Moment(f"{day(-6):%Y-%m-%d}")
    )
    book.add(ev.FactRecorded(participant=P, fact=fact), day(-6))
    book.fact(P, "weight", "60", "kg", day(-6, 1))
    from trialrun.analysis.baseline_value import baseline_fact

    cutoff = cut(book)
    kept = baseline_fact(cutoff, cutoff.state.participants[P], "weight")
    assert kept is not None and kept.event.fact.value == "70"
