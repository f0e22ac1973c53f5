"""Finding a recorded thing by its id: what it is, whose it is, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from trialrun.ledger.events import (
    AdministrationGiven,
    AdverseEventReported,
    ConsentGiven,
    DeviationRecorded,
    FactRecorded,
    ProductReceived,
    ResponseAssessed,
)
from trialrun.ledger.state import Participant, StudyState

Correctable: TypeAlias = (
    FactRecorded
    | AdministrationGiven
    | AdverseEventReported
    | ResponseAssessed
    | ConsentGiven
    | DeviationRecorded
    | ProductReceived
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded thing; `participant` is None for what belongs to the study or a product."""

    event: Correctable
    participant: str | None


def recorded(state: StudyState, target: str) -> Recorded | None:
    """The thing of this id, as it stands now."""
    for who in state.participants.values():
        if target.startswith(f"{who.code}."):
            for name, event in _things(who):
                if name == target:
                    return Recorded(event, who.code)
    if target in state.products:
        return Recorded(state.products[target].received.event, None)
    if target in state.deviations:
        return Recorded(state.deviations[target].event, None)
    return None


def _things(who: Participant) -> Iterator[tuple[str, Correctable]]:
    for code, fact in who.facts.items():
        yield code, fact.event
    for code, administration in who.administrations.items():
        yield code, administration.event
    for code, harm in who.adverse_events.items():
        yield code, harm.event
    for code, response in who.responses.items():
        yield code, response.event
    for code, consent in who.consents.items():
        yield code, consent.event
    for code, deviation in who.deviations.items():
        yield code, deviation.event


def has(who: Participant, code: str) -> bool:
    """Whether one of a participant's recorded things has this id."""
    return (
        code in who.facts
        or code in who.administrations
        or code in who.adverse_events
        or code in who.responses
        or code in who.consents
        or code in who.deviations
    )
