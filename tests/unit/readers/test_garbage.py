"""Any bytes are patients or an error with words; any damage is counted, and the counts add up."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialrun.errors import TrialrunError
from trialrun.readers.patients.fhir.bundle import read_bundle
from trialrun.readers.patients.opening import open_patients
from trialrun.readers.patients.tables.mapping import read_mapping
from trialrun.readers.patients.tables.proposal import propose_mapping
from trialrun.readers.patients.tables.source import TableSource
from trialrun.readers.patients.tally import Tally

CASE = Path(__file__).parent / "cases" / "whole_bundle.json"
WHOLE: dict[str, Any] = json.loads(CASE.read_text())
WRONG: list[Any] = [
    None, True, 0, -1, 1e400, 10**400, "", "x" * 300, "\x00", "ſ", [], {}, [None], [[]],
    {"coding": 1}, {"coding": [None, 7, {"code": 3, "system": []}]}, {"reference": 5},
    "Patient/", "urn:", "9999",
    "2026-13-45", "0000-00-00", "٢٠٢٦-٠١-٠١", {"value": {}}, {"start": 1, "end": []},
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a JSON value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path] * bool(path) + [one for key, part in inner for one in places(part, (*path, key))]


def damaged(seed: int, times: int) -> Any:
    """The whole bundle with wrong things in some places."""
    draw = random.Random(seed)
    bundle = copy.deepcopy(WHOLE)
    for _ in range(times):
        somewhere = places(bundle)
        if not somewhere:
            return bundle
        path = draw.choice(somewhere)
        holder = bundle
        for key in path[:-1]:
            holder = holder[key]
        if draw.random() < 0.2:
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(draw.choice(WRONG))
    return bundle


def test_the_whole_bundle_is_read() -> None:
    tally = Tally()
    (patient,) = read_bundle(json.dumps(WHOLE).encode(), tally)
    assert len(patient.facts) == 7 and tally.balanced


@pytest.mark.parametrize("times", [1, 3, 12])
def test_a_damaged_bundle_is_read_or_refused_with_words(times: int) -> None:
    read = 0
    for seed in range(400):
        tally = Tally()
        try:
            patients = read_bundle(json.dumps(damaged(seed, times)).encode(), tally, where="x")
        except TrialrunError as error:
            assert error.what and error.remedy and error.where
            continue
        read += 1
        assert tally.balanced
        assert tally.facts == sum(len(patient.facts) for patient in patients)
        for locale in ("en", "zh"):
            assert tally.lines(locale)
        json.dumps(tally.listing())
    assert read > 100


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_bytes_as_a_bundle(data: bytes) -> None:
    tally = Tally()
    try:
        read_bundle(data, tally, where="x")
    except TrialrunError as error:
        assert error.what and error.remedy
    assert tally.balanced


def test_a_cut_bundle() -> None:
    text = json.dumps(WHOLE).encode()
    for length in range(0, len(text) - 1, 37):
        with pytest.raises(TrialrunError):
            read_bundle(text[:length], Tally(), where="x")


@pytest.mark.parametrize(
    "name", ["x.json", "x.json.gz", "x.ndjson", "x.csv", "x.csv.gz", "x.parquet", "x.duckdb", "x"]
)
def test_any_file_by_its_name(name: str, tmp_path: Path) -> None:
    pytest.importorskip("ibis")
    draw = random.Random(name)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    file = tmp_path / name
    for length in (0, 1, 2, 40, 4000):
        for start in (
            b"",
            b"\x1f\x8b\x08",
            b"PAR1",
            b"id,a\n",
            b"{",
            b"[",
            b"<",
            b"\xef\xbb\xbf{}",
        ):
            file.write_bytes(start + draw.randbytes(length))
            try:
                source = open_patients(file)
                list(source.patients())
            except TrialrunError as error:
                assert error.what and error.remedy
            else:
                assert source.tally.balanced


MAPPING = """format = 1
patient = "id"
at = "2026-01-01"
decimal = "."
[[column]]
name = "a"
variable = "alt"
unit = "U/L"
"""
CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=8), st.sampled_from([",", "\n", '"', "\x00"]))
def test_any_table(rows: list[list[str]], sign: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        table = Path(folder) / "x.csv"
        body = "\n".join(sign.join(row) for row in rows)
        table.write_text("id,a\n1,30\n" + body, encoding="utf-8", newline="")
        source = TableSource(table, read_mapping(MAPPING))
        try:
            patients = list(source.patients())
        except TrialrunError as error:
            assert error.what and error.remedy
            return
        assert source.tally.balanced and "1" in {patient.code for patient in patients}
        read_mapping(propose_mapping(table))


@given(st.binary(max_size=200))
def test_any_bytes_proposed(data: bytes) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        table = Path(folder) / "x.csv"
        table.write_bytes(data)
        try:
            read_mapping(propose_mapping(table))
        except TrialrunError as error:
            assert error.what and error.remedy
