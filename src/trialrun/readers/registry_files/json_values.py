"""JSON values of a stream one after another: lines, a list, or one value, read piece by piece."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

from trialrun.readers.registry_files.aside import Aside, Reason
from trialrun.record.bag import Json

_PIECE = 1 << 20
_LONGEST = 256 << 20  # one value
_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def json_values(where: str, stream: BinaryIO) -> Iterator[tuple[str, Json] | Aside]:
    """Each value with where it stands (`FILE, line 7`; `FILE, item 3`), or what is set aside."""
    stream.seek(0)
    first = stream.readline(_LONGEST)
    while first and not first.strip(b"\xef\xbb\xbf \t\r\n"):
        first = stream.readline(_LONGEST)
    if _is_whole(first) and stream.read(1):
        stream.seek(0)
        yield from _lines(where, stream)
        return
    stream.seek(0)
    text = _Text(stream)
    try:
        if text.peek() == "[":
            yield from _items(where, text)
        else:
            yield where, _DECODER.decode(text.rest())
    except UnicodeDecodeError as error:
        yield Aside(where=where, reason=Reason.ENCODING, detail=f"byte {error.start}")
    except json.JSONDecodeError as error:
        yield _broken(where, error)
    except (RecursionError, ValueError) as error:
        yield Aside(where=where, reason=Reason.BROKEN, detail=str(error))


def _is_whole(line: bytes) -> bool:
    """Whether a line is a JSON object by itself, or is meant to be one."""
    try:
        return isinstance(json.loads(line.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False


def _lines(where: str, stream: BinaryIO) -> Iterator[tuple[str, Json] | Aside]:
    for number, line in enumerate(iter(lambda: stream.readline(_LONGEST), b""), start=1):
        place = f"{where}, line {number}"
        if not line.strip():
            continue
        try:
            yield place, json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            yield Aside(where=place, reason=Reason.ENCODING, detail=f"byte {error.start}")
        except json.JSONDecodeError as error:
            yield _broken(place, error)
        except (RecursionError, ValueError) as error:
            yield Aside(where=place, reason=Reason.BROKEN, detail=str(error))


def _broken(where: str, error: json.JSONDecodeError) -> Aside:
    cut = error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")
    detail = f"{error.msg}, line {error.lineno}, column {error.colno}"
    return Aside(where=where, reason=Reason.CUT_OFF if cut else Reason.BROKEN, detail=detail)


class _Text:
    """The characters of a stream, of which those that were read can be let go."""

    def __init__(self, stream: BinaryIO) -> None:
        start = stream.read(4)
        stream.seek(0)
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")()
        self._stream, self._ended = stream, False
        self.kept = ""

    def more(self) -> bool:
        """Takes one more piece of the stream; False at its end."""
        if self._ended:
            return False
        piece = self._stream.read(_PIECE)
        self._ended = not piece
        self.kept += self._decoder.decode(piece, final=self._ended)
        return bool(piece)

    def peek(self) -> str:
        """The next character that is no space, without taking it; empty at the end."""
        while True:
            self.kept = self.kept.lstrip()
            if self.kept or not self.more():
                return self.kept[:1]

    def take(self, count: int) -> None:
        """Lets go of so many characters."""
        self.kept = self.kept[count:]

    def rest(self) -> str:
        """Everything that is left."""
        while self.more():
            pass
        return self.kept


def _items(where: str, text: _Text) -> Iterator[tuple[str, Json] | Aside]:
    """The items of a list, of any length, each let go when it was given out."""
    text.take(1)
    number = 0
    while (sign := text.peek()) and sign != "]":
        number += 1
        place = f"{where}, item {number}"
        value, end = _value(text)
        text.take(end)
        yield place, value
        sign = text.peek()
        if sign == ",":
            text.take(1)
        elif sign != "]":
            break
    if sign != "]":
        detail = f"after item {number}"
        yield Aside(where=where, reason=Reason.BROKEN if sign else Reason.CUT_OFF, detail=detail)


def _value(text: _Text) -> tuple[Json, int]:
    while True:
        try:
            value, end = _DECODER.raw_decode(text.kept)
        except json.JSONDecodeError:
            if len(text.kept) > _LONGEST or not text.more():
                raise
            continue
        if end < len(text.kept) or not text.more():  # "12" may go on as "123"
            return value, end
