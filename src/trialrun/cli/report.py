"""`trialrun report STUDY`: the trial's results as they stand, as a page and for the registry."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import locale_option
from trialrun.wording.catalogue import Locale, say


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="html writes the folder report/; json prints the registry results and writes nothing.",
)
@click.option(
    "--as-of",
    type=click.IntRange(min=1),
    metavar="POSITION",
    help="The ledger position to report at; without it, the head.",
)
@locale_option
def command(study: Path, form: str, as_of: int | None, locale: Locale) -> None:
    """Report a study: page, registry results and the entries they stand on, into report/.

    Everything is read from the protocol in force and the ledger; the same position gives the same
    bytes on every machine.
    """
    if form == "json":
        from trialrun.results.report_files import RESULTS, report_files
        from trialrun.study.reporting import read_edition

        files = report_files(read_edition(study, as_of=as_of), locale=locale)
        click.echo(files[RESULTS].decode("utf-8"), nl=False)
        return
    from trialrun.study.reporting import write_report

    report = write_report(study, locale=locale, as_of=as_of)
    click.echo(report.summary)
    for path in report.files:
        click.echo(str(path))
    if not report.pictures:
        click.echo(say("report.pictures_missing", locale, command=report.install))
