"""Computed values on a population: beside a baseline, from what cannot be taken, at great age."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from support.populations import answers, long, wide
from trialrun.criteria.evaluation import Reason
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import evaluate
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

ANCHORS = {"treatment": Moment("2026-03-01"), "baseline": Moment("2026-02-15")}
T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def of(variable: str, value: str, unit: str | None = None, at: str = "2026-02-10") -> Fact:
    return Fact(id=variable, variable=variable, value=value, unit=unit, at=Moment(at))


def person(birth: str, creatinine: str, unit: str, *more: Fact) -> list[Fact]:
    return [
        of("birth_date", birth), of("sex", "male"), of("weight", "72", "kg"),
        of("creatinine", creatinine, unit, "2026-02-28"), *more,
    ]  # fmt: skip


# Cockcroft and Gault give 53.3 mL/min to a man of 60 years and 72 kg with 1.5 mg/dL.
BEFORE = of("creatinine_clearance", "50", "mL/min")
PEOPLE = {
    "with a baseline": person("1966-01-31", "1.5", "mg/dL", BEFORE),
    "without one": person("1966-01-31", "1.5", "mg/dL"),
    "times the upper limit": person("1966-01-31", "1.5", "xULN", BEFORE),
    "120 or 121 years old": person("1905", "1.5", "mg/dL", of("age", "100", "a")),
    "121 or 122 years old": person("1904", "1.5", "mg/dL", of("age", "100", "a")),
}
EXPECTED = {
    "creatinine_clearance > 1 x baseline within 5 days before treatment": (T, U, U, U, U),
    "creatinine_clearance > 1.1 x baseline within 5 days before treatment": (F, U, U, U, U),
    "creatinine_clearance > 50 mL/min within 5 days before treatment": (T, T, U, F, F),
    "age by birth-date >= 18 a at treatment": (T, T, T, T, U),
    "age by birth-date > 120 a at treatment": (F, F, F, U, U),
    "age by birth-date > 1 x baseline at treatment": (U, U, U, T, U),
}


@pytest.mark.parametrize("form", [long, wide])
def test_computed_values_decide_as_the_law_says(form: Callable[..., Any]) -> None:
    rules = [read_rule(rule) for rule in EXPECTED]
    got = answers(rules, form(PEOPLE, anchors=ANCHORS))
    for place, (name, facts) in enumerate(PEOPLE.items()):
        expected = [row[place] for row in EXPECTED.values()]
        assert [evaluate(rule, facts, anchors=ANCHORS).truth for rule in rules] == expected, name
        assert got[name] == expected, name


def test_a_multiple_of_the_upper_limit_is_no_input_and_is_named() -> None:
    found = evaluate(
        read_rule("creatinine_clearance by cockcroft-gault-actual > 50 mL/min"),
        PEOPLE["times the upper limit"],
        anchors=ANCHORS,
        as_of=ANCHORS["treatment"],
    )
    assert (found.truth, found.reason, found.needs) == (U, Reason.NO_INPUT, ("creatinine",))


@pytest.mark.parametrize("form", [long, wide])
def test_a_range_that_ends_at_zero_is_none(form: Callable[..., Any]) -> None:
    rules = [read_rule("alt > 2 x ULN"), read_rule("alt >= 1 x LLN")]
    expected = {
        ("0", "0"): [U, U], ("-2", "-1"): [U, U], ("0", "40"): [F, T], ("7", "40"): [F, T],
        (None, None): [U, U],
    }  # fmt: skip
    people = {
        f"{low} to {high}": [
            Fact(id="alt", variable="alt", value="50", unit="U/L", at=Moment("2026-02-28"),
                 low=low, high=high)
        ]
        for low, high in expected
    }  # fmt: skip
    got = answers(rules, form(people, anchors=ANCHORS))
    for (low, high), truths in expected.items():
        facts = people[f"{low} to {high}"]
        assert [evaluate(rule, facts, anchors=ANCHORS).truth for rule in rules] == truths
        assert got[f"{low} to {high}"] == truths, (low, high)
