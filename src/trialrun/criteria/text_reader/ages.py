"""Whose age a limit is, and where words behind it say that it is one."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_BEING = frozenset({"must", "should", "be", "is", "are", "who", "aged", "age", "of", ","})
_BEGAN = frozenset({"onset", "diagnosed", "diagnosis", "began", "begun", "started", "manifested"})
_HABITS = frozenset({"smoking", "smoked", "drinking", "treatment", "therapy"})
_THEN = frozenset({"before", "prior", "after", "by"})


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


def of_signing(tokens: Sequence[Token], at: int) -> bool:
    """Whether an age only says who signs: `the guardian signs the consent for children aged …`."""
    near: list[str] = []
    for token in reversed(tokens[max(at - 10, 0) : at]):
        if token.norm in {".", ";", ","}:
            break
        near.append(token.norm)
    if not set(near) & {"consent", "assent"}:
        return False
    bare = [word for word in near if word not in _BEING | {"("}]
    if bare[:1] == ["for"]:
        return True  # "who consents (for ages ≥ 18 years)"
    people = bare[0] if bare else ""
    place = near.index(people) if people else len(near)
    return people in bag("people_of_age") and near[place + 1 : place + 2] in (["for"], ["of"])


def begins_near(tokens: Sequence[Token], at: int) -> bool:
    """Whether words in front say that something began: `onset of disease before …`."""
    for token in reversed(tokens[max(at - 8, 0) : at]):
        if token.norm in {".", ";", ","}:
            return False
        if token.norm in _HABITS:
            return False
        if token.norm in _BEGAN:
            return True
    return False


def began_at(tokens: Sequence[Token], at: int) -> bool:
    """Whether an age that begins at `at` is how old somebody was when something began."""
    place = at - 1
    while place >= 0 and tokens[place].norm == "the":
        place -= 1
    if [token.norm for token in tokens[max(at - 2, 0) : at]] == ["onset", "("]:
        return True  # "childhood onset (≤ 16 years of age)"
    then = tokens[at].norm in _THEN or (place >= 0 and tokens[place].norm == "at")
    return then and begins_near(tokens, at)


def behind_age(tokens: Sequence[Token], row: Sequence[Terminal], end: int) -> bool:
    """Whether "years of age" or "years old" stands behind a number with a plus."""
    if end >= len(row) or row[end - 1].letter not in "MW":
        return False
    words = [token.norm for token in tokens[row[end].start :][:3]]
    return words[:1] == ["year"] and bool({"age", "old"} & set(words))
