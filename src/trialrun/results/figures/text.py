"""How wide words are and where they break, by the metrics of one typeface, on every machine.

The typeface is Liberation Sans (the metrics of Arial), which the renderer brings along; browsers
fall back to a face of nearly the same widths. Widths here are a little generous for that reason.
"""

from __future__ import annotations

import unicodedata

FONT = (
    "Liberation Sans, Arial, Helvetica, Noto Sans CJK SC, Noto Sans SC, PingFang SC, "
    "Microsoft YaHei, sans-serif"
)

# Advance widths of the printable ASCII characters from space on, in thousandths of an em.
_ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
_OTHER = 600
_WIDE = 1000
_BOLD = 1.08
_CLOSING = {"Pe", "Pf", "Po", "Zs"}
_OPENING = {"Ps", "Pi"}
_MARGIN = 1.06  # other faces of the fallback list are up to this much wider


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line in pixels, at a size in pixels."""
    total = sum(_advance(character) for character in text)
    return total * size / 1000 * (_BOLD if bold else 1) * _MARGIN


def _advance(character: str) -> int:
    if character == "\u00a0":
        return _ASCII[0]
    code = ord(character) - 32
    if 0 <= code < len(_ASCII):
        return _ASCII[code]
    return _WIDE if _wide(character) else _OTHER


def wrap(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """Lines no wider than `room`: broken at spaces, between Chinese characters, or anywhere."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        longer = f"{line}{piece}"
        if not line or width(longer.rstrip(), size, bold=bold) <= room:
            line = longer
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
        while width(line.rstrip(), size, bold=bold) > room and len(line) > 1:
            head = _fitting(line, size, room, bold)
            lines.append(line[:head])
            line = line[head:]
    lines.append(line.rstrip())
    return tuple(lines)


def _pieces(text: str) -> list[str]:
    """What may not be broken inside: words with the space after them, single wide characters."""
    pieces: list[str] = []
    for character in text:
        if pieces and not _may_break(pieces[-1][-1], character):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _may_break(before: str, after: str) -> bool:
    """Never before closing marks, after opening ones, or at a no-break space."""
    if unicodedata.category(after) in _CLOSING or unicodedata.category(before) in _OPENING:
        return False
    if "\u00a0" in (before, after):
        return False
    return before == " " or _wide(before) or _wide(after)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _fitting(text: str, size: float, room: float, bold: bool) -> int:
    count = len(text)
    while count > 1 and width(text[:count], size, bold=bold) > room:
        count -= 1
    return count
