"""`trialrun show RECORD`: everything that a record says, as text, HTML or JSON."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from trialrun.wording.catalogue import Locale


@click.command()
@click.argument("record")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day for which the status is derived; without it, the record's own data date.",
)
@click.option(
    "--locale",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="The language of labels and sentences.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file."
)
def command(
    record: str, form: str, as_of: datetime | None, locale: Locale, output: Path | None
) -> None:
    """Show a registry record: state of results, design, criteria, people and places.

    RECORD is an NCT number known here, or a file: a study as API v2 JSON, or the text of a
    registry page.
    """
    text = _shown(record, form, as_of.date() if as_of else None, locale)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
        click.echo(str(output))


def _shown(record: str, form: str, as_of: date | None, locale: Locale) -> str:
    from trialrun.readers.record_file import load_record
    from trialrun.record.sheet_whole import lay_out

    found = load_record(record)
    if form == "json":
        from trialrun.record.json_view import render_json
        from trialrun.record.status import derive_status

        return render_json(found, derive_status(found.study, as_of=as_of))
    sheet = lay_out(found, locale, as_of=as_of)
    if form == "html":
        from trialrun.record.html_view import render_html

        return render_html(sheet, locale)
    from trialrun.record.text_view import render_text

    return render_text(sheet)
