"""`trialrun check DIR|FILE|RECORD`: contradictions, gaps, and what stands in the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.outcome import locale_option, write_json
from trialrun.cli.rule_meaning import meanings, print_foregone, print_meanings
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.findings.finding import Finding
    from trialrun.protocol.settling import Unsettled
    from trialrun.protocol.working_copy import ProtocolFile
    from trialrun.record.model import Study


@click.command()
@click.argument("what", metavar="DIR|FILE|RECORD")
@click.option(
    "--for", "purpose", type=click.Choice(["rehearsal", "approval"]), default="rehearsal",
    show_default=True, help="What must not be blocked.",
)  # fmt: skip
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="How to answer; html is a page of questions on a record, to print.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the questions on a record to a file.",
)  # fmt: skip
@click.option("--all", "whole", is_flag=True, help="All questions on a record, not one page.")
@locale_option
@click.pass_context
def command(
    context: click.Context, what: str, purpose: str, form: str, output: Path | None, whole: bool,
    locale: Locale,
) -> None:  # fmt: skip
    """List what contradicts itself, is missing, or is not settled.

    WHAT is a study's folder, a protocol.toml, or a registry record. A record gives one page of
    questions to the people behind it, the most deciding first. Leaves with 0 where nothing blocks
    the purpose, with 1 where something does, with 3 where something cannot be read.
    """
    from trialrun.protocol.findings import findings_on

    study, file = _read(what)
    if study is not None and file is None:
        from trialrun.cli.inquiry import answer_inquiry

        answer_inquiry(study, form, locale, whole=whole, output=output)
        return
    if output is not None:
        raise click.UsageError("-o is for the questions on a registry record.")
    if form == "html":
        raise InputError(
            "html is a page of questions on a registry record",
            where=what,
            remedy="Give the record: trialrun check RECORD --format html -o questions.html",
        )
    findings = () if study is None else findings_on(study)
    blocking, open_ = _problems(file, purpose)
    if form == "json":
        shown = _json(findings, blocking, open_, locale)
        write_json({**shown, "rules": meanings(file, locale)})
    else:
        _print(findings, blocking, open_, file, locale)
    if blocking:
        context.exit(1)


def _read(what: str) -> tuple[Study | None, ProtocolFile | None]:
    """The record and the working copy that are there."""
    from trialrun.protocol.file import read_protocol_file
    from trialrun.readers.record_file import load_record
    from trialrun.study.directory import open_directory

    path = Path(what)
    if path.is_dir():
        folder = open_directory(path)
        file = read_protocol_file(folder.read_bytes(folder.protocol), where=str(folder.protocol))
        return _kept_record(folder.read_bytes(folder.record), str(folder.record)), file
    if path.is_file() and (path.suffix == ".toml" or _begins_as_protocol(path)):
        return None, read_protocol_file(path.read_bytes(), where=what)
    return load_record(what).study, None


def _begins_as_protocol(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(17) == b"trialrun-protocol"


def _kept_record(data: bytes, where: str) -> Study:
    """The record in a study's record.json, which holds its source beside it."""
    from trialrun.record.reader import read_study

    kept: Any = json.loads(data)
    if not isinstance(kept, dict) or "record" not in kept:
        raise InputError(
            "this is not the record that a study keeps",
            where=where,
            remedy="Draft the study anew with: trialrun draft RECORD -o DIR",
        )
    return read_study(kept["record"], where=where)


def _problems(
    file: ProtocolFile | None, purpose: str
) -> tuple[tuple[Unsettled, ...], tuple[Unsettled, ...]]:
    """What blocks the purpose, and what else stays open before an approval."""
    from trialrun.protocol.model import Protocol
    from trialrun.protocol.settling import approval_problems, settle

    if file is None:
        return (), ()
    rehearsal = settle(file, accept_assumed=True)
    blocking = () if isinstance(rehearsal, Protocol) else rehearsal
    for_approval = approval_problems(file)
    if purpose == "approval":
        return (*blocking, *for_approval), ()
    return blocking, for_approval


def _print(
    findings: tuple[Finding, ...],
    blocking: tuple[Unsettled, ...],
    open_: tuple[Unsettled, ...],
    file: ProtocolFile | None,
    locale: Locale,
) -> None:
    if findings:
        click.echo(say("protocol.cli_findings", locale, count=len(findings)))
        for one in findings:
            click.echo(f"  {one.rule}: {one.words(locale)}")
            quoted = f": “{one.quoted}”" if one.quoted else ""
            click.echo(f"    ({one.where}{quoted})")
    if blocking:
        click.echo(say("protocol.cli_blocking", locale, count=len(blocking)))
        for each in blocking:
            click.echo(f"  {each.line(locale)}")
    if open_:
        click.echo(say("protocol.cli_open", locale, count=len(open_)))
        for rule in dict.fromkeys(one.rule for one in open_):
            those = [one for one in open_ if one.rule == rule]
            places = ", ".join(one.place for one in those[:6])
            more = f", … ({len(those)})" if len(those) > 6 else ""
            name = rule.replace("-", "_")
            click.echo(f"  {say(f'protocol.cli_rule_{name}', locale)}")
            click.echo(f"    {places}{more}")
    print_foregone(file, locale)
    print_meanings(file, locale)
    if not blocking:
        click.echo(say("protocol.cli_nothing_blocks", locale))
    if file is not None and open_:
        click.echo(say("protocol.cli_then_questions", locale))


def _json(
    findings: tuple[Finding, ...],
    blocking: tuple[Unsettled, ...],
    open_: tuple[Unsettled, ...],
    locale: Locale,
) -> dict[str, object]:
    def shown(one: Unsettled) -> dict[str, object]:
        return {
            "rule": one.rule,
            "place": one.place,
            "words": one.words(locale),
            "asked_of": one.asked_of,
        }

    return {
        "findings": [
            {"rule": one.rule, "sort": one.sort, "words": one.words(locale), "where": one.where,
             "quoted": one.quoted, "span": one.span, "asked_of": one.who}
            for one in findings
        ],
        "blocking": [shown(one) for one in blocking],
        "open_before_approval": [shown(one) for one in open_],
    }  # fmt: skip
