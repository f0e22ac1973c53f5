"""What became of every row that was read: used, or set aside for a reason. The two add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from itertools import islice
from typing import TypeVar

from trialrun.readers.patients.place import Place, places_words
from trialrun.wording.catalogue import Locale, say, topic

T = TypeVar("T")

_SHOWN = 10  # of the most frequent codes and units
PLACES = 5  # of each reason: enough to see what is wrong


class Reason(Enum):
    """Why a row became no fact."""

    UNKNOWN_CODE = "unknown_code"  # no variable of the vocabulary has this code
    NO_CODE = "no_code"
    ENTERED_IN_ERROR = "entered_in_error"
    CANCELLED = "cancelled"  # or not done, or only planned
    REFUTED = "refuted"  # a diagnosis that was ruled out, which does not rule its variable out
    SUSPECTED = "suspected"  # a diagnosis that nobody has confirmed yet
    NO_VALUE = "no_value"
    BAD_VALUE = "bad_value"  # no value of this variable
    DECIMAL_COMMA = "decimal_comma"  # decimal sign or thousands: nobody said
    NO_UNIT = "no_unit"
    UNKNOWN_UNIT = "unknown_unit"
    UNFIT_UNIT = "unfit_unit"  # a known unit that this variable is not measured in
    NO_DATE = "no_date"
    BAD_DATE = "bad_date"
    ENDED = "ended"  # a condition that is over, nobody knows since when
    DUPLICATE = "duplicate"  # the same value of the same variable at the same time once more
    NO_PATIENT = "no_patient"
    BROKEN_LINE = "broken_line"
    OTHER_VERSION = "other_version"
    OTHER_KIND = "other_kind"  # a resource type or column that no fact comes from
    ONLY_NAMES = "only_names"  # read for the dates and codes that other rows refer to


# Nothing is wrong in these rows, or their codes are named instead: no places are kept.
_NOWHERE = {Reason.UNKNOWN_CODE, Reason.OTHER_KIND, Reason.ONLY_NAMES}


class Tally:
    """Counts by kind of row: a FHIR resource type, an OMOP table, the cells of a CSV column.

    An observation with parts counts once for each part. `questioned` are implausible values by
    variable: they are kept as facts, and the engines answer UNKNOWN on them. Of each reason the
    first few places are kept.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Start again: a source that is read once more counts anew."""
        self.rows: Counter[str] = Counter()
        self.used: Counter[str] = Counter()
        self.aside: Counter[tuple[str, Reason]] = Counter()
        self.places: dict[Reason, tuple[Place, ...]] = {}
        self.questioned: Counter[str] = Counter()
        self.codes: Counter[tuple[str, str, str]] = Counter()  # system, code, display
        self.units: Counter[tuple[str, str]] = Counter()  # variable, unit as written
        self.patients = 0
        self.facts = 0
        self.repeated: Counter[str] = Counter()  # patients that came more than once
        self.notes: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}

    def take(self, kind: str, count: int = 1) -> None:
        """Rows came in."""
        self.rows[kind] += count

    def use(self, kind: str, count: int = 1) -> None:
        """Rows became facts."""
        self.used[kind] += count

    def leave(self, kind: str, reason: Reason, count: int = 1, *, at: Iterable[Place] = ()) -> None:
        """Rows became none; `at` are places of some of them."""
        self.aside[kind, reason] += count
        if at:
            self.locate(reason, at)

    def locate(self, reason: Reason, at: Iterable[Place]) -> None:
        """Keep places of rows that were left for this reason, as many as there is room for."""
        if room := self.room(reason):
            self.places[reason] = (*self.places.get(reason, ()), *islice(at, room))

    def add(self, other: Tally) -> None:
        """What another reading took, and what it left."""
        self.rows.update(other.rows)
        for (kind, reason), count in other.aside.items():
            self.leave(kind, reason, count, at=other.places.get(reason, ()))

    def room(self, reason: Reason) -> int:
        """How many more places of this reason are kept."""
        return 0 if reason in _NOWHERE else PLACES - len(self.places.get(reason, ()))

    def note(self, key: str, count: int = 1, /, **values: str) -> None:
        """Something that a reader of the verdicts must know; equal notes are counted."""
        named = (key, tuple(sorted(values.items())))
        self.notes[named] = self.notes.get(named, 0) + count

    @property
    def balanced(self) -> bool:
        """Whether rows in = used + set aside, for every kind."""
        out = Counter(self.used)
        for (kind, _), count in self.aside.items():
            out[kind] += count
        return +out == +self.rows

    def by_reason(self) -> Counter[Reason]:
        """Rows set aside, all kinds together."""
        total: Counter[Reason] = Counter()
        for (_, reason), count in self.aside.items():
            total[reason] += count
        return total

    def listing(self) -> dict[str, object]:
        """For JSON: counts, codes and places; of what one patient has only a repeated code."""
        return {
            "patients": self.patients,
            "facts": self.facts,
            "rows": sum(self.rows.values()),
            "used": sum(self.used.values()),
            "set_aside": {
                reason.value: count for reason, count in _ranked(self.by_reason(), _reason)
            },
            "places": {
                reason.value: [one.listing() for one in self.places[reason]]
                for reason, _ in _ranked(self.by_reason(), _reason)
                if self.places.get(reason)
            },
            "kinds": {
                kind: {
                    "rows": self.rows[kind],
                    "used": self.used[kind],
                    "set_aside": {
                        reason.value: self.aside[kind, reason]
                        for reason in Reason
                        if self.aside[kind, reason]
                    },
                }
                for kind in sorted(self.rows)
            },
            "implausible": dict(_ranked(self.questioned, str)),
            "unmapped_codes": [
                {"system": system, "code": code, "display": display, "rows": count}
                for (system, code, display), count in _ranked(self.codes, str)[:_SHOWN]
            ],
            "unmapped_units": [
                {"variable": variable, "unit": unit, "rows": count}
                for (variable, unit), count in _ranked(self.units, str)[:_SHOWN]
            ],
            "repeated_patients": dict(_ranked(self.repeated, str)),
            "notes": [
                {"note": key, "count": count, **dict(values)}
                for (key, values), count in self.notes.items()
            ],
        }

    def lines(self, locale: Locale = "en") -> list[str]:
        """What a person reads under the verdicts."""
        rows, used = sum(self.rows.values()), sum(self.used.values())
        told = [
            _counted("total", self.patients, locale, "patients", facts=f"{self.facts:,}"),
            say(
                "patients.rows",
                locale,
                rows=f"{rows:,}",
                used=f"{used:,}",
                aside=f"{rows - used:,}",
            ),
        ]
        for reason, count in _ranked(self.by_reason(), _reason):
            told.append("  " + _counted(reason.value, count, locale))
            if places := self.places.get(reason):
                told.append("    " + places_words(places, count - len(places), locale))
        if self.questioned:
            named = _named(self.questioned, locale)
            count = sum(self.questioned.values())
            told.append(_counted("implausible", count, locale, named=named))
        if self.codes:
            shown = {
                f"{code} {display} ({system})": count
                for (system, code, display), count in self.codes.items()
            }
            told.append(say("patients.codes", locale, named=_named(shown, locale)))
        if self.units:
            shown = {
                f"{unit} ({variable})": count for (variable, unit), count in self.units.items()
            }
            told.append(say("patients.units", locale, named=_named(shown, locale)))
        if self.repeated:
            named = _named(self.repeated, locale)
            told.append(say("patients.repeated", locale, count=len(self.repeated), named=named))
        told += [
            _counted(f"note_{key}", count, locale, **dict(values))
            for (key, values), count in self.notes.items()
        ]
        return told


def _counted(name: str, count: int, locale: Locale, number: str = "count", /, **values: str) -> str:
    """A sentence about so many, with the words for one where it has them."""
    one = f"{name}_one"
    sentence = one if count == 1 and one in topic("patients", locale) else name
    return say(f"patients.{sentence}", locale, **{number: f"{count:,}"}, **values)


def _reason(reason: Reason) -> str:
    return reason.value


def _ranked(counts: Mapping[T, int], name: Callable[[T], str]) -> list[tuple[T, int]]:
    """Most frequent first, equals by name: the same on every machine."""
    return sorted(counts.items(), key=lambda item: (-item[1], name(item[0])))


def _named(counts: Mapping[str, int], locale: Locale) -> str:
    ranked = _ranked(counts, str)
    shown = say("criteria.listed_between", locale).join(
        f"{name} × {count:,}" for name, count in ranked[:_SHOWN]
    )
    more = len(ranked) - _SHOWN
    return shown if more <= 0 else say("patients.and_more", locale, shown=shown, more=more)
