"""`trialrun patients -o DIR`: simulated people to try screening on, in the forms of hospitals."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import locale_option
from trialrun.cli.progress import progress_line
from trialrun.wording.catalogue import Locale, say

_FORMS = ("fhir", "bulk", "omop", "omop-csv", "csv", "parquet")


@click.command()
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR", help="A new or empty folder.",
)  # fmt: skip
@click.option(
    "--count", type=click.IntRange(min=1), default=100, show_default=True, help="How many people."
)
@click.option(
    "--form", type=click.Choice(_FORMS), default="fhir", show_default=True,
    help="fhir: a bundle a person; bulk: NDJSON; omop: a DuckDB database; omop-csv; csv, with its "
    "mapping; parquet: the facts themselves.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True,
    help="The same seed gives the same people, in every form.",
)  # fmt: skip
@locale_option
def command(output: Path, count: int, form: str, seed: int, locale: Locale) -> None:
    """Make simulated people to try screening on.

    Adults and others, most with AML, with laboratory values of several hospitals in several units;
    some values are missing, exactly on a limit, implausible or entered in error. Nobody exists.
    """
    from trialrun.rehearse.screening_population.truth import Form
    from trialrun.study.screening_population import write_population

    with progress_line(say("screen.making_patients", locale), total=count) as done:
        written = write_population(seed, count, Form(form), output, done)
    click.echo(
        say(
            "screen.patients_written",
            locale,
            people=f"{written.people:,}",
            items=f"{written.items:,}",
            folder=output,
        )
    )
