"""Levels of the spine: `surgery at more than one level`, `disc disease at one or two levels`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.exact_counts import ask_exact
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token

_MOST = 6
_BESIDE = frozenset(
    {"contiguous", "adjacent", "consecutive", "neighboring", "spinal", "cervical", "lumbar",
     "vertebral", "disc", "disk", "segment"}
)  # fmt: skip
_VERTEBRA = re.compile(r"[ctls]\d{1,2}")
_COMPARED = frozenset("GLMWTB")
_BEFORE, _BEHIND = 12, 8  # tokens


def spinal_levels(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int, amount: Amount
) -> Subject | None:
    """`surgery at more than one level`: how many levels of the spine."""
    if amount.unit is not None or end >= len(row) or tokens[row[end].start].norm != "level":
        return None
    near = {token.norm for token in tokens[max(row[at].start - 10, 0) : row[end].end + 8]}
    return Subject(("surgical_levels",), at, at) if near & bag("spinal") else None


def read_spinal_levels(scan: Scan, at: int) -> int:
    """Reads of how many levels of the spine is spoken; where to go on, or 0."""
    row = scan.row
    if _number(row[at]) is None or (at and row[at - 1].letter in _COMPARED):
        return 0
    first = _level(scan, at + 1)
    place = at + 1 if first is None else first
    other = None
    if place + 1 < len(row) and row[place].letter == "R" and _number(row[place + 1]) is not None:
        second = _level(scan, place + 2)
        if second is None:
            return 0  # "one level or three legs"
        other, place = place + 1, second
    if (first is None and other is None) or not _of_spine(scan, at, place):
        return 0
    numbers = [_number(row[one]) for one in ((at,) if other is None else (at, other))]
    if other is not None and numbers[1] != (numbers[0] or 0) + 1:
        return place  # "one level or three levels": no range
    bounds = ((0, "exactly"),) if other is None else ((0, ">="), (1, "<="))
    places = (at,) if other is None else (at, other)
    phrase = Phrase((("bounds", bounds),), places, place)
    found = len(scan.found)
    end = add_limit(scan, Subject(("surgical_levels",), at, at), phrase, restated=False)
    if other is None and len(scan.found) > found:
        ask_exact(scan, at, place - 1)
    return max(end, place)


def _number(one: Terminal) -> int | None:
    amount = one.amount
    if one.letter != "N" or amount is None or amount.unit is not None:
        return None
    whole = amount.value == amount.value.to_integral_value() and 0 < amount.value <= _MOST
    return int(amount.value) if whole else None


def _level(scan: Scan, place: int) -> int | None:
    """The end of "contiguous levels", if that stands here."""
    row, tokens = scan.row, scan.tokens
    while place < len(row):
        words = [token.norm for token in tokens[row[place].start : row[place].end]]
        if words[-1:] == ["level"] and set(words[:-1]) <= _BESIDE:
            return place + 1
        if not set(words) <= _BESIDE:
            return None
        place += 1
    return None


def _of_spine(scan: Scan, at: int, place: int) -> bool:
    start, end = scan.row[at].start, scan.row[place - 1].end
    near = scan.tokens[max(start - _BEFORE, 0) : end + _BEHIND]
    return any(token.norm in bag("spinal") or _VERTEBRA.fullmatch(token.norm) for token in near)
