"""Generated pages are current, and equal whatever the locale, the hash seed and the time zone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SURROUNDINGS = (
    {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8"},
)


@pytest.mark.parametrize("surroundings", SURROUNDINGS, ids=["plain", "elsewhere"])
def test_generated_pages_are_current_everywhere(surroundings: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        env=surroundings,
    )
    assert done.returncode == 0, done.stdout + done.stderr
