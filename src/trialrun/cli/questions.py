"""`trialrun questions DIR`: what the record leaves open; list, answer, confirm, declare."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import format_option, locale_option, write_json
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.parts import QuestionPart
    from trialrun.protocol.settling import Unsettled
    from trialrun.protocol.working_copy import ProtocolFile

_WHO = ("investigator", "statistician", "pharmacist", "cell-laboratory", "sponsor")


@click.command()
@click.argument("study", type=click.Path(path_type=Path), metavar="DIR")
@click.argument(
    "action",
    type=click.Choice(["list", "answer", "confirm", "declare"]),
    default="list",
    metavar="[list|answer|confirm|declare]",
)
@click.argument("words", nargs=-1, metavar="[ID] [VALUE]")
@click.option("--by", metavar="PERSON", help="Who answers or declares, by code.")
@click.option("--section", metavar="6.2", help="The section of the protocol document that says it.")
@click.option("--reason", metavar="TEXT", help="Why a criterion is left to judgement.")
@click.option("--who", type=click.Choice(_WHO), help="List only what they may answer.")
@format_option
@locale_option
def command(
    study: Path,
    action: str,
    words: tuple[str, ...],
    by: str | None,
    section: str | None,
    reason: str | None,
    who: str | None,
    form: str,
    locale: Locale,
) -> None:
    """List the open questions of a study's protocol.toml, or settle them.

    \b
    trialrun questions DIR                                        what is open, for whom
    trialrun questions DIR answer ID VALUE --by P --section 6.2   answer a question
    trialrun questions DIR confirm PART --section 6.2             a part stands in the document
    trialrun questions DIR declare CRITERION --by P --reason "…"  leave it to judgement

    A question may be answered without --section; approval then still asks for it.
    """
    file = _Copy(study)
    match action:
        case "list":
            _wanted(words, 0, "list takes no further words")
            _list(file, who, form, locale)
        case "answer":
            _wanted(words, 2, "answer needs the question's ID and the VALUE")
            _answer(file, words[0], words[1], by or "", section or "", locale)
        case "confirm":
            _wanted(words, 1, "confirm needs the PART, such as regimen.fludarabine")
            if not section:
                raise click.UsageError("confirm needs --section")
            _confirm(file, words[0], section, locale)
        case _:
            _wanted(words, 1, "declare needs the CRITERION's id")
            if not by or not reason:
                raise click.UsageError("declare needs --by and --reason")
            _declare(file, words[0], by, reason, locale)


def _wanted(words: tuple[str, ...], count: int, what: str) -> None:
    if len(words) != count:
        raise click.UsageError(what)


class _Copy:
    """The working copy of a folder: read once, written whole."""

    def __init__(self, folder: Path) -> None:
        from trialrun.protocol.file import read_protocol_file
        from trialrun.study.directory import open_directory

        study = open_directory(folder)
        self.path = study.protocol
        self.text = study.read_bytes(self.path).decode("utf-8", "replace")
        self.file: ProtocolFile = read_protocol_file(
            study.read_bytes(self.path), where=str(self.path)
        )

    def change(self, change: Callable[[ProtocolFile], ProtocolFile]) -> ProtocolFile:
        """Change the file on disk, unless the result could not be read again."""
        from trialrun.protocol.editing import rewritten
        from trialrun.protocol.file import read_protocol_file, write_protocol_file
        from trialrun.study.whole_files import write_whole

        changed = change(self.file)
        read_protocol_file(write_protocol_file(changed).encode(), where=str(self.path))
        write_whole({self.path: rewritten(self.text, changed).encode("utf-8")})
        return changed


def _answer(copy: _Copy, code: str, value: str, by: str, section: str, locale: Locale) -> None:
    from trialrun.protocol.answers import hanging
    from trialrun.protocol.editing import answered

    before = copy.file.question(code)
    changed = copy.change(lambda file: answered(file, code, value, by=by, section=section))
    click.echo(say("protocol.cli_answered", locale, id=code, value=value))
    places = hanging(changed).get(code, [])
    for place, _ in places:
        click.echo(f"  {place} = {value}")
    if not places:
        known = value in {one.value for one in before.choices}
        click.echo(say(f"protocol.cli_{'noted' if known else 'noted_own_words'}", locale))
    _warn(changed, locale)
    click.echo(_progress(changed, locale))


def _warn(file: ProtocolFile, locale: Locale) -> None:
    """Say at once what the answer breaks."""
    from trialrun.protocol.model import Protocol
    from trialrun.protocol.settling import settle

    result = settle(file, accept_assumed=True)
    if not isinstance(result, Protocol):
        for one in result:
            click.echo(f"! {one.line(locale)}")


def _confirm(copy: _Copy, place: str, section: str, locale: Locale) -> None:
    from trialrun.protocol.editing import confirmed

    changed = copy.change(lambda file: confirmed(file, place, section=section))
    click.echo(say("protocol.cli_confirmed", locale, place=place, section=section))
    click.echo(_progress(changed, locale))


def _declare(copy: _Copy, criterion: str, by: str, reason: str, locale: Locale) -> None:
    from trialrun.protocol.editing import declared

    changed = copy.change(lambda file: declared(file, criterion, by=by, reason=reason))
    click.echo(say("protocol.cli_declared", locale, id=criterion, by=by))
    click.echo(_progress(changed, locale))


# --- the list --------------------------------------------------------------------------------


def _list(copy: _Copy, who: str | None, form: str, locale: Locale) -> None:
    from trialrun.protocol.settling import approval_problems

    problems = approval_problems(copy.file)
    if form == "json":
        write_json(_json(copy.file, problems, locale))
        return
    for person in _WHO if who is None else (who,):
        asked = [one for one in copy.file.questions if one.asked_of == person and not one.settled]
        others = [one for one in problems if one.asked_of == person and one.question is None]
        if not asked and not others:
            continue
        click.echo(say(f"protocol.cli_for_{person.replace('-', '_')}", locale, count=len(asked)))
        for one in asked:
            click.echo(_lines(one, locale))
        if others:
            click.echo(say("protocol.cli_to_confirm", locale, count=len(others)))
            for other in others:
                click.echo(f"  {other.line(locale)}")
        click.echo("")
    click.echo(_progress(copy.file, locale))


def _lines(one: QuestionPart, locale: Locale) -> str:
    from trialrun.protocol.asked import choice_words, question_words

    lines = [f"  {one.id}", f"    {question_words(one, locale)}"]
    if one.source.words:
        lines.append(f"    ({one.source.place}: “{one.source.words}”)")
    for choice in one.choices:
        label = choice_words(choice, locale)
        assumed = say("protocol.cli_assumed", locale) if choice.value == one.assumed else ""
        same = "" if label == choice.value else f" — {label}"
        lines.append(f"    · {choice.value}{same}{assumed}")
    if one.answer is not None:
        lines.append(f"    → {one.answer} ({one.answered_by or '?'}, {one.section or '?'})")
    return "\n".join(lines)


def _progress(file: ProtocolFile, locale: Locale) -> str:
    from trialrun.protocol.settling import approval_problems

    return say(
        "protocol.cli_progress",
        locale,
        answered=sum(one.answer is not None for one in file.questions),
        questions=len(file.questions),
        open=len(approval_problems(file)),
    )


def _json(file: ProtocolFile, problems: tuple[Unsettled, ...], locale: Locale) -> object:
    from trialrun.protocol.asked import choice_words, question_words
    from trialrun.protocol.codec import write_source

    return {
        "questions": [
            {
                "id": one.id,
                "words": question_words(one, locale),
                "asked_of": one.asked_of,
                "source": write_source(one.source),
                "choices": [
                    {"value": choice.value, "label": choice_words(choice, locale)}
                    for choice in one.choices
                ],
                "assumed": one.assumed,
                "answer": one.answer,
                "answered_by": one.answered_by,
                "section": one.section,
            }
            for one in file.questions
        ],
        "open": [
            {"rule": one.rule, "place": one.place, "words": one.words(locale),
             "asked_of": one.asked_of}
            for one in problems
        ],
    }  # fmt: skip
