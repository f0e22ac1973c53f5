"""Findings on the record's own state: status against dates, sizes, what was to be over by now.

Nothing here asks what day it is: "later" means later than the record's own last update.
"""

from __future__ import annotations

from datetime import date

from trialrun.protocol.findings.finding import Finding
from trialrun.record.model import Study

_OPEN = {"RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION"}
_SLACK_DAYS = 7


def dates_against_update(study: Study) -> tuple[Finding, ...]:
    """A date that is said to be reached and lies after the record's last update."""
    status = study.protocol.status
    update = status.last_update_submit_date
    dates = {
        "startDateStruct": status.start_date,
        "primaryCompletionDateStruct": status.primary_completion_date,
        "completionDateStruct": status.completion_date,
    }
    return tuple(
        _status("reached-in-the-future", name, date=one.date or "", update=update or "")
        for name, one in dates.items()
        if one.type == "ACTUAL" and _later(one.date, update)
    )


def status_against_dates(study: Study) -> tuple[Finding, ...]:
    """The status says one thing, and the dates at the record's last update another."""
    status = study.protocol.status
    now, update = status.overall_status, status.last_update_submit_date
    start, primary, end = status.start_date, status.primary_completion_date, status.completion_date
    if now == "NOT_YET_RECRUITING" and (start.type == "ACTUAL" or _later(update, start.date)):
        return (
            _status(
                "start-passed",
                "startDateStruct",
                date=start.date or "",
                update=update or "",
                status=now,
            ),
        )
    if now in _OPEN and _later(update, end.date):
        return (
            _status(
                "end-passed",
                "completionDateStruct",
                date=end.date or "",
                update=update or "",
                status=now or "",
            ),
        )
    if now in _OPEN and primary.type == "ACTUAL":
        return (
            _status(
                "primary-reached-while-open",
                "primaryCompletionDateStruct",
                date=primary.date or "",
                status=now or "",
            ),
        )
    if now == "COMPLETED" and _later(end.date, update):
        return (
            _status(
                "completed-before-its-end",
                "completionDateStruct",
                date=end.date or "",
                update=update or "",
            ),
        )
    return ()


def size_against_status(study: Study) -> tuple[Finding, ...]:
    """Nobody enrolled in a study that was not withdrawn, or somebody in one that was."""
    count, kind = (
        study.protocol.design.enrollment_info.count,
        study.protocol.design.enrollment_info.type,
    )
    status = study.protocol.status.overall_status
    if count == 0 and status not in {"WITHDRAWN", None}:
        return (_size("size-zero", count, status or ""),)
    if count and kind == "ACTUAL" and status in {"NOT_YET_RECRUITING", "RECRUITING"}:
        return (_size("size-reached-while-open", count, status),)
    return ()


def _size(rule: str, count: int, status: str) -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction",
        where="designModule.enrollmentInfo",
        quoted=str(count),
        values={"count": str(count), "status": status},
        who="sponsor",
    )


def _later(one: str | None, other: str | None) -> bool:
    """Whether one date lies after the other, as far as both are written."""
    if not one or not other:
        return False
    days = _day(one), _day(other)
    if days[0] and days[1]:  # a week is the slack of whoever fills in the form
        return (days[0] - days[1]).days > _SLACK_DAYS
    length = min(len(one), len(other))
    return one[:length] > other[:length]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:  # a month, or no date of the calendar
        return None


def _status(rule: str, name: str, **values: str) -> Finding:
    return Finding(
        rule=rule,
        sort="contradiction",
        where=f"statusModule.{name}",
        quoted=values["date"],
        values=values,
        who="sponsor",
    )
