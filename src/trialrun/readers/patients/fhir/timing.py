"""When a resource says that something was so: to the precision that it gives, never more."""

from __future__ import annotations

from dataclasses import dataclass

from trialrun.readers.patients.fhir.chart import Chart, Json
from trialrun.readers.patients.statement import moment_of
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment

Dated = tuple[Moment, str]  # the time, and what to add to the source of the fact


@dataclass(frozen=True, slots=True)
class Undated:
    """Why a resource has no time, and the field to look at.

    A date that is written and is none, such as 31 February, is not passed over for another one.
    """

    reason: Reason
    field: str = ""


def observed_at(resource: Json, chart: Chart) -> Dated | Undated:
    """The time of an observation."""
    for key in ("effectiveDateTime", "effectiveInstant"):
        given = resource.get(key)
        if given is not None:
            at = moment_of(given) if isinstance(given, str) else None
            return Undated(Reason.BAD_DATE, key) if at is None else (at, "")
    period = resource.get("effectivePeriod")
    if isinstance(period, dict):
        for end in ("start", "end"):
            if _impossible(period.get(end)):
                return Undated(Reason.BAD_DATE, f"effectivePeriod.{end}")
        spanned = _within(period)
        if spanned is not None:
            return spanned, ""
    return _encounter(resource, chart)


def began_at(resource: Json, keys: tuple[str, ...], chart: Chart) -> Dated | Undated:
    """The first of these fields that holds a time, a period its start; else the encounter's."""
    for key in keys:
        given = resource.get(key)
        if isinstance(given, dict):
            given, key = given.get("start"), f"{key}.start"
        if given is None:
            continue
        at = moment_of(given) if isinstance(given, str) else None
        if at is None:
            return Undated(Reason.BAD_DATE, key)
        return at, ", dated when it was recorded" if key == "recordedDate" else ""
    return _encounter(resource, chart)


def _encounter(resource: Json, chart: Chart) -> Dated | Undated:
    start = chart.encounter_start(resource)
    if start is None:
        return Undated(Reason.NO_DATE)
    at = moment_of(start)
    if at is None:
        return Undated(Reason.BAD_DATE, "encounter")
    return at, ", dated by the start of its encounter"


def _impossible(given: object) -> bool:
    return given is not None and not (isinstance(given, str) and moment_of(given) is not None)


def _within(period: Json) -> Moment | None:
    """The day, month or year in which the whole period lies."""
    ends = [one for one in (period.get("start"), period.get("end")) if isinstance(one, str)]
    if len(ends) == 1:
        return moment_of(ends[0])
    read = [moment_of(one) for one in ends]
    if len(read) != 2 or read[0] is None or read[1] is None:
        return None
    if read[0].text == read[1].text:
        return read[0]
    start, end = read[0].text[:10], read[1].text[:10]
    for length in (10, 7, 4):
        if start[:length] == end[:length] and len(start) >= length:
            return moment_of(start[:length])
    return None
