"""What a simulated participant would go through if enrolled, on that participant's own days.

A model draws biographies; the rehearsal walks them through the real conduct, on the calendar. Day 0
is the protocol's day 0; a biography that the trial's rules cut short (a full trial, a suspended
enrolment) is simply not walked to its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Protocol as Interface

from trialrun.ledger.events import Reason
from trialrun.protocol.model import Protocol


class Ending(Enum):
    """How participation ends."""

    COMPLETED = "completed"
    DIED = "died"
    LOST = "lost to follow-up"
    WITHDREW = "withdrew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One administration as it will be given: how late, and which share of the planned amount."""

    item: str
    day: int
    minutes_late: int
    share: Decimal
    minutes_long: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a cell product, as made; `failed` containers are never released."""

    item: str
    ordinal: int
    measures: Mapping[str, tuple[Decimal, str]]
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Values of one activity at one moment of a day; a value may be absent (missed sample)."""

    activity: str
    planned_day: int
    day: int
    minute: int
    values: tuple[tuple[str, str, str | None, str], ...]  # variable, value, unit, comparator


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """An adverse event."""

    term: str
    soc: str
    grade: int
    day: int
    minute: int
    end_day: int | None
    serious: bool
    seriousness: tuple[str, ...]
    related_to: tuple[str, ...]
    dose_limiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A response assessment."""

    day: int
    planned_day: int
    definition: str
    category: str
    mrd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Biography:
    """One simulated participant's course."""

    doses: tuple[Dose, ...]
    withheld: tuple[tuple[str, int, Reason], ...]  # item, first day not given, why
    containers: tuple[Container, ...]
    observations: tuple[Observation, ...]
    harms: tuple[Harm, ...]
    assessments: tuple[Assessment, ...]
    therapies: tuple[tuple[int, str], ...]
    ending: Ending
    end_day: int
    end_cause: str
    end_related: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who is considered: baseline values, how they fail if they do, and the rest."""

    arrival: int  # days after the planned start
    baseline: Mapping[str, str]
    upper_limits: Mapping[str, str]  # the laboratory’s ULN, by variable
    lacks: tuple[str, ...]
    declines: bool
    judged_unfit: bool  # the investigator finds participation not appropriate
    arm: str | None  # None: the only one
    biography: Biography


class Model(Interface):
    """Draws candidates of one trial, vectorised over all of them."""

    name: str

    def candidates(
        self, protocol: Protocol, seeds: Sequence[int], count: int
    ) -> tuple[tuple[Candidate, ...], ...]:
        """For each trial's seed, `count` candidates in order of arrival."""
        ...
