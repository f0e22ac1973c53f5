"""Whose age a limit is, and where words behind it say that it is one."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.terminals import Terminal
from trialrun.criteria.text_reader.words import Token

_BEING = frozenset({"must", "should", "be", "is", "are", "who", "aged", "age", "of", ","})


def of_another(tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int) -> bool:
    """Whether an age is that of a parent or a relative: `parent who is at least 18 years old`."""
    place = row[at].start - 1
    while place >= 0 and tokens[place].norm in _BEING:
        place -= 1
    if place >= 0 and tokens[place].norm in bag("relatives"):
        return True
    behind = tokens[row[end].start :][:5] if end < len(row) else ()
    return any(token.norm == "relative" for token in behind)


def of_contact(tokens: Sequence[Token], at: int) -> bool:
    """Whether an age is that of people at home: `household contacts who are under 2 years`."""
    for token in reversed(tokens[max(at - 45, 0) : at]):
        if token.norm in {".", ";"}:
            return False
        if token.norm in {"household", "contact"}:
            return True
    return False


def behind_age(tokens: Sequence[Token], row: Sequence[Terminal], end: int) -> bool:
    """Whether "years of age" or "years old" stands behind a number with a plus."""
    if end >= len(row) or row[end - 1].letter not in "MW":
        return False
    words = [token.norm for token in tokens[row[end].start :][:3]]
    return words[:1] == ["year"] and bool({"age", "old"} & set(words))
