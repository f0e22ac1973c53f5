"""Verdicts, counts and the funnel of a population, as expressions that somebody else runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.kleene import Leaf, all_of, any_of, leaves, resolved
from trialrun.criteria.columns.long import leaf_columns as long_leaves
from trialrun.criteria.columns.population import Long, Population
from trialrun.criteria.columns.said import Said, unknown
from trialrun.criteria.columns.signed import signed, with_signed
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
    _by_id: Mapping[str, Said]
    _step: Mapping[str, Said]

    def verdicts(self) -> ir.Table:
        """One row a patient: `patient`, `verdict`, and a column for each criterion; null is
        UNKNOWN, True: does not stand in the way. Whoever executes it names people.
        """
        return self._table.select(
            **{PATIENT: self._table[self._patient], VERDICT: self._verdict().column},
            **{code: said.column for code, said in self._by_id.items()},
        )

    def overall(self) -> ir.Table:
        """How many patients have each verdict: `verdict` (null: UNKNOWN), `patients`."""
        table = self._table.select(**{VERDICT: self._verdict().column})
        return table.group_by(VERDICT).agg(patients=table.count())

    def counts(self) -> ir.Table:
        """One row: `patients`; and for each criterion and step `true CODE` and `false CODE`; others
        are open.
        """
        codes = {**self._by_id, **self._step}
        sides: dict[str, ir.Value] = {}
        for code, said in codes.items():
            sides |= {f"true {code}": said.true, f"false {code}": said.false}
        table = self._table.select(**sides)
        sums = {name: table[name].sum().fill_null(0) for name in sides}
        return table.agg(patients=table.count(), **sums)

    def patterns(self) -> ir.Table:
        """One row for each pattern of verdicts that occurs: a column for each step (null: UNKNOWN),
        and `patients`. One pass over the data; all counts follow from it.
        """
        steps = {code: said.column for code, said in self._step.items()}
        table = self._table.select(**steps)
        return table.group_by(list(steps)).agg(patients=table.count())

    def passing(self) -> ir.Table:
        """Patients by where they first stop: `excluded_at` and `open_at` (the number of the first
        step that is FALSE, that is not TRUE; the number of steps where there is none), `alone`
        (one step only is FALSE), `patients`.
        """
        steps = [self._step[name] for name in self.steps]
        false = [step.false for step in steps]
        none = len(steps)
        table = self._table.select(
            excluded_at=_first(false, none),
            open_at=_first([~ibis.coalesce(step.true, False) for step in steps], none),
            alone=sum((ibis.ifelse(one, 1, 0) for one in false), start=ibis.literal(0)) == 1,
        )
        return table.group_by("excluded_at", "open_at", "alone").agg(patients=table.count())

    def _verdict(self) -> Said:
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
    signatures = population.judgements
    if isinstance(population, Long):
        patient = PATIENT
        people = with_signed(population.people, patient, signatures, codes)
        table, said = long_leaves(replace(population, people=people), asked)
    else:
        patient = population.patient
        rows = with_signed(population.table, patient, signatures, codes)
        table, said = wide_leaves(replace(population, table=rows), asked)
    judged = signed(table, codes)

    conditions: dict[str, Said] = {}
    for one in criteria.top:
        _condition(criteria, one, lambda leaf: said[leaf], judged, conditions)
    by_id = {
        one.id: conditions[one.id] if one.kind == "inclusion" else ~conditions[one.id]
        for one in criteria
    }
    step = {one.code: _combined(one.part, by_id) for one in steps(criteria)}
    return Screen(criteria, tuple(step), table, patient, by_id, step)


def _condition(
    criteria: Criteria,
    one: Criterion,
    leaf: Callable[[Leaf], Said],
    judged: Mapping[str, Said],
    found: dict[str, Said],
) -> Said:
    """The condition of a criterion as written, noted with those below it."""
    below = [_condition(criteria, child, leaf, judged, found) for child in criteria.below(one.id)]
    match one.status:
        case Status.UNREAD | Status.PARTLY:
            condition = unknown()
        case Status.JUDGEMENT:
            condition = judged.get(one.id, unknown())
            condition = condition if one.kind == "inclusion" else ~condition
        case Status.COMPUTABLE:
            parts = [*([] if one.rule is None else [resolved(one.rule, leaf)]), *below]
            condition = any_of(parts) if one.logic == "or" and len(parts) > 1 else all_of(parts)
    found[one.id] = condition
    return condition


def _combined(part: str | Combination, by_id: Mapping[str, Said]) -> Said:
    if isinstance(part, str):
        return by_id[part]
    parts = [_combined(inner, by_id) for inner in part.parts]
    return all_of(parts) if part.logic == "and" else any_of(parts)


def _first(steps: Sequence[ir.BooleanValue], none: int) -> ir.IntegerValue:
    """The number of the first that is TRUE."""
    return ibis.cases(*((step, number) for number, step in enumerate(steps)), else_=none)
