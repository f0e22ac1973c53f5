"""The long form: facts in rows become two bit masks a patient, in one scan of each table.

Each row gives each leaf of its variable an outcome (0 FALSE, 1 UNKNOWN, 2 TRUE) and packs it below
the day, so that the greatest number of a patient's variable is the latest outcome; the greatest
and the least outcome of that day differ where its facts disagree. No sort, no pivot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.bases import Base, against
from trialrun.criteria.columns.beside import taking, with_bases, with_inputs, with_own
from trialrun.criteria.columns.cell import Measured, truth
from trialrun.criteria.columns.computed import with_computed
from trialrun.criteria.columns.contenders import Contenders, all_exact, with_contenders
from trialrun.criteria.columns.dates import of_text
from trialrun.criteria.columns.inputs import Input, by_formula, inputs_of, method_of, since_date
from trialrun.criteria.columns.kleene import Leaf
from trialrun.criteria.columns.population import Facts, Long, anchored
from trialrun.criteria.columns.portable import bit_or, total
from trialrun.criteria.columns.rows import Rows, owned, rows_of
from trialrun.criteria.columns.said import Said, choose, holds, unknown
from trialrun.criteria.columns.since import Since, outcome, since
from trialrun.criteria.columns.slots import Slot, pick_of, picked, slots, window_of, words
from trialrun.criteria.columns.windows import When, lies, moment
from trialrun.criteria.nodes import BASELINE, Comparison, Count, Elapsed, Window
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

By: TypeAlias = "tuple[Window | None, str] | None"  # the window and pick that a day decides in

_PART = 20  # bits of a count
_SINCE = ("low", "high", "vague", "never")
_ONE, _MAYBE, _THERE = 1, 1 << _PART, 1 << 2 * _PART
_SIDES = ("t", "f", "h")  # TRUE, FALSE, and whether there is any fact in the window


@dataclass(frozen=True, slots=True)
class Masked:
    """The people with their masks; where each leaf is in them, and the inputs beside them."""

    table: ir.Table
    by_variable: Mapping[str, Sequence[Slot]]
    inputs: Mapping[Input, int]


def masked(population: Long, leaves: Sequence[Leaf]) -> Masked:
    """The people of a population with the masks of these leaves."""
    by_variable = slots(leaves)
    tables = [
        _grouped(facts, population, {name: by_variable[name] for name in own})
        for facts, own in owned(population.facts, list(by_variable))
    ]
    names = [f"{side}{word}" for side in _SIDES for word in range(words(by_variable))]
    table = population.people
    for masks in tables:
        columns = {name: f"{name} more" if name in table.columns else name for name in names}
        masks = masks.rename({new: name for name, new in columns.items()})
        joined = table.left_join(masks, "patient").drop("patient_right")
        table = joined.mutate(
            **{
                name: _or(
                    joined[name].fill_null(0), joined[new].fill_null(0) if new != name else None
                )
                for name, new in columns.items()
            }
        )
    if not tables:
        table = table.mutate(**{name: ibis.literal(0, "int64") for name in names})
    asked = [one for leaf in leaves if isinstance(leaf, Comparison) for one in inputs_of(leaf)]
    table, inputs = with_inputs(table, population, asked)
    return Masked(table, by_variable, inputs)


def _or(one: ir.IntegerValue, other: ir.IntegerValue | None) -> ir.IntegerValue:
    return one if other is None else one | other


def leaf_columns(population: Long, leaves: Sequence[Leaf]) -> tuple[ir.Table, Mapping[Leaf, Said]]:
    """The people with their masks, and what each leaf says of them."""
    found = masked(population, [*leaves, *(one for leaf in leaves if (one := since_date(leaf)))])
    table = found.table.view()
    by_leaf = {one.leaf: one for row in found.by_variable.values() for one in row}
    atoms = [leaf for leaf in by_leaf if isinstance(leaf, Comparison) and by_formula(leaf)]

    def at(rows: ir.Table, anchor: str | None) -> When | None:
        return moment(anchor, anchored(population.anchors, rows), population.as_of)

    based = [atom.variable for atom in atoms if atom.limit.unit == BASELINE]
    table, bases = with_own(table, population, list(dict.fromkeys(based)))
    table, values = with_computed(table, atoms, lambda rows: taking(rows, found.inputs), at, bases)
    sides = {
        leaf: [(table[f"{side}{slot.word}"] & slot.mask) != 0 for side in _SIDES]
        for leaf, slot in by_leaf.items()
    }
    by: dict[Leaf, Said] = {}
    for leaf, (true, false, some) in sides.items():
        said = Said(true, false)
        if isinstance(leaf, Comparison) and method_of(leaf):
            since = since_date(leaf)
            value = holds(table[values[leaf]]) if leaf in values else unknown()
            value = value if since is None else Said(*sides[since][:2])
            if leaf.anchor is not None and leaf.anchor not in population.anchors:
                value = unknown()
            said = value if leaf.method is not None else choose(some, said, value)
        by[leaf] = said
    return table, by


def _grouped(facts: Facts, population: Long, own: Mapping[str, Sequence[Slot]]) -> ir.Table:
    """The masks of a patient from one table of facts."""
    leaves = [one.leaf for row in own.values() for one in row]
    used = {window.anchor for leaf in leaves if (window := window_of(leaf))}
    based = [atom for leaf in leaves if (atom := _based(leaf)) is not None]
    rows = rows_of(facts, population, list(own), used | ({"baseline"} if based else set()))
    rows, base = with_bases(rows, based)
    speaks = None
    if not all_exact(rows.at, rows.anchors):
        table, speaks = with_contenders(rows.table, rows.at, rows.anchors, picked(own))
        rows = rows.of(table.view())
    else:
        windows = {window_of(leaf) for leaf in leaves}
        only = windows.pop()
        if only is not None and not windows and not any(isinstance(one, Elapsed) for one in leaves):
            rows = rows.inside(only)
    packed = _columns(rows, own, base, speaks, population)
    table = rows.table.select("patient", "code", **packed).view()
    sums: dict[str, ir.Value] = {}
    for name in packed:
        column = table[name]
        if name.startswith(_SINCE):
            sums[name] = column.min()
        elif name[0] == "p":
            sums[f"hi{name[1:]}"] = column.max()
            sums[f"lo{name[1:]}"] = (column + 2 - 2 * (column & 3)).max()
        else:
            sums[name] = total(column)
    if not sums:
        sums["none"] = table.count()
    grouped = table.group_by("patient", "code").agg(**sums).view()
    return grouped.group_by("patient").agg(**_words(grouped, rows, own))


def _columns(
    rows: Rows,
    own: Mapping[str, Sequence[Slot]],
    base: Base | None,
    speaks: Contenders | None,
    population: Long,
) -> dict[str, ir.Value]:
    """What is kept of each row, by kind and place.

    What decides by its day is gathered by window first, so that the day is written once.
    """
    values: dict[str, dict[By, list[tuple[str, ir.Value]]]] = {}

    def note(column: str, by: By, name: str, value: ir.Value) -> None:
        values.setdefault(column, {}).setdefault(by, []).append((name, value))

    for name, row in own.items():
        for one in row:
            match one.leaf:
                case Elapsed():
                    for kind, value in _since(one.leaf, rows, population).items():
                        note(f"{kind}{one.place}", None, name, value)
                case Count():
                    note(f"n{one.place}", None, name, _counted(one.leaf, rows, base))
                case leaf if speaks is None and (pick := pick_of(leaf)) in {"latest", "first"}:
                    number = _said(leaf, rows, base).number
                    note(f"p{one.place}", (leaf.window, pick), name, number)
                case leaf:
                    note(f"p{one.place}", None, name, _packed(leaf, rows, base, speaks))
    return {
        column: ibis.coalesce(*(_dated(rows, by, rows.by_code(some)) for by, some in found.items()))
        for column, found in values.items()
    }


def _dated(rows: Rows, by: By, number: ir.Value) -> ir.Value:
    """The outcome below the day, in the window."""
    if by is None:
        return number
    window, pick = by
    day = rows.at.first if pick == "latest" else -rows.at.first
    return _where(rows.lies(window).surely, day * 4 + number)


def _based(leaf: Leaf) -> Comparison | None:
    """The comparison with a baseline that a leaf is, or counts."""
    atom = leaf.of if isinstance(leaf, Count) else leaf
    return atom if isinstance(atom, Comparison) and atom.limit.unit == BASELINE else None


def _said(atom: Measured, rows: Rows, base: Base | None) -> Said:
    """What a row's fact gives, wherever in time it lies."""
    if isinstance(atom, Comparison) and atom.limit.unit == BASELINE:
        return unknown() if base is None else against(atom, rows.table, rows.cell, base)
    return truth(atom, rows.cell)


def _packed(
    leaf: Measured, rows: Rows, base: Base | None, speaks: Contenders | None
) -> ir.IntegerValue:
    """The outcome of a row for a leaf, where days alone do not tell which row decides."""
    said = _said(leaf, rows, base).number
    pick = pick_of(leaf)
    if pick in {"latest", "first"} and speaks is not None:
        contends, known = speaks.of(rows.table, leaf.window, pick)
        return _where(contends, ibis.ifelse(known, said, 1))
    inside = rows.lies(leaf.window)
    if inside.surely is True:
        return said
    # A fact that is only perhaps inside never decides: it can leave the question open.
    weak = (said > 0) if pick == "any" else (said < 2)
    return ibis.cases((inside.surely, said), (inside.possibly & weak, 1), else_=ibis.null("int64"))


def _where(inside: ir.BooleanValue | bool, value: ir.IntegerValue) -> ir.IntegerValue:
    if isinstance(inside, bool):
        return value if inside else ibis.null("int64")
    return ibis.ifelse(inside, value, ibis.null("int64"))


def _counted(leaf: Count, rows: Rows, base: Base | None) -> ir.IntegerValue:
    """What a row adds to a count: surely, perhaps, and that there is a fact inside."""
    given = _said(leaf.of, rows, base)
    inside = rows.lies(leaf.of.window)
    sure = ibis.cases(
        (given.true, _ONE + _MAYBE + _THERE), (given.false, _THERE), else_=_MAYBE + _THERE
    )
    if inside.surely is True:
        return sure.cast("int64")
    perhaps = ibis.ifelse(given.false, 0, _MAYBE)
    return ibis.cases((inside.surely, sure), (inside.possibly, perhaps), else_=0).cast("int64")


def _since(leaf: Elapsed, rows: Rows, population: Long) -> dict[str, ir.Value]:
    """What a row says about how long ago it was; nothing where the moment is not known."""
    anchor = moment(leaf.anchor, rows.anchors, population.as_of)
    is_date = variables()[leaf.variable].kind is Kind.DATE
    if anchor is None or (is_date and "text" not in rows.table.columns):
        return {}
    happened = ibis.literal(True) if is_date else rows.table["value"] == 1
    when = of_text(rows.table["text"]) if is_date else rows.at
    inside = lies(when, Window(anchor="it"), {"it": anchor})
    said = since(leaf, when, happened, inside, anchor)
    return {"low": said.low, "high": said.high, "vague": said.vague, "never": said.never}


def _words(table: ir.Table, rows: Rows, own: Mapping[str, Sequence[Slot]]) -> dict[str, ir.Value]:
    """The masks of a patient: the bits of all its variables."""
    masks: dict[str, ir.Value] = {}
    zero = ibis.literal(0, "int64")
    for word in range(words(own)):
        for side in _SIDES:
            # Bits that are set by one condition are looked up together.
            bits: dict[object, tuple[ir.BooleanValue, dict[str, int]]] = {}
            for name, row in own.items():
                for slot in row:
                    found = _bit(table, slot, side) if slot.word == word else None
                    if found is not None:
                        key, holds = found
                        by_name = bits.setdefault(key, (holds, {}))[1]
                        by_name[name] = by_name.get(name, 0) | slot.mask
            parts = [
                ibis.ifelse(
                    holds,
                    ibis.cases(
                        *((table.code == rows.codes[name], mask) for name, mask in by_name.items()),
                        else_=0,
                    ).cast("int64"),
                    zero,
                )
                for holds, by_name in bits.values()
            ]
            mask = reduce(lambda one, other: one | other, parts) if parts else None
            masks[f"{side}{word}"] = table.count() * 0 if mask is None else bit_or(mask)
    return masks


def _bit(table: ir.Table, slot: Slot, side: str) -> tuple[object, ir.BooleanValue] | None:
    """Where that side of the leaf holds, and a key: equal ones mean equal conditions."""
    leaf, place = slot.leaf, slot.place
    if side == "h":
        if not isinstance(leaf, Comparison) or method_of(leaf) is None:
            return None
        return place, table[f"hi{place}"].notnull()
    if isinstance(leaf, Count):
        key = (place, leaf.op, leaf.number)
        return key, _of_count(table[f"n{place}"], leaf, side == "t")
    if isinstance(leaf, Elapsed):
        if any(f"{end}{place}" not in table.columns for end in _SINCE):
            return None
        said = Since(*(table[f"{end}{place}"] for end in _SINCE))
        return (place, leaf.op, leaf.limit), outcome(leaf, said)[0 if side == "t" else 1]
    most, least = table[f"hi{place}"] & 3, 2 - (table[f"lo{place}"] & 3)
    pick = pick_of(leaf)
    decides = pick == ("any" if side == "t" else "all")  # the one outcome that suffices
    if side == "t":
        return (place, decides), (most == 2) if decides else (least == 2)
    return (place, decides), (least == 0) if decides else (most == 0)


def _of_count(packed: ir.IntegerValue, leaf: Count, side: bool) -> ir.BooleanValue:
    """Whether the count surely is as the leaf says, or surely is not."""
    least, most = packed & (_MAYBE - 1), (packed >> _PART) & (_MAYBE - 1)
    there = (packed >> 2 * _PART) > 0
    number = leaf.number
    match leaf.op, side:
        case ("<", True) | (">=", False):
            holds = most < number
        case ("<", False) | (">=", True):
            holds = least >= number
        case ("<=", True) | (">", False):
            holds = most <= number
        case ("<=", False) | (">", True):
            holds = least > number
        case ("==", True):
            holds = (least == number) & (most == number)
        case _:
            holds = (most < number) | (least > number)
    return there & holds
