"""What a candidate's values must be for a rule to hold, or not to hold: a wish, drawn into facts.

The solver is simple on purpose. It never decides eligibility: the reference engine does, on the
facts that were drawn. A wish that cannot be met (two rules that contradict) gives None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import assert_never

from trialrun.criteria.nodes import (
    BASELINE,
    LLN,
    ULN,
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Node,
    Not,
    Op,
    Or,
    Presence,
    Unread,
)
from trialrun.errors import UnitError
from trialrun.rehearse.lot import Lot
from trialrun.rehearse.typical import typical, typical_values
from trialrun.values.quantity import plain
from trialrun.values.unit import factor
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind, Variable

# Calendar and clock units, for a draw well on one side; the engine compares them exactly.
_DAYS_A_MONTH = Fraction(487, 16)
_LONGEST_AGO = 36525  # days, of a date


@dataclass(frozen=True, slots=True)
class Wanted:
    """Bounds of a number (with whether a bound is included), or the values that are allowed."""

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False
    allowed: tuple[str, ...] | None = None


Wish = Mapping[str, Wanted]


def wish(node: Node, holds: bool, lot: Lot) -> Wish | None:
    """What makes the rule hold (or not hold); None where nothing does."""
    match node:
        case Comparison():
            if node.limit.unit == BASELINE:
                return {}  # one value at screening is its own baseline
            return {node.variable: _compared(node, holds)}
        case Elapsed():
            return {node.variable: _since(node, holds)}
        case Count():
            # One value is drawn: it can be counted, or not.
            more = node.op in {">", ">="} or (node.op == "==" and node.number > 0)
            return wish(node.of, holds is more, lot)
        case If():
            return wish(_spelled(node), holds, lot)
        case In():
            row = variable(node.variable)
            values = [one for one in row.values if (one in node.values) is holds]
            return {node.variable: Wanted(allowed=tuple(values))} if values else None
        case Presence():
            value = "true" if node.present is holds else "false"
            return {node.variable: Wanted(allowed=(value,))}
        case Not():
            return wish(node.part, not holds, lot)
        case And():
            return _every(node.parts, True, lot) if holds else _some(node.parts, 1, False, lot)
        case Or():
            return _some(node.parts, 1, True, lot) if holds else _every(node.parts, False, lot)
        case AtLeast():
            if holds:
                return _some(node.parts, node.count, True, lot)
            return _some(node.parts, len(node.parts) - node.count + 1, False, lot)
        case Judgement() | Unread():
            return {}
        case _:
            assert_never(node)


def both(one: Wish, other: Wish) -> Wish | None:
    """What meets both wishes, or None."""
    result = dict(one)
    for name, wanted in other.items():
        met = _meet(result[name], wanted) if name in result else wanted
        if met is None or not _has_level(name, met):
            return None
        result[name] = met
    return result


def _has_level(name: str, wanted: Wanted) -> bool:
    """Whether a scale of whole numbers has a level within the bounds: none is between 1 and 2."""
    row = variable(name)
    if row.kind is not Kind.ORDINAL or wanted.allowed is not None:
        return True
    return any(_inside(Fraction(level), wanted) for level in row.values)


def _every(parts: tuple[Node, ...], holds: bool, lot: Lot) -> Wish | None:
    result: Wish | None = {}
    for part in parts:
        mine = wish(part, holds, lot)
        if mine is None or result is None:
            return None
        result = both(result, mine)
    return result


def _some(parts: tuple[Node, ...], count: int, holds: bool, lot: Lot) -> Wish | None:
    """At least `count` parts, begun at a drawn place; the others are left as they fall."""
    first = int(lot.share() * len(parts))
    result: Wish = {}
    met = 0
    for part in (*parts[first:], *parts[:first]):
        mine = wish(part, holds, lot)
        joined = None if mine is None else both(result, mine)
        if joined is not None:
            result, met = joined, met + 1
        if met == count:
            return result
    return None


def _spelled(node: If) -> Node:
    """The same in and, or, not."""
    met = And(parts=(node.condition, node.then))
    if node.otherwise is None:
        return Or(parts=(met, Not(part=node.condition)))
    return Or(parts=(met, And(parts=(Not(part=node.condition), node.otherwise))))


def _since(node: Elapsed, holds: bool) -> Wanted:
    """How many days ago a date was; whether something that has no date was at all."""
    long_ago = holds is (node.op in {">", ">="})
    if variable(node.variable).kind is Kind.BOOLEAN:
        return Wanted(allowed=("false" if long_ago else "true",))
    limit = Fraction(node.limit.value) * node.limit.unit.factor
    # Days to spare, for months of any length and for hours of which only the date is known.
    spare = {"calendar": 2, "time": int(node.limit.unit.code == "h")}[node.limit.unit.dimension]
    if node.limit.unit.dimension == "calendar":
        limit *= _DAYS_A_MONTH
    days = math.ceil(limit + spare) if long_ago else math.floor(limit - spare)
    return _bounded(node.op, holds, Fraction(max(days, 0)))


def _compared(node: Comparison, holds: bool) -> Wanted:
    return _bounded(node.op, holds, _limit(node, variable(node.variable)))


def _bounded(written: Op, holds: bool, limit: Fraction) -> Wanted:
    op = written if holds else {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!="}[written]
    match op:
        case "<" | "<=":
            return Wanted(high=limit, high_open=op == "<")
        case ">" | ">=":
            return Wanted(low=limit, low_open=op == ">")
        case "==":
            return Wanted(low=limit, high=limit)
        case _:
            return Wanted(low=limit, low_open=True)


def printed_limit(name: str) -> str:
    """The upper limit that a simulated laboratory prints where a rule asks for multiples of it.

    Where nothing typical is known, low enough for three times it to be plausible still.
    """
    usual = typical(name)
    return usual.upper_limit or plain(usual.low or usual.high)


def _limit(node: Comparison, row: Variable) -> Fraction:
    """The limit in the vocabulary's unit; multiples by the limit that a laboratory prints."""
    value = Fraction(node.limit.value)
    if node.limit.unit in {ULN, LLN}:
        return value * Fraction(printed_limit(node.variable))
    assert row.unit is not None
    try:
        return value * factor(node.limit.unit, row.unit, molar=row.molar)
    except UnitError:
        months = node.limit.unit.dimension == "calendar"
        scaled = value * node.limit.unit.factor
        days = scaled * _DAYS_A_MONTH if months else scaled
        return days / row.unit.factor if months else days / _DAYS_A_MONTH / row.unit.factor


def _meet(one: Wanted, other: Wanted) -> Wanted | None:
    if one.allowed is not None and other.allowed is not None:
        shared = tuple(value for value in one.allowed if value in other.allowed)
        return Wanted(allowed=shared) if shared else None
    result = one if one.allowed is None else other
    bounds = other if one.allowed is None else one
    if bounds.allowed is not None:
        kept = tuple(value for value in bounds.allowed if _inside(Fraction(value), result))
        return Wanted(allowed=kept) if kept else None
    if bounds.low is not None and (result.low is None or bounds.low > result.low):
        result = replace(result, low=bounds.low, low_open=bounds.low_open)
    elif bounds.low is not None and bounds.low == result.low:
        result = replace(result, low_open=result.low_open or bounds.low_open)
    if bounds.high is not None and (result.high is None or bounds.high < result.high):
        result = replace(result, high=bounds.high, high_open=bounds.high_open)
    elif bounds.high is not None and bounds.high == result.high:
        result = replace(result, high_open=result.high_open or bounds.high_open)
    if result.low is None or result.high is None or result.low < result.high:
        return result
    # One point is left, and it must belong to both.
    point = result.low == result.high and not (result.low_open or result.high_open)
    return result if point else None


def _inside(value: Fraction, wanted: Wanted) -> bool:
    if wanted.low is not None and (value < wanted.low or (wanted.low_open and value == wanted.low)):
        return False
    return wanted.high is None or not (
        value > wanted.high or (wanted.high_open and value == wanted.high)
    )


def drawn(name: str, wanted: Wanted, lot: Lot) -> str:
    """A value that meets the wish, typical where the wish leaves room; of a date, days ago."""
    row = variable(name)
    if wanted.allowed is not None:
        return lot.pick(wanted.allowed)
    if row.kind is Kind.ORDINAL:
        levels = [level for level in row.levels if _inside(Fraction(level), wanted)]
        usual = [one for one in levels if _inside(Fraction(one), _usual(name))]
        return lot.pick(usual or levels or list(row.levels))
    return str(_number(name, row, wanted, lot))


def _usual(name: str) -> Wanted:
    row = typical(name)
    return Wanted(low=row.low, high=row.high)


def _number(name: str, row: Variable, wanted: Wanted, lot: Lot) -> str:
    usual = typical(name)
    longest = _LONGEST_AGO if row.kind is Kind.DATE else 0
    least, most = Fraction(row.least or 0), Fraction(row.most or longest)
    low, high = wanted.low, wanted.high
    step = usual.step
    # Well inside an open bound, by one step of the assay.
    low = least if low is None else low + (step if wanted.low_open else 0)
    high = most if high is None else high - (step if wanted.high_open else 0)
    if low <= usual.low and high >= usual.high:
        return lot.pick(typical_values(name))
    if max(low, usual.low) <= min(high, usual.high):
        low, high = max(low, usual.low), min(high, usual.high)
    elif low > usual.high:
        high = min(high, low + (abs(low) / 4 or step * 10))
    else:
        low = max(low, high - (abs(high) / 4 or step * 10))
    if row.kind is Kind.DATE:  # so many whole days ago
        low, high = Fraction(math.ceil(low)), Fraction(math.floor(high))
    while high - low < step and step > Fraction(1, 10**6) and high > low:
        step /= 10
    if high < low:
        high = low
    value = lot.between(low, high, step)
    return format(value.normalize(), "f")
