"""The name of something measured as a terminal, where its letters name that thing here."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.lexicon import Meaning, find_measured
from trialrun.criteria.text_reader.row import ROMAN, Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables

_OF_ANOTHER = frozenset({"related", "associated", "induced", "specific"})


def name_at(text: str, tokens: Sequence[Token], at: int) -> Terminal | None:
    """The name that begins at a token; None where none does, or where it is half of a word."""
    if tokens[at].kind == "sign" or _is_creatinine(text, tokens, at):
        return None
    named = find_measured(tokens, at) or _level_of_toxicity(tokens, at)
    if named is None or _is_of_another(text, tokens, named[1]):
        return None
    return Terminal("V", at, named[1], means=named[0])


def _is_creatinine(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether "(ACr)" only shortens a name of creatinine: its letters name something else."""
    aside = at > 0 and tokens[at - 1].norm == "(" and tokens[at + 1 : at + 2] != ()
    written = text[tokens[at].start : tokens[at].end]
    return aside and len(written) > 2 and written.endswith("Cr") and tokens[at - 2].norm != "("


def _is_of_another(text: str, tokens: Sequence[Token], end: int) -> bool:
    """Whether a name is half of a word that says of what another thing is: `obesity-related`."""
    if end >= len(tokens) or tokens[end].norm not in _OF_ANOTHER:
        return False
    return text[tokens[end - 1].end : tokens[end].start] == "-"


def _level_of_toxicity(tokens: Sequence[Token], at: int) -> tuple[tuple[Meaning, ...], int] | None:
    """The "level" of "level 2 neurotoxicity", which is a grade."""
    if tokens[at].norm != "level" or at + 2 >= len(tokens):
        return None
    graded = tokens[at + 1].kind == "number" or tokens[at + 1].norm in ROMAN
    toxic = graded and tokens[at + 2].norm.endswith(("toxicity", "toxicities"))
    return ((Meaning(variables()["toxicity_grade"], exact=True),), at + 1) if toxic else None
