"""The outline of eligibility text: sections, and items as they nest, whatever marks them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from trialrun.criteria.criterion import CriterionKind
from trialrun.criteria.text_reader.enumeration import split_enumeration
from trialrun.criteria.text_reader.headings import (
    is_neutral_label,
    read_heading,
    read_lead_in,
    says_nothing,
    says_others_apply,
)
from trialrun.criteria.text_reader.lines import Line, read_lines
from trialrun.criteria.text_reader.plain import Plain, read_plain

_NO_SENTENCE_END = re.compile(r"[^.;:!?]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One criterion's own words and what nests below it.

    `scope` is the label above it that may restrict whom it holds for; `doubtful` says that its
    place in the outline can be seen in two ways.
    """

    text: Plain
    below: tuple[Item, ...] = ()
    scope: Plain | None = None
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items under one heading. `kind` is None where no heading says what they are."""

    kind: CriterionKind | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """All sections in order, and the lines that are headings and no criteria."""

    sections: tuple[Section, ...]
    headings: tuple[Plain, ...]


@dataclass(slots=True)
class _Draft:
    start: int
    end: int
    text: Plain
    number: int | None
    style: str
    scope: Plain | None
    doubtful: bool = False
    below: list[_Draft] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    indent: int
    style: str
    number: int | None
    items: list[_Draft]


@dataclass(slots=True)
class _Builder:
    stored: str
    sections: list[tuple[CriterionKind | None, list[_Draft]]] = field(default_factory=list)
    headings: list[Plain] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    heading_scope: Plain | None = None
    label_scope: Plain | None = None
    marked: bool = False  # whether the section has list markers

    def section(self, kind: CriterionKind | None, scope: Plain | None) -> None:
        """Begin a section."""
        self.sections.append((kind, []))
        self.levels = []
        self.heading_scope, self.label_scope = scope, None
        self.marked = False

    @property
    def items(self) -> list[_Draft]:
        """The top items of the section in hand."""
        if not self.sections:
            self.section(None, None)
        return self.sections[-1][1]

    @property
    def last(self) -> _Draft | None:
        """The item that was added last."""
        if not self.levels or not self.levels[-1].items:
            return None
        return self.levels[-1].items[-1]

    def read(self, line: Line, following: Line | None) -> None:
        """One line: a heading, a label, an item, or more of the item before."""
        text = line.content.text
        heading = read_heading(text, marked=bool(line.style))
        if heading is not None:
            title = line.content.cut(0, heading.end)
            self.headings.append(title)
            self.section(heading.kind, None if heading.everybody else title)
            rest = line.content.cut(heading.end)
            if rest.text:
                self.rest(rest, line, following)
            return
        if self.announces(line):
            return
        if says_nothing(text) and (not line.style or says_others_apply(text)):
            self.headings.append(line.content)
        elif line.style:
            self.marked = True
            self.place(line)
        else:
            self.unmarked(line, following)

    def rest(self, text: Plain, line: Line, following: Line | None) -> None:
        """What stands behind a heading in its line."""
        inner = read_lines(self.stored[: text.span[1]])[-1]
        at = inner.content.span[0]
        content = inner.content if at >= text.span[0] else text
        style = inner.style if at > text.span[0] else ""
        self.read(Line(line.indent, style, inner.number, content, True), following)

    def announces(self, line: Line) -> bool:
        """Whether the line only announces the list below."""
        lead = read_lead_in(line.content.text)
        if lead is None:
            return False
        self.headings.append(line.content)
        scope = None if lead.everybody else line.content
        kind = self.sections[-1][0] if self.sections else None
        if kind != lead.kind or (self.items and not line.style):
            keep = self.heading_scope if kind == lead.kind else None
            self.section(lead.kind, scope or keep)
        else:
            self.heading_scope = scope or self.heading_scope
            self.levels = []
        return True

    def place(self, line: Line) -> None:
        """A marked line: by indentation, and where that is lost, by its numbering."""
        while len(self.levels) > 1 and line.indent < self.levels[-1].indent:
            self.levels.pop()
        doubtful = False
        if not self.levels or line.indent < self.levels[-1].indent:
            self.levels = [_Level(line.indent, line.style, None, self.items)]
        elif line.indent > self.levels[-1].indent + 1 and self.last is not None:
            self.deeper(line)
        elif not self.continues(line):
            doubtful = self.same_depth(line)
        elif self.outer(line) is not None and line.number is not None:
            doubtful = True
        level = self.levels[-1]
        level.style, level.number = line.style, line.number
        self.add(line, doubtful)

    def continues(self, line: Line) -> bool:
        """Whether a line of the same depth goes on with the list in hand."""
        level = self.levels[-1]
        if line.style != level.style:
            return False
        return line.number is None or level.number is None or line.number == level.number + 1

    def outer(self, line: Line) -> int | None:
        """The enclosing list of the same depth that this line would go on with."""
        for place in range(len(self.levels) - 2, -1, -1):
            level = self.levels[place]
            fits = line.number is None or (
                level.number is not None and line.number == level.number + 1
            )
            if level.style == line.style and level.indent == line.indent and fits:
                return place
        return None

    def same_depth(self, line: Line) -> bool:
        """A line that does not go on with its list: back to an outer one, or a lost nesting."""
        place = self.outer(line)
        last = self.last
        if place is not None:
            del self.levels[place + 1 :]
            return False
        opens = last is not None and last.text.text.endswith((":", "："))
        if opens and (line.number == 1 or line.style != self.levels[-1].style):
            self.deeper(line)
        return False

    def deeper(self, line: Line) -> None:
        """A list below the last item."""
        assert self.last is not None
        self.levels.append(_Level(line.indent, line.style, None, self.last.below))

    def add(self, line: Line, doubtful: bool = False) -> None:
        """An item at the end of the list in hand."""
        start, end = line.content.span
        self.levels[-1].items.append(
            _Draft(
                start, end, line.content, line.number, line.style,
                self.label_scope or self.heading_scope, doubtful,
            )
        )  # fmt: skip

    def unmarked(self, line: Line, following: Line | None) -> None:
        """A line without marker: more of an item, a label, or an item of its own."""
        last = self.last
        text = line.content.text
        if last is not None and self.goes_on(line, last):
            last.end = line.content.span[1]
            last.text = read_plain(self.stored, last.start, last.end)
            return
        owner = self.owner(line)
        if owner is not None:
            if owner.below:
                self.levels.append(_Level(line.indent, "", None, owner.below))
                self.add(line)
            else:
                owner.end = line.content.span[1]
                owner.text = read_plain(self.stored, owner.start, owner.end)
            return
        opens = text.endswith((":", "：")) or (
            following is not None
            and bool(following.style)
            and len(text) <= 80
            and bool(_NO_SENTENCE_END.search(text))
        )
        if opens and following is not None:
            self.headings.append(line.content)
            self.label_scope = None if is_neutral_label(text) else line.content
            self.levels = []
            return
        self.levels = [_Level(line.indent, "", None, self.items)]
        self.add(line)

    def goes_on(self, line: Line, last: _Draft) -> bool:
        """Whether an unmarked line is more of the last item."""
        if line.after_blank or last.below:
            return False
        if last.style:
            return True
        return line.content.text[:1].islower() and bool(_NO_SENTENCE_END.search(last.text.text))

    def owner(self, line: Line) -> _Draft | None:
        """The item that an indented paragraph belongs to."""
        for level in reversed(self.levels):
            if level.items and level.indent < line.indent and level.style:
                return level.items[-1]
        return None


def read_outline(stored: str) -> Outline:
    """Sections and items of eligibility text, each with its place."""
    builder = _Builder(stored)
    lines = read_lines(stored)
    for line, following in zip_longest(lines, lines[1:]):
        builder.read(line, following)
    return Outline(
        sections=tuple(
            Section(kind=kind, items=_items(drafts)) for kind, drafts in builder.sections if drafts
        ),
        headings=tuple(builder.headings),
    )


def _items(drafts: list[_Draft]) -> tuple[Item, ...]:
    """Finished items; a line that enumerates becomes several."""
    items: list[Item] = []
    for draft in drafts:
        below = _items(draft.below)
        head, parts, beside = split_enumeration(draft.text, draft.number, draft.style)
        if not parts and len(drafts) == 1 and not draft.style and not below:
            parts, beside = _sentences(draft.text), True
            head = parts[0] if parts else draft.text
            parts = parts[1:]
        common = {"scope": draft.scope, "doubtful": draft.doubtful}
        inner = tuple(_item(part, draft) for part in parts)
        if beside:
            items.append(Item(text=head, below=() if inner else below, **common))  # type: ignore[arg-type]
            items.extend(inner)
            if inner and below:
                items[-1] = Item(text=inner[-1].text, below=below, **common)  # type: ignore[arg-type]
        else:
            items.append(Item(text=head, below=(*inner, *below), **common))  # type: ignore[arg-type]
    return tuple(items)


def _item(text: Plain, draft: _Draft) -> Item:
    return Item(text=text, scope=draft.scope, doubtful=draft.doubtful)


def _sentences(text: Plain) -> tuple[Plain, ...]:
    """The parts of a lone paragraph that semicolons part, if there are several."""
    places = [match.end() for match in re.finditer(r";\s", text.text)]
    if not places:
        return ()
    bounds = [0, *places, len(text.text)]
    return tuple(text.cut(start, end) for start, end in pairwise(bounds) if start < end)
