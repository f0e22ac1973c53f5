"""How one value stands in `protocol.toml`, and how the same value is written as an answer.

Clinical numbers are texts with units. A bare number there is refused: nobody can tell whether 25
means mg/m2 or mg.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from trialrun.errors import FactError, UnitError
from trialrun.values.moment import Moment
from trialrun.values.provenance import Origin, Source
from trialrun.values.quantity import Quantity, plain, read_quantity


class Unreadable(Exception):
    """A value is not what should stand there."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True, slots=True, eq=False)
class Codec:
    """One kind of value: from TOML, to TOML, and from the text of an answer.

    `write(value)` read again gives `value`; both raise `Unreadable`.
    """

    name: str
    read: Callable[[object], Any]
    write: Callable[[Any], Any]
    parse: Callable[[str], Any]


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a bare number", float: "a bare number", str: "a text"}
    return next(
        (word for kind, word in kinds.items() if isinstance(value, kind)),
        "a list" if isinstance(value, list) else "a table" if isinstance(value, dict) else "a date",
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{value!r} is {_kind(value)}, not a text", "Put it in quotation marks.")
    return str(value)


TEXT = Codec("text", _text, lambda value: value, lambda text: text)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unreadable(f"{value!r} is no whole number", "Write digits only, such as 10.")
    return int(value)


def _parse_whole(text: str) -> int:
    if not re.fullmatch(r"\s*[+-]?\d{1,9}\s*", text):
        raise Unreadable(f"{text!r} is no whole number", "Write digits only, such as 10.")
    return int(text)


WHOLE = Codec("whole number", _whole, lambda value: value, _parse_whole)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unreadable(f"{value!r} is neither true nor false", "Write true or false, bare.")
    return value


def _parse_flag(text: str) -> bool:
    if text.strip().lower() not in {"true", "false", "yes", "no"}:
        raise Unreadable(f"{text!r} is neither yes nor no", "Answer yes or no.")
    return text.strip().lower() in {"true", "yes"}


FLAG = Codec("yes or no", _flag, lambda value: value, _parse_flag)


def _list(value: object, of: Callable[[object], Any], remedy: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Unreadable(f"{value!r} is {_kind(value)}, not a list", remedy)
    return tuple(of(one) for one in value)


def _names(value: object) -> tuple[str, ...]:
    return _list(value, _text, 'Write a list of texts, such as ["a", "b"].')


def _parse_names(text: str) -> tuple[str, ...]:
    return tuple(word for part in text.split(",") if (word := part.strip()))


NAMES = Codec("names", _names, list, _parse_names)


def _whole_days(value: object) -> tuple[int, ...]:
    days: tuple[int, ...] = _list(value, _whole, "Write a list of study days: [0, 1, 2].")
    return _rising(days)


def _rising(days: tuple[int, ...]) -> tuple[int, ...]:
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise Unreadable(
            f"the days {', '.join(map(str, days))} do not rise", "Write each day once, in order."
        )
    if any(abs(day) > 36525 for day in days):
        raise Unreadable("a study day lies more than a hundred years off")
    return days


_SPAN = re.compile(r"\s*([+−-]?\d{1,5})\s*(?:to\s*([+−-]?\d{1,5})\s*)?$")


def _parse_days(text: str) -> tuple[int, ...]:
    """`"0, 2, 4"` or `"-6 to -2"`."""
    days: list[int] = []
    for part in text.split(","):
        match = _SPAN.match(part)
        if match is None:
            raise Unreadable(f"{text!r} is no list of study days", 'Write "0, 1, 2" or "-6 to -2".')
        first, last = (
            int((one or match[1]).replace("−", "-")) for one in (match[1], match[2] or match[1])
        )
        if last - first > 3660:
            raise Unreadable(f"{text!r} spans more than ten years")
        days.extend(range(first, last + 1))
    return _rising(tuple(days))


DAYS = Codec("study days", _whole_days, list, _parse_days)


def amount(example: str, *dimensions: str) -> Codec:
    """A number with a unit of one of these dimensions."""

    def parse(text: str) -> Quantity:
        if "," in text:
            raise Unreadable(
                f"{text!r} has a comma: decimal point or thousands?",
                f'Write the decimal sign as a point, and no thousands sign: "{example}".',
            )
        try:
            quantity = read_quantity(text)
        except UnitError as error:
            raise Unreadable(error.what, error.remedy) from error
        if quantity.unit.dimension not in dimensions:
            raise Unreadable(
                f"{text!r} is {_an(quantity.unit.dimension)}, not {_an(dimensions[0])}",
                f'Write it like "{example}".',
            )
        return quantity

    def read(value: object) -> Quantity:
        if not isinstance(value, str):
            raise Unreadable(
                f"{value!r} is {_kind(value)}, and needs its unit",
                f'Write a text with the unit, such as "{example}".',
            )
        return parse(value)

    return Codec(dimensions[0], read, str, parse)


def _an(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


DOSE_DIMENSIONS = (
    "mass per area", "mass per mass", "mass", "cells per mass", "cells per area", "count",
    "arbitrary amount", "arbitrary amount per area", "arbitrary amount per mass", "absorbed dose",
    "activity", "volume", "mass concentration", "fraction",
)  # fmt: skip
DOSE = amount("25 mg/m2", *DOSE_DIMENSIONS)
TIME = amount("48 h", "time")
MASS = amount("0.5 mg", "mass", "volume", "arbitrary amount")
PER_KG = amount("1000000 {cells}/kg", "cells per mass")


def _number(value: object) -> Decimal:
    if not isinstance(value, str):
        raise Unreadable(
            f"{value!r} is {_kind(value)}",
            'Write it as a text, such as "0.35": nothing is rounded.',
        )
    return _parse_number(value)


def _parse_number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise Unreadable(f"{text!r} is not a number", 'Write it like "0.35".') from error
    if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
        raise Unreadable(f"{text!r} is not a usable number", 'Write it like "0.35".')
    return number


NUMBER = Codec("number", _number, plain, _parse_number)


def _parse_moment(text: str) -> Moment:
    try:
        return Moment(text)
    except FactError as error:
        raise Unreadable(error.what, error.remedy) from error


MOMENT = Codec("date", lambda value: _parse_moment(_text(value)), str, _parse_moment)

_CLOCK = re.compile(r"([01]?\d|2[0-3]):00$")


def _parse_hour(text: str) -> int:
    match = _CLOCK.match(text.strip())
    if match is None:
        raise Unreadable(f"{text!r} is no full hour of the day", 'Write it like "09:00".')
    return int(match[1])


HOUR = Codec(
    "hour", lambda value: _parse_hour(_text(value)), lambda hour: f"{hour:02d}:00", _parse_hour
)


def one_of(*words: str) -> Codec:
    """One of these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise Unreadable(f"{text!r} is none of the words", f"Write one of {', '.join(words)}.")
        return text

    return Codec("word", lambda value: parse(_text(value)), lambda value: value, parse)


_SOURCE = re.compile(
    r"(?:(record): (\S+)(?: (\d+)-(\d+))?(?: (\".*\"))?|(document): (\S.*)|(assumed))$", re.DOTALL
)


def read_source(text: str) -> Source:
    """`record: FIELD START-END "words"`, `document: SECTION` or `assumed`.

    >>> read_source("document: 6.2").place
    '6.2'
    """
    match = _SOURCE.match(text)
    if match is None:
        raise Unreadable(
            f"{text!r} is no source",
            'Write "document: 6.2" with the section of the protocol document, "assumed", or '
            '"record: FIELD START-END".',
        )
    if match[8]:
        return Source(Origin.ASSUMED)
    if match[6]:
        return Source(Origin.DOCUMENT, place=match[7].rstrip())
    span = None if match[3] is None else (int(match[3]), int(match[4]))
    try:
        words = "" if match[5] is None else json.loads(match[5])
    except json.JSONDecodeError as error:
        raise Unreadable(f"the words of {text!r} are not closed", 'End them with ".') from error
    return Source(Origin.RECORD, place=match[2], span=span, words=words)


def write_source(source: Source) -> str:
    """The source as one line; an assumption has no place, a document no words."""
    match source.origin:
        case Origin.ASSUMED:
            return "assumed"
        case Origin.DOCUMENT:
            return f"document: {source.place}"
        case Origin.RECORD:
            span = "" if source.span is None else f" {source.span[0]}-{source.span[1]}"
            words = f" {json.dumps(source.words, ensure_ascii=False)}" if source.words else ""
            return f"record: {source.place}{span}{words}"


SOURCE = Codec("source", lambda value: read_source(_text(value)), write_source, read_source)


def _span(value: object) -> tuple[int, int]:
    numbers = _list(value, _whole, "Write [start, end].")
    if len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1]:
        raise Unreadable(f"{value!r} is no span", "Write [start, end].")
    return numbers[0], numbers[1]


def _no_answer(text: str) -> Any:
    raise Unreadable(f"{text!r} cannot be an answer here")


SPAN = Codec("span", _span, list, _no_answer)


def _filling(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Unreadable(f"{value!r} is {_kind(value)}, not a table", 'Write { name = "text" }.')
    return {str(key): _text(one) for key, one in value.items()}


FILLING = Codec("words", _filling, dict, _no_answer)
WHOLES = Codec(
    "whole numbers",
    lambda value: _list(value, _whole, "Write a list of whole numbers."),
    list,
    lambda text: tuple(_parse_whole(part) for part in text.split(",")),
)
