"""What a forecast is laid out in: parts of lines and tables, on a terminal and a page alike."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from trialrun.analysis.exact import Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer: to what, the answer itself, and how sure or how spread it is."""

    label: str
    lead: str
    rest: str = ""
    at: Fraction | None = None  # where a run lies among the trials, 0 to 1
    share: Proportion | None = None  # what a bar with its limits draws


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table whose first column names its rows; `bars` are drawn beside them, limits and all."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    bars: tuple[Proportion | Fraction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """An assumption in words."""

    name: str
    value: str
    unit: str
    grade: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading with what stands under it; `pictures` names the histograms that belong there."""

    id: str
    title: str
    lines: tuple[Line, ...] = ()
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    assumed: tuple[Assumed, ...] = ()
    questions: tuple[tuple[str, str], ...] = ()  # id, words
