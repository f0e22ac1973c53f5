"""Facts as rows: the long form that the population engine reads, in Arrow and Parquet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.errors import MissingExtra
from trialrun.readers.patients.patient import Patient
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    import ibis
    import pyarrow

# The columns of `facts`, in their order, and of `people`.
FACTS = (
    "patient", "variable", "value", "text", "unit", "comparator", "first_day", "last_day",
    "instant", "low", "high", "id",
)  # fmt: skip
PEOPLE = ("patient", "died")
_BATCH = 50_000  # rows a row group

Row = tuple[
    str, str, float | None, str | None, str | None, str, date, date, datetime | None,
    float | None, float | None, str,
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All patients at once, as two Ibis tables on one connection.

    `facts` has one row a fact: `value` is the number, the level, or 1 and 0; `text` the coded
    value or the date; `first_day` and `last_day` what the moment may be; `instant` in UTC where
    the time of day is known. `people` has one row a patient, and the date of death as text.
    """

    facts: ibis.Table
    people: ibis.Table


def row_of(patient: str, fact: Fact) -> Row:
    """One fact as a row. Numbers are doubles: a decimal of up to 15 digits comes back as it was."""
    number, text = None, None
    match variable(fact.variable).kind:
        case Kind.QUANTITY | Kind.ORDINAL:
            number = float(Decimal(fact.value))
        case Kind.BOOLEAN:
            number = 1.0 if fact.present else 0.0
        case Kind.CODED | Kind.DATE:
            text = fact.value
    return (
        patient,
        fact.variable,
        number,
        text,
        fact.unit,
        fact.comparator,
        fact.at.day,
        fact.at.last_day,
        fact.at.instant,
        None if fact.low is None else float(Decimal(fact.low)),
        None if fact.high is None else float(Decimal(fact.high)),
        fact.id,
    )


def write_population(patients: Iterable[Patient], folder: Path) -> Population:
    """Write patients into `facts.parquet` and `people.parquet` of the folder, and open both.

    Patients are taken one by one. Raises MissingExtra without Ibis, DuckDB and Arrow.
    """
    ibis = load_ibis()
    import pyarrow.parquet as parquet

    facts_path, people_path = folder / "facts.parquet", folder / "people.parquet"
    with (
        parquet.ParquetWriter(facts_path, facts_schema()) as facts,
        parquet.ParquetWriter(people_path, people_schema()) as people,
    ):
        rows: list[Row] = []
        persons: list[tuple[str, str]] = []
        for patient in patients:
            persons.append((patient.code, patient.died))
            rows.extend(row_of(patient.code, fact) for fact in patient.facts)
            if len(rows) >= _BATCH or len(persons) >= _BATCH:
                facts.write_table(_table(rows, facts_schema()))
                people.write_table(_table(persons, people_schema()))
                rows, persons = [], []
        facts.write_table(_table(rows, facts_schema()))
        people.write_table(_table(persons, people_schema()))
    connection = ibis.duckdb.connect()
    return Population(
        facts=connection.read_parquet(facts_path, table_name="facts"),
        people=connection.read_parquet(people_path, table_name="people"),
    )


def facts_schema() -> pyarrow.Schema:
    """The Arrow types of `facts`."""
    import pyarrow as pa

    kinds = {
        "value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "first_day": pa.date32(),
        "last_day": pa.date32(), "instant": pa.timestamp("us", tz="UTC"),
    }  # fmt: skip
    return pa.schema([(name, kinds.get(name, pa.string())) for name in FACTS])


def people_schema() -> pyarrow.Schema:
    """The Arrow types of `people`."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in PEOPLE])


def load_ibis() -> Any:
    """The ibis module with DuckDB, or the sentence that says how to get it."""
    try:
        import duckdb  # noqa: F401
        import ibis
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "reading populations, OMOP and Parquet needs Ibis and DuckDB, which are not installed",
            remedy="Install them with: pip install 'trialrun[population]'",
        ) from error
    return ibis


def _table(rows: list[Any], schema: pyarrow.Schema) -> pyarrow.Table:
    import pyarrow as pa

    columns: Iterator[tuple[Any, ...]] = zip(*rows, strict=True)
    listed = list(columns) or [() for _ in schema.names]
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(listed, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
