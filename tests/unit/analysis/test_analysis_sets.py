"""Analysis sets, each by its stated definition, on trials made by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from support import small_trial
from support.small_trial import DAY_ZERO, Book, moment
from trialrun.analysis.cutoff import Cutoff, cutoff_at
from trialrun.analysis.disease import Disease, at_least, disease_before
from trialrun.analysis.dose_limiting import Standing, window
from trialrun.analysis.sets import SetName, Sets, derive_sets, set_named
from trialrun.errors import LedgerError, ProtocolError
from trialrun.ledger import events as ev
from trialrun.protocol.model import Measure
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

P = "SIM-001"


def day(number: int, hour: int = 0) -> datetime:
    return DAY_ZERO + timedelta(days=number, hours=hour)


def enrolled(
    book: Book, code: str = P, *, blasts: str | None = "30", mrd: str | None = None
) -> None:
    book.register(code, day(-20))
    book.consent(code, day(-20, 1))
    if blasts is not None:
        book.fact(code, "marrow_blasts", blasts, "%", day(-15))
    if mrd is not None:
        book.fact(code, "mrd_level", mrd, "%", day(-15))
    book.decide(code, {"I1": Truth.TRUE}, day(-12))
    book.enrol(code, day(-10))


def dosed(book: Book, code: str = P, *, infusions: int = 3) -> None:
    book.give(code, "flu", 45, "mg", day(-6), day=-6)
    for number in range(infusions):
        book.give(code, "nk", 15000000, "{cells}/kg", day(number), day=number)


def cut(book: Book, *, at: int = 300) -> tuple[Cutoff, Sets]:
    protocol = small_trial.nk_protocol()
    cutoff = cutoff_at(protocol, book.entries())
    cutoff = Cutoff(protocol=protocol, state=cutoff.state, at=moment(day(at)))
    return cutoff, derive_sets(cutoff)


def test_each_step_of_a_life_is_a_set_of_its_own() -> None:
    book = Book()
    for number, code in enumerate(("SIM-001", "SIM-002", "SIM-003", "SIM-004", "SIM-005")):
        book.register(code, day(-20))
        if number > 0:
            book.consent(code, day(-19))
        if number > 1:
            book.decide(code, {"I1": Truth.TRUE}, day(-12))
            book.enrol(code, day(-10))
        if number > 2:
            book.give(code, "flu", 45, "mg", day(-6), day=-6)
        if number > 3:
            book.give(code, "nk", 15000000, "{cells}/kg", day(0))
    _, sets = cut(book)
    sizes = {name: one.size.value for name, one in sets.items()}
    assert sizes[SetName.REGISTERED] == 5
    assert sizes[SetName.CONSENTED] == 4
    assert sizes[SetName.ELIGIBLE] == sizes[SetName.ENROLLED] == 3
    assert sizes[SetName.STARTED] == 2
    assert sizes[SetName.INFUSED] == 1


def test_members_carry_the_entries_that_make_them_members() -> None:
    book = Book()
    enrolled(book)
    _, sets = cut(book)
    (member,) = sets[SetName.ENROLLED].members
    events = [event for event, _ in book.lines]
    assert isinstance(events[member.entries[0] - 1], ev.ParticipantEnrolled)
    assert sets[SetName.ENROLLED].size.entries == member.entries


def test_a_donor_s_consent_is_nobody_s_screening() -> None:
    book = Book()
    book.register(P, day(-20))
    book.add(
        ev.ConsentGiven(
            id="d", participant=P, subject="donor", donor="D-1", form_version="1", language="en",
            explained_by="X", given_at=moment(day(-20)), copy_given=True,
        ),
        day(-20),
    )  # fmt: skip
    _, sets = cut(book)
    assert sets[SetName.CONSENTED].size.value == 0


@pytest.mark.parametrize(
    ("blasts", "mrd", "disease"),
    [
        ("5", None, Disease.MORPHOLOGICAL),
        ("4.9", "0.1", Disease.MRD_POSITIVE),
        ("4.9", "0.09", Disease.MRD_NEGATIVE),
        ("4.9", None, Disease.NOT_KNOWN),
        (None, "2", Disease.NOT_KNOWN),
    ],
)
def test_disease_before_treatment(blasts: str | None, mrd: str | None, disease: Disease) -> None:
    book = Book()
    enrolled(book, blasts=blasts, mrd=mrd)
    dosed(book)
    cutoff, sets = cut(book)
    assert disease_before(cutoff, cutoff.state.participants[P]).disease is disease
    assert (P in sets[SetName.EVALUABLE_RESPONSE].codes) is (disease is Disease.MORPHOLOGICAL)
    assert (P in sets[SetName.EVALUABLE_MRD].codes) is (disease is Disease.MRD_POSITIVE)


def test_disease_is_judged_on_the_last_marrow_before_treatment() -> None:
    book = Book()
    enrolled(book, blasts="30")
    book.fact(P, "marrow_blasts", "3", "%", day(-7))
    book.fact(P, "mrd_level", "1", "%", day(-7))
    dosed(book)
    book.fact(P, "marrow_blasts", "60", "%", day(28))
    cutoff, _ = cut(book)
    assert disease_before(cutoff, cutoff.state.participants[P]).disease is Disease.MRD_POSITIVE


def test_disease_outside_the_marrow_is_morphological() -> None:
    book = Book()
    enrolled(book, blasts="1")
    book.fact(P, "extramedullary_disease", "true", None, day(-8))
    cutoff, _ = cut(book)
    assert disease_before(cutoff, cutoff.state.participants[P]).disease is Disease.MORPHOLOGICAL


@pytest.mark.parametrize(
    ("comparator", "value", "answer"),
    [
        ("", "5", Truth.TRUE), ("", "4.99", Truth.FALSE), ("<", "5", Truth.FALSE),
        ("<", "6", Truth.UNKNOWN), ("<=", "5", Truth.UNKNOWN), ("<=", "4", Truth.FALSE),
        (">", "5", Truth.TRUE), (">", "4", Truth.UNKNOWN), (">=", "5", Truth.TRUE),
    ],
)  # fmt: skip
def test_an_interval_may_leave_a_limit_open(comparator: str, value: str, answer: Truth) -> None:
    fact = Fact(id="f", variable="marrow_blasts", value=value, unit="%", comparator=comparator,
                at=Moment("2026-01-01"))  # fmt: skip
    assert at_least(fact, small_trial.Decimal(5)) is answer


# --- the dose-limiting window ----------------------------------------------------------------


def standing(book: Book, *, at: int = 300) -> tuple[Standing | None, bool]:
    cutoff, sets = cut(book, at=at)
    own = window(cutoff, cutoff.state.participants[P])
    return (own.standing if own else None), P in sets[SetName.EVALUABLE_DLT].codes


def test_a_window_that_was_followed_to_its_end_is_evaluable() -> None:
    book = Book()
    enrolled(book)
    dosed(book)
    assert standing(book) == (Standing.FREE, True)


def test_a_window_that_is_open_at_the_cut_off_is_pending_and_not_counted() -> None:
    book = Book()
    enrolled(book)
    dosed(book)
    # The last infusion is on day 2, so the window closes on day 30.
    assert standing(book, at=29) == (Standing.PENDING, False)
    assert standing(book, at=30) == (Standing.FREE, True)


def test_a_window_whose_last_infusion_is_still_due_is_pending() -> None:
    book = Book()
    enrolled(book)
    dosed(book, infusions=1)
    assert standing(book)[0] is Standing.PENDING


def test_a_withheld_infusion_closes_the_window_from_the_last_one_given() -> None:
    book = Book()
    enrolled(book)
    dosed(book, infusions=1)
    stop = ev.InterventionDiscontinued(
        participant=P, intervention="nk", reason=ev.Reason.ADVERSE_EVENT
    )
    book.add(stop, day(1))
    assert standing(book, at=27) == (Standing.PENDING, False)
    assert standing(book, at=28) == (Standing.FREE, True)


def test_death_in_the_window_without_an_event_is_not_evaluable() -> None:
    book = Book()
    enrolled(book)
    dosed(book)
    book.die(P, day(20))
    assert standing(book) == (Standing.NOT_EVALUABLE, False)


def test_somebody_never_infused_has_no_window_to_complete() -> None:
    book = Book()
    enrolled(book)
    dosed(book, infusions=0)
    book.die(P, day(-3))
    assert standing(book) == (Standing.NOT_EVALUABLE, False)


def test_a_dose_limiting_event_in_the_window_counts_whatever_follows() -> None:
    book = Book()
    enrolled(book)
    dosed(book)
    book.harm(P, "Fever", "General disorders", 4, day(12), limiting=True)
    book.die(P, day(13))
    assert standing(book) == (Standing.LIMITED, True)


def test_a_dose_limiting_event_after_the_window_is_none_of_it() -> None:
    book = Book()
    enrolled(book)
    dosed(book)
    book.harm(P, "Fever", "General disorders", 4, day(31), limiting=True)
    assert standing(book) == (Standing.FREE, True)


def test_the_window_opens_with_the_first_fludarabine() -> None:
    book = Book()
    enrolled(book)
    assert standing(book) == (None, False)
    book.harm(P, "Fever", "General disorders", 4, day(-7), limiting=True)
    dosed(book)
    assert standing(book)[0] is Standing.FREE


# --- names and errors ------------------------------------------------------------------------


def test_names_under_which_protocols_state_populations() -> None:
    assert set_named("evaluable-dose-limiting") is SetName.EVALUABLE_DLT
    assert set_named("Treated") is set_named("safety") is set_named("started") is SetName.STARTED
    assert set_named("screened") is SetName.CONSENTED
    with pytest.raises(ProtocolError, match="'everyone' is no analysis set") as caught:
        set_named("everyone")
    assert "evaluable-kinetics" in caught.value.remedy


def test_sets_follow_the_protocol_s_outcomes() -> None:
    protocol = small_trial.nk_protocol(outcomes=[Measure.SURVIVAL])
    book = Book()
    enrolled(book)
    sets = derive_sets(cutoff_at(protocol, book.entries()))
    assert SetName.EVALUABLE_RESPONSE not in sets and SetName.EVALUABLE_KINETICS not in sets
    drug = derive_sets(cutoff_at(small_trial.drug_protocol(), book.entries()))
    assert SetName.INFUSED not in drug and SetName.EVALUABLE_DLT not in drug


def test_nothing_to_report_is_a_sentence() -> None:
    with pytest.raises(LedgerError, match="no entry yet"):
        cutoff_at(small_trial.nk_protocol(), ())
