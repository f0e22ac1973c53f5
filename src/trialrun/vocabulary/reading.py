"""Reading a fact: the value that somebody gives becomes canonical text, or an error that helps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import assert_never

from trialrun.errors import FactError, UnitError
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain, read_number
from trialrun.values.unit import Unit, factor, read_unit
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variable as variable_named
from trialrun.vocabulary.variable import Kind, Variable

_COMPARATOR = re.compile(r"\s*(<=|>=|≤|≥|⩽|⩾|≦|≧|<|>|＜|＞)?\s*(.*?)\s*$", re.DOTALL)
_COMPARATORS = {
    "≤": "<=", "⩽": "<=", "≦": "<=", "≥": ">=", "⩾": ">=", "≧": ">=", "＜": "<", "＞": ">",
}  # fmt: skip
_TRUE = {"true", "yes", "y", "present", "positive", "是", "有", "阳性"}
_FALSE = {"false", "no", "n", "absent", "negative", "否", "无", "阴性"}
_KNOWN_KEYS = {"variable", "value", "unit", "at", "source", "low", "high", "comparator", "id"}
# Only to judge plausibility across the two: no rule is decided with it.
_DAYS_A_MONTH = Fraction(36525, 1200)
_MOST_DIGITS = 30
# "G/L" is a count when written so, and grams per litre in other letters: only here the case tells.
_GIGA = {"G/L": "10*9/L", "Giga/L": "10*9/L", "T/L": "10*12/L"}
_COUNTS = {"count concentration"}
# A laboratory may state a value as "2.3 x ULN" only: it decides such limits, and no others.
_MULTIPLES = {"multiple of upper limit", "multiple of lower limit"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value is not plausible, and what may be meant."""

    what: str
    remedy: str


def read_fact(data: Mapping[str, object], *, where: str, id: str) -> Fact:  # noqa: A002 - its name in `Fact`
    """The fact that `{variable, value, unit, at, source, low?, high?}` states.

    Raises FactError, which says what is wrong, where, and what to write instead: an unknown
    variable, a value of another kind, a missing or unfit unit, or a value that nobody can have.
    """
    unknown = sorted(set(data) - _KNOWN_KEYS)
    if unknown:
        raise FactError(
            f"a fact has no field {unknown[0]!r}",
            where=where,
            remedy="Its fields are variable, value, unit, at, source, low and high.",
        )
    name = _text(data, "variable", where)
    row = variable_named(name, where=where)
    at = _moment(data, name, where)
    value = data.get("value")
    if value is None or value == "":
        raise FactError(
            f"{row.en} has no value",
            where=where,
            remedy="Give a value, or leave the fact out: what is not known counts as unknown.",
        )
    comparator, canonical, unit = _value(row, value, data, where)
    fact = Fact(
        id=id,
        variable=row.name,
        value=canonical,
        unit=None if unit is None else unit.code,
        comparator=comparator,
        at=at,
        source=_text(data, "source", where) if data.get("source") else "",
        low=_limit(data, "low", row, where),
        high=_limit(data, "high", row, where),
    )
    problem = plausibility(fact)
    if problem is not None:
        raise FactError(problem.what, where=where, remedy=problem.remedy)
    return fact


def plausibility(fact: Fact) -> Problem | None:
    """Why nobody can have this value, with what may be meant; None where it is plausible."""
    row = variable_named(fact.variable)
    if row.kind not in {Kind.QUANTITY, Kind.ORDINAL} or row.least is None or row.most is None:
        return None
    unit = row.unit if fact.unit is None else read_unit(fact.unit)
    assert unit is not None
    if unit.dimension in _MULTIPLES:
        return None  # how many times a limit of nobody knows what
    canonical = canonical_number(row, Fraction(fact.number), unit)
    if row.least <= canonical <= row.most:
        return None
    shown = f"{fact.comparator}{plain(fact.number)}"
    if row.kind is Kind.ORDINAL:
        return Problem(
            f"{row.en} {shown} is not on its scale of {plain(row.least)} to {plain(row.most)}",
            "Give one whole number of the scale.",
        )
    limits = f"{plain(row.least)} to {plain(row.most)} {_shown(row.unit)}".rstrip()
    meant = [
        _shown(other)
        for other in row.units
        if other.code != unit.code
        and row.least <= canonical_number(row, Fraction(fact.number), other) <= row.most
    ]
    remedy = f"Check the number and its unit; was it {shown} {meant[0]}?" if meant else ""
    return Problem(
        f"{row.en} {shown} {_shown(unit)} is outside what is plausible ({limits})",
        remedy or "Check the number and its unit.",
    )


def _value(
    row: Variable, value: object, data: Mapping[str, object], where: str
) -> tuple[str, str, Unit | None]:
    """Comparator, canonical text and unit of a value, by the kind of its variable."""
    match row.kind:
        case Kind.QUANTITY:
            comparator, number = _number(row, value, data, where)
            return comparator, plain(number), _unit(row, data, where)
        case Kind.ORDINAL:
            return "", _level(row, value, where), row.unit
        case Kind.BOOLEAN:
            return "", _boolean(row, value, where), None
        case Kind.CODED:
            return "", _code(row, value, where), None
        case Kind.DATE:
            return "", _moment_of(str(value), where).text, None
        case _:
            assert_never(row.kind)


def _number(
    row: Variable, value: object, data: Mapping[str, object], where: str
) -> tuple[str, Decimal]:
    comparator = str(data.get("comparator") or "")
    text: object = value
    if isinstance(value, str):
        match = _COMPARATOR.match(value)
        assert match is not None
        comparator = match[1] or comparator
        text = match[2]
    comparator = _COMPARATORS.get(comparator, comparator)
    if comparator not in {"", "<", "<=", ">", ">="}:
        raise FactError(f"{comparator!r} is no comparator", where=where, remedy="Use < <= > or >=.")
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal):
        raise FactError(
            f"{row.en} is a number, not {value!r}",
            where=where,
            remedy=f'Write it as "value": "1.5", "unit": "{_shown(row.unit)}".',
        )
    try:
        number = read_number(text)
        if abs(number.adjusted()) > _MOST_DIGITS:
            raise UnitError(f"{value!r} is no number that is measured")
        return comparator, number
    except UnitError as error:
        raise FactError(
            f"{row.en}: {error.what}",
            where=where,
            remedy=error.remedy or "Write one number with a point as decimal sign.",
        ) from error


def _unit(row: Variable, data: Mapping[str, object], where: str) -> Unit:
    given = data.get("unit")
    accepted = ", ".join(_shown(unit) for unit in row.units)
    if given in (None, ""):
        assert row.unit is not None
        if row.unit.code == "1":
            return row.unit
        raise FactError(
            f"{row.en} {data.get('value')} has no unit",
            where=where,
            remedy=f"Write its unit: {accepted}. Trialrun never assumes one.",
        )
    try:
        return accepted_unit(row, str(given))
    except UnitError as error:
        raise FactError(
            f"{row.en}: {error.what}", where=where, remedy=f"Use one of {accepted}."
        ) from error
    except FactError as error:
        raise FactError(error.what, where=where, remedy=error.remedy) from error


def accepted_unit(row: Variable, text: str) -> Unit:
    """The unit that `text` names, for values of this variable.

    Raises UnitError where nobody knows the unit, FactError where the variable has no such unit.
    """
    unit = read_unit(text)
    if text in _GIGA and row.unit is not None and row.unit.dimension in _COUNTS:
        unit = read_unit(_GIGA[text])
    if unit.dimension in _MULTIPLES:
        return unit
    if all(unit.dimension != other.dimension for other in row.units):
        accepted = ", ".join(_shown(other) for other in row.units)
        raise FactError(
            f"{row.en} is not measured in {unit.code}", remedy=f"Use one of {accepted}."
        )
    return unit


def _level(row: Variable, value: object, where: str) -> str:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d+(\.0+)?", text):
        raise FactError(
            f"{row.en} {value!r} is not one whole number",
            where=where,
            remedy=f"Give the one grade that holds at that time, {row.levels[0]} to "
            f"{row.levels[-1]}; a range such as 2-3 decides nothing.",
        )
    return str(int(Decimal(text)))


def _boolean(row: Variable, value: object, where: str) -> str:
    text = str(value).strip().lower()
    if text in _TRUE:
        return "true"
    if text in _FALSE:
        return "false"
    raise FactError(
        f"{row.en} is present or absent, not {value!r}",
        where=where,
        remedy="Write true or false; leave the fact out where it is not known.",
    )


def _code(row: Variable, value: object, where: str) -> str:
    text = str(value).strip().lower()
    for choice in row.choices:
        if text in {choice.code.lower(), choice.en.lower(), choice.zh}:
            return choice.code
    raise FactError(
        f"{value!r} is no value of {row.en}",
        where=where,
        remedy=f"Use one of {', '.join(row.values)}.",
    )


def _limit(data: Mapping[str, object], key: str, row: Variable, where: str) -> str | None:
    given = data.get(key)
    if given in (None, ""):
        return None
    if row.kind is not Kind.QUANTITY or isinstance(given, bool):
        raise FactError(f"{row.en} has no laboratory limit {key!r}", where=where)
    if not isinstance(given, str | int | float | Decimal):
        raise FactError(f"the limit {key!r} of {row.en} is not a number", where=where)
    try:
        return plain(read_number(given))
    except UnitError as error:
        raise FactError(
            f"the limit {key!r} of {row.en}: {error.what}", where=where, remedy=error.remedy
        ) from error


def _moment(data: Mapping[str, object], name: str, where: str) -> Moment:
    given = data.get("at")
    if given in (None, ""):
        raise FactError(
            f"{name} has no time",
            where=where,
            remedy='Write when it was observed, such as "at": "2026-03-01".',
        )
    return _moment_of(str(given), where)


def _moment_of(text: str, where: str) -> Moment:
    try:
        return Moment(text)
    except FactError as error:
        raise FactError(error.what, where=where, remedy=error.remedy) from error


def _text(data: Mapping[str, object], key: str, where: str) -> str:
    given = data.get(key)
    if not isinstance(given, str) or not given.strip():
        raise FactError(
            f"a fact needs its {key}, as text",
            where=where,
            remedy='A fact is {"variable": "alt", "value": "35", "unit": "U/L", '
            '"at": "2026-03-01", "source": "laboratory"}.',
        )
    return given.strip()


def canonical_number(row: Variable, value: Fraction, unit: Unit) -> Fraction:
    """The number in the variable's own unit; between days and months only roughly."""
    assert row.unit is not None
    if {unit.dimension, row.unit.dimension} == {"time", "calendar"}:
        months = unit.factor if unit.dimension == "calendar" else unit.factor / _DAYS_A_MONTH
        own = (
            row.unit.factor
            if row.unit.dimension == "calendar"
            else (row.unit.factor / _DAYS_A_MONTH)
        )
        return value * months / own
    return value * factor(unit, row.unit, molar=row.molar)


def _shown(unit: Unit | None) -> str:
    return "" if unit is None or unit.code == "1" else unit.code
