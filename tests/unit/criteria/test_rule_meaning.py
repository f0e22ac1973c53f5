"""What a rule means in words, and what a missing value does to it."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings

from support.rule_strategies import rules
from trialrun.assess.formulas import Surface, WeightRule
from trialrun.criteria.meaning import explain_meaning, moments_named, possible_without
from trialrun.criteria.methods import METHODS
from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Node,
    Not,
    Or,
    Presence,
    Unread,
    atoms,
)
from trialrun.criteria.parser import read_rule
from trialrun.criteria.reference import combined
from trialrun.values.truth import Truth
from trialrun.vocabulary.table import variables

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("rule", "without", "truths"),
    [
        ("aml", "aml", {U}),
        ("aml and apl", "aml", {U, F}),
        ("aml or apl", "aml", {U, T}),
        ("not (aml or apl)", "aml", {U, F}),
        ("at least 2 of (aml, apl, mds)", "aml", {T, F, U}),
        ("at least 3 of (aml, apl, mds)", "aml", {F, U}),
        ("if aml then apl else mds", "aml", {T, F, U}),
        ("if aml then apl", "aml", {T, U}),
        ("if aml then apl", "apl", {T, U}),
        ("count (aml) >= 2 and apl", "aml", {F, U}),
        ("since aml > 3 d or apl", "aml", {T, U}),
        ('judgement "fit" and aml', "aml", {F, U}),
        ('unread "x" and aml', "aml", {U}),
    ],
)
def test_what_the_rest_may_still_decide(rule: str, without: str, truths: set[Truth]) -> None:
    assert possible_without(read_rule(rule), without) == truths


@settings(max_examples=40)
@given(rules)
def test_it_is_what_trying_every_value_of_the_others_gives(rule: Node) -> None:
    leaves = list(_leaves(rule))
    if len(leaves) > 6:
        return
    for name in {atom.variable for atom in atoms(rule)}:
        ways = [[U] if _about(leaf, name) else list(Truth) for leaf in leaves]
        tried = {_value(rule, iter(truths)) for truths in product(*ways)}
        assert possible_without(rule, name) == tried


def _leaves(node: Node):  # type: ignore[no-untyped-def]
    parts = (node.part,) if isinstance(node, Not) else getattr(node, "parts", ())
    if not parts:
        yield node
    for part in parts:
        yield from _leaves(part)


def _about(leaf: Node, name: str) -> bool:
    if isinstance(leaf, Count):
        return leaf.of.variable == name
    if isinstance(leaf, Comparison | In | Presence | Elapsed):
        return leaf.variable == name
    return isinstance(leaf, Unread)


def _value(node: Node, truths) -> Truth:  # type: ignore[no-untyped-def]
    match node:
        case Not():
            return ~_value(node.part, truths)
        case And() | Or() | AtLeast() | If():
            return combined(node, [_value(part, truths) for part in node.parts])
        case _:
            return next(truths)


def test_a_rule_is_told_with_what_a_missing_value_does() -> None:
    rule = read_rule("creatinine < 1.5 x ULN or creatinine_clearance > 50 mL/min")
    assert explain_meaning(rule, "inclusion") == (
        (
            "to be met: serum creatinine below 1.5 times the upper limit of normal, or creatinine "
            "clearance above 50 mL/min"
        ),
        (
            "No value of serum creatinine, creatinine clearance: not known, unless the rest of the "
            "rule already lets the person in."
        ),
        (
            "serum creatinine: a value without the laboratory's upper limit, its own or the "
            "site's, is not known."
        ),
        (
            "creatinine clearance: where no value is recorded, computed after Cockcroft–Gault with "
            "the actual weight (needs date of birth or age, sex, body weight, serum creatinine)."
        ),
    )
    assert explain_meaning(rule, "inclusion", "zh")[2] == (
        "血清肌酐：若数值既未附实验室正常值上限、本中心又无上限，结果未知。"
    )


def test_an_exclusion_is_told_by_its_verdict() -> None:
    first, second = explain_meaning(read_rule("aml or apl"), "exclusion")
    assert first.startswith("leaves out whoever meets:")
    assert second.endswith("unless the rest of the rule already keeps the person out.")


def test_a_method_that_the_rule_names_is_told_as_such() -> None:
    lines = explain_meaning(read_rule("bsa by du-bois > 1.5 m2"), "inclusion")
    assert lines[-1].endswith("(needs body height, body weight), whatever is recorded.")
    for rule in ("bsa by recorded > 1.5 m2", "any bsa > 1.5 m2", "count (bsa > 1.5 m2) >= 1"):
        assert len(explain_meaning(read_rule(rule), "inclusion")) == 2


def test_the_words_of_time_are_named_that_of_a_baseline_too() -> None:
    rule = read_rule("(alt < 2 x baseline within 3 days before x) and since aml > 3 d at y")
    assert moments_named(rule) == ("x", "baseline", "y")


def test_every_method_of_the_vocabulary_is_known_and_none_is_left_over() -> None:
    named = {method for row in variables().values() for method in row.methods}
    assert named == set(METHODS)
    for method in METHODS.values():
        assert set(method.inputs) <= set(variables())
    assert {f"cockcroft-gault-{rule.value}" for rule in WeightRule} <= named
    assert {Surface.MOSTELLER.value, Surface.DU_BOIS.value} <= named
