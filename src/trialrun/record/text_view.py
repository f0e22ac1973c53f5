"""A sheet as plain text for a terminal or a file: wrapped, indented, no colours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from trialrun.record.prose import Block, Item
from trialrun.record.sheet import Entries, Facts, Names, Note, Pairs, Part, Prose, Sheet, Table
from trialrun.wording.terminal import columns, hung, wrapped

WIDTH = 88

_LEAST = 30  # columns of a table's first column before the table becomes a list
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# A record's text must not steer the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def render_text(sheet: Sheet, *, width: int = WIDTH) -> str:
    """The whole sheet, no line longer than `width` columns where words allow it."""
    lines = [*wrapped(sheet.title, width), sheet.number]
    lines += wrapped(" · ".join(words for words, _ in sheet.badges), width)
    for one in sheet.sections:
        lines += ["", one.heading, "─" * columns(one.heading)]
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
            return [line for one in names for line in hung("• ", one, width)]
        case Entries(entries):
            lines: list[str] = []
            for place, one in enumerate(entries):
                badges = f"[{' · '.join(one.badges)}]" if one.badges else ""
                lines += [""] if place and (one.blocks or one.facts) else []
                if columns(one.title) + columns(badges) + 2 <= width:
                    lines.append(f"{one.title}  {badges}")
                else:
                    lines += [*wrapped(one.title, width), *hung("  ", badges, width)]
                inner = [*_blocks(one.blocks, width - 2), *_facts(one.facts, width - 2)]
                lines += [f"  {line}" if line else "" for line in inner]
            return lines
        case Table():
            return list(_table(part, width))
        case Note():
            return [*wrapped(("! " if part.warns else "") + part.text, width)]


def _blocks(blocks: Sequence[Block], width: int) -> Iterator[str]:
    for place, block in enumerate(blocks):
        if place:
            yield ""
        if block.items:
            yield from _items(block.items, 0, width)
        else:
            yield from wrapped(block.text, width)


def _items(items: Sequence[Item], depth: int, width: int) -> Iterator[str]:
    for one in items:
        yield from hung("   " * depth + (one.marker or "•") + " ", one.text, width)
        yield from _items(one.items, depth + 1, width)


def _facts(pairs: Pairs, width: int) -> Iterator[str]:
    column = min(max((columns(label) for label, _ in pairs), default=0), 24) + 2
    for label, value in pairs:
        if columns(label) >= column:
            yield from wrapped(label, width)
            yield from hung("    ", value, width)
            continue
        yield from hung(label + " " * max(column - columns(label), 1), value, width)


def _table(table: Table, width: int) -> Iterator[str]:
    """Columns where they fit, lettered where their titles are long; else a list of rows."""
    yield from wrapped(table.caption, width)
    inside = width - 2
    lettered = (table.header[0], *_LETTERS[: len(table.header) - 1])
    if _fits([table.header, *table.rows], inside):
        yield from _columned([table.header, *table.rows], inside, numbers=table.numbers)
    elif len(lettered) == len(table.header) and _fits([lettered, *table.rows], inside):
        for letter, title in zip(lettered[1:], table.header[1:], strict=True):
            yield from hung(f"  {letter}  ", title, width)
        yield from _columned([lettered, *table.rows], inside, numbers=table.numbers)
    else:
        for row in table.rows:
            if table.numbers:
                yield from hung("• ", row[0], width)
                for label, cell in zip(table.header[1:], row[1:], strict=True):
                    yield from hung(f"    {label}: ", cell or "–", width)
            else:
                yield from hung("• ", " – ".join(cell for cell in row if cell), width)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(columns(row[place]) for row in rows) for place in range(len(rows[0]))]


def _fits(rows: Sequence[Sequence[str]], width: int) -> bool:
    first, *others = _widths(rows)
    return min(first, _LEAST) + sum(others) + 2 * len(others) <= width


def _columned(rows: Sequence[Sequence[str]], width: int, *, numbers: bool) -> Iterator[str]:
    """Aligned columns; a first cell that is too long goes over several lines."""
    first, *others = _widths(rows)
    first = min(first, width - sum(others) - 2 * len(others))
    for row in rows:
        lead, *rest = wrapped(row[0], first) or [""]
        cells = [lead + " " * (first - columns(lead))]
        for cell, size in zip(row[1:], others, strict=True):
            blank = " " * (size - columns(cell))
            cells.append(blank + cell if numbers else cell + blank)
        yield "  " + "  ".join(cells)
        yield from (f"  {line}" for line in rest)
