"""What one fact says to an atom, windows aside: units, upper limits, baselines, intervals.

Limits are converted into the unit of the value, exactly, so that a value on a limit never changes
side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias, assert_never

from trialrun.criteria.evaluation import Reason, Situation
from trialrun.criteria.interval import Interval, compared, days_of_months, point, stated
from trialrun.criteria.nodes import BASELINE, LLN, ULN, Comparison, In, Measured, Presence, Window
from trialrun.criteria.placing import contenders, place
from trialrun.errors import UnitError
from trialrun.values.truth import Truth, of
from trialrun.values.unit import Unit, factor, read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Variable

Decision: TypeAlias = tuple[Truth, Reason | None]
BASELINE_ANCHOR = "baseline"


def decide(
    atom: Measured, fact: Fact, situation: Situation, value: Interval | None = None
) -> Decision:
    """TRUE, FALSE, or UNKNOWN with its reason; `value` in place of the fact's own number."""
    if plausibility(fact) is not None:
        return Truth.UNKNOWN, Reason.IMPLAUSIBLE
    match atom:
        case Presence():
            return of(fact.present == atom.present), None
        case In():
            return of(fact.value in atom.values), None
        case Comparison():
            own = stated(fact.comparator, Fraction(fact.number)) if value is None else value
            return _compared(atom, fact, own, situation)
        case _:
            assert_never(atom)


def unit_of(fact: Fact) -> Unit:
    """The unit of a number; an ordinal's is its score."""
    unit = variables()[fact.variable].unit if fact.unit is None else read_unit(fact.unit)
    assert unit is not None
    return unit


def _compared(atom: Comparison, fact: Fact, value: Interval, situation: Situation) -> Decision:
    row, unit, wanted = variables()[atom.variable], unit_of(fact), atom.limit.unit
    if wanted == BASELINE:
        return _against_baseline(atom, value, unit, situation)
    # A laboratory that says only "2.3 x ULN" has said nothing about U/L, and the other way round.
    if unit == ULN and wanted != ULN:
        return Truth.UNKNOWN, Reason.NO_ULN
    if unit == LLN and wanted != LLN:
        return Truth.UNKNOWN, Reason.NO_LLN
    low, high = fact.limits
    if wanted == ULN and unit != ULN and high is None:
        return Truth.UNKNOWN, Reason.NO_ULN
    if wanted == LLN and unit != LLN and low is None:
        return Truth.UNKNOWN, Reason.NO_LLN
    return _known(*_alike(atom, fact, row, value, unit), atom)


def _known(value: Interval, limit: Interval, atom: Comparison) -> Decision:
    truth = compared(value, atom.op, limit)
    return truth, Reason.NOT_EXACT if truth is Truth.UNKNOWN else None


def _alike(
    atom: Comparison, fact: Fact, row: Variable, value: Interval, unit: Unit
) -> tuple[Interval, Interval]:
    """Value and limit as numbers of one unit: the value's own, or days for months against days."""
    number, wanted = Fraction(atom.limit.value), atom.limit.unit
    if wanted == unit:
        return value, point(number)
    if wanted == ULN:
        return value, point(number * Fraction(str(fact.high)))
    if wanted == LLN:
        return value, point(number * Fraction(str(fact.low)))
    if wanted.dimension == unit.dimension or row.molar is not None:
        return value, point(atom.limit.exact(unit, molar=row.molar))
    if {wanted.dimension, unit.dimension} == {"time", "calendar"}:
        return _in_days(value, unit), _in_days(point(number), wanted)
    return value, point(atom.limit.exact(unit))


def _in_days(value: Interval, unit: Unit) -> Interval:
    exact = value.times(unit.factor)  # to days, or to months
    return days_of_months(exact) if unit.dimension == "calendar" else exact


def _against_baseline(
    atom: Comparison, value: Interval, unit: Unit, situation: Situation
) -> Decision:
    """Against a multiple of the latest value up to the anchor `baseline`."""
    anchor = situation.anchors.get(BASELINE_ANCHOR)
    if anchor is None:
        return Truth.UNKNOWN, Reason.ANCHOR
    window = Window(anchor=BASELINE_ANCHOR)
    placed = place(situation.of(atom.variable), window, anchor)
    if not placed.inside:
        return Truth.UNKNOWN, Reason.NO_BASELINE
    limits = _multiples(atom, contenders(placed), unit)
    decisions = {_known(value, limit, atom) for limit in limits}
    if len(decisions) != 1 or not limits:
        return Truth.UNKNOWN, Reason.NO_BASELINE
    return decisions.pop()


def _multiples(atom: Comparison, facts: Sequence[Fact], unit: Unit) -> list[Interval]:
    """The limit by each fact that may be the baseline, in `unit`; none where one is unusable."""
    molar = variables()[atom.variable].molar
    result = []
    for fact in facts:
        try:
            times = Fraction(atom.limit.value) * factor(unit_of(fact), unit, molar=molar)
        except UnitError:
            return []
        if plausibility(fact) is not None:
            return []
        result.append(stated(fact.comparator, Fraction(fact.number)).times(times))
    return result
