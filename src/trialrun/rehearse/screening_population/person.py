"""A simulated person as a hospital's systems hold them: results and diagnoses, flaws included."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trialrun.rehearse.screening_population.measured import Flaw

# One screening date for everybody, so that a form without dates of its own needs none.
SCREENING = date(2026, 3, 2)
TREATMENT = date(2026, 3, 16)
ANCHORS = {
    "consent": SCREENING.isoformat(),
    "screening": SCREENING.isoformat(),
    "treatment": TREATMENT.isoformat(),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One result as sent: text as printed, the unit as written ("" where none), with its flaw.

    `at` is a date, a month, or a time with its offset; `low` and `high` are the printed limits,
    "" where the laboratory prints none.
    """

    id: str
    variable: str
    value: str
    unit: str
    comparator: str
    at: str
    low: str
    high: str
    laboratory: str
    flaw: Flaw

    @property
    def counts(self) -> bool:
        """Whether it is a value of the variable: not withdrawn, with a unit that it has."""
        return self.flaw not in _SET_ASIDE


_SET_ASIDE = {Flaw.IN_ERROR, Flaw.CANCELLED, Flaw.STRANGE_UNIT, Flaw.NO_UNIT}


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnosis, procedure or state of the disease, from `at` on: there, or ruled out."""

    id: str
    variable: str
    present: bool
    at: str
    in_error: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated person. `birth` is a date, or a month or a year where no more is known."""

    code: str
    number: int
    sex: str
    birth: str
    readings: tuple[Reading, ...]
    findings: tuple[Finding, ...]


def day_text(day: int) -> str:
    """The date so many days from the screening date."""
    return (SCREENING + timedelta(days=day)).isoformat()
