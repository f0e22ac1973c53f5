"""How long ago something was: from the latest date, or the latest time it was present.

Days by the calendar, months and years by it too (three months after 15 January is 15 April), hours
by the clock where both ends have a time of day. What is not exact is an interval.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from trialrun.criteria.evaluation import Evaluation, Reason, Situation
from trialrun.criteria.interval import Interval, compared, point
from trialrun.criteria.methods import SINCE
from trialrun.criteria.nodes import Comparison, Elapsed
from trialrun.criteria.placing import in_window
from trialrun.errors import RuleError
from trialrun.values.moment import Moment, days_between
from trialrun.values.truth import Truth
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind


def since_of(atom: Comparison) -> Elapsed | None:
    """The question to the dates by which a time since something is computed.

    None where it is not: no such variable, another method, or a limit that no calendar has.
    """
    row = variables()[atom.variable]
    if not row.since or atom.pick != "latest" or atom.method not in {None, SINCE}:
        return None
    try:
        return Elapsed(variable=row.since, op=atom.op, limit=atom.limit, anchor=atom.anchor)
    except RuleError:
        return None


def elapsed(node: Elapsed, situation: Situation) -> Evaluation:
    """Whether the time since it is as the node says."""
    own = situation.of(node.variable)
    anchor = situation.moment(node.anchor)
    if anchor is None:
        reason = Reason.NO_MOMENT if node.anchor is None else Reason.ANCHOR
        return Evaluation(node=node, truth=Truth.UNKNOWN, reason=reason)
    placed = [(when(fact), fact, in_window(when(fact), anchor, None)) for fact in own]
    placed.sort(key=lambda one: one[0].order())
    outside = tuple(fact for _, fact, lies in placed if lies is Truth.FALSE)
    happened = [(at, fact, lies) for at, fact, lies in placed if _happened(fact)]
    vague = [one for one in happened if one[2] is Truth.UNKNOWN]
    inside = [one for one in happened if one[2] is Truth.TRUE]
    if vague or not inside:
        return _open(node, placed, [fact for _, fact, _ in vague], outside)
    truth = _compared(node, [at for at, _, _ in inside], anchor)
    return Evaluation(
        node=node,
        truth=truth,
        fact=inside[-1][1],
        reason=Reason.NOT_EXACT if truth is Truth.UNKNOWN else None,
        outside=outside,
    )


def when(fact: Fact) -> Moment:
    """When it was: the date that the fact states, or the time at which it holds."""
    is_date = variables()[fact.variable].kind is Kind.DATE
    return Moment(fact.value) if is_date else fact.at


def _happened(fact: Fact) -> bool:
    return variables()[fact.variable].kind is Kind.DATE or fact.present


def _open(
    node: Elapsed,
    placed: Sequence[tuple[Moment, Fact, Truth]],
    vague: Sequence[Fact],
    outside: tuple[Fact, ...],
) -> Evaluation:
    """Where no time is known up to the anchor: never happened, or not known."""
    denied = [one for one in placed if not _happened(one[1]) and one[2] is not Truth.FALSE]
    never = [fact for _, fact, lies in denied if lies is Truth.TRUE]
    if vague:
        shown, reason = vague[-1], Reason.PERHAPS_OUTSIDE
    elif never:
        # It was asked for and never was: longer ago than any limit.
        truth = Truth.TRUE if node.op in {">", ">="} else Truth.FALSE
        return Evaluation(node=node, truth=truth, fact=never[-1], outside=outside)
    elif denied:
        shown, reason = denied[-1][1], Reason.PERHAPS_OUTSIDE
    elif outside:
        shown, reason = outside[-1], Reason.OUTSIDE
    else:
        return Evaluation(node=node, truth=Truth.UNKNOWN, reason=Reason.NO_FACT)
    return Evaluation(node=node, truth=Truth.UNKNOWN, fact=shown, reason=reason, outside=outside)


def _compared(node: Elapsed, times: Sequence[Moment], anchor: Moment) -> Truth:
    """The time since the latest of `times` is the least of the times since each."""
    limit = Fraction(node.limit.value) * node.limit.unit.factor  # days, or months
    if node.limit.unit.dimension == "calendar":
        months = int(limit)
        # Days past (or short of) the day that so many months lead to.
        least = min(anchor.day.toordinal() - _later(at.last_day, months) for at in times)
        most = min(anchor.last_day.toordinal() - _later(at.day, months) for at in times)
        return compared(Interval(Fraction(least), Fraction(most)), node.op, point(Fraction(0)))
    if node.limit.unit.code == "h":
        return compared(_least([_hours(at, anchor) for at in times]), node.op, point(limit * 24))
    spans = [days_between(at, anchor) for at in times]
    days = Interval(
        Fraction(max(0, min(least for least, _ in spans))), Fraction(min(most for _, most in spans))
    )
    return compared(days, node.op, point(limit))


def _hours(at: Moment, anchor: Moment) -> Interval:
    """By the clock; a date alone leaves the whole of its day."""
    if at.instant is not None and anchor.instant is not None:
        gone = anchor.instant - at.instant
        micro = (gone.days * 86400 + gone.seconds) * 10**6 + gone.microseconds
        return point(Fraction(micro, 3600 * 10**6))
    least, most = days_between(at, anchor)
    low = Fraction(24 * (least - 1))
    return Interval(max(low, Fraction(0)), Fraction(24 * (most + 1)), low >= 0, high_open=True)


def _least(spans: Sequence[Interval]) -> Interval:
    """The least of several numbers, each somewhere in its interval."""
    low = min((span.low or Fraction(0), span.low_open) for span in spans)
    high = min((span.high or Fraction(0), not span.high_open) for span in spans)
    return Interval(low[0], high[0], low[1], not high[1])


def _later(day: date, months: int) -> int:
    """The ordinal of the day so many months later; the last of the month where it has no such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max.toordinal()
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)).toordinal()
