"""A simulated screening population on disk, in the forms that hospitals have."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from trialrun.errors import InputError, OutsideError
from trialrun.rehearse.screening_population import csv_rows, fhir, omop
from trialrun.rehearse.screening_population.person import ANCHORS, Person
from trialrun.rehearse.screening_population.population import people
from trialrun.rehearse.screening_population.truth import Form
from trialrun.study.population_database import write_database
from trialrun.study.population_facts import write_facts

NOTE = "SIMULATED.txt"
Done = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: people, results and findings, and the files."""

    people: int
    items: int
    files: tuple[Path, ...]


def write_population(
    seed: int, count: int, form: Form, folder: Path, done: Done = lambda people: None
) -> Written:
    """Write `count` simulated people of `seed` into a new or empty folder.

    FHIR: one bundle a person; BULK: NDJSON, a file a resource type; OMOP: a DuckDB database;
    OMOP_CSV: a file a table; CSV: one long file, with the mapping that its reader needs; PARQUET:
    the facts themselves, long form. The same seed gives the same people in every form, and
    person n is the same whatever the count. `done` is told how many people are written.

    Raises InputError for a folder that holds something, OutsideError where the disk says no.
    """
    first = people(seed, min(count, 1))  # checks the numbers before anything is made
    list(first)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(
                "the folder is not empty",
                where=str(folder),
                remedy="Name a new folder; nothing is written over.",
            )
        items = _WRITERS[form](seed, count, folder, done)
        (folder / NOTE).write_text(_note(seed, count, form), encoding="utf-8")
        if form in _MAPPINGS:
            (folder / "mapping.toml").write_text(_MAPPINGS[form](), encoding="utf-8")
    except OSError as error:
        raise OutsideError(
            f"the population cannot be written: {error.strerror or error}",
            where=str(folder),
            remedy="Check that the disk has room, and that you may write there.",
        ) from error
    files = tuple(sorted(path for path in folder.iterdir() if path.is_file()))
    return Written(people=count, items=items, files=files)


def _note(seed: int, count: int, form: Form) -> str:
    dates = ", ".join(f"{name} {day}" for name, day in ANCHORS.items())
    return (
        f"SIMULATED. Nobody in these files exists: {count} people drawn with seed {seed}, "
        f"form {form.value}.\nDates of the simulated screening: {dates}.\n"
    )


def _counted(seed: int, count: int, done: Done) -> Iterator[tuple[Person, int]]:
    for number, person in enumerate(people(seed, count), start=1):
        yield person, len(person.readings) + len(person.findings)
        done(number)


def _bundles(seed: int, count: int, folder: Path, done: Done) -> int:
    items = 0
    for person, many in _counted(seed, count, done):
        items += many
        (folder / f"{person.code}.json").write_text(fhir.bundle_text(person), encoding="utf-8")
    return items


def _bulk(seed: int, count: int, folder: Path, done: Done) -> int:
    items = 0
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(_new(folder / f"{name}.ndjson"))
            for name in ("Patient", "Observation", "Condition")
        }
        for person, many in _counted(seed, count, done):
            items += many
            for name, line in fhir.bulk_lines(person):
                files[name].write(line)
    return items


def _long_csv(seed: int, count: int, folder: Path, done: Done) -> int:
    items = 0
    with _new(folder / csv_rows.FILE) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(csv_rows.COLUMNS)
        for person, many in _counted(seed, count, done):
            items += many
            writer.writerows(csv_rows.rows(person))
    return items


def _tables(seed: int, count: int, folder: Path, done: Done) -> int:
    """The OMOP tables as CSV, named and headed as the CDM has them."""
    items = 0
    with ExitStack() as stack:
        writers = {}
        for name, columns in omop.TABLES.items():
            file = stack.enter_context(_new(folder / f"{name}.csv"))
            writers[name] = csv.writer(file, lineterminator="\n")
            writers[name].writerow([column for column, _ in columns])
        writers["concept"].writerows(omop.concept_rows())
        writers["cdm_source"].writerow(omop.source_row(seed))
        for person, many in _counted(seed, count, done):
            items += many
            writers["person"].writerow(omop.person_row(person))
            writers["observation_period"].writerow(omop.period_row(person))
            writers["measurement"].writerows(omop.measurement_rows(person))
            writers["condition_occurrence"].writerows(omop.condition_rows(person))
    return items


def _database(seed: int, count: int, folder: Path, done: Done) -> int:
    with tempfile.TemporaryDirectory() as name:
        items = _tables(seed, count, Path(name), done)
        write_database(folder / "SIMULATED-omop.duckdb", Path(name), omop.TABLES)
    return items


def _facts(seed: int, count: int, folder: Path, done: Done) -> int:
    return write_facts(seed, count, folder, done)


def _new(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


_WRITERS: dict[Form, Callable[[int, int, Path, Done], int]] = {
    Form.FHIR: _bundles,
    Form.BULK: _bulk,
    Form.OMOP: _database,
    Form.OMOP_CSV: _tables,
    Form.CSV: _long_csv,
    Form.PARQUET: _facts,
}

_MAPPINGS: dict[Form, Callable[[], str]] = {
    Form.FHIR: fhir.mapping,
    Form.BULK: fhir.mapping,
    Form.CSV: csv_rows.mapping,
    Form.OMOP: omop.mapping,
    Form.OMOP_CSV: omop.mapping,
}
