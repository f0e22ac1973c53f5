"""`trialrun demo`: rehearse the record that ships, and say where to look."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import locale_option
from trialrun.wording.catalogue import Locale, say

SEED = 7


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"),
    show_default=True, help="The folder to write; an earlier rehearsal in it is replaced.",
)  # fmt: skip
@locale_option
def command(output: Path, locale: Locale) -> None:
    """Rehearse the worked example once and write its report."""
    from trialrun.cli.rehearse import load, run
    from trialrun.record.example import example_numbers

    record, file, _ = load(example_numbers()[0])
    click.echo(say("rehearse.demo_before", locale, title=file.meta.title))
    run(record, file, output, SEED, 1, None, "text", locale)
    click.echo(say("rehearse.demo_after", locale, folder=output))
