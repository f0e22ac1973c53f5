"""A record as a sheet to be read: sections in the order of the registry's page, made of few parts.

The sheet is words in one language; how it looks (text, HTML) is left to the views.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from trialrun.record.prose import Block, read_prose
from trialrun.wording.catalogue import Locale, say

Pairs: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values."""

    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Prose:
    """The sponsor's own text."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """A list of short names."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing of several: a group, an intervention, a person."""

    title: str
    badges: tuple[str, ...] = ()
    facts: Pairs = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Entries:
    """Several things of one kind."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a header; the first column names the row. Numbers stand right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence of ours; `warns` where a reader should stop."""

    text: str
    warns: bool = False


Part: TypeAlias = Facts | Prose | Names | Entries | Table | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its parts; `anchor` names it inside a document."""

    anchor: str
    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole record: its title, number, the badges of its state, and its sections."""

    title: str
    number: str
    badges: tuple[
        tuple[str, str], ...
    ]  # (words, tone), tone: open, closed, stopped, unknown, plain
    sections: tuple[Section, ...]


def section(key: str, locale: Locale, *parts: Part | None) -> Section:
    """A section named by its catalogue key; parts that say nothing are left out."""
    return Section(
        anchor=key.replace("_", "-"),
        heading=say(f"record.{key}", locale),
        parts=tuple(part for part in parts if part is not None and _says_something(part)),
    )


def facts(locale: Locale, *pairs: tuple[str, str | None]) -> Facts:
    """Labels by catalogue key; those without a value are left out."""
    return Facts(tuple((say(f"record.{key}", locale), value) for key, value in pairs if value))


def prose(text: str | None) -> Prose:
    """The sponsor's text, or an empty part."""
    return Prose(read_prose(text or ""))


def joined(words: Sequence[str], locale: Locale) -> str:
    """Words in a row, parted as the language does."""
    return say("record.comma", locale).join(word for word in words if word)


def yes_or_no(value: bool | None, locale: Locale) -> str:
    """Yes, no, or nothing where the record does not say."""
    return "" if value is None else say("record.yes" if value else "record.no", locale)


def _says_something(part: Part) -> bool:
    match part:
        case Facts(pairs):
            return bool(pairs)
        case Prose(blocks):
            return bool(blocks)
        case Names(names):
            return bool(names)
        case Entries(entries):
            return bool(entries)
        case Table():
            return bool(part.rows)
        case Note():
            return bool(part.text)
