"""What readers share: the item in hand, what a reading found, and what it leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialrun.criteria.criterion import CriterionKind
from trialrun.criteria.nodes import Node
from trialrun.criteria.text_reader.words import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question in the making: its topic, what fills its sentence, and the words it is about."""

    topic: str
    words: Mapping[str, str] = field(default_factory=dict)
    start: int = 0
    end: int = 0
    choices: tuple[str, ...] = ()
    assumed: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A rule for some words, all of them accounted for.

    `sure` is False where they can be read in another way as well: the criterion is then only
    partly read. A question alone ("which upper limit?") does not make a reading unsure.
    """

    node: Node
    asks: tuple[Ask, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The record's structured limits, in years where they are given in years."""

    minimum_age: tuple[str, str] | None = None  # number, UCUM unit
    maximum_age: tuple[str, str] | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One item's text and kind, with the record's fields for cross-checks."""

    text: str
    kind: CriterionKind
    fields: Fields = field(default_factory=Fields)
    # What parts of this text gave, so that none is read twice.
    seen: dict[tuple[Token, ...], Reading | None] = field(default_factory=dict, compare=False)

    def words(self, tokens: Sequence[Token]) -> str:
        """The words of these tokens as they stand in the text, with what stands between."""
        start, end = _bounds(tokens)
        return self.text[start:end]

    def ask(self, topic: str, tokens: Sequence[Token], **more: str) -> Ask:
        """A question about these tokens."""
        start, end = _bounds(tokens)
        return Ask(topic=topic, words={"words": self.text[start:end], **more}, start=start, end=end)


def _bounds(tokens: Sequence[Token]) -> tuple[int, int]:
    # A reader may have put tokens in another order than the text's.
    starts = [token.start for token in tokens]
    return min(starts, default=0), max((token.end for token in tokens), default=0)


def norms(tokens: Sequence[Token]) -> tuple[str, ...]:
    """What the tokens say."""
    return tuple([token.norm for token in tokens])
