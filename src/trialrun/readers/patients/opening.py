"""What PATH holds: FHIR, OMOP or a table; and the patients in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trialrun.errors import InputError, OutsideError
from trialrun.readers.patients.fhir.source import FhirSource
from trialrun.readers.patients.long_form import Population
from trialrun.readers.patients.omop.database import COLUMNS, files_of
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tables.mapping import MAPPING, Mapping, load_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tally import Tally

if TYPE_CHECKING:
    from trialrun.criteria.columns.population import Wide

_JSON = (".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_LINES = (".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_TABLES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_KINDS = (
    "Give a FHIR R4 bundle (.json), a folder of bundles, a bulk export's folder (.ndjson), an OMOP "
    "database (.duckdb, or a folder of Parquet or CSV files), or a table with its mapping."
)


class PatientSource(Protocol):
    """Patients, one by one or as a whole. The tally is full when all have been read.

    `at_once`: a database, or a table as good as one, of so many that counting them all is sooner
    than one by one. `simulated`: the source says that nobody of it exists; a code that begins with
    SIM- says so of one patient.
    """

    tally: Tally

    @property
    def at_once(self) -> bool: ...

    @property
    def simulated(self) -> bool: ...

    def patients(self) -> Iterator[Patient]:
        """Every patient, in the order of the source."""

    def patient(self, code: str) -> tuple[Patient, Tally] | None:
        """One patient, with the counts of what is theirs."""

    def population(self, folder: Path, *, distinct: bool = True) -> Population:
        """The same facts as two tables. `folder` is where files may be written; it must stay.

        Without `distinct` a database may leave equal facts in: only a rule that counts can tell.
        """

    def wide(self) -> Wide | None:
        """The same facts as one row a patient, where they stand so; then the tally is full too."""

    def count(self) -> Tally:
        """The tally, filled."""


def open_patients(path: Path, *, mapping: Path | None = None) -> PatientSource:
    """The source that a path holds.

    `mapping` is a mapping.toml; without it, the one beside a file (or in the folder) is used. It
    also declares, for FHIR and OMOP, the site's UTC offset and which lists are complete. Raises
    InputError for what is none of the kinds, NotSupported for what is another version of one,
    MissingExtra where a kind needs one, OutsideError where the machine does not give the file.
    """
    if not path.exists():
        raise OutsideError("there is no such file or folder", where=str(path), remedy=_KINDS)
    declared = _mapping(path, mapping)
    if path.is_dir():
        return _folder(path, declared)
    name = path.name.lower()
    if name.endswith(_TABLES):
        if declared is None or not declared.columns:
            raise InputError(
                "a table needs a mapping: which column is which variable, in which unit",
                where=str(path),
                remedy=f"Propose one with: trialrun mapping {path.name} > {MAPPING}\n"
                "Then check it, answer its questions, and screen again.",
            )
        return TableSource(path, declared)
    if name.endswith((".duckdb", ".db")) or _starts(path, b"DUCK", 8):
        return _omop(path, declared)
    if name.endswith(_JSON) or _starts(path, b"{") or _starts(path, b"[") or _starts(path, b"<"):
        return FhirSource([path], bulk=False, declared=declared)
    raise InputError("this is no patient data that is known", where=str(path), remedy=_KINDS)


def read_patients(path: Path, *, mapping: Path | None = None) -> Iterator[Patient]:
    """Every patient of a path; `open_patients` gives the tally as well."""
    yield from open_patients(path, mapping=mapping).patients()


def _folder(path: Path, declared: Mapping | None) -> PatientSource:
    files = sorted(one for one in path.iterdir() if not one.name.startswith((".", "__")))
    names = [one.name.lower() for one in files]
    if declared is not None and declared.columns and declared.file:
        return TableSource(path / declared.file, declared)
    tables = files_of(path)
    if len(tables) >= 2 or "person" in tables:
        return _omop(path, declared)
    databases = [one for one in files if one.name.lower().endswith(".duckdb")]
    if len(databases) == 1:
        return _omop(databases[0], declared)
    lines = [one for one, name in zip(files, names, strict=True) if name.endswith(_LINES)]
    if lines:
        return FhirSource(lines, bulk=True, declared=declared)
    bundles = [one for one, name in zip(files, names, strict=True) if name.endswith(_JSON)]
    if bundles:
        return FhirSource(bundles, bulk=False, declared=declared)
    folders = [one for one in files if one.is_dir()]
    if len(folders) == 1 and not [one for one in files if one.is_file()]:
        return _folder(folders[0], declared)
    named = sorted(set(tables)) or sorted(names)[:5]
    raise InputError(
        f"this folder holds no patient data that is known (found: {', '.join(named) or 'nothing'})",
        where=str(path),
        remedy=f"{_KINDS} The OMOP tables are {', '.join(COLUMNS)}.",
    )


def _omop(path: Path, declared: Mapping | None) -> PatientSource:
    from trialrun.readers.patients.omop.source import OmopSource

    return OmopSource(path, declared=declared)


def _mapping(path: Path, given: Path | None) -> Mapping | None:
    if given is not None:
        return load_mapping(given)
    home = path if path.is_dir() else path.parent
    beside = home / MAPPING
    if not beside.is_file():
        return None
    found = load_mapping(beside)
    # One bundle or database of a folder is read as in the folder; a table's mapping is not its own.
    fits = path.is_dir() or path.name.lower().endswith(_TABLES) or not found.columns
    return found if fits else None


def _starts(path: Path, sign: bytes, offset: int = 0) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(offset + 64)[offset:].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(sign)
    except OSError as error:
        raise OutsideError(
            f"the file cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the name and the permission.",
        ) from error
