"""A study on disk: which files belong to it, and whether they belong together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from trialrun.errors import InputError, LedgerError, OutsideError, WrongStudy
from trialrun.ledger.events import StudyStarted
from trialrun.ledger.store import Store
from trialrun.values.identifier import read_code

_HOW = "A study's folder comes from: trialrun draft RECORD -o DIR"


@dataclass(frozen=True, slots=True)
class StudyDirectory:
    """The folder of one study."""

    path: Path

    @property
    def record(self) -> Path:
        """The registry record as read."""
        return self.path / "record.json"

    @property
    def protocol(self) -> Path:
        """The working copy of the protocol."""
        return self.path / "protocol.toml"

    @property
    def ledger(self) -> Path:
        """The trial."""
        return self.path / "ledger.sqlite"

    @property
    def identities(self) -> Path:
        """Who is who: at the site only, never in the ledger."""
        return self.path / "identities"

    @property
    def report(self) -> Path:
        """What `trialrun report` writes."""
        return self.path / "report"

    @property
    def code(self) -> str:
        """The study's own code: the folder's name, or one from the record where it is no code."""
        try:
            return read_code(self.path.resolve().name, of="a study")
        except InputError:
            return f"study-{self.record_sha256()[:12]}"

    def record_sha256(self) -> str:
        """The hash by which protocol and ledger cite the record."""
        return hashlib.sha256(self.read_bytes(self.record)).hexdigest()

    def read_bytes(self, file: Path) -> bytes:
        """A file of the study; a missing one is a sentence."""
        try:
            return file.read_bytes()
        except FileNotFoundError as error:
            raise InputError(
                f"the study has no {file.name}", where=str(self.path), remedy=_HOW
            ) from error
        except OSError as error:
            raise OutsideError(
                f"the file cannot be read: {error.strerror}",
                where=str(file),
                remedy="Check the permission.",
            ) from error

    def check_ledger(self, store: Store) -> None:
        """The ledger and the record must be of one study; an empty ledger is of none yet."""
        first = next(store.entries(), None)
        if first is None:
            return
        if not isinstance(first.event, StudyStarted):
            raise LedgerError(
                "the ledger does not begin with the start of a study",
                where=str(self.ledger),
                remedy="Run trialrun verify on it.",
            )
        own = self.record_sha256()
        if first.event.record_sha256 != own:
            raise WrongStudy(
                "the ledger was started from another record than record.json",
                where=str(self.path),
                remedy="Put back the record.json or the ledger.sqlite that belongs here.",
            )


def open_directory(path: Path) -> StudyDirectory:
    """The study in a folder; anything else is an error that says what it is instead."""
    if not path.exists():
        raise InputError("there is no such folder", where=str(path), remedy=_HOW)
    if not path.is_dir():
        raise InputError("this is a file, not a study's folder", where=str(path), remedy=_HOW)
    study = StudyDirectory(path)
    if not study.record.is_file():
        here = "an empty folder" if not any(path.iterdir()) else "a folder without record.json"
        raise InputError(f"this is {here}, and no study", where=str(path), remedy=_HOW)
    try:
        json.loads(study.read_bytes(study.record))
    except ValueError as error:
        raise InputError(
            f"this is not JSON: {error}",
            where=str(study.record),
            remedy="Put back the record.json that the study was drafted from.",
        ) from error
    return study
