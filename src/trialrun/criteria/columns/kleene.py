"""Kleene's three-valued logic on pairs of conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.said import Said, every, literal, some, unknown
from trialrun.criteria.nodes import (
    And,
    AtLeast,
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
)
from trialrun.values.truth import Truth

Leaf: TypeAlias = Comparison | In | Presence | Elapsed | Count


def leaves(node: Node) -> list[Leaf]:
    """What a rule asks the facts, in its order."""
    match node:
        case Comparison() | In() | Presence() | Elapsed() | Count():
            return [node]
        case And() | Or() | AtLeast() | If():
            return [leaf for part in node.parts for leaf in leaves(part)]
        case Not():
            return leaves(node.part)
        case Judgement() | Unread():
            return []


def resolved(node: Node, leaf: Callable[[Leaf], Said]) -> Said:
    """The rule, with what each leaf gives. Nobody signs inside a rule: a judgement is UNKNOWN."""
    match node:
        case Comparison() | In() | Presence() | Elapsed() | Count():
            return leaf(node)
        case And():
            return all_of([resolved(part, leaf) for part in node.parts])
        case Or():
            return any_of([resolved(part, leaf) for part in node.parts])
        case Not():
            return ~resolved(node.part, leaf)
        case AtLeast():
            return at_least(node.count, [resolved(part, leaf) for part in node.parts])
        case If():
            condition, then, *rest = (resolved(part, leaf) for part in node.parts)
            return if_else(condition, then, rest[0] if rest else literal(Truth.TRUE))
        case Judgement() | Unread():
            return unknown()


def all_of(parts: Sequence[Said]) -> Said:
    """Kleene AND; TRUE of none."""
    return Said(every([part.true for part in parts]), some([part.false for part in parts]))


def any_of(parts: Sequence[Said]) -> Said:
    """Kleene OR; FALSE of none."""
    return Said(some([part.true for part in parts]), every([part.false for part in parts]))


def at_least(count: int, parts: Sequence[Said]) -> Said:
    """Whether at least `count` are TRUE, given what is known."""
    true, false = (
        reduce(lambda one, other: one + other, (ibis.ifelse(side, 1, 0) for side in sides))
        for sides in ([part.true for part in parts], [part.false for part in parts])
    )
    return Said(true >= count, false > len(parts) - count)


def if_else(condition: Said, then: Said, otherwise: Said) -> Said:
    """One of two; where the condition is UNKNOWN, what both agree on."""

    def side(one: ir.BooleanValue, other: ir.BooleanValue) -> ir.BooleanValue:
        return (condition.true & one) | (condition.false & other) | (one & other)

    return Said(side(then.true, otherwise.true), side(then.false, otherwise.false))
