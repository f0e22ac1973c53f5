"""Amounts in a text: number or range, unit, per what, and the comparison before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from trialrun.protocol.regimen_reader.numbers import NUMBER, read_written_number
from trialrun.values.unit import UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseMention:
    """One amount; `high` where the text gives a range; `per` is "day", "administration" or ""."""

    start: int
    end: int
    comparator: str
    low: Decimal
    high: Decimal | None
    unit: str
    per: str

    def in_common_unit(self) -> tuple[Decimal, Decimal | None, str]:
        """The amount in the unit that its dimension is usually written in."""
        common = COMMON.get(UNITS[self.unit].dimension, self.unit)
        factor = UNITS[self.unit].factor / UNITS[common].factor
        scale = Decimal(factor.numerator) / Decimal(factor.denominator)
        high = None if self.high is None else self.high * scale
        return self.low * scale, high, common


# One unit a dimension, so that 1.0 g/m2 and 1000 mg/m2 are seen to agree.
COMMON = {
    "mass per area": "mg/m2",
    "mass per mass": "mg/kg",
    "cells per mass": "{cells}/kg",
    "cells per area": "{cells}/m2",
    "mass": "mg",
    "absorbed dose": "Gy",
    "activity": "MBq",
}

_MASS = {
    "mg": "mg", "mgs": "mg", "milligram": "mg", "milligrams": "mg", "g": "g", "gm": "g",
    "gram": "g", "grams": "g", "mcg": "ug", "µg": "ug", "ug": "ug", "microgram": "ug",
    "micrograms": "ug", "ng": "ng",
}  # fmt: skip
_OTHER = {
    "iu": "[IU]", "miu": "10*6.[IU]", "mu": "10*6.[IU]", "gy": "Gy", "cgy": "cGy", "mbq": "MBq",
    "gbq": "GBq", "mci": "mCi",
}  # fmt: skip
_CELL_WORDS = (
    r"(?:(?:viable|anti-\w+|allogeneic|autologous|total|positive|[A-Z][\w+/-]*|[A-Z]{1,3}\d*)[ -]+)"
    r"{0,5}(?:cells?|MSCs?|CAR-?T|lymphocytes|CFU)"
)
_PER_AREA = r"(?:m\^?2|m²|sqm|square met(?:er|re)s?|m\(2\))"
_PER_MASS = r"(?:kg|kilograms?)(?:\s+(?:of\s+)?(?:body\s*weight|bw)\b)?"
_PER = (
    rf"(?:\s*(?:/|\bper\b)\s*(?:(?P<area>{_PER_AREA})|(?P<mass>{_PER_MASS}))"
    rf"|\s*/\s*\((?:m2|m²)[.·]d\)(?P<aread>)|\s*/\s*\(kg[.·]d\)(?P<massd>))?"
)
_EACH = (
    r"(?P<each>\s*(?:/|\bper\b)\s*(?:day|d|dose|administration|infusion|injection)\b"
    r"|\s+(?:daily|a day|each day)\b(?!\s*(?:x|for))?)?"
)
_COMPARED = (
    r"(?P<comparator>(?:(?:\b(?:over|more than|greater than|above|at least|no less than|"
    r"not less than|minimum(?: of)?|minimal|up to|at most|maximum(?: dose)?(?: of)?|max\.?|"
    r"not exceed(?:ing)?|less than|approximately|about|approx\.?|around|target(?:ed)?(?: dose)?"
    r"(?: of)?)\b\s*)|[<>≤≥≧≦~]\s*=?\s*))?"
)
_MENTION = re.compile(
    rf"{_COMPARED}(?P<low>{NUMBER})"
    rf"(?:\s*(?P<lowunit>mg|g|mcg|µg|ug|iu)?(?:/kg|/m\^?2)?\s*(?:-|~|\bto\b)\s*(?P<high>{NUMBER}))?"
    rf"\s*-?\s*(?:(?P<unit>mgs?|milligrams?|gm?|grams?|mcg|µ\s?g|ug|micrograms?|ng|M?IU|MU|c?Gy|[MG]Bq"
    rf"|mCi)\b|(?P<cells>{_CELL_WORDS})\b|(?P<bare>(?=\s*/\s*kg\b)))"
    rf"{_PER}{_EACH}(?!\w)",
    re.IGNORECASE,
)
# What makes an amount a strength or a concentration, or no dose of a participant at all.
_STRENGTH = re.compile(
    r"\s*(?:/|\bper\b|\bin\b)\s*(?:\d+(?:\.\d+)?\s*)?"
    r"(?:m[lL]|[dcµ]?[lL]|tab|cap|vial|amp|inhal|puff|actuation|spray|sachet|bag|unit|ige|"
    r"min|h\b|hour|week|wk|month|mol|serving|patch|device|drop|syringe|pen|bottle)"
    r"|\s*-?(?:tablets?|capsules?|film|chewable|vials?|ampoul|inhaler|suppositor|sachet|pre-?filled"
    r"|granules|patch)",
    re.IGNORECASE,
)
_LEAST = re.compile(r"over|more than|greater than|above|>\s*$", re.IGNORECASE)
_AT_LEAST = re.compile(r"at least|less than$|minim|≥|≧|>\s*=", re.IGNORECASE)


def dose_mentions(text: str) -> tuple[DoseMention, ...]:
    """Every amount in a cleaned text that may be a dose, in order."""
    found = []
    for match in _MENTION.finditer(text):
        if _STRENGTH.match(text, match.end()):
            continue
        unit, low = _unit(match), read_written_number(match["low"])
        # Fewer than a thousand "cells" is a name ("IL-7Ra CAR T cell"), not a number of cells.
        if unit is None or ("{cells}" in unit and low < 1000):
            continue
        found.append(
            DoseMention(
                start=match.start(),
                end=match.end(),
                comparator=_comparator(match["comparator"]),
                low=low,
                high=None if match["high"] is None else read_written_number(match["high"]),
                unit=unit,
                per=_per(match),
            )
        )
    return tuple(found)


def _unit(match: re.Match[str]) -> str | None:
    """The UCUM code, or None where the words are no unit that a dose has."""
    area = match["area"] is not None or match["aread"] is not None
    mass = match["mass"] is not None or match["massd"] is not None
    written = match["unit"]
    if written is None:
        if match["cells"] is not None and match["cells"].upper().endswith("CFU"):
            return None
        return "{cells}/kg" if mass else "{cells}/m2" if area else "{cells}"
    # "5 G" is a needle's gauge; grams are written g.
    if written == "G":
        return None
    name = written.lower().replace(" ", "")
    if name in _MASS:
        code = _MASS[name]
    elif written in {"MU", "mu"}:
        code = _OTHER["mu"]
    elif name in _OTHER:
        code = _OTHER[name]
    else:
        return None
    code += "/m2" if area else "/kg" if mass else ""
    return code if code in UNITS else None


def _per(match: re.Match[str]) -> str:
    if match["aread"] is not None or match["massd"] is not None:
        return "day"
    each = (match["each"] or "").lower()
    if re.search(r"day|daily|/\s*d$", each):
        return "day"
    return "administration" if each else ""


def _comparator(words: str | None) -> str:
    """`=`, `>` or `>=`; "?" for what bounds a dose from above or only about."""
    if words is None or not words.strip() or re.match("target", words, re.IGNORECASE):
        return "="
    if re.search(r"no less|not less", words, re.IGNORECASE):
        return ">="
    if re.search(r"less than|<|≤|≦|~", words, re.IGNORECASE):
        return "?"
    if _AT_LEAST.search(words):
        return ">="
    return ">" if _LEAST.search(words.rstrip()) else "?"
