"""A sheet as plain text for a terminal or a file: wrapped, indented, no colours."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from trialrun.record.prose import Block, Item
from trialrun.record.sheet import Entries, Facts, Names, Note, Pairs, Part, Prose, Sheet, Table

WIDTH = 88

_LEAST = 30  # columns of a table's first column before the table becomes a list
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# A record's text must not steer the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render_text(sheet: Sheet, *, width: int = WIDTH) -> str:
    """The whole sheet, no line longer than `width` columns where words allow it."""
    lines = [*_wrapped(sheet.title, width), sheet.number]
    lines += _wrapped(" · ".join(words for words, _ in sheet.badges), width)
    for one in sheet.sections:
        lines += ["", one.heading, "─" * _columns(one.heading)]
        for place, part in enumerate(one.parts):
            lines += ["", *_part(part, width)] if place else _part(part, width)
    text = "\n".join(line.rstrip() for line in lines)
    return _CONTROL.sub("", text) + "\n"


def _part(part: Part, width: int) -> list[str]:
    match part:
        case Facts(pairs):
            return list(_facts(pairs, width))
        case Prose(blocks):
            return list(_blocks(blocks, width))
        case Names(names):
            return [line for one in names for line in _hung("• ", one, width)]
        case Entries(entries):
            lines: list[str] = []
            for place, one in enumerate(entries):
                badges = f"[{' · '.join(one.badges)}]" if one.badges else ""
                lines += [""] if place and (one.blocks or one.facts) else []
                if _columns(one.title) + _columns(badges) + 2 <= width:
                    lines.append(f"{one.title}  {badges}")
                else:
                    lines += [*_wrapped(one.title, width), *_hung("  ", badges, width)]
                inner = [*_blocks(one.blocks, width - 2), *_facts(one.facts, width - 2)]
                lines += [f"  {line}" if line else "" for line in inner]
            return lines
        case Table():
            return list(_table(part, width))
        case Note():
            return _wrapped(("! " if part.warns else "") + part.text, width)


def _blocks(blocks: Sequence[Block], width: int) -> Iterator[str]:
    for place, block in enumerate(blocks):
        if place:
            yield ""
        if block.items:
            yield from _items(block.items, 0, width)
        else:
            yield from _wrapped(block.text, width)


def _items(items: Sequence[Item], depth: int, width: int) -> Iterator[str]:
    for one in items:
        yield from _hung("   " * depth + (one.marker or "•") + " ", one.text, width)
        yield from _items(one.items, depth + 1, width)


def _facts(pairs: Pairs, width: int) -> Iterator[str]:
    column = min(max((_columns(label) for label, _ in pairs), default=0), 24) + 2
    for label, value in pairs:
        if _columns(label) >= column:
            yield from _wrapped(label, width)
            yield from _hung("    ", value, width)
            continue
        yield from _hung(label + " " * max(column - _columns(label), 1), value, width)


def _table(table: Table, width: int) -> Iterator[str]:
    """Columns where they fit, lettered where their titles are long; else a list of rows."""
    yield from _wrapped(table.caption, width)
    inside = width - 2
    lettered = (table.header[0], *_LETTERS[: len(table.header) - 1])
    if _fits([table.header, *table.rows], inside):
        yield from _columned([table.header, *table.rows], inside, numbers=table.numbers)
    elif len(lettered) == len(table.header) and _fits([lettered, *table.rows], inside):
        for letter, title in zip(lettered[1:], table.header[1:], strict=True):
            yield from _hung(f"  {letter}  ", title, width)
        yield from _columned([lettered, *table.rows], inside, numbers=table.numbers)
    else:
        for row in table.rows:
            if table.numbers:
                yield from _hung("• ", row[0], width)
                for label, cell in zip(table.header[1:], row[1:], strict=True):
                    yield from _hung(f"    {label}: ", cell or "–", width)
            else:
                yield from _hung("• ", " – ".join(cell for cell in row if cell), width)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(_columns(row[place]) for row in rows) for place in range(len(rows[0]))]


def _fits(rows: Sequence[Sequence[str]], width: int) -> bool:
    first, *others = _widths(rows)
    return min(first, _LEAST) + sum(others) + 2 * len(others) <= width


def _columned(rows: Sequence[Sequence[str]], width: int, *, numbers: bool) -> Iterator[str]:
    """Aligned columns; a first cell that is too long goes over several lines."""
    first, *others = _widths(rows)
    first = min(first, width - sum(others) - 2 * len(others))
    for row in rows:
        lead, *rest = _wrapped(row[0], first) or [""]
        cells = [lead + " " * (first - _columns(lead))]
        for cell, size in zip(row[1:], others, strict=True):
            blank = " " * (size - _columns(cell))
            cells.append(blank + cell if numbers else cell + blank)
        yield "  " + "  ".join(cells)
        yield from (f"  {line}" for line in rest)


def _hung(lead: str, text: str, width: int) -> list[str]:
    indent = " " * min(_columns(lead), width // 2)
    first, *rest = _wrapped(text, max(width - len(indent), 20)) or [""]
    return [lead + first, *(indent + line for line in rest)]


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of a text; words that are wider than a line (and Chinese) break inside."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if _columns(paragraph) == len(paragraph):
            lines += textwrap.wrap(paragraph, width, break_on_hyphens=False) or [""]
        else:
            lines += _wrapped_wide(paragraph, width)
    return lines


def _wrapped_wide(text: str, width: int) -> list[str]:
    lines, line, used = [], "", 0
    for token in re.findall(r"[\x21-\x7e\u00a1-\u2e7f]+\s*|.", text):
        size = _columns(token)
        if line and used + _columns(token.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
        line, used = line + token, used + size
    return [*lines, line.rstrip()]


def _columns(text: str) -> int:
    """How many terminal columns a text takes; East Asian characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )
