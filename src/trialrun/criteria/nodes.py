"""The eligibility language: a closed set of frozen nodes, checked when they are built.

Three atoms say something about one variable; four nodes combine; two stand for what only a person
can say (`Judgement`) and for what nobody has written as a rule yet (`Unread`). A node states the
condition as it is written: exclusions are not inverted here (see `verdict`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never, get_args

from trialrun.errors import RuleError, UnitError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, factor
from trialrun.vocabulary.table import suggest, variables
from trialrun.vocabulary.variable import Kind, Variable

Op: TypeAlias = Literal["<", "<=", ">", ">=", "=="]
OPS: tuple[Op, ...] = get_args(Op)

ULN, LLN = UNITS["xULN"], UNITS["xLLN"]
_TIMES = {"time", "calendar"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A number against a limit. The limit's unit may be xULN or xLLN: times the laboratory's own.

    With `window_days`, only facts of the `window_days` days before `anchor` count, its own day
    included; with an anchor alone, facts up to the anchor.
    """

    variable: str
    op: Op
    limit: Quantity
    anchor: str | None = None
    window_days: int | None = None

    def __post_init__(self) -> None:
        row = _row(self.variable, Kind.QUANTITY, Kind.ORDINAL)
        _check_window(self.anchor, self.window_days)
        if self.op not in OPS:
            raise RuleError(f"{self.op!r} is no comparison", remedy=f"Use {' '.join(OPS)}.")
        _check_limit(row, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class In:
    """One of the named levels of an ordinal, or values of a coded variable."""

    variable: str
    values: tuple[str, ...]
    anchor: str | None = None
    window_days: int | None = None

    def __post_init__(self) -> None:
        row = _row(self.variable, Kind.ORDINAL, Kind.CODED)
        _check_window(self.anchor, self.window_days)
        if not self.values or len(set(self.values)) != len(self.values):
            raise RuleError(f"{self.variable} in … needs different values, at least one")
        for value in self.values:
            if value not in row.values:
                raise RuleError(
                    f"{value!r} is no value of {self.variable}",
                    remedy=f"Its values are {', '.join(row.values)}.",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A condition that is present, or absent."""

    variable: str
    present: bool = True
    anchor: str | None = None
    window_days: int | None = None

    def __post_init__(self) -> None:
        _row(self.variable, Kind.BOOLEAN)
        _check_window(self.anchor, self.window_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an investigator judges and signs; the words say what about."""

    words: str

    def __post_init__(self) -> None:
        _check_words(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words that nobody has written as a rule: always UNKNOWN."""

    words: str

    def __post_init__(self) -> None:
        _check_words(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of two or more."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_parts("and", self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any of two or more."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_parts("or", self.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The contrary."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` of several."""

    count: int
    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        _check_parts("at least … of", self.parts)
        if not 1 <= self.count <= len(self.parts):
            raise RuleError(f"at least {self.count} of {len(self.parts)} cannot be decided")


Atom: TypeAlias = Comparison | In | Presence
Node: TypeAlias = Comparison | In | Presence | Judgement | Unread | And | Or | Not | AtLeast

NODE_TYPES: tuple[type[Node], ...] = get_args(Node)


def atoms(node: Node) -> Iterator[Atom]:
    """The atoms of a rule, in their order."""
    match node:
        case Comparison() | In() | Presence():
            yield node
        case And() | Or() | AtLeast():
            for part in node.parts:
                yield from atoms(part)
        case Not():
            yield from atoms(node.part)
        case Judgement() | Unread():
            return
        case _:
            assert_never(node)


def mapped(node: Node, change: Callable[[Atom], Atom]) -> Node:
    """The same rule with every atom changed."""
    match node:
        case Comparison() | In() | Presence():
            return change(node)
        case And() | Or() | AtLeast():
            return replace(node, parts=tuple(mapped(part, change) for part in node.parts))
        case Not():
            return Not(part=mapped(node.part, change))
        case Judgement() | Unread():
            return node
        case _:
            assert_never(node)


def with_window(node: Node, *, anchor: str, window_days: int | None) -> Node:
    """The same rule, with this window on every atom that has none."""

    def windowed(atom: Atom) -> Atom:
        if atom.anchor is not None:
            return atom
        return replace(atom, anchor=anchor, window_days=window_days)

    return mapped(node, windowed)


def joined(parts: tuple[Node, ...], logic: Literal["and", "or"]) -> Node:
    """One node of several: itself if it is alone."""
    if len(parts) == 1:
        return parts[0]
    return And(parts=parts) if logic == "and" else Or(parts=parts)


def _row(name: str, *kinds: Kind) -> Variable:
    row = variables().get(name)
    if row is None:
        near = suggest(name)
        raise RuleError(
            f"no variable is called {name!r}",
            remedy=f"Did you mean {near}?" if near else "Use a variable of the vocabulary.",
        )
    if row.kind not in kinds:
        ways = {
            Kind.BOOLEAN: f"write {name}, or not {name}",
            Kind.QUANTITY: f"compare it: {name} < 1 {row.unit.code if row.unit else ''}".rstrip(),
            Kind.ORDINAL: f"compare it: {name} <= 2",
            Kind.CODED: f"write {name} == {row.values[0] if row.values else '…'}",
            Kind.DATE: "a date decides nothing by itself",
        }
        raise RuleError(
            f"{name} is a {row.kind.value} and cannot stand like this",
            remedy=f"{ways[row.kind][0].upper()}{ways[row.kind][1:]}.",
        )
    return row


def _check_limit(row: Variable, limit: Quantity) -> None:
    assert row.unit is not None
    if row.kind is Kind.ORDINAL and limit.value != limit.value.to_integral_value():
        raise RuleError(f"{row.name} has whole levels; {limit} is none of them")
    if limit.unit in {ULN, LLN}:
        if row.kind is Kind.QUANTITY:
            return
        raise RuleError(f"{row.name} has no laboratory limit to take a multiple of")
    if limit.unit.dimension in _TIMES and row.unit.dimension in _TIMES:
        return
    try:
        factor(limit.unit, row.unit, molar=row.molar)
    except UnitError as error:
        raise RuleError(
            f"{row.name} is not measured in {limit.unit.code}",
            remedy=f"Use one of {', '.join(unit.code for unit in row.units)}.",
        ) from error


def _check_window(anchor: str | None, window_days: int | None) -> None:
    if anchor is not None and (not anchor.strip() or anchor != anchor.strip()):
        raise RuleError("the anchor of a window needs a name")
    if window_days is None:
        return
    if anchor is None:
        raise RuleError(
            f"a window of {window_days} days is before nothing",
            remedy="Name what it is before: within 14 days before treatment.",
        )
    if not 0 <= window_days <= 36525:
        raise RuleError(f"{window_days} days are no window")


def _check_words(words: str) -> None:
    if not words.strip() or words != words.strip():
        raise RuleError("this needs words, without spaces around them")


def _check_parts(name: str, parts: tuple[Node, ...]) -> None:
    if len(parts) < 2:
        raise RuleError(f"'{name}' needs at least two parts")
