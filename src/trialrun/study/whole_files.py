"""Writing files so that an interruption leaves the old or the new, never a half."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from trialrun.errors import OutsideError


def write_whole(files: Mapping[Path, bytes]) -> None:
    """Write all beside their places first, then put each in its place."""
    ready: list[tuple[str, Path]] = []
    try:
        for path, data in files.items():
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            ready.append((name, path))
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                # A write to a full disk does not say which file it was.
                raise OutsideError(
                    f"the file cannot be written: {error.strerror or error}",
                    where=str(path),
                    remedy="Check that the disk has room, and that you may write there.",
                ) from error
            Path(name).chmod(0o644)
        for name, path in ready:
            Path(name).replace(path)
    finally:
        for name, _ in ready:
            Path(name).unlink(missing_ok=True)
