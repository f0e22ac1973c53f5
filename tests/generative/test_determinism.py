"""A rehearsal's ledger and texts are equal wherever and however it is run."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from trialrun.record.example import example_numbers

(EXAMPLE,) = example_numbers()
# What NumPy chooses by on the processor it runs on, and could do without.
CHOICES = """
from numpy._core import _multiarray_umath as core
print(*[one for one in core.__cpu_dispatch__ if core.__cpu_features__[one]])
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A machine that somebody might run it on."""

    name: str
    folder: str
    workers: int
    environment: dict[str, str] = field(default_factory=dict)
    features_off: bool = False


HERE = Place("here", "here", 1, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"})
ELSEWHERE = (
    Place(
        "Shanghai, no locale, two workers",
        "far/away",
        2,
        {"TZ": "Asia/Shanghai", "LC_ALL": "C", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "99"},
    ),
    Place(
        "St John's, German, three workers, a plain processor",
        "with a space, ü",
        3,
        {"TZ": "America/St_Johns", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "4294967295",
         "COLUMNS": "40", "PYTHONUTF8": "1"},
        features_off=True,
    ),
)  # fmt: skip


def environment(place: Place) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LC_") and name not in {"LANG", "TZ"}
    }
    if place.features_off:
        chosen = subprocess.run(
            [sys.executable, "-c", CHOICES], check=True, capture_output=True, text=True
        )
        kept["NPY_DISABLE_CPU_FEATURES"] = chosen.stdout.strip()
    return kept | place.environment


def trialrun(place: Place, folder: Path, *arguments: str) -> bytes:
    run = subprocess.run(
        [sys.executable, "-m", "trialrun", *arguments],
        check=False,
        capture_output=True,
        cwd=folder,
        env=environment(place),
    )
    assert run.returncode == 0, run.stderr.decode()
    assert run.stderr == b""
    return run.stdout


def outputs(place: Place, root: Path) -> dict[str, str]:
    """The hash of each text that a rehearsal and the commands on it give, by its name."""
    folder = root / place.folder
    folder.mkdir(parents=True)
    made = {
        "rehearse": trialrun(
            place, folder, "rehearse", EXAMPLE, "--seed", "7", "-o", "sim",
            "--trials", "6", "--workers", str(place.workers),
        ),
        "verify": trialrun(place, folder, "verify", "sim", "--format", "json"),
        "log": trialrun(place, folder, "log", "sim", "--locale", "zh"),
    }  # fmt: skip
    study = folder / "sim"
    made |= {
        str(path.relative_to(study)): path.read_bytes()
        for path in sorted(study.rglob("*"))
        if path.is_file() and path.suffix != ".sqlite"
    }
    head = json.loads(made["verify"])
    assert head["sound"]
    assert head["entries"] == made["report/entries.jsonl"].count(b"\n") > 1000
    return {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}


def test_every_text_of_a_rehearsal_is_equal_everywhere(tmp_path: Path) -> None:
    here = outputs(HERE, tmp_path)
    assert set(here) == {
        "rehearse", "verify", "log", "record.json", "protocol.toml", "report/entries.jsonl",
        "report/index.html", "report/results.json", "report/forecast.html", "report/forecast.json",
    }  # fmt: skip
    for place in ELSEWHERE:
        there = outputs(place, tmp_path)
        assert [name for name in here if here[name] != there.get(name)] == [], place.name
        assert set(there) == set(here)


# Faults that a rehearsal on one machine does not show, and what they would look like.
PROGRAM = """
import sys
import numpy as np
from trialrun.rehearse import people
if sys.argv[1] == "set":
    people.ROLES = {person: people.ROLES[person] for person in set(people.ROLES)}
if sys.argv[1] == "zone":
    from datetime import datetime
    people.ZONE = datetime.now().astimezone().tzinfo
if sys.argv[1] == "bits":
    from trialrun.rehearse import portable
    portable.exp, portable.log = np.exp, np.log
from trialrun.protocol.draft import draft
from trialrun.readers.record_file import load_record
from trialrun.rehearse.draws import Draws, Purpose
from trialrun.rehearse.trial import rehearse
from trialrun.study.drafting import record_bytes, sha256
from trialrun.study.rehearsal import draw, memory, prepare

if sys.argv[1] in {"bits", "numpy"}:
    # Rounding to what an assay can tell hides the last bits of most values: look at the draws.
    draws = Draws.of_trial(7, range(2000), Purpose.MEASUREMENT)
    values = np.log(draws.uniform()) if sys.argv[1] == "numpy" else draws.exponential()
    print(values.tobytes().hex())
    sys.exit()
record = load_record(sys.argv[2])
data = record_bytes(record)
what = prepare(data, draft(record.study, record_sha256=sha256(data)))
few = draw(what, 7)[:2]
_, store = rehearse(what.file, what.protocol, few, seed=7, new_store=memory)
print(*[entry.hash.hex() for entry in store.entries()][-1:])
"""


def printed(fault: str, place: Place) -> str:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, fault, EXAMPLE],
        check=True,
        capture_output=True,
        text=True,
        env=environment(place),
    )
    return run.stdout


def test_without_a_fault_the_heads_are_equal() -> None:
    assert len({printed("none", place) for place in (HERE, *ELSEWHERE)}) == 1


@pytest.mark.parametrize("fault", ["set", "zone"])
def test_a_planted_fault_would_be_found(fault: str) -> None:
    assert len({printed(fault, place) for place in (HERE, *ELSEWHERE)}) > 1


def test_processor_dependent_functions_would_be_found_where_there_are_any() -> None:
    differs = {
        fault: len({printed(fault, place) for place in (HERE, ELSEWHERE[-1])}) > 1
        for fault in ("numpy", "bits")
    }
    assert differs["bits"] is differs["numpy"]
