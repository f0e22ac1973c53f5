"""Names of what is measured with one letter wrong: `hemaglobin`, `platlets`, `creatnine`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from trialrun.criteria.text_reader.phrases import bag, known_words
from trialrun.criteria.text_reader.words import Token

_SHORTEST = 7
_SLIPS = {"adn": "and", "nad": "and", "abd": "and"}


def well_spelt(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens, where an unknown word is one slip away from a word that few others look like."""
    return tuple(
        replace(token, norm=_SLIPS.get(token.norm) or _corrected(token.norm))
        if token.kind == "word"
        else token
        for token in tokens
    )


@cache
def _corrected(word: str) -> str:
    if word.startswith(("hyper", "hypo")) and word.endswith("emic"):
        word = f"{word[:-1]}a"  # "hypercholesterolemic (> 240 mg/dL)"
    if len(word) < _SHORTEST or not word.isalpha() or word in known_words():
        return word
    near = {target for key in _shortened(word) for target in _targets().get(key, ())}
    close = [target for target in sorted(near) if _one_slip(word, target)]
    return close[0] if len(close) == 1 else word


@cache
def _targets() -> Mapping[str, tuple[str, ...]]:
    """Those words by what is left of them without one of their letters."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(bag("well_spelt")):
        for key in _shortened(word):
            found[key] = (*found.get(key, ()), word)
    return found


def _shortened(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_slip(word: str, target: str) -> bool:
    """One letter too much, missing, wrong, or two that changed places; the first is right."""
    if word[0] != target[0]:
        return False
    start = 0
    while start < min(len(word), len(target)) and word[start] == target[start]:
        start += 1
    left, right = word[start:], target[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]
