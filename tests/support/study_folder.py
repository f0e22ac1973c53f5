"""A study's folder for tests of the command line, and a clock that the test sets."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.study_in_hand import FILE, RECORD

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)


@dataclass(slots=True)
class Answer:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Shell:
    """Runs commands in this process, in a folder, at the time that the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.now = OPENED
        self.monkeypatch = monkeypatch
        monkeypatch.chdir(folder)
        monkeypatch.setattr("trialrun.study.session.wall_clock", lambda: self.now)

    def run(self, *words: str, stdin: str = "") -> Answer:
        from trialrun.cli.app import main

        out, err = io.StringIO(), io.StringIO()
        self.monkeypatch.setattr(sys, "argv", ["trialrun", *words])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
                code = 0
            except SystemExit as left:
                code = left.code if isinstance(left.code, int) else 1
        answer = Answer(code, out.getvalue(), err.getvalue())
        assert "Traceback" not in answer.err
        return answer

    def ok(self, *words: str) -> Answer:
        answer = self.run(*words)
        assert answer.code == 0, answer
        return answer

    def do(self, command: str, actor: str, **fields: object) -> Answer:
        return self.run("do", "study", command, "--actor", actor, "--json", json.dumps(fields))

    def must(self, command: str, actor: str, **fields: object) -> Answer:
        answer = self.do(command, actor, **fields)
        assert answer.code == 0, answer
        return answer


def new_study(folder: Path, *, name: str = "study", record: bytes = b"{}") -> Path:
    """A folder with a record, an approvable protocol of that record, and a document."""
    study = folder / name
    study.mkdir()
    (study / "record.json").write_bytes(record)
    own = hashlib.sha256(record).hexdigest().encode()
    (study / "protocol.toml").write_bytes(FILE.replace(RECORD.encode(), own))
    (folder / "document.pdf").write_bytes(b"the protocol document")
    return study


APPROVE = (
    "approve", "study", "--actor", "SPO", "--document", "document.pdf", "--document-number", "P-1",
    "--document-version", "1.0", "--document-date", "2026-01-10", "--ethics", "EC-1",
    "--ethics-reference", "EC-1/2026/5", "--ethics-date", "2026-02-01",
)  # fmt: skip


def opened(shell: Shell) -> None:
    """Approved, with people and an open site."""
    shell.ok(*APPROVE)
    for person, role in (("INV", "investigator"), ("COO", "coordinator"),
                         ("LAB", "cell-laboratory"), ("PHA", "pharmacist")):  # fmt: skip
        shell.must("add-person", "SPO", person=person)
        shell.must("grant-role", "SPO", person=person, role=role, site="S1")
    shell.must("open-site", "SPO", site="S1")
