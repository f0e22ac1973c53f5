"""Study days in a text: `(-6d to -2d)`, `day -6 to -5`, `days 1, 8 and 15`, `d1-3`, `D-5~D-3`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysMention:
    """Study days, in order; none where days are named and which ones does not read plainly."""

    start: int
    end: int
    days: tuple[int, ...]


_LONGEST = 400
_DAY = r"(?:days?|d)"
_ONE = r"[+-]?\s?\d{1,3}"
# "day -6 to -2", "days 1, 8, and 15", "D-5~D-3", "d1-3": a word for day comes first.
_NAMED = re.compile(
    rf"(?<![\w-])(?P<word>{_DAY})\.?\s*(?P<first>{_ONE})(?!\d|\.\d|-?[A-Za-z])"
    rf"(?P<rest>(?:\s*(?:to|through|thru|until|~|-|,\s*and|,\s*&|,|and|&)\s*(?:{_DAY}\.?\s*)?"
    rf"{_ONE}(?!\d|\.\d|-?[A-Za-z%/]|\s*(?:mg|g|mcg|µg|ug|ml|%|x\b|times|weeks?|months?|years?|hours?"
    rf"|h|min|cycles?|doses?|patients|participants|subjects|/)\b))*)",
    re.IGNORECASE,
)
# "-6d to -2d": the sign comes first.
_SIGNED = re.compile(
    r"(?<![\w.])(?P<low>[+-]\d{1,3})\s*d(?:ays?)?\s*(?:to|~|-|through)\s*"
    r"(?P<high>[+-]?\d{1,3})\s*d(?:ays?)?(?![\w])",
    re.IGNORECASE,
)
_STEP = re.compile(
    rf"\s*(?P<join>to|through|thru|until|~|-|,\s*and|,\s*&|,|and|&)\s*(?:{_DAY}\.?\s*)?"
    rf"(?P<day>{_ONE})",
    re.IGNORECASE,
)
_RANGE = {"to", "through", "thru", "~", "-"}
_VITAMIN = re.compile(r"\b(?:vitamin|vit\.?)\s*$", re.IGNORECASE)
# "day 1 to week 12", "day 1 onwards": the list does not end where it seems to.
_GOES_ON = re.compile(
    r"\s*(?:(?:to|through|thru|until|till|-|~)\s*[\w(+-]|onwards?|and (?:thereafter|onwards?|then)"
    r"|\.\d)",
    re.IGNORECASE,
)
# "from day -7", "until day 5", "to d -17": a start or an end, not the days themselves.
_STARTS = re.compile(
    r"\b(?:from|since|starting|beginning|begins?|started|starts?|until|till|after|before|by|within"
    r"|prior to|to|through|between|week|than)(?: on| at| from)?\s*$|[-~]\s*$",
    re.IGNORECASE,
)


def days_mentions(text: str) -> tuple[DaysMention, ...]:
    """Every list or range of study days in a cleaned text."""
    found = [
        DaysMention(
            start=match.start(),
            end=match.end(),
            days=_range(int(match["low"]), int(match["high"])),
        )
        for match in _SIGNED.finditer(text)
    ]
    for match in _NAMED.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        if _VITAMIN.search(before) or any(
            one.start < match.end() and match.start() < one.end for one in found
        ):
            continue
        days = _listed(match)
        if _GOES_ON.match(text, match.end()) or (_STARTS.search(before) and len(days) < 2):
            days = ()
        found.append(DaysMention(start=match.start(), end=match.end(), days=days))
    return tuple(sorted(found, key=lambda one: one.start))


def _listed(match: re.Match[str]) -> tuple[int, ...]:
    first = _number(match["first"])
    days = [first]
    at, rest = 0, match["rest"]
    while step := _STEP.match(rest, at):
        at = step.end()
        join, day = step["join"].lower().split(",")[-1].strip() or ",", _number(step["day"])
        if join == "until" or (join == "-" and days[-1] < 0 < day):
            return ()  # "day -6 -2" and "until day 5" do not read in one way only
        if join in _RANGE:
            span = _range(days[-1], day)
            if not span:
                return ()
            days.extend(span[1:])
        else:
            days.append(day)
    if rest[at:].strip() or any(later <= earlier for earlier, later in pairwise(days)):
        return ()
    # "D-5" alone may be day 5 with a hyphen; "D-5 to D-3" rises only when both are before day 0.
    attached = first < 0 and re.match(r"[A-Za-z]+\.?-", match.group()) is not None
    return () if attached and len(days) == 1 else tuple(days)


def _range(low: int, high: int) -> tuple[int, ...]:
    if low >= high or high - low > _LONGEST:
        return ()
    return tuple(range(low, high + 1))


def _number(text: str) -> int:
    return int(text.replace(" ", ""))
