"""`trialrun fetch NCT…`: one record from the registry. The only command that uses the internet."""

from __future__ import annotations

from pathlib import Path

import click

_REGISTRY = "https://clinicaltrials.gov/api/v2"


@click.command()
@click.argument("number")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Write the record to a file as received (- for standard output).",
)
@click.option("--fresh", is_flag=True, help="Ask the registry even if a copy of today is kept.")
@click.option(
    "--registry",
    default=_REGISTRY,
    show_default=True,
    metavar="URL",
    help="The API's address, such as a mirror's.",
)
def command(number: str, output: Path | None, fresh: bool, registry: str) -> None:
    """Get a registry record from ClinicalTrials.gov (API v2), as JSON.

    Without -o the record is kept in the cache folder, where `trialrun show NUMBER` finds it.
    """
    from trialrun.errors import OutsideError
    from trialrun.readers.registry import Clock, fetch_record
    from trialrun.readers.registry_cache import cache_folder

    def tell(reason: str, seconds: float) -> None:
        click.echo(f"{reason}; trying again in {seconds:.0f} s …", err=True)

    folder = cache_folder()
    fetched = fetch_record(
        number, cache=folder, registry=registry, fresh=fresh, clock=Clock(waiting=tell)
    )
    study = fetched.record.study
    if output == Path("-"):
        click.echo(fetched.content, nl=False)
        return
    if output is not None:
        output.write_bytes(fetched.content)
    elif fetched.kept is None:
        raise OutsideError(
            "the record could not be kept: the cache folder cannot be written",
            where=str(folder),
            remedy="Name a file with -o, or another folder with TRIALRUN_CACHE.",
        )
    how = "kept copy of" if fetched.from_cache else "fetched"
    dated = study.derived.misc_info.version_holder
    click.echo(f"{how} {study.nct_id}: {study.title}" + (f" (data of {dated})" if dated else ""))
    click.echo(f"{output or fetched.kept}")
