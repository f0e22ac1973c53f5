"""Rules, verdicts and questions in words, in both languages."""

from __future__ import annotations

import pytest

from trialrun.criteria.anchor_words import anchor_words
from trialrun.criteria.criterion import Criteria, Criterion, Question, Status
from trialrun.criteria.explain import ask, explain_rule, explain_verdict, show_fact
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import Reason
from trialrun.criteria.verdict import judge
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.wording.catalogue import LOCALES, topic

DAY = Moment("2026-03-01")


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        ("age >= 18 a", "age at least 18 years", "年龄不低于18岁"),
        ("age >= 1 a", "age at least 1 year", "年龄不低于1岁"),
        (
            "alt < 2 x ULN within 14 days before treatment",
            (
                "alanine aminotransferase (ALT) below 2 times the upper limit of normal, "
                "measured within 14 days before treatment"
            ),
            "丙氨酸氨基转移酶（ALT）低于2倍正常值上限（治疗前14天内测得）",
        ),
        (
            "alt <= 1 x ULN",
            "alanine aminotransferase (ALT) at most the upper limit of normal",
            None,
        ),
        (
            "aml and not apl within 3 days before treatment",
            (
                "acute myeloid leukaemia: yes, and acute promyelocytic leukaemia: no "
                "(all measured within 3 days before treatment)"
            ),
            None,
        ),
        ("sex == female", "sex: female", "性别：女"),
        ("ecog in {0, 1}", "ECOG performance status one of 0, 1", None),
        ("not (age > 75 a)", "not the case: age above 75 years", None),
        (
            "aml or (apl and age < 18 a)",
            (
                "acute myeloid leukaemia: yes, or "
                "(acute promyelocytic leukaemia: yes, and age below 18 years)"
            ),
            None,
        ),
    ],
)
def test_a_rule_in_words(rule: str, english: str, chinese: str | None) -> None:
    assert explain_rule(read_rule(rule), "en") == english
    if chinese:
        assert explain_rule(read_rule(rule), "zh") == chinese


@pytest.mark.parametrize(
    ("anchor", "chinese"),
    [
        ("treatment", "治疗"),
        ("first_chemotherapy", "首次化疗"),
        ("day_0", "第0天"),
        ("Day-0", "第0天"),
        ("last_dose", "末次给药"),
        ("first dose", "首次给药"),
        ("the first dose of the study drug", "首次研究药物给药"),
        ("start of lymphodepleting chemotherapy", "清淋化疗开始"),
        ("signing the informed consent", "签署知情同意"),
        ("planned first infusion", "计划首次输注"),
        ("NK cell therapy", "NK细胞治疗"),
        ("first tea", "“first tea”"),
    ],
)
def test_words_of_time_are_said_in_chinese_as_far_as_they_are_known(
    anchor: str, chinese: str
) -> None:
    rule = read_rule(f'aml within 3 days before "{anchor}"')
    assert f"（{chinese}前3天内测得）" in explain_rule(rule, "zh")
    assert f"before {anchor}" in explain_rule(rule, "en")


def test_every_word_of_time_of_the_catalogue_is_reached_by_its_english() -> None:
    for key, english in topic("anchors", "en").items():
        phrase = english.replace("{act}", "dosing")
        chinese = topic("anchors", "zh")[key].replace("{act}", "给药")
        assert anchor_words(phrase, "zh") == chinese, key


def test_a_verdict_tells_from_which_fact_or_why_not() -> None:
    one = Criterion(
        id="I6.2",
        kind="inclusion",
        text="liver",
        status=Status.COMPUTABLE,
        rule=read_rule("alt < 2 x ULN and total_bilirubin < 1.5 mg/dL"),
    )
    alt = Fact(id="f", variable="alt", value="70", unit="U/L", at=DAY, source="lab", high="40")
    lines = explain_verdict(judge(Criteria(all=(one,)), [alt], anchors={}, judgements={})["I6.2"])
    assert lines == (
        "I6.2 (inclusion): not known",
        (
            "alanine aminotransferase (ALT) below 2 times the upper limit of normal: TRUE — "
            "70 U/L (upper limit 40 U/L) on 2026-03-01 (lab)"
        ),
        "total bilirubin below 1.5 mg/dL: UNKNOWN — no value yet",
    )


@pytest.mark.parametrize(
    ("rule", "high", "low", "shown"),
    [
        ("alt < 2 x ULN", "40", "10", "70 U/L (upper limit 40 U/L) on"),
        ("alt >= 1 x LLN", "40", "10", "70 U/L (lower limit 10 U/L) on"),
        ("alt < 2 x ULN", "265/7", None, "70 U/L (upper limit 37.8571 U/L) on"),
        ("alt < 80 U/L", "40", "10", "70 U/L on"),
    ],
)
def test_a_multiple_of_a_limit_is_told_with_that_limit(
    rule: str, high: str, low: str | None, shown: str
) -> None:
    one = Criterion(
        id="I1", kind="inclusion", text="x", status=Status.COMPUTABLE, rule=read_rule(rule)
    )
    alt = Fact(id="f", variable="alt", value="70", unit="U/L", at=DAY, high=high, low=low)
    _, line = explain_verdict(judge(Criteria(all=(one,)), [alt], anchors={}, judgements={})["I1"])
    assert f": TRUE — {shown} 2026-03-01" in line


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (Status.UNREAD, "nobody has written this as a rule yet"),
        (Status.PARTLY, "nobody has written this as a rule yet"),
        (Status.JUDGEMENT, "the investigator has not signed yet"),
    ],
)
def test_a_verdict_says_why_no_fact_decides_it(status: Status, line: str) -> None:
    one = Criterion(id="E9", kind="exclusion", text="x", status=status)
    verdict = judge(Criteria(all=(one,)), [], anchors={}, judgements={})["E9"]
    assert explain_verdict(verdict)[1] == line


def test_a_part_that_is_read_and_one_that_stands_below_another_decide_nothing() -> None:
    top = Criterion(id="E9", kind="exclusion", text="x", status=Status.UNREAD)
    part = Criterion(
        id="E9.1", kind="exclusion", text="x", parent="E9", status=Status.PARTLY,
        rule=read_rule('alt > 3 x ULN and unread "y"'),
    )  # fmt: skip
    found = judge(Criteria(all=(top, part)), [], anchors={}, judgements={})
    lines = explain_verdict(found["E9.1"], above=found.above(part))
    assert lines[1:3] == (
        "stands below E9, which is not written as a rule yet: by itself it decides nothing",
        "only a part of this criterion is written as a rule; what it gives decides nothing yet",
    )


def test_every_reason_and_status_has_its_sentence() -> None:
    for locale in LOCALES:
        sentences = topic("criteria", locale)
        assert {f"why_{reason.value}" for reason in Reason} <= sentences.keys()
        assert {f"status_{status.value}" for status in Status} <= sentences.keys()


def test_questions_show_amounts_as_people_say_them() -> None:
    question = Question(id="q", topic="age_upper", words={"field": "75 a"})
    assert "at most 75 years" in ask(question, "en")
    assert "75岁" in ask(question, "zh")
    variable = Question(id="q", topic="variable", words={"variable": "hepatitis_b_carrier"})
    assert "HBsAg" in ask(variable, "en") and "HBsAg" in ask(variable, "zh")


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        (Fact(id="f", variable="alt", value="5", unit="U/L", comparator="<", at=DAY), "<5 U/L"),
        (Fact(id="f", variable="aml", value="true", at=DAY), "yes"),
        (Fact(id="f", variable="sex", value="male", at=DAY), "male"),
        (Fact(id="f", variable="hsct_date", value="2020-05", at=DAY), "2020-05"),
        (Fact(id="f", variable="ecog", value="2", unit="{score}", at=DAY), "2"),
        (Fact(id="f", variable="age", value="61", unit="a", at=DAY), "61 years"),
    ],
)
def test_a_fact_as_people_read_it(fact: Fact, shown: str) -> None:
    assert show_fact(fact) == shown
