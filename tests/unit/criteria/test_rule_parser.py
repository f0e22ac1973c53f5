"""Rules are read as the protocol writes them; what cannot be read is told with its column."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.criteria.nodes import And, Comparison, In, Node, Not, Or, Presence
from trialrun.criteria.parser import read_rule
from trialrun.criteria.printer import write_rule
from trialrun.errors import RuleError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS


def comparison(variable: str, op: str, value: str, unit: str, **window: object) -> Comparison:
    limit = Quantity(Decimal(value), UNITS[unit])
    return Comparison(variable=variable, op=op, limit=limit, **window)  # type: ignore[arg-type]


WINDOW = {"anchor": "treatment", "window_days": 14}


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("age >= 18 a", comparison("age", ">=", "18", "a")),
        ("alt < 2 x ULN", comparison("alt", "<", "2", "xULN")),
        ("alt ≤ 2.5 × uln", comparison("alt", "<=", "2.5", "xULN")),
        ("ecog <= 3", comparison("ecog", "<=", "3", "{score}")),
        ("inr < 1.5", comparison("inr", "<", "1.5", "1")),
        ("platelets >= 100 10*9/L", comparison("platelets", ">=", "100", "10*9/L")),
        ("creatinine = 1.5 mg/dl", comparison("creatinine", "==", "1.5", "mg/dL")),
        ("ecog in {0, 1}", In(variable="ecog", values=("0", "1"))),
        ("sex == female", In(variable="sex", values=("female",))),
        ("informed_consent", Presence(variable="informed_consent")),
        ("present informed_consent", Presence(variable="informed_consent")),
        ("absent arrhythmia", Presence(variable="arrhythmia", present=False)),
        ("not arrhythmia", Presence(variable="arrhythmia", present=False)),
        ("any not arrhythmia", Presence(variable="arrhythmia", present=False, pick="any")),
        ("not any arrhythmia", Not(part=Presence(variable="arrhythmia", pick="any"))),
        ("not (arrhythmia)", Not(part=Presence(variable="arrhythmia"))),
        ("not alt < 2 x ULN", Not(part=comparison("alt", "<", "2", "xULN"))),
        (
            'time_since_reinduction >= 2 weeks at "NK cell therapy"',
            comparison("time_since_reinduction", ">=", "2", "wk", anchor="NK cell therapy"),
        ),
    ],
)
def test_one_statement(text: str, node: Node) -> None:
    assert read_rule(text) == node
    assert read_rule(write_rule(node)) == node


def test_and_binds_closer_than_or() -> None:
    aml, apl, mds = (Presence(variable=name) for name in ("aml", "apl", "mds"))
    assert read_rule("aml or apl and mds") == Or(parts=(aml, And(parts=(apl, mds))))
    assert read_rule("(aml or apl) and mds") == And(parts=(Or(parts=(aml, apl)), mds))


def test_a_window_stands_for_what_is_before_it_and_has_none() -> None:
    text = (
        "alt < 2 x ULN and total_bilirubin < 1.5 x ULN "
        "and not active_hepatitis within 14 days before treatment"
    )
    rule = read_rule(text)
    assert rule == And(
        parts=(
            comparison("alt", "<", "2", "xULN", **WINDOW),
            comparison("total_bilirubin", "<", "1.5", "xULN", **WINDOW),
            Presence(
                variable="active_hepatitis", present=False, anchor="treatment", window_days=14
            ),
        )
    )
    assert write_rule(rule) == text
    assert read_rule("aml and (apl within 2 weeks before treatment)") == And(
        parts=(
            Presence(variable="aml"),
            Presence(variable="apl", anchor="treatment", window_days=14),
        )
    )


@pytest.mark.parametrize(
    ("text", "what", "column", "remedy"),
    [
        ("platlets > 3 10*9/L", "no variable is called 'platlets'", 1, "Did you mean platelets?"),
        ("age >= 18 a and qwertz", "no variable is called 'qwertz'", 17, "names variables"),
        ("age > 18", "age 18 has no unit", 9, "such as 18 a"),
        ("creatinine >= 1,5 mg/dL", "a comma in a number, 1,5,", 15, "as a point"),
        ("platelets >= 100,000 /uL", "number, 100,000,", 14, "none for thousands"),
        ("alt < 3 mg", "alt is not measured in mg", 7, "U/L"),
        ("alt < 3 furlongs", "unknown unit 'furlongs'", 9, "mg/dL"),
        ("alt", "alt is a number", 1, "Compare it"),
        ("aml < 3 a", "aml is a condition", 1, "Write aml, or not aml"),
        ("hsct_date", "hsct_date is a date", 1, "since hsct_date"),
        ("not sex", "sex is one of several values", 5, "sex == female"),
        ("sex == other", "'other' is no value of sex", 1, "female, male"),
        ("ecog in {0, 7}", "'7' is no value of ecog", 1, "0, 1, 2, 3, 4, 5"),
        ("ecog in {0, 0}", "different values", 1, ""),
        ("ecog <= 1.5", "whole levels", 9, "0, 1, 2"),
        ("ecog <= 1 x ULN", "no laboratory limit", 9, ""),
        ("age >= a", "expected a number for age", 8, "digits"),
        ("(aml", "this ( is not closed", 1, ""),
        ("aml aml", "expected and, or, a window, or the end", 5, ""),
        ("aml and", "expected a condition here", 8, "age >= 18 a"),
        ("", "expected a condition here", 1, ""),
        ("aml within 3 months before x", "a window of 3 months?", 14, "28 or 31"),
        ("aml within 3 days before", "a window is before something", 25, "treatment"),
        ("aml within 3 days of x", "expected 'before' or 'after' here", 19, ""),
        ("worst age < 75 a", "the worst", 7, "any or all"),
        ("worst alt == 3 U/L", "not exactly", 7, ""),
        ("alt by mosteller < 3 U/L", "never computed", 1, "by mosteller"),
        ("bsa by haycock > 1 m2", "not computed by 'haycock'", 1, "du-bois"),
        ("any bsa by mosteller > 1 m2", "the latest, not any", 5, "recorded"),
        ("aml between 28 and 14 days before x", "holds nothing", 5, "smaller number first"),
        ("since aml >= 3 kg", "not measured in kg", 1, "mo"),
        ("since aml >= 0.5 mo", "no whole months", 1, "days"),
        ("since alt >= 3 d", "alt is a number", 1, "Compare it"),
        ("since aml >= 3 d within 14 days before x", "not within a window", 18, "at x"),
        ("count (aml or apl) >= 2", "values of one variable", 1, ""),
        ("count (any aml) >= 2", "every value", 1, ""),
        ("count (aml)", "compared with a number", 12, ">= 2"),
        ("aml and if apl then mds", "stands inside a rule", 9, "parentheses"),
        ("if aml", "expected 'then'", 7, ""),
        ("at least 3 of (aml, apl)", "at least 3 of 2", 25, ""),
        ("judgement fit", "expected words in double quotes", 11, ""),
        ('judgement " "', "needs words", 14, ""),
        ("(" * 80 + "aml" + ")" * 80, "nested too deeply", 62, ""),
        ("not " * 80 + "aml", "nested too deeply", 245, ""),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str, what: str, column: int, remedy: str
) -> None:
    with pytest.raises(RuleError) as caught:
        read_rule(text, where="criterion I6")
    assert what in caught.value.what
    assert f"criterion I6, column {column}," in caught.value.where
    assert remedy in caught.value.remedy and caught.value.remedy
    assert_a_caret_stands_at(caught.value, text, column)


def assert_a_caret_stands_at(error: RuleError, text: str, column: int) -> None:
    shown, caret = error.excerpt.split("\n")
    place = caret.index("^")
    assert caret == " " * place + "^"
    here = text[column - 1 : column]
    assert shown[place : place + 1].rstrip("…") in {here, ""}


MISTYPED = [
    # what a statistician types, what is told, and what to write instead
    ("aml >= 3", "aml is a condition, present or absent", "Write aml, or not aml; "),
    ("aml >= 3 mo", "aml is a condition", "since aml >= 3 mo"),
    ("aml = yes", "aml is a condition", "Write aml."),
    ("aml == false", "aml is a condition", "Write not aml."),
    ("aml is present", "a condition is named alone", "not aml"),
    ("aml within 14.5 days before x", "a whole number", "14 days"),
    ("aml within two weeks before x", "a whole number", "as digits"),
    ("aml within 14-28 days before x", "two numbers", "between 14 and 28 days before"),
    ("aml within 2 months before x", "a window of 2 months", "28 or 31"),
    ("aml within 48 hours before x", "a window of 48 hours", "> 48 h"),
    ("aml within 14 days prior to x", "expected 'before' or 'after'", "within 14 days before"),
    ("aml within 14 days before first dose", "'first' alone names no moment", '"first dose"'),
    ("aml at day 0", "one word, or on words in quotes", '"day 0"'),
    ("aml before treatment", "how many days", "within 14 days before treatment"),
    ("aml 14 days before treatment", "begins with within", "within 14 days"),
    ("alt < 3 x ULN in 14 days before x", "begins with within", "within 14 days"),
    ("alt <= 5 x ULN if cns_leukaemia", "not behind it", "if … then …"),
    ("unless aml then apl", "'unless' is no word", "if not"),
    ("if aml, then apl", "expected 'then'", "if … then …"),
    ("if aml then apl otherwise mds", "'otherwise'", "else"),
    ("karnofsky >= 60 %", "karnofsky has no unit", "Leave it out: karnofsky >= 60."),
    ("age >= 18 a <= 75 a", "one limit", "age >= 18 a and age <= 75 a"),
    ("18 a <= age <= 75 a", "the variable stands first", "age >= 18 a"),
    ("age between 18 and 75 a", "two limits", "age >= 18 a and age <= 75 a"),
    ("age 18 a", "compared with a limit", "age >= 18 a"),
    ("age is 18 a", "compared with a limit", "age >= 18 a"),
    ("age => 18 a", "no such sign", ">="),
    ("age =< 18 a", "no such sign", "<="),
    ("age != 18 a", "no such sign", "not (age == …)"),
    ("age >= 18 a, not aml", "and, or or", "Write and in place of ','"),
    ("age >= 18 a; not aml", "and, or or", "Write and in place of ';'"),
    ("age >= 18 a && not aml", "and, or or", "Write and in place of '&&'"),
    ("aml | apl", "and, or or", "Write or in place of '|'"),
    ("aml AND apl", "'AND' is not known", "small letters"),
    ("NOT aml", "'NOT' is not known", "small letters"),
    ("!aml", "no sign", "Write not"),
    ("aml and/or apl", "two ways", "Write or"),
    ("aml but not apl", "'but'", "and not"),
    ("creatinine < 1.5 mg/dL or < 132 umol/L", "also the second time", "or creatinine <"),
    ("ecog = 0 or 1", "without its variable", "ecog in {0, 1}"),
    ("ecog 0-1", "named levels", "ecog in {0, 1}"),
    ("ecog in (0, 1)", "expected '{'", "in braces"),
    ("ecog in {0; 1}", "expected '}'", "a comma"),
    ("alt <= ULN", "the multiple is missing", "1 x ULN"),
    ("alt <= 2 x normal", "ULN, LLN or baseline", "2 x ULN"),
    ("platelets > 100.000 /uL", "can be read two ways", "no point for thousands"),
    ("platelets > 1e5 /uL", "written in full", "100000"),
    ("platelets > 100 x 109/L", "lost its sign", "100 10*9/L"),
    ("since hsct_date >= 14", "has no unit", "14 d"),
    ("2 of (aml, apl)", "begins with at least", "at least 2 of"),
    ("at least two of (aml, apl)", "a whole number", "digits"),
    ("at least 2 (aml, apl)", "expected 'of'", "at least 2 of (aml"),
    ("at least 2 of aml, apl", "expected '('", "parentheses"),
    ("count platelets < 20 10*9/L >= 2", "expected '('", "count (platelets"),
    ("not active hepatitis", "a name has no spaces", "Write active_hepatitis."),
    ("max alt < 3 x ULN", "'max' does not say", "worst"),
    ("female", "no variable is called 'female'", "Write sex == female."),
    ("aml)", "closes no (", "Leave it out"),
    ("(aml and apl", "not closed", "Write its )"),
    ("judgement 'fit'", "double quotes", 'judgement "fit'),
    ('"aml"', "without quotes", "Write aml."),
]


@pytest.mark.parametrize(("text", "what", "remedy"), MISTYPED)
def test_what_is_mistyped_is_told_with_what_to_write(text: str, what: str, remedy: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rule(text, where="criterion I6")
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    match = re.match(r"criterion I6, column (\d+)", caught.value.where)
    assert match is not None
    assert_a_caret_stands_at(caught.value, text, int(match[1]))


SOUND = [
    "alt < 2 x ULN and not active_hepatitis within 14 days before treatment",
    "if cns_leukaemia then alt <= 5 x ULN else alt <= 3 x ULN",
    "count (platelets < 20 10*9/L) >= 2 within 28 days before consent",
    "at least 2 of (aml, apl, mds)",
    "since last_chemotherapy_date >= 14 d at treatment or ecog in {0, 1}",
    'judgement "fit" or worst platelets >= 20 10*9/L between 3 and 14 days before "day 0"',
]


@given(st.sampled_from(SOUND), st.data())
def test_a_rule_with_a_slip_is_read_or_told_with_place_and_remedy(
    text: str, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        until = data.draw(st.integers(at, min(len(text), at + 6)))
        put = data.draw(
            st.sampled_from(["", "(", ")", ",", " if ", " 3 ", "=", "≥", "\n", '"', "é"])
        )
        text = text[:at] + put + text[until:]
    try:
        read_rule(text)
    except RuleError as error:
        assert error.what and error.remedy
        assert error.excerpt.count("\n") == 1 and error.excerpt.endswith("^")
        assert str(error).count(error.remedy) == 1


def test_the_caret_of_a_long_or_wide_rule_stands_below_its_place() -> None:
    long = " and ".join(["aml"] * 40)
    with pytest.raises(RuleError) as caught:
        read_rule(f"{long} and qwertz and {long}")
    shown, caret = caught.value.excerpt.split("\n")
    assert shown.startswith("…") and shown.endswith("…") and len(shown) < 110
    assert shown[caret.index("^") :].startswith("qwertz")
    with pytest.raises(RuleError) as caught:
        read_rule('judgement "可以" and\n  judgement "适合" qwertz')
    assert caught.value.excerpt == '  judgement "适合" qwertz\n' + " " * 19 + "^"
    assert str(caught.value).splitlines()[1:3] == [
        '      judgement "适合" qwertz', " " * 23 + "^",
    ]  # fmt: skip


def test_a_power_of_ten_may_have_its_sign() -> None:
    for text in ("platelets > 100 x 10^9/L", "platelets > 100 × 10*9/L", "platelets > 100 x 10⁹/L"):
        assert write_rule(read_rule(text)) == "platelets > 100 10*9/L"


def test_nodes_check_themselves() -> None:
    for wrong in (
        lambda: Presence(variable="nothing"),
        lambda: Presence(variable="aml", window_days=3),
        lambda: Presence(variable="aml", anchor="treatment", window_days=-1),
        lambda: Presence(variable="aml", anchor=" "),
        lambda: And(parts=(Presence(variable="aml"),)),
        lambda: comparison("age", "≈", "18", "a"),
        lambda: In(variable="sex", values=()),
    ):
        with pytest.raises(RuleError):
            wrong()


def test_a_slip_within_levels_is_told_with_what_to_write() -> None:
    with pytest.raises(RuleError) as told:
        read_rule("ecog in {(0, 1}")
    assert "expected a value here" in told.value.what and "in {III, IV}" in told.value.remedy
