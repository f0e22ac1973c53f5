"""As many limits as names, each of its own: `ANC and platelets ≥ 1.5 and ≥ 75 x 10^9/L`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject, names_before
from trialrun.vocabulary.table import variables

_JOINS = frozenset("CARSf")
_TIMES_WORDS = frozenset({"time", "x", "×"})
_PRESSURES = [("systolic_bp",), ("diastolic_bp",)]
_CONDITIONS = frozenset({"if", "for", "in", "with", "when", "where"})


def read_respectively(scan: Scan, at: int) -> int:
    """`hemoglobin and platelets ≥ 9 g/dL and 100 x 10^9/L respectively`: each its own."""
    if scan.row[at].letter not in "GL":
        return 0
    limits, stop, said = _limits(scan, at)
    if len(limits) < 2:
        return 0
    amounts = _with_shared_unit([amount for _, _, amount in limits])
    subjects = names_before(scan.row, at, amounts)
    if not subjects or subjects[0].start < scan.ended:
        return 0
    if not said and not _each_its_own(scan, limits, amounts, subjects, stop):
        return 0
    at_place = {place: amount for (_, place, _), amount in zip(limits, amounts, strict=True)}
    scan.row = tuple(
        replace(one, amount=at_place[place]) if place in at_place else one
        for place, one in enumerate(scan.row)
    )
    end = stop + 1 if said else stop
    for subject, (sign, place, _) in zip(subjects, limits, strict=True):
        phrase = Phrase((("bounds", ((1, 0),)),), (sign, place), end)
        add_limit(scan, subject, phrase, restated=False)
    return end


def _limits(scan: Scan, at: int) -> tuple[list[tuple[int, int, Amount]], int, bool]:
    """Sign, place and amount of each limit in a row; where they end; whether "respectively" does.

    A sign that stands once is that of all.
    """
    row, found, sign = scan.row, list[tuple[int, int, Amount]](), at
    place = end = at
    while place < len(row):
        one = row[place]
        norm = scan.tokens[one.start].norm
        if norm == "respectively":
            return found, place, True
        if one.letter in "GL":
            sign = place
        elif one.amount is not None and one.letter == "N":
            found.append((sign, place, one.amount))
            end = place + 1
        elif one.letter not in _JOINS and norm not in _TIMES_WORDS:
            break
        place += 1
    return found, end, False


def _with_shared_unit(amounts: Sequence[Amount]) -> list[Amount]:
    """`2 times, 2 times and 1.5 times ULN`, `140 and 90 mmHg`: the last one's unit is all's."""
    last = amounts[-1].unit
    return [one if one.unit is not None else replace(one, unit=last) for one in amounts]


def _each_its_own(
    scan: Scan,
    limits: Sequence[tuple[int, int, Amount]],
    amounts: Sequence[Amount],
    subjects: Sequence[Subject],
    stop: int,
) -> bool:
    """Whether each limit is of one name, though nobody says "respectively"."""
    row = scan.row
    rows = [variables()[one.names[0]] for one in subjects]
    if not all(fits(one, amount) for one in rows for amount in amounts):
        return True  # no other name can have this limit
    behind = scan.tokens[row[stop].start].norm if stop < len(row) else ""
    if behind in _CONDITIONS or (stop < len(row) and row[stop].letter in "PV"):
        return False
    if [one.names for one in subjects] == _PRESSURES:
        return True  # "SBP/DBP above 160 and/or 100 mmHg"
    signs = [sign for sign, _, _ in limits]
    apart = len(set(signs)) == len(signs) and len({row[sign].op[0] for sign in signs}) == 1
    between = {one.letter for one in row[limits[0][1] : limits[-1][1]]}
    same = len({one.unit for one in amounts}) == 1
    return apart and same and "A" in between
