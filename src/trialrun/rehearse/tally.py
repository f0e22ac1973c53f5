"""What one rehearsed trial came to, in a few numbers; a thousand of them are a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialrun.ledger.events import ScreeningEnd
from trialrun.ledger.state import Participant, StudyState
from trialrun.protocol.model import Kind, Measure, Protocol

# Response categories that count as remission, and the yes of a generic response.
REMISSIONS = frozenset({"CR", "CRh", "CRi", "response"})


# The observations that a tally looks at; trials by the many record no others.
COUNTED = frozenset({"marrow_blasts"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of participants, and days from the planned start; None where it never came."""

    screened: int
    not_eligible: int
    facts_missing: int
    enrolled: int
    started: int
    infused: int
    product_failures: int
    responders: int
    conversions: int
    dose_limiting: int
    serious: int
    deaths: int
    suspended: bool
    full_after: int | None
    last_after: int


def tally(protocol: Protocol, state: StudyState, start: date) -> Tally:
    """Count one trial from its state."""
    people = list(state.participants.values())
    enrolled = state.enrolled
    ends = [one.screening_ended.event.reason for one in people if one.screening_ended]
    days = [(one.enrolled.at.day - start).days for one in enrolled if one.enrolled]
    target = protocol.enrolment.target
    last = max(
        ((one.died or one.completed or one.lost or one.withdrew) for one in enrolled),
        key=lambda kept: kept.at.day if kept else start,
        default=None,
    )
    return Tally(
        screened=sum(bool(one.consents) for one in people),  # gave consent, as in the report
        not_eligible=ends.count(ScreeningEnd.NOT_ELIGIBLE),
        facts_missing=ends.count(ScreeningEnd.FACTS_MISSING),
        enrolled=len(enrolled),
        started=sum(bool(one.administrations) for one in enrolled),
        infused=sum(_infused(protocol, one) for one in enrolled),
        product_failures=sum(bool(one.product_failures) for one in enrolled),
        responders=sum(_responds(one) for one in enrolled),
        conversions=sum(_converts(one) for one in enrolled),
        dose_limiting=sum(
            any(kept.event.dose_limiting for kept in one.adverse_events.values())
            for one in enrolled
        ),
        serious=sum(
            any(kept.event.serious for kept in one.adverse_events.values()) for one in enrolled
        ),
        deaths=sum(one.died is not None for one in enrolled),
        suspended=state.suspended is not None,
        full_after=max(days) if len(days) >= target else None,
        last_after=0 if last is None else (last.at.day - start).days,
    )


def _infused(protocol: Protocol, who: Participant) -> bool:
    return any(
        protocol.intervention(kept.event.intervention).kind is Kind.CELL_PRODUCT
        for kept in who.administrations.values()
    )


def morphological(who: Participant) -> bool:
    """Whether the last marrow before treatment had 5 % blasts or more."""
    marrows = [
        kept.event.fact
        for kept in who.values("marrow_blasts")
        if kept.event.planned_day is None or kept.event.planned_day < 0
    ]
    return bool(marrows) and not marrows[-1].comparator and marrows[-1].number >= 5


def _responds(who: Participant) -> bool:
    best = any(kept.event.category in REMISSIONS for kept in who.responses.values())
    generic = any(kept.event.category == "response" for kept in who.responses.values())
    return generic or (best and morphological(who))


def _converts(who: Participant) -> bool:
    negative = any(kept.event.mrd == "negative" for kept in who.responses.values())
    return negative and not morphological(who)


def counted_outcomes(protocol: Protocol) -> tuple[str, ...]:
    """The names of the tallies that the protocol's outcomes are about."""
    measures = {one.measure for one in protocol.outcomes}
    pairs = {
        "responders": {Measure.RESPONSE, Measure.GENERIC_RESPONSE},
        "conversions": {Measure.MRD_CONVERSION},
        "dose_limiting": {Measure.DOSE_LIMITING},
    }
    return tuple(name for name, wanted in pairs.items() if wanted & measures)
