"""The screening tutorial: every command runs, prints the lines shown, and the rules are edited."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorials" / "screening.md"
BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def run(line: str, folder: Path) -> str:
    words = shlex.split(line)
    assert words[0] == "trialrun", line
    done = subprocess.run(
        [sys.executable, "-m", "trialrun", *words[1:]],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout[-800:]}\n{done.stderr[-800:]}"
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_tutorial_runs_and_prints_what_it_shows(tmp_path: Path) -> None:
    old: list[str] = []
    shown, edits = 0, 0
    output: list[str] = []
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "toml":
            old.append(text.strip())
            if len(old) == 2:
                file = tmp_path / "nk-aml" / "protocol.toml"
                before = file.read_text(encoding="utf-8")
                assert before.count(old[0]) == 1
                file.write_text(before.replace(*old), encoding="utf-8")
                old, edits = [], edits + 1
            continue
        for line in text.splitlines():
            if line.startswith("$ "):
                output = run(line[2:], tmp_path).splitlines()
            else:
                shown += 1
                assert line in output, line
    assert (edits, shown) == (2, 19)


def test_the_picture_is_the_one_of_the_page(tmp_path: Path) -> None:
    lines = [
        line[2:]
        for _, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))
        for line in text.splitlines()
        if line.startswith("$ ")
    ]
    wanted = [line for line in lines if "draft" in line or "-o ward" in line]
    assert len(wanted) == 3
    for line in wanted:
        run(line, tmp_path)
    page = (tmp_path / "ward.html").read_text(encoding="utf-8")
    found = re.search(r"<svg.*?</svg>", page, re.DOTALL)
    picture = ROOT / "docs" / "images" / "funnel.svg"
    assert found is not None and found[0] == picture.read_text(encoding="utf-8").rstrip("\n")
