"""Levels as a laboratory reports them: with its error, to its precision, below its limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trialrun.rehearse.lot import Lot

# Limits of quantification and precision of the assays; assumed, usual for such laboratories.
DONOR_NK_LIMIT = 0.1  # cells/µL
CHIMERISM_LIMIT = 1.0  # percent, short tandem repeats
MRD_LIMIT = 0.01  # percent, flow cytometry
_HOST_NK_SHARE = 0.10  # of host lymphocytes
_CIRCULATING_FROM = 0.20  # leukaemic fraction of the marrow above which blasts circulate

Value = tuple[str, str, str | None, str]  # variable, value, unit, comparator


@dataclass(frozen=True, slots=True)
class Levels:
    """One participant's levels at one moment."""

    lymphocytes: float  # host, per µL
    donor_nk: float  # per µL
    blasts: float  # fraction of the marrow
    neutrophils: float  # 1e9/L
    platelets: float  # 1e9/L


def measured(variable: str, levels: Levels, lot: Lot) -> Value | None:
    """What a laboratory reports; None for what these levels say nothing about."""
    report = _REPORTS.get(variable)
    return None if report is None else (variable, *report(levels, lot))


def _noise(lot: Lot, spread: float) -> float:
    """A factor near 1, triangular over ± twice the spread: no logarithm is needed for it."""
    return 1.0 + spread * (2.0 * lot.unit() + 2.0 * lot.unit() - 2.0)


def _digits(value: float, places: int) -> str:
    """Rounded by Python's exact decimal rounding, without an exponent."""
    return f"{max(value, 0.0):.{places}f}"


def _above(value: float, limit: float, places: int) -> tuple[str, str]:
    """The value and no comparator, or the limit and "<"."""
    rounded = _digits(value, places)
    return (_digits(limit, places), "<") if float(rounded) < limit else (rounded, "")


_Report = Callable[[Levels, Lot], tuple[str, str | None, str]]


def _neutrophils(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    return _digits(levels.neutrophils * _noise(lot, 0.06), 2), "10*9/L", ""


def _platelets(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    return _digits(levels.platelets * _noise(lot, 0.05), 0), "10*9/L", ""


def _lymphocytes(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    per_litre = (levels.lymphocytes + levels.donor_nk) / 1000.0
    return _digits(per_litre * _noise(lot, 0.05), 3), "10*9/L", ""


def _leucocytes(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    cells = levels.neutrophils + (levels.lymphocytes + levels.donor_nk) / 1000.0
    circulating = max(0.0, levels.blasts - _CIRCULATING_FROM) * 8.0
    return _digits((cells + 0.2 + circulating) * _noise(lot, 0.05), 2), "10*9/L", ""


def _donor_nk(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    value, below = _above(levels.donor_nk * _noise(lot, 0.12), DONOR_NK_LIMIT, 1)
    return value, "/uL", below


def _nk_share(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    nk = levels.donor_nk + _HOST_NK_SHARE * levels.lymphocytes
    share = 100.0 * nk / max(levels.donor_nk + levels.lymphocytes, 1e-9)
    return _digits(min(share * _noise(lot, 0.05), 100.0), 1), "%", ""


def _chimerism(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    nk = levels.donor_nk + _HOST_NK_SHARE * levels.lymphocytes
    share = min(100.0 * levels.donor_nk / max(nk, 1e-9) * _noise(lot, 0.03), 100.0)
    value, below = _above(share, CHIMERISM_LIMIT, 1)
    return value, "%", below


def _marrow(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    return _digits(min(100.0 * levels.blasts * _noise(lot, 0.10), 99.0), 1), "%", ""


def _circulating(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    share = 100.0 * max(0.0, levels.blasts - _CIRCULATING_FROM) * _noise(lot, 0.2)
    return _digits(min(share, 95.0), 0), "%", ""


def _residual(levels: Levels, lot: Lot) -> tuple[str, str | None, str]:
    share = min(100.0 * levels.blasts * _noise(lot, 0.15), 99.0)
    value, below = _above(share, MRD_LIMIT, 3)
    return value, "%", below


def _residual_present(levels: Levels, _: Lot) -> tuple[str, str | None, str]:
    return ("true" if 100.0 * levels.blasts >= 0.1 else "false"), None, ""


_REPORTS: Mapping[str, _Report] = {
    "anc": _neutrophils,
    "platelets": _platelets,
    "alc": _lymphocytes,
    "wbc": _leucocytes,
    "donor_nk_count": _donor_nk,
    "nk_share_of_lymphocytes": _nk_share,
    "donor_chimerism": _chimerism,
    "marrow_blasts": _marrow,
    "circulating_blasts": _circulating,
    "mrd_level": _residual,
    "mrd_positive": _residual_present,
}
