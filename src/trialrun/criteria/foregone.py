"""Rules that can come out only one way, whoever the patient is: `age >= 18 a or age < 18 a`.

Every atom is asked at points of one axis: at each limit, between any two, and at the ends of what
is plausible. Atoms that surely speak of the same value (one variable, window, pick and method, one
kind of limit) share the axis; all others are taken to vary by themselves. Whatever the engine says
of a patient is true, false or open where some such point is true or false, and Kleene's logic
keeps what was decided when more is known: so a rule that is FALSE at no point is never FALSE.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import TypeAlias, assert_never

from trialrun.criteria.interval import compared, point
from trialrun.criteria.nodes import (
    MULTIPLES,
    ULN,
    And,
    AtLeast,
    Comparison,
    Count,
    Elapsed,
    If,
    In,
    Judgement,
    Measured,
    Node,
    Not,
    Op,
    Or,
    Presence,
    Unread,
)
from trialrun.errors import UnitError
from trialrun.values.truth import Truth
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

Leaf: TypeAlias = Comparison | In | Presence | Elapsed | Count
_World: TypeAlias = Mapping[Leaf, bool]
_Outcomes: TypeAlias = frozenset[bool]

_EITHER: _Outcomes = frozenset({True, False})
_MOST_WORLDS = 5000  # beyond these nothing is said
_ONE_FACT = {"latest", "first"}


@dataclass(frozen=True, slots=True)
class Foregone:
    """A rule, or a part of one, that is never TRUE, or never FALSE."""

    node: Node
    never: Truth


def foregone(rule: Node) -> tuple[Foregone, ...]:
    """The smallest parts that can come out only one way, in the rule's order."""
    inner = tuple(one for part in _parts(rule) for one in foregone(part))
    if inner:
        return inner
    never = never_is(rule)
    return () if never is None else (Foregone(rule, never),)


def never_is(rule: Node) -> Truth | None:
    """What the rule can never be, TRUE or FALSE; None where both are possible, or nobody can say.

    >>> from trialrun.criteria.parser import read_rule
    >>> never_is(read_rule("age >= 18 a or age < 18 a"))
    <Truth.FALSE: 'FALSE'>
    """
    found = _outcomes(rule)
    if len(found) != 1:
        return None
    return Truth.FALSE if True in found else Truth.TRUE


def _outcomes(rule: Node) -> _Outcomes:
    """Every way in which it can come out where all is known."""
    groups: dict[Hashable, list[Leaf]] = {}
    for leaf in dict.fromkeys(_leaves(rule)):
        groups.setdefault(_axis(leaf), []).append(leaf)
    free: dict[Leaf, _Outcomes] = {}
    shared: list[list[_World]] = []
    seen = list(_leaves(rule))
    for leaves in groups.values():
        worlds = _worlds(leaves)
        if len(leaves) == 1 and seen.count(leaves[0]) == 1:
            free[leaves[0]] = frozenset(world[leaves[0]] for world in worlds)
        else:
            shared.append(worlds)
    if prod(len(worlds) for worlds in shared) > _MOST_WORLDS:
        return _EITHER
    found: set[bool] = set()
    for several in product(*shared):
        known = {leaf: frozenset({truth}) for world in several for leaf, truth in world.items()}
        found |= _possible(rule, {**free, **known})
        if len(found) == 2:
            break
    return frozenset(found)


def _possible(node: Node, known: Mapping[Leaf, _Outcomes]) -> _Outcomes:
    match node:
        case Comparison() | In() | Presence() | Elapsed() | Count():
            return known[node]
        case Judgement() | Unread():
            return _EITHER
        case Not():
            return frozenset(not one for one in _possible(node.part, known))
        case And() | Or() | AtLeast():
            parts = [_possible(part, known) for part in node.parts]
            least = sum(False not in one for one in parts)
            most = sum(True in one for one in parts)
            needed = {And: len(parts), Or: 1}.get(type(node), getattr(node, "count", 0))
            return frozenset(
                truth for truth, may in ((True, most >= needed), (False, least < needed)) if may
            )
        case If():
            condition, then, *rest = (_possible(part, known) for part in node.parts)
            otherwise = rest[0] if rest else frozenset({True})
            return (then if True in condition else frozenset()) | (
                otherwise if False in condition else frozenset()
            )
        case _:
            assert_never(node)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case And() | Or() | AtLeast() | If():
            return node.parts
        case Not():
            return (node.part,)
        case _:
            return ()


def _leaves(node: Node) -> Iterator[Leaf]:
    if isinstance(node, Comparison | In | Presence | Elapsed | Count):
        yield node
    for part in _parts(node):
        yield from _leaves(part)


def _axis(leaf: Leaf) -> Hashable:
    """What leaves share whose answers hang on one and the same value; itself, where none does."""
    match leaf:
        case Count():
            return "count", leaf.of
        case Elapsed():
            return "since", leaf.variable, leaf.anchor, _clock(leaf)
        case Comparison() | In() | Presence():
            if leaf.pick not in _ONE_FACT:
                return leaf
            return leaf.variable, leaf.window, leaf.pick, _scale(leaf)
        case _:
            assert_never(leaf)


def _scale(leaf: Measured) -> Hashable:
    """The kind of limit: in the variable's units, or as a multiple of one printed limit."""
    if not isinstance(leaf, Comparison):
        return None
    row, unit = variables()[leaf.variable], leaf.limit.unit
    if row.kind is Kind.ORDINAL:
        return None
    if unit in MULTIPLES:
        return leaf.method, unit.code
    if "birth-date" in row.methods:
        return leaf.method, unit.code  # whole years are not twelve times the whole months
    if row.since:
        return leaf.method, _clock(leaf)
    days = unit.dimension if unit.dimension in {"time", "calendar"} else ""
    return leaf.method, days  # three months have no one number of days


def _clock(leaf: Comparison | Elapsed) -> str:
    """By what a time is counted: hours by the clock, days, or months by the calendar."""
    code = leaf.limit.unit.code
    return {"a": "mo", "wk": "d"}.get(code, code)


def _worlds(leaves: Sequence[Leaf]) -> list[_World]:
    """The answers that leaves of one axis can have together, at every point that differs."""
    match leaves[0]:
        case Presence():
            return _distinct(
                {one: one.present == there for one in leaves if isinstance(one, Presence)}
                for there in (True, False)
            )
        case Count():
            counts = [one for one in leaves if isinstance(one, Count)]
            most = max(one.number for one in counts) + 1
            numbers = {n + step for n in (one.number for one in counts) for step in (-1, 0, 1)}
            if never_is(counts[0].of) is Truth.TRUE:
                most = 0  # nothing that could be counted
            return _distinct(
                {one: _holds(Fraction(number), one.op, Fraction(one.number)) for one in counts}
                for number in {*numbers, 0, most}
                if 0 <= number <= most
            )
        case Elapsed():
            limits = {
                one: Fraction(one.limit.value) * one.limit.unit.factor
                for one in leaves
                if isinstance(one, Elapsed)
            }
            return _compared(limits, _points(limits.values(), Fraction(0), None, beyond=False))
        case Comparison() | In():
            return _of_values([one for one in leaves if isinstance(one, Comparison | In)])
        case _ as never:
            assert_never(never)


def _of_values(leaves: Sequence[Comparison | In]) -> list[_World]:
    row = variables()[leaves[0].variable]
    if row.kind is Kind.CODED:
        # None of them, too: a record may hold a value that the vocabulary does not.
        return _distinct({one: _is_in(one, value) for one in leaves} for value in (*row.values, ""))
    if row.kind is Kind.ORDINAL:
        return _distinct(
            {
                one: _is_in(one, level)
                if isinstance(one, In)
                else _holds(Fraction(level), one.op, Fraction(one.limit.value))
                for one in leaves
            }
            for level in row.levels
        )
    comparisons = [one for one in leaves if isinstance(one, Comparison)]
    if comparisons[0].limit.unit in MULTIPLES:
        return _of_multiples(comparisons)
    unit, least, most = row.unit, row.least, row.most
    assert unit is not None
    if unit.dimension in {"time", "calendar"} and unit.dimension != _dimension(comparisons[0]):
        unit, least, most = comparisons[0].limit.unit, None, None
    if row.since:
        least, most = None, None  # how long ago a date lies is not asked to be plausible
    try:
        limits = {one: one.limit.exact(unit, molar=row.molar) for one in comparisons}
    except UnitError:
        return _any_way(comparisons)
    ends = (None if end is None else Fraction(end) for end in (least, most))
    return _compared(limits, _points(limits.values(), *ends, beyond=True))


def _of_multiples(leaves: Sequence[Comparison]) -> list[_World]:
    """By value over limit. An upper limit of normal is above zero; another base may be zero, and
    the value with it: then each multiple is met exactly. A base below zero turns signs round.
    """
    row = variables()[leaves[0].variable]
    unit = leaves[0].limit.unit
    limits = {one: Fraction(one.limit.value) for one in leaves}
    worlds = _compared(limits, _points(limits.values(), None, None, beyond=False))
    if unit == ULN:
        return worlds
    if row.least is None or row.least < 0 or min(limits.values()) <= 0:
        return _any_way(leaves)
    both_zero: _World = {one: _holds(Fraction(0), one.op, Fraction(0)) for one in leaves}
    return _distinct([*worlds, both_zero])


def _dimension(leaf: Comparison) -> str:
    return leaf.limit.unit.dimension


def _is_in(leaf: Comparison | In, value: str) -> bool:
    return isinstance(leaf, In) and value in leaf.values


def _holds(value: Fraction, op: Op, limit: Fraction) -> bool:
    return compared(point(value), op, point(limit)) is Truth.TRUE


def _compared(
    limits: Mapping[Comparison, Fraction] | Mapping[Elapsed, Fraction], points: Iterable[Fraction]
) -> list[_World]:
    return _distinct(
        {one: _holds(value, one.op, limit) for one, limit in limits.items()} for value in points
    )


def _points(
    limits: Iterable[Fraction], least: Fraction | None, most: Fraction | None, *, beyond: bool
) -> list[Fraction]:
    """Each limit and a point between any two, as far as values go.

    `beyond`: a value is stated as an interval too, and "<0" of what is never below zero is all
    beyond the end, so one point there counts.
    """
    ends = [end for end in (least, most) if end is not None]
    marks = sorted({*limits, *ends})
    between = [(low + high) / 2 for low, high in pairwise(marks)]
    around = [marks[0] - 1, *marks, *between, marks[-1] + 1]
    inside = [
        one for one in around if (least is None or one >= least) and (most is None or one <= most)
    ]
    if beyond:
        nearest = min((high - low for low, high in pairwise(marks)), default=Fraction(1)) / 2
        inside += [] if least is None else [least - nearest]
        inside += [] if most is None else [most + nearest]
    return inside


def _any_way(leaves: Sequence[Leaf]) -> list[_World]:
    """Each by itself; of too many, so many that nothing is said."""
    few = min(len(leaves), _MOST_WORLDS.bit_length())
    return [{**dict.fromkeys(leaves, True), **one} for one in _each(leaves[:few])]


def _each(leaves: Sequence[Leaf]) -> list[_World]:
    return [
        dict(zip(leaves, truths, strict=True))
        for truths in product((True, False), repeat=len(leaves))
    ]


def _distinct(worlds: Iterable[_World]) -> list[_World]:
    """Each world once."""
    return [dict(items) for items in dict.fromkeys(tuple(world.items()) for world in worlds)]
