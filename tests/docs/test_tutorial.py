"""Every command of the tutorial runs, in its order, in an empty folder."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorials" / "first-rehearsal.md"


def commands(page: Path) -> list[str]:
    """The lines after `$` of every console block."""
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_the_tutorial_runs(tmp_path: Path) -> None:
    lines = commands(PAGE)
    assert len(lines) >= 10
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "trialrun", line
        done = subprocess.run(
            [sys.executable, "-m", "trialrun", *words[1:]],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout[-800:]}\n{done.stderr[-800:]}"
        assert "Traceback" not in done.stderr
    assert (tmp_path / "record.html").stat().st_size > 10_000
    report = (tmp_path / "nk-aml-SIM-7" / "report" / "index.html").read_text()
    assert "SIMULATED" in report
    assert not re.search(r"NCT\d{8}", report)


def test_the_readme_shows_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = [line.split()[1] for line in commands(ROOT / "README.md")]
    assert shown == ["demo", "test"]
    assert set(shown) <= targets
