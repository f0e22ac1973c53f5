"""A record as JSON for a program: the registry's own structure, and what stands beside it."""

from __future__ import annotations

import json

from trialrun.record.bag import Json
from trialrun.record.opening import ReadRecord
from trialrun.record.status import DerivedStatus
from trialrun.record.writer import write_study


def render_json(record: ReadRecord, status: DerivedStatus) -> str:
    """`record` is the study as API v2 writes it; every other key is ours."""
    bag: list[Json] = [
        {"place": stray.place, "oddity": stray.oddity.value, "value": json.loads(stray.text)}
        for stray in record.bag.strays
    ]
    related: list[Json] = [
        {
            "title": one.title,
            "nct_id": one.nct_id,
            "status": one.status,
            "phases": list(one.phases),
        }
        for one in record.related
    ]
    missing: list[Json] = list(status.missing)
    doubts: list[Json] = [one.value for one in record.doubts]
    names: list[Json] = list(record.other_names)
    told: dict[str, Json] = {
        "record": write_study(record.study),
        "source": {"kind": record.kind.value, "sha256": record.sha256},
        "status": {
            "recorded": status.recorded,
            "derived": status.status,
            "basis": status.basis.value,
            "last_known": status.last_known,
            "verified": status.verified,
            "completion": status.completion,
            "as_of": status.as_of.isoformat() if status.as_of else None,
            "turns_unknown": status.turns_unknown.isoformat() if status.turns_unknown else None,
            "missing": missing,
        },
        "related_trials": related,
        "unassigned_other_names": names,
        "bag": bag,
        "doubts": doubts,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
