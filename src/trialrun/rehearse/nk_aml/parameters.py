"""The numbers of the NK-AML model, each with unit, basis and grade, read from `parameters.toml`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from trialrun.errors import InputError
from trialrun.values.provenance import Grade

GROUPS = (
    "drug",
    "lymphocytes",
    "interleukin",
    "donor_nk",
    "leukaemia",
    "counts",
    "start",
    "body",
    "measurement",
    "clinical",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number; `log_sd` > 0 makes it the median of a log-normal between participants."""

    name: str  # "lymphocytes.baseline"
    symbol: str
    value: float
    log_sd: float
    unit: str
    grade: Grade
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """How many of `of` people had a symptom as their worst grade 1, 2, 3, 4 at an infusion."""

    term: str
    grades: tuple[int, int, int, int]
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a complication may turn out as; `detail` is for terms of the kind "Other, specify"."""

    term: str
    detail: str
    grade: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Complication:
    """One kind of complication; `onset` and `duration` are days, the first a median."""

    kind: str
    onset: float
    onset_log_sd: float
    duration: float
    outcomes: tuple[Outcome, ...]
    grade: Grade
    basis: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """All numbers by name, in the file's order; infusion reactions; complications by kind."""

    numbers: Mapping[str, Parameter]
    reactions: tuple[Symptom, ...]
    reactions_basis: str
    reactions_grade: Grade
    complications: Mapping[str, Complication]

    def __getitem__(self, name: str) -> Parameter:
        """The parameter of this name."""
        found = self.numbers.get(name)
        if found is None:
            raise InputError(
                f"the NK-AML model has no parameter {name!r}",
                remedy="docs/explanation/nk-aml-model.md lists them.",
            )
        return found

    def __iter__(self) -> Iterator[Parameter]:
        """In the file's order."""
        return iter(self.numbers.values())

    def value(self, name: str) -> float:
        """The number itself, or the median."""
        return self[name].value

    def with_value(self, name: str, value: float, log_sd: float | None = None) -> Parameters:
        """The same numbers but one, for a scenario; it is graded as assumed."""
        old = self[name]
        new = replace(
            old,
            value=_finite(value, name),
            log_sd=old.log_sd if log_sd is None else _finite(log_sd, name),
            grade=Grade.ASSUMED,
            basis=f"changed for a scenario, from {old.value:g}",
        )
        return replace(self, numbers={**self.numbers, name: new})

    def with_rows(self, rows: Iterable[Parameter]) -> Parameters:
        """The same numbers but these, which must be known by name."""
        changed = {self[row.name].name: row for row in rows}
        return replace(self, numbers={**self.numbers, **changed}) if changed else self


@cache
def model_file() -> dict[str, Any]:
    """The file, parsed; only the readers of this room look into it."""
    text = files("trialrun.rehearse.nk_aml").joinpath("parameters.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def shipped_parameters() -> Parameters:
    """The numbers as they are shipped."""
    return read_parameters(model_file())


def read_parameters(table: Mapping[str, Any]) -> Parameters:
    """Numbers from a parsed file; errors name the number and what is wrong with it."""
    numbers = {
        f"{group}.{key}": read_parameter(f"{group}.{key}", row)
        for group in GROUPS
        for key, row in table.get(group, {}).items()
    }
    reaction = table["reaction"]
    symptoms = tuple(
        Symptom(term=row["term"], grades=tuple(row["grades"]), of=reaction["of"])
        for row in reaction["symptom"]
    )
    return Parameters(
        numbers,
        symptoms,
        str(reaction["basis"]),
        _grade("reaction", reaction["grade"]),
        {row["kind"]: _complication(row) for row in table["complication"]},
    )


def _complication(row: Mapping[str, Any]) -> Complication:
    kind = str(row["kind"])
    outcomes = tuple(
        Outcome(
            term=one["term"],
            detail=one.get("detail", ""),
            grade=one["grade"],
            share=_finite(one["share"], kind),
        )
        for one in row["outcome"]
    )
    if (
        min(one.share for one in outcomes) < 0
        or math.fsum(one.share for one in outcomes) > 1 + 1e-9
    ):
        raise InputError(f"the shares of {kind!r} are no probabilities", where="parameters.toml")
    return Complication(
        kind=kind,
        onset=_finite(row.get("onset", 0), kind),
        onset_log_sd=_finite(row.get("onset_log_sd", 0), kind),
        duration=_finite(row["duration"], kind),
        outcomes=outcomes,
        grade=_grade(kind, row["grade"]),
        basis=str(row["basis"]),
    )


def read_parameter(name: str, row: Mapping[str, Any]) -> Parameter:
    """One number with its unit, grade and basis; all must be there."""
    missing = [key for key in ("value", "unit", "grade", "basis") if key not in row]
    if missing:
        raise InputError(
            f"the parameter {name!r} has no {missing[0]}",
            where="parameters.toml",
            remedy="Every number states value, unit, grade and basis.",
        )
    log_sd = _finite(row.get("log_sd", 0), name)
    if log_sd < 0:
        raise InputError(f"the log_sd of {name!r} is negative", where="parameters.toml")
    return Parameter(
        name=name,
        symbol=str(row.get("symbol", name)),
        value=_finite(row["value"], name),
        log_sd=log_sd,
        unit=str(row["unit"]),
        grade=_grade(name, row["grade"]),
        basis=str(row["basis"]),
    )


def _finite(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(
            f"the parameter {name!r} is {value!r}, not a number", where="parameters.toml"
        )
    return float(value)


def _grade(name: str, word: object) -> Grade:
    try:
        return Grade(word)
    except ValueError:
        raise InputError(
            f"the grade of {name!r} is {word!r}",
            where="parameters.toml",
            remedy="A grade is measured, transferred or assumed.",
        ) from None
