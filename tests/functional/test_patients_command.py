"""`trialrun patients`: simulated people in every form, twice the same, nothing written over."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.study_folder import Shell

FORMS = ("fhir", "bulk", "omop", "omop-csv", "csv", "parquet")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_seed_writes_the_same_people(
    form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell = Shell(monkeypatch, tmp_path)
    told = [
        shell.ok("patients", "-o", folder, "--count", "7", "--form", form, "--seed", "3").out
        for folder in ("one", "two")
    ]
    assert told[0].startswith("SIMULATED: 7 people")
    first, second = ({path.name: path for path in Path(name).iterdir()} for name in ("one", "two"))
    assert first.keys() == second.keys() and "SIMULATED.txt" in first
    texts = [name for name in first if not name.endswith((".duckdb", ".parquet"))]
    assert all(first[name].read_bytes() == second[name].read_bytes() for name in texts)


def test_a_folder_that_holds_something_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell = Shell(monkeypatch, tmp_path)
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("keep")
    answer = shell.run("patients", "-o", "mine")
    assert answer.code == 3 and "not empty" in answer.err
    assert [path.name for path in Path("mine").iterdir()] == ["notes.txt"]
