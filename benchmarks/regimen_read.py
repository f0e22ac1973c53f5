"""How much of what records say about doses is read, and how fast."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from pathlib import Path

from trialrun.protocol.regimen_reader.regimen import Regimen, read_regimen
from trialrun.record.model import Study
from trialrun.record.reader import read_study

TITLE = "Reading doses, days and times"

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "data" / "records" / "records.jsonl.gz"
SMALL = ROOT / "tests" / "unit" / "record" / "records"


def studies() -> list[Study]:
    """The interventional records of the corpus, else the small hand-written ones."""
    if CORPUS.exists():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
            texts = list(lines)
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted(SMALL.glob("*.json"))]
    read = [read_study(json.loads(text), where="benchmark") for text in texts]
    return [one for one in read if one.protocol.design.study_type == "INTERVENTIONAL"]


def run() -> dict[str, str]:
    """Shares of amounts and of records, by why the others were not read."""
    given = studies()
    start = time.perf_counter()
    regimens = [read_regimen(study) for study in given]
    took = time.perf_counter() - start
    mentioned = sum(one.mentioned for one in regimens)
    read = sum(one.read for one in regimens)
    naming = [one for one in regimens if one.mentioned]
    doubts = Counter(
        cited.reading.doubt.value
        for one in regimens
        for cited in one.doubts
        if cited.reading.doubt is not None
    )
    figures = {
        "interventional records": str(len(given)),
        "records that name an amount": _share(len(naming), len(given)),
        "of these, with a dose read": _share(sum(map(_has_dose, naming)), len(naming)),
        "amounts named": str(mentioned),
        "amounts read as a dose": _share(read, mentioned),
    }
    figures |= {f"not read: {why}": _share(n, mentioned) for why, n in doubts.most_common()}
    figures["records/s"] = f"{len(given) / took:,.0f}"
    return figures


def _has_dose(regimen: Regimen) -> bool:
    return any(item.dose for item in regimen.items)


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.1f} %)" if whole else "0"
