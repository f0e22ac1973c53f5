"""Verdicts, counts and the funnel of a population, as expressions that somebody else runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import unknown
from trialrun.criteria.columns.kleene import Leaf, all_of, any_of, leaves, ones, resolved
from trialrun.criteria.columns.long import leaf_columns as long_leaves
from trialrun.criteria.columns.population import Long, Population
from trialrun.criteria.columns.signed import signed
from trialrun.criteria.columns.wide import leaf_columns as wide_leaves
from trialrun.criteria.criterion import Combination, Criteria, Criterion, Status
from trialrun.criteria.steps import steps

PATIENT, VERDICT = "patient", "verdict"


@dataclass(frozen=True, slots=True)
class Screen:
    """The criteria on a population. Nothing runs until one of its tables is executed.

    `steps` are the codes of what a patient must pass, in the order of `criteria.steps`.
    """

    criteria: Criteria
    steps: tuple[str, ...]
    _table: ir.Table
    _patient: str
    _by_id: Mapping[str, ir.BooleanValue]
    _step: Mapping[str, ir.BooleanValue]

    def verdicts(self) -> ir.Table:
        """One row a patient: `patient`, `verdict`, and a column for each criterion; null is
        UNKNOWN, True: does not stand in the way. Whoever executes it names people.
        """
        return self._table.select(
            **{PATIENT: self._table[self._patient], VERDICT: self._verdict()}, **self._by_id
        )

    def overall(self) -> ir.Table:
        """How many patients have each verdict: `verdict` (null: UNKNOWN), `patients`."""
        table = self._table.select(**{VERDICT: self._verdict()})
        return table.group_by(VERDICT).agg(patients=table.count())

    def counts(self) -> ir.Table:
        """One row: `patients`; and for each criterion and step `true CODE` and `false CODE`; others
        are open.
        """
        codes = {**self._by_id, **self._step}
        table = self._table.select(**codes)
        columns: dict[str, ir.Value] = {"patients": table.count()}
        for code in codes:
            columns[f"true {code}"] = ones(table[code]).sum().fill_null(0)
            columns[f"false {code}"] = ones(~table[code]).sum().fill_null(0)
        return table.agg(**columns)

    def patterns(self) -> ir.Table:
        """One row for each pattern of verdicts that occurs: a column for each step (null: UNKNOWN),
        and `patients`. One pass over the data; all counts follow from it.
        """
        table = self._table.select(**self._step)
        return table.group_by(list(self._step)).agg(patients=table.count())

    def passing(self) -> ir.Table:
        """Patients by where they first stop: `excluded_at` and `open_at` (the number of the first
        step that is FALSE, that is not TRUE; the number of steps where there is none), `alone`
        (one step only is FALSE), `patients`.
        """
        table = self._table.select(**self._step)
        steps = [table[name] for name in self.steps]
        false = [~step for step in steps]
        none = len(steps)
        table = table.select(
            excluded_at=_first(false, none),
            open_at=_first([~step.fill_null(False) for step in steps], none),
            alone=sum((ones(one) for one in false), start=ibis.literal(0)) == 1,
        )
        return table.group_by("excluded_at", "open_at", "alone").agg(patients=table.count())

    def _verdict(self) -> ir.BooleanValue:
        return all_of([self._step[name] for name in self.steps])


def screen(criteria: Criteria, population: Population) -> Screen:
    """The criteria on a population, by the columns engine."""
    asked = [
        leaf
        for one in criteria
        if one.rule is not None and one.status is Status.COMPUTABLE
        for leaf in leaves(one.rule)
    ]
    codes = [one.id for one in criteria if one.status is Status.JUDGEMENT]
    if isinstance(population, Long):
        patient = PATIENT
        table, names = long_leaves(population, asked)
    else:
        patient = population.patient
        table, names = wide_leaves(population, asked)
    table, judged = signed(table, patient, population.judgements, codes)

    def leaf(one: Leaf) -> ir.BooleanValue:
        return table[names[one]]

    conditions: dict[str, ir.BooleanValue] = {}
    for one in criteria.top:
        _condition(criteria, one, leaf, judged, conditions)
    by_id = {
        one.id: conditions[one.id] if one.kind == "inclusion" else ~conditions[one.id]
        for one in criteria
    }
    step = {one.code: _combined(one.part, by_id) for one in steps(criteria)}
    return Screen(criteria, tuple(step), table, patient, by_id, step)


def _condition(
    criteria: Criteria,
    one: Criterion,
    leaf: Callable[[Leaf], ir.BooleanValue],
    judged: Mapping[str, ir.BooleanValue],
    found: dict[str, ir.BooleanValue],
) -> ir.BooleanValue:
    """The condition of a criterion as written, noted with those below it."""
    below = [_condition(criteria, child, leaf, judged, found) for child in criteria.below(one.id)]
    match one.status:
        case Status.UNREAD | Status.PARTLY:
            condition: ir.BooleanValue = unknown()
        case Status.JUDGEMENT:
            condition = judged.get(one.id, unknown())
            condition = condition if one.kind == "inclusion" else ~condition
        case Status.COMPUTABLE:
            parts = [*([] if one.rule is None else [resolved(one.rule, leaf)]), *below]
            condition = any_of(parts) if one.logic == "or" and len(parts) > 1 else all_of(parts)
    found[one.id] = condition
    return condition


def _combined(part: str | Combination, by_id: Mapping[str, ir.BooleanValue]) -> ir.BooleanValue:
    if isinstance(part, str):
        return by_id[part]
    parts = [_combined(inner, by_id) for inner in part.parts]
    return all_of(parts) if part.logic == "and" else any_of(parts)


def _first(steps: Sequence[ir.BooleanValue], none: int) -> ir.IntegerValue:
    """The number of the first that is TRUE."""
    return ibis.cases(*((step, number) for number, step in enumerate(steps)), else_=none)
