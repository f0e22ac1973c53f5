"""What the model as it stands predicts for published trials, beside what they saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialrun.errors import InputError
from trialrun.rehearse import portable
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.nk_aml.dosing import Regimen, planned_doses
from trialrun.rehearse.nk_aml.parameters import (
    Parameter,
    Parameters,
    model_file,
    read_parameter,
    shipped_parameters,
)
from trialrun.rehearse.nk_aml.participants import Disease, draw_participants
from trialrun.rehearse.nk_aml.trajectory import STEP, Trajectories, simulate
from trialrun.rehearse.portable import Floats

SEED = 20201031
PARTICIPANTS = 3000
FIRST_DAY, LAST_DAY, RESPONSE_DAY = -7, 60, 28
# A figure without an interval may differ by so much from the first sketch's: a share of
# participants by points of percent, days and cells per µL by a quarter.
NEAR_POINTS, NEAR_SHARE = 8.0, 0.25


class Figure(Enum):
    """What is computed of each anchor trial."""

    EXPANSION = "expansion_d14"
    DETECTABLE_7 = "detectable_d7"
    DETECTABLE_14 = "detectable_d14"
    DETECTABLE_EARLY = "detectable_d7_or_d14"
    DETECTABLE_28 = "detectable_d28"
    RESPONSE = "response"
    MEDIAN_14 = "median_d14"
    PERSISTENCE = "persistence"

    @property
    def percent(self) -> bool:
        """Whether it is a share of participants."""
        return self not in (Figure.MEDIAN_14, Figure.PERSISTENCE)


class Verdict(Enum):
    """How a figure compares with what was published, or with the first sketch."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    KNOWN_MISS = "known miss"
    NEAR = "near the reference"
    FAR = "far from the reference"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One figure that a row is compared on; `target` is the calibration target's number."""

    figure: Figure
    target: str
    published: str
    interval: tuple[float, float] | None
    reference: float | None
    known_miss: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One trial, or one setting: who, what they were given, and what is known of the outcome."""

    id: str
    title: str
    disease: Disease
    source: str
    remission: str | None  # name of the limit below which the marrow's blasts are a response
    held_out: bool
    regimen: Regimen
    cytokine: float
    given: tuple[tuple[Parameter, tuple[float, ...]], ...]  # the regimen's numbers, and their days
    people: tuple[Parameter, ...]  # rows that replace the model's own
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorResult:
    """A row of the table: every figure, and the verdict on those that are compared."""

    anchor: Anchor
    participants: int
    figures: Mapping[Figure, float]
    persistence_spread: tuple[float, float]  # 10th and 90th percentile, days

    def verdict(self, expected: Expected) -> Verdict:
        """How the row's figure compares; an interval counts before a reference."""
        value = self.figures[expected.figure]
        if expected.interval is not None:
            low, high = expected.interval
            if low <= value <= high:
                return Verdict.INSIDE
            return Verdict.KNOWN_MISS if expected.known_miss else Verdict.OUTSIDE
        if expected.known_miss:
            return Verdict.KNOWN_MISS
        if expected.reference is None:
            return Verdict.SHOWN
        room = NEAR_POINTS if expected.figure.percent else NEAR_SHARE * expected.reference
        near = abs(value - expected.reference) <= room
        return Verdict.NEAR if near else Verdict.FAR


def anchors() -> tuple[Anchor, ...]:
    """The anchor trials of the parameter file, in its order."""
    return tuple(_anchor(row) for row in model_file()["anchor"])


def anchor_trials(
    participants: int = PARTICIPANTS,
    *,
    parameters: Parameters | None = None,
    step: float = STEP,
    seed: int = SEED,
    progress: Callable[[Anchor], None] | None = None,
) -> tuple[AnchorResult, ...]:
    """The whole table; every row has the same simulated participants, differently treated."""
    results = []
    for anchor in anchors():
        if progress is not None:
            progress(anchor)
        results.append(
            run_anchor(anchor, parameters or shipped_parameters(), participants, step, seed)
        )
    return tuple(results)


def run_anchor(
    anchor: Anchor, parameters: Parameters, participants: int, step: float = STEP, seed: int = SEED
) -> AnchorResult:
    """One row of the table."""
    parameters = parameters.with_rows(anchor.people)
    numbers = range(participants)
    people = draw_participants(
        Draws.of_trial(seed, numbers, Purpose.PHYSIOLOGY),
        anchor.disease,
        parameters,
        cytokine=anchor.cytokine,
    )
    seen = simulate(
        people,
        parameters,
        planned_doses(people, anchor.regimen),
        from_day=FIRST_DAY,
        record_at=range(FIRST_DAY, LAST_DAY + 1),
        step=step,
    )
    error = Draws.of_trial(seed, numbers, Purpose.MEASUREMENT).normal()
    spread = parameters["measurement.marrow_error"].log_sd
    measured = seen.blasts[seen.row(RESPONSE_DAY)] * portable.exp(spread * error)
    detectable = seen.donor_nk > parameters.value("measurement.detectable")
    expanded = seen.donor_nk[seen.row(14)] > parameters.value("measurement.expansion")
    lasting = _persistence(seen, detectable)
    at = {day: detectable[seen.row(day)] for day in (7, 14, 28)}
    figures = {
        Figure.EXPANSION: _percent(expanded),
        Figure.DETECTABLE_7: _percent(at[7]),
        Figure.DETECTABLE_14: _percent(at[14]),
        Figure.DETECTABLE_EARLY: _percent(at[7] | at[14]),
        Figure.DETECTABLE_28: _percent(at[28]),
        Figure.MEDIAN_14: _quantile(seen.donor_nk[seen.row(14)], 0.5),
        Figure.PERSISTENCE: _quantile(lasting, 0.5),
    }
    if anchor.remission is not None:
        figures[Figure.RESPONSE] = _percent(measured < parameters.value(anchor.remission))
    return AnchorResult(
        anchor=anchor,
        participants=participants,
        figures=figures,
        persistence_spread=(_quantile(lasting, 0.1), _quantile(lasting, 0.9)),
    )


def _persistence(seen: Trajectories, detectable: NDArray[np.bool_]) -> Floats:
    """Last whole day with detectable cells, of those who had any; before day 0 nobody has."""
    last = np.full(detectable.shape[1], -1.0)
    for row, day in enumerate(seen.days):
        last = np.where(detectable[row], day, last)
    return last[last >= 0]


def _percent(which: NDArray[np.bool_]) -> float:
    return 100.0 * int(np.count_nonzero(which)) / len(which)


def _quantile(values: Floats, share: float) -> float:
    """The value at that share of the ordered values (the lower of two); 0 of none."""
    if not len(values):
        return 0.0
    return float(np.sort(values)[int(share * (len(values) - 1))])


# --- reading -----------------------------------------------------------------------------------


def _anchor(row: Mapping[str, Any]) -> Anchor:
    where = f"anchor {row['id']}"
    given = {
        name: (read_parameter(f"{where}: {name}", part), tuple(map(float, part.get("days", ()))))
        for name, part in row["regimen"].items()
    }
    limits = {
        "remission": "measurement.remission_below",
        "mrd": "measurement.mrd_below",
        "none": None,
    }
    if row["response"] not in limits:
        raise InputError(
            f"the response rule of {where} is {row['response']!r}",
            where="parameters.toml",
            remedy="It is remission, mrd or none.",
        )
    return Anchor(
        id=row["id"],
        title=row["title"],
        disease=Disease(row["disease"]),
        source=row["source"],
        remission=limits[row["response"]],
        held_out=row.get("held_out", False),
        regimen=_regimen(given, where),
        cytokine=given["cytokine"][0].value if "cytokine" in given else 0.0,
        given=tuple(given.values()),
        people=tuple(read_parameter(name, part) for name, part in row.get("people", {}).items()),
        expected=tuple(_expected(part) for part in row["figures"]),
    )


def _regimen(given: Mapping[str, tuple[Parameter, Sequence[float]]], where: str) -> Regimen:
    units = {
        "fludarabine": ("mg/m2",),
        "cyclophosphamide": ("mg/m2", "mg/kg"),
        "nk_cells": ("/kg",),
        "cytokine": ("1",),
    }
    for name, (number, _) in given.items():
        if number.unit not in units.get(name, ()):
            raise InputError(f"{where} has {name} in {number.unit!r}", where="parameters.toml")
    planned: dict[str, Any] = {}
    for name, (number, days) in given.items():
        if name == "cytokine":
            continue
        per_kg = name == "cyclophosphamide" and number.unit == "mg/kg"
        planned["cyclophosphamide_per_kg" if per_kg else name] = number.value
        planned["nk_days" if name == "nk_cells" else f"{name}_days"] = days
    return Regimen(**planned)


def _expected(row: Mapping[str, Any]) -> Expected:
    interval = row.get("interval")
    return Expected(
        figure=Figure(row["figure"]),
        target=row.get("target", ""),
        published=row.get("published", ""),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        reference=None if row.get("reference") is None else float(row["reference"]),
        known_miss=row.get("known_miss", ""),
    )
