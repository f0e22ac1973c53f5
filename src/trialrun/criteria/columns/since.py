"""How long ago something was, as columns: the least over a patient's facts, in whole numbers.

Of each fact the time since it is an interval. Its ends are kept doubled, plus one where the low end
is open or the high end closed, so that the least of each end keeps what kind of end it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.dates import months_later
from trialrun.criteria.columns.windows import Lies, When, as_column
from trialrun.criteria.nodes import Elapsed

_HOUR = 3_600_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Since:
    """What a fact, or the facts of a patient, say: the ends of the time since it, whether it
    perhaps happened (1), and whether it surely had not (1); null where there is no such fact.
    """

    low: ir.IntegerValue
    high: ir.IntegerValue
    vague: ir.IntegerValue
    never: ir.IntegerValue


def since(leaf: Elapsed, at: When, happened: ir.BooleanValue, inside: Lies, anchor: When) -> Since:
    """What one fact says; `inside` is whether it was up to the anchor."""
    low, high = _ends(leaf, at, anchor)
    null = ibis.null("int64")
    counts = happened & inside.surely
    return Since(
        low=ibis.ifelse(counts, low, null).cast("int64"),
        high=ibis.ifelse(counts, high, null).cast("int64"),
        vague=ibis.ifelse(
            happened & inside.possibly & ~ibis.coalesce(inside.surely, False), 1, null
        ).cast("int64"),
        never=ibis.ifelse(~happened & inside.surely, 1, null).cast("int64"),
    )


def _ends(leaf: Elapsed, at: When, anchor: When) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    if leaf.limit.unit.dimension == "calendar":
        months = int(Fraction(leaf.limit.value) * leaf.limit.unit.factor)
        # Days past (or short of) the day that so many months lead to.
        return (
            (anchor.first - months_later(at.last, months)) * 2,
            (anchor.last - months_later(at.first, months)) * 2 + 1,
        )
    least, most = anchor.first - at.last, anchor.last - at.first
    if leaf.limit.unit.code != "h":
        return ibis.greatest(least, 0) * 2, most * 2 + 1
    low = ibis.ifelse(least >= 1, (least - 1) * 24 * _HOUR * 2 + 1, ibis.literal(0, "int64"))
    high = (most + 1) * 24 * _HOUR * 2
    if at.instant is None or anchor.instant is None:
        return low, high
    mine, theirs = as_column(at.instant), as_column(anchor.instant)
    clocked = mine.notnull() & theirs.notnull()
    gone = theirs - mine
    return ibis.ifelse(clocked, gone * 2, low), ibis.ifelse(clocked, gone * 2 + 1, high)


def outcome(leaf: Elapsed, found: Since) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    """Whether the time since is TRUE, and whether FALSE, of all that a patient's facts say."""
    true, false = _compared(leaf, found)
    known = found.low.notnull() & found.vague.isnull()
    never = found.low.isnull() & found.vague.isnull() & found.never.notnull()
    longest = leaf.op in {">", ">="}  # what never was is longer ago than any limit
    return (
        ibis.coalesce(known & true, False) | (never & longest),
        ibis.coalesce(known & false, False) | (never & (not longest)),
    )


def _compared(leaf: Elapsed, found: Since) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    limit = Fraction(leaf.limit.value) * leaf.limit.unit.factor
    if leaf.limit.unit.dimension == "calendar":
        limit = Fraction(0)
    elif leaf.limit.unit.code == "h":
        limit *= 24 * _HOUR
    whole = limit.denominator == 1
    below, up_to = found.high <= 2 * floor(limit) + (not whole), found.high <= 2 * floor(limit) + 1
    not_below, above = found.low >= 2 * ceil(limit), found.low >= 2 * ceil(limit) + whole
    match leaf.op:
        case "<":
            return below, not_below
        case "<=":
            return up_to, above
        case ">":
            return above, up_to
        case ">=":
            return not_below, below
        case "==":
            same = (found.low == 2 * floor(limit)) & (found.high == 2 * floor(limit) + 1)
            return same & whole, below | above
