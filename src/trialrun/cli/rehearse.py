"""`trialrun rehearse`: a whole trial with simulated participants, once or a thousand times."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import locale_option
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.working_copy import ProtocolFile
    from trialrun.rehearse.tally import Tally
    from trialrun.study.rehearsal import Rehearsal


@click.command()
@click.argument("what", metavar="RECORD|DIR")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False),
    help="The rehearsal's own folder [default: NAME-SIM-SEED].",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=7, show_default=True,
              help="The same seed gives the same rehearsal on every machine.")  # fmt: skip
@click.option("--trials", type=click.IntRange(1, 100_000), default=1, show_default=True,
              help="How many trials; the first is the one that is written.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 64), default=None,
              help="Processes that share the trials [default: one a core].")  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to answer.",
)  # fmt: skip
@locale_option
def command(
    what: str,
    output: Path | None,
    seed: int,
    trials: int,
    workers: int | None,
    form: str,
    locale: Locale,
) -> None:
    """Rehearse a trial: a clinical trial simulation that walks through the real conduct.

    RECORD is drafted and its open questions are answered by our assumptions; DIR is a study's
    folder, whose own answers count. One trial is written with its report; with --trials, many are
    walked in memory and their forecast comes first.
    """
    record, file, name = load(what)
    run(record, file, output or Path(f"{name}-SIM-{seed}"), seed, trials, workers, form, locale)


def load(what: str) -> tuple[bytes, ProtocolFile, str]:
    """The record's bytes, the working copy, and a name for folders."""
    from trialrun.protocol.file import read_protocol_file

    folder = Path(what)
    if folder.is_dir():
        from trialrun.study.directory import open_directory

        study = open_directory(folder)
        data = study.read_bytes(study.protocol)
        return (
            study.read_bytes(study.record),
            read_protocol_file(data, where=str(study.protocol)),
            folder.resolve().name,
        )
    from trialrun.protocol.draft import draft
    from trialrun.readers.record_file import load_record
    from trialrun.study.drafting import record_bytes, sha256

    record = load_record(what)
    data = record_bytes(record)
    return data, draft(record.study, record_sha256=sha256(data)), Path(what).stem


def run(
    record: bytes,
    file: ProtocolFile,
    folder: Path,
    seed: int,
    trials: int,
    workers: int | None,
    form: str,
    locale: Locale,
) -> None:
    """Rehearse and say what came of it."""
    from trialrun.study.rehearsal import check_replaceable, prepare

    check_replaceable(folder)
    what = prepare(record, file)
    summary = _one(what, folder, seed, locale)
    if trials == 1:
        click.echo(summary if form == "text" else _summary_json(folder))
        return
    tallies = many(what, seed, trials, workers)
    click.echo(_forecast(what, tallies, folder, form, locale))


def _one(what: Rehearsal, folder: Path, seed: int, locale: Locale) -> str:
    """Walk one trial into its folder, with its report; the summary of it."""
    from trialrun.cli.progress import progress_line
    from trialrun.study.rehearsal import draw, write_rehearsal
    from trialrun.study.reporting import write_report

    summaries: list[str] = []
    target = what.protocol.enrolment.target
    with progress_line(say("rehearse.walking"), total=target) as advance:
        write_rehearsal(
            folder,
            what,
            draw(what, seed),
            seed=seed,
            finish=lambda part: summaries.append(
                write_report(part, locale=locale, shown_as=folder).summary
            ),
            progress=lambda state, _: advance(len(state.enrolled)),
        )
    return summaries[0]


def many(what: Rehearsal, seed: int, trials: int, workers: int | None) -> list[Tally]:
    """The tallies of many trials, in their order, however many processes make them."""
    import os

    from trialrun.cli.progress import progress_line

    count = min(workers or os.cpu_count() or 1, trials)
    size = min(10, -(-trials // count))
    blocks = [range(first, min(first + size, trials)) for first in range(0, trials, size)]
    tallies: list[Tally] = []
    with progress_line(say("rehearse.walking_many"), total=trials) as advance:
        if count == 1:
            for block in blocks:
                tallies += _block(what, seed, block)
                advance(len(tallies))
            return tallies
        with ProcessPoolExecutor(count) as pool:
            try:
                for made in pool.map(_block, *zip(*((what, seed, one) for one in blocks),
                                                  strict=True)):  # fmt: skip
                    tallies += made
                    advance(len(tallies))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return tallies


def _block(what: Rehearsal, seed: int, numbers: range) -> list[Tally]:
    from trialrun.rehearse.many import rehearse_many
    from trialrun.study.rehearsal import memory

    return list(rehearse_many(what.file, what.protocol, numbers, seed=seed, new_store=memory))


def _forecast(
    what: Rehearsal, tallies: list[Tally], folder: Path, form: str, locale: Locale
) -> str:
    from trialrun.protocol.file import read_protocol_file
    from trialrun.rehearse.forecast import forecast
    from trialrun.rehearse.forecast_json import forecast_json
    from trialrun.rehearse.forecast_numbers import planned_days
    from trialrun.rehearse.forecast_page import forecast_page
    from trialrun.rehearse.forecast_text import forecast_text
    from trialrun.study.whole_files import write_whole

    target = what.protocol.enrolment.target
    made = forecast(tallies, target=target, planned_days=planned_days(what.protocol))
    single = tallies[0]
    asked = read_protocol_file(what.file, where="protocol.toml").questions
    questions = {one.id: one.words for one in asked}
    page = folder / "report" / "forecast.html"
    html = forecast_page(
        what.protocol, made, tallies, single=single, locale=locale, questions=questions
    )
    data = forecast_json(what.protocol, made, tallies, single=single, questions=questions)
    write_whole(
        {page: html.encode("utf-8"), folder / "report" / "forecast.json": data.encode("utf-8")}
    )
    if form == "json":
        return data.rstrip("\n")
    text = forecast_text(
        what.protocol, made, tallies, single=single, locale=locale, questions=questions
    )
    return f"{text}\n{say('rehearse.forecast_at', locale, path=page)}"


def _summary_json(folder: Path) -> str:
    data = (folder / "report" / "results.json").read_text(encoding="utf-8").rstrip("\n")
    if not data:
        raise InputError("the rehearsal wrote no results", where=str(folder))
    return data
