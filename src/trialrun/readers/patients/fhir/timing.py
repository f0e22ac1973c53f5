"""When a resource says that something was so: to the precision that it gives, never more."""

from __future__ import annotations

from trialrun.readers.patients.fhir.chart import Chart, Json
from trialrun.readers.patients.statement import moment_of
from trialrun.values.moment import Moment


def observed_at(resource: Json, chart: Chart) -> tuple[Moment, str] | None:
    """The time of an observation, and what to add to its source."""
    for key in ("effectiveDateTime", "effectiveInstant"):
        text = resource.get(key)
        if isinstance(text, str):
            at = moment_of(text)
            if at is not None:
                return at, ""
    spanned = _within(resource.get("effectivePeriod"))
    return (spanned, "") if spanned is not None else chart.encounter_start(resource)


def began_at(resource: Json, keys: tuple[str, ...], chart: Chart) -> tuple[Moment, str] | None:
    """The first of these fields that holds a time, a period its start; else the encounter's."""
    for key in keys:
        given = resource.get(key)
        if isinstance(given, dict):
            given = given.get("start")
        at = moment_of(given) if isinstance(given, str) else None
        if at is not None:
            return at, ", dated when it was recorded" if key == "recordedDate" else ""
    return chart.encounter_start(resource)


def _within(period: object) -> Moment | None:
    """The day, month or year in which the whole period lies."""
    if not isinstance(period, dict):
        return None
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
