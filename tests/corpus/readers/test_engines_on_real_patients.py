"""The population engine on what the readers give: the same verdicts as one by one."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from trialrun.criteria.criterion import Criteria, Criterion, Status
from trialrun.criteria.parser import read_rule
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.opening import open_patients
from trialrun.values.moment import Moment

pytest.importorskip("ibis")

PATIENTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "patients"
RULES = (
    "age >= 18 a", "sex == female", "alt < 60 U/L", "total_bilirubin < 1.5 x ULN",
    "creatinine < 1.5 mg/dL", "lvef >= 50 %", "spo2 >= 92 %", "worst platelets >= 150 10*9/L",
    "any haemoglobin < 12 g/dL", "count (systolic_bp >= 120 mm[Hg]) >= 2", "aml", "pneumonia",
    "since pneumonia >= 14 d", "diabetes or arrhythmia", "not (heart_failure and copd)",
    "weight > 60 kg within 3650 days before screening",
)  # fmt: skip
CRITERIA = Criteria(
    all=tuple(
        Criterion(
            id=f"I{number}",
            kind="inclusion",
            text=rule,
            status=Status.COMPUTABLE,
            rule=read_rule(rule),
        )
        for number, rule in enumerate(RULES, start=1)
    )
)


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("Synthea27NjParquet_5.4.zip", "2022-01-01"),
        ("mimic-iv-demo-omop-0.9", "2150-01-01"),
        ("mimic-iv-demo-fhir-2.1.0", "2150-01-01"),
    ],
)
def test_the_population_engine_says_what_the_reference_says(
    name: str, as_of: str, tmp_path: Path
) -> None:
    from trialrun.criteria.columns.population import Facts, Long
    from trialrun.criteria.columns.screen import screen

    folder = PATIENTS / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(PATIENTS / "synthea27nj-omop-5.4" / name) as archive:
            archive.extractall(tmp_path / "omop")
        folder = next((tmp_path / "omop").rglob("person.parquet")).parent
    at = Moment(as_of)
    anchors = {"screening": at}
    source = open_patients(folder)
    one_by_one = {
        patient.code: tuple(
            found.truth.name
            for found in judge(
                CRITERIA, patient.facts, anchors=anchors, judgements={}, as_of=at
            ).verdicts
        )
        for patient in source.patients()
    }
    population = source.population(tmp_path)
    judged = screen(
        CRITERIA,
        Long(
            facts=[Facts(table=population.facts)],
            people=population.people,
            anchors=anchors,
            as_of=at,
        ),
    )
    together = {
        row["patient"]: tuple(
            {None: "UNKNOWN", True: "TRUE", False: "FALSE"}[row[one.id]] for one in CRITERIA.all
        )
        for row in judged.verdicts().to_pyarrow().to_pylist()
    }
    assert together == one_by_one
    seen = Counter(truth for truths in one_by_one.values() for truth in truths)
    assert min(seen["TRUE"], seen["FALSE"], seen["UNKNOWN"]) > 20
