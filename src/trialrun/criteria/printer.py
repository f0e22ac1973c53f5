"""Writes a rule so that the parser reads the same rule again."""

from __future__ import annotations

import json
import re
from typing import assert_never

from trialrun.criteria.nodes import (
    BASELINE,
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
    Measured,
    Node,
    Not,
    Or,
    Presence,
    Unread,
    Window,
    atoms,
    mapped,
    windowed,
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
    return f"{_level(mapped(node, bare))} {_window(window)}"


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
        case If():
            otherwise = "" if node.otherwise is None else f" else {_arm(node.otherwise)}"
            return f"if {_arm(node.condition)} then {_arm(node.then)}{otherwise}"
        case Count():
            return f"count ({write_rule(node.of)}) {node.op} {node.number}"
        case Judgement():
            return f"judgement {_quoted(node.words)}"
        case Unread():
            return f"unread {_quoted(node.words)}"
        case Comparison() | In() | Presence() | Elapsed():
            # A window on a lone atom is written by `write_rule`, or in parentheses by `_operand`.
            return _atom(node)
        case _:
            assert_never(node)


def _operand(node: Node) -> str:
    """What may stand between and, or."""
    alone = isinstance(node, Comparison | In | Presence | Elapsed) and node.anchor is None
    if alone or isinstance(node, Judgement | Unread | Not | AtLeast):
        return _level(node)
    # What is counted keeps its window in the parentheses of the count.
    if isinstance(node, Count):
        return _level(node)
    return f"({write_rule(node)})"


def _arm(node: Node) -> str:
    """What may stand after if, then, else: and, or need no parentheses where no window is."""
    if isinstance(node, And | Or) and not any(atom.anchor for atom in atoms(node)):
        return _level(node)
    return _operand(node)


def _atom(atom: Atom) -> str:
    match atom:
        case Comparison():
            method = "" if atom.method is None else f" by {atom.method}"
            return f"{_pick(atom)}{atom.variable}{method} {atom.op} {_limit(atom.limit)}"
        case In():
            if len(atom.values) == 1 and variables()[atom.variable].kind is Kind.CODED:
                return f"{_pick(atom)}{atom.variable} == {atom.values[0]}"
            return f"{_pick(atom)}{atom.variable} in {{{', '.join(atom.values)}}}"
        case Presence():
            return f"{_pick(atom)}{'' if atom.present else 'not '}{atom.variable}"
        case Elapsed():
            return f"since {atom.variable} {atom.op} {_limit(atom.limit)}"
        case _:
            assert_never(atom)


def _pick(atom: Measured) -> str:
    return "" if atom.pick == "latest" else f"{atom.pick} "


def _limit(limit: Quantity) -> str:
    if limit.unit in {ULN, LLN}:
        return f"{plain(limit.value)} x {limit.unit.code[1:]}"
    if limit.unit == BASELINE:
        return f"{plain(limit.value)} x baseline"
    if limit.unit.code in SILENT_UNITS:
        return plain(limit.value)
    return f"{plain(limit.value)} {limit.unit.code}"


def common_window(node: Node) -> Window | None:
    """The window of all atoms, where they share one."""
    windows = {atom.window for atom in atoms(node)}
    return windows.pop() if len(windows) == 1 else None


def bare(atom: Atom) -> Atom:
    """The atom without its window."""
    return windowed(atom, None)


def _window(window: Window) -> str:
    name = window.anchor
    if not _BARE.match(name) or name in KEYWORDS:
        name = _quoted(name)
    if window.most is None and window.least == 0:
        return f"{'at' if window.side == 'before' else 'after'} {name}"
    if window.most is None:
        span = f"at least {_days(window.least)}"
    elif window.least == 0:
        span = f"within {_days(window.most)}"
    else:
        span = f"between {window.least} and {_days(window.most)}"
    return f"{span} {window.side} {name}"


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
