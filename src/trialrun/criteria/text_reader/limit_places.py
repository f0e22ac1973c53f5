"""Where a limit stands among the terminals of an item, and what it can mean there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.levels import IN_PLUSES
from trialrun.criteria.text_reader.limit_phrases import LONGEST, Bound, Bounds, Shape, read_shapes
from trialrun.criteria.text_reader.row import Terminal

_GRAMMAR = frozenset("GLENBFTAKRCSMW")
_LEVELS = frozenset({None, "{level}", "{letter}", "{code}"})
_BARE = frozenset({None, "{score}"})
_AGES = frozenset({"a", "mo", "wk", "d"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terminals that are a limit: what they can mean, and where they begin and end."""

    shapes: tuple[Shape, ...]
    places: tuple[int, ...]  # the terminals of its letters
    end: int

    @property
    def bounds(self) -> Bounds:
        """What it can mean as a limit, where that is one thing; else nothing."""
        shape = self.shapes[0]
        return shape[1] if shape[0] == "bounds" and len(self.shapes) == 1 else ()

    def amount(self, row: Sequence[Terminal], place: int) -> Amount:
        """The amount at a place of the phrase."""
        found = row[self.places[place]].amount
        assert found is not None
        return found

    def op(self, row: Sequence[Terminal], bound: Bound) -> str:
        """The comparison of a bound."""
        return _op(row, self.places, bound)


def find_phrase(
    row: Sequence[Terminal], at: int, *, scale: bool, leading: int | None = None
) -> Phrase | None:
    """The longest limit that begins at terminal `at`; `leading` stands in front of it.

    `scale`: of something that has levels.
    """
    places = [] if leading is None else [leading]
    place = at
    while place < len(row) and len(places) < LONGEST:
        if row[place].letter in _GRAMMAR:
            places.append(place)
            place += 1
            continue
        skipped = _named_again(row, place) or _remark(row, place) if scale and places else 0
        skipped = skipped or _aside(row, place)
        if not skipped or not any(row[one].amount for one in places):
            break
        place = skipped
    for size in range(len(places), 0, -1):
        if row[places[size - 1]].letter not in "NMW":
            continue
        letters = "".join(row[one].letter for one in places[:size])
        shapes = read_shapes(letters, "scale" if scale else "number")
        if not shapes and scale:
            shapes = read_shapes(letters, "number")
        shapes = tuple(_turned(row, places, one) for one in shapes)
        shapes = tuple(one for one in shapes if _holds_together(row, places, one))
        joined = letters[-3:] in {"CGN", "AGN", "RGN"}
        if shapes and not (joined and counts_another(row, places[size - 1] + 1)):
            return Phrase(shapes, tuple(places[:size]), places[size - 1] + 1)
    return None


def find_scores(row: Sequence[Terminal], at: int) -> Phrase | None:
    """`0.5 or 1`, `2, 3 or 4`: scores in a row, from the first to the last of them."""
    at += row[at].letter == "E"
    places, end = [at], at + 1
    while end < len(row) and row[end].letter in "CR":
        step = end + 2 if [one.letter for one in row[end : end + 2]] == ["C", "R"] else end + 1
        if step >= len(row) or row[step].letter != "N":
            break
        places, end = [*places, step], step + 1
    amounts = [one for one in (row[place].amount for place in places) if one is not None]
    values = [one.value for one in amounts]
    known = len(amounts) == len(places) and {one.unit for one in amounts} <= _BARE
    steps = [second - first for first, second in pairwise(values)]
    if not known or len(values) < 2 or row[places[-1] - 1].letter != "R":
        return None
    if not all(0 < step <= 1 for step in steps):
        return None
    return Phrase((("bounds", ((0, ">="), (len(places) - 1, "<="))),), tuple(places), end)


def counts_another(row: Sequence[Terminal], end: int) -> bool:
    """Whether a limit is of what it counts: the second of "ECOG ≤ 1, at least 1 prior line"."""
    if end >= len(row) or row[end].letter != "V":
        return False
    return any(one.row.group == "count" for one in row[end].means)


def _named_again(row: Sequence[Terminal], place: int) -> int:
    """Past the second "grade" of "grade 3 or grade 4"; 0 where it is none."""
    if row[place].letter not in "Vf" or row[place].end - row[place].start != 1:
        return 0
    if any(one.row.name in IN_PLUSES for one in row[place].means):
        return 0  # "IHC 3+ or IHC 2+ and …": what follows is of the second alone
    behind = row[place + 1].amount if place + 1 < len(row) else None
    joined = [one.letter for one in row[place - 2 : place]] in (["N", "R"], ["N", "A"], ["N", "T"])
    return place + 1 if joined and behind is not None and behind.unit in _LEVELS else 0


def _remark(row: Sequence[Terminal], place: int) -> int:
    """Past the words in "stage IIIB (not resectable) or IV"; 0 where no further level follows."""
    if row[place].letter != "P" or row[place - 1].letter != "N":
        return 0
    stop = place + 1
    while stop < len(row) and row[stop].letter in "wfRACSIXTK":
        stop += 1
    if stop >= len(row) or row[stop].letter != "Q":
        return 0
    after = stop + 1
    while after < len(row) and row[after].letter in "ARCS":
        after += 1
    amount, before = row[after].amount if after < len(row) else None, row[place - 1].amount
    if amount is None or before is None or after == stop + 1 or amount.unit not in _LEVELS:
        return 0
    next_one = before.unit is None and amount.value == before.value + 1
    return stop + 1 if amount.unit is not None or next_one else 0


def _aside(row: Sequence[Terminal], place: int) -> int:
    """Past "(inclusive)" behind an amount; 0 where nothing of the kind stands."""
    if row[place].letter == "f" and [one.letter for one in row[place + 1 : place + 2]] in (
        ["M"],
        ["W"],
    ):
        return place + 1  # "18 years inclusive or older"
    if row[place].letter != "P":
        return 0
    stop = place + 1
    while stop < len(row) and row[stop].letter == "f":
        stop += 1
    return stop + 1 if stop < len(row) and row[stop].letter == "Q" and stop > place + 1 else 0


def _holds_together(row: Sequence[Terminal], places: Sequence[int], shape: Shape) -> bool:
    """Whether the amounts of a shape can belong to one limit."""
    if shape[0] == "levels":
        ends = [row[places[one]].amount for span in shape[1] for one in span]
        return all(
            one is not None and one.unit in {None, "{level}", "{letter}", "{code}", "{score}"}
            for one in ends
        )
    amounts = [row[places[at]].amount for at, _ in shape[1]]
    if len(amounts) == 1:
        return True
    low, high = sorted(
        (one for one in amounts if one is not None), key=lambda one: _in_days(one, amounts)
    )
    units = {one.unit for one in (low, high)} - {None}
    if len(units) > 1 and not units <= _AGES:
        return False
    bare = len(units) == 1 and units <= {"xULN", "xLLN"} and None in {low.unit, high.unit}
    if bare and not {row[at].letter for at in places} & {"K", "T", "B"}:
        return False  # "> 1 but < 10 x ULN" is of one unit, "> 1 and < 10 x ULN" may be of two
    below = next((bound for bound in shape[1] if _op(row, places, bound)[0] == "<"), None)
    above = next((bound for bound in shape[1] if _op(row, places, bound)[0] == ">"), None)
    if below is None or above is None:
        return False
    if below[1] == "<=" and (above[1] == ">=" or above[0] < below[0]):
        first, last = (row[places[at]].amount for at, _ in (above, below))
        assert first is not None and last is not None
        return _in_days(first, amounts) < _in_days(last, amounts)
    return True


def _turned(row: Sequence[Terminal], places: Sequence[int], shape: Shape) -> Shape:
    """`between 140 - 90`: a range that is written from its upper end to its lower one."""
    if shape[0] == "levels" or [op for _, op in shape[1]] != [">=", "<="]:
        return shape
    first, last = (row[places[at]].amount for at, _ in shape[1])
    if first is None or last is None or first.value <= last.value:
        return shape
    if first.unit in _AGES | {"h", "min"} or last.unit in _AGES | {"h", "min"}:
        return shape
    (low, _), (high, _) = shape[1][::-1]
    return ("bounds", ((low, ">="), (high, "<=")))


def _in_days(amount: Amount, beside: Sequence[Amount | None]) -> float:
    near = next((one for one in beside if one is not None and one.unit), None)
    unit = amount.unit or (None if near is None else "a" if near.mixed else near.unit)
    return float(amount.value) * {"wk": 7, "mo": 30.4, "a": 365.25}.get(str(unit), 1.0)


def _op(row: Sequence[Terminal], places: Sequence[int], bound: Bound) -> str:
    said = bound[1]
    return said if isinstance(said, str) else row[places[said]].op
