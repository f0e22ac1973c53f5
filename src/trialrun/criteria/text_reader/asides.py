"""Words that are put in and say nothing of their own: `i.e.`, `approx.`, `and including`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_SAID: tuple[tuple[str, ...], ...] = (
    ("i", ".", "e", "."), ("i", ".", "e"), ("approx", "."), ("ca", "."), ("incl", "."), ("ie",),
    ("that", "is", ","),
)  # fmt: skip
# "between, and including, 18 and 65 years"
_BETWEEN: tuple[tuple[str, ...], ...] = (
    ("between", ",", "and", "including", ","), ("between", "and", "including"),
    ("between", "(", "and", "including", ")"), ("between", ",", "inclusive", ","),
    ("between", ",", "and", "inclusive", "of", ","), ("between", "(", "inclusive", ")"),
)  # fmt: skip


def read_aside(tokens: Sequence[Token], at: int) -> Terminal | None:
    """Such words as one terminal that adds nothing, with the "between" in front of them."""
    norms = tuple(token.norm for token in tokens[at : at + 6])
    for words in _BETWEEN:
        if norms[: len(words)] == words:
            return Terminal("B", at, at + len(words))
    for words in _SAID:
        if norms[: len(words)] == words:
            return Terminal("f", at, at + len(words))
    return None
