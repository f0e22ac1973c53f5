"""The public names are these, each documented, and a type checker sees the same ones."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import trialrun

# Adding a name here is a decision: it is then kept from version to version.
PUBLIC = {
    "MemoryStore", "Refusal", "SqliteStore", "TrialrunError", "__version__", "analyse",
    "cutoff_at", "decide", "draft", "evolve", "execute", "findings_on", "fold", "judge",
    "load_record", "open_record", "open_session", "read_entries", "read_fact",
    "read_protocol_file", "read_rule", "rehearse_trial", "settle", "variables", "verify",
    "write_entries", "write_protocol_file", "write_report", "write_study",
}  # fmt: skip
SOURCE = Path(inspect.getfile(trialrun))


def test_the_public_names_are_these() -> None:
    assert set(trialrun.__all__) == PUBLIC
    assert len(trialrun.__all__) == len(PUBLIC)
    assert set(trialrun._HOMES) == PUBLIC - {"__version__"}


def test_no_public_name_hides_a_room() -> None:
    rooms = {path.name.removesuffix(".py") for path in SOURCE.parent.iterdir()}
    assert not rooms & PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC - {"__version__"}))
def test_a_public_name_comes_from_its_room_and_says_what_it_is(name: str) -> None:
    value = getattr(trialrun, name)
    _, _, inside = trialrun._HOMES[name].partition(":")
    assert value.__name__ == (inside or name)
    assert value.__module__.startswith("trialrun.")
    assert (value.__doc__ or "").strip()


def test_a_type_checker_sees_the_same_names_in_the_same_rooms() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    seen = {
        alias.asname or alias.name: f"{node.module}:{alias.name}" if alias.asname else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("trialrun.")
        for alias in node.names
    }
    assert seen == trialrun._HOMES


def test_the_version_is_that_of_the_installed_package() -> None:
    from importlib.metadata import version

    assert trialrun.__version__ == version("trialrun")


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no public name 'nothing'"):
        _ = trialrun.nothing
    assert set(dir(trialrun)) >= PUBLIC
