"""A dose that is allowed beside none: `not receiving dexamethasone or receiving ≤ 4 mg/day`."""

from __future__ import annotations

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS

_TAKEN = frozenset(
    {"receiving", "taking", "on", "using", "treated", "requiring", "receive", "take"}
)
_BESIDE = frozenset({"a", "dose", "of", "with", "only", "stable", "daily", "total", "be"})
_NONE = frozenset({"no", "not", "off", "without", "never"})
_DOSES = frozenset({"mass a day", "mass"})
_BEFORE = 8  # tokens


def lesser_dose(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """What was denied in front of "or", where behind it so much of it is said to be taken."""
    unit = UNITS.get(str(amount.unit))
    if unit is None or unit.dimension not in _DOSES:
        return None
    row, tokens = scan.row, scan.tokens
    place, taken = at - 1, False
    while place >= scan.ended and tokens[row[place].start].norm in _TAKEN | _BESIDE:
        taken = taken or tokens[row[place].start].norm in _TAKEN
        place -= 1
    if not taken or place <= scan.ended or row[place].letter != "R":
        return None
    place -= row[place - 1].letter == "C"
    variable = fitting(row[place - 1], amount) if row[place - 1].letter == "V" else None
    first = row[place - 1].start
    denied = _NONE & {token.norm for token in tokens[max(first - _BEFORE, 0) : first]}
    if variable is None or variable.group != "treatment" or not denied:
        return None
    # what denies the drug stands in front of "or": it does not deny the dose
    return Subject((variable.name,), at, at, denied_before(tokens, row, at))
