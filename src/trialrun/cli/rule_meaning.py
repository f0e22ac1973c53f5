"""What each rule of a protocol means, what a missing value does, and which rules decide nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.criteria.nodes import Node
    from trialrun.protocol.parts import CriterionPart
    from trialrun.protocol.working_copy import ProtocolFile


def print_foregone(file: ProtocolFile | None, locale: Locale) -> None:
    """Rules, or parts of them, that can come out only one way."""
    found = [(one, _foregone(one, rule, locale)) for one, rule, _ in _rules(file)]
    told = [(one, lines) for one, lines in found if lines]
    if not told:
        return
    click.echo(say("protocol.cli_foregone", locale, count=len(told)))
    for one, lines in told:
        for line in lines:
            click.echo(f"  {one.id}: {line}")


def _foregone(one: CriterionPart, rule: Node, locale: Locale) -> list[str]:
    """What can come out only one way; last, what that makes of the whole criterion."""
    from trialrun.criteria.foregone import foregone, never_is
    from trialrun.criteria.printer import write_rule

    lines = [
        say(f"criteria.never_{part.never.value.lower()}", locale, rule=write_rule(part.node))
        for part in foregone(rule)
    ]
    never = never_is(rule)
    if never is not None and one.status == "computable":
        lines.append(say(f"criteria.{one.kind}_never_{never.value.lower()}", locale))
    return lines


def print_meanings(file: ProtocolFile | None, locale: Locale) -> None:
    """A short paragraph for each criterion that has a rule."""
    from trialrun.criteria.meaning import explain_unknown

    found = list(_rules(file))
    if not found:
        return
    click.echo(say("protocol.cli_rules", locale, count=len(found)))
    for line in explain_unknown(locale):
        click.echo(f"  {line}")
    for one, rule, text in found:
        first, *rest = _lines(one, rule, locale)
        click.echo(f"  {one.id}: {first}")
        click.echo(f"    {text}")
        for line in (*rest, *_lost(file, rule, locale)):
            click.echo(f"    – {line}")


def meanings(file: ProtocolFile | None, locale: Locale) -> list[dict[str, object]]:
    """The same as plain values."""
    return [
        {
            "id": one.id,
            "rule": text,
            "means": [*_lines(one, rule, locale), *_lost(file, rule, locale)],
            "comes_out_one_way": _foregone(one, rule, locale),
        }
        for one, rule, text in _rules(file)
    ]


def _lines(one: CriterionPart, rule: Node, locale: Locale) -> tuple[str, ...]:
    from trialrun.criteria.meaning import explain_meaning

    return explain_meaning(rule, "inclusion" if one.kind == "inclusion" else "exclusion", locale)


def _lost(file: ProtocolFile | None, rule: Node, locale: Locale) -> Iterator[str]:
    """Words of time that the protocol gives no meaning: what hangs on them is never known."""
    from trialrun.criteria.meaning import moments_named

    known = set() if file is None else {one.word for one in file.anchors}
    for word in moments_named(rule):
        if word not in known:
            yield say("protocol.cli_no_anchor", locale, anchor=word)


def _rules(file: ProtocolFile | None) -> Iterator[tuple[CriterionPart, Node, str]]:
    """Each criterion with its rule and the rule's text; one that cannot be read is told elsewhere.

    Where the rule hangs on a question, the answer counts, or else what is assumed.
    """
    from trialrun.criteria.parser import read_rule
    from trialrun.criteria.printer import write_rule
    from trialrun.errors import RuleError

    if file is None:
        return
    asked = {one.id: one.answer or one.assumed for one in file.questions}
    for one in file.criteria:
        given = one.rule
        text = given if given is None or isinstance(given, str) else asked.get(given.question)
        if text is None:
            continue
        try:
            rule = read_rule(text)
        except RuleError:
            continue
        yield one, rule, write_rule(rule)
