"""Weeks with days, as pregnancies are told: `36 6/7 weeks`, `24+0`, `33w6d`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_W = r"(?:weeks?|wks?)"
_PLUS = r"\d{1,2}\s?\+\s?[0-6](?:\s?/\s?7)?"
_FORMS = tuple(
    re.compile(rf"\s*{form}(?:\s*-?\s*{_W}(?P<old>\s+(?:old|of\s+age))?)?", re.IGNORECASE)
    for form in (
        # "36 6/7", "36-6/7", "36 and 6/7"
        r"(?P<weeks>\d{1,2})(?:\s+(?:and\s+)?|\s?-\s?)(?P<days>[0-6])\s?/\s?7(?:ths?)?(?!\d)",
        (
            rf"(?P<weeks>\d{{1,2}})\s?\+\s?(?P<days>[0-6])(?:\s?/\s?7)?(?=\s*-?\s*{_W}"
            rf"|\s*(?:to|through|and|-|–|~)\s*{_PLUS}\s*-?\s*{_W})"
        ),
        # "37-0 weeks": no range goes down so far
        rf"(?P<weeks>2\d|3\d|4[0-3])-(?P<days>[0-6])(?=\s*{_W})",
        # "33w6d", "24 weeks and 3 days"
        (
            rf"(?P<weeks>\d{{1,2}})\s?-?\s?(?:w|{_W})\s?(?:and\s|,|\+|&)?\s?"
            r"(?P<days>[0-6])\s?-?\s?d(?:ays?)?\b"
        ),
    )
)


@dataclass(frozen=True, slots=True)
class WeeksAndDays:
    """So many days, said as weeks and days; `old`: an age."""

    days: int
    end: int
    old: bool


def read_weeks_and_days(text: str, at: int) -> WeeksAndDays | None:
    """The weeks and days that begin at `at`, if such do."""
    for form in _FORMS:
        match = form.match(text, at)
        if match is not None:
            days = int(match["weeks"]) * 7 + int(match["days"])
            return WeeksAndDays(days, match.end(), match["old"] is not None)
    return None
