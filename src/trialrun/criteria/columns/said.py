"""Three truth values as two conditions, or as one number: what rows say about an atom or a rule.

Two conditions need no null that a database must carry through an expression, and a database stops
at the first that is met; a nullable boolean is written only where somebody reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.values.truth import Truth

Whole: TypeAlias = "Callable[[], ir.IntegerValue] | None"


@dataclass(frozen=True, slots=True)
class Said:
    """Whether it is TRUE, and whether it is FALSE; null in either means that it is not.

    `whole` writes both as one number without null (0 FALSE, 1 UNKNOWN, 2 TRUE), where that is
    shorter than a CASE of the two.
    """

    true: ir.BooleanValue
    false: ir.BooleanValue
    whole: Whole = field(default=None, compare=False)

    def __invert__(self) -> Said:
        return Said(self.false, self.true)

    @property
    def number(self) -> ir.IntegerValue:
        """0 FALSE, 1 UNKNOWN, 2 TRUE."""
        if self.whole is not None:
            return self.whole()
        return ibis.cases((self.true, 2), (self.false, 0), else_=1)

    @property
    def column(self) -> ir.BooleanValue:
        """True, False, or null for UNKNOWN."""
        return ibis.cases((self.true, True), (self.false, False), else_=ibis.null("boolean"))

    def where(self, inside: ir.BooleanValue) -> Said:
        """UNKNOWN where that does not hold."""
        whole = self.whole
        return Said(
            inside & self.true,
            inside & self.false,
            None if whole is None else lambda: ibis.ifelse(inside, whole(), 1),
        )


def unknown() -> Said:
    """UNKNOWN for all rows."""
    return Said(ibis.literal(False), ibis.literal(False))


def literal(truth: Truth) -> Said:
    """One truth for all rows."""
    return Said(ibis.literal(truth is Truth.TRUE), ibis.literal(truth is Truth.FALSE))


def holds(condition: ir.BooleanValue) -> Said:
    """What a condition says; null is UNKNOWN."""
    return Said(condition, ~condition, lambda: (condition.cast("int32") * 2).fill_null(1))


def numbered(number: ir.IntegerValue) -> Said:
    """What a number says: 0 FALSE, 1 UNKNOWN, 2 TRUE."""
    return Said(number == 2, number == 0, lambda: number)


def by_case(branches: Sequence[tuple[ir.BooleanValue, Said]]) -> Said:
    """What the first condition that holds leads to; UNKNOWN where none does."""
    if not branches:
        return unknown()
    return numbered(ibis.cases(*((when, said.number) for when, said in branches), else_=1))


def choose(condition: ir.BooleanValue, then: Said, otherwise: Said) -> Said:
    """One of two, by a condition that is never null."""
    return Said(
        (condition & then.true) | (~condition & otherwise.true),
        (condition & then.false) | (~condition & otherwise.false),
    )


def every(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Whether all hold; so of none."""
    return reduce(lambda one, other: one & other, parts) if parts else ibis.literal(True)


def some(parts: Sequence[ir.BooleanValue]) -> ir.BooleanValue:
    """Whether any holds; not of none."""
    return reduce(lambda one, other: one | other, parts) if parts else ibis.literal(False)
