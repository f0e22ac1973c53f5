"""What `trialrun check RECORD` answers: one page of questions, as text, JSON or HTML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import json_text
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.protocol.inquiry import Inquiry, RecordQuestion
    from trialrun.record.model import Study


def answer_inquiry(
    study: Study, form: str, locale: Locale, *, whole: bool, output: Path | None = None
) -> None:
    """The questions that a record leaves, printed or in a file; a program gets them all."""
    from trialrun.protocol.inquiry import inquire
    from trialrun.protocol.inquiry_page import render_inquiry

    inquiry = inquire(study)
    if form == "html":
        text = render_inquiry(study, inquiry, locale, whole=whole)
    elif form == "json":
        text = json_text(_json(study, inquiry, locale))
    else:
        text = "\n".join(_lines(study, inquiry, locale, whole=whole)) + "\n"
    if output is None:
        click.echo(text, nl=False)
        return
    from trialrun.study.whole_files import write_whole

    write_whole({output: text.encode()})
    click.echo(say("screen.written", locale, file=output))


def _lines(study: Study, inquiry: Inquiry, locale: Locale, *, whole: bool) -> Iterator[str]:
    from trialrun.protocol.inquiry import GROUPS

    number = study.nct_id or say("inquiry.no_number", locale)
    count = len(inquiry.questions)
    shown, at = inquiry.page(whole=whole), 0
    if not shown:
        yield say(f"inquiry.{inquiry.nothing}", locale)
    else:
        yield say("inquiry.heading", locale, number=number, count=count)
    for group in GROUPS:
        those = [one for one in shown if one.group == group]
        if those:
            yield f"\n{say(f'inquiry.group_{group}', locale)}"
        for one in those:
            at += 1
            yield f"{at:>3}. {one.words(locale)}"
            yield f"     {_source(one, study, locale)}"
    if more := count - len(shown):
        yield f"\n{say('inquiry.more', locale, count=more)}"
    if inquiry.unread:
        yield f"\n{say('inquiry.unread', locale, count=inquiry.unread)}"


def _source(one: RecordQuestion, study: Study, locale: Locale) -> str:
    from trialrun.protocol.inquiry_page import place, shorten

    quoted = shorten(one.quoted(study.protocol.eligibility.eligibility_criteria or ""))
    words = f"“{quoted}”, " if quoted else ""
    who = say(f"inquiry.who_{one.asked_of.replace('-', '_')}", locale)
    return f"{words}{place(one.where, locale)} · {who} [{one.rule}]"


def _json(study: Study, inquiry: Inquiry, locale: Locale) -> object:
    from trialrun.protocol.findings.finding import Finding

    text = study.protocol.eligibility.eligibility_criteria or ""
    shown = [
        {
            "rule": one.rule,
            "group": one.group,
            "weight": one.weight,
            "words": one.words(locale),
            "where": one.where,
            "quoted": one.quoted(text),
            "span": one.span,
            "asked_of": one.asked_of,
        }
        for one in inquiry.questions
    ]
    # The findings alone, as a study's folder lists them beside what is not settled.
    findings = [
        {**row, "sort": one.origin.sort}
        for row, one in zip(shown, inquiry.questions, strict=True)
        if isinstance(one.origin, Finding)
    ]
    return {
        "questions": shown,
        "criteria_without_a_rule": inquiry.unread,
        "findings": findings,
        "blocking": [],
        "open_before_approval": [],
    }
