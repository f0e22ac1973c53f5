"""Writes a rule so that the parser reads the same rule again."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import assert_never

from trialrun.criteria.nodes import (
    And,
    AtLeast,
    Atom,
    Comparison,
    In,
    Judgement,
    Node,
    Not,
    Or,
    Presence,
    Unread,
    atoms,
    mapped,
)
from trialrun.criteria.parser import KEYWORDS, SILENT_UNITS
from trialrun.values.quantity import Quantity, plain
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*$")


def write_rule(node: Node) -> str:
    """The rule as text: `read_rule(write_rule(node)) == node`."""
    window = common_window(node)
    if window is None:
        return _level(node)
    return f"{_level(mapped(node, bare))} {_window(*window)}"


def _level(node: Node) -> str:
    """What may stand in parentheses, or alone."""
    match node:
        case And():
            return " and ".join(_operand(part) for part in node.parts)
        case Or():
            return " or ".join(_operand(part) for part in node.parts)
        case AtLeast():
            parts = ", ".join(write_rule(part) for part in node.parts)
            return f"at least {node.count} of ({parts})"
        case Not():
            return f"not ({write_rule(node.part)})"
        case Judgement():
            return f"judgement {_quoted(node.words)}"
        case Unread():
            return f"unread {_quoted(node.words)}"
        case Comparison() | In() | Presence():
            # A window on a lone atom is written by `write_rule`, or in parentheses by `_operand`.
            return _atom(node)
        case _:
            assert_never(node)


def _operand(node: Node) -> str:
    """What may stand between and, or."""
    alone = isinstance(node, Comparison | In | Presence) and node.anchor is None
    if alone or isinstance(node, Judgement | Unread | Not | AtLeast):
        return _level(node)
    return f"({write_rule(node)})"


def _atom(atom: Atom) -> str:
    match atom:
        case Comparison():
            return f"{atom.variable} {atom.op} {_limit(atom.limit)}"
        case In():
            if len(atom.values) == 1 and variables()[atom.variable].kind is Kind.CODED:
                return f"{atom.variable} == {atom.values[0]}"
            return f"{atom.variable} in {{{', '.join(atom.values)}}}"
        case Presence():
            return atom.variable if atom.present else f"not {atom.variable}"
        case _:
            assert_never(atom)


def _limit(limit: Quantity) -> str:
    if limit.unit.code in {"xULN", "xLLN"}:
        return f"{plain(limit.value)} x {limit.unit.code[1:]}"
    if limit.unit.code in SILENT_UNITS:
        return plain(limit.value)
    return f"{plain(limit.value)} {limit.unit.code}"


def common_window(node: Node) -> tuple[str, int | None] | None:
    """The window of all atoms, where they share one and no part holds its own parentheses."""
    windows = {(atom.anchor, atom.window_days) for atom in atoms(node)}
    if len(windows) != 1:
        return None
    anchor, days = windows.pop()
    return None if anchor is None else (anchor, days)


def bare(atom: Atom) -> Atom:
    """The atom without its window."""
    return replace(atom, anchor=None, window_days=None)


def _window(anchor: str, days: int | None) -> str:
    name = anchor if _BARE.match(anchor) and anchor not in KEYWORDS else _quoted(anchor)
    if days is None:
        return f"at {name}"
    return f"within {days} {'day' if days == 1 else 'days'} before {name}"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
