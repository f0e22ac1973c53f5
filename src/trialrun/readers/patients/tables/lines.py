"""The lines of a CSV or Parquet table as texts by column; a line of another length is none."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trialrun.errors import InputError, OutsideError
from trialrun.readers.patients.long_form import load_ibis

# The number of a line in its file, or of a row of Parquet, from 1; and its texts, or None where it
# is no line of the table.
Line = tuple[int, dict[str, str] | None]
Cells = tuple[int, list[str] | None]  # the same, its texts in the order of the columns
_MOST = 10_000_000  # signs in one field


def lines_of(path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[Line]:
    """Each line after the header. Raises InputError for what is no table."""
    if path.name.lower().endswith(".parquet"):
        yield from _parquet(path)
        return
    with _said(path, encoding), _opened(path, encoding) as file:
        names, rows = _csv(file, delimiter, path)
        for number, cells in rows:
            line = None
            if cells is not None:
                line = dict(zip(names, (cell.strip() for cell in cells), strict=True))
            yield number, line


def cells_of(path: Path, *, delimiter: str, encoding: str) -> tuple[list[str], Iterator[Cells]]:
    """The names of a CSV table's columns, and the cells of each line as they stand there.

    The same lines as `lines_of` gives. The names come at once, errors as the lines are read.
    """

    def read() -> Iterator[Cells]:
        with _said(path, encoding), _opened(path, encoding) as file:
            yield from _csv(file, delimiter, path)[1]

    with _said(path, encoding), _opened(path, encoding) as file:
        return _csv(file, delimiter, path)[0], read()


@contextmanager
def _said(path: Path, encoding: str) -> Iterator[None]:
    """What is wrong with a file, in words."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file is not {encoding} text",
            where=str(path),
            remedy='Declare its encoding in the mapping: encoding = "latin-1", or "gb18030".',
        ) from error
    except LookupError as error:
        raise InputError(
            f"no encoding is called {encoding!r}", where=str(path), remedy='Write "utf-8".'
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"the gzip file is damaged: {error}", where=str(path), remedy="Copy it again."
        ) from error
    except OSError as error:
        raise OutsideError(
            f"the file cannot be read: {error.strerror or error}",
            where=str(path),
            remedy="Check the name and the permission.",
        ) from error


def _opened(path: Path, encoding: str) -> io.TextIOBase:
    named = "utf-8-sig" if encoding.lower() in {"utf-8", "utf8"} else encoding
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding=named, newline="")
    return path.open("r", encoding=named, newline="")


def _csv(file: io.TextIOBase, delimiter: str, path: Path) -> tuple[list[str], Iterator[Cells]]:
    """The names of the columns, and the lines below them."""
    csv.field_size_limit(_MOST)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    header = next(_safe(reader), (None, 0, 0))[0]
    if not header or not any(name.strip() for name in header):
        raise InputError("the table has no header", where=str(path), remedy="Give its first line.")
    return [name.strip() for name in header], _below(reader, len(header))


def _below(reader: Any, width: int) -> Iterator[Cells]:
    for cells, first, last in _safe(reader):
        if cells is not None and len(cells) == width:
            yield first, cells
        elif cells is None or cells:  # an empty line is nothing
            yield from ((number, None) for number in range(first, last + 1))


def _safe(reader: Any) -> Iterator[tuple[list[str] | None, int, int]]:
    """The cells of each row, None where it is none, and the first and last line that it took.

    A quotation mark that nobody closes takes all lines up to the next: they are counted.
    """
    before = reader.line_num
    while True:
        cells: list[str] | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        yield cells, before + 1, max(before + 1, reader.line_num)
        before = reader.line_num


def numbers_of(path: Path) -> frozenset[str]:
    """The columns of a Parquet table that hold numbers: no decimal sign is in question there."""
    load_ibis()
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        schema = parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise _none(path, error) from error
    kinds = pa.types
    return frozenset(
        field.name
        for field in schema
        if kinds.is_floating(field.type)
        or kinds.is_integer(field.type)
        or kinds.is_decimal(field.type)
    )


def _parquet(path: Path) -> Iterator[Line]:
    load_ibis()
    import pyarrow as pa
    import pyarrow.parquet as parquet

    try:
        number = 0
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield number, {str(name): text_of(value) for name, value in row.items()}
    except (pa.ArrowException, OSError) as error:
        raise _none(path, error) from error


def _none(path: Path, error: Exception) -> InputError:
    return InputError(
        f"this is no Parquet file: {str(error)[:200]}",
        where=str(path),
        remedy="Export it again.",
    )


def text_of(value: object) -> str:
    """A cell of a Parquet table as text."""
    if value is None or value != value:  # a missing number is no number
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()
