"""The dates of a table, in the one form that its mapping declares."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

from trialrun.readers.patients.statement import moment_of, number_of
from trialrun.readers.patients.tables.mapping import Mapping
from trialrun.readers.patients.tally import Reason
from trialrun.values.moment import Moment

_FORMS = {
    "YYYY-MM-DD": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d\d?)/(?P<d>\d\d?)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    "DD.MM.YYYY": r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<d>\d\d?)/(?P<m>\d\d?)/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<d>\d\d?)-(?P<m>\d\d?)-(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>\d{4})",
}
# What is known to the month alone, beside 2024-05 and 2024 as they are written anywhere.
_MONTHS = {
    "YYYY/MM/DD": r"(?P<y>\d{4})/(?P<m>\d\d?)",
    "YYYYMMDD": r"(?P<y>\d{4})(?P<m>\d\d)",
    "DD.MM.YYYY": r"(?P<m>\d\d?)\.(?P<y>\d{4})",
    "DD/MM/YYYY": r"(?P<m>\d\d?)/(?P<y>\d{4})",
    "DD-MM-YYYY": r"(?P<m>\d\d?)-(?P<y>\d{4})",
    "MM/DD/YYYY": r"(?P<m>\d\d?)/(?P<y>\d{4})",
}
_PARTLY = re.compile(r"\d{4}(?:-\d\d)?\Z", re.ASCII)
_TIME = r"(?:[T ](?P<t>\d\d?:\d\d(?::\d\d)?)(?:\.\d+)?(?P<z>Z|[+-]\d\d:\d\d)?)?\Z"


class Dates:
    """How a table writes dates."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._date = re.compile(_FORMS[mapping.date_form] + _TIME, re.ASCII)
        self._month = re.compile(_MONTHS.get(mapping.date_form, r"(?!)") + r"\Z", re.ASCII)

    def moment(self, text: str) -> Moment | None:
        """A date in the declared form; a time only with its offset, in the text or declared."""
        mapping = self._mapping
        if mapping.minutes_from is not None:
            return _later(mapping.minutes_from, text)
        parted = self._date.match(text.strip())
        if parted is None:
            month = self._month.match(text.strip())
            if month is not None:
                return moment_of(f"{month['y']}-{int(month['m']):02d}")
            partly = mapping.date_form == "YYYY-MM-DD" or _PARTLY.match(text.strip())
            return moment_of(text) if partly else None
        day = f"{parted['y']}-{int(parted['m']):02d}-{int(parted['d']):02d}"
        zone = parted["z"] or mapping.utc_offset
        # Midnight without an offset is how tables write a date.
        if not parted["t"] or not zone or (parted["t"].strip("0:") == "" and not parted["z"]):
            return moment_of(day)
        return moment_of(
            f"{day}T{parted['t'].zfill(len(parted['t']) + (parted['t'][1] == ':'))}{zone}"
        )


def _later(start: Moment, text: str) -> Moment | None:
    """So many minutes after a moment."""
    read = number_of(text, ".")
    if isinstance(read, Reason) or read[0] or read[2] or start.instant is None:
        return None
    if abs(read[1]) > Decimal(10**9):
        return None
    try:
        at = start.instant + timedelta(minutes=int(read[1]))
    except OverflowError:
        return None
    return moment_of(at.isoformat(timespec="seconds"))
