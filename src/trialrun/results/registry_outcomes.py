"""The registry's outcome measures module: every outcome of the protocol, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from trialrun.analysis.estimate import Share, Traced
from trialrun.analysis.harms import summary
from trialrun.analysis.kinetics import Kinetics
from trialrun.analysis.spread import Spread
from trialrun.protocol.model import Measure, Outcome
from trialrun.record.results_section import (
    Denom,
    DenomCount,
    MeasureAnalysis,
    MeasureCategory,
    MeasureClass,
    MeasureGroup,
    Measurement,
    OutcomeMeasure,
    OutcomeMeasuresModule,
)
from trialrun.results.analysed import Analysed, GroupResults
from trialrun.results.registry_baseline import PARTICIPANTS, range_of
from trialrun.results.registry_groups import arms, cut, description, ids, titles
from trialrun.results.traced_text import number, text_of
from trialrun.wording.catalogue import say

_LONGEST_TITLE, _LONGEST_TIME = 255, 255
# Numbers of kinetics that are measures of their own: name, unit, decimals, how to read them.
_KINETICS: tuple[tuple[str, str, int | None, Callable[[Kinetics], Spread]], ...] = (
    ("peak_day", "days", 1, lambda found: found.peak_day),
    ("area", "cells*day per microliter", None, lambda found: found.area),
    ("last_found", "days", 1, lambda found: found.last_found),
)
_NK_UNIT = "donor NK cells per microliter"


def outcome_measures(results: Analysed) -> OutcomeMeasuresModule:
    """The outcomes; further numbers of kinetics follow as measures of their own."""
    measures = [_measure(results, one) for one in results.cutoff.protocol.outcomes]
    kinetic = [one for one in results.cutoff.protocol.outcomes if one.measure is Measure.KINETICS]
    for outcome in kinetic[:1]:
        measures += [_further(results, outcome, place) for place in range(len(_KINETICS))]
    return OutcomeMeasuresModule(outcome_measures=tuple(measures))


def _measure(results: Analysed, outcome: Outcome) -> OutcomeMeasure:
    match outcome.measure:
        case Measure.RESPONSE | Measure.MRD_CONVERSION | Measure.GENERIC_RESPONSE:
            shares = [one.responses[outcome.id].share for one in arms(results)]
            pending = results.whole.responses[outcome.id].pending.value
            more = say("report.reg_pending", n=pending) if pending else ""
            key = f"response_{outcome.measure.value.replace('-', '_')}"
            return _shares(results, outcome, shares, say(f"analysis.{key}"), more)
        case Measure.DOSE_LIMITING:
            limited = [one.limiting for one in arms(results) if one.limiting is not None]
            words = say("analysis.dose_limiting")
            population = say("analysis.set_evaluable_dose_limiting_is")
            return _shares(results, outcome, limited, words, population)
        case Measure.ADVERSE_EVENTS:
            return _harms(results, outcome)
        case Measure.KINETICS:
            return _spread(
                results, outcome, outcome.title, lambda found: found.peak, "nk_peak", _NK_UNIT, None
            )
        case Measure.SURVIVAL:
            return _survival(results, outcome)
        case Measure.OTHER:
            return _not_posted(results, outcome)


def _head(
    results: Analysed,
    outcome: Outcome,
    words: str,
    analysed: Sequence[Traced[int]],
    population: str = "",
) -> OutcomeMeasure:
    """What every posted measure has; one that nobody was analysed for has no more."""
    codes = ids("OG", arms(results))
    enrolled = [one.course.enrolled.value for one in arms(results)]
    explained = population
    if any(count.value < n for count, n in zip(analysed, enrolled, strict=True)):
        explained = say("report.reg_fewer", words=population or words)
    if any(count.value == 0 for count in analysed):
        explained = f"{explained} {say('report.reg_zero')}".strip()
    mark = say("report.reg_mark") if results.cutoff.state.rehearsal else ""
    return OutcomeMeasure(
        type=outcome.type,
        title=cut(outcome.title, _LONGEST_TITLE),
        description=cut(f"{mark} {words}".strip(), 999),
        population_description=cut(explained, 500) if explained else None,
        reporting_status="POSTED",
        time_frame=_time_frame(outcome),
        groups=_groups(results),
        denoms=(
            Denom(
                units=PARTICIPANTS,
                counts=tuple(
                    DenomCount(group_id=code, value=text_of(count))
                    for code, count in zip(codes, analysed, strict=True)
                ),
            ),
        ),
    )


def _groups(results: Analysed) -> tuple[MeasureGroup, ...]:
    groups = arms(results)
    return tuple(
        MeasureGroup(id=code, title=title, description=description(results, one.group))
        for code, title, one in zip(ids("OG", groups), titles(results), groups, strict=True)
    )


def _time_frame(outcome: Outcome) -> str:
    stated = outcome.time_frame.strip()
    if stated and not stated.isdigit():
        return cut(stated, _LONGEST_TIME)
    if outcome.day is not None:
        return say("report.reg_to_day", day=outcome.day)
    return say("report.reg_whole_time")


# --- shares ----------------------------------------------------------------------------------


def _shares(
    results: Analysed, outcome: Outcome, shares: Sequence[Share], words: str, population: str
) -> OutcomeMeasure:
    head = _head(results, outcome, words, [one.among for one in shares], population)
    if not any(one.among.value for one in shares):
        return head
    codes = ids("OG", shares)
    return _with(
        head,
        param_type="COUNT_OF_PARTICIPANTS",
        unit=PARTICIPANTS,
        rows=[(None, [one.events for one in shares])],
        codes=codes,
        analyses=tuple(
            _limits(one, code) for code, one in zip(codes, shares, strict=True) if one.among.value
        ),
    )


def _limits(one: Share, code: str) -> MeasureAnalysis:
    """Exact limits as an estimation of one group: no hypothesis, no p-value."""
    limits = one.limits.value
    assert limits.lower is not None and limits.upper is not None
    return MeasureAnalysis(
        group_ids=(code,),
        group_description=say("report.reg_limits"),
        non_inferiority_type="OTHER",
        non_inferiority_comment=say("report.reg_no_test"),
        param_type=say("report.reg_percentage"),
        param_value=text_of(one.part, number(100 * (one.part.value or Fraction(0)), 1)),
        ci_num_sides="TWO_SIDED",
        ci_pct_value="95",
        ci_lower_limit=text_of(one.limits, number(limits.lower * 100, 1)),
        ci_upper_limit=text_of(one.limits, number(limits.upper * 100, 1)),
        estimate_comment=one.limits.method.source,
    )


def _with(
    head: OutcomeMeasure,
    *,
    param_type: str,
    unit: str,
    rows: Sequence[tuple[str | None, Sequence[Traced[int]]]],
    codes: Sequence[str],
    analyses: tuple[MeasureAnalysis, ...] = (),
) -> OutcomeMeasure:
    return replace(
        head,
        param_type=param_type,
        unit_of_measure=unit,
        classes=tuple(
            MeasureClass(
                title=title,
                categories=(
                    MeasureCategory(
                        measurements=tuple(
                            Measurement(group_id=code, value=text_of(count))
                            for code, count in zip(codes, counts, strict=True)
                        )
                    ),
                ),
            )
            for title, counts in rows
        ),
        analyses=analyses,
    )


def _harms(results: Analysed, outcome: Outcome) -> OutcomeMeasure:
    groups = arms(results)
    head = _head(results, outcome, say("analysis.affected"), [one.harms.at_risk for one in groups])
    if not results.whole.started:
        return head
    lines = [dict(summary(results.cutoff, one.harms)) for one in groups]
    return _with(
        head,
        param_type="COUNT_OF_PARTICIPANTS",
        unit=PARTICIPANTS,
        rows=[
            (say(f"analysis.harm_{name}"), [line[name].affected for line in lines])
            for name in lines[0]
        ],
        codes=ids("OG", groups),
    )


# --- kinetics and survival -------------------------------------------------------------------


def _spread(
    results: Analysed,
    outcome: Outcome,
    title: str,
    read: Callable[[Kinetics], Spread],
    method: str,
    unit: str,
    decimals: int | None,
) -> OutcomeMeasure:
    spreads = [read(one.kinetics) for one in arms(results) if one.kinetics is not None]
    words = say(f"analysis.{method}")
    population = say("analysis.set_evaluable_kinetics_is")
    head = replace(
        _head(results, outcome, words, [one.n for one in spreads], population),
        title=cut(title, _LONGEST_TITLE),
    )
    if not any(one.n.value for one in spreads):
        return head
    return replace(
        head,
        param_type="MEDIAN",
        dispersion_type="Full Range",
        unit_of_measure=unit,
        classes=(
            MeasureClass(
                categories=(
                    MeasureCategory(
                        measurements=tuple(
                            range_of(one, code, decimals)
                            for one, code in zip(spreads, ids("OG", spreads), strict=True)
                        )
                    ),
                )
            ),
        ),
    )


def _further(results: Analysed, outcome: Outcome, place: int) -> OutcomeMeasure:
    name, unit, decimals, read = _KINETICS[place]
    method = {"last_found": "nk_persistence"}.get(name, f"nk_{name}")
    title = say(f"report.reg_nk_{name}")
    measure = _spread(results, outcome, title, read, method, unit, decimals)
    return replace(measure, type="OTHER_PRE_SPECIFIED")


def _survival(results: Analysed, outcome: Outcome) -> OutcomeMeasure:
    groups = arms(results)
    started = [one.course.started for one in groups]
    head = _head(results, outcome, say("analysis.survival"), started)
    if not results.whole.started:
        return head
    return replace(
        head,
        param_type="MEDIAN",
        dispersion_type="95% Confidence Interval",
        unit_of_measure="days",
        classes=(
            MeasureClass(
                categories=(
                    MeasureCategory(
                        measurements=tuple(
                            _median(one, code)
                            for one, code in zip(groups, ids("OG", groups), strict=True)
                        )
                    ),
                )
            ),
        ),
    )


def _median(one: GroupResults, code: str) -> Measurement:
    found = one.survival.median
    values = (found.value.time, found.value.lower, found.value.upper)
    shown = ["NA" if value is None else number(value, 1) for value in values]
    return Measurement(
        group_id=code,
        value=text_of(found, shown[0]),
        lower_limit=text_of(found, shown[1]),
        upper_limit=text_of(found, shown[2]),
        comment=say("report.reg_not_reached") if "NA" in shown else None,
    )


def _not_posted(results: Analysed, outcome: Outcome) -> OutcomeMeasure:
    """An outcome that a person must analyse; expected a year after the cut-off."""
    at = results.cutoff.at.day
    return OutcomeMeasure(
        type=outcome.type,
        title=cut(outcome.title, _LONGEST_TITLE),
        description=say("report.reg_needs_person"),
        reporting_status="NOT_POSTED",
        anticipated_posting_date=f"{at.year + 1}-{at.month:02d}",
        time_frame=_time_frame(outcome),
    )
