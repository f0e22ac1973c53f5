"""Where a row of an OMOP database stands that became no fact: its table, its key, the column."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from trialrun.readers.patients.omop.events import DATED
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.tally import PLACES, Reason

if TYPE_CHECKING:
    import ibis.expr.types as ir

_KEY = "struct<size: int64, row: string>"
_VALUED = {"measurement": "value_as_number", "observation": "value_as_number"}
_UNITS = {Reason.NO_UNIT, Reason.UNKNOWN_UNIT, Reason.UNFIT_UNIT}
_VALUES = {Reason.NO_VALUE, Reason.BAD_VALUE, Reason.DECIMAL_COMMA}
_DATES = {Reason.NO_DATE, Reason.BAD_DATE}


def first_keys(row: ir.StringColumn) -> ir.Value:
    """The first few keys of a group, as numbers are ordered: 9 before 10."""
    import ibis

    return _least()(ibis.struct({"size": row.length(), "row": row}), PLACES)


def places_of(table: str, reason: Reason, keys: list[dict[str, Any]] | None) -> list[Place]:
    """Places of rows with these keys, in the column where somebody must look."""
    return [
        Place(table, "key", str(one["row"]), _column(table, reason))
        for one in keys or ()
        if one["row"] is not None
    ]


def _column(table: str, reason: Reason) -> str:
    if table == "person":
        return "year_of_birth" if reason in _DATES else ""
    if reason in _DATES:
        return f"{DATED[table]}_date"
    if reason is Reason.NO_PATIENT:
        return "person_id"
    if reason in _UNITS:
        return "unit_concept_id"
    return _VALUED.get(table, "") if reason in _VALUES else ""


@cache
def _least() -> Any:
    """DuckDB's `min` of so many; Ibis has only that of one."""
    import ibis

    def least(one: Any, many: Any) -> Any: ...

    signature = ((_KEY, "int64"), f"array<{_KEY}>")
    return ibis.udf.agg.builtin(least, name="min", signature=signature)
