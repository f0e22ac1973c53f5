"""The table of variables: one TOML row each, read once, checked when read."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from trialrun.errors import FactError
from trialrun.values.unit import UNITS, Unit, factor
from trialrun.vocabulary.own import OWN, measures, own_variable
from trialrun.vocabulary.variable import Choice, Code, Kind, Variable

_SYSTEMS = {
    "loinc": "LOINC",
    "snomed": "SNOMED CT",
    "icd10cm": "ICD-10-CM",
    "icd9cm": "ICD-9-CM",
}
# Times and calendar units do not convert into each other; a variable may accept both, and the
# engines compare them as intervals (a month has 28 to 31 days).
_TIMES = {"time", "calendar"}
# The files of the table; what stands in each: README.md beside them.
_TOPICS = (
    "body", "vital_signs", "children", "participation", "performance", "daily_life", "exercise",
    "frailty_nutrition", "habits", "substance_use", "blood_counts", "iron_haemoglobin",
    "coagulation", "metabolism", "minerals_vitamins", "hormones", "immunity", "tumour_markers",
    "blood_cancers", "tumour_extent", "tumour_pathology", "infection", "disease_course", "heart",
    "coronary", "heart_rhythm", "vessels", "lungs", "asthma", "breathing", "intensive_care", "nose",
    "allergy", "liver", "digestion", "diabetes", "kidney_urine", "bladder_prostate", "skin",
    "joints", "limbs", "spine", "brain", "nerves", "pain", "eyes", "ears_throat", "teeth",
    "mind_general", "mind_mood", "mind_anxiety", "mind_psychosis", "mind_development",
    "mind_cognition", "sleep_fatigue", "pregnancy", "gynaecology", "fertility", "treatment_given",
    "treatment_doses", "treatment_counts", "treatment_durations", "radiotherapy", "surgery",
    "transplantation", "cell_product", "toxicity",
)  # fmt: skip


class _Table(dict[str, Variable]):
    """The rows by name; a study's own variable is there as soon as somebody names it."""

    def __missing__(self, name: str) -> Variable:
        found = own_variable(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (
            isinstance(name, str) and own_variable(name) is not None
        )

    def get(self, name: str, default: Any = None) -> Any:
        """The variable of this name, or the default."""
        try:
            return self[name]
        except KeyError:
            return default


@cache
def variables() -> Mapping[str, Variable]:
    """All variables by name, in the order of the table; own variables by their name only."""
    folder = files("trialrun.vocabulary").joinpath("variables")
    table = _Table()
    for topic in _TOPICS:
        text = folder.joinpath(f"{topic}.toml").read_text(encoding="utf-8")
        for row in tomllib.loads(text)["variable"]:
            variable = _variable(row)
            if variable.name in table:
                raise ValueError(f"{topic}.toml: {variable.name} stands there twice")
            table[variable.name] = variable
    return MappingProxyType(table)


def variable(name: str, *, where: str = "") -> Variable:
    """The variable of this name; an unknown one is an error that names the nearest."""
    found = variables().get(name)
    if found is None:
        near = suggest(name)
        raise FactError(
            f"no variable is called {name!r}",
            where=where,
            remedy=f"Did you mean {near}?"
            if near
            else "Use a variable of the vocabulary, such as alt, ecog or aml.",
        )
    return found


def suggest(name: str) -> str:
    """The variable whose name, label or synonym is nearest to `name`, or nothing."""
    wanted = name.strip().lower().replace("-", "_").replace(" ", "_")
    rows = variables().values()
    # A name goes before a label, and a label before a synonym, of whichever row.
    spelt = [
        *((spelling, one.name) for one in rows for spelling in one.synonyms),
        *((one.en, one.name) for one in rows),
        *((one.name, one.name) for one in rows),
    ]
    spellings = {
        spelling.lower().replace("-", "_").replace(" ", "_"): row for spelling, row in spelt
    }
    if wanted.startswith(OWN):
        return f"a name that ends with its measure, such as {wanted}_{measures()[1][0]}"
    near = difflib.get_close_matches(wanted, spellings, n=1, cutoff=0.75)
    return spellings[near[0]] if near else ""


def _variable(row: Mapping[str, Any]) -> Variable:
    kind = Kind(row["kind"])
    unit = UNITS[row["unit"]] if "unit" in row else None
    if kind is Kind.ORDINAL:
        unit = UNITS["{score}"]
    molar = Fraction(row["molar"]) if "molar" in row else None
    least, most = row.get("range", (None, None))
    result = Variable(
        name=row["name"],
        en=row["en"],
        zh=row["zh"],
        group=row["group"],
        kind=kind,
        unit=unit,
        units=_units(row, unit, molar),
        least=None if least is None else Decimal(least),
        most=None if most is None else Decimal(most),
        worse=row.get("worse", ""),
        molar=molar,
        methods=tuple(row.get("methods", ("since-date",) if "since" in row else ())),
        since=row.get("since", ""),
        choices=tuple(Choice(code, en, zh) for code, en, zh in row.get("choices", ())),
        ever=row.get("ever", False),
        synonyms=tuple(row.get("synonyms", ())),
        bare=UNITS[row["bare"]] if "bare" in row else None,
        with_unit=tuple(row.get("with_unit", ())),
        after=tuple(row.get("after", ())),
        codes=tuple(
            Code(_SYSTEMS[system], code, display, source)
            for system in _SYSTEMS
            for code, display, source in row.get(system, ())
        ),
        ctcae=row.get("ctcae", ""),
        asks_en=row.get("asks_en", ""),
        asks_zh=row.get("asks_zh", ""),
    )
    _check(result)
    return result


def _units(row: Mapping[str, Any], unit: Unit | None, molar: Fraction | None) -> tuple[Unit, ...]:
    if unit is None:
        return ()
    others = tuple(UNITS[code] for code in row.get("units", ()))
    for other in others:
        if not (unit.dimension in _TIMES and other.dimension in _TIMES):
            factor(other, unit, molar=molar)  # raises where they do not convert
    return (unit, *others)


def _check(one: Variable) -> None:
    wrong = "" if one.worse in {"", "low", "high"} else f"is worse {one.worse!r}"
    if one.kind in {Kind.QUANTITY, Kind.ORDINAL} and (one.least is None or one.most is None):
        wrong = "has no plausible range"
    elif one.kind is Kind.QUANTITY and one.unit is None:
        wrong = "has no unit"
    elif one.kind is Kind.CODED and len(one.choices) < 2:
        wrong = "has fewer than two choices"
    elif one.methods and one.kind is not Kind.QUANTITY:
        wrong = "is computed, and is no quantity"
    elif one.kind in {Kind.BOOLEAN, Kind.CODED, Kind.DATE} and one.unit is not None:
        wrong = "has a unit, and is not a number"
    if wrong:
        raise ValueError(f"variables: {one.name} {wrong}")
