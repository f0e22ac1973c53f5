"""Scales that are named behind their levels: the ASA of "status I-II according to the ASA"."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.lexicon import find_measured
from trialrun.criteria.text_reader.row import ROMAN
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.variable import Kind, Variable

_JOINS = frozenset({"or", "and", "to", "through", "-", "~", ",", "/", "(", ")"})
_LEADS = frozenset(
    {"according", "by", "per", "of", "on", "in", "the", "as", "using", "based", "with", "class",
     "grade", "status", "level", "modified", "classified", "defined", "determined", "assessed",
     "scored", "risk", "patient"}
)  # fmt: skip
_FAR = 12  # tokens


def scale_ahead(text: str, tokens: Sequence[Token], at: int) -> Variable | None:
    """The scale of whole numbers whose name follows a roman number, across words that link them."""
    if tokens[at].norm not in ROMAN or not text[tokens[at].start : tokens[at].end].isupper():
        return None
    for place in range(at + 1, min(at + _FAR, len(tokens))):
        norm = tokens[place].norm
        if norm in ROMAN or norm in _JOINS:
            continue
        named = find_measured(tokens, place)
        if named is not None and tokens[place].kind == "word":
            rows = (one.row for one in named[0] if one.exact or one.row.name == "asa_class")
            found = next((row for row in rows if row.kind is Kind.ORDINAL), None)
            if found is not None:
                return found
        if norm not in _LEADS:
            return None
    return None
