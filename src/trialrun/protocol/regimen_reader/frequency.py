"""How often, how long, how many times: `BID`, `every 3 weeks`, `for 5 days`, `3 infusions`."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyMention:
    """Times a day, or days between two administrations."""

    start: int
    end: int
    a_day: int | None = None
    every_days: int | None = None
    cycle: bool = False  # the distance is the length of a cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationMention:
    """For how many days in a row something is given."""

    start: int
    end: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimesMention:
    """How many administrations in all."""

    start: int
    end: int
    times: int


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "once": 1, "twice": 2, "thrice": 3,
}  # fmt: skip
_COUNT = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNITS = {"day": 1, "week": 7, "wk": 7, "d": 1, "w": 7}

# "two times daily", "2x/day", "BID", "q12h", by times a day.
_A_DAY = {
    1: ("one|once", "QD|q\\.d\\.?|every day|each day|q24h|every 24 h(?:ours|rs)?"),
    2: ("two|2|twice", "BID|b\\.i\\.d\\.?|bd|q12h|every 12 h(?:ours|rs)?"),
    3: ("three|3|thrice", "TID|t\\.i\\.d\\.?|tds|q8h|every 8 h(?:ours|rs)?"),
    4: ("four|4", "QID|q\\.i\\.d\\.?|q6h|every 6 h(?:ours|rs)?"),
}
_A_DAY_PATTERNS = tuple(
    (
        re.compile(
            rf"(?<!\d-)(?<!\bto )(?<!\bor )(?<!-)\b(?:{short}"
            rf"|(?:{words})(?:[- ]?x| times?)?[- /]?(?:a |per )?[- /]?da(?:il)?y)\b",
            re.IGNORECASE,
        ),
        times,
    )
    for times, (words, short) in _A_DAY.items()
)
_DAILY = re.compile(r"\bdaily\b", re.IGNORECASE)
_EVERY = re.compile(
    rf"\b(?:every|each|once every)[\s-]+(?P<n>{_COUNT})?[ -]?(?P<other>other[\s-]|second[\s-])?"
    rf"(?P<unit>days?|weeks?|wks?)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_QNW = re.compile(r"\bQ\s?(?P<n>\d{1,2})?\s?(?P<unit>[WD])\b", re.IGNORECASE)
_WEEKLY = re.compile(
    r"(?<!bi)(?<!bi-)\b(?:once[- ](?:a |per )?week(?:ly)?|weekly)\b", re.IGNORECASE
)
_CYCLE = re.compile(
    rf"\b(?:of|in|on|per)?\s*(?:each|every|a|the)?\s*(?P<n>{_COUNT})[ -](?P<unit>day|week)s?[ -]"
    r"(?:treatment |dosing |long )?cycles?\b",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"(?:\bfor(?: a total of| up to)?|\bx|×)\s*(?P<n>{_COUNT})\s*(?:consecutive |successive )?"
    r"(?P<unit>days?|weeks?|wks?|d)\b(?!\s*(?:cycle|before|prior|after|of))",
    re.IGNORECASE,
)
_UP_TO = re.compile(r"up to", re.IGNORECASE)
_TIMES = re.compile(
    rf"\b(?P<n>{_COUNT})\s+(?:consecutive |successive |separate |intravenous |IV |total )*"
    r"(?:infusions|doses|injections|administrations|vaccinations|treatments)\b",
    re.IGNORECASE,
)
_SINGLE = re.compile(
    r"\b(?:single|one[ -]time)[ -](?:\w+[ -]){0,2}?(?:dose|infusion|injection|administration)\b"
    r"|\badministered once\b(?!\s*(?:a|per|daily|weekly|every))"
    r"|\bone time only\b|\bsingle[- ]dose\b",
    re.IGNORECASE,
)
# "up to 3 doses" bounds the number and does not say it; "one of 3 doses" is about levels.
_NOT_A_COUNT = re.compile(
    r"(?:up to|at least|maximum(?: of)?|more than|additional|either|of|level|first|last|next|every"
    r"|each|per)\s*$",
    re.IGNORECASE,
)


def _count(text: str) -> int:
    return _WORDS.get(text.lower()) or int(text)


def frequency_mentions(text: str) -> tuple[FrequencyMention, ...]:
    """Every frequency in a cleaned text, in order; overlapping ones only once."""
    found: list[FrequencyMention] = []

    def add(
        match: re.Match[str],
        *,
        a_day: int | None = None,
        every: int | None = None,
        cycle: bool = False,
    ) -> None:
        if not any(one.start < match.end() and match.start() < one.end for one in found):
            found.append(
                FrequencyMention(
                    start=match.start(),
                    end=match.end(),
                    a_day=a_day,
                    every_days=every,
                    cycle=cycle,
                )
            )

    for pattern, times in _A_DAY_PATTERNS:
        for match in pattern.finditer(text):
            add(match, a_day=times)
    for match in _CYCLE.finditer(text):
        add(match, every=_count(match["n"]) * _UNITS[match["unit"].lower()], cycle=True)
    for match in _EVERY.finditer(text):
        number = 2 if match["other"] else _count(match["n"]) if match["n"] else 1
        days = number * _UNITS[match["unit"].lower().rstrip("s")]
        add(match, every=days) if days > 1 else add(match, a_day=1)
    for match in _QNW.finditer(text):
        add(match, every=int(match["n"] or 1) * _UNITS[match["unit"].lower()])
    for match in _WEEKLY.finditer(text):
        add(match, every=7)
    for match in _DAILY.finditer(text):
        add(match, a_day=1)
    return tuple(sorted(found, key=lambda one: one.start))


def duration_mentions(text: str) -> tuple[DurationMention, ...]:
    """Every "for N days" or "for N weeks" that is no upper bound."""
    return tuple(
        DurationMention(
            start=match.start(),
            end=match.end(),
            days=_count(match["n"]) * _UNITS[match["unit"].lower().rstrip("s")],
        )
        for match in _FOR.finditer(text)
        if not _UP_TO.search(match.group())
    )


def times_mentions(text: str) -> tuple[TimesMention, ...]:
    """Every number of administrations that is said outright."""
    found = [
        TimesMention(start=match.start(), end=match.end(), times=_count(match["n"]))
        for match in _TIMES.finditer(text)
        if not _NOT_A_COUNT.search(text[: match.start()])
    ]
    found += [
        TimesMention(start=match.start(), end=match.end(), times=1)
        for match in _SINGLE.finditer(text)
        if not any(one.start < match.end() and match.start() < one.end for one in found)
    ]
    return tuple(sorted(found, key=lambda one: one.start))
