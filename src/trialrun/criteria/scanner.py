"""The words and signs of a rule's text, and how far it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from trialrun.criteria import mistyping
from trialrun.criteria.nodes import OPS, PICKS, Op, Side, Window
from trialrun.errors import RuleError, UnitError
from trialrun.values.quantity import Quantity, read_number
from trialrun.values.unit import UNITS, Unit, read_unit

Built = TypeVar("Built")

KEYWORDS = {
    "and", "or", "not", "no", "at", "least", "of", "in", "within", "before", "present", "absent",
    "judgement", "unread", "after", "between", "count", "since", "by", "if", "then", "else",
    *PICKS,
}  # fmt: skip
# Units that say nothing: a plain ratio and a score.
SILENT_UNITS = {"1", "{score}"}

_SPACE = re.compile(r"\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_OP = re.compile(r"<=|>=|==|<|>|≤|≥|=")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_TIMES = re.compile(r"(?:x|×|\*|times)\s*(ULN|LLN|baseline)\b", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d+(?:[.,]\d+)*,\d[\d.,]*")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d\d\d)*\.\d\d0(?![\d.])")
_POWER = re.compile(r"(?:x|×|\*)\s*(?=10[*^⁰¹²³⁴⁵⁶⁷⁸⁹])")
_UNIT = re.compile(r"[^\s(),;]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7}
_MULTIPLES = {"uln": "xULN", "lln": "xLLN", "baseline": "xBaseline"}
_SIGNS: dict[str, Op] = {op: op for op in OPS} | {"≤": "<=", "≥": ">=", "=": "=="}


@dataclass(slots=True)
class Scanner:
    """The text and how far it is read; every complaint names the column."""

    text: str
    where: str
    at: int = 0

    def limit(self, unit: Unit | None, name: str) -> Quantity:
        """A number with its unit; scores and ratios need none."""
        self.skip()
        match = _NUMBER.match(self.text, self.at)
        if match is None:
            raise self.error(*mistyping.at_no_number(self.text, self.at, name))
        if grouped := _GROUPED.match(self.text, self.at):
            raise self.error(
                f"a comma in a number, {grouped.group()}, can be read two ways",
                "Write a decimal sign as a point, and none for thousands: 1.5, 100000.",
            )
        if grouped := _THOUSANDS.match(self.text, self.at):
            raise self.error(
                f"a point in a number, {grouped.group()}, can be read two ways",
                "Write no point for thousands, and no zeros at the end: 100000, or 1.5.",
            )
        self.at = match.end()
        number: Decimal = read_number(match.group())
        self.skip()
        times = _TIMES.match(self.text, self.at)
        if times is not None:
            self.at = times.end()
            return Quantity(number, UNITS[_MULTIPLES[times[1].lower()]])
        power = _POWER.match(self.text, self.at)
        match = _UNIT.match(self.text, self.at if power is None else power.end())
        if match is None or match.group() in KEYWORDS:
            if unit is not None and unit.code in SILENT_UNITS:
                return Quantity(number, unit)
            raise self.error(
                f"{name} {number} has no unit",
                f"Write its unit, such as {number} {'d' if unit is None else unit.code}.",
            )
        try:
            read = read_unit(match.group())
        except UnitError as error:
            advice = mistyping.of_unit(str(number), self.text, self.at)
            raise self.error(*(advice or (error.what, error.remedy))) from error
        self.at = match.end()
        return Quantity(number, read)

    def window(self) -> Window | None:
        """A window, if one stands here."""
        word, start = self.peek(), self.start()
        if word not in {"at", "after", "within", "between"}:
            return None
        self.word()
        if word == "after":
            name = self.anchor()
            return self.built(lambda: Window(anchor=name, side="after"), start)
        if word == "at" and self.peek() != "least":
            name = self.anchor()
            return self.built(lambda: Window(anchor=name), start)
        least, most = 0, None
        if word == "at":
            self.word()
            least = self.whole()
        elif word == "between":
            least = self.whole()
            self.keyword("and")
            most = self.whole()
        else:
            most = self.whole()
        days = self.days(least if most is None else most)
        side = self.side()
        name = self.anchor()
        return self.built(
            lambda: Window(anchor=name, least=least * days, most=most and most * days, side=side),
            start,
        )

    def days(self, count: int) -> int:
        """The days of the unit that stands here."""
        unit = self.peek()
        if unit not in _DAYS:
            raise self.error(*mistyping.of_days(count, unit))
        self.word()
        return _DAYS[unit]

    def side(self) -> Side:
        """Before or after."""
        word = self.peek()
        if word not in {"before", "after"}:
            raise self.error("expected 'before' or 'after' here", mistyping.SIDE)
        self.word()
        return "before" if word == "before" else "after"

    def anchor(self) -> str:
        """What a window is before: a word, or words in quotes."""
        self.skip()
        if self.text.startswith('"', self.at):
            return self.string()
        word = self.peek()
        if not word or word in KEYWORDS:
            raise self.error(*mistyping.of_anchor(word))
        return self.word()

    def string(self) -> str:
        """Words in quotes."""
        self.skip()
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.error(
                "expected words in double quotes here",
                'Write them so: judgement "fit for the trial".',
            )
        try:
            words = json.loads(match.group(), strict=False)
        except json.JSONDecodeError as error:
            raise self.error(
                "these quotes hold an escape that is none",
                "Behind a backslash stands a quotation mark or another backslash.",
            ) from error
        self.at = match.end()
        return str(words)

    def value(self) -> str:
        """A level or a code."""
        self.skip()
        match = re.compile(r"[A-Za-z0-9_.+-]+").match(self.text, self.at)
        if match is None:
            raise self.error(
                "expected a value here", "Write a level or a code, such as IV: in {III, IV}."
            )
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
        match = re.compile(r"\d{1,6}(?![\d.-]*\d)").match(self.text, self.at)
        if match is None:
            raise self.error(*mistyping.of_whole(self.text, self.at))
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
            raise self.error(f"expected {word!r} here", mistyping.EXPECTED.get(word, ""))
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
            raise self.error(f"expected {sign!r} here", mistyping.EXPECTED.get(sign, ""))

    def start(self) -> int:
        """Where the next word or sign begins."""
        match = _SPACE.match(self.text, self.at)
        return self.at if match is None else match.end()

    def skip(self) -> None:
        """Go past white space."""
        self.at = self.start()

    def built(self, make: Callable[[], Built], start: int | None = None) -> Built:
        """The node or window, its own check's complaint told with the place."""
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
        return RuleError(
            what,
            where=f"{self.where}, column {start + 1}{here}",
            remedy=remedy,
            excerpt=mistyping.excerpt(self.text, start),
        )
