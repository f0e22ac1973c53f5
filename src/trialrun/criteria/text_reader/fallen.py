"""Values that have come down below a limit: `a drop in SpO2 below 90 %`, and not by so much."""

from __future__ import annotations

from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import find_phrase
from trialrun.criteria.text_reader.scan import Scan, add_limit, amount_near
from trialrun.criteria.text_reader.subjects import Subject

_FALLS = frozenset({"fall", "drop", "decrease", "decline", "reduction", "falling", "dropping"})
_LEVELS = frozenset({"spo2"})  # given in percent: else so much less may be meant
_GROUPS = frozenset({"vital signs", "laboratory", "organ function"})


def read_fallen(scan: Scan, at: int) -> int:
    """The value itself, where a limit below which it fell stands right behind its name."""
    row, tokens = scan.row, scan.tokens
    amount = amount_near(row, at)
    if row[at].letter != "L" or amount is None or amount.unit is None:
        return 0
    place = at - 1
    while place >= scan.ended and row[place].letter in "PT":
        place -= 1
    if place < max(scan.ended, 2) or row[place].letter != "V":
        return 0
    before = [token.norm for token in tokens[row[place].start - 2 : row[place].start]]
    variable = fitting(row[place], amount)
    if before[1:] not in (["in"], ["of"]) or before[0] not in _FALLS or variable is None:
        return 0
    level = variable.name in _LEVELS or (amount.unit != "%" and variable.group in _GROUPS)
    phrase = find_phrase(row, at, scale=False)
    if not level or phrase is None:
        return 0
    return add_limit(scan, Subject((variable.name,), place, place + 1), phrase)
