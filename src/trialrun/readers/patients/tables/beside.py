"""What stands beside the values of a long table: limits, the sign of a value, its status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# The name of a column of limits: of which variable (empty: of all), the upper or the lower one.
LIMIT = re.compile(
    r"(.*?)[ _-]*(?:(uln|upper(?: limit)?|(?:ref\.? )?high|ogn|obergrenze|oberer? "
    r"(?:norm|grenz|referenz)wert|(?:参考(?:值)?|正常(?:值)?)?上限)|"
    r"(lln|lower(?: limit)?|(?:ref\.? )?low|ugn|untergrenze|unterer? "
    r"(?:norm|grenz|referenz)wert|(?:参考(?:值)?|正常(?:值)?)?下限))\Z",
    re.IGNORECASE,
)
_RANGES = re.compile(r"(?:range|ref(?:erence)?|norm(?:al)?)?[ ._-]*(?:range)?\Z", re.IGNORECASE)
_SIGNS = {"<", "<=", ">", ">=", "=", "≤", "≥"}
_STATUS = re.compile(r"status|状态", re.IGNORECASE)
_STATUSES = {"final", "entered-in-error", "cancelled", "corrected", "amended", "preliminary"}


def beside(columns: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The fields of a mapping that say where they stand, by the columns' names and texts.

    Without the sign "<" of its own column, a value below 5 would be read as 5.
    """
    found: dict[str, str] = {}
    for name, listed in columns.items():
        texts = {text.strip().casefold() for text in listed} - {""}
        limit = LIMIT.match(name.strip())
        if limit is not None and _RANGES.match(limit[1]):
            found.setdefault("high_column" if limit[2] else "low_column", name)
        elif texts and texts <= _SIGNS:
            found.setdefault("comparator_column", name)
        elif texts & _STATUSES and _STATUS.search(name):
            found.setdefault("status_column", name)
    return found
