"""`trialrun report` on a rehearsed study, as a person runs it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from trialrun.cli.rehearse import load
from trialrun.cli.report import command
from trialrun.errors import InputError, LedgerError, ProtocolError
from trialrun.record.example import example_numbers
from trialrun.results.figures import frame
from trialrun.study.rehearsal import draw, prepare, write_rehearsal

(EXAMPLE,) = example_numbers()


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("rehearsal") / "study"
    record, file, _ = load(EXAMPLE)
    what = prepare(record, file)
    write_rehearsal(folder, what, draw(what, 7), seed=7, finish=lambda _: None)
    yield folder
    shutil.rmtree(folder)


def report(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(one) for one in arguments])


def test_the_report_is_written_and_said(rehearsed: Path) -> None:
    result = report(rehearsed)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("SIMULATED: ")
    for name in ("index.html", "results.json", "entries.jsonl"):
        path = rehearsed / "report" / name
        assert path.is_file() and str(path) in lines
    assert not list((rehearsed / "report").glob(".*"))


def test_the_same_study_gives_the_same_bytes_again(rehearsed: Path) -> None:
    report(rehearsed)
    folder = rehearsed / "report"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    report(rehearsed)
    assert first == {path.name: path.read_bytes() for path in folder.iterdir()}


def test_no_output_names_the_registry_s_number(rehearsed: Path) -> None:
    result = report(rehearsed)
    files = b"".join(path.read_bytes() for path in (rehearsed / "report").iterdir())
    assert not re.search(rb"NCT\d{8}", files + result.output.encode())
    assert EXAMPLE in (rehearsed / "record.json").read_text()  # there is one that could leak


def test_json_is_printed_and_nothing_is_written(rehearsed: Path) -> None:
    shutil.rmtree(rehearsed / "report", ignore_errors=True)
    result = report(rehearsed, "--format", "json")
    data = json.loads(result.output)
    assert data["trialrun"]["simulated"] is True
    assert "participantFlowModule" in data["resultsSection"]
    assert not (rehearsed / "report").exists()


def test_an_earlier_position_is_another_cut_off(rehearsed: Path) -> None:
    def at(position: int) -> tuple[int, int]:
        data = json.loads(report(rehearsed, "--format", "json", "--as-of", position).output)
        flow = data["resultsSection"]["participantFlowModule"]["periods"][0]
        started = flow["milestones"][0]["achievements"][0]["numSubjects"]
        return data["trialrun"]["position"], int(started)

    head = json.loads(report(rehearsed, "--format", "json").output)["trialrun"]["position"]
    counts = [at(position) for position in (20, head // 2, head)]
    assert [position for position, _ in counts] == [20, head // 2, head]
    enrolled = [number for _, number in counts]
    assert enrolled == sorted(enrolled) and enrolled[0] < enrolled[-1] == 10


def test_a_position_that_is_not_there_is_a_sentence(rehearsed: Path) -> None:
    result = report(rehearsed, "--as-of", 10**6)
    assert isinstance(result.exception, InputError)
    assert "no position 1000000" in str(result.exception)
    assert "from 1 to" in result.exception.remedy
    assert report(rehearsed, "--as-of", 0).exit_code == 2


def test_before_the_approval_the_working_copy_is_reported(rehearsed: Path) -> None:
    data = json.loads(report(rehearsed, "--format", "json", "--as-of", 1).output)
    assert data["trialrun"]["position"] == 1


def test_chinese(rehearsed: Path) -> None:
    result = report(rehearsed, "--locale", "zh")
    assert "开始清淋" in result.output
    page = (rehearsed / "report" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page and "受试者流程" in page


def test_a_study_without_a_ledger_is_a_sentence(rehearsed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "study"
    empty.mkdir()
    result = report(empty)
    assert isinstance(result.exception, InputError) and not (empty / "report").exists()
    shutil.copy(rehearsed / "record.json", empty)
    shutil.copy(rehearsed / "protocol.toml", empty)
    result = report(empty)
    assert isinstance(result.exception, LedgerError)
    assert "nothing has happened" in str(result.exception)


def test_a_broken_working_copy_is_a_sentence(rehearsed: Path, tmp_path: Path) -> None:
    broken = tmp_path / "study"
    shutil.copytree(rehearsed, broken)
    (broken / "protocol.toml").write_text("format = ", encoding="utf-8")
    assert isinstance(report(broken).exception, ProtocolError)


def test_without_the_renderer_the_command_that_installs_it_is_said(
    rehearsed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame, "_renderer", lambda: None)
    result = report(rehearsed)
    assert result.exit_code == 0
    assert "pip install 'trialrun[report]'" in result.output
