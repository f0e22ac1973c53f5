"""The persons of an OMOP database: sex, birth as exactly as it is recorded, death."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialrun.readers.patients.omop.database import Database
from trialrun.readers.patients.tally import Reason

if TYPE_CHECKING:
    import ibis

_MALE, _FEMALE = 8507, 8532  # the concepts of the domain Gender


def people(database: Database) -> ibis.Table:
    """One row a patient, with the day of death; a person that stands twice is one patient."""
    import ibis

    person = database.tables["person"]
    listed = person.select(patient=person.person_id).filter(person.person_id.notnull()).distinct()
    death = database.tables.get("death")
    if death is None:
        return listed.mutate(died=ibis.literal(""))
    died = death.group_by(patient=death.person_id).agg(
        died=death.death_date.min().cast("string").fill_null("yes")
    )
    found = listed.left_join(died, "patient")
    return found.select("patient", died=found.died.fill_null(""))


def person_facts(database: Database) -> ibis.Table:
    """`birth_date` and `sex` of each person, in the shape of the events' facts.

    A year, or a month, alone spans all its days. Sex is known from birth on.
    """
    import ibis

    person = database.tables["person"]
    clean = _birth(person)
    shape = {
        "kind": ibis.literal("person"), "row": clean.person_id, "patient": clean.person_id,
        "unit": ibis.null("string"), "comparator": ibis.literal(""),
        "first_day": clean.first_day, "last_day": clean.last_day,
        "instant": ibis.null("timestamp('UTC')"), "low": ibis.null("float64"),
        "high": ibis.null("float64"), "value": ibis.null("float64"),
        "implausible": ibis.literal(False),
    }  # fmt: skip
    dated = ibis.ifelse(
        clean.first_day.isnull(), ibis.literal(Reason.NO_DATE.value), ibis.null("string")
    )
    birth = clean.select(
        **shape, variable=ibis.literal("birth_date"), cited=ibis.literal("year of birth"),
        text=clean.born, reason=dated,
    )  # fmt: skip
    sex = ibis.cases(
        (clean.gender_concept_id == _MALE, "male"),
        (clean.gender_concept_id == _FEMALE, "female"),
        (clean.gender_source_value.upper().isin(["M", "MALE"]), "male"),
        (clean.gender_source_value.upper().isin(["F", "FEMALE"]), "female"),
        else_=ibis.null("string"),
    )
    second = clean.select(
        **shape, variable=ibis.literal("sex"), cited=ibis.literal("gender"), text=sex,
        reason=dated.fill_null(
            ibis.ifelse(sex.isnull(), ibis.literal(Reason.NO_VALUE.value), ibis.null("string"))
        ),
    )  # fmt: skip
    return birth.union(second.select(birth.columns))


def impossible_births(database: Database) -> ibis.Table:
    """Persons whose day or month of birth is on no calendar: what is left of it is used."""
    person = database.tables["person"]
    day = person.day_of_birth.fill_null(1).cast("string").lpad(2, "0")
    month = person.month_of_birth.cast("string").lpad(2, "0")
    year = person.year_of_birth.cast("string").lpad(4, "0")
    written = year + "-" + month + "-" + day
    return person.filter(written.notnull() & written.try_cast("date").isnull())


def _birth(person: ibis.Table) -> ibis.Table:
    """`born` as text, and the first and last day that it may be; all null where it is no date."""
    import ibis

    year = person.year_of_birth.fill_null(person.birth_datetime.year().cast("int64"))
    stated = person.birth_datetime.date().cast("string")
    parted = person.mutate(
        y=year.cast("string").lpad(4, "0"),
        m=person.month_of_birth.cast("string").lpad(2, "0"),
        d=person.day_of_birth.cast("string").lpad(2, "0"),
    )
    to_day = parted.y + "-" + parted.m + "-" + parted.d
    exact = to_day.try_cast("date")
    month = (parted.y + "-" + parted.m + "-01").try_cast("date")
    whole = (parted.y + "-01-01").try_cast("date")
    # The day alone is taken from birth_datetime only where its own column is missing and the
    # year agrees: ETLs write the first of January there for a birthday that nobody knows.
    agrees = parted.month_of_birth.isnull() & ~stated.endswith("-01-01")
    exact = ibis.coalesce(exact, ibis.ifelse(agrees, stated, ibis.null("string")).try_cast("date"))
    month = ibis.ifelse(parted.day_of_birth.isnull(), month, ibis.null("date"))
    first = ibis.coalesce(exact, month, whole)
    last = ibis.coalesce(
        exact,
        (month + ibis.interval(months=1)).cast("date") - ibis.interval(days=1),
        (whole + ibis.interval(years=1)).cast("date") - ibis.interval(days=1),
    )
    born = ibis.cases(
        (exact.notnull(), exact.cast("string")),
        (month.notnull(), parted.y + "-" + parted.m),
        (whole.notnull(), parted.y),
        else_=ibis.null("string"),
    )
    return parted.mutate(born=born, first_day=first, last_day=last.cast("date"))
