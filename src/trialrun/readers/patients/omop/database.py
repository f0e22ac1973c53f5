"""An OMOP database: a DuckDB file, or a folder of Parquet or CSV files named as its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.errors import InputError, OutsideError
from trialrun.readers.patients.long_form import load_ibis
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.tally import PLACES, Reason, Tally

if TYPE_CHECKING:
    import ibis

# Column types, where they are not text. Every other column that is named below is text.
_INTEGERS = re.compile(r".*_concept_id$|^concept_id(_\d)?$|^(year|month|day)_of_birth$")
_NUMBERS = {"value_as_number", "range_low", "range_high"}
_DATES = re.compile(r".*_date$")
_TIMES = re.compile(r".*_datetime$")

# The tables that are read, and their columns. Any other table of the CDM is left alone.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "person": (
        "person_id", "gender_concept_id", "gender_source_value", "year_of_birth",
        "month_of_birth", "day_of_birth", "birth_datetime", "person_source_value",
    ),
    "death": ("person_id", "death_date"),
    "measurement": (
        "measurement_id", "person_id", "measurement_concept_id", "measurement_source_value",
        "measurement_source_concept_id", "measurement_date", "measurement_datetime",
        "operator_concept_id", "value_as_number", "value_as_concept_id", "value_source_value",
        "unit_concept_id", "unit_source_value", "range_low", "range_high",
    ),
    "observation": (
        "observation_id", "person_id", "observation_concept_id", "observation_source_value",
        "observation_source_concept_id", "observation_date", "observation_datetime",
        "value_as_number", "value_as_string", "value_as_concept_id", "unit_concept_id",
        "unit_source_value",
    ),
    "condition_occurrence": (
        "condition_occurrence_id", "person_id", "condition_concept_id", "condition_source_value",
        "condition_source_concept_id", "condition_start_date", "condition_start_datetime",
    ),
    "procedure_occurrence": (
        "procedure_occurrence_id", "person_id", "procedure_concept_id", "procedure_source_value",
        "procedure_source_concept_id", "procedure_date", "procedure_datetime",
    ),
    "drug_exposure": (
        "drug_exposure_id", "person_id", "drug_concept_id", "drug_source_value",
        "drug_source_concept_id", "drug_exposure_start_date", "drug_exposure_start_datetime",
    ),
    "concept": (
        "concept_id", "concept_name", "vocabulary_id", "concept_code", "standard_concept",
    ),
    "concept_relationship": ("concept_id_1", "concept_id_2", "relationship_id"),
    "concept_ancestor": ("ancestor_concept_id", "descendant_concept_id"),
}  # fmt: skip
EVENTS = (
    "measurement", "observation", "condition_occurrence", "procedure_occurrence", "drug_exposure",
)  # fmt: skip
# A file of a table, plain or with a part's name before it, as ETLs write local concepts.
_FILE = re.compile(r"(?:\d\w?_)?(\w+?)\.(csv|parquet)(\.gz)?\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. A table that is not there is not in `tables`."""

    connection: Any
    tables: Mapping[str, ibis.Table]
    where: str


def files_of(folder: Path) -> dict[str, list[Path]]:
    """The files of a folder by the CDM table that they hold."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        named = _FILE.match(path.name)
        if named is not None and named[1].lower() in COLUMNS:
            found.setdefault(named[1].lower(), []).append(path)
    return found


def open_database(path: Path, tally: Tally) -> Database:
    """Open read-only; raises InputError where there is no person table, or nothing readable.

    Tables that are missing are noted, and so are lines of a CSV file that are no rows.
    """
    ibis = load_ibis()
    try:
        if path.is_dir():
            connection = ibis.duckdb.connect()
            read = {
                name: _from_files(connection, name, files, tally)
                for name, files in files_of(path).items()
            }
            tables = {name: table for name, table in read.items() if table is not None}
        else:
            connection = ibis.duckdb.connect(path, read_only=True)
            tables = _from_catalog(connection)
    except OSError as error:
        raise OutsideError(
            f"the database cannot be opened: {error}",
            where=str(path),
            remedy="Check the name and the permission; no other process may be writing to it.",
        ) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in {"duckdb", "_duckdb", "ibis"}:
            raise
        raise _unreadable(path, error) from error
    if "person" not in tables:
        named = ", ".join(sorted(tables)) or "none of the OMOP tables"
        raise InputError(
            f"this is no OMOP database: it has no table person (found: {named})",
            where=str(path),
            remedy="Give a DuckDB file or a folder with person and the event tables of CDM 5.3 "
            "or 5.4, one CSV or Parquet file each.",
        )
    for name in EVENTS:
        if name not in tables:
            tally.note("no_table", table=name)
    if "concept" not in tables:
        tally.note("no_concepts")
    return Database(connection, tables, str(path))


def rows_of(table: ibis.Table) -> list[dict[str, Any]]:
    """The rows of an expression. Raises InputError where the database cannot give them."""
    try:
        return table.to_pyarrow().to_pylist()  # type: ignore[no-any-return]
    except Exception as error:
        raise _said(error) from error


def scalar(expression: ibis.Scalar) -> int:
    """The whole number that an expression gives; 0 where it gives none."""
    try:
        return int(expression.to_pyarrow().as_py() or 0)
    except Exception as error:
        raise _said(error) from error


def _said(error: Exception) -> Exception:
    """A database's own error as ours; any other is a fault of the program and stays."""
    if type(error).__module__.partition(".")[0] not in {"duckdb", "_duckdb", "pyarrow"}:
        return error
    return _unreadable("", error)


def _unreadable(path: Path | str, error: Exception) -> InputError:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return InputError(
        f"the database cannot be read: {first[:300]}",
        where=str(path),
        remedy="Give a DuckDB file, or a folder of whole Parquet or CSV files.",
    )


def _from_catalog(connection: Any) -> dict[str, ibis.Table]:
    """The CDM tables of a DuckDB file, in its main schema or the first that holds person."""
    catalog = connection.current_catalog
    listed = rows_of(connection.table("tables", database="information_schema"))
    schemas: dict[str, dict[str, str]] = {}
    for one in listed:
        if one["table_catalog"] == catalog:
            named = schemas.setdefault(one["table_schema"], {})
            named[one["table_name"].lower()] = one["table_name"]
    for schema in sorted(schemas, key=lambda one: (one != "main", one)):
        names = schemas[schema]
        if "person" in names:
            return {
                name: _typed(connection.table(names[name], database=(catalog, schema)), name)
                for name in COLUMNS
                if name in names
            }
    return {}


def _from_files(connection: Any, name: str, files: list[Path], tally: Tally) -> ibis.Table | None:
    """The rows of all files of a table; None where no file has a column that is read."""
    parts = []
    for number, path in enumerate(files):
        own = f"{name}_{number}"
        if path.suffix.lower() == ".parquet":
            raw = connection.read_parquet(path, table_name=own)
            parts += [_typed(raw, name)] if _has_columns(raw, name) else []
            continue
        raw = connection.read_csv(
            path, table_name=f"{own}_text", header=True, all_varchar=True, delim=",", quote='"',
            escape='"', ignore_errors=True, store_rejects=True, rejects_table=f"{own}_rejects",
            rejects_scan=f"{own}_scans",
        )  # fmt: skip
        if not _has_columns(raw, name):
            continue  # an empty file
        # Parsed once, and only the columns that are read.
        parts.append(connection.create_table(own, _typed(raw, name), temp=True))
        rejects = connection.table(f"{own}_rejects")
        broken = scalar(rejects.line.nunique())
        if broken:
            tally.take(name, broken)
            lines = rejects.select("line").distinct().order_by("line").limit(PLACES)
            at = [Place(path.name, "line", str(one["line"])) for one in rows_of(lines)]
            tally.leave(name, Reason.BROKEN_LINE, broken, at=at)
            tally.note("broken_line", broken, file=path.name)
    if not parts:
        return None
    table = parts[0]
    for part in parts[1:]:
        table = table.union(part)
    return table


def _has_columns(table: ibis.Table, name: str) -> bool:
    return any(column.lower() in COLUMNS[name] for column in table.columns)


def _typed(table: ibis.Table, name: str) -> ibis.Table:
    """The columns that are read, in lower case, each of its type; what does not fit is null.

    `bad_date` of an event says that a date is written and is none.
    """
    import ibis

    own = {column.lower(): column for column in table.columns}
    columns = {}
    bad: Any = ibis.literal(False)
    for wanted in COLUMNS[name]:
        kind = _kind(wanted)
        if wanted not in own:
            columns[wanted] = ibis.null(kind)
            continue
        column = table[own[wanted]]
        if kind == "string":
            # A whole number stays one: 7, never 7.0.
            number = column.type().is_floating() or column.type().is_decimal()
            whole = column.try_cast("int64") if number else column
            columns[wanted] = whole.cast("string").strip().nullif("")
        else:
            columns[wanted] = column if column.type() == kind else column.try_cast(kind)
        if name in EVENTS and kind in {"date", "timestamp"} and column.type().is_string():
            bad |= (column.strip().nullif("").notnull() & columns[wanted].isnull()).fill_null(False)
    if name in EVENTS:
        columns["bad_date"] = bad
    return table.select(**columns)


def _kind(column: str) -> str:
    if _INTEGERS.match(column):
        return "int64"
    if column in _NUMBERS:
        return "float64"
    if _DATES.match(column):
        return "date"
    return "timestamp" if _TIMES.match(column) else "string"
