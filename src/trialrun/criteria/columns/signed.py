"""Signed judgements: rows of patient, criterion and whether it is met, as a column for each."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import unknown


def signed(
    table: ir.Table, patient: str, judgements: ir.Table | None, codes: Sequence[str]
) -> tuple[ir.Table, dict[str, ir.BooleanValue]]:
    """The table with what was signed, and for each criterion its verdict; null: nobody has signed,
    or two people differ.
    """
    if judgements is None or not codes:
        return table, {code: unknown() for code in codes}
    met = {
        f"{side} {number}": ((judgements.criterion == code) & (judgements.met == (side == "met")))
        .fill_null(False)
        .cast("int64")
        .max()
        for number, code in enumerate(codes)
        for side in ("met", "unmet")
    }
    by_patient = judgements.group_by("patient").agg(**met).rename({"signed for": "patient"})
    joined = table.left_join(by_patient, table[patient] == by_patient["signed for"])
    found: dict[str, ir.BooleanValue] = {}
    for number, code in enumerate(codes):
        yes = joined[f"met {number}"].fill_null(0) > 0
        no = joined[f"unmet {number}"].fill_null(0) > 0
        found[code] = ibis.cases((yes & ~no, True), (no & ~yes, False), else_=unknown())
    return joined, found
