"""`trialrun mapping FILE`: proposes what the columns of a table of patients mean."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import locale_option
from trialrun.wording.catalogue import Locale, say


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write it to a new file, such as mapping.toml beside the table.",
)  # fmt: skip
@locale_option
def command(file: Path, output: Path | None, locale: Locale) -> None:
    """Propose a mapping.toml for a table: which column is which variable, in which unit.

    FILE is CSV, TSV or Parquet. Nothing is guessed: what the header does not say is a question in
    the proposal, and its values are set aside until somebody answers.
    """
    from trialrun.errors import InputError
    from trialrun.readers.patients.tables.proposal import propose_mapping
    from trialrun.study.whole_files import write_whole

    text = propose_mapping(file, locale=locale)
    if output is None:
        click.echo(text, nl=False)
        return
    if output.exists():
        raise InputError(
            "there is a file already, and nothing is written over",
            where=str(output),
            remedy="Name another file, or move this one away.",
        )
    write_whole({output: text.encode()})
    click.echo(say("screen.mapping_written", locale, file=output))
