"""An OMOP database as a source of patients: one by one, or all at once inside the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialrun.readers.patients.complete import closed_variables, declared_codes, note_complete
from trialrun.readers.patients.long_form import FACTS, Population
from trialrun.readers.patients.omop.concepts import concept_names
from trialrun.readers.patients.omop.database import (
    EVENTS,
    Database,
    open_database,
    rows_of,
    scalar,
)
from trialrun.readers.patients.omop.events import Events, decided, joined, memory, valued
from trialrun.readers.patients.omop.located import first_keys, places_of
from trialrun.readers.patients.omop.people import impossible_births, people, person_facts
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.place import Place
from trialrun.readers.patients.tables.mapping import Mapping
from trialrun.readers.patients.tally import Reason, Tally
from trialrun.values.moment import Moment
from trialrun.values.quantity import plain, read_number
from trialrun.vocabulary.fact import Fact

if TYPE_CHECKING:
    import ibis

# Equal facts of a patient: all of these are the same.
_SAME = (
    "patient", "variable", "value", "text", "unit", "comparator", "first_day", "last_day",
    "instant", "low", "high",
)  # fmt: skip
_MANY = 5_000
_AT_ONCE = 2_000  # patients whose facts are in memory together
_SHOWN = 50  # unmapped codes a table, the most frequent
_OF_ALL = {"no_table", "no_concepts"}  # notes of the database that hold for each patient in it


class OmopSource:
    """Patients of an OMOP database. `declared` gives the site's UTC offset and complete lists.

    Without an offset a time of day is not used: only its day is. Opening reads no rows.
    """

    @property
    def at_once(self) -> bool:
        """Whether there are so many that all together are sooner counted than one by one."""
        return scalar(people(self._database).count()) >= _MANY

    @property
    def simulated(self) -> bool:
        """Whether every person's source value begins with SIM-."""
        person = self._database.tables["person"]
        real = ~person.person_source_value.cast("string").startswith("SIM-").fill_null(False)
        return scalar(person.count()) > 0 and scalar(real.sum()) == 0

    def __init__(
        self, path: Path, *, declared: Mapping | None = None, database: Database | None = None
    ) -> None:
        self.tally = Tally()
        self._path = path
        self._declared = declared
        self._database = open_database(path, self.tally) if database is None else database
        self._offset = "" if declared is None else declared.utc_offset
        if declared is not None and closed_variables(declared):
            note_complete(declared, self.tally)

    @cached_property
    def _events(self) -> Events:
        return decided(self._database, self.tally, declared_codes(self._declared))

    @cached_property
    def _rows(self) -> ibis.Table:
        return self._all_rows()

    def patients(self) -> Iterator[Patient]:
        """Every patient with the facts of `population`, ordered by code; then the tally is full."""
        died = {one["patient"]: one["died"] for one in rows_of(people(self._database))}
        codes = sorted(died)
        for start in range(0, len(codes), _AT_ONCE):
            yield from self._some(codes[start : start + _AT_ONCE], died)
        self.count()

    def _some(self, codes: list[str], died: dict[str, str]) -> Iterator[Patient]:
        facts = self._facts(cited=True)
        rows = facts.filter((facts.patient >= codes[0]) & (facts.patient <= codes[-1]))
        listed = rows_of(rows.order_by("patient", "first_day", "variable", "id"))
        grouped = {
            code: tuple(map(self._fact, group))
            for code, group in groupby(listed, key=lambda row: str(row["patient"]))
        }
        for code in codes:
            yield Patient(code=code, facts=grouped.get(code, ()), died=died[code])

    def patient(self, code: str) -> tuple[Patient, Tally] | None:
        """One patient by `person_id`: the rows of nobody else are read, and only theirs counted."""
        tables = {
            name: table.filter(table.person_id == code) if "person_id" in table.columns else table
            for name, table in self._database.tables.items()
        }
        narrowed = replace(self._database, tables=tables)
        own = OmopSource(self._path, declared=self._declared, database=narrowed)
        own.tally.notes |= {
            note: count for note, count in self.tally.notes.items() if note[0] in _OF_ALL
        }
        for patient in own.patients():
            return patient, own.count()
        return None

    def population(self, folder: Path | None = None, *, distinct: bool = True) -> Population:
        """All facts as expressions that the database computes; nothing is read or written here.

        `distinct` leaves out equal facts, as `patients` does. It costs a pass over everything, and
        only a rule that counts facts can tell: without one, a caller may do without.
        """
        return Population(
            facts=self._facts(distinct=distinct).select(*FACTS), people=people(self._database)
        )

    def wide(self) -> None:
        """Facts stand in rows here."""

    def count(self) -> Tally:
        """Fill the tally: one pass over each table."""
        tally = self.tally
        if tally.patients:
            return tally
        tally.patients = scalar(people(self._database).count())
        ranked = self._ranked()
        for one in rows_of(
            ranked.filter(ranked.outcome == "")
            .group_by("variable", "implausible")
            .agg(n=lambda table: table.count())
        ):
            tally.facts += one["n"]
            if one["implausible"]:
                tally.questioned[one["variable"]] += one["n"]
        # "" sorts before every reason, so the least outcome of a row is the one that counts.
        by_row = ranked.group_by("kind", "row").agg(outcome=ranked.outcome.min())
        outcomes = rows_of(
            by_row.group_by("kind", "outcome").agg(n=by_row.count(), first=first_keys(by_row.row))
        )
        for name in self._events.tables:
            self._count_events(name, [one for one in outcomes if one["kind"] == name])
            self._count_codes(name)
        closed = (
            self._absent(self._facts(closed=False)) if closed_variables(self._declared) else None
        )
        tally.facts += 0 if closed is None else scalar(closed.count())
        persons = {one["outcome"]: one for one in outcomes if one["kind"] == "person"}
        self._count_persons(persons)
        return tally

    def _all_rows(self) -> ibis.Table:
        """Every row that has a variable, and both facts of each person."""
        parts = [person_facts(self._database)]
        columns = parts[0].columns
        mapped = [joined(self._events, name) for name in EVENTS if name in self._events.tables]
        together = [part for part in mapped if part is not None]
        if together:
            rows = together[0]
            for part in together[1:]:
                rows = rows.union(part)
            parts.append(valued(self._database, rows, self.tally, self._offset).select(*columns))
        return parts[0] if len(parts) == 1 else parts[0].union(parts[1])

    def _facts(
        self, *, distinct: bool = True, cited: bool = False, closed: bool = True
    ) -> ibis.Table:
        rows = self._rows.filter(self._rows.reason.isnull())
        persons = people(self._database)
        rows = rows.semi_join(persons, "patient")
        if distinct:
            ranked = rows.mutate(place=_place(rows))
            rows = ranked.filter(ranked.place == 0)
        # A row of two variables gives two facts: the variable is part of the id.
        rows = rows.mutate(id=rows.kind + "/" + rows.row + "#" + rows.variable)
        columns = (*FACTS, "cited") if cited else FACTS
        facts = rows.select(*columns)
        absent = self._absent(facts) if closed else None
        return facts if absent is None else facts.union(absent.select(*columns))

    def _absent(self, facts: ibis.Table) -> ibis.Table | None:
        """FALSE for everybody who is not on a list that is declared complete."""
        import ibis

        names = closed_variables(self._declared)
        if not names or self._declared is None or self._declared.complete_as_of is None:
            return None
        at = self._declared.complete_as_of
        listed = memory(ibis, ("variable",), [(name,) for name in names], {})
        pairs = people(self._database).select("patient").cross_join(listed)
        have = facts.select("patient", "variable").distinct()
        nothing = ibis.null("string")
        missing = pairs.anti_join(have, ["patient", "variable"])
        return missing.mutate(
            value=ibis.literal(0.0), text=nothing, unit=nothing, comparator=ibis.literal(""),
            first_day=ibis.literal(at.day), last_day=ibis.literal(at.last_day),
            instant=ibis.literal(at.instant, type="timestamp('UTC')"),
            low=ibis.null("float64"), high=ibis.null("float64"),
            id=ibis.literal("complete#") + missing.variable,
            cited=ibis.literal(f"the list is declared complete as of {at}"),
        )  # fmt: skip

    def _ranked(self) -> ibis.Table:
        """Every row with its outcome: empty where it is a fact, else the reason."""
        import ibis

        persons = people(self._database).select("patient").mutate(known=True)
        rows = self._rows.left_join(persons, "patient", rname="{name}_right")
        place = _place(rows, rows.reason.isnull() & rows.known.notnull())
        outcome = ibis.cases(
            (rows.known.isnull(), Reason.NO_PATIENT.value),
            (rows.reason.notnull(), rows.reason),
            (place > 0, Reason.DUPLICATE.value),
            else_="",
        )
        return rows.mutate(outcome=outcome)

    def _count_persons(self, outcomes: dict[str, dict[str, Any]]) -> None:
        """A person row is used where it gives a fact; one that stands twice is a duplicate."""
        person, tally = self._database.tables["person"], self.tally
        used = outcomes[""]["n"] if "" in outcomes else 0
        total = scalar(person.count())
        tally.take("person", total)
        tally.use("person", used)
        once = scalar(person.person_id.nunique())
        nobody = scalar(person.person_id.isnull().sum())
        for reason, count in (
            (Reason.NO_PATIENT, nobody),
            (Reason.DUPLICATE, total - nobody - once),
            (Reason.NO_DATE, once - used),
        ):
            if count:
                first = outcomes.get(reason.value, {}).get("first")
                tally.leave("person", reason, count, at=places_of("person", reason, first))
        impossible = scalar(impossible_births(self._database).count())
        if impossible:
            tally.note("birth_impossible", impossible)
        twice = (
            person.filter(person.person_id.notnull())
            .group_by("person_id")
            .agg(n=lambda table: table.count())
        )
        for one in rows_of(twice.filter(twice.n > 1).order_by("person_id")):
            tally.repeated[one["person_id"]] += one["n"] - 1
            tally.locate(Reason.DUPLICATE, [Place("person", "key", one["person_id"])])

    def _count_events(self, name: str, outcomes: list[dict[str, Any]]) -> None:
        """Each row once: used where one of its variables became a fact, else its first reason."""
        total = scalar(self._events.tables[name].count())
        self.tally.take(name, total)
        for one in outcomes:
            if one["outcome"] == "":
                self.tally.use(name, one["n"])
            else:
                reason = Reason(one["outcome"])
                at = places_of(name, reason, one["first"])
                self.tally.leave(name, reason, one["n"], at=at)
        rest = total - sum(one["n"] for one in outcomes)
        if rest:
            self.tally.leave(name, Reason.UNKNOWN_CODE, rest)

    def _count_codes(self, name: str) -> None:
        """The most frequent codes that no variable has."""
        table = self._events.tables[name]
        placed = table.concept.isin(sorted(self._events.concepts)) | table.source_concept.isin(
            sorted(self._events.concepts)
        )
        texts = [text for home, text in self._events.texts if home == name]
        rest = table.filter(
            ~(placed.fill_null(False) | table.source_value.isin(texts or [""]).fill_null(False))
        )
        grouped = rest.group_by("concept", "source_value").agg(n=rest.count())
        top = grouped.order_by(grouped.n.desc(), "source_value", "concept").limit(_SHOWN)
        listed = rows_of(top)
        names = concept_names(self._database, {one["concept"] for one in listed} - {None, 0})
        for one in listed:
            system, code, display = names.get(one["concept"], ("", "", ""))
            key = (system or name, code or one["source_value"] or str(one["concept"]), display)
            self.tally.codes[key] += one["n"]

    def _fact(self, row: dict[str, Any]) -> Fact:
        """One row of `facts` as a fact; numbers are their shortest decimals."""
        kind = str(row["id"]).partition("/")[0]
        return Fact(
            id=row["id"],
            variable=row["variable"],
            value=_value(row),
            unit=row["unit"],
            comparator=row["comparator"],
            at=self._moment(row),
            source=str(row["cited"]) if kind.startswith("complete#") else f"{kind}, {row['cited']}",
            low=_decimal(row["low"]),
            high=_decimal(row["high"]),
        )

    def _moment(self, row: dict[str, Any]) -> Moment:
        first, last, instant = row["first_day"], row["last_day"], row["instant"]
        if instant is not None:
            local = instant.astimezone(_zone(self._offset))
            return Moment(local.isoformat(timespec="seconds"))
        text = first.isoformat()
        if last != first:
            text = text[:7] if last.month == first.month else text[:4]
        return Moment(text)


def _place(rows: ibis.Table, counted: Any = None) -> Any:
    """The place of a row among its equals, from 0; rows that are no facts stand apart."""
    import ibis

    groups = [rows[name] for name in _SAME]
    if counted is not None:
        groups.append(counted)
    window = ibis.window(group_by=groups, order_by=[rows.kind, rows.row])
    return ibis.row_number().over(window)


def _value(row: dict[str, Any]) -> str:
    from trialrun.vocabulary.table import variable
    from trialrun.vocabulary.variable import Kind

    if row["value"] is None:
        return str(row["text"])
    if variable(row["variable"]).kind is Kind.BOOLEAN:
        return "true" if row["value"] else "false"
    return plain(read_number(float(row["value"])))


def _decimal(value: float | None) -> str | None:
    return None if value is None else plain(read_number(float(value)))


def _zone(offset: str) -> Any:
    from datetime import timedelta, timezone

    sign = -1 if offset[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6])))
