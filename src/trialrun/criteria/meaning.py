"""What a rule means, and what a missing value does to it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import assert_never

from trialrun.criteria.criterion import CriterionKind
from trialrun.criteria.deciding import BASELINE_ANCHOR
from trialrun.criteria.explain import explain_rule
from trialrun.criteria.methods import inputs_of
from trialrun.criteria.nodes import (
    BASELINE,
    LLN,
    RECORDED,
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
    atoms,
)
from trialrun.criteria.reference import combined
from trialrun.values.truth import Truth
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables
from trialrun.wording.catalogue import Locale, say

_ALL = frozenset(Truth)


def explain_meaning(rule: Node, kind: CriterionKind, locale: Locale = "en") -> tuple[str, ...]:
    """Lines: what the rule asks for, and what happens where a value is missing."""
    key = f"criteria.means_{kind}"
    lines = [say(key, locale, rule=explain_rule(rule, locale))]
    found = list(dict.fromkeys(atoms(rule)))
    by_outcome: dict[str, list[str]] = {}
    for name in dict.fromkeys(atom.variable for atom in found):
        outcome = _outcome(possible_without(rule, name), kind)
        by_outcome.setdefault(outcome, []).append(variables()[name].label(locale))
    for outcome, labels in by_outcome.items():
        lines.append(say(f"criteria.missing_{outcome}", locale, variables=_listed(labels, locale)))
    if kind == "exclusion" and _asks_some(rule):
        lines.append(say("criteria.if_excludes", locale))
    lines.extend(_notes(rule, found, locale))
    return tuple(dict.fromkeys(lines))


def explain_unknown(locale: Locale = "en") -> tuple[str, ...]:
    """What holds for every rule: values outside a window, and what nobody recorded."""
    return (say("criteria.needs_window", locale), say("criteria.needs_absence", locale))


def moments_named(rule: Node) -> tuple[str, ...]:
    """The words of time that a rule hangs on, that of a baseline too."""
    words: dict[str, None] = {}
    for atom in atoms(rule):
        if atom.anchor is not None:
            words[atom.anchor] = None
        if isinstance(atom, Comparison) and atom.limit.unit == BASELINE:
            words[BASELINE_ANCHOR] = None
    return tuple(words)


def possible_without(rule: Node, name: str) -> frozenset[Truth]:
    """What the rule may still be, with nothing known of one variable and anything of the others.

    Parts are taken to vary by themselves: an outcome that two parts exclude may be among them.
    """
    match rule:
        case Comparison() | In() | Presence() | Elapsed():
            return frozenset({Truth.UNKNOWN}) if rule.variable == name else _ALL
        case Count():
            return possible_without(rule.of, name)
        case Judgement():
            return _ALL
        case Unread():
            return frozenset({Truth.UNKNOWN})
        case Not():
            return frozenset(~truth for truth in possible_without(rule.part, name))
        case And() | Or():
            # One part after the other: the same as all at once, and short for long lists.
            kind = And if isinstance(rule, And) else Or
            first, *rest = (possible_without(part, name) for part in rule.parts)
            for other in rest:
                pair = kind(parts=rule.parts[:2])
                first = frozenset(combined(pair, truths) for truths in product(first, other))
            return first
        case AtLeast():
            return _enough(rule, name)
        case If():
            parts = [possible_without(part, name) for part in rule.parts]
            return frozenset(combined(rule, truths) for truths in product(*parts))
        case _:
            assert_never(rule)


def _enough(rule: AtLeast, name: str) -> frozenset[Truth]:
    """By how many are TRUE, and how many may be: counted on, part by part."""
    seen = {(0, 0)}
    for part in rule.parts:
        seen = {
            (sure + (truth is Truth.TRUE), maybe + (truth is not Truth.FALSE))
            for sure, maybe in seen
            for truth in possible_without(part, name)
        }
    return frozenset(
        Truth.TRUE if sure >= rule.count else Truth.UNKNOWN if maybe >= rule.count else Truth.FALSE
        for sure, maybe in seen
    )


def _outcome(truths: frozenset[Truth], kind: CriterionKind) -> str:
    if kind == "exclusion":
        truths = frozenset(~truth for truth in truths)
    passes, fails = Truth.TRUE in truths, Truth.FALSE in truths
    if passes and fails:
        return "either"
    return "may_pass" if passes else "may_fail" if fails else "open"


def _asks_some(rule: Node) -> bool:
    """Whether it counts as met by whom an "if" without "else" does not describe."""
    match rule:
        case If():
            return len(rule.parts) == 2 or any(map(_asks_some, rule.parts[1:]))
        case And() | Or() | AtLeast():
            return any(map(_asks_some, rule.parts))
        case _:
            return False


def _notes(rule: Node, found: list[Atom], locale: Locale) -> Iterator[str]:
    """What else leaves it unknown: no laboratory limit, no baseline; and what is computed."""
    compared = [atom for atom in found if isinstance(atom, Comparison)]
    for unit, key in ((ULN, "uln"), (LLN, "lln"), (BASELINE, "baseline")):
        names = [atom.variable for atom in compared if atom.limit.unit == unit]
        if names:
            yield say(f"criteria.needs_{key}", locale, variables=_labels(names, locale))
    own = [atom.variable for atom in compared if atom.variable.startswith(OWN)]
    if own:
        yield say("criteria.is_own", locale, variables=_labels(own, locale))
    for atom in compared:
        method = _method(atom, rule)
        if method:
            yield say(
                "criteria.may_be_computed" if atom.method is None else "criteria.is_computed",
                locale,
                variable=variables()[atom.variable].label(locale),
                method=say(f"criteria.method_{method.replace('-', '_')}", locale),
                inputs=_inputs(atom.variable, method, locale),
            )


def _method(atom: Comparison, rule: Node) -> str:
    """How the value is computed, or may be; nothing where it never is."""
    methods = variables()[atom.variable].methods
    if atom.method == RECORDED or not methods or atom.pick != "latest" or _is_counted(rule, atom):
        return ""
    return atom.method or methods[0]


def _is_counted(rule: Node, atom: Comparison) -> bool:
    match rule:
        case Count():
            return rule.of == atom
        case And() | Or() | AtLeast() | If():
            return any(_is_counted(part, atom) for part in rule.parts)
        case Not():
            return _is_counted(rule.part, atom)
        case _:
            return False


def _inputs(name: str, method: str, locale: Locale) -> str:
    """What it is computed from, alternatives joined by or."""
    slots = inputs_of(variables()[name], method)
    return _listed(
        [
            say("criteria.listed_or", locale).join(
                variables()[name].label(locale) for name in slot.split("|")
            )
            for slot in slots
        ],
        locale,
    )


def _labels(names: Iterable[str], locale: Locale) -> str:
    return _listed([variables()[name].label(locale) for name in dict.fromkeys(names)], locale)


def _listed(labels: list[str], locale: Locale) -> str:
    return say("criteria.listed_between", locale).join(labels)
