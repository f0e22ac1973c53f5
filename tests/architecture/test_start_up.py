"""`trialrun --help` and `import trialrun` load nothing heavy; every command is documented."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from trialrun.cli.app import COMMANDS, cli

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "numpy", "scipy", "httpx", "jinja2", "rich", "vl_convert", "lark", "tomlkit", "cryptography",
    "sqlite3", "ibis", "duckdb", "pyarrow",
)  # fmt: skip
LIST = "import sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"


def loaded(program: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy() -> None:
    program = f"from trialrun.cli.app import cli; cli(['--help'], standalone_mode=False); {LIST}"
    names = loaded(program)
    assert "click" in names
    assert not names & set(HEAVY)


def test_importing_the_package_loads_none_of_its_rooms() -> None:
    program = f"import trialrun; {LIST}; print(*[n for n in sys.modules if 'trialrun.' in n], '.')"
    assert loaded(program) == {"."}


def test_the_list_of_heavy_modules_can_be_loaded() -> None:
    """Else the two tests above could not fail."""
    third = "numpy, scipy, httpx, jinja2, rich, lark, tomlkit, sqlite3, ibis, duckdb, pyarrow"
    names = loaded(f"import {third}; {LIST}")
    assert names >= set(HEAVY) - {"vl_convert", "cryptography"}


@pytest.mark.parametrize("name", [name for group in COMMANDS.values() for name in group])
def test_every_command_is_documented_and_explains_its_options(name: str) -> None:
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
    assert f"### trialrun {name}\n" in page
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.help
    silent = [
        one.name
        for one in command.params
        if isinstance(one, click.Option) and not one.help and not one.hidden
    ]
    assert not silent
