"""`trialrun mapping`: a proposal that asks where the header is silent, and then screens."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.study_folder import Shell, new_study

TABLE = "patient,date,birth_date,creatinine (mg/dL),note\nA,2026-02-25,1970-05-01,0.9,x\n"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shell:
    new_study(tmp_path)
    (tmp_path / "table.csv").write_text(TABLE)
    return Shell(monkeypatch, tmp_path)


def test_a_table_without_mapping_says_how_to_get_one(shell: Shell) -> None:
    answer = shell.run("screen", "study", "table.csv")
    assert answer.code == 3 and "trialrun mapping table.csv" in answer.err


def test_the_proposal_is_written_once_and_screens(shell: Shell) -> None:
    shown = shell.ok("mapping", "table.csv").out
    said = shell.ok("mapping", "table.csv", "-o", "mapping.toml").out
    assert "mapping.toml" in said and Path("mapping.toml").read_text() == shown
    assert re.search(r'variable = "creatinine"', shown) and 'unit = "mg/dL"' in shown
    again = shell.run("mapping", "table.csv", "-o", "mapping.toml")
    assert again.code == 3 and "nothing is written over" in again.err
    told = json.loads(
        shell.ok(
            "screen", "study", "table.csv", "--as-of", "2026-03-02T08:00Z", "--format", "jsonl"
        ).out
    )
    assert told["patient"] == "A" and told["criteria"] == {
        "I1": "TRUE", "E1": "TRUE", "E2": "UNKNOWN"
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00bad", b"\x00\x01\x02"])
def test_what_is_no_table_is_a_sentence(shell: Shell, content: bytes) -> None:
    Path("bad.csv").write_bytes(content)
    assert shell.run("mapping", "bad.csv").code in {3, 8}
    assert shell.run("mapping", "absent.csv").code in {3, 8}
