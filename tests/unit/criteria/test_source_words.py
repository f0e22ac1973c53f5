"""Sources of facts in the reader's language; names, codes and columns stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trialrun.criteria.source_words import source_words
from trialrun.readers.patients.opening import open_patients


@pytest.mark.parametrize(
    ("source", "chinese"),
    [
        ("LOINC 2160-0", "LOINC 2160-0"),
        (
            "declared code X, ruled out, dated when it was recorded",
            "自行声明的代码X，已排除该诊断，以记录日期为准",
        ),
        ("SNOMED CT 91861009, resolved", "SNOMED CT 91861009，已缓解"),
        ("x.csv, line 3, Krea (mg/dl), nüchtern", "x.csv，第3行，Krea (mg/dl), nüchtern"),
        ("x.parquet, row 12, ALT", "x.parquet，第12行，ALT"),
        (
            "LOINC 2160-0 (limit 106 umol/L: site table from 2026-01-01)",
            "LOINC 2160-0 (界限106 umol/L：site table，自2026-01-01起)",
        ),
        ("the list is declared complete as of 2026-03-01", "该列表声明截至2026-03-01完整"),
        ("lab", "lab"),
    ],
)
def test_a_source_in_chinese(source: str, chinese: str) -> None:
    assert source_words(source, "zh") == chinese
    assert source_words(source) == source


def test_what_readers_write_has_its_words(tmp_path: Path) -> None:
    subject = {"reference": "Patient/p"}
    snomed = {"coding": [{"system": "http://snomed.info/sct", "code": "91861009"}]}
    encounter = {"resourceType": "Encounter", "id": "e", "period": {"start": "2026-01-01"}}
    common = {"resourceType": "Condition", "subject": subject, "code": snomed}
    refuted = {"coding": [{"code": "refuted"}]}
    resources = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-01", "gender": "female"},
        encounter,
        {**common, "id": "1", "recordedDate": "2026-02-01", "verificationStatus": refuted},
        {**common, "id": "2", "encounter": {"reference": "Encounter/e"},
         "abatementDateTime": "2026-01-09"},
    ]  # fmt: skip
    path = tmp_path / "p.json"
    path.write_text(json.dumps(resources), encoding="utf-8")
    (patient,) = open_patients(path).patients()
    told = " ".join(source_words(fact.source, "zh") for fact in patient.facts)
    for english in ("ruled out", "recorded", "encounter", "resolved"):
        assert english not in told
    assert "以就诊开始日期为准" in told and "已缓解" in told
