"""`trialrun ingest FILES…`: a local registry from files of records."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import format_option, locale_option
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.readers.registry_files import Aside
    from trialrun.study.intake import Intake

registry_option = click.option(
    "--registry",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The local registry's folder; without it, the one of this user.",
)


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True), metavar="FILES…"
)
@registry_option
@click.option(
    "--aside", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write all that was set aside into a file: where, why, what was wrong.",
)  # fmt: skip
@format_option
@locale_option
def command(
    files: tuple[Path, ...], registry: Path | None, aside: Path | None, form: str, locale: Locale
) -> None:
    """Build a local registry from files of records, or bring it up to date.

    FILES may be records of API v2 (one, a list, an answer's page, a line each), the XML that the
    registry gave before, lists with titles and summaries, folders of all these; plain or in zip,
    gzip, xz or bzip2. A newer version takes the place of the one that is there, and what changed is
    kept. It may be stopped at any time: the same command goes on from there. Exit code 3 where no
    record was read.
    """
    from trialrun.cli.progress import progress_line
    from trialrun.readers.registry_folder import registry_folder
    from trialrun.study.intake import Intake, take_in

    folder = registry or registry_folder()
    intake = Intake()
    with ExitStack() as stack:
        listed = None if aside is None else stack.enter_context(aside.open("w", encoding="utf-8"))
        told = stack.enter_context(progress_line(say("registry.reading", locale), total=None))

        def set_aside(one: Aside) -> None:
            if listed is not None:
                row = (one.where, one.reason.value, " ".join(one.detail.split()))
                listed.write("\t".join(row) + "\n")

        try:
            take_in(files, folder, intake, told=told, setting_aside=set_aside)
        except KeyboardInterrupt:
            click.echo(say("registry.stopped", locale, kept=_written(intake)), err=True)
            raise
    click.echo(_json(intake, folder) if form == "json" else _text(intake, folder, aside, locale))
    if not intake.effects.total():
        raise click.exceptions.Exit(InputError.exit_code)


def _written(intake: Intake) -> int:
    from trialrun.registry.incoming import is_written

    return sum(count for effect, count in intake.effects.items() if is_written(effect))


def _text(intake: Intake, folder: Path, aside: Path | None, locale: Locale) -> str:
    from trialrun.registry.incoming import Effect

    records = intake.effects.total()
    read = {0: "registry.read_none", 1: "registry.read_one"}.get(records, "registry.read")
    lines = [say(read, locale, count=records)]
    lines += [
        say(f"registry.effect_{effect.value}", locale, count=f"{intake.effects[effect]:,}")
        for effect in Effect
        if intake.effects[effect]
    ]
    set_aside = sum(intake.aside.values())
    if set_aside:
        lines.append(say("registry.aside", locale, count=f"{set_aside:,}"))
    for reason, count in intake.aside.most_common():
        lines.append(f"  {count:,} × {say(f'registry.aside_{reason.value}', locale)}")
        lines += [
            f"    {one.where}" + (f" ({one.detail})" if one.detail else "")
            for one in intake.examples
            if one.reason is reason
        ]
        shown = sum(one.reason is reason for one in intake.examples)
        if count > shown and aside is None:
            lines.append("    " + say("registry.more", locale, count=f"{count - shown:,}"))
    held = "registry.held_one" if intake.held == 1 else "registry.held"
    lines.append(say(held, locale, count=f"{intake.held:,}", folder=folder))
    return "\n".join(lines)


def _json(intake: Intake, folder: Path) -> str:
    from trialrun.registry.incoming import Effect

    told = {
        "registry": str(folder),
        "records": intake.held,
        "read": intake.read,
        "effects": {effect.value: intake.effects[effect] for effect in Effect},
        "aside": {reason.value: count for reason, count in sorted(
            intake.aside.items(), key=lambda pair: pair[0].value)},
        "examples": [
            {"where": one.where, "reason": one.reason.value, "detail": one.detail}
            for one in intake.examples
        ],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=2)
