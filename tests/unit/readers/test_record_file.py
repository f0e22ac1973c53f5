"""A RECORD as people name it: a number that ships, one fetched before, or a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialrun.errors import OutsideError, RecordError
from trialrun.readers.record_file import load_record
from trialrun.readers.registry_cache import cache_folder
from trialrun.record.example import example_numbers
from trialrun.record.opening import RecordKind

FULL = Path(__file__).parents[1] / "record" / "records" / "with_results.json"


def test_a_number_that_ships_is_read_in_any_case(tmp_path: Path) -> None:
    (number,) = example_numbers()
    for written in (number, number.lower(), f" {number} "):
        assert load_record(written, cache=tmp_path).study.nct_id == number


def test_a_number_fetched_before_is_read_from_the_cache(tmp_path: Path) -> None:
    (tmp_path / "NCT99999901.json").write_bytes(FULL.read_bytes())
    record = load_record("nct99999901", cache=tmp_path)
    assert record.kind is RecordKind.API
    assert record.where == str(tmp_path / "NCT99999901.json")


def test_a_record_that_ships_goes_before_one_fetched(tmp_path: Path) -> None:
    (number,) = example_numbers()
    (tmp_path / f"{number}.json").write_bytes(FULL.read_bytes())
    assert load_record(number, cache=tmp_path).kind is RecordKind.PAGE


def test_a_file_is_read_even_if_it_is_named_like_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = example_numbers()
    monkeypatch.chdir(tmp_path)
    Path(number).write_bytes(FULL.read_bytes())
    assert load_record(number).study.nct_id == "NCT99999901"


def test_an_unknown_number_names_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as caught:
        load_record("NCT00000000", cache=tmp_path)
    assert "trialrun fetch NCT00000000" in str(caught.value)
    assert example_numbers()[0] in str(caught.value)


@pytest.mark.parametrize("argument", ["NCT0422197", "no/such/file.json", ""])
def test_what_is_neither_file_nor_number_is_told(argument: str, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"no such file|folder"):
        load_record(argument, cache=tmp_path)


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="folder"):
        load_record(str(tmp_path))


@pytest.mark.parametrize("argument", ["x" * 5000, "a\0b"])
def test_a_name_that_the_machine_refuses_is_told(argument: str) -> None:
    with pytest.raises(OutsideError):
        load_record(argument)


@pytest.mark.parametrize(
    ("platform", "environment", "ends"),
    [
        ("linux", {"TRIALRUN_CACHE": "/c"}, "/c/records"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/trialrun/records"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, ".cache/trialrun/records"),
        ("linux", {}, ".cache/trialrun/records"),
        ("darwin", {}, "Library/Caches/trialrun/records"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/trialrun/records"),
        ("win32", {}, "AppData/Local/trialrun/records"),
    ],
)
def test_the_cache_lies_where_each_system_keeps_such_files(
    platform: str, environment: dict[str, str], ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert cache_folder(environment).as_posix().endswith(ends)
