"""Every rule and topic has a group, a weight and words; equal questions are asked once."""

from __future__ import annotations

from support.faulty_records import PREGNANT, eligibility, record
from trialrun.protocol.findings import findings_on, weight
from trialrun.protocol.inquiry import GROUPS, inquire
from trialrun.protocol.inquiry_page import place, shorten
from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.wording.catalogue import LOCALES, topic


def study(text: str, **fields: object) -> Study:
    return read_study(record(**eligibility(text, **fields)), where="test")  # type: ignore[arg-type]


def test_weights_name_rules_that_there_are() -> None:
    rules = {key.replace("_", "-") for key in topic("findings", "en")}
    assert rules >= weight._MOST | weight._LEAST
    assert not weight._MOST & weight._LEAST
    assert rules >= weight._NONE
    assert not weight._NONE & (weight._MOST | weight._LEAST)
    assert {weight.weight_of(rule) for rule in rules} == {0, 1, 2, 3}


def test_a_clerks_work_is_no_question_on_the_page() -> None:
    arms = {"interventions": [{"type": "DRUG", "name": "drug a plus drug b"}]}
    inquiry = inquire(read_study(record(armsInterventionsModule=arms), where="test"))  # type: ignore[arg-type]
    assert "several-products" in {one.rule for one in inquiry.page(whole=True)}
    assert "several-products" not in {one.rule for one in inquiry.page()}


def test_a_finding_and_the_readers_question_on_the_same_words_are_one() -> None:
    known = study("Inclusion Criteria\n* Age 20-60 years" + PREGNANT, maximumAge="60 Years")
    assert [one.rule for one in findings_on(known)] == ["age-differs"]
    rules = [one.rule for one in inquire(known).questions]
    assert rules.count("age-differs") == 1
    assert "criteria-age-differs" not in rules


def test_what_only_the_reader_doubts_is_shown_with_the_whole_alone() -> None:
    text = "Inclusion Criteria\n* Age >= 18\n* FEV1/FVC < 0,7" + PREGNANT
    inquiry = inquire(study(text))
    doubts = [one for one in inquiry.questions if not one.weight]
    assert doubts
    assert not [one for one in doubts if one in inquiry.page()]
    assert all(one in inquiry.page(whole=True) for one in doubts)


def test_what_no_rule_was_read_from_is_counted_and_not_asked() -> None:
    known = study(
        "Inclusion Criteria\n* Age >= 18\n* Grumbling in the manner of Tuesday" + PREGNANT
    )
    inquiry = inquire(known)
    assert inquiry.unread >= 1
    assert not [one for one in inquiry.questions if "understood" in one.rule]


def test_questions_point_at_their_words_in_every_language() -> None:
    text = "Inclusion Criteria\n* Age 20-60 years\n* Creatinine < 1.5" + PREGNANT
    known = study(text, maximumAge="60 Years")
    for one in inquire(known).questions:
        assert one.group in GROUPS
        if one.span and one.where.endswith("eligibilityCriteria"):
            assert one.quoted(text) == text[slice(*one.span)]
        for locale in LOCALES:
            assert one.words(locale)
            assert place(one.where, locale)


def test_quotations_are_plain_and_short() -> None:
    assert shorten("Age\\>\n 18") == "Age> 18"
    assert len(shorten("x" * 500)) == 160
