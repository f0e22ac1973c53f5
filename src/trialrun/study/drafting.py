"""The record as a study keeps it: what was read, from where, and as of which date."""

from __future__ import annotations

import hashlib
import json

from trialrun.record.bag import Json
from trialrun.record.opening import ReadRecord
from trialrun.record.writer import write_study


def record_bytes(record: ReadRecord) -> bytes:
    """The bytes of `record.json`: the study as the registry's API writes it, and its source.

    `date` is the registry's last update of the record, or null where the source shows none.
    """
    related: list[Json] = [
        {"title": one.title, "nct_id": one.nct_id, "status": one.status, "phases": list(one.phases)}
        for one in record.related
    ]
    names: list[Json] = list(record.other_names)
    kept: dict[str, Json] = {
        "record": write_study(record.study),
        "source": {
            "kind": record.kind.value,
            "sha256": record.sha256,
            "date": record.study.protocol.status.last_update_post_date.date,
        },
        "related_trials": related,
        "unassigned_other_names": names,
    }
    return (json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def sha256(data: bytes) -> str:
    """The hash by which a protocol and a ledger cite a record."""
    return hashlib.sha256(data).hexdigest()
