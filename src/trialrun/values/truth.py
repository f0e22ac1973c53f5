"""Three-valued truth after Kleene: TRUE, FALSE, and UNKNOWN for what is not yet known."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """TRUE, FALSE or UNKNOWN. Has no `bool()`: a caller must say what UNKNOWN means to it."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    UNKNOWN = "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("a Truth is not a bool: compare it with Truth.TRUE, FALSE or UNKNOWN")

    def __invert__(self) -> Truth:
        return _NOT[self]

    def __and__(self, other: Truth) -> Truth:
        return _AND[self, other]

    def __or__(self, other: Truth) -> Truth:
        return _OR[self, other]


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

# Written out row by row: the tables are the law, and tests read them against Kleene's.
_NOT = {T: F, F: T, U: U}
_AND = {
    (T, T): T, (T, F): F, (T, U): U,
    (F, T): F, (F, F): F, (F, U): F,
    (U, T): U, (U, F): F, (U, U): U,
}  # fmt: skip
_OR = {
    (T, T): T, (T, F): T, (T, U): T,
    (F, T): T, (F, F): F, (F, U): U,
    (U, T): T, (U, F): U, (U, U): U,
}  # fmt: skip


def of(value: bool | None) -> Truth:
    """TRUE or FALSE of a bool, UNKNOWN of None."""
    if value is None:
        return Truth.UNKNOWN
    return Truth.TRUE if value else Truth.FALSE


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene AND of any number; TRUE of none."""
    result = Truth.TRUE
    for truth in truths:
        result = result & truth
    return result


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene OR of any number; FALSE of none."""
    result = Truth.FALSE
    for truth in truths:
        result = result | truth
    return result


def at_least(count: int, truths: Iterable[Truth]) -> Truth:
    """Whether at least `count` are TRUE, given what is known."""
    seen = list(truths)
    surely = sum(truth is Truth.TRUE for truth in seen)
    possibly = surely + sum(truth is Truth.UNKNOWN for truth in seen)
    if surely >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if possibly >= count else Truth.FALSE
