"""Tables in CSV files become one DuckDB database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trialrun.errors import MissingExtra

INSTALL = 'pip install "trialrun[population]"'


def write_database(
    path: Path, folder: Path, tables: Mapping[str, tuple[tuple[str, str], ...]]
) -> None:
    """Load `NAME.csv` of each table into a new database; columns are (name, type)."""
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("DuckDB is not installed", remedy=f"Install it: {INSTALL}") from error
    with duckdb.connect(str(path)) as database:
        for name, columns in tables.items():
            described = ", ".join(f"{column} {kind}" for column, kind in columns)
            database.execute(f"CREATE TABLE {name} ({described})")
            source = str(folder / f"{name}.csv").replace("'", "''")
            database.execute(f"COPY {name} FROM '{source}' (FORMAT csv, HEADER true)")
