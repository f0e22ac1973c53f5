"""Limits of their own for men and for women: `QTcF > 450 ms (male) or > 470 ms (female)`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_JOINS = frozenset("PQRACSK;:fIT")
_SEXES = frozenset({"male", "female", "man", "men", "woman", "women", "boy", "girl", "m", "f"})
_FARTHEST = 9  # terminals


def read_for_sex(scan: Scan, at: int) -> int:
    """The second limit of a thing, for the other sex; its sign may stand only once."""
    row = scan.row
    last = scan.last
    if last is None or row[at].letter not in "GLN" or not 0 < at - scan.ended <= _FARTHEST:
        return 0
    place = at if row[at].letter == "N" else at + 1
    amount = row[place].amount if place < len(row) else None
    if amount is None or not _between_sexes(scan, at, place) or not scan.found:
        return 0
    before = [atom for atom in scan.found[-1].atoms if isinstance(atom, Comparison)]
    rows = [variables()[name] for name in last.names]
    if not before or any(one.kind is not Kind.QUANTITY for one in rows):
        return 0
    amount = _with_unit(scan, amount)
    if not all(fits(one, amount) for one in rows):
        return 0
    scan.row = (*row[:place], replace(row[place], amount=amount), *row[place + 1 :])
    if place == at and [one.letter for one in row[at : at + 3]] == ["N", "T", "N"]:
        last_one = scan.row[at + 2]
        if last_one.amount is None or not all(fits(one, last_one.amount) for one in rows):
            return 0
        phrase = Phrase((("bounds", ((0, ">="), (1, "<="))),), (at, at + 2), at + 3)
    elif place == at:
        op = before[-1].op
        phrase = Phrase((("bounds", ((0, op),)),), (at,), at + 1)
    else:
        phrase = Phrase((("bounds", ((1, 0),)),), (at, place), place + 1)
    return add_limit(scan, replace(last, start=at, end=at), phrase, restated=False)


def _between_sexes(scan: Scan, at: int, place: int) -> bool:
    """Whether only what joins, and a sex, stands between the limits, and one more near by."""
    between = scan.row[scan.ended : at]
    words = [scan.tokens[one.start].norm for one in between if one.letter not in _JOINS]
    if any(word not in _SEXES | bag("children") for word in words):
        return False
    behind = [token.norm for token in scan.tokens[scan.row[place].end :][:4]]
    first = scan.row[scan.ended].start
    before = [token.norm for token in scan.tokens[max(first - 9, 0) : first]]
    here = _SEXES & set(words)
    # "> 450 (men) or > 470 (women)", "men > 450, women > 470"
    return bool(here and _SEXES & {*behind, *before}) and len(between) > 1


def _with_unit(scan: Scan, amount: Amount) -> Amount:
    """An amount without unit in the unit of the limit in front."""
    if amount.unit is not None:
        return amount
    for one in reversed(scan.row[: scan.ended]):
        if one.amount is not None:
            return replace(amount, unit=one.amount.unit)
    return amount
