"""Doses of other drugs behind one comparison: `more than 2000 µg/day of A, 1600 µg/day of B`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.limits import Limit, in_unit_of
from trialrun.criteria.text_reader.scan import Mention, Scan
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables

_FAR = 6  # terminals from the dose in front
_DOSES = frozenset({"mass a day", "mass a week"})


def read_further_dose(scan: Scan, at: int) -> int:
    """Reads the dose of one more drug, compared as the one in front was; where to go on, or 0."""
    row = scan.row
    amount, last = row[at].amount, scan.found[-1] if scan.found else None
    if row[at].letter != "N" or amount is None or amount.unit not in UNITS or last is None:
        return 0
    if UNITS[amount.unit].dimension not in _DOSES or not 0 < at - scan.ended <= _FAR:
        return 0
    between = row[scan.ended : at]
    if {one.letter for one in between} - set("wfVCRI") or between[-1].letter not in "CR":
        return 0
    if at + 1 >= len(row) or row[at + 1].letter not in "wfV":
        return 0  # a drug stands behind
    atom = last.atoms[-1] if last.atoms else None
    if not isinstance(atom, Comparison) or not fits(variables()[atom.variable], amount):
        return 0
    quantity, topic = in_unit_of(variables()[atom.variable], Limit(atom.op, amount))
    if quantity is None or topic:
        return 0
    start, end = scan.tokens[row[at].start].start, scan.tokens[row[at].end - 1].end
    scan.found.append(Mention((replace(atom, limit=quantity),), start, end, (), start))
    scan.ended = at + 1
    return at + 1
