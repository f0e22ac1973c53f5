"""Reads a rule of the eligibility language: `alt < 2 x ULN and not arrhythmia within 14 days …`.

    rule    = "if" terms "then" terms ["else" terms] | terms
    terms   = term (("and" | "or") term)* ; "and" binds closer than "or"
    term    = "(" rule ")" | "not" term | "at least" n "of" "(" rule ("," rule)+ ")" | atom
            | "count" "(" atom [window] ")" comparison n | "judgement" "words" | "unread" "words"
            | "since" variable comparison number unit
    atom    = [pick] ["not"] variable | [pick] variable "in" "{" value, … "}"
            | [pick] variable "==" value | [pick] variable ["by" method] comparison number unit
    pick    = "latest" | "first" | "any" | "all" | "worst"
    window  = "at" anchor | "after" anchor | ("within" n | "at least" n | "between" n "and" n)
              ("days" | "weeks") ("before" | "after") anchor

A window stands for everything before it in the same parentheses that has none of its own.
"""

from __future__ import annotations

from typing import cast

from trialrun.criteria import mistyping
from trialrun.criteria.node_check import check_limit
from trialrun.criteria.nodes import (
    PICKS,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Measured,
    Node,
    Not,
    Pick,
    Presence,
    Unread,
    Window,
    atoms,
    joined,
    mapped,
    windowed,
)
from trialrun.criteria.scanner import KEYWORDS, SILENT_UNITS, Scanner
from trialrun.errors import RuleError
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

__all__ = ["DEEPEST", "KEYWORDS", "SILENT_UNITS", "read_rule"]

DEEPEST = 60


def read_rule(text: str, *, where: str = "rule") -> Node:
    """The rule that `text` writes; raises RuleError with the column and what to write instead."""
    reader = _Reader(text, where)
    node = reader.level(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.error(*mistyping.at_stray(text, reader.at))
    return node


def _given(node: Node, window: Window) -> Node:
    return mapped(node, lambda atom: atom if atom.anchor is not None else windowed(atom, window))


class _Reader(Scanner):
    """What stands where, by the grammar above."""

    def level(self, depth: int) -> Node:
        """One rule: a condition with its arms, or terms."""
        if depth > DEEPEST:
            raise self.error(
                "this is nested too deeply", "Write it as several criteria, one below the other."
            )
        arms: list[Node] = []
        if self.peek() != "if":
            return self.terms(depth, arms)
        self.word()
        arms.append(self.terms(depth, arms))
        self.keyword("then")
        arms.append(self.terms(depth, arms))
        if self.peek() == "else":
            self.word()
            arms.append(self.terms(depth, arms))
        return If(condition=arms[0], then=arms[1], otherwise=arms[2] if arms[2:] else None)

    def terms(self, depth: int, earlier: list[Node]) -> Node:
        """Terms joined by and, or; each window goes to what stands before it, earlier arms too."""
        alternatives: list[list[Node]] = [[self.term(depth)]]
        while True:
            start = self.start()
            window = self.window()
            if window is not None:
                groups = [earlier, *alternatives]
                self.check_elapsed(groups, window, start)
                for group in groups:
                    group[:] = [_given(node, window) for node in group]
                continue
            word = self.peek()
            if word == "and":
                self.word()
                alternatives[-1].append(self.term(depth))
            elif word == "or":
                self.word()
                alternatives.append([self.term(depth)])
            else:
                break
        return joined(tuple(joined(tuple(group), "and") for group in alternatives), "or")

    def check_elapsed(self, groups: list[list[Node]], window: Window, start: int) -> None:
        """A time since something runs to a moment; a window of days would be lost on it."""
        if window.moment_only:
            return
        for node in (node for group in groups for node in group):
            for atom in atoms(node):
                if isinstance(atom, Elapsed) and atom.anchor is None:
                    self.at = start
                    raise self.error(
                        f"the time since {atom.variable} runs to a moment, not within a window",
                        f"Write (since … at {window.anchor}) in parentheses of its own.",
                    )

    def term(self, depth: int) -> Node:
        """One operand."""
        if depth > DEEPEST:
            raise self.error(
                "this is nested too deeply", "Write it as several criteria, one below the other."
            )
        opened = self.start()
        if self.take("("):
            node = self.level(depth + 1)
            self.closed(opened)
            return node
        word = self.peek()
        if word in PICKS:
            self.word()
            return self.picked(word)
        if word in {"not", "no"}:
            self.word()
            following = self.peek()
            if following and following not in KEYWORDS and not self.compares(following):
                return self.presence(present=False)
            return Not(part=self.term(depth + 1))
        if word == "count":
            return self.count(depth)
        if word == "since":
            return self.since()
        if word in {"present", "absent"}:
            self.word()
            return self.presence(present=word == "present")
        if word == "at":
            return self.at_least(depth)
        if word in {"judgement", "unread"}:
            self.word()
            words = self.string()
            if word == "judgement":
                return self.built(lambda: Judgement(words=words))
            return self.built(lambda: Unread(words=words))
        if not word or word in KEYWORDS:
            raise self.error(*mistyping.at_no_condition(self.text, self.start()))
        return self.atom()

    def picked(self, pick: Pick) -> Measured:
        """An atom after the word that says which of its facts counts."""
        if self.peek() in {"not", "no"}:
            self.word()
            return self.presence(present=False, pick=pick)
        return self.atom(pick)

    def count(self, depth: int) -> Node:
        """`count (platelets < 20 10*9/L within 28 days before consent) >= 2`."""
        start = self.start()
        self.word()
        opened = self.start()
        self.need("(")
        inner = self.level(depth + 1)
        self.closed(opened)
        op = self.operator()
        if op is None:
            raise self.error(
                "a count is compared with a number",
                "Write count (platelets < 20 10*9/L) >= 2.",
            )
        number = self.whole()
        return self.built(lambda: Count(op=op, number=number, of=cast(Measured, inner)), start)

    def since(self) -> Node:
        """`since last_chemotherapy_date >= 14 d`."""
        start = self.start()
        self.word()
        name = self.word()
        op = self.operator()
        if op is None:
            raise self.error(
                "the time since something is compared with a limit",
                f"Write since {name or 'last_chemotherapy_date'} >= 14 d.",
            )
        limit = self.limit(None, f"since {name}")
        return self.built(lambda: Elapsed(variable=name, op=op, limit=limit), start)

    def at_least(self, depth: int) -> Node:
        """`at least 2 of (a, b, c)`."""
        for word in ("at", "least"):
            self.keyword(word)
        count = self.whole()
        self.keyword("of")
        opened = self.start()
        self.need("(")
        parts = [self.level(depth + 1)]
        while self.take(","):
            parts.append(self.level(depth + 1))
        self.closed(opened)
        return self.built(lambda: AtLeast(count=count, parts=tuple(parts)))

    def presence(self, *, present: bool, pick: Pick = "latest") -> Presence:
        """A condition by its name."""
        start = self.start()
        name = self.word()
        self.known(name, start)
        return self.built(lambda: Presence(variable=name, present=present, pick=pick), start)

    def atom(self, pick: Pick = "latest") -> Measured:
        """A variable with what is said of it."""
        start = self.start()
        name = self.word()
        row = self.known(name, start)
        if self.peek() == "in":
            self.word()
            self.need("{")
            values = [self.value()]
            while self.take(","):
                values.append(self.value())
            self.need("}")
            return self.built(lambda: In(variable=name, values=tuple(values), pick=pick), start)
        method = None
        if self.peek() == "by":
            self.word()
            method = self.word() or None
        op = self.operator()
        if op is None and method is None:
            if row.kind in {Kind.QUANTITY, Kind.ORDINAL}:
                advice = mistyping.of_alone(row, self.text, self.at)
                self.at = start
                raise self.error(*advice)
            return self.built(lambda: Presence(variable=name, pick=pick), start)
        if op is None:
            raise self.error(
                f"expected a comparison of {name} here", f"Write {name} by {method} >= …."
            )
        if row.kind is Kind.BOOLEAN:
            raise self.compared(row, op, start)
        if row.kind is Kind.CODED and op == "==":
            value = self.value()
            return self.built(lambda: In(variable=name, values=(value,), pick=pick), start)
        stands = self.start()
        limit = self.limit(row.unit, name)
        if row.kind in {Kind.QUANTITY, Kind.ORDINAL}:
            self.built(lambda: check_limit(row, limit), stands)
        return self.built(
            lambda: Comparison(variable=name, op=op, limit=limit, method=method, pick=pick), start
        )

    def known(self, name: str, start: int) -> Variable:
        """The variable of this name, which stands at `start`."""
        row = variables().get(name)
        if row is None:
            self.at = start
            raise self.error(*mistyping.of_name(self.text, start))
        return row

    def compared(self, row: Variable, op: str, start: int) -> RuleError:
        """A condition in place of a number: what stands behind its sign says what was meant."""
        said = self.text[self.start() :].split(maxsplit=1)
        self.at = start
        return self.error(*mistyping.of_condition(row, op, said[0] if said else ""))

    def closed(self, opened: int) -> None:
        """The parenthesis that was opened is closed here."""
        if not self.take(")"):
            if self.start() == len(self.text):
                self.at = opened
                raise self.error("this ( is not closed", "Write its ) behind what belongs to it.")
            raise self.error(*mistyping.at_stray(self.text, self.start()))
