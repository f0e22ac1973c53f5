"""Enumerations inside one line: `… 1) first; 2) second` is several items."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialrun.criteria.text_reader.plain import Plain

_MARKS = re.compile(
    r"(?:(?<=\s)|(?<=[;,:。；a-z](?=\(\d))|(?<=[;,:。；])|^)(?:"
    r"\((?P<both>\d{1,2})\)\.?(?=\s|[A-Z≥≤<>])|(?P<paren>\d{1,2})\)(?=\s|[A-Z≥≤<>])"
    r"|(?P<dot>\d{1,2})\.(?=\s[A-Z≥≤])"
    r"|\(?(?P<letter>[a-h])\)(?=\s|[A-Z≥≤<>])|(?P<circled>[①-⑳]))"
)


_NUMBERS = frozenset({"number-paren", "number-dot"})
_OWN: dict[str, frozenset[str]] = {
    "both": _NUMBERS, "paren": _NUMBERS, "dot": _NUMBERS,
    "letter": frozenset({"letter", "capital"}), "circled": frozenset({"circled"}),
}  # fmt: skip


def split_enumeration(
    text: Plain, number: int | None, style: str
) -> tuple[Plain, tuple[Plain, ...], bool]:
    """The words before, the enumerated parts, and whether those stand beside the first item.

    `number` and `style` are the mark of the line's own item: "1. first 2. second" are two items
    beside each other, "organs: 1) heart 2) liver" is one with two below.
    """
    for mark in ("both", "paren", "dot", "letter", "circled"):
        marks = [(match, place) for match, place in _found(text.text, mark)]
        own = number if style in _OWN[mark] else None
        run = _run(marks, own)
        if not run:
            continue
        bounds = [*(match.start() for match in run), len(text.text)]
        parts = tuple(
            text.cut(match.end(), end) for match, end in zip(run, bounds[1:], strict=True)
        )
        if any(not part.text for part in parts):
            continue
        head = text.cut(0, run[0].start())
        if not head.text:
            return parts[0], parts[1:], True
        beside = own is not None and _place(run[0], mark) == own + 1
        return head, parts, beside
    return text, (), False


def _found(text: str, style: str) -> Iterator[tuple[re.Match[str], int]]:
    for match in _MARKS.finditer(text):
        if match[style]:
            yield match, _place(match, style)


def _place(match: re.Match[str], style: str) -> int:
    mark = match[style]
    if style == "letter":
        return ord(mark) - ord("a") + 1
    return ord(mark) - ord("①") + 1 if style == "circled" else int(mark)


def _run(marks: list[tuple[re.Match[str], int]], own: int | None) -> list[re.Match[str]]:
    """Marks that count on from 1, or from the item's own number; at least two items in all."""
    for first in (1, None if own is None else own + 1):
        if first is None:
            continue
        run: list[re.Match[str]] = []
        for match, place in marks:
            if place == first + len(run):
                run.append(match)
        if len(run) >= (2 if first == 1 else 1):
            return run
    return []
