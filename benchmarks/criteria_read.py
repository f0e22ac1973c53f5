"""How much of real eligibility text is read: shares of criteria by status, and how fast."""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from pathlib import Path

from trialrun.criteria.criterion import Status
from trialrun.criteria.text_reader import read_criteria

TITLE = "Reading eligibility criteria"
RECORDS = Path(__file__).resolve().parents[2] / "shared" / "data" / "records" / "records.jsonl.gz"


def run() -> dict[str, str]:
    """Shares by status over all criteria of the records' text, and records read a second."""
    with gzip.open(RECORDS, "rt", encoding="utf-8") as rows:
        modules = [json.loads(row)["protocolSection"].get("eligibilityModule", {}) for row in rows]
    counts: Counter[Status] = Counter()
    atoms = 0
    start = time.perf_counter()
    for module in modules:
        criteria = read_criteria(
            module.get("eligibilityCriteria"),
            minimum_age=module.get("minimumAge"),
            maximum_age=module.get("maximumAge"),
            sex=module.get("sex"),
        )
        for one in criteria:
            if one.span is not None:
                counts[one.status] += 1
                atoms += len(one.atoms) + len(one.mentioned)
    took = time.perf_counter() - start
    total = sum(counts.values())
    return {
        "records": f"{len(modules)}",
        "criteria in their text": f"{total:,}",
        **{
            f"{status.value}": f"{counts[status]:,} ({100 * counts[status] / total:.1f} %)"
            for status in Status
        },
        "atoms": f"{atoms:,}",
        "records a second": f"{len(modules) / took:.0f}",
    }
