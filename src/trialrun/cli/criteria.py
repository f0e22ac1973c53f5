"""`trialrun criteria RECORD|DIR`: every criterion with its rule, status and questions; or CQL."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialrun.cli.outcome import locale_option
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.criteria.criterion import Criteria


@click.command()
@click.argument("what", metavar="RECORD|DIR")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "cql"]),
    default="text",
    show_default=True,
    help="How to write it; cql is a library of HL7 Clinical Quality Language on FHIR R4.",
)
@click.option("--as-of", metavar="MOMENT", help="For cql: the moment that windows count back from.")
@locale_option
def command(what: str, form: str, as_of: str | None, locale: Locale) -> None:
    """Show eligibility criteria as rules, and what they leave open.

    Of a record (an NCT number known here, or a file), or of a study's protocol in DIR. Conditions
    stand as they are written: exclusions are not inverted. What is not understood keeps its words
    and evaluates to UNKNOWN.
    """
    criteria, anchors = _criteria(what)
    if form == "json":
        import json

        from trialrun.criteria.listing import list_criteria

        click.echo(json.dumps(list_criteria(criteria, locale), ensure_ascii=False, indent=1))
    elif form == "cql":
        _cql(criteria, anchors, as_of, locale)
    else:
        click.echo("\n".join(_lines(criteria, locale)))


def _criteria(what: str) -> tuple[Criteria, Collection[str]]:
    """The criteria, and the words that their windows are before."""
    path = Path(what)
    if path.is_dir():
        from trialrun.study.screening.opening import open_screening
        from trialrun.study.session import wall_clock
        from trialrun.values.moment import of_datetime

        protocol = open_screening(path, None, of_datetime(wall_clock())).protocol
        return protocol.criteria, protocol.anchors
    from trialrun.criteria.text_reader import read_criteria
    from trialrun.readers.record_file import load_record

    known = load_record(what).study.protocol.eligibility
    criteria = read_criteria(
        known.eligibility_criteria,
        minimum_age=known.minimum_age,
        maximum_age=known.maximum_age,
        sex=known.sex,
    )
    return criteria, {atom.anchor for one in criteria for atom in one.atoms if atom.anchor}


def _cql(criteria: Criteria, anchors: Collection[str], as_of: str | None, locale: Locale) -> None:
    """The library on standard output; what it does not say, with the reason, beside it."""
    from trialrun.criteria.cql.library import write_cql
    from trialrun.values.moment import Moment

    if as_of is None:
        raise click.UsageError("--as-of is missing: CQL needs the moment that windows count from.")
    at = Moment(as_of)
    written = write_cql(criteria, anchors=dict.fromkeys(anchors, at), as_of=at)
    click.echo(written.text, nl=False)
    for one in written.left:
        why = say(f"criteria.cql_{one.why.value}", locale)
        click.echo(
            say("criteria.cql_left", locale, id=one.criterion, rule=one.rule, why=why), err=True
        )


def _lines(criteria: Criteria, locale: Locale) -> list[str]:
    from trialrun.criteria.criterion import Status
    from trialrun.criteria.explain import ask, explain_rule, is_unread
    from trialrun.criteria.printer import write_rule

    counts = dict.fromkeys(Status, 0)
    lines: list[str] = []
    for one in criteria:
        counts[one.status] += 1
        indent = "  " * one.id.count(".") if one.parent is not None else ""
        status = say(f"criteria.status_{one.status.value}", locale)
        kind = say(f"criteria.kind_{one.kind}", locale)
        lines.append(f"{indent}{one.id}  [{kind} · {status}]  {one.text}")
        if one.rule is not None and not is_unread(one.rule):
            lines.append(f"{indent}      {write_rule(one.rule)}")
            lines.append(f"{indent}      {explain_rule(one.rule, locale)}")
        if one.mentioned:
            atoms = "; ".join(write_rule(mention.atom) for mention in one.mentioned)
            lines.append(f"{indent}      {say('criteria.beside', locale, atoms=atoms)}")
        lines.extend(f"{indent}      ? {ask(question, locale)}" for question in one.questions)
    totals = " · ".join(
        f"{say(f'criteria.status_{status.value}', locale)}: {count}"
        for status, count in counts.items()
    )
    combined = "" if criteria.root is None else say(
        "criteria.combined", locale, combination=str(criteria.root)
    )  # fmt: skip
    return [*lines, "", *([combined] if combined else []), totals]
