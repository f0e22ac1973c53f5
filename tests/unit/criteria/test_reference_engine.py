"""The law, case by case: limits, units, upper limits, windows, intervals, conflicts, reasons."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.interval import Interval, days_of_months, point
from trialrun.criteria.parser import read_rule
from trialrun.criteria.placing import Placed, contenders
from trialrun.criteria.reference import Evaluation, Reason, evaluate, in_window
from trialrun.values.moment import Moment, before
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
TREATMENT = {"treatment": Moment("2026-03-15")}


def fact(
    variable: str, value: str, unit: str | None = None, at: str = "2026-03-10", **more: str
) -> Fact:
    comparator = ""
    if value[0] in "<>":
        comparator, value = value[0], value[1:]
    return Fact(
        id=f"{variable}-{at}",
        variable=variable,
        value=value,
        unit=unit,
        comparator=comparator,
        at=Moment(at),
        **more,  # type: ignore[arg-type]
    )


def on(rule: str, *facts: Fact, **anchors: str) -> Evaluation:
    moments = {name: Moment(text) for name, text in anchors.items()} or TREATMENT
    return evaluate(read_rule(rule), facts, anchors=moments)


@pytest.mark.parametrize(
    ("rule", "given", "truth", "reason"),
    [
        ("lvef >= 50 %", fact("lvef", "49.9", "%"), F, None),
        ("lvef >= 50 %", fact("lvef", "50", "%"), T, None),
        ("creatinine < 1.5 mg/dL", fact("creatinine", "132.6", "umol/L"), F, None),
        ("creatinine <= 1.5 mg/dL", fact("creatinine", "132.6", "umol/L"), T, None),
        ("creatinine < 1.5 mg/dL", fact("creatinine", "132.5", "umol/L"), T, None),
        ("platelets >= 150 10*9/L", fact("platelets", "150", "10*3/uL"), T, None),
        ("platelets >= 150 10*9/L", fact("platelets", "149999", "/uL"), F, None),
        ("haemoglobin >= 8 g/dL", fact("haemoglobin", "80", "g/L"), T, None),
        ("alt < 2 x ULN", fact("alt", "79", "U/L", high="40"), T, None),
        ("alt < 2 x ULN", fact("alt", "80", "U/L", high="40"), F, None),
        ("alt < 2 x ULN", fact("alt", "5", "U/L"), U, Reason.NO_ULN),
        # Where no range is known, some systems print one of zeros.
        ("alt > 2 x ULN", fact("alt", "5", "U/L", low="0", high="0"), U, Reason.NO_ULN),
        ("alt < 2 x ULN", fact("alt", "5", "U/L", high="0"), U, Reason.NO_ULN),
        ("alt < 2 x ULN", fact("alt", "5", "U/L", high="-1"), U, Reason.NO_ULN),
        ("alt >= 1 x LLN", fact("alt", "5", "U/L", low="0", high="0"), U, Reason.NO_LLN),
        ("alt >= 1 x LLN", fact("alt", "5", "U/L", low="0", high="40"), T, None),
        ("fibrinogen >= 1 x LLN", fact("fibrinogen", "2", "g/L", low="1.8"), T, None),
        ("fibrinogen >= 1 x LLN", fact("fibrinogen", "2", "g/L"), U, Reason.NO_LLN),
        ("alt < 10 U/L", fact("alt", "<5", "U/L"), T, None),
        ("alt < 5 U/L", fact("alt", "<5", "U/L"), T, None),
        ("alt < 3 U/L", fact("alt", "<5", "U/L"), U, Reason.NOT_EXACT),
        ("alt > 5 U/L", fact("alt", "<5", "U/L"), F, None),
        ("alt >= 5 U/L", fact("alt", "<5", "U/L"), F, None),
        ("alt == 5 U/L", fact("alt", "<5", "U/L"), F, None),
        ("alt == 4 U/L", fact("alt", "<5", "U/L"), U, Reason.NOT_EXACT),
        ("ecog <= 3", fact("ecog", "3", "{score}"), T, None),
        ("ecog in {0, 1}", fact("ecog", "2", "{score}"), F, None),
        ("sex == female", fact("sex", "female"), T, None),
        ("arrhythmia", fact("arrhythmia", "false"), F, None),
        ("not arrhythmia", fact("arrhythmia", "false"), T, None),
        ("not arrhythmia", fact("fever", "false"), U, Reason.NO_FACT),
        ("life_expectancy >= 12 wk", fact("life_expectancy", "3", "mo"), T, None),
        ("life_expectancy >= 90 d", fact("life_expectancy", "3", "mo"), U, Reason.NOT_EXACT),
        ("life_expectancy >= 3 mo", fact("life_expectancy", "12", "wk"), F, None),
        ("life_expectancy >= 3 mo", fact("life_expectancy", "14", "wk"), T, None),
        ("age >= 18 a", fact("age", "216", "mo"), T, None),
        ("anc >= 1 10*9/L", fact("anc", "350", "10*9/L"), U, Reason.IMPLAUSIBLE),
        ('judgement "fit"', fact("ecog", "1", "{score}"), U, Reason.JUDGEMENT),
        ('unread "x"', fact("ecog", "1", "{score}"), U, Reason.UNREAD),
    ],
)
def test_one_fact_decides(rule: str, given: Fact, truth: Truth, reason: Reason | None) -> None:
    result = on(rule, given)
    assert (result.truth, result.reason) == (truth, reason)


@pytest.mark.parametrize(
    ("at", "truth", "reason"),
    [
        ("2026-03-15", T, None),  # the anchor's own day
        ("2026-03-01", T, None),  # fourteen days before
        ("2026-02-28", U, Reason.OUTSIDE),
        ("2026-03-16", U, Reason.OUTSIDE),
        ("2026-03", U, Reason.PERHAPS_OUTSIDE),
        ("2026-02", U, Reason.OUTSIDE),
    ],
)
def test_a_window_counts_calendar_days(at: str, truth: Truth, reason: Reason | None) -> None:
    result = on(
        "not arrhythmia within 14 days before treatment", fact("arrhythmia", "false", at=at)
    )
    assert (result.truth, result.reason) == (truth, reason)


def test_facts_outside_a_window_are_named() -> None:
    old, new = (
        fact("arrhythmia", "true", at="2026-01-01"),
        fact("arrhythmia", "false", at="2026-03-02"),
    )
    result = on("not arrhythmia within 14 days before treatment", old, new)
    assert (result.truth, result.fact, result.outside) == (T, new, (old,))
    alone = on("not arrhythmia within 14 days before treatment", old)
    assert (alone.truth, alone.fact, alone.reason) == (U, old, Reason.OUTSIDE)


def test_an_anchor_without_a_date_decides_nothing() -> None:
    result = on("aml within 3 days before enrolment", fact("aml", "true"))
    assert (result.truth, result.reason) == (U, Reason.ANCHOR)


def test_by_the_clock_what_was_after_the_anchor_is_out() -> None:
    anchor = {"treatment": Moment("2026-03-15T10:00+08:00")}
    rule = read_rule("spo2 >= 92 % within 14 days before treatment")
    for at, truth in (("2026-03-15T09:59+08:00", T), ("2026-03-15T10:01+08:00", U)):
        assert evaluate(rule, [fact("spo2", "95", "%", at=at)], anchors=anchor).truth is truth
    # The same instant on another clock.
    late = fact("spo2", "95", "%", at="2026-03-15T02:01+00:00")
    assert evaluate(rule, [late], anchors=anchor).truth is U


def test_an_anchor_alone_takes_the_last_value_up_to_it() -> None:
    early = fact("time_since_reinduction", "20", "d", at="2026-03-01")
    late = fact("time_since_reinduction", "3", "d", at="2026-03-20")
    result = on("time_since_reinduction >= 14 d at treatment", early, late)
    assert (result.truth, result.fact) == (T, early)


def test_the_latest_decides_whatever_the_order_of_recording() -> None:
    new = fact("alt", "30", "U/L", at="2026-03-12T10:00+08:00")
    old = fact("alt", "300", "U/L", at="2026-03-12T08:00+08:00")
    assert on("alt < 100 U/L", new, old).truth is T
    assert on("alt < 100 U/L", old, new).fact == new


@pytest.mark.parametrize(
    ("first", "second", "truth", "reason"),
    [
        ("30", "300", U, Reason.CONFLICT),
        ("30", "31", T, None),
    ],
)
def test_values_of_one_day_must_agree(
    first: str, second: str, truth: Truth, reason: Reason | None
) -> None:
    result = on("alt < 100 U/L", fact("alt", first, "U/L"), fact("alt", second, "U/L"))
    assert (result.truth, result.reason) == (truth, reason)


def test_a_date_that_may_be_later_must_agree_too() -> None:
    known, vague = (
        fact("alt", "30", "U/L", at="2026-03-05"),
        fact("alt", "300", "U/L", at="2026-03"),
    )
    assert on("alt < 100 U/L", known, vague).reason is Reason.CONFLICT
    windowed = on("alt < 100 U/L within 14 days before treatment", known, vague)
    assert windowed.reason is Reason.PERHAPS_OUTSIDE


def test_one_true_arm_suffices_when_the_other_is_unknown() -> None:
    rule = "creatinine < 1.5 mg/dL or creatinine_clearance > 50 mL/min"
    result = on(rule, fact("creatinine_clearance", "60", "mL/min"))
    assert result.truth is T
    assert [part.truth for part in result.parts] == [U, T]
    assert on("at least 2 of (aml, apl, mds)", fact("aml", "true"), fact("apl", "true")).truth is T
    assert on("at least 2 of (aml, apl, mds)", fact("aml", "true")).truth is U


def test_a_signature_decides_a_judgement_only() -> None:
    rule = read_rule('judgement "fit" and aml')
    given = [fact("aml", "true")]
    assert evaluate(rule, given, anchors={}, judgement=T).truth is T
    assert evaluate(rule, given, anchors={}, judgement=F).truth is F


def test_windows_of_unsharp_anchors() -> None:
    assert in_window(Moment("2026-03-10"), Moment("2026-03"), 30) is U
    assert in_window(Moment("2026-02-20"), Moment("2026-03"), 40) is T
    assert in_window(Moment("2026-02-20"), Moment("2026-03"), None) is T
    assert in_window(Moment("2026-04-02"), Moment("2026-03"), None) is F


@pytest.mark.parametrize(
    ("months", "least", "most"),
    [("0", 0, 0), ("1", 28, 31), ("3", 89, 92), ("12", 365, 366), ("13", 393, 397), ("0.5", 0, 31)],
)
def test_months_have_as_many_days_as_they_can_have(months: str, least: int, most: int) -> None:
    days = days_of_months(point(Fraction(months)))
    assert (days.low, days.high) == (least, most)
    assert days_of_months(Interval(None, Fraction(1), high_open=True)).low is None


MOMENTS = (
    "2026", "2026-02", "2026-03", "2026-03-01", "2026-03-02", "2026-03-02T00:30+08:00",
    "2026-03-01T23:00+08:00", "2026-03-01T16:30+00:00", "2026-03-03T08:00+00:00",
)  # fmt: skip
placed = st.lists(st.sampled_from(MOMENTS), max_size=4).map(
    lambda texts: tuple(fact("alt", "30", "U/L", at=text) for text in texts)
)


@given(placed, placed, st.booleans())
def test_contenders_are_those_that_none_inside_is_surely_beyond(
    inside: tuple[Fact, ...], perhaps: tuple[Fact, ...], first: bool
) -> None:
    def beyond(one: Fact, other: Fact) -> bool:
        pair = (other.at, one.at) if first else (one.at, other.at)
        return before(*pair) is T

    found = contenders(Placed(inside=inside, perhaps=perhaps), first=first)
    assert found == [
        one for one in (*inside, *perhaps) if not any(beyond(one, other) for other in inside)
    ]
