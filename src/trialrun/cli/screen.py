"""`trialrun screen STUDY PARTICIPANT|FACTS.json`: eligibility as it stands; writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trialrun.cli.outcome import format_option, locale_option, read_json, write_json
from trialrun.errors import InputError, OutsideError
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.criteria.verdict import Eligibility
    from trialrun.protocol.model import Protocol
    from trialrun.values.moment import Moment
    from trialrun.vocabulary.fact import Fact


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("subject", metavar="PARTICIPANT|FACTS.json")
@click.option(
    "--as-of",
    metavar="MOMENT",
    help="The moment that open windows count back from; without it, now.",
)
@format_option
@locale_option
def command(study: Path, subject: str, as_of: str | None, form: str, locale: Locale) -> None:
    """Say whether somebody is eligible, and which facts to get next.

    On the recorded facts of PARTICIPANT, or on a file: a list of facts, each
    {"variable", "value", "unit", "at", "source"}, or what `do record-facts` takes. By the approved
    protocol; without one, by the working copy, which is said. Nothing is written. Exit code 0
    whatever the verdict.
    """
    from trialrun.study.directory import open_directory
    from trialrun.study.site_limits import limited
    from trialrun.values.moment import Moment, of_datetime

    at = of_datetime(_now()) if as_of is None else Moment(as_of)
    file = Path(subject)
    if file.suffix == ".json" or file.is_file():
        protocol, approved = _protocol(study)
        facts = limited(open_directory(study), read_facts(file))
        found = _judged(protocol, facts, at)
        name = file.name
    else:
        protocol, found = _recorded(study, subject, at)
        approved, name = True, subject
    if form == "json":
        write_json(_json(found, approved, at, locale))
        return
    for line in _lines(protocol, found, approved, name, locale):
        click.echo(line)


def _now() -> datetime:
    from trialrun.study.session import wall_clock

    return wall_clock()


def read_facts(file: Path) -> tuple[Fact, ...]:
    """The facts in a file, each read with its place in the list."""
    from trialrun.vocabulary.reading import read_fact

    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(
            "there is no such file, and no participant is called so",
            where=str(file),
            remedy="Give the code of a participant, or a file of facts.",
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("this is not text in UTF-8", where=str(file)) from error
    except OSError as error:
        raise OutsideError(f"the file cannot be read: {error.strerror}", where=str(file)) from error
    value = read_json(text, where=str(file))
    if isinstance(value, Mapping) and "facts" in value:
        value = value["facts"]  # what `do record-facts` takes
    if not isinstance(value, list):
        raise InputError("this is not a list of facts", where=str(file), remedy="Write [ {…}, … ].")
    facts = []
    for place, one in enumerate(value, start=1):
        where = f"{file}, fact {place}"
        if not isinstance(one, Mapping):
            raise InputError("this is not a fact", where=where, remedy="Write { … }.")
        facts.append(read_fact(one, where=where, id=f"fact.{place}"))
    return tuple(facts)


def _protocol(study: Path) -> tuple[Protocol, bool]:
    """The protocol to screen by: the approved one, or the working copy with our assumptions."""
    from trialrun.errors import NotSupported
    from trialrun.protocol.file import read_protocol_file
    from trialrun.protocol.model import Protocol
    from trialrun.protocol.settling import settle
    from trialrun.study.directory import open_directory
    from trialrun.study.session import open_session

    directory = open_directory(study)
    if directory.ledger.is_file():
        with open_session(study, writable=False) as session:
            if session.protocol is not None:
                return session.protocol, True
    data = directory.read_bytes(directory.protocol)
    settled = settle(read_protocol_file(data, where=str(directory.protocol)), accept_assumed=True)
    if isinstance(settled, Protocol):
        return settled, False
    raise NotSupported(
        "the working copy cannot be screened by yet",
        where=str(directory.protocol),
        remedy="\n".join(f"- {one.place}: {one.words()}" for one in settled),
    )


def _judged(protocol: Protocol, facts: Sequence[Fact], at: Moment) -> Eligibility:
    from trialrun.criteria.verdict import judge

    return judge(
        protocol.criteria,
        facts,
        anchors=dict.fromkeys(protocol.anchors, at),
        judgements={},
        as_of=at,
    )


def _recorded(study: Path, participant: str, at: Moment) -> tuple[Protocol, Eligibility]:
    from trialrun.conduct.eligibility import eligibility
    from trialrun.study.session import open_session

    with open_session(study, writable=False) as session:
        state, protocol = session.state, session.protocol
    who = state.participants.get(participant)
    if who is None or protocol is None:
        raise InputError(
            f"no participant is called {participant}",
            where=str(study),
            remedy=f"There are: {', '.join(state.participants) or 'none'}.",
        )
    return protocol, eligibility(protocol, who, at)


def _lines(
    protocol: Protocol, found: Eligibility, approved: bool, name: str, locale: Locale
) -> list[str]:
    """What to get next comes first; then every criterion with its words and what decided it."""
    from trialrun.criteria.explain import explain_verdict
    from trialrun.vocabulary.table import variables

    lines = [say(f"screen.{found.truth.value.lower()}", locale, who=name)]
    if not approved:
        lines.append(say("screen.working_copy", locale))
    if found.missing:
        lines += ["", say("screen.next", locale)]
        lines += [
            say(
                "screen.missing",
                locale,
                variable=one.variable,
                label=variables()[one.variable].label(locale),
                criteria=", ".join(one.criteria),
            )
            for one in found.missing
        ]
    if found.decided_by:
        key = "screen.because" if found.truth.value == "FALSE" else "screen.open"
        lines += ["", say(key, locale, criteria=", ".join(found.decided_by))]
    lines.append("")
    for verdict in found.verdicts:
        first, *rest = explain_verdict(verdict, locale)
        lines.append(first)
        lines.append(f"    “{verdict.criterion.text.strip()}”")
        lines += [f"    {line}" for line in rest]
    if protocol.assumed and not approved:
        lines += ["", say("screen.assumed", locale, count=len(protocol.assumed))]
    return lines


def _json(found: Eligibility, approved: bool, at: Moment, locale: Locale) -> dict[str, Any]:
    from trialrun.criteria.explain import explain_verdict

    return {
        "verdict": found.truth.value,
        "approved_protocol": approved,
        "as_of": str(at),
        "decided_by": list(found.decided_by),
        "next": [
            {
                "variable": one.variable,
                "criteria": list(one.criteria),
                "reason": one.reason.value,
                "settles": one.settles,
            }
            for one in found.missing
        ],
        "criteria": [
            {
                "id": one.criterion.id,
                "kind": one.criterion.kind,
                "status": one.criterion.status.value,
                "verdict": one.truth.value,
                "text": one.criterion.text,
                "because": list(explain_verdict(one, locale)[1:]),
            }
            for one in found.verdicts
        ],
    }
