"""A rehearsal on disk: a study folder of its own, written beside and put in place when whole."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from trialrun.errors import InputError, ProtocolError
from trialrun.ledger.state import StudyState
from trialrun.protocol.file import read_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import settle
from trialrun.protocol.working_copy import ProtocolFile
from trialrun.rehearse.biography import Candidate
from trialrun.rehearse.clock import Clock, Salts
from trialrun.rehearse.simulated import simulated
from trialrun.rehearse.trial import candidates_needed, check_rehearsable, model_of, rehearse
from trialrun.stores.memory import MemoryStore
from trialrun.stores.sqlite import SqliteStore
from trialrun.study.whole_files import write_whole

Progress = Callable[[StudyState, datetime], None]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is rehearsed: the record's bytes, the simulated file, and its settled protocol."""

    record: bytes
    file: bytes
    protocol: Protocol


def prepare(record: bytes, file: ProtocolFile) -> Rehearsal:
    """A rehearsal of a working copy, its open questions answered by assumption.

    Raises `NotSupported` for what no model can walk, `ProtocolError` for what stays unsettled.
    """
    data = simulated(file, hashlib.sha256(record).hexdigest())
    settled = settle(read_protocol_file(data, where="protocol.toml"), accept_assumed=True)
    if not isinstance(settled, Protocol):
        raise ProtocolError(
            "the protocol cannot be rehearsed yet:\n"
            + "\n".join(f"  {one.place}: {one.words()}" for one in settled),
            where="protocol.toml",
            remedy="Answer these in protocol.toml or with trialrun questions, and rehearse again.",
        )
    check_rehearsable(settled)
    return Rehearsal(record, data, settled)


def draw(what: Rehearsal, seed: int) -> tuple[Candidate, ...]:
    """The candidates of one rehearsal."""
    count = candidates_needed(what.protocol)
    (drawn,) = model_of(what.protocol).candidates(what.protocol, [seed], count)
    return drawn


def write_rehearsal(
    folder: Path,
    what: Rehearsal,
    candidates: Sequence[Candidate],
    *,
    seed: int,
    finish: Callable[[Path], None],
    progress: Progress | None = None,
) -> None:
    """Walk one trial into `folder`; `finish` adds to it (the report) before it is put in place.

    A folder that holds an earlier rehearsal is replaced; any other that is not empty is refused.
    """
    check_replaceable(folder)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        write_whole({part / "record.json": what.record, part / "protocol.toml": what.file})

        def sqlite(study: str, clock: Clock, salts: Salts) -> SqliteStore:
            return SqliteStore(
                part / "ledger.sqlite",
                study=study,
                clock=clock,
                salts=salts,
                software_version=version("trialrun"),
                in_place=False,
            )

        _, store = rehearse(
            what.file, what.protocol, candidates, seed=seed, new_store=sqlite, progress=progress
        )
        store.close()
        (part / "ledger.sqlite.lock").unlink(missing_ok=True)
        finish(part)
        _put_in_place(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _put_in_place(part: Path, folder: Path) -> None:
    """The new folder where an earlier one may be; the earlier one is whole until the new one is."""
    earlier = folder.with_name(f".{folder.name}.earlier")
    shutil.rmtree(earlier, ignore_errors=True)
    try:
        if folder.exists():
            folder.replace(earlier)
        part.replace(folder)
    finally:
        if earlier.exists() and not folder.exists():
            earlier.replace(folder)
        shutil.rmtree(earlier, ignore_errors=True)


def check_replaceable(folder: Path) -> None:
    """Refuse a folder that is not empty and holds no rehearsal."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if folder.is_dir() and (folder / "ledger.sqlite").is_file() and _is_rehearsal(folder):
        return
    raise InputError(
        "this is not empty, and it is no rehearsal: nothing was written",
        where=str(folder),
        remedy="Name another folder with -o.",
    )


def _is_rehearsal(folder: Path) -> bool:
    protocol = folder / "protocol.toml"
    return protocol.is_file() and b'title = "SIMULATED: ' in protocol.read_bytes()


def memory(study: str, clock: Clock, salts: Salts) -> MemoryStore:
    """A store for one of many trials."""
    return MemoryStore(study, clock=clock, salts=salts, software_version=version("trialrun"))
