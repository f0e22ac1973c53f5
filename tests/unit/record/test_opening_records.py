"""What a file may hold instead of a record, and what is said then."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import RecordError
from trialrun.record.example import example_content, example_numbers
from trialrun.record.opening import RecordKind, open_record

FULL = (Path(__file__).parent / "records" / "with_results.json").read_bytes()
TWO = json.dumps({"studies": [json.loads(FULL), json.loads(FULL)]}).encode()
LINES = json.dumps(json.loads(FULL)).encode() + b"\n"


def test_a_record_keeps_its_source_and_hash() -> None:
    record = open_record(FULL, where="file.json")
    assert record.kind is RecordKind.API
    assert record.sha256 == hashlib.sha256(FULL).hexdigest()
    assert record.study.nct_id == "NCT99999901"
    assert record.related == ()
    assert open_record(FULL.decode(), where="file.json") == record


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_marked_encodings_are_read(encoding: str) -> None:
    raw = FULL.decode().encode(encoding)
    if encoding == "utf-16-le":
        raw = b"\xff\xfe" + raw
    assert open_record(raw, where="x").study == open_record(FULL, where="x").study


def test_one_line_of_a_list_of_lines_is_a_record() -> None:
    assert open_record(LINES, where="x").study.nct_id == "NCT99999901"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (FULL[:2000], "cut off"),
        (FULL[: FULL.index(b"LAMP-1") + 2], "cut off"),
        (b"{", "cut off"),
        (FULL.replace(b'"nctId":', b'"nctId"', 1), "broken at line"),
        (LINES + LINES, "several JSON values"),
        (b"<!DOCTYPE html><title>x</title>", "HTML"),
        (b"  <?xml version='1.0'?><clinical_study/>", "HTML or XML"),
        (b'{"hello": "world"}', "not a study record"),
        (b'{"protocolSection": 3}', "not a study record"),
        (b'"text"', "neither"),
        (TWO, r"list of 2 studies \(NCT99999901, NCT99999901\)"),
        (b"[" + FULL + b"]", r"list of 1 studies \(NCT99999901\)"),
        (b"[]", "list of 0 studies"),
        (b"[1, 2]", "JSON list"),
        (b"Just some text", "neither"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "not text in UTF-8"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (b"PK\x03\x04", "compressed"),
        (b"a\x00b", "binary"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"protocolSection": {"a": NaN}}', "NaN"),
        (b'{"protocolSection": {"a": ' + b"9" * 5000 + b"}}", "number"),
        (b'{"protocolSection": {"a": "\\ud800"}}', "half a character"),
    ],
)
def test_what_is_no_record_is_said(content: bytes, says: str) -> None:
    with pytest.raises(RecordError, match=says) as caught:
        open_record(content, where="the/file")
    assert caught.value.where == "the/file"
    assert caught.value.remedy


def test_whole_characters_written_as_pairs_are_read() -> None:
    raw = b'{"protocolSection": {"descriptionModule": {"briefSummary": "\\ud83d\\ude00"}}}'
    assert open_record(raw, where="x").study.protocol.description.brief_summary == "😀"


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_bytes_are_a_record_or_an_error_with_words(content: bytes | str) -> None:
    try:
        open_record(content, where="x")
    except RecordError as error:
        assert error.what and error.remedy


def test_every_cut_of_a_record_is_told_as_one() -> None:
    short = {"protocolSection": {"a": [True, None, -1.5e3, "é\n"], "b": False}}
    escaped = json.dumps(short).encode()
    plain = json.dumps(short, ensure_ascii=False).encode()
    for raw in (escaped, plain, FULL[:1700]):
        for length in range(len(raw)):
            with pytest.raises(RecordError, match=r"cut off|empty"):
                open_record(raw[:length], where="x")


def test_the_worked_example_ships_as_a_page_without_introductions() -> None:
    (number,) = example_numbers()
    content = example_content(number)
    assert content is not None
    record = open_record(content, where=number)
    assert record.kind is RecordKind.PAGE
    assert record.study.nct_id == number
    assert record.study.has_results is False
    assert len(record.related) == 5
    assert len(record.bag) == 0
    assert record.doubts == ()
    text = content.decode()
    assert "Check back later" not in text
    # Every paragraph after a heading is the record's own: nothing is dropped from the file.
    assert "Brief Summary\n\nNatural killer" in text
    assert example_content("NCT00000000") is None
