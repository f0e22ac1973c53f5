"""Three simulated laboratories: their units, their steps, and their limits by sex and date.

The limits are invented, within what laboratories print; the third one prints none. All limits are
an even number of steps, so that 1.5 times a limit is a value that the assay can give.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

NAMES = ("SIM-LAB-1", "SIM-LAB-2", "SIM-LAB-3")
# The day, counted from the screening date, from which the first laboratory prints new limits.
CHANGE = -15


@dataclass(frozen=True, slots=True)
class Assay:
    """How a laboratory gives a result: the unit, so many of it per canonical unit, and decimals."""

    unit: str
    per_canonical: Fraction
    decimals: int

    @property
    def steps(self) -> Fraction:
        """How many of the last decimal's steps one canonical unit is."""
        return self.per_canonical * int(10**self.decimals)


def _assays(row: dict[str, tuple[str, str, int]]) -> dict[str, Assay]:
    return {
        name: Assay(unit, Fraction(per), decimals) for name, (unit, per, decimals) in row.items()
    }


_BEDSIDE = {
    "spo2": ("%", "1", 0), "lvef": ("%", "1", 0), "ecog": ("{score}", "1", 0),
}  # fmt: skip

ASSAYS: tuple[dict[str, Assay], ...] = (
    _assays({
        "creatinine": ("mg/dL", "1", 2), "total_bilirubin": ("mg/dL", "1", 1),
        "alt": ("U/L", "1", 0), "ast": ("U/L", "1", 0), "platelets": ("10*3/uL", "1", 0),
        "anc": ("10*3/uL", "1", 2), "wbc": ("10*3/uL", "1", 2), "haemoglobin": ("g/dL", "1", 1),
        "weight": ("kg", "1", 1), "height": ("cm", "1", 0), **_BEDSIDE,
    }),
    _assays({
        "creatinine": ("umol/L", "88.4", 1), "total_bilirubin": ("umol/L", "17.1", 2),
        "alt": ("[IU]/L", "1", 0), "ast": ("[IU]/L", "1", 0), "platelets": ("10*9/L", "1", 0),
        "anc": ("10*9/L", "1", 2), "wbc": ("10*9/L", "1", 2), "haemoglobin": ("g/L", "10", 0),
        "weight": ("kg", "1", 1), "height": ("m", "1/100", 2), **_BEDSIDE,
    }),
    _assays({
        "creatinine": ("mg/dL", "1", 2), "total_bilirubin": ("mg/dL", "1", 1),
        "alt": ("U/L", "1", 0), "ast": ("U/L", "1", 0), "platelets": ("/uL", "1000", 0),
        "anc": ("/uL", "1000", 0), "wbc": ("/uL", "1000", 0), "haemoglobin": ("g/dL", "1", 1),
        "weight": ("[lb_av]", "100000000/45359237", 1), "height": ("cm", "1", 0), **_BEDSIDE,
    }),
)  # fmt: skip

# variable: per laboratory, upper limits of (women, men) before and from CHANGE, in steps; 0: none
_UPPER: dict[str, tuple[tuple[tuple[int, int], tuple[int, int]], ...]] = {
    "alt": (((34, 50), (32, 44)), ((36, 48), (36, 48))),
    "ast": (((32, 40), (30, 38)), ((34, 42), (34, 42))),
    "total_bilirubin": (((12, 12), (10, 12)), ((2000, 2000), (2000, 2000))),
    "creatinine": (((110, 130), (100, 120)), ((970, 1150), (970, 1150))),
}
_LOWER: dict[str, tuple[tuple[tuple[int, int], tuple[int, int]], ...]] = {
    "platelets": (((150, 150), (150, 150)), ((140, 130), (140, 130))),
    "haemoglobin": (((120, 130), (120, 130)), ((118, 132), (118, 132))),
    "anc": (((180, 180), (180, 180)), ((200, 200), (200, 200))),
}


def upper(variable: str, laboratory: Whole, male: NDArray[np.bool_], day: Whole) -> Whole:
    """The printed upper limit in steps of the laboratory's assay, 0 where it prints none."""
    return _limit(_UPPER.get(variable), laboratory, male, day)


def lower(variable: str, laboratory: Whole, male: NDArray[np.bool_], day: Whole) -> Whole:
    """The printed lower limit in steps, 0 where the laboratory prints none."""
    return _limit(_LOWER.get(variable), laboratory, male, day)


def _limit(
    rows: tuple[tuple[tuple[int, int], tuple[int, int]], ...] | None,
    laboratory: Whole,
    male: NDArray[np.bool_],
    day: Whole,
) -> Whole:
    if rows is None:
        return np.zeros(len(laboratory), dtype=np.int64)
    table = np.array([*rows, ((0, 0), (0, 0))], dtype=np.int64)
    chosen: Whole = table[laboratory, (day >= CHANGE).astype(int), male.astype(int)]
    return chosen


def text(steps: int, decimals: int) -> str:
    """So many steps as a decimal, as the laboratory prints it.

    >>> text(1326, 1), text(50, 2), text(7, 0)
    ('132.6', '0.50', '7')
    """
    if decimals == 0:
        return str(steps)
    whole, rest = divmod(steps, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}"
