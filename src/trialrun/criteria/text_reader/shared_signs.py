"""A sign that stands in front of two limits: `exceeds the LLOQ or 1000 copies/mL`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS

_MOST = 10  # terminals that name the first limit
_STRONG = frozenset({"copy concentration", "arbitrary concentration"})


def read_shared_sign(scan: Scan, at: int) -> int:
    """Reads the number behind "or", where the first limit has a name and no number; 0 elsewhere."""
    row = scan.row
    amount = row[at].amount
    unit = None if amount is None else UNITS.get(str(amount.unit))
    if amount is None or unit is None or unit.dimension not in _STRONG:
        return 0
    if at < 3 or row[at - 1].letter != "R":
        return 0
    sign = next(
        (
            place
            for place in range(at - 2, max(at - _MOST, scan.ended - 1), -1)
            if row[place].letter not in "wfPQ"
        ),
        at,
    )
    if sign == at or row[sign].letter not in "GL" or sign < 1 or row[sign - 1].letter != "V":
        return 0
    variable = fitting(row[sign - 1], amount)
    if variable is None:
        return 0
    # the sign is taken along in front of its second number
    scan.row = (*row[:at], replace(row[sign], start=row[at].start, end=row[at].start), *row[at:])
    phrase = Phrase((("bounds", ((1, row[sign].op),)),), (at, at + 1), at + 2)
    subject = Subject((variable.name,), sign - 1, sign)
    return add_limit(scan, subject, phrase)
