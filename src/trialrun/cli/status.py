"""`trialrun status STUDY`: who is where, what comes next, what departed from the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.outcome import format_option, locale_option, write_json
from trialrun.wording.catalogue import Locale, say, topic

if TYPE_CHECKING:
    from trialrun.conduct.worklist import Overview, Stage, Step
    from trialrun.ledger.state import StudyState


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@format_option
@locale_option
def command(study: Path, form: str, locale: Locale) -> None:
    """Say who is where, what comes next for each, and all deviations."""
    from trialrun.conduct.worklist import next_steps, overview, stage
    from trialrun.study.session import open_session
    from trialrun.values.moment import of_datetime

    with open_session(study, writable=False) as session:
        state, protocol = session.state, session.protocol
        now = of_datetime(session.clock())
    if protocol is None:
        if form == "json":
            write_json({"approved": False, "position": state.position})
        else:
            click.echo(say("screen.no_protocol", locale))
        return
    seen = overview(protocol, state, now.day)
    people = {
        code: (stage(protocol, who), next_steps(protocol, state, who, now))
        for code, who in state.participants.items()
    }
    if form == "json":
        write_json(_json(seen, people, state))
        return
    for line in _lines(seen, people, state, locale):
        click.echo(line)


def _lines(
    seen: Overview,
    people: dict[str, tuple[Stage, tuple[Step, ...]]],
    state: StudyState,
    locale: Locale,
) -> list[str]:
    lines = [say("common.simulated", locale)] if state.rehearsal else []
    lines.append(
        say("screen.study", locale, version=seen.version, enrolled=seen.enrolled,
            target=seen.target, places=seen.places, position=seen.position)
    )  # fmt: skip
    if seen.suspended:
        words = topic("conduct", locale).get(f"suspended_{seen.suspended}", seen.suspended)
        lines.append(say("screen.suspended", locale, reason=words))
    if seen.closed:
        lines.append(say("screen.closed", locale))
    if seen.pending:
        lines.append(say("screen.pending", locale, participants=", ".join(seen.pending)))
    if not people:
        lines.append(say("screen.nobody", locale))
    for code, (where, steps) in people.items():
        lines.append("")
        lines.append(
            say("screen.participant", locale, participant=code,
                stage=say(f"screen.stage_{where}", locale))
        )  # fmt: skip
        lines += [_step(step, locale) for step in steps]
    important = sum(kept.event.important for kept in seen.deviations)
    lines += ["", say("screen.deviations", locale, count=len(seen.deviations), important=important)]
    for kept in seen.deviations:
        key = f"deviation_{kept.event.category}"
        weight = "log.important" if kept.event.important else "log.not-important"
        lines.append(
            say("screen.deviation", locale, id=kept.event.id, weight=say(weight, locale),
                what=topic("conduct", locale).get(key, kept.event.category))
        )  # fmt: skip
    return lines


def _step(step: Step, locale: Locale) -> str:
    due = "" if step.due is None else say("screen.due", locale, due=step.due.isoformat())
    about = ", ".join(step.about)
    return say("screen.step", locale, command=step.command, about=about, due=due).rstrip()


def _json(
    seen: Overview, people: dict[str, tuple[Stage, tuple[Step, ...]]], state: StudyState
) -> dict[str, Any]:
    return {
        "approved": True,
        "simulated": state.rehearsal,
        "position": seen.position,
        "protocol_version": seen.version,
        "target": seen.target,
        "enrolled": seen.enrolled,
        "places": seen.places,
        "suspended": seen.suspended or None,
        "closed": seen.closed,
        "pending": list(seen.pending),
        "participants": [
            {
                "participant": code,
                "stage": str(where),
                "version": state.participants[code].stream_version,
                "next": [
                    {
                        "command": step.command,
                        "about": list(step.about),
                        "due": None if step.due is None else step.due.isoformat(),
                    }
                    for step in steps
                ],
            }
            for code, (where, steps) in people.items()
        ],
        "deviations": [
            {
                "id": kept.event.id,
                "participant": kept.event.participant,
                "category": kept.event.category,
                "important": kept.event.important,
                "about": kept.event.about,
                "entry": kept.entry,
            }
            for kept in seen.deviations
        ],
    }
