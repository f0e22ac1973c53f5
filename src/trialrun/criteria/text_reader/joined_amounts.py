"""A second amount of the same change: `an increase in FEV1 of 12 % and 200 mL`."""

from __future__ import annotations

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.vocabulary.table import variables

_FARTHEST = 4  # terminals
_SHARE, _VOLUME = "bronchodilator_reversibility", "bronchodilator_reversibility_ml"
_SAME = {_SHARE: _VOLUME, _VOLUME: _SHARE}


def read_joined(scan: Scan, at: int) -> int:
    """The second of `≥ 12 % and 200 mL`, whose sign and name stand in front of the first."""
    row = scan.row
    if row[at].letter not in "GLN" or not 0 < at - scan.ended <= _FARTHEST or not scan.found:
        return 0
    between = {one.letter for one in row[scan.ended : at]}
    place = at if row[at].letter == "N" else at + 1
    amount = row[place].amount if place < len(row) else None
    before = scan.found[-1].atoms[-1] if scan.found[-1].atoms else None
    if amount is None or amount.unit is None or not isinstance(before, Comparison):
        return 0
    name = _SAME.get(before.variable)
    joined = between <= set("ARCSPf") and between & set("ARS")
    if name is None or not joined or not fits(variables()[name], amount):
        return 0
    if place == at:
        phrase = Phrase((("bounds", ((0, before.op),)),), (at,), at + 1)
    else:
        phrase = Phrase((("bounds", ((1, 0),)),), (at, place), place + 1)
    return add_limit(scan, Subject((name,), at, at), phrase, restated=False)
