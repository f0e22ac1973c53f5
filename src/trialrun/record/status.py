"""When the registry shows UNKNOWN: an open status that nobody has confirmed for two years.

The registry replaces an open status by UNKNOWN, and keeps it as the last known status, when the
completion date is past (or missing) and the status was last verified so many months ago
(ClinicalTrials.gov glossary, "Unknown status": "not been confirmed within the past 2 years"; that
the completion date counts, and the exact month, were found in records, none of 1,824 against it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from trialrun.errors import FactError
from trialrun.record.model import Study
from trialrun.values.moment import Moment
from trialrun.wording.catalogue import Locale, say

OPEN = frozenset(
    {"RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION"}
)
UNKNOWN = "UNKNOWN"

# Verified in month m: UNKNOWN from the first day of month m + 25.
MONTHS = 25


class Basis(Enum):
    """What the derived status rests on."""

    STATED = "stated"  # the rule does not concern this status
    CURRENT = "current"  # open, and verified or planned recently enough
    LAPSED = "lapsed"  # open, unconfirmed, and past its completion: UNKNOWN
    LACKING = "lacking"  # the record does not show what the rule needs


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedStatus:
    """A status as of a day, with all that the rule looked at.

    `turns_unknown` is the first day on which an open status is shown as UNKNOWN, if nobody
    updates the record. `missing` names what the record does not show.
    """

    recorded: str | None
    status: str | None
    basis: Basis
    last_known: str | None
    verified: str | None
    completion: str | None
    as_of: date | None
    turns_unknown: date | None
    missing: tuple[str, ...]


def derive_status(study: Study, *, as_of: date | None = None) -> DerivedStatus:
    """The status that the registry would show on a day; the record's data date if none is given."""
    known = study.protocol.status
    day = as_of or _day(study.derived.misc_info.version_holder)
    recorded = known.overall_status
    open_status = known.last_known_status if recorded == UNKNOWN else recorded
    missing = tuple(
        name
        for name, lacks in (
            ("overall status", recorded is None),
            ("last known status", recorded == UNKNOWN and open_status is None),
            ("verification date", _moment(known.status_verified_date) is None),
            ("data date", day is None),
        )
        if lacks
    )
    concerned = recorded in {UNKNOWN, None} or recorded in OPEN
    turns = _turns_unknown(study) if concerned else None
    if not concerned:
        basis, status = Basis.STATED, recorded
    elif missing or day is None or turns is None:
        basis, status = Basis.LACKING, recorded
    elif day >= turns:
        basis, status = Basis.LAPSED, UNKNOWN
    else:
        basis, status = Basis.CURRENT, open_status
    return DerivedStatus(
        recorded=recorded,
        status=status,
        basis=basis,
        last_known=known.last_known_status,
        verified=known.status_verified_date,
        completion=known.completion_date.date,
        as_of=day,
        turns_unknown=turns,
        missing=missing if concerned else (),
    )


def explain_status(derived: DerivedStatus, locale: Locale) -> tuple[str, ...]:
    """Why the status is what it is, in sentences, with everything that the rule looked at."""
    values = {
        "recorded": derived.recorded or say("record.nothing", locale),
        "status": derived.status or "",
        "open": (derived.last_known if derived.recorded == UNKNOWN else derived.recorded) or "",
        "verified": derived.verified or "",
        "completion": derived.completion or say("record.no_completion", locale),
        "as_of": derived.as_of or "",
        "turns": derived.turns_unknown or "",
    }
    match derived.basis:
        case Basis.STATED:
            return (say("record.status_stated", locale, **values),)
        case Basis.LACKING:
            listed = say("record.comma", locale).join(
                say(f"record.input_{name.replace(' ', '_')}", locale) for name in derived.missing
            )
            return (
                say("record.status_lacking", locale, missing=listed, **values),
                say("record.status_rule", locale),
            )
        case Basis.LAPSED:
            key = "record.status_lapsed" if derived.recorded == UNKNOWN else "record.status_lapses"
            return (say(key, locale, **values), say("record.status_rule", locale))
        case Basis.CURRENT:
            again = derived.recorded == UNKNOWN
            key = "record.status_was" if again else "record.status_current"
            return (say(key, locale, **values), say("record.status_rule", locale))


def _turns_unknown(study: Study) -> date | None:
    """The first day on which both conditions hold; the last day of the calendar if none does."""
    known = study.protocol.status
    verified = _moment(known.status_verified_date)
    if verified is None:
        return None
    month = verified.day.year * 12 + verified.day.month - 1 + MONTHS
    completion = _moment(known.completion_date.date)
    try:
        unconfirmed = date(month // 12, month % 12 + 1, 1)
        over = completion.last_day + timedelta(days=1) if completion else unconfirmed
    except (ValueError, OverflowError):
        return date.max
    return max(unconfirmed, over)


def _moment(text: str | None) -> Moment | None:
    """The moment, or None where a record's text is no date."""
    try:
        return None if text is None else Moment(text)
    except FactError:
        return None


def _day(text: str | None) -> date | None:
    moment = _moment(text)
    return None if moment is None else moment.day
