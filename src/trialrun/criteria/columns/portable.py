"""What Ibis writes differently for each database, said so that all of them understand it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir


@ibis.udf.agg.builtin(name="bit_or", signature=(("int64",), "int64"))
def _bit_or(column):  # type: ignore[no-untyped-def]
    """DuckDB, PostgreSQL and Spark have it by this name; Ibis 12 has no rule for it on Spark."""


def bit_or(column: ir.IntegerValue) -> ir.IntegerValue:
    """All bits of a column."""
    return _bit_or(column)


def total(column: ir.IntegerValue) -> ir.IntegerValue:
    """The sum as a whole number that has bits: PostgreSQL's is a decimal, DuckDB's has 128."""
    return column.sum().cast("decimal(38, 0)").cast("int64")
