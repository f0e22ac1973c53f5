"""Signed judgements: rows of patient, criterion and whether it is met, as a column for each."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from trialrun.criteria.columns.said import Said, unknown


def with_signed(
    table: ir.Table, patient: str, judgements: ir.Table | None, codes: Sequence[str]
) -> ir.Table:
    """The people beside what was signed for each of these criteria."""
    if judgements is None or not codes:
        return table
    met = {
        f"{side} {number}": ((judgements.criterion == code) & (judgements.met == (side == "met")))
        .fill_null(False)
        .cast("int32")
        .max()
        for number, code in enumerate(codes)
        for side in ("met", "unmet")
    }
    by_patient = judgements.group_by("patient").agg(**met).rename({"signed for": "patient"})
    joined = table.left_join(by_patient, table[patient] == by_patient["signed for"])
    return joined.drop("signed for").view()


def signed(table: ir.Table, codes: Sequence[str]) -> dict[str, Said]:
    """For each criterion its verdict; UNKNOWN where nobody has signed, or two people differ."""
    found: dict[str, Said] = {}
    for number, code in enumerate(codes):
        if f"met {number}" not in table.columns:
            found[code] = unknown()
            continue
        yes = table[f"met {number}"].fill_null(0) > 0
        no = table[f"unmet {number}"].fill_null(0) > 0
        found[code] = Said(yes & ~no, no & ~yes)
    return found
