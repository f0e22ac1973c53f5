"""A small ledger with a fixed clock and fixed salts."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from trialrun.ledger import events as ev
from trialrun.ledger.entry import Draft
from trialrun.ledger.store import Store
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Salts:
    """Salts from a counter, so that a test can be repeated."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> bytes:
        self.count += 1
        return hashlib.sha256(str(self.count).encode()).digest()


def settings() -> dict[str, Any]:
    """What every store is opened with."""
    return {"clock": lambda: NOW, "salts": Salts(), "software_version": "0.1.0"}


def draft(event: ev.Event, stream: str = "participant:P-1", command: str = "c-1") -> Draft:
    return Draft(
        stream=stream,
        event=event,
        actor="A",
        role="investigator",
        organisation="O",
        occurred_at=Moment("2026-03-01"),
        origin="shell",
        protocol_version="1",
        command_id=command,
    )


def fact(number: int, value: str = "3") -> ev.FactRecorded:
    kept = Fact(id=f"f{number}", variable="alt", value=value, unit="U/L", at=Moment("2026-03-01"))
    return ev.FactRecorded(participant="P-1", fact=kept)


def fill(store: Store, facts: int = 3) -> None:
    with store.writing() as write:
        start = ev.StudyStarted(mode=ev.Mode.REAL, record_sha256="0" * 64)
        person = ev.ParticipantRegistered(participant="P-1", site="S1")
        write.append([draft(start, "study", "c-0"), draft(person)], expected=write.head)
    for number in range(facts):
        with store.writing() as write:
            one = draft(fact(number), command=f"c-{number + 2}")
            write.append([one], expected=write.head)
