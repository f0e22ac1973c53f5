"""How something was measured, between its name and its limit: `LVEF by echo or MUGA < 40 %`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_FARTHEST = 18  # terminals
_NEAR = 8
_BY = frozenset(
    {
        "by",
        "using",
        "via",
        "utilizing",
        "utilising",
        "from",
        "through",
        "at",
        "as",
        "corrected",
        "adjusted",
        "i.e",
    }
)
_SAID = frozenset(
    {"measured", "determined", "assessed", "estimated", "calculated", "evaluated", "obtained",
     "documented", "confirmed", "defined", "demonstrated", "derived", "performed", "quantified",
     "recorded", "as", "either", "level", "value", "when", "of", "the"}
)  # fmt: skip
_TIMES = frozenset({"h", "min", "d", "wk", "mo", "a"})
_BROKEN = frozenset({"who", "has", "have", "had", "with", "without", "if", "than", "that", "which"})
_INSIDE = frozenset("wfARCSPQVN:T")


def before_method(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> int | None:
    """The name in front of the way in which it was measured, if a limit at `at` follows that."""
    if amount.unit in _TIMES or row[at - 1].letter in "RA":
        return None
    corrected = _before_correction(tokens, row, at, amount)
    if corrected is not None:
        return corrected
    depth = 0
    for place in range(at - 1, max(at - _FARTHEST, 0), -1):
        one = row[place]
        depth += (one.letter == "Q") - (one.letter == "P")
        if depth > 0:
            continue
        if one.letter not in _INSIDE or tokens[one.start].norm in _BROKEN:
            return None
        if one.letter == "V" and fitting(one, amount) is not None:
            return None
        if one.amount is not None and one.amount.unit not in _TIMES:
            return None
        if one.letter in "wf" and tokens[one.start].norm in _BY:
            name = _name_before(tokens, row, place - 1, amount)
            if name is not None:
                return name
    return None


def _before_correction(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> int | None:
    """The name in `calcium corrected for albumin > 11 mg/dL`."""
    for place in range(at - 1, max(at - _NEAR, 0), -1):
        if row[place].letter not in "wfAVIS":
            return None
        pair = [token.norm for token in tokens[row[place].start :][:2]]
        if pair[:1] in (["corrected"], ["adjusted"]) and pair[1:] in (["for"], ["to"]):
            return _name_before(tokens, row, place - 1, amount)
    return None


def _name_before(
    tokens: Sequence[Token], row: Sequence[Terminal], place: int, amount: Amount
) -> int | None:
    """The name that ends in front of "as measured by", across commas and a short form."""
    while place >= 0:
        one = row[place]
        if one.letter == "V":
            return place if fitting(one, amount) is not None else None
        if one.letter == "Q" and place > 2 and row[place - 2].letter == "P":
            place -= 2  # "glomerular filtration rate (GFR)"
        elif one.letter != "C" and tokens[one.start].norm not in _SAID:
            return None
        place -= 1
    return None
