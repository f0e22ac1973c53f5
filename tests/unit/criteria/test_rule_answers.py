"""What the language's answers say: the facts behind them, what to get next, the listing, words."""

from __future__ import annotations

import pytest

from trialrun.criteria.criterion import Criteria, Criterion, CriterionKind, Status
from trialrun.criteria.explain import explain_rule, explain_verdict
from trialrun.criteria.listing import list_criteria
from trialrun.criteria.meaning import explain_meaning
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import Evaluation, Reason, evaluate
from trialrun.criteria.verdict import Eligibility, judge
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact

NOW = Moment("2026-03-15")
UNITS = {
    "weight": "kg", "height": "cm", "creatinine": "mg/dL", "alt": "U/L", "platelets": "10*9/L",
    "age": "a", "creatinine_clearance": "mL/min",
}  # fmt: skip
MAN = {"birth_date": "1966-01-01", "sex": "male", "weight": "72"}


def fact(variable: str, value: str, at: str = "2026-03-10") -> Fact:
    return Fact(
        id=f"{variable}-{value}", variable=variable, value=value, unit=UNITS.get(variable),
        at=Moment(at), source="chart",
    )  # fmt: skip


def on(rule: str, **values: str) -> Evaluation:
    facts = [fact(name, value) for name, value in values.items()]
    return evaluate(read_rule(rule), facts, anchors={"treatment": NOW}, as_of=NOW)


def judged(*rules: str, **values: str) -> Eligibility:
    criteria = Criteria(
        all=tuple(
            Criterion(
                id=f"I{number}", kind="inclusion", text=rule, status=Status.COMPUTABLE,
                rule=read_rule(rule),
            )
            for number, rule in enumerate(rules, start=1)
        )
    )  # fmt: skip
    return judge(
        criteria,
        [fact(name, value) for name, value in values.items()],
        anchors={"treatment": NOW},
        judgements={},
        as_of=NOW,
    )


def test_a_computed_value_is_a_fact_with_its_working_and_its_inputs() -> None:
    found = on("creatinine_clearance > 50 mL/min", creatinine="1.5", **MAN)
    assert found.truth is Truth.TRUE
    assert found.fact is not None
    assert found.fact.id == "computed.cockcroft-gault-actual"
    assert found.fact.at == NOW
    assert found.fact.value.startswith("53.3333333333333333333333333333333")
    assert found.fact.source == (
        "CrCl (Cockcroft–Gault, actual weight) = (140 − 60) × 72 kg / (72 × 1.5 mg/dL)"
        " = 53.33 mL/min"
    )
    assert [one.variable for one in found.inputs] == ["birth_date", "sex", "weight", "creatinine"]


def test_a_time_since_is_explained_by_its_date() -> None:
    rule = "time_since_hsct >= 60 d at treatment"
    found = on(rule, hsct_date="2026-01-01")
    assert (found.truth, found.reason, found.needs) == (Truth.TRUE, None, ())
    assert found.fact is not None and found.fact.variable == "hsct_date"
    vague = on(rule, hsct_date="2026-01")
    assert (vague.truth, vague.reason) == (Truth.UNKNOWN, Reason.NOT_EXACT)
    assert vague.needs == ("hsct_date",)
    assert [one.variable for one in judged(rule, hsct_date="2026-01").missing] == ["hsct_date"]
    assert [one.variable for one in judged(rule).missing] == ["time_since_hsct"]
    lines = explain_verdict(judged(rule, hsct_date="2026-01-01")["I1"])
    assert lines[1].endswith(
        "TRUE — date of stem cell transplantation 2026-01-01 on 2026-03-10 (chart)"
    )
    only = on("time_since_hsct by since-date >= 60 d at treatment")
    assert (only.reason, only.needs) == (Reason.NO_INPUT, ("hsct_date",))
    means = explain_meaning(read_rule(rule), "inclusion")
    assert any("counted from its date" in line and "date of stem cell" in line for line in means)


@pytest.mark.parametrize(
    ("given", "needs"),
    [
        ({"creatinine": "1.5"}, ("birth_date", "sex", "weight")),
        (MAN, ("creatinine",)),
        ({**MAN, "age": "60", "birth_date": "1966"}, ("creatinine",)),
        ({"sex": "male", "weight": "72", "creatinine": "1.5"}, ("birth_date",)),
    ],
)
def test_what_a_computed_value_lacks_is_named(
    given: dict[str, str], needs: tuple[str, ...]
) -> None:
    found = on("creatinine_clearance > 50 mL/min", **given)
    assert (found.reason, found.needs) == (Reason.NO_INPUT, needs)


def test_an_input_that_a_formula_cannot_take_sends_to_the_value_itself() -> None:
    given = {**MAN, "height": "60", "creatinine": "1.5"}  # Devine gives no weight for it
    found = on("creatinine_clearance by cockcroft-gault-ideal > 50 mL/min", **given)
    assert (found.reason, found.needs) == (Reason.NO_INPUT, ("creatinine_clearance",))


def test_what_to_get_next_is_the_missing_input_the_most_deciding_first() -> None:
    found = judged(
        "creatinine_clearance > 50 mL/min", "creatinine < 2 mg/dL", "bsa > 1.5 m2", **MAN
    )
    assert [(one.variable, one.criteria, one.settles) for one in found.missing] == [
        ("creatinine", ("I1", "I2"), 4),
        ("height", ("I3",), 2),
    ]
    # Of two missing inputs neither settles it alone.
    two = judged("creatinine_clearance > 50 mL/min", sex="male", weight="72")
    assert {(one.variable, one.settles) for one in two.missing} == {
        ("birth_date", 0), ("creatinine", 0)
    }  # fmt: skip


def test_counts_times_and_conditions_say_what_to_get_next() -> None:
    rule = "if aml then count (platelets < 20 10*9/L) == 0 else since hsct_date >= 100 d"
    assert [one.variable for one in judged(rule).missing] == ["aml", "platelets", "hsct_date"]
    assert [one.variable for one in judged(rule, aml="true").missing] == ["platelets"]
    assert [one.variable for one in judged(rule, aml="false").missing] == ["hsct_date"]


def test_the_facts_behind_a_computed_value_belong_to_the_verdict() -> None:
    found = judged("creatinine_clearance > 50 mL/min", creatinine="1.5", **MAN)
    assert {one.variable for one in found.inputs} == {*MAN, "creatinine"}


def test_a_verdict_shows_the_working_and_only_the_arm_that_counts() -> None:
    lines = explain_verdict(
        judged("creatinine_clearance > 50 mL/min", creatinine="1.5", **MAN)["I1"]
    )
    assert lines[1] == (
        "creatinine clearance above 50 mL/min: TRUE — computed as of 2026-03-15: CrCl "
        "(Cockcroft–Gault, actual weight) = (140 − 60) × 72 kg / (72 × 1.5 mg/dL) = 53.33 mL/min"
    )
    arms = judged("if aml then apl else mds", aml="false", mds="true")
    assert len(explain_verdict(arms["I1"])) == 3
    why = explain_verdict(judged("creatinine_clearance > 50 mL/min", **MAN)["I1"])
    assert why[1].endswith("missing or cannot be used: serum creatinine")
    no_baseline = judged("alt <= 2 x baseline", alt="30")["I1"]
    assert explain_verdict(no_baseline)[1].endswith("baseline has no date yet")


def test_the_listing_adds_keys_only_where_they_say_something() -> None:
    rule = (
        "first alt < 40 U/L and bsa by du-bois > 1 m2 and count (aml) >= 2 and "
        "(since hsct_date >= 3 mo at treatment) and (fever between 2 and 5 days after x)"
    )
    one = Criterion(
        id="I1", kind="inclusion", text="x", status=Status.COMPUTABLE, rule=read_rule(rule)
    )
    (listed,) = list_criteria(Criteria(all=(one,)))
    assert isinstance(listed, dict)
    plain = {"anchor": None, "window_days": None}
    assert listed["atoms"] == [
        {"variable": "alt", "op": "<", "value": "40", "unit": "U/L", **plain, "pick": "first"},
        {"variable": "bsa", "op": ">", "value": "1", "unit": "m2", **plain, "method": "du-bois"},
        {"variable": "aml", "op": "present", "value": None, "unit": None, **plain,
         "count": {"op": ">=", "value": "2"}},
        {"variable": "hsct_date", "op": ">=", "value": "3", "unit": "mo", "anchor": "treatment",
         "window_days": None, "since": True},
        {"variable": "fever", "op": "present", "value": None, "unit": None, "anchor": "x",
         "window_days": 5, "least_days": 2, "side": "after"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "english", "chinese"),
    [
        ("any fever", "any value of fever: yes", "任一次发热：是"),
        (
            "all spo2 >= 92 % within 2 days after x",
            (
                "every value of oxygen saturation by pulse oximetry, room air at least 92 %, "
                "measured within 2 days after x"
            ),
            "每一次指脉氧饱和度（吸室内空气）不低于92 %（“x”后2天内测得）",
        ),
        (
            "alt <= 1 x baseline",
            "alanine aminotransferase (ALT) at most the participant's own value at baseline",
            "丙氨酸氨基转移酶（ALT）不高于本人基线值",
        ),
        ("since hsct_date < 100 d", None, None),
        (
            "if aml then apl",
            (
                "if acute myeloid leukaemia: yes, then acute promyelocytic leukaemia: yes; "
                "otherwise it counts as met"
            ),
            "若急性髓系白血病：是，则急性早幼粒细胞白血病：是；否则视为符合",
        ),
        ("count (aml) < 1", "no value with: acute myeloid leukaemia: yes", None),
        ("count (aml) >= 1", "at least one value with: acute myeloid leukaemia: yes", None),
        ("count (aml) > 1", "more than 1 value with: acute myeloid leukaemia: yes", None),
        ("count (fever) <= 2", "at most 2 values with: fever: yes", "至多2次符合：发热：是"),
        (
            "bsa by recorded > 1 m2 at least 3 days before x",
            (
                "body surface area (as recorded, never computed) above 1 m², measured at least "
                "3 days before x"
            ),
            "体表面积（仅取记录值，不计算）高于1 m²（“x”前至少3天测得）",
        ),
        ("fever after x", "fever: yes, from x on", "发热：是（自“x”起）"),
    ],
)
def test_a_rule_in_words(rule: str, english: str | None, chinese: str | None) -> None:
    told = explain_rule(read_rule(rule), "en"), explain_rule(read_rule(rule), "zh")
    assert english in {None, told[0]}
    assert chinese in {None, told[1]}


@pytest.mark.parametrize(
    ("rule", "kind", "told"),
    [
        ("if sex == female then pregnant", "exclusion", True),
        ("aml or (if sex == female then pregnant)", "exclusion", True),
        ("if aml then apl else (if sex == female then pregnant)", "exclusion", True),
        ("if sex == female then pregnant", "inclusion", False),
        ("if sex == female then pregnant else fever", "exclusion", False),
        ("not (if sex == female then pregnant)", "exclusion", False),
        ("sex == female and pregnant", "exclusion", False),
    ],
)
def test_an_exclusion_tells_whom_an_if_without_else_leaves_out(
    rule: str, kind: CriterionKind, told: bool
) -> None:
    lines = explain_meaning(read_rule(rule), kind)
    assert any(line.startswith("Whoever the “if” does not hold for") for line in lines) is told
