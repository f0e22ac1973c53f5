"""Whether a value may be recorded: written as its variable's values are, and plausible."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import assert_never

from trialrun.conduct.refusal import Refusal, Rule, refuse
from trialrun.errors import FactError, UnitError
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.reading import plausibility, read_fact
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind


def value_refused(fact: Fact) -> Refusal | None:
    """Why a fact's value cannot be recorded; None where it can."""
    try:
        if not _canonical(fact):
            return _no_value(fact)
        problem = plausibility(fact)
    except (FactError, UnitError) as error:
        return refuse(Rule.VALUE_REFUSED, what=error.what, helps=error.remedy)
    if problem is None:
        return None
    return refuse(Rule.VALUE_REFUSED, what=problem.what, helps=problem.remedy)


def _no_value(fact: Fact) -> Refusal:
    row = variable(fact.variable)
    return refuse(
        Rule.VALUE_REFUSED,
        what=f"{fact.value!r} is no value of {row.en}",
        helps=f"Use one of {', '.join(row.values)}." if row.values else "Check the value.",
    )


def _canonical(fact: Fact) -> bool:
    """Whether the value is written as the ledger keeps values of its kind."""
    row = variable(fact.variable)
    match row.kind:
        case Kind.QUANTITY:
            return _is_number(fact.value)
        case Kind.ORDINAL:
            # A number off the scale is a matter of plausibility, which says what the scale is.
            return fact.value.isdecimal() and fact.value.isascii()
        case Kind.BOOLEAN | Kind.CODED:
            return fact.value in row.values
        case Kind.DATE:
            return Moment(fact.value).text == fact.value
        case _:
            assert_never(row.kind)


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def read_again(fact: Fact) -> Fact:
    """A corrected fact, read as a new one would be; FactError where it cannot be."""
    told = {
        "variable": fact.variable,
        "value": fact.value,
        "unit": fact.unit,
        "at": fact.at.text,
        "source": fact.source,
        "comparator": fact.comparator,
        "low": fact.low,
        "high": fact.high,
    }
    return read_fact(told, where=fact.id, id=fact.id)
