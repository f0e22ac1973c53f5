"""`trialrun log STUDY [PARTICIPANT]`: what happened, in words."""

from __future__ import annotations

from pathlib import Path

import click

from trialrun.cli.outcome import entry_json, format_option, locale_option, write_json
from trialrun.errors import InputError
from trialrun.wording.catalogue import Locale


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("participant", required=False)
@format_option
@locale_option
def command(study: Path, participant: str | None, form: str, locale: Locale) -> None:
    """Say every entry of the ledger in words: position, when recorded, who in which role, what.

    With PARTICIPANT, only that person's history, products and corrections included.
    """
    from trialrun.conduct.log import concerns, sentence
    from trialrun.study.session import open_session
    from trialrun.wording.catalogue import say

    with open_session(study, writable=False) as session:
        state = session.state
        entries = tuple(session.store.entries())
    if participant is not None and participant not in state.participants:
        raise InputError(
            f"no participant is called {participant}",
            where=str(study),
            remedy=f"There are: {', '.join(state.participants) or 'none'}.",
        )
    if participant is not None:
        entries = tuple(one for one in entries if concerns(one, state, participant))
    if form == "json":
        write_json([entry_json(one, locale) for one in entries])
        return
    if state.rehearsal:
        click.echo(say("common.simulated", locale))
    for one in entries:
        when = one.recorded_at[:19].replace("T", " ")
        said = sentence(one.event, locale)
        click.echo(f"{one.position:>6}  {when}  {one.actor} ({one.role})  {said}")
