"""`trialrun do STUDY COMMAND`: any command of the conduct language."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trialrun.cli.outcome import answer, format_option, locale_option, read_json, write_json
from trialrun.errors import InputError, OutsideError
from trialrun.wording.catalogue import Locale


@click.command()
@click.argument("words", nargs=-1, metavar="STUDY COMMAND")
@click.option("--actor", metavar="ID", help="Who does it, by code.")
@click.option("--role", metavar="ROLE", help="In which role; without it, one that permits it.")
@click.option("--json", "data", default="{}", metavar="JSON|@FILE|-", help="The command's fields.")
@click.option("--command-id", metavar="ID", help="The same id again does nothing twice.")
@click.option("--seen", type=int, metavar="N", help="The participant's version that you saw.")
@click.option("--list", "listed", is_flag=True, help="List all commands and end.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of COMMAND and end.")
@format_option
@locale_option
def command(
    words: tuple[str, ...],
    actor: str | None,
    role: str | None,
    data: str,
    command_id: str | None,
    seen: int | None,
    listed: bool,
    schema: bool,
    form: str,
    locale: Locale,
) -> None:
    """Do one COMMAND of the conduct language in the study in folder STUDY.

    COMMAND is written RecordFacts or record-facts; `trialrun do --list` shows all of them and
    `trialrun do COMMAND --schema` the fields of one. What is signed here is marked as signed in a
    shell. Exit codes: 0 recorded, 3 the input is wrong, 5 the ledger cannot be used, 6 refused by
    the rules of the trial: nothing was recorded.
    """
    if listed:
        _list(form)
        return
    if schema:
        if not words:
            raise click.UsageError("--schema needs a COMMAND.")
        _schema(words[-1])
        return
    if len(words) != 2:
        raise click.UsageError("Give STUDY and COMMAND; `trialrun do --list` shows the commands.")
    if actor is None:
        raise click.UsageError("--actor is missing: who does it?")
    _do(Path(words[0]), words[1], actor, role, data, command_id, seen, form, locale)


def _list(form: str) -> None:
    from trialrun.conduct.commands import COMMANDS
    from trialrun.conduct.schema import kebab

    told = {name: (kind.__doc__ or "").strip().splitlines()[0] for name, kind in COMMANDS.items()}
    if form == "json":
        write_json(told)
        return
    width = max(len(kebab(name)) for name in told)
    for name, words in told.items():
        click.echo(f"{kebab(name):<{width}}  {words}")


def _schema(name: str) -> None:
    from trialrun.conduct.schema import command_name, command_schema

    write_json(command_schema(command_name(name)))


def _do(
    study: Path,
    name: str,
    actor: str,
    role: str | None,
    data: str,
    command_id: str | None,
    seen: int | None,
    form: str,
    locale: Locale,
) -> None:
    from trialrun.conduct.schema import command_name, read_command
    from trialrun.study.session import open_session

    canonical = command_name(name)
    text, where = _text(data)
    wanted = read_command(canonical, read_json(text, where=where), where=where)
    with open_session(study, writable=True) as session:
        result = session.do(
            [wanted], actor=actor, role=role, command_id=command_id, seen_version=seen
        )
    answer(result, form, locale)


def _text(data: str) -> tuple[str, str]:
    """The JSON text and where it stands: the option itself, a file, or standard input."""
    if data == "-":
        return sys.stdin.read(), "standard input"
    if not data.startswith("@"):
        return data, "--json"
    path = Path(data[1:])
    try:
        return path.read_text(encoding="utf-8"), str(path)
    except FileNotFoundError as error:
        raise InputError("there is no such file", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("this is not text in UTF-8", where=str(path)) from error
    except OSError as error:
        raise OutsideError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
