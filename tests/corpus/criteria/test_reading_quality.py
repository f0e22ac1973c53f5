"""Reading against the samples that two people labelled who had not seen the reader.

A sample is scored once, before anybody looks at what was missed; then it is development, and the
next figures need a new one. `reading/scores.json` keeps the figures as they were first measured,
docs/explanation/reading.md tells them; what is read today must not be worse.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from tests.support.reading_score import Score, read_labels, score_labels, wilson

FOLDER = Path(__file__).parent / "reading"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "reading.md"
SCORES = json.loads((FOLDER / "scores.json").read_text(encoding="utf-8"))
SAMPLES = {
    "1": ("sample.txt", "labels.jsonl", 80),
    "2": ("sample-2.txt", "labels-2.jsonl", 60),
    "3": ("sample-3.txt", "labels-3.jsonl", 60),
}
# Samples of which the misses have been looked at: held to what was first measured.
READ_SINCE = ("1", "2", "3")


def sums(score: Score) -> tuple[int, int, int]:
    found, missed, wrong = (sum(part.values()) for part in (score.found, score.missed, score.wrong))
    return found, missed, wrong


@pytest.mark.parametrize("number", SAMPLES)
def test_the_labels_are_those_of_the_committed_hash(number: str) -> None:
    drawn, labels, size = SAMPLES[number]
    path = FOLDER / labels
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.with_suffix(".sha256").read_text().split() == [digest, labels]
    lines = path.read_text(encoding="utf-8").splitlines()
    labelled = [json.loads(line)["nct"] for line in lines]
    sample = re.findall(r"^NCT\d{8}$", (FOLDER / drawn).read_text(), re.MULTILINE)
    assert list(dict.fromkeys(labelled)) == sample and len(sample) == size


def test_no_record_is_in_two_samples_or_in_development() -> None:
    listed = [read_labels(FOLDER / labels).keys() for _, labels, _ in SAMPLES.values()]
    listed.append(read_labels(FOLDER / "development.jsonl").keys())
    assert len(set().union(*listed)) == sum(map(len, listed))


@pytest.mark.parametrize("one", SCORES, ids=lambda one: f"{one['sample']}: {one['what']}")
def test_the_page_tells_what_was_measured(one: dict[str, object]) -> None:
    found, wrong, missed = (int(str(one[key])) for key in ("found", "wrong", "missed"))
    row = f"| {one['sample']} | {one['what']} | {_share(found, found + wrong)} | "
    row += f"{_share(found, found + missed)} |"
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def _share(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    return f"{part / whole:.3f} ({part}/{whole}; {low:.3f} to {high:.3f})"


@pytest.mark.parametrize("number", READ_SINCE)
def test_the_samples_are_read_no_worse_than_first_measured(number: str) -> None:
    _, labels, _ = SAMPLES[number]
    suffix = "" if number == "1" else f"-{number}"
    names = json.loads((FOLDER / f"names{suffix}.json").read_text(encoding="utf-8"))
    own = FOLDER / f"own{suffix}.json"
    score = score_labels(
        FOLDER / labels, names, json.loads(own.read_text()) if own.exists() else None
    )
    found, missed, wrong = sums(score)
    first = next(one for one in reversed(SCORES) if one["sample"] == int(number))
    assert found / (found + missed) >= first["found"] / (first["found"] + first["missed"])
    # A variable that is newer than `names.json` looks wrong there.
    assert found / (found + wrong) >= first["found"] / (first["found"] + first["wrong"]) - 0.03
