"""Drawn people as tables, and what the columns engine says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from support.backends import DUCKDB, Backend
from trialrun.criteria.columns.population import Columns, Dated, Facts, Long, Population, Wide
from trialrun.criteria.columns.screen import Screen, screen
from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.nodes import Node
from trialrun.readers.patients.long_form import FACTS, facts_schema, row_of
from trialrun.values.moment import Moment
from trialrun.values.truth import Truth, of
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

People = Mapping[str, Sequence[Fact]]
PATIENTS = pa.schema([("patient", pa.string())])


def table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema, backend: Backend = DUCKDB) -> Any:
    """Rows as an Ibis table."""
    return backend.table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema))


def fact_rows(patient: str, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Facts as the readers write them."""
    return [dict(zip(FACTS, row_of(patient, fact), strict=True)) for fact in facts]


def to_days(fact: Fact) -> Fact:
    """The fact, known to its (first) day and no better."""
    return replace(fact, at=Moment(fact.at.day.isoformat()))


def long(
    people: People, *, backend: Backend = DUCKDB, exact_days: bool = False, **options: Any
) -> Long:
    """The long form. `exact_days`: without the columns that say that a date may be vague."""
    names = [name for name in FACTS if not (exact_days and name in {"last_day", "instant"})]
    rows = [
        {name: row[name] for name in names}
        for patient, facts in people.items()
        for row in fact_rows(patient, facts)
    ]
    schema = pa.schema([facts_schema().field(name) for name in names])
    facts = Facts(table=table(rows, schema, backend))
    everybody = table([{"patient": patient} for patient in people], PATIENTS, backend)
    return Long(facts=[facts], people=everybody, **options)


def wide(people: People, *, backend: Backend = DUCKDB, **options: Any) -> Wide:
    """The wide form, of people with at most one fact of a variable."""
    names = sorted({fact.variable for facts in people.values() for fact in facts})
    schema: dict[str, pa.DataType] = {"patient": pa.string()}
    columns: dict[str, Columns] = {}
    for name in names:
        kind = variables()[name].kind
        types = {Kind.BOOLEAN: pa.bool_(), Kind.CODED: pa.string(), Kind.DATE: pa.string()}
        schema |= {
            f"{name}_{field.name}": field.type
            for field in facts_schema()
            if field.name not in {"patient", "variable", "value", "text", "id"}
        }
        schema[name] = types.get(kind, pa.float64())
        columns[name] = Columns(
            value=name, unit=f"{name}_unit", comparator=f"{name}_comparator", low=f"{name}_low",
            high=f"{name}_high",
            at=Dated(
                first_day=f"{name}_first_day", last_day=f"{name}_last_day",
                instant=f"{name}_instant",
            ),
        )  # fmt: skip
    rows = []
    for patient, facts in people.items():
        row: dict[str, Any] = {"patient": patient}
        for fact, given in zip(facts, fact_rows(patient, facts), strict=True):
            value = given["value"] if given["text"] is None else given["text"]
            boolean = variables()[fact.variable].kind is Kind.BOOLEAN
            row |= {f"{fact.variable}_{part}": given[part] for part in given}
            row[fact.variable] = bool(value) if boolean else value
        rows.append({name: row.get(name) for name in schema})
    own = table(rows, pa.schema(list(schema.items())), backend)
    return Wide(table=own, columns=columns, **options)


def criteria_of(rules: Sequence[Node]) -> Criteria:
    """Rules as criteria I1, I2, …, all inclusions: the verdict is the condition."""
    return Criteria(
        all=tuple(
            Criterion(
                id=f"I{number}", kind="inclusion", text="drawn", status=Status.COMPUTABLE, rule=rule
            )
            for number, rule in enumerate(rules, 1)
        )
    )


def rows_of(expression: Any, backend: Backend = DUCKDB) -> list[dict[str, Any]]:
    """The rows of an expression."""
    result: list[dict[str, Any]] = backend.run(expression).to_pylist()
    return result


def truths(screened: Screen, backend: Backend = DUCKDB) -> dict[str, dict[str, Truth]]:
    """By patient and criterion, what the engine says; the whole is `verdict`."""
    return {
        row["patient"]: {name: of(value) for name, value in row.items() if name != "patient"}
        for row in rows_of(screened.verdicts(), backend)
    }


def answers(
    rules: Sequence[Node], population: Population, backend: Backend = DUCKDB
) -> dict[str, list[Truth]]:
    """By patient, the truth of each rule."""
    found = truths(screen(criteria_of(rules), population), backend)
    codes = [f"I{number}" for number in range(1, len(rules) + 1)]
    return {patient: [row[code] for code in codes] for patient, row in found.items()}
