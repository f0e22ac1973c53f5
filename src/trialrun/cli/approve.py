"""`trialrun approve STUDY`: put the protocol in force, with what stands behind it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from trialrun.cli.outcome import answer, format_option, locale_option
from trialrun.errors import InputError, OutsideError
from trialrun.wording.catalogue import Locale


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--actor", required=True, metavar="ID", help="Who approves, by code.")
@click.option("--role", metavar="ROLE", help="In which role; without it, one that permits it.")
@click.option(
    "--document",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The ethics-approved protocol document; its SHA-256 is kept.",
)
@click.option("--document-number", required=True, metavar="TEXT", help="Its number.")
@click.option("--document-version", required=True, metavar="TEXT", help="Its version.")
@click.option("--document-date", required=True, metavar="DATE", help="Its date.")
@click.option("--ethics", required=True, metavar="CODE", help="The committee that approved it.")
@click.option("--ethics-reference", required=True, metavar="TEXT", help="The approval's number.")
@click.option("--ethics-date", required=True, metavar="DATE", help="The approval's date.")
@click.option("--authority-reference", metavar="TEXT", help="The authority's filing, if any.")
@click.option("--command-id", metavar="ID", help="The same id again does nothing twice.")
@format_option
@locale_option
def command(
    study: Path,
    actor: str,
    role: str | None,
    document: Path,
    document_number: str,
    document_version: str,
    document_date: str,
    ethics: str,
    ethics_reference: str,
    ethics_date: str,
    authority_reference: str | None,
    command_id: str | None,
    form: str,
    locale: Locale,
) -> None:
    """Approve the protocol.toml in folder STUDY, as it stands there now.

    Refused while a question is unanswered or a value cites only the registry record: each is
    listed with who may answer it. The file's bytes go into the ledger; protocol.toml stays a
    working copy. The first approval starts the study's ledger, and its actor becomes the sponsor.
    """
    from trialrun.conduct.commands import ApproveProtocol
    from trialrun.conduct.refusal import Refusal, Rule
    from trialrun.study.session import open_session
    from trialrun.values.moment import Moment

    sha256 = hashlib.sha256(_document(document)).hexdigest()
    with open_session(study, writable=True) as session:
        file = session.directory.read_bytes(session.directory.protocol)
        wanted = ApproveProtocol(
            file=file,
            document_number=document_number,
            document_version=document_version,
            document_date=Moment(document_date),
            document_sha256=sha256,
            committee=ethics,
            approval_reference=ethics_reference,
            approval_date=Moment(ethics_date),
            authority_reference=authority_reference,
        )
        result = session.do([wanted], actor=actor, role=role, command_id=command_id)
    unsettled = isinstance(result, Refusal) and result.rule is Rule.UNSETTLED
    answer(result, form, locale, _unsettled(file, locale) if unsettled else "")


def _document(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(
            "there is no such file", where=str(path), remedy="Give the protocol document's file."
        ) from error
    except OSError as error:
        raise OutsideError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    if not data:
        raise InputError("the document is empty", where=str(path))
    return data


def _unsettled(file: bytes, locale: Locale) -> str:
    """Each thing that is not settled, on a line, with who may answer it."""
    from trialrun.protocol.file import read_protocol_file
    from trialrun.protocol.settling import approval_problems

    problems = approval_problems(read_protocol_file(file, where="protocol.toml"))
    return "\n".join(
        f"- {one.line(locale)}" + (f" [{one.asked_of}]" if one.asked_of else "") for one in problems
    )
