"""Where the local registry lies on this machine, where nobody names another folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from trialrun.readers.user_folder import user_folder


def registry_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The user's data folder for the registry; `TRIALRUN_REGISTRY` names another."""
    known = os.environ if environment is None else environment
    chosen = known.get("TRIALRUN_REGISTRY")
    return Path(chosen) if chosen else user_folder("data", known) / "registry"
