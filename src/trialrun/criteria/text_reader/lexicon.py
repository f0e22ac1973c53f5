"""Finds variables of the vocabulary by the words that criteria use for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from trialrun.criteria.text_reader.words import Token, phrase
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

# "glutamic (oxaloacetic) transaminase (SGOT)": names of one thing in a row.
LONGEST = 12


@cache
def _names(kinds: frozenset[Kind]) -> Mapping[tuple[str, ...], str]:
    return {
        phrase(synonym): row.name
        for row in variables().values()
        if row.kind in kinds
        for synonym in row.synonyms
    }


NUMERIC = frozenset({Kind.QUANTITY, Kind.ORDINAL})
CONDITION = frozenset({Kind.BOOLEAN})
CODED = frozenset({Kind.CODED})
ANY = NUMERIC | CONDITION | CODED


def named(norms: Sequence[str], kinds: frozenset[Kind]) -> str | None:
    """The variable that exactly these words name."""
    return _names(kinds).get(tuple(norms))


def find(
    tokens: Sequence[Token], at: int, end: int, kinds: frozenset[Kind]
) -> tuple[str, int] | None:
    """The variable whose longest name begins at `at`, and where the name ends."""
    names = _names(kinds)
    for stop in range(min(end, at + LONGEST), at, -1):
        name = names.get(tuple(token.norm for token in tokens[at:stop]))
        if name is not None:
            return name, stop
    return None
