"""What a reader must find in each form of a simulated person, and what a form cannot hold.

The rules of what counts: a result counts unless it was entered in error or cancelled, or has no
unit, or one that its variable is not measured in. An implausible number counts as a fact (it is
questioned, never used). The same result sent twice is one fact. A diagnosis counts from its date,
present or ruled out, unless entered in error.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import Enum

from trialrun.rehearse.screening_population.coding import means_all
from trialrun.rehearse.screening_population.person import Finding, Person, Reading
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain
from trialrun.vocabulary.fact import Fact


class Form(Enum):
    """How the people are written."""

    FHIR = "fhir"  # a bundle a person
    BULK = "bulk"  # NDJSON, a file a resource type
    OMOP = "omop"  # a DuckDB database
    OMOP_CSV = "omop-csv"
    CSV = "csv"  # one row a fact, with mapping.toml
    PARQUET = "parquet"  # the facts themselves, long form: for measuring engines


class Lack(Enum):
    """Why a form does not hold something; nothing else may be missing from it."""

    MONTH = "month"  # OMOP dates have a day: what is known to the month is left out
    RULED_OUT = "ruled out"  # OMOP says what is there, never what is not
    # FHIR rules out what a code means; a code of one kind of a condition says nothing of others.
    KIND = "one kind ruled out"


_OMOP = {Form.OMOP, Form.OMOP_CSV}
_CODED = {Form.FHIR, Form.BULK, *_OMOP}


def lack(form: Form, item: Reading | Finding) -> Lack | None:
    """Why this form does not hold this item as a fact; None where it does."""
    if form not in _CODED:
        return None
    if isinstance(item, Finding) and not item.present:
        if form in _OMOP:
            return Lack.RULED_OUT
        return None if means_all(item.variable) else Lack.KIND
    return Lack.MONTH if form in _OMOP and len(item.at) == 7 else None


def facts(person: Person, form: Form = Form.CSV) -> tuple[Fact, ...]:
    """The facts that reading this form must give, in no particular order, each once."""
    return tuple(_facts(person, form))


def _facts(person: Person, form: Form) -> Iterator[Fact]:
    born = Moment(person.birth)
    yield Fact(id=f"{person.code}-sex", variable="sex", value=person.sex, at=born)
    yield Fact(id=f"{person.code}-birth", variable="birth_date", value=person.birth, at=born)
    for reading in person.readings:
        if reading.counts and lack(form, reading) is None and not reading.id.endswith("-again"):
            yield fact_of(reading)
    for finding in person.findings:
        if not finding.in_error and lack(form, finding) is None:
            value = "true" if finding.present else "false"
            yield Fact(id=finding.id, variable=finding.variable, value=value, at=Moment(finding.at))


def fact_of(reading: Reading) -> Fact:
    """A result that counts, as a fact."""
    ordinal = reading.variable == "ecog"
    return Fact(
        id=reading.id,
        variable=reading.variable,
        value=plain(Decimal(reading.value)),
        unit="{score}" if ordinal else reading.unit,
        comparator=reading.comparator,
        at=Moment(reading.at),
        source=reading.laboratory,
        low=plain(Decimal(reading.low)) if reading.low else None,
        high=plain(Decimal(reading.high)) if reading.high else None,
    )
