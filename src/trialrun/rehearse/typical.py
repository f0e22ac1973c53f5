"""Typical values of simulated candidates, from `typical.toml`; all assumed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files

from trialrun.values.quantity import plain
from trialrun.vocabulary.table import variable
from trialrun.vocabulary.variable import Kind

# A range of more steps than this is thinned.
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """A range in the vocabulary's unit, its step, and the upper limit a laboratory prints."""

    low: Fraction
    high: Fraction
    step: Fraction
    upper_limit: str | None = None


@cache
def _rows() -> dict[str, Typical]:
    source = files("trialrun.rehearse").joinpath("typical.toml").read_text(encoding="utf-8")
    return {
        name: Typical(
            low=Fraction(row["range"][0]),
            high=Fraction(row["range"][1]),
            step=Fraction(row["step"]),
            upper_limit=row.get("high"),
        )
        for name, row in tomllib.loads(source).items()
    }


@cache
def typical(name: str) -> Typical:
    """The typical row of a variable; the middle half of what is plausible where there is none.

    Of a date: how many days ago it was.
    """
    found = _rows().get(name)
    if found is not None:
        return found
    row = variable(name)
    if row.kind is Kind.DATE:  # days ago
        return Typical(low=Fraction(30), high=Fraction(1000), step=Fraction(1))
    least, most = Fraction(row.least or 0), Fraction(row.most or 1)
    quarter = (most - least) / 4
    step = Fraction(1) if quarter >= 4 else Fraction(1, 10)
    return Typical(low=least + quarter, high=most - quarter, step=step)


@cache
def typical_values(name: str) -> tuple[str, ...]:
    """Every value of the typical range, step by step, as a laboratory writes it."""
    row = typical(name)
    count = (row.high - row.low) / row.step
    steps = (
        range(int(count) + 1) if count <= _MOST else range(0, int(count) + 1, int(count) // _MOST)
    )
    return tuple(plain(row.low + step * row.step) for step in steps)
