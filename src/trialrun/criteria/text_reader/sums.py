"""Grades that are written as a sum: the "3 + 4" and the "4+3=7" of a Gleason score."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.variable import Variable

_PARTS = frozenset("12345")


def read_sum(
    tokens: Sequence[Token], at: int, scale: Variable | None, found: Sequence[Terminal]
) -> Terminal | None:
    """The sum that begins at a token; behind the same number ("7 (3+4)"), as what adds nothing."""
    if scale is None or scale.name != "gleason":
        return None
    norms = [token.norm for token in tokens[at : at + 5]]
    if len(norms) < 3 or norms[1] != "+" or not {norms[0], norms[2]} <= _PARTS:
        return None
    value = Decimal(norms[0]) + Decimal(norms[2])
    told = norms[3:] == ["=", str(value)]
    stop = at + (5 if told else 3)
    before = [one.amount.value for one in found[-2:-1] if one.amount is not None]
    if before == [value] and found[-1].letter in "PC=":
        return Terminal("f", at, stop)
    return Terminal("N", at, stop, amount=Amount(value, None, tokens[stop - 1].end))
