"""When somebody is looked at: each activity's days at its hour, and every whole day between."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.protocol.model import Activity, Protocol
from trialrun.rehearse.nk_aml.plan import zero_hour

# An activity whose id ends so is done before, or one hour after the end of, that day's infusion.
BEFORE, AFTER = "-before", "-after"
_USUAL_HOUR = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One activity on one planned day: the hour of the day, and the model's day of it."""

    activity: Activity
    planned_day: int
    hour: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """All looks of a schedule, and the whole days from the first to the last."""

    first: int
    days: tuple[float, ...]
    looks: tuple[Look, ...]

    @property
    def all(self) -> tuple[float, ...]:
        """Every moment at which levels are needed, in order."""
        return tuple(sorted({*self.days, *(look.at for look in self.looks)}))


def moments_of(protocol: Protocol, length: int) -> Moments:
    """The moments of a protocol whose follow-up ends `length` days after day 0."""
    planned = [day for item in protocol.regimen for day in item.days]
    # One day before anything happens, so that the first dose finds a settled state.
    looked = [day for one in protocol.schedule for day in one.days]
    first = min([0, *planned, *looked]) - 1
    looks = tuple(
        Look(activity=one, planned_day=day, hour=(hour := _hour(protocol, one, day)),
             at=day + (hour - zero_hour(protocol)) / 24.0)
        for one in protocol.schedule
        for day in one.days
        if day <= length
    )  # fmt: skip
    days = tuple(float(day) for day in range(first, length + 1))
    return Moments(first=first, days=days, looks=looks)


def _hour(protocol: Protocol, activity: Activity, day: int) -> float:
    item = protocol.item(protocol.day_zero)
    if activity.id.endswith(AFTER):
        return item.hour + float(item.duration_hours) + 2.0
    if activity.id.endswith(BEFORE):
        return item.hour - 1.0
    return _USUAL_HOUR
