"""A study's own record.json is a record too: it reads back to the same study."""

from __future__ import annotations

from trialrun.readers.record_file import load_record
from trialrun.record.example import example_numbers
from trialrun.record.opening import open_record
from trialrun.study.drafting import record_bytes, sha256


def test_a_kept_record_reads_back_equal() -> None:
    record = load_record(example_numbers()[0])
    data = record_bytes(record)
    again = open_record(data, where="record.json")
    assert again.study == record.study
    assert again.kind is record.kind
    assert again.related == record.related
    assert record_bytes(record) == data
    assert len(sha256(data)) == 64


def test_related_trials_that_are_none_are_left_out() -> None:
    data = b'{"record": {"protocolSection": {"identificationModule": {"nctId": "NCT00000000"}}},'
    data += b' "source": {"kind": "api"}, "related_trials": [1, {"nct_id": "NCT00000001"}]}'
    (one,) = open_record(data, where="x").related
    assert (one.nct_id, one.status, one.phases) == ("NCT00000001", None, ())
