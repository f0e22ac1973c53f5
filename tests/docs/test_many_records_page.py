"""Every command of the how-to about a local registry is run, and answers what the page shows."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.study_folder import Shell

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "many-records.md"


def study(number: int, updated: str = "2026-01-01") -> dict[str, Any]:
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": f"Trial {number}"},
            "statusModule": {"lastUpdatePostDateStruct": {"date": updated}},
        }
    }


def test_the_page_shows_what_the_commands_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shell = Shell(monkeypatch, tmp_path)
    lines = "\n".join(json.dumps(study(at)) for at in (1, 2, 3))
    Path("records.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    Path("newer.json").write_text(json.dumps([study(1, "2026-03-01"), study(2)]))
    Path("broken.jsonl").write_text('{"protocolSection": {"identificatio')
    page = PAGE.read_text(encoding="utf-8")
    shown = re.findall(
        r"```console\n\$ trialrun ([^\n]+)\n```\n\n```text\n(.*?)```", page, re.DOTALL
    )
    assert len(shown) == page.count("```console") == 3
    for command, answer in shown:
        assert shell.ok(*command.split()).out == answer
    assert Path("aside.tsv").read_text().startswith("broken.jsonl\tcut_off\t")
