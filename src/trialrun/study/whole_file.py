"""A file written whole or not at all, and an error that names it."""

from __future__ import annotations

from pathlib import Path

from trialrun.errors import OutsideError


def write_whole_file(path: Path, data: bytes) -> None:
    """The file is there whole, or as it was before; raises `OutsideError` with its name."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        # A write to a full disk does not say which file it was.
        raise OutsideError(
            f"the file cannot be written: {error.strerror or error}",
            where=str(path),
            remedy="Check that the disk has room, and that you may write there.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
