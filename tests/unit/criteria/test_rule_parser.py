"""Rules are read as the protocol writes them; what cannot be read is told with its column."""

from __future__ import annotations

from decimal import Decimal

import pytest

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
        ("alt < 3 mg", "alt is not measured in mg", 1, "U/L"),
        ("alt < 3 furlongs", "unknown unit 'furlongs'", 9, "mg/dL"),
        ("alt", "alt is a quantity", 1, "Compare it"),
        ("aml < 3 a", "aml is a boolean", 1, "Write aml, or not aml."),
        ("hsct_date", "hsct_date is a date", 1, "since hsct_date"),
        ("not sex", "sex is a coded", 5, "sex == female"),
        ("sex == other", "'other' is no value of sex", 1, "female, male"),
        ("ecog in {0, 7}", "'7' is no value of ecog", 1, "0, 1, 2, 3, 4, 5"),
        ("ecog in {0, 0}", "different values", 1, ""),
        ("ecog <= 1.5", "whole levels", 1, ""),
        ("ecog <= 1 x ULN", "no laboratory limit", 1, ""),
        ("age >= a", "expected a number for age", 8, "digits"),
        ("(aml", "expected ')' here", 5, ""),
        ("aml aml", "expected and, or, a window, or the end", 5, ""),
        ("aml and", "expected a condition here", 8, "age >= 18 a"),
        ("", "expected a condition here", 1, ""),
        ("aml within 3 months before x", "a window of 3 months?", 14, "14 days"),
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
        ("since alt >= 3 d", "alt is a quantity", 1, "Compare it"),
        ("since aml >= 3 d within 14 days before x", "not within a window", 18, "at x"),
        ("count (aml or apl) >= 2", "values of one variable", 1, ""),
        ("count (any aml) >= 2", "every value", 1, ""),
        ("count (aml)", "compared with a number", 12, ">= 2"),
        ("aml and if apl then mds", "expected a condition", 9, "parentheses"),
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
    assert remedy in caught.value.remedy


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
