"""Large numbers in short: `10^5`, `75K`, `150 thousand/µL`, `1.5E9/L`, `100/nL`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from trialrun.criteria.text_reader.unit_words import END, LITRE, MICRO, PER

SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_EXP = r"\(?(?P<exp>[⁰¹²³⁴-⁹]+|[1-9]\d?)\)?"
_VOLUME = rf"{PER}(?:(?P<litre>{LITRE})|(?P<micro>{MICRO})|(?P<milli>ml)){END}"
_POWER = re.compile(
    rf"\s*(?P<times>[x×✕*·]\s*)?10\s*(?P<sign>\^|\*\*|\*|[e]\s?\+?)?\s*{_EXP}{_VOLUME}",
    re.IGNORECASE,
)
_POWERS = {
    ("litre", 9): "10*9/L", ("litre", 6): "10*6/L", ("litre", 12): "10*12/L",
    ("micro", 3): "10*3/uL", ("micro", 4): "10*4/uL", ("micro", 6): "10*6/uL",
    ("milli", 6): "10*6/mL",
}  # fmt: skip
# "1.5E9/L"
_GLUED = re.compile(rf"e\+?(?P<exp>\d{{1,2}}){_VOLUME}", re.IGNORECASE)
# "x 1000/mm3", "thousand/µL", "million per mm3"
_CELLS = r"(?:platelets|cells?|leu[ck]ocytes|neutrophils|lymphocytes)?"
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\s*(?:{pattern})\s*{_CELLS}{PER}{volume}{END}", re.IGNORECASE), code)
    for pattern, volume, code in (
        (r"[x×✕*]\s*1[,. ]?000|thousands?|thou|tsd\.?|mil|k", MICRO, "10*3/uL"),
        (r"[x×✕*]\s*1[,. ]?000[,. ]?000|millions?|mio\.?", MICRO, "10*6/uL"),
        (r"millions?|mio\.?", r"ml", "10*6/mL"),
        (r"millions?|mio\.?", LITRE, "10*6/L"),
        (r"billions?|giga|gpt", LITRE, "10*9/L"),
        (r"", r"nl", "10*9/L"),
    )
)
# "10^5", "10 ³": the number itself, with whatever unit behind it
_OF_TEN = re.compile(rf"\s?(?:(?:\^|\*\*)\s?{_EXP}|(?P<sup>[⁰¹²³⁴-⁹]+)(?!\w))")
# "10*5 IU/mL", and as italics have left it: "10*5* IU/mL"
_STARRED = re.compile(r"\s?\*\s?([1-9])\*?(?=\s?(?:I?U/|UI/|cop|cells|CFU))", re.IGNORECASE)
_TIMES = re.compile(r"K(?![A-Za-z0-9/])|\s+thousands?\b(?!\s*(?:/|per|cells))")


@dataclass(frozen=True, slots=True)
class Power:
    """The unit behind a number, with the power of ten that belongs to it; and where it ends."""

    unit: str
    end: int


def read_power(text: str, at: int) -> Power | None:
    """`x 10^9/L`, `10 9/L`, `E9/L`, `thousand/µL`, where a number ends at `at`."""
    match = _POWER.match(text, at) or _GLUED.match(text, at)
    if match is not None:
        exponent = int(match["exp"].translate(SUPERSCRIPT))
        place = next(name for name in ("litre", "micro", "milli") if match[name])
        unit = _POWERS.get((place, exponent), "?")
        said = match.re is _GLUED or match["times"] or match["sign"] or not match["exp"].isascii()
        apart = unit != "?" and text[at : at + 1].isspace()  # "1.5 10 9/L"
        return Power(unit, match.end()) if said or apart else None
    for pattern, unit in _WORDS:
        words = pattern.match(text, at)
        if words is not None:
            return Power(unit, words.end())
    return None


def power_alone(text: str, start: int) -> Power | None:
    """`10^9/L` as a number of its own: once that many."""
    match = _POWER.match(text, start)
    if match is None or match["times"] or not (match["sign"] or not match["exp"].isascii()):
        return None
    place = next(name for name in ("litre", "micro", "milli") if match[name])
    unit = _POWERS.get((place, int(match["exp"].translate(SUPERSCRIPT))))
    return None if unit is None else Power(unit, match.end())


def multiplied(text: str, at: int, value: Decimal, raw: str) -> tuple[Decimal, int]:
    """A number with the thousands or the power of ten behind it, and where that ends."""
    power = (_OF_TEN.match(text, at) or _STARRED.match(text, at)) if raw == "10" else None
    if power is not None:
        written = next(one for one in power.groups() if one is not None)
        exponent = written.translate(SUPERSCRIPT)
        return value ** int(exponent), power.end()
    times = _TIMES.match(text, at)
    return (value, at) if times is None else (value * 1000, times.end())
