"""What stands beside the rows of the long form: baselines, and the inputs of computed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.bases import WINDOW, Base, Own, comparators, kinds, signed_against
from trialrun.criteria.columns.computed import staged
from trialrun.criteria.columns.contenders import with_contenders
from trialrun.criteria.columns.inputs import Input, Taking, candidate, taken
from trialrun.criteria.columns.population import Long
from trialrun.criteria.columns.rows import Rows, owned, rows_of
from trialrun.criteria.columns.scaled import scaled
from trialrun.criteria.nodes import Comparison, Window
from trialrun.vocabulary.table import variables


def with_bases(rows: Rows, atoms: Sequence[Comparison]) -> tuple[Rows, Base | None]:
    """The rows beside what may be the patient's baseline, compared for each of these atoms."""
    if not atoms or WINDOW.anchor not in rows.anchors:
        return rows, None
    rows, bases, ends = _bases(rows, list(dict.fromkeys(atom.variable for atom in atoms)))
    joined = rows.table.left_join(bases, ["patient", "code"]).drop("patient_right", "code_right")
    joined = joined.view()
    signs, by_atom = signed_against(joined, atoms, lambda _, kind: joined[f"own {kind}"], ends)
    joined = staged(joined, signs)
    return rows.of(joined), Base(by_atom, "base usable")


def with_own(
    table: ir.Table, population: Long, names: Sequence[str]
) -> tuple[ir.Table, Mapping[str, Own]]:
    """The people beside what may be their baseline of these variables."""
    found: dict[str, Own] = {}
    if not names or WINDOW.anchor not in population.anchors:
        return table, found
    for facts, own in owned(population.facts, list(names)):
        rows, bases, ends = _bases(rows_of(facts, population, own, {WINDOW.anchor}), own)
        for name in own:
            mine = bases.filter(bases.code == rows.codes[name]).drop("code")
            renamed = {f"{name} {column}": column for column in mine.columns if column != "patient"}
            table = table.left_join(mine.rename(renamed), "patient").drop("patient_right")
            found[name] = Own(
                {
                    (kind, comparator): [f"{name} {end}" for end in both]
                    for (kind, comparator), both in ends.items()
                    if kind < len(kinds(variables()[name]))
                },
                f"{name} base usable",
            )
    return table.view() if found else table, found


def _bases(
    rows: Rows, names: Sequence[str]
) -> tuple[Rows, ir.Table, dict[tuple[int, str], tuple[str, str]]]:
    """The rows with their numbers in each kind of unit; and by patient and variable the least and
    the greatest number that may be the baseline, by kind and comparator, in columns so named.
    """
    most = max(len(kinds(variables()[name])) for name in names)
    own = {f"own {kind}": _in_kind(rows, names, kind) for kind in range(most)}
    rows = rows.of(staged(rows.table, own))
    mine = rows.only(names)
    table, contenders = with_contenders(mine.table, mine.at, mine.anchors, [(WINDOW, "latest")])
    mine = mine.of(table.view())
    contends, known = contenders.of(mine.table, WINDOW, "latest")
    said = mine.cell.comparator
    said = ibis.literal("") if said is None else said.fill_null("")
    numbers = [mine.table[f"own {kind}"] for kind in range(most)]
    usable = ibis.coalesce(*numbers).notnull()
    columns: dict[str, ir.Value] = {
        "base bad": ibis.ifelse(contends & ~usable, 1, 0).max(),
        "base known": known.cast("int32").max(),
    }
    ends: dict[tuple[int, str], tuple[str, str]] = {}
    for kind, number in enumerate(numbers):
        for place, comparator in enumerate(comparators(mine.cell)):
            value = ibis.ifelse(contends & (said == comparator), number, ibis.null("float64"))
            low, high = f"base {kind} {place} low", f"base {kind} {place} high"
            columns |= {low: value.min(), high: value.max()}
            ends[kind, comparator] = (low, high)
    bases = mine.table.group_by("patient", "code").agg(**columns).view()
    sound = ibis.coalesce((bases["base bad"] == 0) & (bases["base known"] == 1), False)
    bases = bases.mutate(**{"base usable": sound}).drop("base bad", "base known")
    return rows, bases.view(), ends


def _in_kind(rows: Rows, names: Sequence[str], kind: int) -> ir.Value:
    """The number of each row in a unit of this kind, or null."""
    values = []
    for name in names:
        units = kinds(variables()[name])
        if kind < len(units):
            values.append((name, scaled(variables()[name], rows.cell, units[kind])))
    return rows.by_code(values)


def with_inputs(
    table: ir.Table, population: Long, asked: Iterable[Input]
) -> tuple[ir.Table, Mapping[Input, int]]:
    """The people beside the inputs of computed values, and the number of each input."""
    numbers = {one: number for number, one in enumerate(dict.fromkeys(asked))}
    names = list(dict.fromkeys(name for name, _ in numbers))
    for facts, own in owned(population.facts, names):
        mine = [one for one in numbers if one[0] in own]
        anchors = {window.anchor for _, window in mine if window is not None}
        rows = rows_of(facts, population, own, anchors)
        windows = dict.fromkeys((window, "latest") for _, window in mine)
        rows_table, contenders = with_contenders(rows.table, rows.at, rows.anchors, windows)
        rows = rows.of(rows_table.view())
        columns: dict[str, ir.Value] = {}
        for name, window in mine:
            found = candidate(name, rows.cell)
            if found is None:
                continue
            contends, known = contenders.of(rows.table, window, "latest")
            here = contends & (rows.table.code == rows.codes[name])
            number = numbers[name, window]
            value = ibis.ifelse(here, found.value, ibis.null(found.value.type()))
            columns[f"input {number} least"] = value.min()
            columns[f"input {number} most"] = value.max()
            good = known & ibis.coalesce(found.usable, False)
            columns[f"input {number} bad"] = ibis.ifelse(here & ~good, 1, 0).max()
        if columns:
            grouped = rows.table.group_by("patient").agg(**columns)
            table = table.left_join(grouped, "patient").drop("patient_right")
    return table, numbers


def taking(table: ir.Table, numbers: Mapping[Input, int]) -> Taking:
    """How to take an input from the people's columns."""

    def take(name: str, window: Window | None) -> ir.Value | None:
        number = numbers[name, window]
        if f"input {number} least" not in table.columns:
            return None
        least, most = table[f"input {number} least"], table[f"input {number} most"]
        return taken(least, most, table[f"input {number} bad"] == 0)

    return take
