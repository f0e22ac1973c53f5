"""Reads a rule of the eligibility language: `alt < 2 x ULN and not arrhythmia within 14 days …`.

    rule    = term (("and" | "or") term)* ; "and" binds closer than "or"
    term    = "(" rule ")" | "not" term | "at least" n "of" "(" rule ("," rule)+ ")" | atom
            | "judgement" "words" | "unread" "words"
    atom    = variable [comparison number unit | "in" "{" value, … "}" | "==" value]
    window  = "within" n "days before" anchor | "at" anchor

A window stands for everything before it in the same parentheses that has none of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from trialrun.criteria.nodes import (
    OPS,
    And,
    AtLeast,
    Comparison,
    In,
    Judgement,
    Node,
    Not,
    Op,
    Or,
    Presence,
    Unread,
    with_window,
)
from trialrun.errors import RuleError, UnitError
from trialrun.values.quantity import Quantity, read_number
from trialrun.values.unit import UNITS, Unit, read_unit
from trialrun.vocabulary.table import suggest, variables
from trialrun.vocabulary.variable import Kind

DEEPEST = 60
KEYWORDS = {
    "and", "or", "not", "no", "at", "least", "of", "in", "within", "before", "present", "absent",
    "judgement", "unread",
}  # fmt: skip
# Units that say nothing: a plain ratio and a score.
SILENT_UNITS = {"1", "{score}"}

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_OP = re.compile(r"<=|>=|==|<|>|≤|≥|=")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_TIMES = re.compile(r"(?:x|×|\*|times)\s*(ULN|LLN)\b", re.IGNORECASE)
_UNIT = re.compile(r"[^\s(),]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7}
_SIGNS: dict[str, Op] = {op: op for op in OPS} | {"≤": "<=", "≥": ">=", "=": "=="}


def read_rule(text: str, *, where: str = "rule") -> Node:
    """The rule that `text` writes; raises RuleError with the column and what to write instead."""
    reader = _Reader(text, where)
    node = reader.level(0)
    reader.skip()
    if reader.at < len(text):
        raise reader.error("expected and, or, a window, or the end here")
    return node


@dataclass(slots=True)
class _Reader:
    """The text and how far it is read."""

    text: str
    where: str
    at: int = 0

    def level(self, depth: int) -> Node:
        """Terms joined by and, or; each window goes to what stands before it."""
        if depth > DEEPEST:
            raise self.error("this is nested too deeply")
        alternatives: list[list[Node]] = [[self.term(depth)]]
        while True:
            window = self.window()
            if window is not None:
                anchor, days = window
                alternatives = [
                    [with_window(node, anchor=anchor, window_days=days) for node in group]
                    for group in alternatives
                ]
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
        groups = tuple(
            group[0] if len(group) == 1 else And(parts=tuple(group)) for group in alternatives
        )
        return groups[0] if len(groups) == 1 else Or(parts=groups)

    def term(self, depth: int) -> Node:
        """One operand."""
        if depth > DEEPEST:
            raise self.error("this is nested too deeply")
        if self.take("("):
            node = self.level(depth + 1)
            self.need(")")
            return node
        word = self.peek()
        if word in {"not", "no"}:
            self.word()
            following = self.peek()
            if following and following not in KEYWORDS and not self.compares(following):
                return self.presence(present=False)
            return Not(part=self.term(depth + 1))
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
            raise self.error(
                "expected a condition here",
                "Write a variable with its limit, such as age >= 18 a, or a condition's name.",
            )
        return self.atom()

    def at_least(self, depth: int) -> Node:
        """`at least 2 of (a, b, c)`."""
        for word in ("at", "least"):
            self.keyword(word)
        count = self.whole()
        self.keyword("of")
        self.need("(")
        parts = [self.level(depth + 1)]
        while self.take(","):
            parts.append(self.level(depth + 1))
        self.need(")")
        return self.built(lambda: AtLeast(count=count, parts=tuple(parts)))

    def presence(self, *, present: bool) -> Node:
        """A condition by its name."""
        start = self.start()
        name = self.word()
        return self.built(lambda: Presence(variable=name, present=present), start)

    def atom(self) -> Node:
        """A variable with what is said of it."""
        start = self.start()
        name = self.word()
        row = variables().get(name)
        if row is None:
            near = suggest(name)
            self.at = start
            raise self.error(
                f"no variable is called {name!r}",
                f"Did you mean {near}?"
                if near
                else "A rule names variables of the vocabulary, such as alt or ecog.",
            )
        if self.peek() == "in":
            self.word()
            self.need("{")
            values = [self.value()]
            while self.take(","):
                values.append(self.value())
            self.need("}")
            return self.built(lambda: In(variable=name, values=tuple(values)), start)
        op = self.operator()
        if op is None:
            return self.built(lambda: Presence(variable=name), start)
        if row.kind is Kind.CODED and op == "==":
            value = self.value()
            return self.built(lambda: In(variable=name, values=(value,)), start)
        limit = self.limit(row.unit, name)
        return self.built(lambda: Comparison(variable=name, op=op, limit=limit), start)

    def limit(self, unit: Unit | None, name: str) -> Quantity:
        """A number with its unit; scores and ratios need none."""
        self.skip()
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise self.error(f"expected a number for {name}", "Write it as digits: 1.5 mg/dL.")
        self.at = match.end()
        number: Decimal = read_number(match.group())
        self.skip()
        times = _TIMES.match(self.text, self.at)
        if times is not None:
            self.at = times.end()
            return Quantity(number, UNITS[f"x{times[1].upper()}"])
        match = _UNIT.match(self.text, self.at)
        if match is None or match.group() in KEYWORDS:
            if unit is not None and unit.code in SILENT_UNITS:
                return Quantity(number, unit)
            raise self.error(
                f"{name} {number} has no unit",
                f"Write its unit, such as {number} {unit.code}." if unit is not None else "",
            )
        try:
            read = read_unit(match.group())
        except UnitError as error:
            raise self.error(error.what, error.remedy) from error
        self.at = match.end()
        return Quantity(number, read)

    def window(self) -> tuple[str, int | None] | None:
        """A window, if one stands here."""
        word = self.peek()
        if word == "at":
            self.word()
            return self.anchor(), None
        if word != "within":
            return None
        self.word()
        count = self.whole()
        unit = self.peek()
        if unit not in _DAYS:
            raise self.error(
                f"a window of {count} {unit or 'what'}?", "Windows are days or weeks: 14 days."
            )
        self.word()
        self.keyword("before")
        return self.anchor(), count * _DAYS[unit]

    def anchor(self) -> str:
        """What a window is before: a word, or words in quotes."""
        self.skip()
        if self.text.startswith('"', self.at):
            return self.string()
        word = self.peek()
        if not word or word in KEYWORDS:
            raise self.error(
                "a window is before something",
                'Name it: within 14 days before treatment, or before "first dose".',
            )
        return self.word()

    def string(self) -> str:
        """Words in quotes."""
        self.skip()
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.error("expected words in double quotes here")
        try:
            words = json.loads(match.group(), strict=False)
        except json.JSONDecodeError as error:
            raise self.error("these quotes hold an escape that is none") from error
        self.at = match.end()
        return str(words)

    def value(self) -> str:
        """A level or a code."""
        self.skip()
        match = re.compile(r"[A-Za-z0-9_.+-]+").match(self.text, self.at)
        if match is None:
            raise self.error("expected a value here")
        self.at = match.end()
        return match.group()

    def operator(self) -> Op | None:
        """A comparison sign, if one stands here."""
        self.skip()
        match = _OP.match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return _SIGNS[match.group()]

    def compares(self, name: str) -> bool:
        """Whether the name that stands here is followed by a comparison or by `in`."""
        after = self.start() + len(name)
        rest = self.text[after:].lstrip()
        return bool(_OP.match(rest)) or bool(re.match(r"in\b", rest))

    def whole(self) -> int:
        """A whole number."""
        self.skip()
        match = re.compile(r"\d{1,6}").match(self.text, self.at)
        if match is None:
            raise self.error("expected a whole number here")
        self.at = match.end()
        return int(match.group())

    def word(self) -> str:
        """The name that stands here, read."""
        name = self.peek()
        self.at = self.start() + len(name)
        return name

    def keyword(self, word: str) -> None:
        """Exactly this word."""
        if self.peek() != word:
            raise self.error(f"expected {word!r} here")
        self.word()

    def peek(self) -> str:
        """The name that stands here, or nothing."""
        match = _NAME.match(self.text, self.start())
        return "" if match is None else match.group()

    def take(self, sign: str) -> bool:
        """Whether this sign stands here; then it is read."""
        start = self.start()
        if not self.text.startswith(sign, start):
            return False
        self.at = start + len(sign)
        return True

    def need(self, sign: str) -> None:
        """This sign must stand here."""
        if not self.take(sign):
            raise self.error(f"expected {sign!r} here")

    def start(self) -> int:
        """Where the next word or sign begins."""
        match = _SPACE.match(self.text, self.at)
        return self.at if match is None else match.end()

    def skip(self) -> None:
        """Go past white space."""
        self.at = self.start()

    def built(self, make: Callable[[], Node], start: int | None = None) -> Node:
        """The node, its own check's complaint told with the place."""
        try:
            return make()
        except RuleError as error:
            if error.where:
                raise
            if start is not None:
                self.at = start
            raise self.error(error.what, error.remedy) from error

    def error(self, what: str, remedy: str = "") -> RuleError:
        """A complaint about this place."""
        start = self.start()
        shown = self.text[start : start + 20]
        here = f", before {shown!r}" if shown else ", at the end"
        return RuleError(what, where=f"{self.where}, column {start + 1}{here}", remedy=remedy)
