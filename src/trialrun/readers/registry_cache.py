"""Where fetched records are kept on this machine: one file a number, exactly as received."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder for records; `TRIALRUN_CACHE` names another."""
    known = os.environ if environment is None else environment
    if chosen := known.get("TRIALRUN_CACHE"):
        return Path(chosen) / "records"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "trialrun" / "records"
    if sys.platform == "win32":
        local = known.get("LOCALAPPDATA")
        root = Path(local) if local else Path.home() / "AppData" / "Local"
        return root / "trialrun" / "records"
    # The XDG specification says that a relative path here is to be ignored.
    chosen = known.get("XDG_CACHE_HOME", "")
    root = Path(chosen) if chosen.startswith("/") else Path.home() / ".cache"
    return root / "trialrun" / "records"


def cached_record(number: str, folder: Path) -> Path | None:
    """The kept file of this number, or None."""
    path = folder / f"{number}.json"
    return path if path.is_file() else None
