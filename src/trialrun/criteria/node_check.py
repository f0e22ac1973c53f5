"""What a node must be to be built: its variable, limit, method and parts."""

from __future__ import annotations

from trialrun.errors import RuleError, UnitError
from trialrun.values.quantity import Quantity
from trialrun.values.unit import UNITS, factor
from trialrun.vocabulary.table import suggest, variables
from trialrun.vocabulary.variable import Kind, Variable

ULN, LLN, BASELINE = UNITS["xULN"], UNITS["xLLN"], UNITS["xBaseline"]
MULTIPLES = frozenset({ULN, LLN, BASELINE})
RECORDED = "recorded"  # as a method: never computed
ELAPSED_UNITS = ("h", "d", "wk", "mo", "a")
_TIMES = {"time", "calendar"}
_MOST_MONTHS, _MOST_DAYS = 1800, 54787


_SILENT = {"1", "{score}"}  # units that nobody writes
# What a variable is, in a sentence.
_KINDS = {
    Kind.BOOLEAN: "a condition", Kind.QUANTITY: "a number", Kind.ORDINAL: "a scale",
    Kind.CODED: "one of several values", Kind.DATE: "a date",
}  # fmt: skip


def row_of(name: str, *kinds: Kind) -> Variable:
    """The variable of this name, which must be of one of these kinds."""
    row = variables().get(name)
    if row is None:
        near = suggest(name)
        raise RuleError(
            f"no variable is called {name!r}",
            remedy=f"Did you mean {near}?" if near else "Use a variable of the vocabulary.",
        )
    if row.kind not in kinds:
        unit = "" if row.unit is None or row.unit.code in _SILENT else f" {row.unit.code}"
        ways = {
            Kind.BOOLEAN: f"write {name}, or not {name}",
            Kind.QUANTITY: f"compare it: {name} >= 1{unit}",
            Kind.ORDINAL: f"compare it: {name} <= 2",
            Kind.CODED: f"write {name} == {row.values[0] if row.values else '…'}",
            Kind.DATE: f"ask how long ago it was: since {name} >= 14 d at treatment",
        }
        raise RuleError(
            f"{name} is {_KINDS[row.kind]} and cannot stand like this",
            remedy=f"{ways[row.kind][0].upper()}{ways[row.kind][1:]}.",
        )
    return row


def check_limit(row: Variable, limit: Quantity) -> None:
    """The limit of a comparison is in a unit that the variable's values convert to."""
    assert row.unit is not None
    if row.kind is Kind.ORDINAL and limit.value != limit.value.to_integral_value():
        raise RuleError(
            f"{row.name} has whole levels; {limit} is none of them",
            remedy=f"Its levels are {', '.join(row.values)}.",
        )
    if limit.unit in MULTIPLES:
        if row.kind is Kind.QUANTITY:
            return
        raise RuleError(
            f"{row.name} has no laboratory limit to take a multiple of",
            remedy=f"Write one of its levels: {row.name} <= 2.",
        )
    if limit.unit.dimension in _TIMES and row.unit.dimension in _TIMES:
        return
    try:
        factor(limit.unit, row.unit, molar=row.molar)
    except UnitError as error:
        if row.unit.code in _SILENT:
            raise RuleError(
                f"{row.name} has no unit, and {limit.unit.code} is one",
                remedy=f"Leave it out: {row.name} >= {limit.value}.",
            ) from error
        raise RuleError(
            f"{row.name} is not measured in {limit.unit.code}",
            remedy=f"Use one of {', '.join(unit.code for unit in row.units)}.",
        ) from error


def check_elapsed(name: str, limit: Quantity) -> None:
    """The limit of an elapsed time is some hours, days or weeks, or whole months or years."""
    if limit.unit.code not in ELAPSED_UNITS:
        raise RuleError(
            f"the time since {name} is not measured in {limit.unit.code}",
            remedy=f"Use one of {', '.join(ELAPSED_UNITS)}.",
        )
    if limit.value < 0:
        raise RuleError(
            f"the time since {name} is never below zero", remedy="Write a number above zero."
        )
    months = limit.unit.factor * limit.value.as_integer_ratio()[0]
    if limit.unit.dimension == "calendar" and months % limit.value.as_integer_ratio()[1]:
        raise RuleError(
            f"{limit} are no whole months on the calendar", remedy="Write it in days or weeks."
        )
    most = _MOST_MONTHS if limit.unit.dimension == "calendar" else _MOST_DAYS
    if limit.value * limit.unit.factor.numerator > most * limit.unit.factor.denominator:
        raise RuleError(
            f"{limit} is longer than anybody lives", remedy="Check the number and its unit."
        )


def check_method(row: Variable, method: str | None, pick: str) -> None:
    """A method is one of the variable's own, or `recorded`; what is computed is the latest."""
    if method is None:
        return
    if not row.methods:
        raise RuleError(f"{row.name} is never computed", remedy=f"Leave out: by {method}.")
    if method != RECORDED and method not in row.methods:
        raise RuleError(
            f"{row.name} is not computed by {method!r}",
            remedy=f"Use one of {', '.join((*row.methods, RECORDED))}.",
        )
    if method != RECORDED and pick != "latest":
        raise RuleError(
            f"a computed {row.name} is the latest, not {pick}",
            remedy=f"Leave out {pick}, or take recorded values only: by {RECORDED}.",
        )


def check_pick(row: Variable, pick: str, op: str) -> None:
    """`worst` needs a variable of which it is known which way is worse, and a side to compare."""
    if pick != "worst":
        return
    if not row.worse:
        raise RuleError(
            f"nobody can say which {row.name} is the worst",
            remedy="Write any or all: all systolic_bp < 140 mm[Hg].",
        )
    if op == "==":
        raise RuleError(
            "the worst value is below or above a limit, not exactly it",
            remedy="Write < <= > or >=.",
        )


def check_words(words: str) -> None:
    """Words without spaces around them."""
    if not words.strip() or words != words.strip():
        raise RuleError(
            "this needs words, without spaces around them",
            remedy='Write what it is about: judgement "fit for the trial".',
        )


def check_several(name: str, count: int) -> None:
    """What combines, combines at least two."""
    if count < 2:
        raise RuleError(
            f"'{name}' needs at least two parts", remedy="Write the second, or the first alone."
        )
