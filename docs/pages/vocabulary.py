"""The pages of the variables and of the units."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from pages.markdown import code, table

from trialrun.values.quantity import plain
from trialrun.values.unit import _SPELLINGS, UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_SOURCES = {
    "S": "Synthea",
    "M": "the LOINC maps of the MIMIC code repository",
    "O": "OpenSAFELY's code list of haematological cancers",
    "C": "the mCODE guide",
    "I": "the ICD-10-CM order file of 2021",
    "F": "the vital signs profiles of FHIR R4",
    "B": "Synthea's bulk export",
    "D": "the MIMIC-IV demo on FHIR",
    "E": "the vocabulary of OHDSI's Eunomia data set Synthea27Nj",
    "T": "the ICD-10-CM tabular list of April 2026",
}
_INTRODUCTION = """\
Every clinical variable that criteria, facts, checks and datasets can name: one row of
`src/trialrun/vocabulary/variables/` each. A value outside its plausible range is refused as
probably mistyped; both ends of a range are plausible. Values are given with one of the units
([units](units.md)); the first one is the canonical one. “Molar” is µmol/L per mg/dL. An ICD code
covers the codes below it.
"""


def variables_page() -> str:
    """All variables, one table a group, in the order of the vocabulary."""
    rows = list(variables().values())
    parts = [
        "# Variables\n\nGenerated from the vocabulary.\n",
        _INTRODUCTION,
        f"{len(rows)} variables. Codes were verified in: "
        + ", ".join(f"{letter} {name}" for letter, name in _SOURCES.items())
        + ".\n",
    ]
    order = {one.group: number for number, one in reversed(list(enumerate(rows)))}
    rows.sort(key=lambda one: order[one.group])
    for group, members in groupby(rows, key=lambda one: one.group):
        head = (
            "name",
            "English",
            "中文",
            "kind",
            "units",
            "plausible",
            "codes",
            "graded, reported",
        )
        parts.append(f"## {group.capitalize()}\n\n{table(head, map(_row, members))}\n")
    parts.append(f"## Values of coded variables\n\n{_choices()}\n")
    parts.append(f"## Questions that a variable opens\n\n{_asks()}\n")
    return "\n".join(parts)


def _row(one: Variable) -> tuple[str, ...]:
    return (
        code(one.name),
        one.en,
        one.zh,
        one.kind.value + (", whole past" if one.ever else ""),
        _units(one),
        _range(one),
        "; ".join(f"{c.system} {c.code} “{c.display}” ({c.source})" for c in one.codes),
        f"CTCAE {one.ctcae}" if one.ctcae else "",
    )


def _units(one: Variable) -> str:
    if one.kind is Kind.ORDINAL:
        return ""
    units = ", ".join(code(unit.code) for unit in one.units)
    return units if one.molar is None else f"{units}; molar {plain(_decimal(one))}"


def _decimal(one: Variable) -> Decimal:
    assert one.molar is not None
    return Decimal(one.molar.numerator) / Decimal(one.molar.denominator)


def _range(one: Variable) -> str:
    if one.least is None or one.most is None:
        return ""
    unit = "" if one.unit is None or one.kind is Kind.ORDINAL else f" {code(one.unit.code)}"
    return f"{plain(one.least)} to {plain(one.most)}{unit}"


def _choices() -> str:
    return table(
        ("variable", "value", "English", "中文"),
        (
            (code(one.name), code(choice.code), choice.en, choice.zh)
            for one in variables().values()
            for choice in one.choices
        ),
    )


def _asks() -> str:
    return table(
        ("variable", "English", "中文"),
        ((code(one.name), one.asks_en, one.asks_zh) for one in variables().values() if one.asks_en),
    )


def units_page() -> str:
    """All units by dimension, with their exact factors."""
    parts = [
        "# Units\n\nGenerated from the table of units.\n",
        (
            "Names are UCUM codes. Factors are exact, to the first unit of the dimension. Mass and "
            "amount of substance convert only through a variable's own molar factor "
            "([variables](variables.md)). Months and years are calendar units, not multiples of a "
            "day. Other spellings are read and stored as these; case, spaces, µ for u, × for x and "
            "raised digits make no difference.\n"
        ),
    ]
    for dimension, members in groupby(UNITS.values(), key=lambda one: one.dimension):
        rows = ((code(one.code), str(one.factor), _spellings(one.code)) for one in members)
        head = ("unit", "factor", "also written")
        parts.append(f"## {dimension.capitalize()}\n\n{table(head, rows)}\n")
    return "\n".join(parts)


def _spellings(unit: str) -> str:
    return ", ".join(code(written) for written, meant in _SPELLINGS.items() if meant == unit)
