"""`trialrun draft RECORD -o DIR`: a first protocol, with its questions, in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import locale_option
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.working_copy import ProtocolFile


@click.command()
@click.argument("record")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="DIR",
    help="The study's folder; made where it is not there.",
)  # fmt: skip
@locale_option
def command(record: str, output: Path, locale: Locale) -> None:
    """Draft a protocol from RECORD into the folder DIR.

    Writes record.json, protocol.toml (the working copy, for people to read and edit) and
    protocol.draft.toml (the draft as it was made). In a folder that has them, the new draft is
    merged: what people changed stays, and where the record changed the same value a question asks.
    """
    from trialrun.protocol.draft import draft
    from trialrun.protocol.file import write_protocol_file
    from trialrun.readers.record_file import load_record
    from trialrun.study.drafting import record_bytes, sha256

    kept = record_bytes(load_record(record))
    study = load_record(record).study
    fresh = draft(study, record_sha256=sha256(kept))
    _check_folder(output, kept)
    text, merged = _working_copy(output, fresh)
    _write(output, kept, text, write_protocol_file(fresh))
    click.echo(_summary(output, merged, locale))


def _check_folder(folder: Path, record: bytes) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError("this is a file", where=str(folder), remedy="Give a folder with -o DIR.")
    ledger, own = folder / "ledger.sqlite", folder / "record.json"
    if ledger.exists() and own.exists() and own.read_bytes() != record:
        raise InputError(
            "this study has begun, and its ledger cites the record it was drafted from",
            where=str(folder),
            remedy="Draft the changed record into another folder, and amend the protocol by hand.",
        )


def _working_copy(folder: Path, fresh: ProtocolFile) -> tuple[str, ProtocolFile]:
    """The text of protocol.toml: the fresh draft, or what is there brought up to it."""
    from trialrun.protocol.editing import rewritten
    from trialrun.protocol.file import read_protocol_file, write_protocol_file
    from trialrun.protocol.merge import merge

    copy, last = folder / "protocol.toml", folder / "protocol.draft.toml"
    if not copy.exists():
        return write_protocol_file(fresh), fresh
    if not last.exists():
        raise InputError(
            "protocol.toml is there, and the draft that it was made from is not",
            where=str(last),
            remedy="Put protocol.draft.toml back, or draft into another folder.",
        )
    mine = copy.read_bytes()
    merged = merge(
        read_protocol_file(last.read_bytes(), where=str(last)),
        read_protocol_file(mine, where=str(copy)),
        fresh,
    )
    return rewritten(mine.decode("utf-8"), merged), merged


def _write(folder: Path, record: bytes, copy: str, draft: str) -> None:
    from trialrun.study.whole_files import write_whole

    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        write_whole(
            {
                folder / "record.json": record,
                folder / "protocol.toml": copy.encode("utf-8"),
                folder / "protocol.draft.toml": draft.encode("utf-8"),
            }
        )
    except BaseException:
        if new and not any(folder.iterdir()):
            folder.rmdir()
        raise


def _summary(folder: Path, file: ProtocolFile, locale: Locale) -> str:
    read = sum(one.status == "computable" for one in file.criteria)
    return say(
        "protocol.drafted",
        locale,
        folder=str(folder),
        items=len(file.regimen),
        criteria=len(file.criteria),
        read=read,
        questions=sum(one.answer is None for one in file.questions),
    )
