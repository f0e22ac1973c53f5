"""`trialrun regimen RECORD`: what a record says about doses, days and times, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.outcome import format_option, locale_option, write_json
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.stated_regimen import Stated


@click.command()
@click.argument("record")
@format_option
@locale_option
def command(record: str, form: str, locale: Locale) -> None:
    """Show what RECORD says is given: dose, days, times, where it says so, and what is open.

    What does not read plainly is not guessed: it is listed as not read, with its words.
    """
    from trialrun.protocol.stated_regimen import stated_regimen
    from trialrun.readers.record_file import load_record

    stated = stated_regimen(load_record(record).study)
    if form == "json":
        write_json(_json(stated, locale))
        return
    for one in stated.items:
        click.echo(one.sentence(locale))
        for question in stated.questions_of(one):
            click.echo(f"  ? {question_text(question, locale)}")
        for source in one.sources:
            click.echo(f"    ({source.place}: “{source.words}”)")
    if not stated.items:
        click.echo(say("protocol.cli_no_dose_read", locale))
    if stated.unread:
        click.echo(say("protocol.cli_not_read", locale, count=len(stated.unread)))
        for place, words, why in stated.unread:
            reason = say(f"protocol.doubt_{why}", locale)
            click.echo(f"  “{words}” — {reason} ({place})")


def question_text(question: Any, locale: Locale) -> str:
    """The words of a question."""
    from trialrun.protocol.asked import question_words

    return question_words(question, locale)


def _json(stated: Stated, locale: Locale) -> object:
    return {
        "regimen": [
            {
                **one.data(),
                "questions": [question_text(q, locale) for q in stated.questions_of(one)],
                "sources": [
                    {"field": s.place, "span": s.span, "words": s.words} for s in one.sources
                ],
            }
            for one in stated.items
        ],
        "not_read": [
            {"field": place, "words": words, "why": why} for place, words, why in stated.unread
        ],
    }
