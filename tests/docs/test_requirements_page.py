"""Whatever the table of requirements names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "requirements.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in PAGE.splitlines()
    if line.startswith("| R-")
]
OPEN = "*open*"


def is_there(named: str) -> bool:
    """Whether a file, or a test function in it, exists; tests are named below `tests/`."""
    name, _, function = named.partition("::")
    path = ROOT / name if (ROOT / name).exists() else ROOT / "tests" / name
    if not path.exists():
        return False
    if not function:
        return True
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(one, ast.FunctionDef) and one.name == function for one in tree.body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_exists(row: tuple[str, ...]) -> None:
    identifier, what, shown = row
    assert re.fullmatch(r"R-[A-Z]+-\d\d", identifier)
    assert what
    named = re.findall(r"`([^`]+)`", shown)
    assert named or shown == OPEN
    assert [one for one in named if not is_there(one)] == []


def test_ids_are_unique() -> None:
    names = [row[0] for row in ROWS]
    assert len(names) == len(set(names)) > 50


def test_what_is_not_there_would_be_found() -> None:
    assert is_there("docs/test_requirements_page.py::test_ids_are_unique")
    assert not is_there("docs/test_requirements_page.py::test_no_such")
    assert not is_there("docs/test_no_such.py")
