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
    """A short paragraph for each criterion that has a rule; one of unread words alone has none."""
    from trialrun.criteria.explain import is_unread
    from trialrun.criteria.meaning import explain_unknown

    found = {one.id: (rule, text) for one, rule, text in _rules(file) if not is_unread(rule)}
    if file is None or not found:
        return
    click.echo(say("protocol.cli_rules", locale, count=len(found)))
    for line in explain_unknown(locale):
        click.echo(f"  {line}")
    for one in file.criteria:
        if one.id in found:
            rule, text = found[one.id]
            first, *rest = _means(file, one, rule, locale)
            _paragraph(one.id, [first, text, *(f"– {line}" for line in rest)])
        first, *rest = _group(file, one, locale) or [""]
        if first:
            _paragraph(one.id, [first, *(f"– {line}" for line in rest)])


def _paragraph(code: str, lines: list[str]) -> None:
    first, *rest = lines
    click.echo(f"  {code}: {first}")
    for line in rest:
        click.echo(f"    {line}")


def _group(file: ProtocolFile, one: CriterionPart, locale: Locale) -> list[str]:
    """How those below a criterion decide it, where it is not itself to be written as a rule."""
    below = [other.id for other in file.criteria if other.parent == one.id]
    if one.status != "computable" or not below:
        return []
    own = [] if one.rule is None else [say("criteria.group_own", locale)]
    parts = say("criteria.listed_between", locale).join([*own, *below])
    logic = "or" if one.logic == "or" else "and"
    lines = [say(f"criteria.group_{one.kind}_{logic}", locale, parts=parts)]
    if one.logic is None and one.kind == "exclusion" and len([*own, *below]) > 1:
        lines.append(say("criteria.group_no_logic", locale))
    return lines


def meanings(file: ProtocolFile | None, locale: Locale) -> list[dict[str, object]]:
    """The same as plain values."""
    return [
        {
            "id": one.id,
            "rule": text,
            "means": list(_means(file, one, rule, locale)),
            "comes_out_one_way": _foregone(one, rule, locale),
        }
        for one, rule, text in _rules(file)
    ]


def _means(
    file: ProtocolFile | None, one: CriterionPart, rule: Node, locale: Locale
) -> tuple[str, ...]:
    """What it means by itself, then what of the rest of the protocol keeps it from deciding."""
    return (
        *_lines(one, rule, locale), *_lost(file, rule, locale), *_held(file, one, locale)
    )  # fmt: skip


def _held(file: ProtocolFile | None, one: CriterionPart, locale: Locale) -> Iterator[str]:
    """The nearest criterion above that is not decided by those below it."""
    by_id = {} if file is None else {other.id: other for other in file.criteria}
    above = by_id.get(one.parent or "")
    while above is not None and above.status == "computable":
        above = by_id.get(above.parent or "")
    if above is not None:
        status = say(f"criteria.below_{above.status}", locale)
        yield say("criteria.means_below", locale, parent=above.id, status=status)


def _lines(one: CriterionPart, rule: Node, locale: Locale) -> tuple[str, ...]:
    from trialrun.criteria.meaning import explain_meaning

    lines = explain_meaning(rule, "inclusion" if one.kind == "inclusion" else "exclusion", locale)
    return (*lines, say("criteria.means_partly", locale)) if one.status == "partly" else lines


def _lost(file: ProtocolFile | None, rule: Node, locale: Locale) -> Iterator[str]:
    """Words of time that the protocol gives no meaning: what hangs on them is never known."""
    from trialrun.criteria.meaning import moments_named
    from trialrun.protocol.checking import ACTS

    known = set() if file is None else {one.word for one in file.anchors}
    acts = [*ACTS, *(() if file is None else (one.id for one in file.regimen))]
    for word in moments_named(rule):
        if word not in known:
            yield say("protocol.cli_no_anchor", locale, anchor=word, acts=", ".join(acts))


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
