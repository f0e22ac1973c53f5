"""The program of the how-to page runs as it stands, in each database that the page names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from support.backends import ANYWHERE, opened, others_warnings
from support.populations import PATIENTS, fact_rows
from support.study_folder import new_study
from trialrun.criteria.verdict import judge
from trialrun.readers.patients.long_form import facts_schema
from trialrun.study.screening.opening import open_screening
from trialrun.values.moment import Moment
from trialrun.vocabulary.fact import Fact

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "patients.md"


def program() -> str:
    """The one block of Python on the page."""
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return block


def fact(variable: str, value: str, unit: str | None = None) -> Fact:
    return Fact(id="f", variable=variable, value=value, unit=unit, at=Moment("2026-02-27"))


PEOPLE = {
    "a": [fact("age", "40", "a"), fact("creatinine", "1.5", "mg/dL")],
    "b": [fact("age", "17", "a"), fact("creatinine", "1.5", "mg/dL")],
    "c": [fact("age", "40", "a"), fact("creatinine", "140", "umol/L")],
    "d": [],
}


@pytest.mark.parametrize("database", ANYWHERE)
def test_the_program_counts_what_the_law_says(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = opened(database)
    rows = [row for patient, facts in PEOPLE.items() for row in fact_rows(patient, facts)]
    backend.table(pa.Table.from_pylist(rows, schema=facts_schema()), "facts")
    everybody = [{"patient": patient} for patient in PEOPLE]
    backend.table(pa.Table.from_pylist(everybody, schema=PATIENTS), "people")
    study = new_study(tmp_path, name="nk-aml")
    monkeypatch.chdir(tmp_path)

    names: dict[str, Any] = {"connection": backend.connection}
    with others_warnings():
        exec(program(), names)

    screening = open_screening(study, Moment("2026-03-01"))
    law = {
        patient: judge(
            screening.protocol.criteria, facts,
            anchors=screening.anchors, judgements={}, as_of=screening.as_of,
        ).truth
        for patient, facts in PEOPLE.items()
    }  # fmt: skip
    assert [law[patient].value for patient in "abcd"] == ["UNKNOWN", "FALSE", "FALSE", "UNKNOWN"]
    overall = {row["verdict"]: row["patients"] for row in names["overall"].to_pylist()}
    assert overall == {None: 2, False: 2}
    stops = [(row["excluded_at"], row["patients"]) for row in names["funnel"].to_pylist()]
    # Age is the first step, creatinine the second, judgement the third.
    assert sorted(stops) == [(0, 1), (1, 1), (3, 1), (3, 1)]
