"""Bytes of a file, plain or gzip, as JSON: with words for everything that is none."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from trialrun.errors import InputError, NotSupported, OutsideError

_CUT = 200


def content_of(path: Path) -> bytes:
    """The bytes of a file, unpacked where they are gzip."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"the gzip file is damaged: {error}",
            where=str(path),
            remedy="Copy or export it again.",
        ) from error


def json_of(data: bytes, where: str) -> Any:
    """One JSON value; raises InputError for anything else, and NotSupported for XML."""
    refuse_xml(data, where)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"this is not JSON: {str(error)[:_CUT]}",
            where=where,
            remedy="Give a FHIR R4 bundle in JSON; a file that was cut must be exported again.",
        ) from error


def refuse_xml(data: bytes, where: str) -> None:
    """XML is no JSON, and often a bundle or a CDA document."""
    if data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotSupported(
            "this is XML; Trialrun reads FHIR R4 in JSON",
            where=where,
            remedy="Ask the system for JSON (format application/fhir+json).",
        )


def lines_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Number and value of each line that is not empty; a line that is no JSON gives None."""
    opened = gzip.open if _is_gzip(path) else open
    try:
        with opened(path, "rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, line_value(line)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(
            f"the gzip file is damaged: {error}", where=str(path), remedy="Copy it again."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def line_value(line: bytes) -> Any:
    """The JSON value of a line, None where it is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def unreadable(path: Path, error: OSError) -> OutsideError:
    """The error for a file that the machine does not give."""
    return OutsideError(
        f"the file cannot be read: {error.strerror or error}",
        where=str(path),
        remedy="Check the name and the permission.",
    )


def _is_gzip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise unreadable(path, error) from error
