"""Every command of the how-to runs, in its order, at the time that the page says."""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
import sys
from datetime import datetime
from pathlib import Path

import pytest

from support.study_folder import Answer, Shell

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGE = HOW_TO / "run-a-participant.md"
TIME = re.compile(r"# (\d{4}-\d\d-\d\d \d\d:\d\d) (\+\d\d:\d\d)$")


def steps() -> list[str]:
    """Lines beginning with # or $ of every console block, each with the lines that continue it."""
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    found: list[str] = []
    for line in "".join(blocks).splitlines():
        if line.startswith(("# ", "$ ")):
            found.append(line)
        else:
            found[-1] += "\n" + line
    return found


def run(shell: Shell, words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Answer:
    if words[0] == "python":
        monkeypatch.setattr(sys, "argv", words[1:])
        runpy.run_path(str(folder / words[1]))
        return Answer(0, "", "")
    assert words[0] == "trialrun", words
    return shell.run(*words[1:])


def test_the_how_to_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (HOW_TO / "run-a-participant").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    shell = Shell(monkeypatch, tmp_path)
    wanted, answers = 0, []
    for step in steps():
        told = TIME.match(step)
        if told is not None:
            shell.now = datetime.fromisoformat("T".join(told[1].split()) + told[2])
        elif step.startswith("# exit code "):
            wanted = int(step.removeprefix("# exit code "))
        else:
            words = shlex.split(step.removeprefix("$ ").replace("\\\n", "\n"))
            answer = run(shell, words, tmp_path, monkeypatch)
            assert answer.code == wanted, f"{step}\n{answer.out[-1500:]}\n{answer.err[-1500:]}"
            answers.append(answer)
            wanted = 0
    assert len(answers) > 50
    check_what_the_page_says(shell, answers)
    assert (tmp_path / "nk-aml" / "report" / "index.html").stat().st_size > 10_000


def check_what_the_page_says(shell: Shell, answers: list[Answer]) -> None:
    """The figures and outcomes that the page's prose names."""
    said = "\n".join(answer.out + answer.err for answer in answers)
    assert "001 enrolled as number 1" in said
    assert "is out of date: 001.fact.18 changed since" in said
    assert "not before 2026-03-12T15:00:00+08:00" in said
    told = shell.ok("status", "nk-aml", "--format", "json").json
    assert told["deviations"] == []
    assert told["participants"][0]["stage"] == "follow-up"
    assert answers[-1].out.startswith("Sound: ")
