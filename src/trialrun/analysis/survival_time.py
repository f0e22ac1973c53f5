"""Overall survival from the first administration: death of any cause; a transplant does not censor.

Who is alive is censored on the last day that something in the ledger shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.analysis import survival as estimators
from trialrun.analysis.cutoff import Cutoff
from trialrun.analysis.ending import Status, death, ending, last_known_alive
from trialrun.analysis.estimate import Found, Method, Traced, count, traced
from trialrun.analysis.survival import Curve, Followed, Quantile, Step, follow_up, kaplan_meier

LANDMARKS = (28, 56, 100, 180, 365, 730)  # days
SURVIVAL = Method("survival", estimators.SOURCE)
FOLLOW_UP = Method("follow_up", "Schemper M, Smith TL. Control Clin Trials 1996;17:343")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """One participant's time from the first administration, in days, and whether death ended it."""

    participant: str
    days: int
    died: bool
    ongoing: bool
    cause: str
    found: Found


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """The survival of one group."""

    participants: tuple[Survivor, ...]
    deaths: Traced[int]
    curve: Traced[Curve]
    median: Traced[Quantile]
    landmarks: tuple[tuple[int, Traced[Step | None]], ...]
    follow_up: Traced[Decimal | None]


def survival(cutoff: Cutoff, people: Sequence[Found]) -> Survival:
    """The survival of some of those who started."""
    each = tuple(_survivor(cutoff, one) for one in people)
    followed = [Followed(Decimal(one.days), one.died) for one in each]
    found = [one.found for one in each]
    curve = kaplan_meier(followed)
    last = max((one.days for one in each), default=0)
    return Survival(
        participants=each,
        deaths=count([one.found for one in each if one.died], Method("deaths")),
        curve=traced(curve, found, SURVIVAL),
        median=traced(curve.median, found, SURVIVAL),
        landmarks=tuple(
            (day, traced(curve.at(Decimal(day)), found, SURVIVAL))
            for day in LANDMARKS
            if day <= last
        ),
        follow_up=traced(follow_up(followed).median.time, found, FOLLOW_UP),
    )


def _survivor(cutoff: Cutoff, one: Found) -> Survivor:
    who = cutoff.state.participants[one.participant]
    first = cutoff.first_dose(who)
    assert first is not None  # only those who started are given
    dead = death(who)
    at, shown = (dead.at, dead.found) if dead is not None else last_known_alive(who)
    days = (at.day - first.event.started_at.day).days
    return Survivor(
        participant=who.code,
        days=max(days, 0),
        died=dead is not None,
        ongoing=ending(who).status is Status.ONGOING,
        cause=dead.cause if dead is not None else "",
        found=Found(who.code, (*first.entries, *shown.entries)),
    )
