"""What may be redacted, by whom, and why: two people delete one free text, for a reason.

Only a text part is redacted. A body is what the trial folds and reports, and a document is what it
runs from: what is wrong there is corrected, and the correction says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from trialrun.errors import LedgerError
from trialrun.ledger.codec import TEXT
from trialrun.ledger.entry import Entry
from trialrun.ledger.events import Redacted


def lawful(redacted: Redacted) -> bool:
    """Whether two different people redact a text for a reason."""
    return (
        redacted.part == TEXT
        and redacted.reason_code != ""
        and "" not in {redacted.first_person, redacted.second_person}
        and redacted.first_person != redacted.second_person
    )


def redactions(made: Iterable[Entry], kept: Callable[[int], Entry | None]) -> tuple[Redacted, ...]:
    """The redactions among new entries, each checked against what is kept at its position."""
    found: dict[tuple[int, str], Redacted] = {}
    for entry in made:
        event = entry.event
        if isinstance(event, Redacted):
            place = (event.entry, event.part)
            _check(event, None if place in found else kept(event.entry))
            found[place] = event
    return tuple(found.values())


def _check(redacted: Redacted, target: Entry | None) -> None:
    where = f"entry {redacted.entry}, part {redacted.part}"
    if not lawful(redacted):
        raise LedgerError(
            "this is no redaction: two different people redact a free text, for a reason",
            where=where,
            remedy=f"Name two people and a reason, and the part {TEXT!r}. What is wrong in another "
            "part is corrected, not redacted.",
        )
    held = None if target is None else target.parts.get(redacted.part)
    if held is None or held.data is None:
        raise LedgerError(
            "there is no such text, or it was redacted before",
            where=where,
            remedy="Look up the entry's position in the log.",
        )
