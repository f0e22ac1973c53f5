"""The regimen reader on real records: the worked example, readings checked by hand, all spans."""

from __future__ import annotations

import gzip
import json
import tomllib
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from trialrun.cli.app import cli
from trialrun.protocol.regimen_reader.regimen import places, read_regimen
from trialrun.record.model import Study
from trialrun.record.reader import read_study
from trialrun.values.quantity import plain

HERE = Path(__file__).parent
SHARED = Path(__file__).resolve().parents[4] / "shared"
EXPECTED = json.loads((SHARED / "data" / "NCT04221971.expected.json").read_text(encoding="utf-8"))
READINGS = tomllib.loads((HERE / "hand_checked_readings.toml").read_text(encoding="utf-8"))[
    "reading"
]
# Measured when this was written: 387 of 1,092 amounts, 105 records. A reading that goes lower is a
# change to look at; so is one that goes higher, for the sake of precision.
LEAST_READ, MOST_READ = 0.33, 0.60


@cache
def interventional() -> dict[str, Study]:
    found = {}
    with gzip.open(SHARED / "data" / "records" / "records.jsonl.gz", "rt") as lines:
        for line in lines:
            study = read_study(json.loads(line), where="corpus")
            if study.protocol.design.study_type == "INTERVENTIONAL":
                found[study.nct_id] = study
    return found


def test_the_worked_example_is_read_as_a_correct_reader_reads_it() -> None:
    result = CliRunner().invoke(cli, ["regimen", "NCT04221971", "--format", "json"])
    assert result.exit_code == 0
    read = json.loads(result.output)["regimen"]
    wanted = EXPECTED["regimen"]
    for one, other in zip(read, wanted, strict=True):
        for key in other.keys() - {"questions"}:
            assert one[key] == other[key], (other["intervention"], key)
        assert len(one["questions"]) >= len(other["questions"])
    words = " ".join(read[2]["questions"])
    for kind in ("interval was 1 day", "of all together", "which cells", "48 hours", "day 0"):
        assert kind in words


@pytest.mark.parametrize("wanted", READINGS, ids=lambda one: f"{one['record']}-{one['name']}"[:40])
def test_readings_that_were_checked_by_hand(wanted: dict[str, object]) -> None:
    items = [
        one
        for one in read_regimen(interventional()[str(wanted["record"])]).items
        if one.name == wanted["name"] and one.dose
    ]
    shown = []
    for one in items:
        row: dict[str, object] = {
            "record": wanted["record"],
            "name": one.name,
            "dose": f"{plain(one.dose[0])} {one.unit}",
        }
        if one.days is not None:
            row["days"] = list(one.days)
        for key in ("a_day", "every_days", "duration_days", "times"):
            if getattr(one, key) is not None:
                row[key] = getattr(one, key)
        shown.append(row)
    assert wanted in shown


def test_every_reading_points_at_its_own_words_in_the_record() -> None:
    read = mentioned = 0
    for study in interventional().values():
        texts = {place.path: place.original for place in places(study)}
        regimen = read_regimen(study)
        read, mentioned = read + regimen.read, mentioned + regimen.mentioned
        for cited in (*regimen.clear, *regimen.doubts):
            source = cited.source
            assert source.span is not None
            assert texts[source.place][slice(*source.span)] == source.words
    assert LEAST_READ <= read / mentioned <= MOST_READ
