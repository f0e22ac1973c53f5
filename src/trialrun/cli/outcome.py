"""What a command that writes answers: what was recorded, or why nothing was."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from trialrun.errors import InputError, Refused
from trialrun.wording.catalogue import Locale, say

if TYPE_CHECKING:
    from trialrun.conduct.execute import Accepted, Stale
    from trialrun.conduct.refusal import Refusal
    from trialrun.ledger.entry import Entry

format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to answer.",
)
locale_option = click.option(
    "--locale",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="The language of sentences.",
)


def answer(result: Accepted | Refusal | Stale, form: str, locale: Locale, detail: str = "") -> None:
    """Print what happened; a refusal leaves with exit code 6, in JSON after its object."""
    from trialrun.conduct.execute import Accepted
    from trialrun.conduct.log import sentence
    from trialrun.conduct.refusal import Refusal

    if isinstance(result, Accepted):
        if form == "json":
            write_json(
                {
                    "accepted": True,
                    "repeated": result.repeated,
                    "entries": [entry_json(one, locale) for one in result.entries],
                    "position": result.state.position,
                }
            )
            return
        for one in result.entries:
            click.echo(f"{one.position:>5}  {sentence(one.event, locale)}")
        if result.repeated:
            click.echo(say("log.done_before", locale))
        return
    if isinstance(result, Refusal):
        what, remedy = result.sentence(locale), result.remedy_sentence(locale)
        told: dict[str, Any] = {
            "rule": str(result.rule),
            "params": {name: _plain(value) for name, value in result.params.items()},
        }
    else:
        what = say("log.stale", locale, participant=result.participant)
        remedy = "\n".join(
            f"{one.position:>5}  {sentence(one.event, locale)}" for one in result.changes
        )
        told = {"rule": "stale", "seen": result.seen, "now": result.now}
    if form == "json":
        write_json({"accepted": False, **told, "sentence": what, "remedy": remedy})
    raise Refused(what, remedy="\n".join(part for part in (detail, remedy) if part))


def entry_json(entry: Entry, locale: Locale) -> dict[str, Any]:
    """An entry for a program: its header, its sentence, and what it says."""
    from trialrun.conduct.log import sentence
    from trialrun.ledger.codec import encode_event

    return {
        **entry.header,
        "hash": entry.hash.hex(),
        "sentence": sentence(entry.event, locale),
        "event": {
            name: value for name, value in encode_event(entry.event).items() if name != "document"
        },
    }


def json_text(value: Any) -> str:
    """One JSON value, sorted and readable, on lines of its own."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n"


def write_json(value: Any) -> None:
    """One JSON value, sorted and readable."""
    click.echo(json_text(value), nl=False)


def read_json(text: str, *, where: str) -> Any:
    """A JSON value with exact numbers; a key that stands there twice is an error."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise InputError(f"the field {twice[0]!r} stands there twice", where=where)
        return dict(pairs)

    try:
        return json.loads(text, parse_float=Decimal, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not JSON: {error.msg} (line {error.lineno}, column {error.colno})",
            where=where,
            remedy='Write an object such as \'{"participant": "001"}\', or give @FILE.',
        ) from error
    except RecursionError as error:
        raise InputError("this is nested too deeply", where=where) from error


def _plain(value: object) -> object:
    return (
        list(value) if isinstance(value, tuple) else value if isinstance(value, int) else str(value)
    )
