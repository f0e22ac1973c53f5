"""The facts of a simulated population as Parquet, long form: a row a fact.

Columns: patient, variable, value, text, unit, comparator, first_day, last_day, instant, low, high,
id; the columns engine reads the same ones.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialrun.errors import MissingExtra
from trialrun.readers.patients.long_form import facts_schema
from trialrun.rehearse.screening_population.long_form import Rows, long_rows
from trialrun.rehearse.screening_population.person import SCREENING
from trialrun.rehearse.screening_population.population import Batch, batches
from trialrun.study.population_database import INSTALL
from trialrun.values.moment import Moment

if TYPE_CHECKING:
    import pyarrow as pa

_ZERO = np.datetime64(SCREENING.isoformat(), "D")
_BATCH = 20_000


def write_facts(seed: int, count: int, folder: Path, done: Callable[[int], None]) -> int:
    """Write `SIMULATED-facts.parquet`; returns how many facts. `done` is told the people."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra("PyArrow is not installed", remedy=f"Install it: {INSTALL}") from error
    written = 0
    writer: Any = None
    try:
        for batch in batches(seed, count, size=_BATCH):
            tables = [_people(batch), *(_table(rows) for rows in long_rows(batch))]
            table = pa.concat_tables(tables).cast(facts_schema())
            if writer is None:
                path = folder / "SIMULATED-facts.parquet"
                writer = parquet.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            written += table.num_rows
            done(batch.first - 1 + len(batch.birth))
    finally:
        if writer is not None:
            writer.close()
    return written


def _codes(numbers: Any) -> Any:
    from pyarrow import compute

    digits = compute.utf8_lpad(compute.cast(numbers, "string"), width=7, padding="0")
    return compute.binary_join_element_wise("SIM-", digits, "")


def _dates(rows: Rows) -> tuple[Any, Any]:
    days = _ZERO + rows.day.astype("timedelta64[D]")
    months = days.astype("datetime64[M]")
    first = np.where(rows.month, months.astype("datetime64[D]"), days)
    after = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    return first, np.where(rows.month, after - np.timedelta64(1, "D"), days)


def _table(rows: Rows) -> pa.Table:
    import pyarrow as pa

    many = len(rows.person)
    first, last = _dates(rows)
    minutes = first.astype("datetime64[m]") + rows.minute.astype("timedelta64[m]")
    patient = _codes(pa.array(rows.person))
    name = rows.variable.replace("_", "-")
    end = f"-{name}" if rows.unit is None else f"-{name}-{rows.visit}"
    return pa.table(
        {
            "patient": patient,
            "variable": pa.repeat(rows.variable, many),
            "value": pa.array(rows.value),
            "text": pa.nulls(many, pa.string()),
            "unit": pa.nulls(many, pa.string())
            if rows.unit is None
            else pa.repeat(rows.unit, many),
            "comparator": pa.array(["", "<", ">"]).take(pa.array(rows.comparator)),
            "first_day": pa.array(first.astype("datetime64[D]")),
            "last_day": pa.array(last.astype("datetime64[D]")),
            "instant": pa.array(
                minutes.astype("datetime64[us]"), mask=rows.minute < 0, type=pa.timestamp("us")
            ),
            "low": pa.array(rows.low, mask=np.isnan(rows.low)),
            "high": pa.array(rows.high, mask=np.isnan(rows.high)),
            "id": pa.compute.binary_join_element_wise(patient, end, ""),
        }
    )


def _people(batch: Batch) -> pa.Table:
    """Sex and birth date."""
    import pyarrow as pa

    many = len(batch.birth)
    numbers = pa.array(range(batch.first, batch.first + many))
    codes = _codes(numbers)
    born = [Moment(text) for text in batch.birth]
    first, last = [one.day for one in born], [one.last_day for one in born]
    sexes = ["male" if male else "female" for male in batch.male.tolist()]
    joined = pa.compute.binary_join_element_wise
    return pa.table(
        {
            "patient": pa.concat_arrays([codes, codes]),
            "variable": pa.array(["sex"] * many + ["birth_date"] * many),
            "value": pa.nulls(2 * many, pa.float64()),
            "text": pa.array([*sexes, *batch.birth]),
            "unit": pa.nulls(2 * many, pa.string()),
            "comparator": pa.repeat("", 2 * many),
            "first_day": pa.array([*first, *first]),
            "last_day": pa.array([*last, *last]),
            "instant": pa.nulls(2 * many, pa.timestamp("us")),
            "low": pa.nulls(2 * many, pa.float64()),
            "high": pa.nulls(2 * many, pa.float64()),
            "id": pa.concat_arrays([joined(codes, "-sex", ""), joined(codes, "-birth", "")]),
        }
    )
