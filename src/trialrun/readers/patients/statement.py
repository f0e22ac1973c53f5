"""What a source says about one variable becomes a fact, or the reason why it becomes none."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from trialrun.errors import FactError, UnitError
from trialrun.readers.patients.fahrenheit import CELSIUS, CODE, in_celsius, is_fahrenheit
from trialrun.readers.patients.tally import Reason
from trialrun.readers.patients.unit_spelling import other_spelling
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain, read_number
from trialrun.values.unit import UNITS, Unit, factor
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import accepted_unit, plausibility
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind, Variable

_COMPARED = re.compile(r"\s*(<=|>=|=<|=>|≤|≥|<|>|＜|＞)?\s*(\S.*?)?\s*\Z", re.DOTALL)
_COMPARATORS = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "＜": "<", "＞": ">"}
_NUMBER_AND_UNIT = re.compile(r"([+-]?[\d.,]+(?:[eE][+-]?\d+)?)\s*(\D.*)?\Z", re.DOTALL | re.ASCII)
_OTHER = {",": ".", ".": ","}  # beside each decimal sign, that of thousands
_GROUPED = {
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?\Z", re.ASCII),
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?\Z", re.ASCII),
}
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+\Z", re.ASCII)  # 50.000: fifty thousand?
_MOST_DIGITS = 30
_TRUE = {"true", "yes", "y", "present", "positive", "pos", "detected", "reactive", "1"}
_FALSE = {
    "false", "no", "n", "absent", "negative", "neg", "not detected", "non-reactive",
    "nonreactive", "0",
}  # fmt: skip
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?\Z", re.ASCII
)


class Statement(NamedTuple):
    """One value of one variable as a source has it; `at` is a moment that was read already.

    A named tuple, as one is made for every row that is read.
    """

    id: str
    value: object
    at: Moment
    unit: str | None = None
    comparator: str = ""
    source: str = ""
    low: object = None
    high: object = None
    decimal: str = ""  # the declared decimal sign, or nothing


def fact_of(row: Variable, said: Statement) -> Fact | Reason:
    """The fact, or why there is none. Nothing is assumed: no unit, no sign, no date."""
    comparator, unit, source = "", None, said.source
    fahrenheit = False
    match row.kind:
        case Kind.QUANTITY:
            if not isinstance(said.value, str | int | float | Decimal):
                return Reason.BAD_VALUE
            read = _quantity(row.name, said.value, said.unit, said.comparator, said.decimal)
            if isinstance(read, Reason):
                return read
            comparator, value, unit = read
            fahrenheit = unit is None
            if unit is None:
                source += f", converted from {value} {CODE}"
                value, unit = plain(in_celsius(Decimal(value))), CELSIUS
        case Kind.ORDINAL:
            read_level = _level(row, said.value)
            if isinstance(read_level, Reason):
                return read_level
            value, unit = read_level, row.unit
        case Kind.BOOLEAN | Kind.CODED:
            read_word = _word(row, said.value)
            if isinstance(read_word, Reason):
                return read_word
            value = read_word
        case Kind.DATE:
            at = moment_of(str(said.value))
            if at is None:
                return Reason.BAD_VALUE
            value = at.text
    limits = row.kind is Kind.QUANTITY
    return Fact(
        id=said.id,
        variable=row.name,
        value=value,
        unit=None if unit is None else unit.code,
        comparator=comparator,
        at=said.at,
        source=source,
        low=limit_of(said.low, said.decimal, fahrenheit=fahrenheit) if limits else None,
        high=limit_of(said.high, said.decimal, fahrenheit=fahrenheit) if limits else None,
    )


@lru_cache(maxsize=50_000)
def moment_of(text: str) -> Moment | None:
    """The moment that is written, or None. A time of day without its UTC offset leaves the day."""
    text = text.strip()
    timed = _TIME.match(text)
    if timed is not None:
        day, time, fraction, zone = timed.groups()
        if not zone:
            text = day
        else:
            shown = zone if zone == "Z" or ":" in zone else f"{zone[:3]}:{zone[3:]}"
            # Below a second nothing is decided, and more than six digits are no moment of ours.
            text = f"{day}T{time}{(fraction or '')[:7] if len(time) > 5 else ''}{shown}"
    try:
        return Moment(text)
    except (FactError, ValueError, OverflowError):
        return None


@lru_cache(maxsize=20_000)
def unit_of(name: str, text: str) -> Unit | Reason:
    """The unit of a variable's value, or why there is none.

    >>> unit_of("platelets", "K/uL").code
    '10*3/uL'
    """
    found = _accepted(variable(name), text.strip())
    other = other_spelling(text) if isinstance(found, Reason) else None
    if other is not None:
        meant = _accepted(variable(name), other)
        return found if isinstance(meant, Reason) else meant
    return found


def _accepted(row: Variable, text: str) -> Unit | Reason:
    try:
        return accepted_unit(row, text)
    except UnitError:
        return Reason.UNKNOWN_UNIT
    except FactError:
        return Reason.UNFIT_UNIT


def doubted(fact: Fact) -> bool:
    """Whether nobody can have this value: it is questioned, and the engines do not use it."""
    if fact.unit is None:
        return False
    within = _surely_plausible(fact.variable, fact.unit)
    return not within[0] < float(fact.value) < within[1] and plausibility(fact) is not None


@lru_cache(maxsize=5_000)
def _surely_plausible(name: str, unit: str) -> tuple[float, float]:
    """Bounds a little inside the plausible range: between them the exact look is not needed."""
    row = variable(name)
    if row.least is None or row.most is None or row.unit is None:
        return -math.inf, math.inf
    try:
        size = factor(UNITS[unit], row.unit, molar=row.molar)
    except UnitError:
        return math.inf, -math.inf
    low, high = Fraction(row.least) / size, Fraction(row.most) / size
    margin = (high - low) / 1_000_000
    return float(low + margin), float(high - margin)


def number_of(value: object, decimal: str = "") -> tuple[str, Decimal, str] | Reason:
    """Comparator, number and what is written behind it.

    `decimal` is the declared sign: with "," a point is a thousands sign, with "." a comma is one,
    and where it stands as no thousands sign does ("1.1", "1,25"), the number is questioned.
    Undeclared, a comma and a "50.000" are.
    """
    if isinstance(value, bool):
        return Reason.BAD_VALUE
    comparator, rest = "", ""
    if isinstance(value, str):
        parted = _COMPARED.match(value)
        comparator = (parted and parted[1]) or ""
        written = _NUMBER_AND_UNIT.match((parted and parted[2]) or "")
        if written is None:
            return Reason.BAD_VALUE if value.strip() else Reason.NO_VALUE
        digits, rest = written[1], (written[2] or "").strip()
        if decimal and _OTHER[decimal] in digits and not _GROUPED[decimal].match(digits):
            return Reason.DECIMAL_COMMA
        if decimal == ",":
            digits = digits.replace(".", "").replace(",", ".")
        elif decimal == ".":
            digits = digits.replace(",", "")
        elif "," in digits or _THOUSANDS.match(digits):
            return Reason.DECIMAL_COMMA
        value = digits
    if not isinstance(value, str | int | float | Decimal):
        return Reason.BAD_VALUE
    number = _number(value)
    if number is None:
        return Reason.BAD_VALUE
    return _COMPARATORS.get(comparator, comparator), number, rest


@lru_cache(maxsize=20_000, typed=True)  # laboratory values come again and again
def _number(value: str | float | Decimal) -> Decimal | None:
    try:
        number = read_number(value)
    except (UnitError, ValueError):
        return None
    if abs(number.adjusted()) > _MOST_DIGITS or len(number.as_tuple().digits) > _MOST_DIGITS:
        return None
    return number


@lru_cache(maxsize=20_000, typed=True)  # laboratory values come again and again
def _quantity(
    name: str, value: str | float | Decimal, written: str | None, beside: str, decimal: str
) -> tuple[str, str, Unit | None] | Reason:
    """Comparator, number and unit; no unit where it is degrees Fahrenheit. `written` is the unit
    and `beside` the comparator that stand beside the value.
    """
    read = number_of(value, decimal)
    if isinstance(read, Reason):
        return read
    row = variable(name)
    comparator, number, rest = read
    given = _COMPARATORS.get(beside, beside)
    if given not in {"", "=", "<", "<=", ">", ">="}:
        return Reason.BAD_VALUE  # such as "ad" of R5: nobody can compare with it
    text = written if written and written.strip() else rest
    unit: Unit | Reason | None
    if text:
        unit = None if is_fahrenheit(name, text) else unit_of(name, text)
    elif row.unit is not None and row.unit.code in {"1", "{score}"}:
        unit = row.unit  # a score is a number without a unit
    else:
        return Reason.NO_UNIT
    if isinstance(unit, Reason):
        return unit
    return comparator or ("" if given == "=" else given), plain(number), unit


def _level(row: Variable, value: object) -> str | Reason:
    read = number_of(value)
    if isinstance(read, Reason):
        return read
    comparator, number, rest = read
    whole = number == number.to_integral_value()
    if comparator or rest or not whole or plain(number) not in row.levels:
        return Reason.BAD_VALUE  # "2-3" decides nothing, and 7 is no level of ECOG
    return plain(number)


def _word(row: Variable, value: object) -> str | Reason:
    text = str(value).strip().casefold() if isinstance(value, str | bool) else ""
    if row.kind is Kind.BOOLEAN:
        if text in _TRUE:
            return "true"
        return "false" if text in _FALSE else Reason.BAD_VALUE
    for choice in row.choices:
        if text in {choice.code.casefold(), choice.en.casefold(), choice.zh}:
            return choice.code
    return Reason.BAD_VALUE


def limit_of(value: object, decimal: str, *, fahrenheit: bool = False) -> str | None:
    """A laboratory's limit; what is no plain number is no limit."""
    if value is None:
        return None
    read = number_of(value, decimal)
    if isinstance(read, Reason) or read[0] or read[2]:
        return None
    return plain(in_celsius(read[1]) if fahrenheit else read[1])


def multiple(upper: bool) -> Unit:
    """The unit of a value that is known only beside the laboratory's limit."""
    return UNITS["xULN" if upper else "xLLN"]
