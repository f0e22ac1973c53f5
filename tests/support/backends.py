"""The databases that the columns engine runs on, each opened once and gone with the tests."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

INSTALL = "python -m pip install --require-hashes -r requirements/engines.txt"


@contextmanager
def others_warnings() -> Iterator[None]:
    """PySpark 4.3 warns of pandas 3 at every query, and the server of a missing login session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Backend(Protocol):
    """Where tables are, and what runs expressions on them."""

    connection: Any

    def table(self, rows: pa.Table, name: str | None = None) -> Any:
        """Rows as an Ibis table there; without a name, one of its own."""

    def run(self, expression: Any) -> pa.Table:
        """The rows of an expression."""


class DuckDB:
    """In memory, in this process."""

    def __init__(self) -> None:
        self.connection = ibis.duckdb.connect(threads=1)

    def table(self, rows: pa.Table, name: str | None = None) -> Any:
        if name is None:
            return ibis.memtable(rows)
        return self.connection.create_table(name, rows, overwrite=True)

    def run(self, expression: Any) -> pa.Table:
        return self.connection.to_pyarrow(expression)


class PostgreSQL:
    """A server of its own in a temporary folder. Rows go in by COPY: Ibis' `create_table` would
    take rows from memory through a temporary table (Ibis issues 12101 and 12124).
    """

    def __init__(self) -> None:
        try:
            import pgserver
            import psycopg
        except ModuleNotFoundError as error:
            pytest.fail(f"PostgreSQL for the tests is not installed ({error}): {INSTALL}")
        folder = tempfile.mkdtemp(prefix="trialrun-postgresql-")
        server = pgserver.get_server(folder, cleanup_mode="delete")
        atexit.register(server.cleanup)
        address = server.get_uri()
        self._names = count()
        self._loading = psycopg.connect(address, autocommit=True)
        self.connection = ibis.connect(address.replace("postgresql://", "postgres://"))

    def table(self, rows: pa.Table, name: str | None = None) -> Any:
        name = name or f"t{next(self._names)}"
        columns = ", ".join(f'"{field.name}" {_sql(field.type)}' for field in rows.schema)
        self._loading.execute(f"create table {name} ({columns})")
        with self._loading.cursor().copy(f"copy {name} from stdin") as copy:
            for row in rows.to_pylist():
                copy.write_row(tuple(row.values()))
        return self.connection.table(name)

    def run(self, expression: Any) -> pa.Table:
        return self.connection.to_pyarrow(expression)


def _sql(kind: pa.DataType) -> str:
    for is_kind, name in (
        (pa.types.is_string, "text"), (pa.types.is_float64, "double precision"),
        (pa.types.is_boolean, "boolean"), (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "timestamptz"),
    ):  # fmt: skip
        if is_kind(kind):
            return name
    raise AssertionError(kind)


class Spark:
    """A session on two threads of this machine. Rows go in as Parquet files, as above."""

    def __init__(self) -> None:
        if shutil.which("java") is None:
            pytest.fail("Spark needs Java 17 or newer, and there is no `java` on the PATH")
        try:
            from pyspark.sql import SparkSession
        except ModuleNotFoundError as error:
            pytest.fail(f"Spark for the tests is not installed ({error}): {INSTALL}")
        self._folder = Path(tempfile.mkdtemp(prefix="trialrun-spark-"))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        builder = SparkSession.builder.master("local[2]")
        for setting, value in {
            "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
            "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "1",
            # a thousand generated rules leave more plans and classes than Java's 1 GB holds
            "spark.driver.memory": "4g",
            "spark.sql.warehouse.dir": str(self._folder / "warehouse"),
        }.items():  # fmt: skip
            builder = builder.config(setting, value)
        session = builder.getOrCreate()
        # Rules by the dozen outgrow one Java method; Spark says so as an error, and goes on.
        session.sparkContext.setLogLevel("FATAL")
        atexit.register(session.stop)
        self._names = count()
        self.connection = ibis.pyspark.connect(session)

    def table(self, rows: pa.Table, name: str | None = None) -> Any:
        name = name or f"t{next(self._names)}"
        path = self._folder / f"{name}.parquet"
        pq.write_table(rows, path)
        return self.connection.read_parquet(path, table_name=name)

    def run(self, expression: Any) -> pa.Table:
        with others_warnings():
            return self.connection.to_pyarrow(expression)


DUCKDB = DuckDB()
_OPENED: Mapping[str, Callable[[], Backend]] = {
    "duckdb": lambda: DUCKDB,
    "postgresql": cache(PostgreSQL),
    "spark": cache(Spark),
}
# For `parametrize`: the others run in `make test-all` only.
ANYWHERE = [
    "duckdb",
    pytest.param("postgresql", marks=pytest.mark.slow),
    pytest.param("spark", marks=pytest.mark.slow),
]


def opened(name: str) -> Backend:
    """The database of this name; a test fails, with what to do, where it cannot be opened."""
    with others_warnings():
        return _OPENED[name]()
