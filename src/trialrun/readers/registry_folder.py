"""Where the local registry lies on this machine, where nobody names another folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def registry_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's data folder for the registry; `TRIALRUN_REGISTRY` names another."""
    known = os.environ if environment is None else environment
    if chosen := known.get("TRIALRUN_REGISTRY"):
        return Path(chosen)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "trialrun" / "registry"
    if sys.platform == "win32":
        local = known.get("LOCALAPPDATA")
        root = Path(local) if local else Path.home() / "AppData" / "Local"
        return root / "trialrun" / "registry"
    # The XDG specification says that a relative path here is to be ignored.
    chosen = known.get("XDG_DATA_HOME", "")
    root = Path(chosen) if chosen.startswith("/") else Path.home() / ".local" / "share"
    return root / "trialrun" / "registry"
