"""A study's report on disk: read at a ledger position, written whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from trialrun.conduct.protocols import Protocols
from trialrun.errors import InputError, LedgerError, ProtocolError
from trialrun.ledger.entry import Entry
from trialrun.ledger.fold import fold
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.parts import QuestionPart
from trialrun.protocol.settling import settle
from trialrun.results.figures.frame import INSTALL
from trialrun.results.report import Edition
from trialrun.results.report_files import PAGE, edition_of, report_files
from trialrun.results.summary import summary_text
from trialrun.study.directory import StudyDirectory
from trialrun.study.session import open_session
from trialrun.study.whole_files import write_whole
from trialrun.wording.catalogue import Locale

_EXTRA = b"trialrun[report]"  # what a picture says in its place where the renderer is missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was written, and the summary of it; `pictures` False where the renderer is missing."""

    edition: Edition
    summary: str
    files: tuple[Path, ...]
    pictures: bool

    @property
    def install(self) -> str:
        """The command that installs the renderer."""
        return INSTALL


def read_edition(study: Path, *, as_of: int | None = None) -> Edition:
    """What a report of the study is made of, at its head or at an earlier position.

    Raises `LedgerError` where there is nothing to report, `InputError` for a position that the
    ledger does not have, `ProtocolError` where no protocol can be executed.
    """
    with open_session(study, writable=False) as session:
        entries = tuple(session.store.entries())
        directory = session.directory
    if not entries:
        raise LedgerError(
            "the ledger has no entry yet, so there is nothing to report",
            where=str(study),
            remedy="Rehearse the study, or approve its protocol and record what happens.",
        )
    last = entries[-1].position
    if as_of is not None:
        if not 1 <= as_of <= last:
            raise InputError(
                f"the ledger has no position {as_of}",
                where=str(study),
                remedy=f"Give a position from 1 to {last}; trialrun log shows them.",
            )
        entries = entries[:as_of]
    protocol, questions = _protocol(directory, entries)
    return edition_of(protocol, entries, software=version("trialrun"), questions=questions)


def _protocol(
    directory: StudyDirectory, entries: Sequence[Entry]
) -> tuple[Protocol, tuple[QuestionPart, ...]]:
    """The protocol in force at the cut-off; before any approval, the working copy as it stands."""
    state = fold(entries)
    file = read_protocol_file(
        directory.read_bytes(directory.protocol), where=str(directory.protocol)
    )
    in_force = Protocols().in_force(state)
    if in_force is not None:
        return in_force, file.questions
    settled = settle(file, accept_assumed=True)
    if not isinstance(settled, Protocol):
        raise ProtocolError(
            "no protocol is approved yet, and the working copy leaves things open:\n"
            + "\n".join(f"  {one.place}: {one.words()}" for one in settled),
            where=str(directory.protocol),
            remedy="Answer these in protocol.toml or with trialrun questions.",
        )
    return settled, file.questions


def write_report(
    study: Path,
    *,
    locale: Locale = "en",
    as_of: int | None = None,
    shown_as: Path | None = None,
) -> Report:
    """Write `report/` of a study; `shown_as` is the folder that the summary names, if another."""
    edition = read_edition(study, as_of=as_of)
    folder = StudyDirectory(study).report
    files = report_files(edition, locale=locale)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole({folder / name: data for name, data in files.items()})
    shown = (StudyDirectory(shown_as) if shown_as is not None else StudyDirectory(study)).report
    return Report(
        edition=edition,
        summary=summary_text(edition, locale, report=str(shown / PAGE)),
        files=tuple(shown / name for name in files),
        pictures=_EXTRA not in files[PAGE],
    )
