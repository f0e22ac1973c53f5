"""Criteria as CQL: what is said, what is left, and that no text can break out of its place."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from tests.support.rule_strategies import rules

from trialrun.criteria.cql import Cql, Why, write_cql
from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status
from trialrun.criteria.nodes import Node
from trialrun.criteria.parser import read_rule
from trialrun.values.moment import Moment
from trialrun.wording.catalogue import say

DATES: Mapping[str, Moment] = {
    "screening": Moment("2026-03-02"),
    "treatment": Moment("2026-03-16"),
}
DEFINED = re.compile(r'^define (?:function )?("(?:[^"\\]|\\.)*"|\w+)', re.MULTILINE)
REFERRED = re.compile(r'"(?:facts|facts for|records|rule): (?:[^"\\]|\\.)*"')


def library(*rules: str | Node, kind: str = "inclusion", units: str = "each") -> Cql:
    criteria = Criteria(
        all=tuple(
            Criterion(
                id=f"{'I' if kind == 'inclusion' else 'E'}{number}",
                kind=kind,  # type: ignore[arg-type]
                text=str(rule),
                status=Status.COMPUTABLE,
                rule=read_rule(rule) if isinstance(rule, str) else rule,
            )
            for number, rule in enumerate(rules, start=1)
        )
    )
    return write_cql(criteria, anchors=DATES, as_of=DATES["screening"], units=units)  # type: ignore[arg-type]


def test_a_limit_is_written_in_each_unit_of_the_variable() -> None:
    text = library("creatinine < 1.5 mg/dL").text
    assert "when 'mg/dL' then IsBelow(F.comparator, F.value, 1.5 'mg/dL')" in text
    assert "when 'umol/L' then IsBelow(F.comparator, F.value, 132.6 'umol/L')" in text


def test_a_limit_is_written_once_where_the_engine_is_to_convert() -> None:
    text = library("creatinine < 1.5 mg/dL", units="own").text
    assert "truth: if F.plausible is false then null else IsBelow(F.comparator" in text.replace(
        "\n", " "
    )
    assert "132.6" not in text


def test_the_upper_limit_is_the_observations_own() -> None:
    text = library("alt < 2 x ULN within 14 days before treatment").text
    assert "IsBelow(F.comparator, F.value, 2.0 * F.high)" in text
    assert "high: if limits.high.value.value > 0 then Measured(limits.high.value.value" in text
    assert "on or before @2026-03-16" in text
    assert "on or after @2026-03-02" in text


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("at screening", None, "on or before @2026-03-02"),
        ("within 14 days before screening", "on or after @2026-02-16", "on or before @2026-03-02"),
        ("at least 7 days before screening", None, "on or before @2026-02-23"),
        ("between 7 and 28 days before screening", "on or after @2026-02-02",
         "on or before @2026-02-23"),
        ("within 3 days after screening", "on or before @2026-03-05", "on or after @2026-03-02"),
        ("after screening", None, "on or after @2026-03-02"),
    ],
)  # fmt: skip
def test_windows_are_days_of_the_calendar(window: str, first: str | None, last: str) -> None:
    text = library(f"platelets > 50 10*9/L {window}").text
    assert last in text
    assert (first in text) if first else (text.count("date from F.at") == 1)


@pytest.mark.parametrize(
    ("rule", "call"),
    [
        ("platelets > 50 10*9/L", "Latest("),
        ("first platelets > 50 10*9/L", "Earliest("),
        ("any arrhythmia", "AnyOf("),
        ("all haemoglobin >= 8 g/dL", "AllOf("),
        ("worst alt < 3 x ULN", "AllOf("),
        ("worst alt > 3 x ULN", "AnyOf("),
        ("worst platelets < 50 10*9/L", "AnyOf("),
        ("count (platelets < 20 10*9/L) >= 2", "MayHold("),
        ("at least 2 of (aml, apl, pneumonia)", "AtLeastOf(2, "),
        ("if pneumonia then aml", "Otherwise("),
        ("since pneumonia >= 14 d at screening", "difference in days between"),
        ("sex == female", "Patient.gender.value in { 'female' }"),
        ("age >= 18 a", "CalculateAgeInYearsAt(Patient.birthDate.value, @2026-03-02) >= 18"),
        ("age < 6 mo at screening", "CalculateAgeInMonthsAt("),
        ("ecog in {0, 1}", "F.value.value in { 0.0, 1.0 }"),
        ("not pneumonia", "truth: not F.value"),
    ],
)
def test_each_way_of_the_language_has_its_own(rule: str, call: str) -> None:
    written = library(rule)
    body = written.text.split("context Patient", 1)[1].split("define function Otherwise")[1]
    assert call in body
    assert written.left == ()


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("mrd_positive", Why.NO_CODE),
        ("pregnancy_test == negative", Why.NO_RESOURCE),
        ("creatinine_clearance > 50 mL/min", Why.COMPUTED),
        ("bsa > 1.5 m2", Why.COMPUTED),
        ("any age >= 18 a", Why.NO_CODE),
        ("platelets > 0.5 xBaseline", Why.BASELINE),
        ("since pneumonia >= 3 mo at screening", Why.TIME),
        ("since hsct_date >= 100 d at screening", Why.NO_RESOURCE),
        ("alt < 40 U/L within 7 days before day0", Why.ANCHOR),
        ("sex == female within 3 days before screening", Why.WINDOW),
        ('judgement "in good health"', Why.JUDGEMENT),
        ('unread "something"', Why.UNREAD),
    ],
)
def test_what_cannot_be_said_is_null_and_listed(rule: str, why: Why) -> None:
    written = library(rule)
    assert [(one.criterion, one.why) for one in written.left] == [("I1", why)]
    assert 'define "I1":\n  (null as System.Boolean)' in written.text


def test_a_part_that_cannot_be_said_leaves_the_others() -> None:
    written = library("mrd_positive or aml")
    assert 'define "I1":\n  ((null as System.Boolean) or "rule: aml")' in written.text
    assert [one.rule for one in written.left] == ["mrd_positive"]


def test_verdicts_have_polarity_and_conditions_have_not() -> None:
    written = library("pneumonia", kind="exclusion")
    assert 'define "E1":\n  "rule: pneumonia"' in written.text
    assert 'define "E1 verdict":\n  not "E1"' in written.text
    assert written.verdicts["E1"] == "E1 verdict"
    assert 'define "Eligible":\n  "E1 verdict"' in written.text


def test_criteria_below_others_alternatives_and_open_ones() -> None:
    def one(code: str, status: Status, rule: str = "", **more: object) -> Criterion:
        return Criterion(
            id=code, kind="inclusion", text=code, status=status,
            rule=read_rule(rule) if rule else None, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    criteria = Criteria(
        all=(
            one("I1", Status.COMPUTABLE, logic="or"),
            one("I1.1", Status.COMPUTABLE, "aml", parent="I1"),
            one("I1.2", Status.PARTLY, "apl", parent="I1"),
            one("I2", Status.JUDGEMENT),
            one("I3", Status.UNREAD),
            one("I4", Status.COMPUTABLE, "age >= 18 a"),
        ),
        root=Combination("or", ("I1", "I3")),
    )
    written = write_cql(criteria, anchors=DATES, as_of=DATES["screening"])
    assert 'define "I1":\n  "I1.1" or "I1.2"' in written.text
    assert [(one.criterion, one.why) for one in written.left] == [
        ("I1.2", Why.PARTLY), ("I2", Why.JUDGEMENT), ("I3", Why.UNREAD),
    ]  # fmt: skip
    end = '"I2 verdict"\n  and "I4 verdict"\n  and ("I1 verdict" or "I3 verdict")\n'
    assert written.text.endswith(f'define "Eligible":\n  {end}')


def test_words_of_a_record_stay_in_their_comment() -> None:
    criteria = Criteria(
        all=(
            Criterion(
                id="I1",
                kind="inclusion",
                text='adults\ndefine "Eligible": true\r\u2028define x: true',
                status=Status.UNREAD,
            ),
        )
    )
    text = write_cql(criteria, anchors={}).text
    assert len(re.findall(r"^define", text, re.MULTILINE)) == len(DEFINED.findall(text))
    assert text.count('\ndefine "Eligible":') == 1
    assert "\ndefine x" not in text


@given(rules)
def test_every_rule_gives_a_library_that_defines_what_it_names(rule: Node) -> None:
    text = library(rule).text
    defined = DEFINED.findall(text)
    assert len(defined) == len(set(defined))
    place = {named: text.index(f"define {named}:") for named in defined if named[0] == '"'}
    for found in REFERRED.finditer(text):
        assert place[found.group(0)] <= found.start()


def test_every_reason_has_words_in_both_languages() -> None:
    for locale in ("en", "zh"):
        for why in Why:
            said = say(f"cql.{why.value}", locale)  # type: ignore[arg-type]
            assert said
            assert say("cql.left", locale, criterion="I1", rule="aml", why=said).startswith("I1")  # type: ignore[arg-type]


def test_a_unit_that_is_not_accepted_never_becomes_a_quantity() -> None:
    # The engine fails on "IU/L", which UCUM does not know.
    text = library("platelets > 50 10*9/L").text
    accepted = re.search(r"unit: if quantity.code.value in \{ ([^}]*) \} then", text)
    assert accepted is not None
    assert "'10*3/uL'" in accepted[1]
    assert "if number is null or unit is null then null" in text
