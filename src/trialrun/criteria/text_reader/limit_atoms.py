"""Limits as atoms of the rule language, in the units of their variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import assert_never

from trialrun.criteria.nodes import Atom, Comparison, In, Op
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.levels import (
    levels_between,
    whole_bound,
    whole_ends,
    with_parts_joined,
)
from trialrun.criteria.text_reader.limit_phrases import Bounds, Levels
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.limits import Limit, alike, assumed_unit, in_unit_of, in_years
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.statement import Statement
from trialrun.criteria.text_reader.subjects import WEAK, Subject
from trialrun.errors import RuleError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_IFCC_SLOPE, _IFCC_START = Decimal("0.0915"), Decimal("2.15")
_IFCC_ROUNDED = Decimal("0.1")
_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV"}
_MASSES = frozenset({"g", "mg", "ug"})  # of a drug: a day?
_DOUBTS = frozenset({"", "unit", "normal", "implausible", "value"})
_CONTRARY: dict[Op, Op] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
_OPEN: dict[str, Op] = {
    ">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "==", "exactly": "==",
}  # fmt: skip


def level_atoms(
    name: str, row: Sequence[Terminal], phrase: Phrase, levels: Levels, denied: bool
) -> tuple[Atom, ...]:
    """The named levels of a scale."""
    variable = variables()[name]
    known = variable.values
    chosen: list[str] = []
    if variable.kind is Kind.ORDINAL:
        return _numbered(
            variable, [[phrase.amount(row, at) for at in span] for span in levels], denied
        )
    for span in levels:
        ends = sorted(_places(variable, phrase.amount(row, place)) for place in span)
        first, last = ends[0][0], ends[-1][1]
        if len(ends) == 2 and ends[0][0] == ends[1][0]:
            return ()
        if first < 0 or last >= len(known):
            return ()
        chosen.extend(known[first : last + 1])
    chosen = [one for one in chosen if _is_whole(one, chosen, known)]
    if set(chosen) == set(known):
        return ()  # "on the 0-4 IGA scale"
    if denied:
        chosen = [level for level in known if level not in chosen]
    return (In(variable=name, values=tuple(dict.fromkeys(chosen))),) if chosen else ()


def _numbered(
    variable: Variable, spans: Sequence[Sequence[Amount]], denied: bool
) -> tuple[Atom, ...]:
    """The named levels of a scale of whole numbers."""
    known = variable.values
    ends = [(min(one.value for one in span), max(one.value for one in span)) for span in spans]
    chosen: list[str] = []
    for span, (low, high) in zip(spans, ends, strict=True):
        if len(span) > 1 and low == high:
            return ()
    for low, high in with_parts_joined(ends):
        whole = whole_ends(variable, low, high)
        if whole is None or not {str(end) for end in whole} <= set(known):
            return ()
        chosen.extend(str(level) for level in range(int(whole[0]), int(whole[1]) + 1))
    if set(chosen) == set(known):
        return ()  # "on the 0-4 IGA scale"
    if denied:
        chosen = [level for level in known if level not in chosen]
    return (In(variable=variable.name, values=tuple(dict.fromkeys(chosen))),) if chosen else ()


def _is_whole(level: str, chosen: Sequence[str], known: Sequence[str]) -> bool:
    """Whether all parts of a stage are meant, as far as there are some: of "II-IIIB", not III."""
    return all(one in chosen for one in known if level in _wholes(one))


def _wholes(level: str) -> tuple[str, str]:
    """The stages that a stage is a part of, or itself: of IIIA1, III and IIIA."""
    return level.rstrip("ABCD123"), level.rstrip("123")


def _places(row: Variable, amount: Amount) -> tuple[int, int]:
    """First and last place of a level in its scale: stage III is III, IIIA, IIIB and IIIC."""
    known, number = row.values, int(amount.value)
    if row.kind is Kind.ORDINAL:
        level = str(number)
        at = known.index(level) if level in known else -1
        return (at, at) if at >= 0 else (-1, len(known))
    if amount.unit == "{letter}":
        return number, number
    if amount.unit == "{code}":
        last = max(at for at, one in enumerate(known) if known[number] in (one, *_wholes(one)))
        return number, last
    roman = _ROMAN.get(number, str(number))
    if roman not in known:
        return -1, len(known)
    inside = [at for at, level in enumerate(known) if roman in _wholes(level)]
    return inside[0], inside[-1]


def bound_atoms(
    said: Statement,
    name: str,
    row: Sequence[Terminal],
    phrase: Phrase,
    bounds: Bounds,
    denied: bool,
) -> tuple[tuple[Atom, ...], str]:
    """The comparisons of a limit, and the topic of what it leaves open."""
    variable = variables()[name]
    amounts = _with_units([phrase.amount(row, place) for place, _ in bounds])
    ops = [_by_worse(phrase.op(row, bound), variable, row, phrase) for bound in bounds]
    limits = tuple(Limit(_OPEN[op], amount) for op, amount in zip(ops, amounts, strict=True))
    if variable.kind is Kind.CODED:
        return _coded(name, limits, denied), ""
    atoms: list[Atom] = []
    open_topic = ""
    for limit in in_years(said, (name,), limits):
        counted = ops == ["exactly"] and variable.unit is not None and variable.unit.code == "1"
        if limit.op == "==" and variable.kind is not Kind.ORDINAL and (denied or not counted):
            return (), "readings"
        slip = limit.amount.slip
        amount = _without_slip(limit.amount)
        limit = replace(limit, amount=amount)
        if amount.unit == "{level}":
            whole = whole_bound(variable, limit.op, amount.value)
            if whole is None:
                return (), ""
            limit = replace(limit, amount=replace(amount, value=whole, unit="{score}"))
        quantity, topic = in_unit_of(variable, limit)
        if topic == "unit":
            quantity = assumed_unit(variable, amount)
        if quantity is None or topic not in _DOUBTS:
            return (), topic
        if topic == "implausible":
            if not _tells(amount):
                return (), topic
            quantity = _slipped(variable, amount) or quantity
        if not topic and amount.unit in _MASSES and variable.unit is not None:
            topic = "unit" if variable.unit.dimension == "mass a day" else ""
        open_topic = open_topic or topic or ("value" if slip else "")
        op = _CONTRARY[limit.op] if denied else limit.op
        try:
            atoms.append(Comparison(variable=name, op=op, limit=quantity))
        except RuleError:
            return (), ""
    inside = levels_between(variable, atoms)
    return (tuple(atoms) if inside is None else (inside,)), open_topic


def _by_worse(op: str, variable: Variable, row: Sequence[Terminal], phrase: Phrase) -> str:
    """`2 or better`: at most 2 where more is worse, at least 2 where less is."""
    worse = variable.worse or ("high" if variable.kind is Kind.CODED else "")
    if worse == "low" and any(row[place].judged for place in phrase.places):
        return _MIRRORED[op]  # "worse than 20 letters" is below
    judged = next((row[place].op for place in phrase.places if row[place].letter == "M"), "")
    if op != ">=" or judged not in {"better", "worse"}:
        return op
    rises = (worse or "high") == "high" if judged == "worse" else worse != "high"
    return ">=" if rises else "<="


def _without_slip(amount: Amount) -> Amount:
    """The likelier number: `100.000/µl` are thousands, `0,7` is a decimal."""
    if amount.slip and amount.unit == "/uL" and amount.value.as_tuple().exponent == -3:
        return replace(amount, value=amount.value * 1000, slip=False)
    return replace(amount, slip=False)


def _coded(name: str, limits: Sequence[Limit], denied: bool) -> tuple[Atom, ...]:
    """Levels of a scale that are named by letters or roman numbers, such as Child-Pugh."""
    variable = variables()[name]
    known = variable.values
    chosen = [
        value
        for place, value in enumerate(known)
        if all(_meets(place, _places(variable, one.amount), one.op) for one in limits) != denied
    ]
    return (In(variable=name, values=tuple(chosen)),) if 0 < len(chosen) < len(known) else ()


def _meets(place: int, level: tuple[int, int], op: Op) -> bool:
    match op:
        case "<":
            return place < level[0]
        case "<=":
            return place <= level[1]
        case ">":
            return place > level[1]
        case ">=":
            return place >= level[0]
        case "==":
            return level[0] <= place <= level[1]
        case _:
            assert_never(op)


def _tells(amount: Amount) -> bool:
    """Whether a unit shows that this variable is meant, though nobody can have such a value:
    "albumin ≥ 2.5 mg/dL" is a slip of its unit.
    """
    return amount.unit in UNITS and UNITS[str(amount.unit)].dimension not in WEAK


def _slipped(variable: Variable, amount: Amount) -> Quantity | None:
    """The same number in the unit that must have been meant: nobody has 9 mg/dL of haemoglobin."""
    if variable.group != "laboratory" or amount.unit in {"xULN", "xLLN"}:
        return None
    return assumed_unit(variable, replace(amount, unit=None))


def _with_units(amounts: list[Amount]) -> list[Amount]:
    """A unit that stands once counts for both ends of a range."""
    units = {one.unit for one in amounts} - {None}
    if len(units) != 1:
        return amounts
    unit = "a" if any(one.mixed for one in amounts) else units.pop()
    return [replace(one, unit=one.unit or unit) for one in amounts]


def past_restated(row: Sequence[Terminal], subject: Subject, phrase: Phrase, bounds: Bounds) -> int:
    """Past the same limit in another unit: `≥ 9 g/dL (≥ 90 g/L)`, `1.5 mg/dL or 132 umol/L`."""
    at = phrase.end
    if len(bounds) == 2:
        return _past_range(row, subject, phrase, bounds)
    if len(bounds) != 1 or at >= len(row) or row[at].letter not in "PRSEC":
        return phrase.end
    closing = row[at].letter == "P"
    at += 1
    while at < len(row) and row[at].letter in "GLEfSR":
        at += 1
    if at >= len(row) or row[at].amount is None:
        return phrase.end
    stop = at + 1
    if closing and (stop >= len(row) or row[stop].letter != "Q"):
        return phrase.end
    first, second = phrase.amount(row, bounds[0][0]), row[at].amount
    assert second is not None
    if not closing and second.unit is None:
        return phrase.end  # "≥ 30 IU/mL or 30 to 700 IU/mL"
    for name in subject.names:
        variable = variables()[name]
        if variable.kind is not Kind.QUANTITY:
            return phrase.end
        if first.unit == second.unit and (not closing or first.value != second.value):
            return phrase.end
        one, _ = in_unit_of(variable, Limit(">", first))
        other, _ = in_unit_of(variable, Limit(">", second))
        if one is None or other is None or not alike(variable, one, other):
            return phrase.end
    return stop + 1 if closing else stop


def _past_range(row: Sequence[Terminal], subject: Subject, phrase: Phrase, bounds: Bounds) -> int:
    """Past the same range in another unit: `7 - 10 % (53 - 86 mmol/mol)`."""
    at = phrase.end
    if [one.letter for one in row[at : at + 5]] != ["P", "N", "T", "N", "Q"]:
        return at
    again = [one for one in (row[at + 1].amount, row[at + 3].amount) if one is not None]
    again = _with_units(again)
    first = _with_units([phrase.amount(row, place) for place, _ in bounds])
    pairs = tuple(zip(first, again, strict=True))
    if any(one.unit == other.unit for one, other in pairs):
        return at
    same = all(_are_alike(variables()[name], *pair) for name in subject.names for pair in pairs)
    return at + 5 if same else at


def _are_alike(variable: Variable, first: Amount, second: Amount) -> bool:
    """Whether two amounts are one of a variable, but for rounding."""
    if variable.name == "hba1c" and (first.unit, second.unit) == ("%", "mmol/mol"):
        # the master equation of NGSP and IFCC (Hoelzel, Clin Chem 2004;50:166)
        return abs(first.value - (_IFCC_SLOPE * second.value + _IFCC_START)) <= _IFCC_ROUNDED
    one, _ = in_unit_of(variable, Limit(">", first))
    other, _ = in_unit_of(variable, Limit(">", second))
    return one is not None and other is not None and alike(variable, one, other)
