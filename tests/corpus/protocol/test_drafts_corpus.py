"""Drafts of real records: no traceback, every file reads back, every one can be rehearsed."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialrun.errors import NotSupported
from trialrun.protocol.draft import draft
from trialrun.protocol.file import read_protocol_file, write_protocol_file
from trialrun.protocol.model import Protocol
from trialrun.protocol.settling import approval_problems, settle
from trialrun.record.reader import read_study

SHARED = Path(__file__).resolve().parents[4] / "shared"
EVERY = 25  # records apart, in the ordinary run


def records(apart: int) -> Iterator[object]:
    with gzip.open(SHARED / "data" / "records" / "records.jsonl.gz", "rt") as lines:
        for number, line in enumerate(lines):
            if number % apart == 0:
                yield json.loads(line)


def drafted(apart: int) -> tuple[int, int, int]:
    """Drafted, refused, and settled for a rehearsal."""
    drafts = refused = settled = 0
    for data in records(apart):
        study = read_study(data, where="corpus")
        try:
            file = draft(study, record_sha256="0" * 64)
        except NotSupported:
            refused += 1
            continue
        drafts += 1
        text = write_protocol_file(file)
        assert read_protocol_file(text.encode(), where=study.nct_id) == file
        settled += isinstance(settle(file, accept_assumed=True), Protocol)
        assert approval_problems(file)  # a draft is never ready for approval
        for one in file.questions:
            assert one.words and one.asked_of
    return drafts, refused, settled


def test_a_sample_of_records_is_drafted() -> None:
    drafts, _, settled = drafted(EVERY)
    assert drafts >= 20
    assert settled == drafts


@pytest.mark.slow
def test_all_records_are_drafted_or_refused_with_a_reason() -> None:
    drafts, refused, settled = drafted(1)
    assert (drafts, refused) == (692, 205)
    assert settled == 692
