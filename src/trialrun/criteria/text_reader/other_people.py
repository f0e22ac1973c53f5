"""Whether an age is that of somebody else: a relative, the children somebody has."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.words import Token

_ENDS = frozenset({".", ";"})
_KIN = frozenset({"relative", "family", "sibling", "cousin"})
_GUARDIANS = frozenset({"guardian", "caregiver", "carer", "caretaker", "spouse"})
_CHILDREN = frozenset({"child", "children", "infant", "kid", "son", "daughter", "baby"})
_OF = frozenset({"parent", "mother", "father", "caregiver", "caring", "care"})
_SMALL = frozenset({"a", "an", "at", "least", ">=", "one", "1", "two", "their", "her", "his", "own",
                    "young", "other", "minor", "dependent", "biological", "of", "for", "or", "more",
                    "any", "the"})  # fmt: skip
_SAID = frozenset(
    {"aged", "age", "is", "are", "be", "must", "should", "who", "(", ",", "old", "year"}
)  # fmt: skip
_PARENTS = frozenset({"woman", "women", "mother", "parent", "family", "families"})
_FAR, _NEAR = 16, 8  # tokens


def of_somebody_else(tokens: Sequence[Token], at: int) -> bool:
    """`relatives under 50 years`, `has children aged 6 to 12`, `a guardian over 18 years`."""
    for place in range(at - 1, max(at - _FAR, -1), -1):
        norm = tokens[place].norm
        if norm in _ENDS or norm in bag("subjects"):
            return False
        if norm in _KIN:
            return True
        if norm in _GUARDIANS:
            return all(token.norm in _SAID for token in tokens[place + 1 : at])
        if norm in _CHILDREN and at - place <= _NEAR:
            return _has_them(tokens, place)
    return False


def _has_them(tokens: Sequence[Token], at: int) -> bool:
    """Whether somebody has, lives with or is the parent of the children at `at`."""
    place = at - 1
    while place >= 0 and tokens[place].norm in _SMALL:
        place -= 1
    if place < 0:
        return False
    said = tokens[place].norm
    whole = place <= 2 and all(token.norm in bag("subjects") | _SAID for token in tokens[:place])
    if said in {"have", "has", "having"}:
        return whole
    lives = said == "with" and place > 0 and tokens[place - 1].norm in {"live", "lived", "living"}
    if said in {"breastfeeding", "nursing"}:
        return True
    if said == "with" and place > 0 and tokens[place - 1].norm in _PARENTS:
        return True  # "women with infants under 6 months"
    of = tokens[place + 1].norm in {"of", "for"} and said in _OF
    return lives or of
