"""What people have and had: acute myeloid leukaemia in four of five, and other things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialrun.rehearse.draws import Draws
from trialrun.rehearse.screening_population.laboratories import Whole

Booleans = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class History:
    """One variable for everybody; `flaw` 0 none, 1 only the month known, 2 entered in error.

    `said` are those of whom it is known, either way; `day` is from the screening date.
    """

    variable: str
    said: Booleans
    present: Booleans
    day: Whole
    flaw: Whole


# variable: share with it among people with and without leukaemia, days ago (most, least)
_ROWS: tuple[tuple[str, float, float, int, int], ...] = (
    ("apl", 0.06, 0.0, 900, 20),
    ("relapsed_disease", 0.45, 0.0, 120, 3),
    ("refractory_disease", 0.30, 0.0, 120, 3),
    ("mrd_positive", 0.35, 0.0, 60, 1),
    ("extramedullary_disease", 0.05, 0.01, 200, 5),
    ("arrhythmia", 0.10, 0.12, 4000, 2),
    ("pericardial_effusion", 0.05, 0.04, 60, 1),
    ("hepatitis_b_carrier", 0.07, 0.05, 5000, 30),
    ("active_hepatitis", 0.03, 0.03, 90, 1),
    ("active_infection", 0.12, 0.10, 20, 0),
    ("pneumonia", 0.09, 0.08, 30, 1),
    ("prior_allogeneic_hsct", 0.12, 0.02, 1500, 60),
    ("prior_malignancy", 0.08, 0.10, 5000, 200),
    ("pregnant", 0.01, 0.01, 90, 5),
)
VARIABLES = ("aml", *(row[0] for row in _ROWS))
_RULED_OUT = 0.55


def histories(draws: Draws) -> Iterator[History]:
    """Leukaemia first, then the rest in the order of the table."""
    leukaemia = draws.bernoulli(0.8)
    day = -np.floor(20 + 1500 * draws.uniform()).astype(np.int64)
    everybody = np.ones(draws.count, dtype=bool)
    flaws = draws.category((85.0, 13.0, 2.0))
    yield History("aml", everybody, leukaemia, day, flaws)
    for variable, with_it, without, most, least in _ROWS:
        present = draws.bernoulli(np.where(leukaemia, with_it, without))
        said = present | draws.bernoulli(_RULED_OUT)
        ago = np.floor(least + (most - least + 1) * draws.uniform()).astype(np.int64)
        seen = np.where(present, -ago, -np.minimum(ago, 10))  # ruled out lately
        flaws = draws.category((88.0, 10.0, 2.0))
        yield History(variable, said, present, seen, flaws)
