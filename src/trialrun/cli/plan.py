"""`trialrun plan STUDY [PARTICIPANT]`: what is to be given next, how much, and not before when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.outcome import format_option, locale_option, write_json
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.conduct.worklist import Due


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("participant", required=False)
@format_option
@locale_option
def command(study: Path, participant: str | None, form: str, locale: Locale) -> None:
    """Say which administrations come next: day, dose with its working, and earliest hour.

    The earliest hour counts from the actual end of the last administration that the item must wait
    for; the products that stand ready are shown with their expiry.
    """
    from trialrun.conduct.worklist import due_administrations
    from trialrun.study.session import open_session
    from trialrun.values.moment import of_datetime

    with open_session(study, writable=False) as session:
        state, protocol = session.state, session.protocol
        now = of_datetime(session.clock())
    if participant is not None and participant not in state.participants:
        raise InputError(
            f"no participant is called {participant}",
            where=str(study),
            remedy=f"There are: {', '.join(state.participants) or 'none'}.",
        )
    wanted = [
        who
        for code, who in state.participants.items()
        if who.enrolled is not None and participant in {None, code}
    ]
    due = {
        who.code: () if protocol is None else due_administrations(protocol, state, who, now)
        for who in wanted
    }
    if form == "json":
        write_json([_json(one) for several in due.values() for one in several])
        return
    for code, several in due.items():
        if not several:
            click.echo(say("screen.plan_none", locale, participant=code))
        for one in several:
            for line in _lines(one, locale):
                click.echo(line)
    if any(due.values()):
        click.echo(say("screen.plan_check", locale))


def _lines(one: Due, locale: Locale) -> list[str]:
    on = say("screen.plan_no_date", locale) if one.on is None else one.on.isoformat()
    lines = [
        say("screen.plan_due", locale, participant=one.participant, item=one.item, day=one.day,
            on=on, hour=f"{one.hour:02d}:00")
    ]  # fmt: skip
    if one.earliest is not None:
        lines.append(say("screen.plan_earliest", locale, earliest=one.earliest))
    if one.must_wait:
        lines.append(say("screen.plan_waits", locale, gaps=", ".join(one.must_wait)))
    lines.append(say("screen.plan_amount", locale, working=one.working))
    lines += [
        say("screen.plan_product", locale, product=code, expires=expires or "-")
        for code, expires in one.products
    ]
    if one.cell_product and not one.products:
        lines.append(say("screen.plan_no_product", locale))
    return lines


def _json(one: Due) -> dict[str, Any]:
    return {
        "participant": one.participant,
        "item": one.item,
        "day": one.day,
        "date": None if one.on is None else one.on.isoformat(),
        "hour": one.hour,
        "earliest": None if one.earliest is None else str(one.earliest),
        "must_wait": list(one.must_wait),
        "amount": one.amount or None,
        "working": one.working,
        "products": [
            {"product": code, "expires_at": None if expires is None else str(expires)}
            for code, expires in one.products
        ],
    }
