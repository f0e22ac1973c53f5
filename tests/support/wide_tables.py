"""Wide tables judged one by one and all at once, to be held to the same counts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from trialrun.criteria.columns.screen import screen
from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.parser import read_rule
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.tables.source import TableSource
from trialrun.study.screening.counts import Counting
from trialrun.values.moment import Moment

RULES = (
    "age >= 18 a", "alt < 3 x ULN within 100 days before treatment", "creatinine <= 1.5 mg/dL",
    "platelets >= 50 10*9/L at treatment", "ecog <= 1", "aml", "not hiv", "sex in {female}",
    "inr <= 1.234 1", "not stroke at treatment", "aml within 28 days before treatment",
    "count (alt > 40 U/L within 100 days before treatment) >= 1",
    "creatinine_clearance > 50 mL/min", "temperature < 38.2 Cel", "any alt > 400 U/L",
    "weight > 69 kg",
)  # fmt: skip
TREATMENT = Moment("2026-03-01")


def criteria() -> Criteria:
    return Criteria(
        all=tuple(
            Criterion(
                id=f"I{number}", kind="inclusion", text="x", status=Status.COMPUTABLE,
                rule=read_rule(rule),
            )
            for number, rule in enumerate(RULES, 1)
        )
    )  # fmt: skip


def one_by_one(source: TableSource) -> Any:
    counting = Counting(criteria())
    for patient in source.patients():
        found = judge(
            criteria(), patient.facts, anchors={"treatment": TREATMENT}, judgements={},
            as_of=TREATMENT,
        )  # fmt: skip
        counting.add(patient.code, found)
    return counting.counts()


def at_once(source: TableSource) -> Any:
    wide = source.wide()
    assert wide is not None
    wide = replace(wide, anchors={"treatment": TREATMENT}, as_of=TREATMENT)
    screened, counting = screen(criteria(), wide), Counting(criteria())
    (sums,) = screened.counts().to_pyarrow().to_pylist()
    counting.add_sums(sums, screened.passing().to_pyarrow().to_pylist())
    counting.real = sums["patients"]
    return counting.counts()
