"""Three-valued logic on nullable booleans: null is UNKNOWN, and SQL's AND and OR are Kleene's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import unknown
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


def resolved(node: Node, leaf: Callable[[Leaf], ir.BooleanValue]) -> ir.BooleanValue:
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
            return if_else(condition, then, rest[0] if rest else ibis.literal(True))
        case Judgement() | Unread():
            return unknown()


def all_of(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Kleene AND; TRUE of none."""
    return reduce(lambda one, other: one & other, parts) if parts else ibis.literal(True)


def any_of(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Kleene OR; FALSE of none."""
    return reduce(lambda one, other: one | other, parts) if parts else ibis.literal(False)


def at_least(count: int, parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Whether at least `count` are TRUE, given what is known."""
    surely = reduce(lambda one, other: one + other, (ones(part) for part in parts))
    possibly = reduce(lambda one, other: one + other, (ones(part, null=True) for part in parts))
    return ibis.cases((surely >= count, True), (possibly < count, False), else_=unknown())


def if_else(
    condition: ir.BooleanValue, then: ir.BooleanValue, otherwise: ir.BooleanValue
) -> ir.BooleanValue:
    """One of two; where the condition is UNKNOWN, what both agree on."""
    return (condition & then) | (~condition & otherwise) | (then & otherwise)


def ones(part: ir.BooleanValue, *, null: bool = False) -> ir.IntegerValue:
    """1 where it is TRUE, 0 where FALSE; null counts as `null`."""
    return part.fill_null(null).cast("int64")
