"""Verdicts: polarity, nesting, alternatives, what decides, and what to get next."""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criteria, Criterion, Status, read_combination
from trialrun.criteria.parser import read_rule
from trialrun.criteria.verdict import Eligibility, judge
from trialrun.errors import RuleError
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def criterion(code: str, rule: str | None = None, **more: object) -> Criterion:
    options: dict[str, object] = {
        "kind": "exclusion" if code.startswith("E") else "inclusion",
        "text": code,
        "status": Status.COMPUTABLE,
        "rule": None if rule is None else read_rule(rule),
    }
    return Criterion(id=code, **{**options, **more})  # type: ignore[arg-type]


def facts(**values: str) -> list[Fact]:
    units = {"ecog": "{score}", "lvef": "%", "alt": "U/L", "age": "a"}
    return [
        Fact(id=name, variable=name, value=value, unit=units.get(name), at=Moment("2026-03-01"))
        for name, value in values.items()
    ]


def judged(
    *criteria: Criterion, root: str = "", judgements: dict[str, Truth] | None = None, **values: str
) -> Eligibility:
    whole = Criteria(all=criteria, root=read_combination(root))
    return judge(whole, facts(**values), anchors={}, judgements=judgements or {})


def test_an_exclusion_is_inverted_and_nothing_else() -> None:
    result = judged(criterion("I1", "aml"), criterion("E1", "apl"), aml="true", apl="true")
    assert (result["I1"].condition, result["I1"].truth) == (T, T)
    assert (result["E1"].condition, result["E1"].truth) == (T, F)
    assert (result.truth, result.decided_by, result.missing) == (F, ("E1",), ())


@pytest.mark.parametrize(
    ("values", "truth", "decided_by", "missing"),
    [
        ({"aml": "true", "apl": "false"}, T, (), []),
        ({"aml": "true"}, U, ("E1",), ["apl"]),
        ({}, U, ("I1", "E1"), ["aml", "apl"]),
        ({"aml": "false"}, F, ("I1",), []),
    ],
)
def test_a_missing_fact_makes_nobody_eligible(
    values: dict[str, str], truth: Truth, decided_by: tuple[str, ...], missing: list[str]
) -> None:
    result = judged(criterion("I1", "aml"), criterion("E1", "apl"), **values)
    assert (result.truth, result.decided_by) == (truth, decided_by)
    assert [one.variable for one in result.missing] == missing


@pytest.mark.parametrize("status", [Status.UNREAD, Status.PARTLY])
def test_what_is_not_wholly_read_is_unknown(status: Status) -> None:
    rule = "aml" if status is Status.PARTLY else None
    result = judged(criterion("I1", rule, status=status), aml="false")
    assert (result["I1"].truth, result.truth) == (U, U)
    assert result.missing == ()  # no fact helps: somebody must write the rule
    if rule is not None:
        assert result["I1"].evaluation is not None
        assert result["I1"].evaluation.truth is F  # still shown


def test_a_judgement_is_signed_in_the_polarity_of_verdicts() -> None:
    one = criterion("E9", 'judgement "unfit"', status=Status.JUDGEMENT)
    assert judged(one).truth is U
    assert judged(one, judgements={"E9": T}).truth is T
    assert judged(one, judgements={"E9": T})["E9"].condition is F
    assert judged(one, judgements={"E9": F}).truth is F


def test_a_signature_is_never_a_waiver() -> None:
    with pytest.raises(RuleError, match="I1 is not a criterion of judgement") as caught:
        judged(criterion("I1", "aml"), judgements={"I1": T})
    assert "measure what is missing" in caught.value.remedy


def test_those_below_combine_with_their_own_rule() -> None:
    both = (
        criterion("I1", "aml", logic="and"),
        criterion("I1.1", "ecog <= 2", parent="I1"),
        criterion("I1.2", "lvef >= 50 %", parent="I1"),
    )
    assert judged(*both, aml="true", ecog="1", lvef="60").truth is T
    result = judged(*both, aml="true", ecog="3", lvef="60")
    assert (result.truth, result.decided_by) == (F, ("I1",))
    assert result["I1.2"].truth is T
    either = (
        criterion("E1", logic="or"),
        criterion("E1.1", "aml", parent="E1"),
        criterion("E1.2", "apl", parent="E1"),
    )
    assert judged(*either, aml="false", apl="true").truth is F
    assert judged(*either, aml="false", apl="false").truth is T
    assert judged(*either, apl="true").decided_by == ("E1",)


def test_a_heading_that_is_not_understood_leaves_all_below_open() -> None:
    result = judged(
        criterion("I1", status=Status.UNREAD),
        criterion("I1.1", "aml", parent="I1"),
        aml="true",
    )
    assert (result["I1.1"].truth, result["I1"].truth) == (T, U)
    assert result.above(result["I1.1"].criterion) == result["I1"].criterion
    assert result.above(result["I1"].criterion) is None
    read = judged(criterion("I1", logic="and"), criterion("I1.1", "aml", parent="I1"), aml="true")
    assert read.above(read["I1.1"].criterion) is None


def test_alternatives_are_not_required_each() -> None:
    criteria = (criterion("I1", "aml"), criterion("I3", "mds"), criterion("I4", "apl"))
    root = "(I1 and I3) or I4"
    assert judged(*criteria, root=root, aml="false", apl="true").truth is T
    result = judged(*criteria, root=root, aml="false", apl="false")
    assert (result.truth, result.decided_by) == (F, ("I1", "I4"))
    assert judged(*criteria, root=root, aml="true", apl="false").decided_by == ("I3",)


def test_the_most_deciding_fact_comes_first() -> None:
    result = judged(
        criterion("I1", "aml and apl"),
        criterion("I2", "ecog <= 2 or (lvef >= 50 % and mds)"),
        criterion("I3", "ecog >= 0"),
        criterion("I4", "mds or fever"),
        fever="true",
    )
    assert [(one.variable, one.settles) for one in result.missing] == [
        ("ecog", 3), ("aml", 1), ("apl", 1), ("lvef", 0), ("mds", 0),
    ]  # fmt: skip
    assert result.missing[0].criteria == ("I2", "I3")


def test_what_settles_a_criterion_either_way_comes_before_what_may_only_exclude() -> None:
    result = judged(
        criterion("I1", "aml and apl"),
        criterion("I2", "mds"),
        criterion("I3", "cmv_viraemia"),
        criterion("I4", "fever"),
        root="(I1 and I3) or I4",
    )
    assert [(one.variable, one.settles) for one in result.missing] == [
        ("mds", 2), ("fever", 1), ("aml", 0), ("apl", 0), ("cmv_viraemia", 0),
    ]  # fmt: skip


def test_what_is_to_be_judged_comes_after_the_facts() -> None:
    criteria = (
        criterion("I1", "aml"),
        criterion("E9", 'judgement "unfit"', status=Status.JUDGEMENT),
        criterion("I2", logic="and"),
        criterion("I2.1", "apl", parent="I2"),
        criterion("I2.2", status=Status.JUDGEMENT, parent="I2"),
        criterion("I3", status=Status.UNREAD),
    )
    result = judged(*criteria)
    assert [one.variable for one in result.missing] == ["aml", "apl"]
    assert result.to_judge == ("E9", "I2.2")
    assert result.to_write == ("I3",)
    assert judged(*criteria, apl="false").to_write == ()
    assert judged(*criteria, judgements={"E9": T}).to_judge == ("I2.2",)
    assert judged(*criteria, apl="false").to_judge == ()  # decided: nobody need judge any more


def test_what_no_longer_matters_is_neither_got_nor_judged() -> None:
    criteria = (
        criterion("I1", "aml"),
        criterion("I3", status=Status.JUDGEMENT),
        criterion("I4", "apl and mds"),
        criterion("I5", "fever"),
    )
    root = "(I1 and I3) or I4"
    result = judged(*criteria, root=root, aml="false")
    assert ([one.variable for one in result.missing], result.to_judge) == (
        ["fever", "apl", "mds"], (),
    )  # fmt: skip
    result = judged(*criteria, root=root, apl="true", mds="true")
    assert ([one.variable for one in result.missing], result.to_judge) == (["fever"], ())
    assert judged(*criteria, root=root, aml="true").to_judge == ("I3",)


def test_criteria_check_their_shape() -> None:
    for wrong, what in (
        ((criterion("I1", "aml"), criterion("I1", "apl")), "stands there twice"),
        ((criterion("I1.1", "aml", parent="I1"),), "does not stand before it"),
        ((criterion("I1", "aml"), criterion("E1", "apl", parent="I1")), "of another kind"),
        ((criterion("I1"),), "computable without a rule"),
    ):
        with pytest.raises(RuleError, match=what):
            Criteria(all=wrong)
    with pytest.raises(RuleError, match="names 'I9'"):
        Criteria(all=(criterion("I1", "aml"),), root=read_combination("I1 or I9"))
    with pytest.raises(RuleError, match="no criterion is called 'I7'"):
        _ = Criteria(all=(criterion("I1", "aml"),))["I7"]


@pytest.mark.parametrize(
    "text", ["(I1", "I1 and", "I1 I2", ")", "and", "I1 or (I2 and)", "I1 & I2", "(" * 90 + "I1"]
)
def test_a_combination_that_is_none_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_combination(text)
    assert "(I1 and I3) or I4" in caught.value.remedy


@pytest.mark.parametrize("text", ["(I1 and I3) or I4", "I1 or I2 or I3", "I1 and (I2 or I3)"])
def test_a_combination_is_written_as_it_is_read(text: str) -> None:
    assert str(read_combination(text)) == text
    assert read_combination("all required") is None
