"""Lists that a site declares complete: who is not on such a list does not have the condition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from trialrun.readers.patients.codes import LOINC
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tables.mapping import CONDITIONS, Mapping
from trialrun.readers.patients.tally import Tally
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable


def declared_codes(declared: Mapping | None) -> dict[tuple[str, str], Variable]:
    """What the site declares of its own codes, by system (or none) and code."""
    listed = () if declared is None else declared.codes
    return {(one.system, one.code): variables()[one.variable] for one in listed}


def closed_variables(declared: Mapping | None) -> tuple[str, ...]:
    """The conditions that a patient without an entry does not have, by the mapping."""
    if declared is None or declared.complete_as_of is None:
        return ()
    named = set(declared.complete)
    diagnoses = {
        row.name
        for row in variables().values()
        if row.kind is Kind.BOOLEAN and any(code.system != LOINC for code in row.codes)
    }
    wanted = named - {CONDITIONS} | (diagnoses if CONDITIONS in named else set())
    return tuple(name for name in variables() if name in wanted)


def absence(name: str, at: Moment) -> Fact:
    """Nobody recorded it, and the list is declared complete as of this day."""
    return Fact(
        id=f"complete#{name}",
        variable=name,
        value="false",
        at=at,
        source=f"the list is declared complete as of {at}",
    )


def completed(
    patients: Iterator[Patient], declared: Mapping | None, tally: Tally
) -> Iterator[Patient]:
    """The patients, with what their complete lists leave out."""
    names = closed_variables(declared)
    if declared is None or declared.complete_as_of is None or not names:
        yield from patients
        return
    at = declared.complete_as_of
    note_complete(declared, tally)
    for patient in patients:
        known = {fact.variable for fact in patient.facts}
        added = tuple(absence(name, at) for name in names if name not in known)
        tally.facts += len(added)
        yield replace(patient, facts=(*patient.facts, *added))


def note_complete(declared: Mapping, tally: Tally) -> None:
    """Said wherever a verdict may rest on it."""
    tally.note("complete", lists=", ".join(declared.complete), day=str(declared.complete_as_of))
