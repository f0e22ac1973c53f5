"""Reading registry records into the model, beside parsing their JSON alone."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

from trialrun.record.reader import read_study
from trialrun.record.writer import write_study

TITLE = "Reading registry records"

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "data" / "records" / "records.jsonl.gz"
SMALL = ROOT / "tests" / "unit" / "record" / "records"


def texts() -> list[str]:
    """Real records where they are, else the small hand-written ones, many times."""
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
            return list(lines)
    return [path.read_text(encoding="utf-8") for path in sorted(SMALL.glob("*.json"))] * 300


def fastest(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of a few runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def run() -> dict[str, str]:
    """Records a second: parsed, read into the model, and written back."""
    given = texts()
    parsed = [json.loads(text) for text in given]
    studies = [read_study(data, where="benchmark") for data in parsed]
    seconds = {
        "json.loads alone": fastest(lambda: [json.loads(text) for text in given]),
        "read_study on parsed JSON": fastest(
            lambda: [read_study(data, where="benchmark") for data in parsed]
        ),
        "write_study": fastest(lambda: [write_study(study) for study in studies]),
    }
    size = sum(len(text.encode()) for text in given) / 1e6
    figures = {"records": f"{len(given)} ({size:.1f} MB of JSON)"}
    figures |= {name: f"{len(given) / took:,.0f} records/s" for name, took in seconds.items()}
    both = seconds["json.loads alone"] + seconds["read_study on parsed JSON"]
    figures["parse and read, beside parsing alone"] = f"{both / seconds['json.loads alone']:.1f}×"
    return figures
