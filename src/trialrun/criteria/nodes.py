"""The eligibility language: a closed set of frozen nodes, checked when they are built.

Four atoms say something about one variable; `Count` counts the facts for which one holds; five
nodes combine; two stand for what only a person can say (`Judgement`) and for what nobody has
written as a rule yet (`Unread`). A node states the condition as it is written: exclusions are not
inverted here (see `verdict`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, assert_never, get_args

from trialrun.criteria import node_check as check
from trialrun.criteria.node_check import BASELINE, LLN, MULTIPLES, RECORDED, ULN
from trialrun.criteria.window import PICKS, Pick, Side, Window, check_window
from trialrun.errors import RuleError
from trialrun.values.quantity import Quantity
from trialrun.vocabulary.variable import Kind

__all__ = [
    "BASELINE", "LLN", "MULTIPLES", "NODE_TYPES", "OPS", "PICKS", "RECORDED", "ULN", "And",
    "AtLeast", "Atom", "Comparison", "Count", "Elapsed", "If", "In", "Judgement", "Measured",
    "Node", "Not", "Op", "Or", "Pick", "Presence", "Side", "Unread", "Window", "atoms", "joined",
    "mapped", "windowed", "with_window",
]  # fmt: skip

Op: TypeAlias = Literal["<", "<=", ">", ">=", "=="]
OPS: tuple[Op, ...] = get_args(Op)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Windowed:
    """What the atoms share: the variable, where its facts lie, and which of them speaks.

    With `window_days`, only facts of the `window_days` days before (or after) `anchor` count, its
    own day included; with `least_days`, none that is nearer than that; with an anchor alone, facts
    up to the anchor (or from it on). `pick`: the latest or the first fact decides, any or all of
    them, or the worst.
    """

    variable: str
    anchor: str | None = None
    window_days: int | None = None
    least_days: int = 0
    side: Side = "before"
    pick: Pick = "latest"

    @property
    def window(self) -> Window | None:
        """Its window, or None where every fact counts."""
        if self.anchor is None:
            return None
        return Window(
            anchor=self.anchor, most=self.window_days, least=self.least_days, side=self.side
        )

    def _check(self, *picks: Pick) -> None:
        check_window(self.anchor, self.window_days, self.least_days, self.side)
        if self.pick not in picks:
            raise RuleError(
                f"{self.pick!r} says not which {self.variable} counts",
                remedy=f"Use one of {', '.join(picks)}.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison(_Windowed):
    """A number against a limit. The limit's unit may be xULN, xLLN (times the laboratory's own)
    or xBaseline (times the participant's own value at the anchor `baseline`).

    `method` says how the value is computed, or `recorded`: never; None: by the variable's first
    method, where no value is recorded in the window.
    """

    op: Op
    limit: Quantity
    method: str | None = None

    def __post_init__(self) -> None:
        row = check.row_of(self.variable, Kind.QUANTITY, Kind.ORDINAL)
        self._check(*PICKS)
        if self.op not in OPS:
            raise RuleError(f"{self.op!r} is no comparison", remedy=f"Use {' '.join(OPS)}.")
        check.check_limit(row, self.limit)
        check.check_pick(row, self.pick, self.op)
        check.check_method(row, self.method, self.pick)


@dataclass(frozen=True, slots=True, kw_only=True)
class In(_Windowed):
    """One of the named levels of an ordinal, or values of a coded variable."""

    values: tuple[str, ...]

    def __post_init__(self) -> None:
        row = check.row_of(self.variable, Kind.ORDINAL, Kind.CODED)
        self._check("latest", "first", "any", "all")
        if not self.values or len(set(self.values)) != len(self.values):
            raise RuleError(
                f"{self.variable} in … needs different values, at least one",
                remedy=f"Name each once; there are {', '.join(row.values)}.",
            )
        for value in self.values:
            if value not in row.values:
                raise RuleError(
                    f"{value!r} is no value of {self.variable}",
                    remedy=f"Its values are {', '.join(row.values)}.",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence(_Windowed):
    """A condition that is present, or absent."""

    present: bool = True

    def __post_init__(self) -> None:
        check.row_of(self.variable, Kind.BOOLEAN)
        self._check("latest", "first", "any", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elapsed:
    """The time from the latest date, or the latest time a condition was present, to the anchor.

    Without an anchor, to the moment that eligibility is asked for. The limit is in h, d, wk, mo
    or a; months and years are those of the calendar.
    """

    variable: str
    op: Op
    limit: Quantity
    anchor: str | None = None

    def __post_init__(self) -> None:
        check.row_of(self.variable, Kind.DATE, Kind.BOOLEAN)
        check_window(self.anchor, None, 0, "before")
        if self.op not in OPS:
            raise RuleError(f"{self.op!r} is no comparison", remedy=f"Use {' '.join(OPS)}.")
        check.check_elapsed(self.variable, self.limit)

    @property
    def window(self) -> Window | None:
        """Everything up to its anchor."""
        return None if self.anchor is None else Window(anchor=self.anchor)

    @property
    def window_days(self) -> None:
        """Never a number: there is no first day."""
        return


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many facts in the window an atom holds for, against a whole number."""

    op: Op
    number: int
    of: Measured

    def __post_init__(self) -> None:
        if not isinstance(self.of, Comparison | In | Presence):
            raise RuleError(
                "what is counted are values of one variable",
                remedy="Count one: count (platelets < 20 10*9/L) >= 2; of several conditions "
                "write at least 2 of (aml, apl).",
            )
        if self.op not in OPS:
            raise RuleError(f"{self.op!r} is no comparison", remedy=f"Use {' '.join(OPS)}.")
        if not 0 <= self.number <= 1_000_000:
            raise RuleError(f"{self.number} is no count", remedy="Write 0 to 1000000.")
        if self.of.pick != "latest":
            raise RuleError(
                f"a count takes every value, not {self.of.pick} of them",
                remedy=f"Leave out {self.of.pick}.",
            )
        if isinstance(self.of, Comparison) and self.of.method not in {None, RECORDED}:
            raise RuleError(
                "a count takes recorded values, not computed ones",
                remedy=f"Leave out: by {self.of.method}.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an investigator judges and signs; the words say what about."""

    words: str

    def __post_init__(self) -> None:
        check.check_words(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Words that nobody has written as a rule: always UNKNOWN."""

    words: str

    def __post_init__(self) -> None:
        check.check_words(self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All of two or more."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        check.check_several("and", len(self.parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Any of two or more."""

    parts: tuple[Node, ...]

    def __post_init__(self) -> None:
        check.check_several("or", len(self.parts))


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
        check.check_several("at least … of", len(self.parts))
        if not 1 <= self.count <= len(self.parts):
            raise RuleError(
                f"at least {self.count} of {len(self.parts)} cannot be decided",
                remedy=f"Write a number from 1 to {len(self.parts)}.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """One rule where the condition holds, another (or none: it counts as met) where it does not."""

    condition: Node
    then: Node
    otherwise: Node | None = None

    @property
    def parts(self) -> tuple[Node, ...]:
        """Condition, then, and otherwise if there is one."""
        arms = (self.condition, self.then)
        return arms if self.otherwise is None else (*arms, self.otherwise)


Measured: TypeAlias = Comparison | In | Presence
Atom: TypeAlias = Comparison | In | Presence | Elapsed
Node: TypeAlias = (
    Comparison
    | In
    | Presence
    | Elapsed
    | Count
    | Judgement
    | Unread
    | And
    | Or
    | Not
    | AtLeast
    | If
)

NODE_TYPES: tuple[type[Node], ...] = get_args(Node)


def atoms(node: Node) -> Iterator[Atom]:
    """The atoms of a rule, in their order; of a count, what it counts."""
    match node:
        case Comparison() | In() | Presence() | Elapsed():
            yield node
        case Count():
            yield node.of
        case And() | Or() | AtLeast() | If():
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
        case Comparison() | In() | Presence() | Elapsed():
            return change(node)
        case Count():
            changed = change(node.of)
            assert not isinstance(changed, Elapsed)
            return replace(node, of=changed)
        case And() | Or() | AtLeast():
            return replace(node, parts=tuple(mapped(part, change) for part in node.parts))
        case If():
            return If(
                condition=mapped(node.condition, change),
                then=mapped(node.then, change),
                otherwise=None if node.otherwise is None else mapped(node.otherwise, change),
            )
        case Not():
            return Not(part=mapped(node.part, change))
        case Judgement() | Unread():
            return node
        case _:
            assert_never(node)


def windowed(atom: Atom, window: Window | None) -> Atom:
    """The atom with this window instead of its own; an elapsed time takes the anchor alone."""
    if isinstance(atom, Elapsed):
        return replace(atom, anchor=None if window is None else window.anchor)
    if window is None:
        return replace(atom, anchor=None, window_days=None, least_days=0, side="before")
    return replace(
        atom,
        anchor=window.anchor,
        window_days=window.most,
        least_days=window.least,
        side=window.side,
    )


def with_window(
    node: Node,
    *,
    anchor: str,
    window_days: int | None,
    least_days: int = 0,
    side: Side = "before",
) -> Node:
    """The same rule, with this window on every atom that has none."""
    window = Window(anchor=anchor, most=window_days, least=least_days, side=side)
    return mapped(node, lambda atom: atom if atom.anchor is not None else windowed(atom, window))


def joined(parts: tuple[Node, ...], logic: Literal["and", "or"]) -> Node:
    """One node of several: itself if it is alone."""
    if len(parts) == 1:
        return parts[0]
    return And(parts=parts) if logic == "and" else Or(parts=parts)
