"""Text in terminal columns, where an East Asian character takes two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# A word with the spaces after it, or one wide character with the closing marks that must follow it.
_TOKEN = re.compile(r"[\x21-\x7e\u00a0-\u2e7f]+\s*|.[，。；：、）》”]*\s*")


def columns(text: str) -> int:
    """How many terminal columns a text takes.

    >>> columns("AB"), columns("模拟")
    (2, 4)
    """
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def wrapped(text: str, width: int) -> tuple[str, ...]:
    """Lines of a text, each of its own lines by itself; a word wider than a line breaks inside."""
    return tuple(
        line for own in text.expandtabs().split("\n") for line in _wrapped_line(own, width)
    )


def _wrapped_line(text: str, width: int) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for token in _TOKEN.findall(text):
        if line and columns(line + token.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        while columns(token.rstrip()) > width:
            cut = max(n for n in range(1, len(token)) if columns(token[:n]) <= max(width, 2))
            lines.append(token[:cut])
            token = token[cut:]
        line += token
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def shortened(text: str, width: int) -> str:
    """The text on its first line; an ellipsis says that it goes on.

    >>> shortened("one, two, three", 10)
    'one, two …'
    """
    first, *rest = wrapped(text, width)
    return f"{first.rstrip(' ,;')} …" if rest else first


def hung(lead: str, text: str, width: int) -> list[str]:
    """A text after its lead, further lines below its beginning, or below the middle of a long one.

    >>> hung("- ", "one two", 6)
    ['- one', '  two']
    """
    indent = " " * min(columns(lead), width // 2)
    first, *rest = wrapped(text, width - columns(indent))
    return [(lead + first).rstrip(), *(indent + line for line in rest)]


def left(text: str, width: int) -> str:
    """Flush left in a column."""
    return text + " " * (width - columns(text))


def right(text: str, width: int) -> str:
    """Flush right in a column."""
    return " " * (width - columns(text)) + text


def columned(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """A table: names flush left, numbers flush right; a long heading goes over several lines."""
    cells = [max((columns(row[at]) for row in rows), default=0) for at in range(len(header))]
    room = (width - 2 * (len(header) - 1)) // len(header)
    heads = [wrapped(name, max(cell, room)) for name, cell in zip(header, cells, strict=True)]
    sizes = [max(cell, *map(columns, head)) for cell, head in zip(cells, heads, strict=True)]
    sizes[0] = min(sizes[0], width - sum(sizes[1:]) - 2 * (len(sizes) - 1))
    heads[0] = wrapped(header[0], sizes[0])
    depth = max(map(len, heads))
    lines = [
        [head[at - depth + len(head)] if at >= depth - len(head) else "" for head in heads]
        for at in range(depth)
    ]
    for row in rows:
        names = wrapped(row[0], sizes[0])
        lines.append([names[0], *row[1:]])
        lines += [[name, *[""] * (len(row) - 1)] for name in names[1:]]
    return [
        "  ".join(
            (left if at == 0 else right)(cell, size)
            for at, (cell, size) in enumerate(zip(line, sizes, strict=True))
        ).rstrip()
        for line in lines
    ]
