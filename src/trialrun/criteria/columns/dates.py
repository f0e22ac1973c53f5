"""Moments written as text, and days later, as columns."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from trialrun.criteria.columns.windows import Day, When, as_column, microseconds

_DAY, _MONTH, _YEAR = 10, 7, 4  # the lengths of a written day, month and year
_NEVER = "1970-01-01T00:00Z"  # read where no time of day is written; what it gives is not used


def of_text(text: ir.StringValue) -> When:
    """A column of moments as `Moment` has them: a year, a month, a day, or a time with offset."""
    length = text.length()
    start = ibis.cases(
        (length == _YEAR, text + "-01-01"), (length == _MONTH, text + "-01"),
        else_=text.substr(0, _DAY),
    ).cast("date")  # fmt: skip
    end = ibis.cases(
        (length == _YEAR, (text.substr(0, _YEAR) + "-12-31").cast("date")),
        (length == _MONTH, (start + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")),
        else_=start,
    )
    timed = length > _DAY
    written = ibis.ifelse(timed, text, _NEVER)
    zulu = written.endswith("Z")
    body = written.substr(0, written.length() - ibis.ifelse(zulu, 1, 6)).cast("timestamp")
    offset = ibis.ifelse(zulu, "+00:00", written.right(6))
    minutes = offset.substr(1, 2).cast("int64") * 60 + offset.substr(4, 2).cast("int64")
    minutes = ibis.ifelse(offset.startswith("-"), -minutes, minutes)
    instant = microseconds(body) - minutes * 60_000_000
    instant = ibis.ifelse(timed, instant, ibis.null("int64"))
    return When(first=start.epoch_days(), last=end.epoch_days(), instant=instant)


def months_later(day: Day, months: int) -> Day:
    """The day so many months later, the last of the month where it has no such day."""
    start = (ibis.literal(date(1970, 1, 1)) + as_column(day).as_interval("D")).cast("date")
    return (start + ibis.interval(months=months)).cast("date").epoch_days()
