"""Whatever is given in place of a record: a sentence, an exit code, and nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support.study_folder import Answer, Shell
from trialrun.record.example import example_content, example_numbers
from trialrun.record.opening import open_record
from trialrun.record.writer import write_study

(EXAMPLE,) = example_numbers()
FROM_A_RECORD: dict[str, tuple[str, ...]] = {
    "show": (),
    "draft": ("-o", "made"),
    "check": (),
    "criteria": (),
    "regimen": (),
    "rehearse": ("-o", "made"),
}


def whole() -> str:
    content = example_content(EXAMPLE)
    assert content is not None
    return json.dumps(write_study(open_record(content, where="example").study))


def of_kind(kind: str | None, model: str | None = None) -> str:
    """The example as if it were of another kind."""
    record = json.loads(whole())
    design = record["protocolSection"]["designModule"]
    design["studyType"] = kind
    if model is not None:
        design["designInfo"]["interventionModel"] = model
    return json.dumps(record)


# What is given, and the words in which it is said what that is.
NO_RECORDS: dict[str, tuple[Callable[[Path], str], str]] = {
    "no file": (lambda _: "nowhere.json", "no such file"),
    "an unknown number": (lambda _: "NCT00000000", "no record of NCT00000000 is known here"),
    "an empty file": (lambda folder: wrote(folder, "empty.json", ""), "the file is empty"),
    "a cut file": (lambda folder: wrote(folder, "cut.json", whole()[:999]), "is cut off"),
    "a web page": (
        lambda folder: wrote(folder, "page.html", "<!doctype html><html>NCT04221971</html>"),
        "an HTML or XML document",
    ),
    "a folder": (lambda folder: str((folder / "studies").mkdir() or "studies"), "folder"),
    "a letter": (lambda folder: wrote(folder, "letter.txt", "Dear all"), "neither a study"),
    "bytes": (lambda folder: wrote(folder, "x.pdf", "%PDF\0\1\2"), "a binary file"),
    "other JSON": (lambda folder: wrote(folder, "list.json", "[1, 2]"), "a JSON list"),
    "two records": (
        lambda folder: wrote(folder, "two.jsonl", f"{whole()}\n{whole()}\n"),
        "several JSON values",
    ),
}


def wrote(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    monkeypatch.setenv("TRIALRUN_CACHE", str(tmp_path / "cache"))
    return Shell(monkeypatch, tmp_path)


def says_what_where_and_what_to_do(answer: Answer, code: int, what: str, where: str) -> None:
    assert answer.code == code, answer
    assert answer.out == ""
    first, *rest = answer.err.splitlines()
    assert first.startswith("error: ")
    assert what in first
    assert where in first
    assert rest and len(" ".join(rest)) > 15, answer.err


@pytest.mark.parametrize("command", FROM_A_RECORD)
@pytest.mark.parametrize("given", NO_RECORDS)
def test_what_is_no_record_is_named(shell: Shell, tmp_path: Path, given: str, command: str) -> None:
    make, what = NO_RECORDS[given]
    name = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    answer = shell.run(command, name, *FROM_A_RECORD[command])
    says_what_where_and_what_to_do(answer, 3, what, Path(name).name)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", ["draft", "rehearse"])
@pytest.mark.parametrize("kind", ["OBSERVATIONAL", "EXPANDED_ACCESS"])
def test_what_gives_nothing_is_not_planned(
    shell: Shell, tmp_path: Path, kind: str, command: str
) -> None:
    name = wrote(tmp_path, "record.json", of_kind(kind))
    answer = shell.run(command, name, "-o", "made")
    words = kind.lower().replace("_", " ")
    says_what_where_and_what_to_do(answer, 4, "not this, because", EXAMPLE)
    assert words in answer.err
    assert [one.name for one in tmp_path.iterdir()] == ["record.json"]


@pytest.mark.parametrize("model", ["CROSSOVER", "FACTORIAL", "SEQUENTIAL"])
def test_what_no_model_walks_is_drafted_and_not_rehearsed(
    shell: Shell, tmp_path: Path, model: str
) -> None:
    name = wrote(tmp_path, "record.json", of_kind("INTERVENTIONAL", model))
    shell.ok("draft", name, "-o", "plan")
    for what in (name, "plan"):
        answer = shell.run("rehearse", what, "-o", "made")
        says_what_where_and_what_to_do(answer, 4, "not this, because", model.lower())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["plan", "record.json"]


def test_a_record_of_no_stated_kind_is_said_to_be_one(shell: Shell, tmp_path: Path) -> None:
    record = json.loads(whole())
    record["protocolSection"]["designModule"].pop("studyType")
    name = wrote(tmp_path, "record.json", json.dumps(record))
    answer = shell.run("draft", name, "-o", "made")
    says_what_where_and_what_to_do(answer, 4, "no stated kind", EXAMPLE)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_any_terminal_shows_every_character(encoding: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "trialrun", "criteria", EXAMPLE],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    assert (run.returncode, run.stderr) == (0, b"")
    shown = run.stdout.decode(encoding)
    assert ("ECOG≤3" if encoding == "utf-8" else "ECOG\\u22643") in shown
