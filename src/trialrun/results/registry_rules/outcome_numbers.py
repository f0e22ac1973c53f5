"""Rules O on the numbers of outcome measures, and rules A on their analyses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from trialrun.record.model import Study
from trialrun.record.results_section import MeasureAnalysis, Measurement, OutcomeMeasure
from trialrun.results.registry_rules.cells import (
    analysed,
    decimal_of,
    is_na,
    measurements,
    started,
    whole_of,
)
from trialrun.results.registry_rules.outcomes import posted
from trialrun.results.registry_rules.rule import Level, Rule


def _cells(study: Study) -> Iterator[tuple[str, OutcomeMeasure, Measurement]]:
    for where, one in posted(study):
        for _, cell in measurements(one.classes):
            yield where, one, cell


def ordered(study: Study) -> Iterator[str]:
    for where, _, cell in _cells(study):
        value, spread = decimal_of(cell.value), decimal_of(cell.spread)
        lower, upper = decimal_of(cell.lower_limit), decimal_of(cell.upper_limit)
        if spread is not None and spread < 0:
            yield f"{where}: spread {cell.spread}"
        low = lower is not None and value is not None and lower > value
        high = upper is not None and value is not None and upper < value
        if low or high:
            yield f"{where}: {cell.value} ({cell.lower_limit} to {cell.upper_limit})"


def explained_na(study: Study) -> Iterator[str]:
    for where, _, cell in _cells(study):
        if (is_na(cell.value) or is_na(cell.spread)) and not cell.comment:
            yield f"{where}, {cell.group_id}"


def explained_limits(study: Study) -> Iterator[str]:
    for where, _, cell in _cells(study):
        if (is_na(cell.lower_limit) or is_na(cell.upper_limit)) and not cell.comment:
            yield f"{where}, {cell.group_id}"


def counts(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        if one.param_type != "COUNT_OF_PARTICIPANTS":
            continue
        default = analysed(one.denoms)
        for inside, cell in measurements(one.classes):
            of = (analysed(inside.denoms) or default or {}).get(cell.group_id or "")
            value = whole_of(cell.value)
            if is_na(cell.value):
                continue
            if value is None or value < 0 or (of is not None and value > of):
                yield f"{where}, {cell.group_id}: {cell.value} of {of}"


def no_more_than_started(study: Study) -> Iterator[str]:
    begun = started(study)
    for where, one in posted(study):
        for group, count in (analysed(one.denoms) or {}).items():
            if begun is not None and count > begun:
                yield f"{where}, {group}: {count} of {begun}"


def fewer_explained(study: Study) -> Iterator[str]:
    begun = started(study)
    for where, one in posted(study):
        by_group = analysed(one.denoms)
        if begun is None or by_group is None or one.population_description:
            continue
        if sum(by_group.values()) < begun:
            yield f"{where}: {sum(by_group.values())} of {begun}"


def zero_explained(study: Study) -> Iterator[str]:
    for where, one in posted(study):
        by_group = analysed(one.denoms) or {}
        if 0 in by_group.values() and not one.population_description:
            yield where


# --- analyses --------------------------------------------------------------------------------


def _analyses(study: Study) -> Iterator[tuple[str, MeasureAnalysis]]:
    for where, one in posted(study):
        for place, analysis in enumerate(one.analyses):
            yield f"{where}, analysis {place + 1}", analysis


def complete(study: Study) -> Iterator[str]:
    for where, one in _analyses(study):
        says = one.p_value or one.param_value or one.other_analysis_description
        if not one.group_ids or not one.non_inferiority_type or not says:
            yield where


def p_values(study: Study) -> Iterator[str]:
    for where, one in _analyses(study):
        if not one.p_value:
            continue
        value = decimal_of(one.p_value)
        if value is None or not 0 <= value <= 1 or not one.statistical_method:
            yield f"{where}: p {one.p_value}, {one.statistical_method}"


def both_limits(study: Study) -> Iterator[str]:
    for where, one in _analyses(study):
        if one.ci_num_sides != "TWO_SIDED":
            continue
        lower = one.ci_lower_limit and (not is_na(one.ci_lower_limit) or one.ci_lower_limit_comment)
        upper = one.ci_upper_limit and (not is_na(one.ci_upper_limit) or one.ci_upper_limit_comment)
        if not (lower and upper):
            yield where


def inside_limits(study: Study) -> Iterator[str]:
    for where, one in _analyses(study):
        value = decimal_of(one.param_value)
        lower = _or(decimal_of(one.ci_lower_limit), value)
        upper = _or(decimal_of(one.ci_upper_limit), value)
        if value is None or lower is None or upper is None or lower <= value <= upper:
            continue
        yield f"{where}: {value} ({lower} to {upper})"


def _or(value: Decimal | None, otherwise: Decimal | None) -> Decimal | None:
    return otherwise if value is None else value


def margins(study: Study) -> Iterator[str]:
    for where, one in _analyses(study):
        kind = one.non_inferiority_type or ""
        if kind in {"NON_INFERIORITY", "EQUIVALENCE"} and not one.non_inferiority_comment:
            yield where


RULES = (
    Rule("O9", Level.ERROR, "AR", ordered),
    Rule("O10", Level.ERROR, "DED", explained_na),
    Rule("O11", Level.ERROR, "AR", counts),
    Rule("O12", Level.ERROR, "AR", no_more_than_started),
    Rule("O13", Level.ERROR, "DED", fewer_explained),
    Rule("O14", Level.ERROR, "PRS", zero_explained),
    Rule("O19", Level.ERROR, "DED", explained_limits),
    Rule("A1", Level.ERROR, "DED", complete),
    Rule("A2", Level.ERROR, "DED", p_values),
    Rule("A3", Level.ERROR, "DED", both_limits),
    Rule("A4", Level.WARNING, "AR", inside_limits),
    Rule("A5", Level.ERROR, "DED", margins),
)
