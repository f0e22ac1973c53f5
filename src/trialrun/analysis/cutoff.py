"""The data cut-off: the protocol and the folded ledger at one position, which analysis projects.

No clock is read: the cut-off's time is when its last entry was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Context, Decimal

from trialrun.errors import LedgerError
from trialrun.ledger.entry import Entry
from trialrun.ledger.events import AdministrationGiven, AdverseEventChanged, Corrected
from trialrun.ledger.fold import fold
from trialrun.ledger.state import Kept, Participant, StudyState
from trialrun.protocol.model import Kind, Protocol, RegimenItem
from trialrun.values.moment import Moment

_EXACTLY = Context(prec=28)
_MICROSECOND, _DAY = timedelta(microseconds=1), 86_400_000_000

Given = Kept[AdministrationGiven]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoff:
    """What was planned and what had been recorded by `at`.

    `corrections` are the positions of entries that corrected something. `changes` are those that
    told how an adverse event went on, with when that happened: an entry may be recorded late.
    """

    protocol: Protocol
    state: StudyState
    at: Moment
    corrections: frozenset[int] = frozenset()
    changes: Mapping[int, Moment] = field(default_factory=dict)

    @property
    def participants(self) -> tuple[Participant, ...]:
        """All registered, in order of registration."""
        everyone = self.state.participants.values()
        return tuple(sorted(everyone, key=lambda who: who.registered.entry))

    @property
    def cell_items(self) -> tuple[RegimenItem, ...]:
        """The regimen items that are cell products, in order of their first planned day."""
        return tuple(
            item
            for item in sorted(self.protocol.regimen, key=lambda item: item.days[:1])
            if self.protocol.intervention(item.intervention).kind is Kind.CELL_PRODUCT
        )

    @property
    def planned_infusions(self) -> int:
        """The most infusions of cell products that one participant may have by the plan."""
        by_arm = [
            sum(len(item.days) for item in self.cell_items if not item.arms or arm.id in item.arms)
            for arm in self.protocol.arms
        ]
        return max(by_arm, default=sum(len(item.days) for item in self.cell_items))

    def first_dose(self, who: Participant) -> Given | None:
        """The first administration of anything: the start of treatment."""
        given = in_order(who.administrations.values())
        return given[0] if given else None

    def infusions(self, who: Participant) -> tuple[Given, ...]:
        """The administrations of cell products, in order of their start."""
        items = {item.id for item in self.cell_items}
        return in_order(one for one in who.administrations.values() if one.event.item in items)

    def study_day(self, who: Participant, at: Moment) -> Decimal | None:
        """The study day by the clock where times are known, else by the calendar.

        Days count from the first administration of the day-zero item, which stands for its first
        planned day; before it is given, from the participant's first administration of all. None
        for somebody who was given nothing.
        """
        anchor = self._anchor(who)
        if anchor is None:
            return None
        first, planned = anchor
        return days_from(first.event.started_at, at) + planned

    def study_date(self, who: Participant, at: Moment) -> int | None:
        """The study day by local calendar dates; None for somebody who was given nothing."""
        anchor = self._anchor(who)
        if anchor is None:
            return None
        first, planned = anchor
        return (at.day - first.event.started_at.day).days + planned

    def _anchor(self, who: Participant) -> tuple[Given, int] | None:
        zero = who.given(self.protocol.day_zero)
        if zero:
            return zero[0], min(self.protocol.item(self.protocol.day_zero).days, default=0)
        first = self.first_dose(who)
        return None if first is None else (first, first.event.planned_day or 0)


def in_order(given: Iterable[Given]) -> tuple[Given, ...]:
    """Administrations by their actual start, then by their entry."""
    return tuple(sorted(given, key=lambda one: (one.event.started_at.order(), one.entry)))


def days_from(start: Moment, at: Moment) -> Decimal:
    """Days from `start` to `at`: by the clock where both have a time, else calendar days.

    >>> days_from(Moment("2026-03-01T10:00+08:00"), Moment("2026-03-02T22:00+08:00"))
    Decimal('1.5')
    """
    if start.instant is not None and at.instant is not None:
        parts = (at.instant - start.instant) // _MICROSECOND
        return _EXACTLY.divide(Decimal(parts), Decimal(_DAY))
    return Decimal((at.day - start.day).days)


def hours_from(start: Moment, at: Moment) -> Decimal | None:
    """Hours by the clock; None unless both have a time of day."""
    if start.instant is None or at.instant is None:
        return None
    parts = (at.instant - start.instant) // _MICROSECOND
    return _EXACTLY.divide(Decimal(parts), Decimal(3_600_000_000))


def cutoff_at(protocol: Protocol, entries: Sequence[Entry]) -> Cutoff:
    """The cut-off after the last of these entries; raises `LedgerError` where there are none."""
    if not entries:
        raise LedgerError(
            "the ledger has no entry yet, so there is nothing to report",
            remedy="Rehearse the study, or approve its protocol and record what happens.",
        )
    return Cutoff(
        protocol=protocol,
        state=fold(entries),
        at=Moment(entries[-1].recorded_at),
        corrections=frozenset(
            entry.position for entry in entries if isinstance(entry.event, Corrected)
        ),
        changes={
            entry.position: entry.occurred_at
            for entry in entries
            if isinstance(entry.event, AdverseEventChanged)
        },
    )
