"""Levels that are joined by another language's "and": `ASA I e II`, `NYHA II und III`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.row import ROMAN
from trialrun.criteria.text_reader.words import Token

_AND = frozenset({"e", "y", "et", "und", "ed", "en"})


def with_joined_levels(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens, with such a word between two Roman numbers as "and"."""
    found = list(tokens)
    for at in range(1, len(found) - 1):
        ends = {found[at - 1].norm, found[at + 1].norm}
        if found[at].norm in _AND and ends <= ROMAN.keys():
            found[at] = replace(found[at], norm="and")
    return tuple(found)
