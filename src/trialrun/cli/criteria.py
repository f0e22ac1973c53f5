"""`trialrun criteria RECORD`: every eligibility criterion with its rule, status and questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from trialrun.wording.catalogue import Locale

if TYPE_CHECKING:
    from trialrun.criteria.criterion import Criteria


@click.command()
@click.argument("record")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "--locale",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="The language of rules in words and of questions.",
)
def command(record: str, form: str, locale: Locale) -> None:
    """Show the eligibility criteria of a record as rules, and what they leave open.

    RECORD is an NCT number known here, or a file. Conditions stand as they are written: exclusions
    are not inverted. What is not understood keeps its words and evaluates to UNKNOWN.
    """
    from trialrun.criteria.text_reader import read_criteria
    from trialrun.readers.record_file import load_record

    known = load_record(record).study.protocol.eligibility
    criteria = read_criteria(
        known.eligibility_criteria,
        minimum_age=known.minimum_age,
        maximum_age=known.maximum_age,
        sex=known.sex,
    )
    if form == "json":
        import json

        from trialrun.criteria.listing import list_criteria

        click.echo(json.dumps(list_criteria(criteria, locale), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines(criteria, locale)))


def _lines(criteria: Criteria, locale: Locale) -> list[str]:
    from trialrun.criteria.criterion import Status
    from trialrun.criteria.explain import ask, explain_rule
    from trialrun.criteria.printer import write_rule
    from trialrun.wording.catalogue import say

    counts = dict.fromkeys(Status, 0)
    lines: list[str] = []
    for one in criteria:
        counts[one.status] += 1
        indent = "  " * one.id.count(".") if one.parent is not None else ""
        status = say(f"criteria.status_{one.status.value}", locale)
        kind = say(f"criteria.kind_{one.kind}", locale)
        lines.append(f"{indent}{one.id}  [{kind} · {status}]  {one.text}")
        if one.rule is not None:
            lines.append(f"{indent}      {write_rule(one.rule)}")
            lines.append(f"{indent}      {explain_rule(one.rule, locale)}")
        lines.extend(f"{indent}      ? {ask(question, locale)}" for question in one.questions)
    totals = " · ".join(
        f"{say(f'criteria.status_{status.value}', locale)}: {count}"
        for status, count in counts.items()
    )
    combined = "" if criteria.root is None else say(
        "criteria.combined", locale, combination=str(criteria.root)
    )  # fmt: skip
    return [*lines, "", *([combined] if combined else []), totals]
