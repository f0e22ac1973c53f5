"""Levels that are listed without spaces: the "0,1" of "ECOG 0,1 or 2"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialrun.criteria.text_reader.words import Token

# Words of scales whose levels are whole numbers, so many tokens in front of "1,2".
_OF_LEVELS = frozenset(
    ["ecog", "performance", "ps", "zubrod", "nyha", "asa", "grade", "class", "stage", "mrs",
     "rankin"]
)  # fmt: skip
_LEVELS_NEAR = 8


def with_lists_parted(tokens: list[Token]) -> list[Token]:
    """With the "0,1" of "ECOG 0,1 or 2" as two numbers: levels in a row, and no decimal comma."""
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        digits = token.norm.split(",")
        if token.kind != "number" or len(digits) < 2 or not _in_a_row(digits):
            kept.append(token)
            continue
        behind = [other.norm for other in tokens[at + 1 : at + 4] if other.norm != ","]
        goes_on = behind[:1] in (["or"], ["and"], ["&"]) and _in_a_row([digits[-1], *behind[1:2]])
        before = {other.norm for other in kept[-_LEVELS_NEAR:]}
        compared = bool(kept) and kept[-1].kind == "op" and kept[-1].norm != "="
        if len(digits) < 3 and not goes_on and (compared or not before & _OF_LEVELS):
            kept.append(token)
            continue
        for place, digit in enumerate(digits):
            start = token.start + 2 * place
            if place:
                kept.append(replace(token, kind="sign", norm=",", start=start - 1, end=start))
            kept.append(replace(token, norm=digit, start=start, end=start + 1))
    return kept


def _in_a_row(digits: list[str]) -> bool:
    """Whether each is a figure, one more than the one before."""
    if len(digits) < 2 or not all(len(digit) == 1 and digit.isdigit() for digit in digits):
        return False
    return all(int(digit) == int(digits[0]) + place for place, digit in enumerate(digits))
