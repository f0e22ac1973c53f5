"""Reading of 167 records that the reader was developed on; a floor, and no proof of quality.

The labels were made by hand by whoever wrote the reader, and corrected where its output showed that
an atom was overlooked; the sample by which reading is judged is another (`reading/sample.txt`).
"""

from __future__ import annotations

from pathlib import Path

from tests.support.reading_score import read_labels, score_labels

LABELS = Path(__file__).parent / "reading" / "development.jsonl"
SAMPLE = Path(__file__).parent / "reading" / "sample.txt"


def test_the_development_records_are_read_as_well_as_before() -> None:
    score = score_labels(LABELS, {})
    found, missed, wrong = (sum(part.values()) for part in (score.found, score.missed, score.wrong))
    assert found + missed >= 1050
    assert found / (found + wrong) >= 0.97, score.wrongs
    assert found / (found + missed) >= 0.81, score.misses


def test_no_development_record_is_in_the_sample() -> None:
    sample = set(SAMPLE.read_text(encoding="utf-8").split())
    assert len(read_labels(LABELS)) == 167
    assert not sample & read_labels(LABELS).keys()
