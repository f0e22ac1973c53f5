"""Rules, verdicts and questions in words, in every language of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from trialrun.assess.formulas import shown
from trialrun.criteria.anchor_words import anchor_words
from trialrun.criteria.criterion import Criterion, Question, Status
from trialrun.criteria.deciding import BASELINE_ANCHOR
from trialrun.criteria.derived import AGE, COMPUTED
from trialrun.criteria.nodes import (
    LLN,
    ULN,
    And,
    AtLeast,
    Atom,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
    Window,
    atoms,
    mapped,
)
from trialrun.criteria.printer import bare, common_window
from trialrun.criteria.reference import Evaluation, Reason, mattering
from trialrun.criteria.source_words import source_words
from trialrun.criteria.verdict import Verdict
from trialrun.errors import UnitError
from trialrun.values.quantity import Quantity, plain, read_quantity
from trialrun.values.truth import Truth
from trialrun.values.unit import UNITS
from trialrun.values.unit_symbol import symbol
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable
from trialrun.wording.catalogue import Locale, say

_OPS = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least", "==": "exactly"}


def explain_rule(node: Node, locale: Locale = "en") -> str:
    """What a rule asks for, in words; a window that all share is said once.

    >>> from trialrun.criteria.parser import read_rule
    >>> explain_rule(read_rule("age >= 18 a"))
    'age at least 18 years'
    """
    window = common_window(node)
    if window is None:
        return _words(node, locale)
    several = len(list(atoms(node))) > 1
    return _windowed(_words(mapped(node, bare), locale), window, locale, several=several)


def explain_verdict(
    verdict: Verdict, locale: Locale = "en", above: Criterion | None = None
) -> tuple[str, ...]:
    """Lines: the verdict, then what each atom gave and from which fact, or why it is not known.

    `above` is the criterion it stands below, where that one is not computed from those below it.
    """
    one = verdict.criterion
    lines = [
        say(
            "criteria.verdict_line",
            locale,
            id=one.id,
            kind=say(f"criteria.kind_{one.kind}", locale),
            truth=say(f"criteria.truth_{verdict.truth.value}", locale),
        )
    ]
    if above is not None:
        said = say(f"criteria.below_{above.status.value}", locale)
        lines.append(say("criteria.why_below", locale, parent=above.id, status=said))
    if one.status is Status.UNREAD or (one.status is Status.PARTLY and is_unread(one.rule)):
        lines.append(say("criteria.why_unread", locale))
    elif one.status is Status.PARTLY:
        lines.append(say("criteria.why_partly", locale))
    if one.status is Status.JUDGEMENT and verdict.truth is Truth.UNKNOWN:
        lines.append(say("criteria.why_judgement", locale))
    if verdict.evaluation is not None:
        lines.extend(_evidence(verdict.evaluation, locale))
    return tuple(lines)


def is_unread(rule: Node | None) -> bool:
    """Whether a rule only repeats the words that nobody has written as a rule."""
    return rule is None or isinstance(rule, Unread)


def explain_reason(evaluation: Evaluation, locale: Locale = "en") -> str:
    """Why an atom is not known, in words; nothing where it is."""
    reason = evaluation.reason
    if reason is None:
        return ""
    fact, node = evaluation.fact, evaluation.node
    anchor = node.of.anchor if isinstance(node, Count) else None
    if isinstance(node, Comparison | In | Presence | Elapsed):
        anchor = node.anchor
    if reason is Reason.ANCHOR and fact is not None:
        anchor = BASELINE_ANCHOR  # the value is there; what is missing is what it is compared with
    labels = (variables()[name].label(locale) for name in evaluation.needs)
    return say(
        f"criteria.why_{reason.value}",
        locale,
        value="" if fact is None else show_fact(fact, locale),
        at="" if fact is None else fact.at.text,
        anchor="" if anchor is None else anchor_words(anchor, locale),
        needs=say("criteria.between", locale).join(labels),
    )


def ask(question: Question, locale: Locale = "en") -> str:
    """A question in words."""
    if question.topic == "variable":
        name = question.words["variable"]
        return say("criteria.ask_variable", locale, question=variables()[name].asks(locale))
    words = {
        key: _amounts(value, locale, of_age=question.topic.startswith("age_"))
        if key in {"field", "limit", "criteria"}
        else value
        for key, value in question.words.items()
    }
    return say(f"criteria.ask_{question.topic}", locale, **words)


def show_fact(fact: Fact, locale: Locale = "en") -> str:
    """A fact's value with its unit, as people read it."""
    row = variables()[fact.variable]
    match row.kind:
        case Kind.BOOLEAN:
            return say(f"criteria.value_{fact.value}", locale)
        case Kind.CODED:
            return _choice(row, fact.value, locale)
        case Kind.DATE:
            return fact.value
        case Kind.QUANTITY | Kind.ORDINAL:
            unit = UNITS[fact.unit] if fact.unit is not None else row.unit
            assert unit is not None
            number = fact.number
            if fact.id.startswith(COMPUTED):
                number = Decimal(shown(number, 4))  # all 34 digits decide, four are read
            amount = Quantity(number, unit)
            return fact.comparator + _amount(amount, locale, of_age="age" in row.name)
        case _:
            assert_never(row.kind)


def _evidence(evaluation: Evaluation, locale: Locale) -> Iterator[str]:
    node = evaluation.node
    if isinstance(node, Comparison | In | Presence | Elapsed | Count):
        line = say(
            f"criteria.atom_{evaluation.truth.value}", locale, rule=explain_rule(node, locale)
        )
        why = explain_reason(evaluation, locale)
        if not why and evaluation.fact is not None:
            fact = evaluation.fact
            key = "criteria.decided_from" if fact.source else "criteria.decided"
            if fact.id.startswith(COMPUTED):
                key = "criteria.decided_computed"
            if fact.id == AGE:
                yield f"{line} — {_age(fact, evaluation, locale)}"
                return
            value = show_fact(fact, locale)
            if not isinstance(node, Count) and fact.variable != node.variable:
                label = variables()[fact.variable].label(locale)
                value = say("criteria.value_of", locale, variable=label, value=value)
            value = _with_limit(value, fact, node, locale)
            why = say(
                key, locale, value=value, at=fact.at.text, source=source_words(fact.source, locale)
            )
        yield f"{line} — {why}" if why else line
    for part in mattering(evaluation):
        yield from _evidence(part, locale)


def _age(fact: Fact, evaluation: Evaluation, locale: Locale) -> str:
    """How old, on which day, by which date of birth; two ages where that is a year alone."""
    ages, _, code = fact.source.rpartition(": ")[2].rpartition(" ")
    key = f"criteria.unit_{'age' if code == 'a' else code}{'_one' if ages == '1' else ''}"
    return say(
        "criteria.decided_age",
        locale,
        value=say(key, locale, number=ages),
        at=fact.at.text[:10],
        born=evaluation.inputs[0].value,
    )


def _with_limit(
    value: str, fact: Fact, node: Comparison | In | Presence | Elapsed | Count, locale: Locale
) -> str:
    """A value with the laboratory's limit, where the rule compares it with a multiple of that."""
    if not isinstance(node, Comparison) or fact.unit is None or fact.unit in {"xULN", "xLLN"}:
        return value
    for unit, limit, key in ((ULN, fact.high, "value_uln"), (LLN, fact.low, "value_lln")):
        if node.limit.unit == unit and limit is not None:
            number = Decimal(
                shown(Fraction(limit), 4)
            ).normalize()  # a converted limit may be a fraction
            amount = _amount(Quantity(number, UNITS[fact.unit]), locale)
            return say(f"criteria.{key}", locale, value=value, limit=amount)
    return value


def _words(node: Node, locale: Locale) -> str:
    match node:
        case Comparison() | In() | Presence() | Elapsed():
            return _atom(node, locale)
        case Count():
            rule = explain_rule(node.of, locale)
            return say(f"criteria.count_{_count_key(node)}", locale, number=node.number, rule=rule)
        case If():
            condition, then, *rest = (_part(part, locale) for part in node.parts)
            if not rest:
                return say("criteria.if_then", locale, condition=condition, then=then)
            return say(
                "criteria.if_else", locale, condition=condition, then=then, otherwise=rest[0]
            )
        case And():
            return say("criteria.and_between", locale).join(_part(p, locale) for p in node.parts)
        case Or():
            return say("criteria.or_between", locale).join(_part(p, locale) for p in node.parts)
        case Not():
            return say("criteria.not_of", locale, rule=_part(node.part, locale))
        case AtLeast():
            parts = say("criteria.between", locale).join(_part(p, locale) for p in node.parts)
            return say("criteria.some_of", locale, count=node.count, parts=parts)
        case Judgement():
            return say("criteria.judgement", locale, words=node.words)
        case Unread():
            return say("criteria.unread", locale, words=node.words)
        case _:
            assert_never(node)


def _count_key(node: Count) -> str:
    """None at all and at least one have their own words; so has any other one."""
    if (node.op, node.number) in {("<", 1), ("<=", 0), ("==", 0)}:
        return "none"
    if (node.op, node.number) in {(">=", 1), (">", 0)}:
        return "some"
    return f"{_OPS[node.op]}{'_one' if node.number == 1 else ''}"


def _part(node: Node, locale: Locale) -> str:
    rule = explain_rule(node, locale)
    if isinstance(node, And | Or | AtLeast | Not | If) or any(atom.anchor for atom in atoms(node)):
        return say("criteria.group", locale, rule=rule)
    return rule


def _atom(atom: Atom, locale: Locale) -> str:
    row = variables()[atom.variable]
    label = row.label(locale)
    if not isinstance(atom, Elapsed) and atom.pick != "latest":
        label = say(f"criteria.pick_{atom.pick}", locale, variable=label)
    match atom:
        case Elapsed():
            limit = _amount(atom.limit, locale)
            return say(f"criteria.since_{_OPS[atom.op]}", locale, variable=label, limit=limit)
        case Comparison():
            if atom.method is not None:
                method = say(f"criteria.method_{atom.method.replace('-', '_')}", locale)
                label = say("criteria.computed", locale, variable=label, method=method)
            limit = _amount(atom.limit, locale, of_age="age" in row.name)
            return say(f"criteria.{_OPS[atom.op]}", locale, variable=label, limit=limit)
        case In():
            values = ", ".join(_choice(row, value, locale) for value in atom.values)
            key = "criteria.is_value" if len(atom.values) == 1 else "criteria.one_of"
            return say(key, locale, variable=label, values=values)
        case Presence():
            key = "criteria.present" if atom.present else "criteria.absent"
            return say(key, locale, variable=label)
        case _:
            assert_never(atom)


def _amount(amount: Quantity, locale: Locale, *, of_age: bool = False) -> str:
    number, code = plain(amount.value), amount.unit.code
    if of_age and code == "a":
        code = "age"
    if code in {"xULN", "xLLN", "xBaseline"}:
        name = code[1:].lower()
        if amount.value == 1:
            return say(f"criteria.{name}", locale)
        return say(f"criteria.times_{name}", locale, number=number)
    if code in {"age", "a", "mo", "wk", "d", "h"}:
        one = "_one" if amount.value == 1 else ""
        return say(f"criteria.unit_{code}{one}", locale, number=number)
    sign = symbol(code)
    if not sign:
        return say("criteria.unit_plain", locale, number=number)
    return say("criteria.unit_other", locale, number=number, unit=sign)


def _amounts(text: str, locale: Locale, *, of_age: bool) -> str:
    """`"18 a, 75 a"` as people say it; what is no amount stays as it is."""
    try:
        amounts = [read_quantity(part) for part in text.split(", ")]
    except UnitError:
        return text
    return ", ".join(_amount(amount, locale, of_age=of_age) for amount in amounts)


def _choice(row: Variable, value: str, locale: Locale) -> str:
    if row.kind is not Kind.CODED:
        return value
    choice = row.choice(value)
    return choice.zh if locale == "zh" else choice.en


def _windowed(rule: str, window: Window, locale: Locale, *, several: bool) -> str:
    key = "as_of"
    if window.least and window.most is not None:
        key = "between_days"
    elif window.least:
        key = "at_least_days"
    elif window.most is not None:
        key = "window"
    key += ("" if window.side == "before" else "_after") + ("_all" if several else "")
    return say(
        f"criteria.{key}",
        locale,
        rule=rule,
        days=window.most,
        least=window.least,
        anchor=anchor_words(window.anchor, locale),
    )
