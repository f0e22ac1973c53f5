"""The model → JSON as it was read, the bag put back in its places (key order is the model's)."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise

from trialrun.record.bag import Json, Oddity, Path
from trialrun.record.model import Study
from trialrun.record.shape import Kind, Slot, shape


def write_study(study: Study) -> dict[str, Json]:
    """The record as JSON values, equal to those that were read."""
    written = _write_part(study)
    # In the order of reading: a kept list item is put back before anything inside a later one.
    for stray in study.bag.strays:
        if stray.oddity is not Oddity.UNKNOWN_WORD:
            _put_back(written, stray.path, json.loads(stray.text))
    return written


def _write_part(part: object) -> dict[str, Json]:
    written: dict[str, Json] = {}
    kind: type = type(part)
    for slot in shape(kind):
        value = getattr(part, slot.attribute)
        if value is None or value == ():
            continue
        if slot.many:
            written[slot.key] = [_write_one(slot, item) for item in value]
        elif slot.kind is not Kind.PART:
            written[slot.key] = _write_one(slot, value)
        elif inner := _write_part(value):
            written[slot.key] = inner
    return written


def _write_one(slot: Slot, value: object) -> Json:
    if slot.kind is Kind.PART:
        return _write_part(value)
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and "." not in str(value)
        return int(value) if whole else float(value)
    assert isinstance(value, str | int)
    return value


def _put_back(written: dict[str, Json], path: Path, value: Json) -> None:
    here: Json = written
    for step, following in pairwise(path):
        if isinstance(here, dict):
            assert isinstance(step, str)
            here = here.setdefault(step, [] if isinstance(following, int) else {})
        else:
            assert isinstance(here, list) and isinstance(step, int)
            here = here[step]
    last = path[-1]
    if isinstance(here, dict) and isinstance(last, str):
        here[last] = value
    else:
        assert isinstance(here, list) and isinstance(last, int)
        here.insert(last, value)
