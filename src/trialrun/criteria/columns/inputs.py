"""What computed values are computed from: one value a patient, or null where none can be taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.cell import Cell
from trialrun.criteria.columns.kleene import Leaf
from trialrun.criteria.columns.scaled import NEAR, scaled
from trialrun.criteria.elapsed import since_of
from trialrun.criteria.methods import SINCE
from trialrun.criteria.nodes import RECORDED, Comparison, Elapsed, Window
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

Input: TypeAlias = tuple[str, Window | None]
# The value of an input for each patient: a number in `UNIT_OF`, or text.
Taking: TypeAlias = Callable[[str, Window | None], "ir.Value | None"]

# The unit in which the formulas take each number.
UNIT_OF: dict[str, Unit] = {
    "age": UNITS["a"], "weight": UNITS["kg"], "height": UNITS["cm"], "creatinine": UNITS["mg/dL"],
    "calcium": UNITS["mg/dL"], "albumin": UNITS["g/dL"], "qt": UNITS["ms"],
    "rr_interval": UNITS["s"], "heart_rate": UNITS["/min"],
}  # fmt: skip
_PERSON = ("birth_date", "age", "sex")
_CLEARANCE = (("creatinine",), (*_PERSON, "weight", "height"))
# By method: what is measured in the atom's own window, and what is the latest up to its anchor.
NEEDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "birth-date": ((), ("birth_date",)),
    SINCE: ((), ()),
    "mosteller": ((), ("height", "weight")),
    "du-bois": ((), ("height", "weight")),
    "weight-height": ((), ("height", "weight")),
    "cockcroft-gault-actual": _CLEARANCE,
    "cockcroft-gault-ideal": _CLEARANCE,
    "cockcroft-gault-adjusted": _CLEARANCE,
    "cockcroft-gault-by-ratio": _CLEARANCE,
    "ckd-epi-2021": (("creatinine",), _PERSON),
    "payne": (("calcium", "albumin"), ()),
    "fridericia": (("qt", "rr_interval", "heart_rate"), ()),
}


def method_of(atom: Comparison) -> str | None:
    """The method that may compute the atom's value; None where only recorded values count."""
    methods = variables()[atom.variable].methods
    if not methods or atom.method == RECORDED or atom.pick != "latest":
        return None
    return atom.method or methods[0]


def by_formula(atom: Comparison) -> bool:
    """Whether a formula may compute the atom's value."""
    return method_of(atom) not in {None, SINCE}


def since_date(leaf: Leaf) -> Elapsed | None:
    """The question to the dates by which a leaf may be computed: the time since something."""
    return since_of(leaf) if isinstance(leaf, Comparison) else None


def body_window(atom: Comparison) -> Window | None:
    """Everything up to the atom's anchor."""
    return None if atom.anchor is None else Window(anchor=atom.anchor)


def inputs_of(atom: Comparison) -> list[Input]:
    """The inputs that a method may take for an atom."""
    method = method_of(atom)
    if method is None:
        return []
    measured, body = NEEDS[method]
    return [
        *((name, atom.window) for name in measured),
        *((name, body_window(atom)) for name in body),
    ]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One fact that may be an input: its number in the formulas' unit, or its text."""

    value: ir.Value
    usable: ir.BooleanValue


def candidate(name: str, cell: Cell) -> Candidate | None:
    """The value of a row as an input; None where the columns have none."""
    row = variables()[name]
    if row.kind in {Kind.CODED, Kind.DATE}:
        if cell.text is None:
            return None
        return Candidate(cell.text, cell.text.notnull())
    if cell.number is None:
        return None
    number = scaled(row, cell, UNIT_OF[name])
    usable = number.notnull()
    if cell.comparator is not None:
        usable = usable & (cell.comparator.fill_null("") == "")
    return Candidate(number, usable)


def agreed(least: ir.Value, most: ir.Value) -> ir.BooleanValue:
    """Whether all candidates are one value."""
    if least.type().is_string():
        return least == most
    return (most - least).abs() <= most.abs() * NEAR


def taken(least: ir.Value, most: ir.Value, usable: ir.BooleanValue) -> ir.Value:
    """The value that all candidates agree on, or null."""
    null = ibis.null(least.type())
    return ibis.ifelse(usable & agreed(least, most), least, null)
