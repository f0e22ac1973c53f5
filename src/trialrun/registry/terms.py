"""Words of trials as the terms that are searched: folded, split, without small words, stemmed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from trialrun.errors import MissingExtra

_WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_JOINED = 8  # letters and digits of a name such as IL-2 or CD-19
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa",
                        "λ": "lambda", "µ": "u", "μ": "u"})  # fmt: skip


def terms(text: str) -> Iterator[str]:
    """The terms of a text in its order.

    A name of letters and digits with a hyphen is one term beside its parts: IL-2 is il, 2 and il2.

    >>> list(terms("Relapsed leukaemias after IL-2, in the elderly"))
    ['relaps', 'leukaemia', 'il', 'il2', 'elder']
    """
    for match in _WORD.finditer(folded(text)):
        word = match.group()
        parts = word.split("-")
        for part in parts:
            if len(part) > 1 and part not in _small():
                yield stem(part)
        joined = "".join(parts)
        if len(parts) == 2 and len(joined) <= _JOINED and any(map(str.isdigit, joined)):
            yield joined


def folded(text: str) -> str:
    """The text in small letters without accents; Greek letters by their names."""
    plain = unicodedata.normalize("NFKD", text.lower()).translate(_GREEK)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The stem of an English word, by Porter's second algorithm (Snowball)."""
    return _stemmer()(word)


@cache
def _stemmer() -> Callable[[str], str]:
    try:
        import snowballstemmer
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "searching many records needs an optional part of Trialrun",
            remedy="Install it with: pip install 'trialrun[registry]'",
        ) from error
    stemming: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stemming


@cache
def _small() -> frozenset[str]:
    """Words that say nothing of what a trial is about."""
    source = files("trialrun.registry").joinpath("small_words.txt").read_text(encoding="utf-8")
    lines = (line for line in source.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())
