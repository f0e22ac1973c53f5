"""Where the local registry lies, by system and environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from trialrun.readers.registry_folder import registry_folder


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {"TRIALRUN_REGISTRY": "/r"}, "/r"),
        ("linux", {"XDG_DATA_HOME": "/x"}, "/x/trialrun/registry"),
        ("linux", {"XDG_DATA_HOME": "relative"}, ".local/share/trialrun/registry"),
        ("linux", {}, ".local/share/trialrun/registry"),
        ("darwin", {}, "Library/Application Support/trialrun/registry"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/trialrun/registry"),
        ("win32", {}, "AppData/Local/trialrun/registry"),
    ],
)
def test_where_the_registry_lies(
    monkeypatch: pytest.MonkeyPatch, platform: str, environment: dict[str, str], expected: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    assert registry_folder(environment) == Path.home() / expected
