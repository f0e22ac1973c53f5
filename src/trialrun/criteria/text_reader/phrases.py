"""The closed lists of words and phrases by which every word of a criterion is accounted for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.words import Token, phrase
from trialrun.vocabulary.table import variables


@cache
def bag(name: str) -> frozenset[str]:
    """A list of words, as tokens say them; empty where there is no such list."""
    return frozenset(phrase(_lists()["words"].get(name, "")))


@cache
def phrases(name: str) -> tuple[tuple[str, ...], ...]:
    """A list of phrases, as tokens say them, the longest first."""
    found = dict.fromkeys(phrase(text) for text in _lists()["phrases"][name])
    return tuple(sorted(found, key=lambda words: -len(words)))


@cache
def _by_first_word(name: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for words in phrases(name):
        found[words[0]] = (*found.get(words[0], ()), words)
    return found


def begins_with(name: str, tokens: Sequence[Token], at: int = 0) -> int:
    """How many tokens the longest phrase of a list takes that stands at `at`; 0 for none."""
    if at >= len(tokens):
        return 0
    for words in _by_first_word(name).get(tokens[at].norm, ()):
        if all(
            at + place < len(tokens) and tokens[at + place].norm == word
            for place, word in enumerate(words)
        ):
            return len(words)
    return 0


@cache
def known_words() -> frozenset[str]:
    """Every word that some list or some variable knows: a clause with another is not read."""
    words = {word for name in _lists()["words"] for word in bag(name)}
    words |= {word for name in _lists()["phrases"] for one in phrases(name) for word in one}
    words |= set(NUMBER_WORDS) | {"i", "ii", "iii", "iv", "v", "such", "as", "interval", "if"}
    for row in variables().values():
        words |= set(row.name.split("_"))
        for text in (*row.synonyms, *row.values):
            words |= set(phrase(text))
    return frozenset(words)


@cache
def _lists() -> Mapping[str, Mapping[str, Any]]:
    source = files("trialrun.criteria.text_reader").joinpath("phrases.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
