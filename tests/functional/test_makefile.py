"""What `make` says where Python is too old or its venv module is missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def made(tmp_path: Path, target: str, python: str) -> subprocess.CompletedProcess[str]:
    """`make TARGET` with a stand-in for Python, in a fresh environment folder."""
    stand_in = tmp_path / "python-stand-in"
    stand_in.write_text(f"#!/bin/sh\n{python}\n")
    stand_in.chmod(0o755)
    return subprocess.run(
        ["make", target, f"PYTHON={stand_in}", f"VENV={tmp_path / 'venv'}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("target", ["demo", "test"])
def test_a_missing_venv_module_is_explained(target: str, tmp_path: Path) -> None:
    done = made(tmp_path, target, 'case "$2" in *ensurepip*) exit 1;; esac')
    assert done.returncode != 0
    assert "Python's venv module is missing" in done.stdout
    assert "sudo apt-get install python3-venv" in done.stdout
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("target", ["demo", "test"])
def test_an_old_python_is_named_with_what_is_needed(target: str, tmp_path: Path) -> None:
    old = 'case "$1$2" in *version_info*) exit 1;; --version) echo Python 3.9.18;; esac'
    done = made(tmp_path, target, old)
    assert done.returncode != 0
    assert "Trialrun needs Python 3.11 or newer; this is Python 3.9.18" in done.stdout
    assert "make PYTHON=python3.12 demo" in done.stdout
    assert not (tmp_path / "venv").exists()
