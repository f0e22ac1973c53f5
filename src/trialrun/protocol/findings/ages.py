"""Age fields of a record, in years."""

from __future__ import annotations

import re

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(Year|Month|Week|Day|Hour|Minute)s?$", re.IGNORECASE)
_YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}


def age_parts(age: str | None) -> tuple[str, str] | None:
    """The number and the unit of an age field, the unit in lower case and singular."""
    match = _AGE.match(age or "")
    return (match[1], match[2].lower()) if match else None


def in_years(age: str | None) -> float | None:
    """An age field in years; None where there is none, or it is in hours or minutes."""
    parts = age_parts(age)
    if parts is None or parts[1] not in _YEARS:
        return None
    return float(parts[0]) * _YEARS[parts[1]]
