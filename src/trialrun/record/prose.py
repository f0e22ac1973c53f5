"""The registry's prose (markdown, or a page's plain text) as paragraphs and nested lists to show.

This is for the eye only. The stored text keeps its escapes and its lines; what a criterion means
is read from there, in another room.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_MARKER = re.compile(
    r"^(?P<indent>\s*)"
    r"(?P<marker>[*•·▪●–-]|\\[*-]|\(?\d{1,3}\\?[.)]|\(?[A-Za-z]\\?[.)]|\([ivx]{1,4}\))"
    r"(?:\s+(?P<text>.*))?$"
)
_NUMBER = re.compile(r"\d+")
_CRITERIA = re.compile(r"(?:key |main )?(?:in|ex)clusions?\b.{0,60}$", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!~|=&^$:/])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a list: its marker as written ("2.", or empty for a bullet), text, sub-items."""

    marker: str
    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading or a paragraph (`text`), or a list (`items`)."""

    text: str = ""
    heading: bool = False
    items: tuple[Item, ...] = ()


@dataclass(slots=True)
class _Open:
    """A list item while its list is being read."""

    indent: int
    marker: str
    lines: list[str]
    inner: list[_Open] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        found = _NUMBER.search(self.marker)
        return int(found[0]) if found else None

    def closed(self) -> Item:
        return Item(
            marker="" if self.marker in "*•·▪●–-" else self.marker,
            text=" ".join(self.lines),
            items=tuple(one.closed() for one in self.inner),
        )


def show_plainly(text: str) -> str:
    """The text without markdown escapes.

    >>> show_plainly("age \\\\>= 18")
    'age >= 18'
    """
    return _ESCAPED.sub(r"\1", text)


def read_prose(text: str) -> tuple[Block, ...]:
    """Paragraphs, headings and nested lists, in order; no word is left out."""
    blocks: list[Block] = []
    path: list[_Open] = []  # the open item of each level, outermost first
    tops: list[_Open] = []
    words: list[str] = []
    blank = True

    def end_paragraph() -> None:
        if words:
            blocks.append(_paragraph(words))
            words.clear()

    def end_list() -> None:
        if tops:
            blocks.append(Block(items=tuple(one.closed() for one in tops)))
            tops.clear()
            path.clear()

    for line in text.split("\n"):
        match = _MARKER.match(line)
        if not line.strip():
            end_paragraph()
            blank = True
            continue
        if match is not None:
            end_paragraph()
            _place(_item(match), tops, path)
        elif path and (not blank or len(line) - len(line.lstrip()) > path[0].indent):
            path[-1].lines.append(show_plainly(line.strip()))
        else:
            end_list()
            words.append(line.strip())
        blank = False
    end_paragraph()
    end_list()
    return tuple(blocks)


def _paragraph(lines: Sequence[str]) -> Block:
    text = show_plainly(" ".join(lines))
    return Block(text=text, heading=bool(_CRITERIA.match(text)) and not text.endswith((".", ";")))


def _item(match: re.Match[str]) -> _Open:
    text = show_plainly((match["text"] or "").strip())
    return _Open(
        indent=len(match["indent"].expandtabs(4)),
        marker=match["marker"].replace("\\", ""),
        lines=[text] if text else [],
    )


def _place(item: _Open, tops: list[_Open], path: list[_Open]) -> None:
    """Put an item at its level: by indentation, and in flat text by its number.

    Text of a registry page has lost its indentation. There, "1." right after an item that ends
    with a colon begins a list inside it, and the number that follows that item's ends the list.
    """
    while path and item.indent < path[-1].indent:
        path.pop()
    last = path[-1] if path else None
    if last is not None and item.indent == last.indent:
        begins_inner = item.number == 1 and last.number not in {None, 0} and _ends_open(last)
        if not begins_inner:
            level = _continued(item, path)
            del path[level:]
    (path[-1].inner if path else tops).append(item)
    path.append(item)


def _ends_open(item: _Open) -> bool:
    return bool(item.lines) and item.lines[-1].endswith((":", "："))


def _continued(item: _Open, path: Sequence[_Open]) -> int:
    """The level that an item of this number continues; the innermost one of its indentation."""
    inner = len(path) - 1
    for level in range(inner, -1, -1):
        one = path[level]
        if one.indent != item.indent:
            break
        if one.number is not None and item.number == one.number + 1:
            return level
    # An outer item of the same indentation, if the innermost holds numbers of another count.
    return inner
