"""Survival, incidence, exact limits and quantiles against R and against printed tables."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from trialrun.analysis.exact import clopper_pearson, shown
from trialrun.analysis.incidence import Course, Variance, cumulative_incidence
from trialrun.analysis.quantile import Definition, quantile
from trialrun.analysis.survival import Curve, Followed, Interval, kaplan_meier

ORACLES = Path(__file__).resolve().parents[4] / "shared" / "data" / "oracles"
R: dict[str, Any] = json.loads(
    (ORACLES / "survival" / "r-survival-oracle.json").read_text(encoding="utf-8")
)


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / "survival" / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# data set: file, time column, status column, what is an event, grouping column
SETS = {
    "lung": ("lung", "time", "status", "2", None),
    "veteran_by_trt": ("veteran", "time", "status", "1", "trt"),
    "ovarian_by_rx": ("ovarian", "futime", "fustat", "1", "rx"),
    "leukemia_by_x": ("leukemia", "time", "status", "1", "x"),
    "tiny10": ("tiny10_competing", "time", "status", "12", None),
}


def groups(name: str) -> dict[str, list[Followed]]:
    file, time, status, event, by = SETS[name]
    found: dict[str, list[Followed]] = {}
    for row in rows(file):
        key = "" if by is None else f"{by}={row[by]}"
        found.setdefault(key, []).append(Followed(Decimal(row[time]), row[status] in event))
    return found


def same(ours: object, theirs: float | None) -> bool:
    if theirs is None or ours is None:
        return ours is None and theirs is None
    return math.isclose(float(ours), theirs, rel_tol=1e-11, abs_tol=1e-13)  # type: ignore[arg-type]


@pytest.mark.parametrize("interval", list(Interval), ids=lambda one: one.value)
@pytest.mark.parametrize("name", SETS)
def test_kaplan_meier_as_r(name: str, interval: Interval) -> None:
    oracle = R["km"][interval.value][name]
    strata: Iterable[str] = oracle["strata"] or [""] * len(oracle["time"])
    curves: dict[str, Curve] = {
        key: kaplan_meier(people, interval=interval) for key, people in groups(name).items()
    }
    checked = 0
    for i, stratum in enumerate(strata):
        step = curves[stratum].at(Decimal(oracle["time"][i]))
        assert step is not None
        assert step.time == oracle["time"][i]
        assert (step.at_risk, step.events) == (oracle["n_risk"][i], oracle["n_event"][i])
        assert same(step.survival, oracle["surv"][i])
        assert same(step.std_error, oracle["std_err"][i])
        assert same(step.lower, oracle["lower"][i])
        assert same(step.upper, oracle["upper"][i])
        checked += 1
    assert checked == sum(bool(s.events) for curve in curves.values() for s in curve.steps)


@pytest.mark.parametrize("interval", list(Interval), ids=lambda one: one.value)
@pytest.mark.parametrize("name", SETS)
def test_quantiles_with_limits_as_r(name: str, interval: Interval) -> None:
    oracle = R["km"][interval.value][name]["quantiles"]
    for key, people in groups(name).items():
        curve = kaplan_meier(people, interval=interval)
        for i, percent in enumerate((25, 50, 75)):
            found = curve.quantile(Fraction(percent, 100))
            for part, ours in (
                ("quantile", found.time), ("lower", found.lower), ("upper", found.upper)
            ):  # fmt: skip
                theirs = oracle[part][key][i] if key else oracle[part][str(percent)]
                assert same(ours, theirs), (key, percent, part)


@pytest.mark.parametrize(("cause", "position"), [("1", 0), ("2", 1)])
def test_cumulative_incidence_as_cmprsk_and_survival(cause: str, position: int) -> None:
    people = [
        Course(Decimal(row["time"]), None if row["status"] == "0" else row["status"])
        for row in rows("tiny10_competing")
    ]
    gray = R["cuminc"]["tiny10"]
    aalen = cumulative_incidence(people, cause)
    for i, time in enumerate(gray["times"]):
        step = aalen.at(Decimal(time))
        assert step is not None
        assert same(step.incidence, gray["est"][position][i])
        assert same(step.std_error**2, gray["var"][position][i])
    states = R["aalen_johansen"]["tiny10"]
    delta = cumulative_incidence(people, cause, interval=Interval.LOG, variance=Variance.DELTA)
    for i, step in enumerate(delta.steps):
        assert same(step.incidence, states["pstate"][position + 1][i])
        assert same(step.std_error, states["std_err"][position + 1][i])
        assert same(step.lower, states["lower"][position + 1][i])
        assert same(step.upper, states["upper"][position + 1][i])


def test_exact_limits_as_r() -> None:
    assert len(R["clopper_pearson"]) == 33
    for row in R["clopper_pearson"]:
        limits = clopper_pearson(row["x"], row["n"])
        assert abs(float(limits.lower or 0) - row["lo"]) < 6e-11
        assert abs(float(limits.upper or 0) - row["hi"]) < 6e-11


def test_exact_limits_as_printed() -> None:
    with (ORACLES / "designs" / "clopper_pearson_n3_to_20.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert len(table) == sum(n + 1 for n in range(3, 21))
    for row in table:
        for level in ("95", "90"):
            limits = clopper_pearson(int(row["x"]), int(row["n"]), Decimal(f"0.{level}"))
            assert shown(limits.lower, 6) == row[f"lo{level}"]
            assert shown(limits.upper, 6) == row[f"hi{level}"]


def test_quantile_types_as_r() -> None:
    oracle = R["quantiles"]
    values = [Decimal(x) for x in oracle["x"]]
    for number, answers in enumerate(oracle["types"], start=1):
        for percent, answer in zip((25, 50, 75), answers, strict=True):
            assert same(quantile(values, Fraction(percent, 100), Definition(number)), answer)
