"""Where this user's files lie on this machine, as each system has it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

# macOS' folder in the user's Library, the XDG variable, and the folder where it is not set
_PLACES = {
    "cache": ("Caches", "XDG_CACHE_HOME", ".cache"),
    "data": ("Application Support", "XDG_DATA_HOME", ".local/share"),
}


def user_folder(kind: Literal["cache", "data"], environment: Mapping[str, str]) -> Path:
    """The user's folder of Trialrun for what may be lost (`cache`) or is kept (`data`)."""
    library, variable, hidden = _PLACES[kind]
    if sys.platform == "darwin":
        return Path.home() / "Library" / library / "trialrun"
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA")
        root = Path(local) if local else Path.home() / "AppData" / "Local"
        return root / "trialrun"
    # The XDG specification says that a relative path here is to be ignored.
    chosen = environment.get(variable, "")
    root = Path(chosen) if chosen.startswith("/") else Path.home() / hidden
    return root / "trialrun"
