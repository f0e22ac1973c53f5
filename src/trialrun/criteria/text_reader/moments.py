"""At which moment of the study something is measured: `at the time of study entry`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_HEADS = frozenset(
    ["enrollment", "enrolment", "inclusion", "screening", "consent", "entry", "registration",
     "randomization", "randomisation", "baseline", "recruitment", "visit", "admission"]
)  # fmt: skip
_BESIDE = frozenset(
    ["the", "time", "moment", "date", "day", "point", "of", "study", "trial", "first", "initial",
     "screening", "inclusion", "enrollment", "signing", "informed", "written", "into", "in", "to",
     "patient", "baseline", "hospital"]
)  # fmt: skip
_THAT_IS = ["i", ".", "e", "."]
_LONGEST = 8  # words


def read_moment(tokens: Sequence[Token], at: int) -> Terminal | None:
    """The words of such a moment, or "i.e.", as one that adds nothing."""
    if [token.norm for token in tokens[at : at + 4]] == _THAT_IS:
        comma = [token.norm for token in tokens[at + 4 : at + 5]] == [","]
        return Terminal("f", at, at + 4 + comma)
    if tokens[at].norm != "at":
        return None
    stop = at + 1
    end = 0
    while stop < min(len(tokens), at + _LONGEST) and tokens[stop].norm in _BESIDE | _HEADS:
        if tokens[stop].norm in _HEADS:
            end = stop + 1
        stop += 1
    return Terminal("f", at, _past_visit(tokens, end)) if end else None


def _past_visit(tokens: Sequence[Token], end: int) -> int:
    """Past the number of a visit and its name: `at visit 1 (screening)`."""
    numbered = tokens[end - 1].norm == "visit" and end < len(tokens)
    if numbered and tokens[end].kind == "number":
        end += 1
    aside = [token.norm for token in tokens[end : end + 3]]
    named = len(aside) == 3 and aside[0] == "(" and aside[2] == ")" and aside[1] in _HEADS
    return end + 3 if named else end
