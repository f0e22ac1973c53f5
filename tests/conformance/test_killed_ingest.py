"""A killed ingest leaves whole batches, readable, and the same command goes on from there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from trialrun.errors import TrialrunError
from trialrun.registry.incoming import Effect
from trialrun.stores.trials import TrialStore
from trialrun.study.intake import Intake, take_in

PROGRAM = Path(__file__).resolve().parents[1] / "support" / "killed_ingest.py"
_BATCH = 500
_MANY = 6_000
_KILLS = 50


def write_studies(path: Path) -> None:
    summary = "a summary of some length, " * 40
    with path.open("w", encoding="utf-8") as lines:
        for number in range(1, _MANY + 1):
            study = {
                "protocolSection": {
                    "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": "A trial"},
                    "descriptionModule": {"briefSummary": summary},
                }
            }
            lines.write(json.dumps(study) + "\n")


def held(folder: Path, *, beside: bool = False) -> int:
    """How many records a reader sees; 0 where the registry was not made yet.

    `beside` a writer, another batch may come while the reader counts.
    """
    try:
        store = TrialStore(folder, writable=False)
    except TrialrunError:
        return 0
    try:
        numbers = [one.nct_id for one in store.since(0)]
        assert numbers == [f"NCT{at:08}" for at in range(1, len(numbers) + 1)]
        assert len(numbers) % _BATCH == 0
        assert len(store) == len(numbers) or (beside and len(store) > len(numbers))
        return len(numbers)
    finally:
        store.close()


def test_fifty_kills_leave_a_readable_registry_of_whole_batches(tmp_path: Path) -> None:
    records, folder = tmp_path / "records.jsonl", tmp_path / "reg"
    write_studies(records)
    chance, before, seen = Random(7), 0, set()
    for _ in range(_KILLS):
        with subprocess.Popen(
            [sys.executable, str(PROGRAM), str(records), str(folder)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"begun\n"
            time.sleep(chance.random() * 0.5)
            while_written = held(folder, beside=True)
            writer.kill()
        now = held(folder)
        assert now % _BATCH == 0 and now >= while_written >= before
        before = now
        seen.add(now)
        if now == _MANY:  # nothing is left to kill: begin anew
            shutil.rmtree(folder)
            before = 0
    assert len(seen) > 3  # it was killed in different places
    intake = Intake()
    take_in([records], folder, intake)
    assert intake.held == _MANY == held(folder)
    assert intake.effects[Effect.SAME] == before and intake.effects[Effect.NEW] == _MANY - before


def test_two_at_once_wait_for_each_other_and_both_come_to_their_end(tmp_path: Path) -> None:
    records, folder = tmp_path / "records.jsonl", tmp_path / "reg"
    write_studies(records)
    writers = [
        subprocess.Popen([sys.executable, str(PROGRAM), str(records), str(folder)])
        for _ in range(2)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    store = TrialStore(folder, writable=False)
    assert len(store) == _MANY and store.revisions("NCT00000001") == ()
    store.close()
