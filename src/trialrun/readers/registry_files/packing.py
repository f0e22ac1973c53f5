"""Files as they are, or unpacked: gzip, xz, bzip2 and zip, known by their first bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO, cast

BROKEN = (EOFError, OSError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, NotImplementedError,
          RuntimeError)  # fmt: skip
_FIRST = 6


@contextmanager
def unpacked(path: Path) -> Iterator[Iterator[tuple[str, BinaryIO]]]:
    """The streams in a file, each with where it stands: the file's name, or `archive: member`."""
    with path.open("rb") as plain:
        yield _streams(str(path), plain, depth=0)


def _streams(where: str, raw: BinaryIO, *, depth: int) -> Iterator[tuple[str, BinaryIO]]:
    first = raw.read(_FIRST)
    raw.seek(0)
    if first.startswith(b"PK\x03\x04") and depth < 2:
        with zipfile.ZipFile(raw) as archive:
            for member in archive.infolist():
                if member.is_dir() or member.filename.startswith("__MACOSX/"):
                    continue
                with archive.open(member) as inner:
                    buffered = BufferedReader(cast("BinaryIO", inner))  # type: ignore[type-var]
                    yield from _streams(
                        f"{where}: {member.filename}", _seekable(buffered), depth=depth + 1
                    )
        return
    opened = _opened(first, raw)
    yield where, opened if opened is not None else raw


def _opened(first: bytes, raw: BinaryIO) -> BinaryIO | None:
    if first.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    if first.startswith(b"\xfd7zXZ"):
        return cast("BinaryIO", lzma.LZMAFile(raw))
    if first.startswith(b"BZh"):
        return cast("BinaryIO", bz2.BZ2File(raw))
    return None


def _seekable(stream: BinaryIO) -> BinaryIO:
    """A member that can be asked for its first bytes, and read from its beginning after."""
    return stream if stream.seekable() else BytesIO(stream.read())
