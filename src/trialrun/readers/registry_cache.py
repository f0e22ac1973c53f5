"""Where fetched records are kept on this machine: one file a number, exactly as received."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from trialrun.readers.user_folder import user_folder


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's cache folder for records; `TRIALRUN_CACHE` names another."""
    known = os.environ if environment is None else environment
    chosen = known.get("TRIALRUN_CACHE")
    return (Path(chosen) if chosen else user_folder("cache", known)) / "records"


def cached_record(number: str, folder: Path) -> Path | None:
    """The kept file of this number, or None."""
    path = folder / f"{number}.json"
    return path if path.is_file() else None
