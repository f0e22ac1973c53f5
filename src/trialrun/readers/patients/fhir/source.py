"""FHIR files as a source of patients."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trialrun.readers.patients.complete import completed, declared_codes
from trialrun.readers.patients.fhir.bulk import read_bulk
from trialrun.readers.patients.fhir.bundle import read_bundle, read_bundles
from trialrun.readers.patients.fhir.files import content_of
from trialrun.readers.patients.long_form import Population, write_population
from trialrun.readers.patients.patient import Patient
from trialrun.readers.patients.tables.mapping import Mapping
from trialrun.readers.patients.tally import Tally


class FhirSource:
    """One bundle, a folder of bundles, or a bulk export. `patients` reads from the start again."""

    at_once = False
    simulated = False

    def __init__(self, files: list[Path], *, bulk: bool, declared: Mapping | None = None) -> None:
        self.tally = Tally()
        self._files = files
        self._bulk = bulk
        self._declared = declared

    def patients(self) -> Iterator[Patient]:
        """Every patient; of one file that cannot be read the error, of many they are counted."""
        self.tally.clear()
        yield from self._read(self.tally)

    def patient(self, code: str) -> tuple[Patient, Tally] | None:
        """One patient: all files are looked at, and only what names them is read and counted."""
        own = Tally()
        found = next(iter(list(self._read(own, only=code))), None)
        return None if found is None else (found, own)

    def _read(self, tally: Tally, only: str | None = None) -> Iterator[Patient]:
        codes = declared_codes(self._declared)
        if self._bulk:
            read = read_bulk(self._files, tally, declared=codes, only=only)
        elif len(self._files) == 1:
            (file,) = self._files
            data = content_of(file)
            read = iter(read_bundle(data, tally, where=str(file), declared=codes, only=only))
        else:
            read = read_bundles(self._files, tally, declared=codes, only=only)
        yield from completed(read, self._declared, tally)

    def population(self, folder: Path, *, distinct: bool = True) -> Population:
        """The same facts in Parquet files of the folder, written patient by patient."""
        return write_population(self.patients(), folder)  # equal facts are left out already

    def wide(self) -> None:
        """Facts stand in rows here."""

    def count(self) -> Tally:
        """The tally of what was read last; of nothing read yet, by reading it."""
        if not self.tally.rows:
            for _ in self.patients():
                pass
        return self.tally
