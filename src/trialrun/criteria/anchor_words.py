"""Words of time ("first dose", day_0) in the language of the reader, as far as it has them."""

from __future__ import annotations

import re
from functools import cache

from trialrun.wording.catalogue import Locale, say, topic

_ACT = "{act}"
_DROPPED = {"the", "a", "an"}


def anchor_words(word: str, locale: Locale = "en") -> str:
    """An anchor as a sentence says it; one that nobody has translated stays in its quotes.

    English keeps the protocol's own word, by which the reader finds its `[[anchor]]`.

    >>> anchor_words("first_chemotherapy", "zh"), anchor_words("harvest", "zh")
    ('首次化疗', '“harvest”')
    """
    if locale == "en":
        return word
    return _translated(_normal(word), locale) or f"“{word}”"


@cache
def _translated(words: str, locale: Locale) -> str | None:
    plain, patterns = _known()
    if words in plain:
        return say(f"anchors.{plain[words]}", locale)
    for pattern, key in patterns:
        match = pattern.fullmatch(words)
        act = None if match is None else _translated(match[1], locale)
        if act is not None:
            return say(f"anchors.{key}", locale, act=act)
    return None


@cache
def _known() -> tuple[dict[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """The English phrases of the catalogue by their keys; those around another, longest first."""
    phrases = {_normal(phrase): key for key, phrase in topic("anchors", "en").items()}
    around = sorted((one for one in phrases if _ACT in one), key=len, reverse=True)
    return (
        {phrase: key for phrase, key in phrases.items() if _ACT not in phrase},
        tuple((re.compile(phrase.replace(_ACT, "(.+)")), phrases[phrase]) for phrase in around),
    )


def _normal(word: str) -> str:
    """Without case, articles, underscores and hyphens."""
    words = re.sub(r"[_\s-]+", " ", word.casefold()).split()
    return " ".join(one for one in words if one not in _DROPPED)
