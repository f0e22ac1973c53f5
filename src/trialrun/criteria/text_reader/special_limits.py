"""Limits with a form of their own: two pressures in one, numbers in a row, a number in front."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.scan import Scan, add_limit, past
from trialrun.criteria.text_reader.subjects import Subject, subject_before
from trialrun.vocabulary.variable import Kind

_PRESSURES = ("systolic_bp", "diastolic_bp")
_RANGES = frozenset({"range", "ranging", "ranged", "possible", "scale", "scored"})
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def read_pressure(scan: Scan, at: int) -> int:
    """`blood pressure > 140/90 mmHg`: the systolic and the diastolic one."""
    row = scan.row
    first = at + 1 if row[at].letter in "GL" else at
    if first + 2 >= len(row) or [one.letter for one in row[first : first + 3]] != ["N", "S", "N"]:
        return 0
    amounts = [row[place].amount for place in (first, first + 2)]
    if any(one is None or one.unit not in {None, "mm[Hg]"} for one in amounts):
        return 0
    end = first + 3
    side: int | str = at
    if first == at:
        if end >= len(row) or row[end].letter not in "MW":
            return 0
        side = ">=" if row[end].letter == "M" else "<="
        end += 1
    one, other = amounts
    assert one is not None and other is not None
    found = subject_before(scan.tokens, row, at, Amount(one.value, "mm[Hg]", 0))
    again = found is None and scan.last is not None and scan.last.names == _PRESSURES[1:]
    if again and at - scan.ended <= 3:  # "≥ 130/80 but lower than 160/100 mmHg"
        found = Subject(_PRESSURES, at, at)
    if found is None or not set(found.names) & set(_PRESSURES) or found.start < scan.ended:
        return 0
    if other.unit is not None:  # it stands for both
        shared = replace(row[first], amount=replace(one, unit=other.unit))
        scan.row = (*row[:first], shared, *row[first + 1 :])
    for name, place in zip(_PRESSURES, (first, first + 2), strict=True):
        places = (at, place) if isinstance(side, int) else (place,)
        bound = (1, 0) if isinstance(side, int) else (0, side)
        phrase = Phrase((("bounds", (bound,)),), places, end)
        add_limit(scan, replace(found, names=(name,)), phrase, restated=False)
    return end


def read_other_pressure(scan: Scan, at: int) -> int:
    """`> 160 mmHg systolic or 100 mmHg diastolic`: the second pressure has the first one's sign."""
    row = scan.row
    amount = row[at].amount
    if scan.last is None or scan.last.names != ("systolic_bp",) or row[at].letter != "N":
        return 0
    name = past(row, at + 1, "fP")
    told = name < len(row) and any(one.row.name == "diastolic_bp" for one in row[name].means)
    if not told or amount is None or amount.unit not in {None, "mm[Hg]"}:
        return 0
    last = scan.found[-1].atoms[-1] if scan.found and scan.found[-1].atoms else None
    if not isinstance(last, Comparison) or row[at - 1].letter not in "RASf":
        return 0
    phrase = Phrase((("bounds", ((0, last.op),)),), (at,), name + 1)
    return add_limit(scan, Subject((_PRESSURES[1],), at, name + 1), phrase, restated=False)


def read_reversed(scan: Scan, at: int) -> int:
    """`0.3 < TSH ≤ 4.2`: the first limit stands in front."""
    row = scan.row
    if [one.letter for one in row[at : at + 2]] != ["N", "G"] and [
        one.letter for one in row[at : at + 2]
    ] != ["N", "L"]:
        return 0
    place = past(row, at + 2, "f")
    amount = row[at].amount
    if place >= len(row) or row[place].letter != "V" or amount is None:
        return 0
    variable = fitting(row[place], amount)
    op = _TURNED.get(row[at + 1].op)
    if variable is None or variable.kind is not Kind.QUANTITY or op is None:
        return 0
    phrase = Phrase((("bounds", ((0, op),)),), (at,), at + 2)
    add_limit(scan, Subject((variable.name,), at, at), phrase, restated=False)
    return at + 2


def read_scale(scan: Scan, at: int) -> int:
    """`(range 0-42)`, `on a scale of 0 to 10`, `0-10 point scale`: how far a scale goes."""
    row, tokens = scan.row, scan.tokens
    first = at + 1 if row[at].letter in "FB" else at
    if [one.letter for one in row[first : first + 3]] not in (["N", "T", "N"], ["N", "A", "N"]):
        return 0
    low, high = row[first].amount, row[first + 2].amount
    if low is None or high is None or {low.unit, high.unit} - {None, "{score}", "%"}:
        return 0
    if low.value not in {0, 1} or high.value <= low.value:
        return 0
    end = first + 3
    before = [token.norm for token in tokens[max(row[at].start - 3, 0) : row[at].start]][::-1]
    behind = [token.norm for token in tokens[row[end - 1].end : row[end - 1].end + 2]]
    opened = (at > 0 and row[at - 1].letter == "P") or before[1:2] == ["("]
    closed = end < len(row) and row[end].letter == "Q"
    signed = (
        closed
        and past(row, end + 1, "f") < len(row)
        and (row[past(row, end + 1, "f")].letter in "GLE")
    )
    said = before[:1] and before[0] in _RANGES and opened
    scaled = row[first].letter == "N" and before[1:2] == ["scale"] and before[0] in {"of", "from"}
    scaled = scaled or (first > at and before[:1] == ["scale"])
    named = bool(behind) and behind[0] in {"scale", "point", "likert", "nrs", "vas"}
    named = named or behind == ["numeric", "rating"]
    further = [token.norm for token in tokens[row[end - 1].end :][:4]]
    named = named or (before[:2] in (["the", "on"], ["a", "on"]) and "scale" in further)
    return end if said or scaled or named or (opened and signed) else 0
