"""What a report is made of: sections of blocks, each a closed kind that a renderer knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from trialrun.results.cell import Cell
from trialrun.results.figures.frame import Figure
from trialrun.results.listing import Listing
from trialrun.results.table import Table
from trialrun.results.words import Words


class Tone(Enum):
    """How a sentence is set."""

    TEXT = "text"
    NOTE = "note"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    words: Words
    tone: Tone = Tone.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One headline number: what it is, the number, and a line about it."""

    title: Words
    cell: Cell
    about: Words | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """Headline numbers side by side."""

    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a name and what it is."""

    pairs: tuple[tuple[Words, Words], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that was answered by assumption, and who may answer it."""

    id: str
    asked: Words
    assumed: Words
    asked_of: Words


@dataclass(frozen=True, slots=True)
class Questions:
    """All of them."""

    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """A block that is closed until somebody opens it."""

    title: Words
    block: Table | Listing


Block: TypeAlias = Prose | Tiles | Facts | Questions | Table | Listing | Figure | Folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report; `id` is its anchor."""

    id: str
    title: Words
    blocks: tuple[Block, ...]
