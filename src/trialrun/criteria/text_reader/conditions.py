"""Statements that a condition is there, or not: `no arrhythmia`, `HIV positive`, `HBV carriers`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.nodes import In, Presence
from trialrun.criteria.text_reader.lexicon import CODED, CONDITION, find, named
from trialrun.criteria.text_reader.phrases import bag, begins_with
from trialrun.criteria.text_reader.statement import Reading, Statement, norms
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables

_SUBJECTS = bag("subjects")
_IMAGING, _THERAPY = bag("imaging"), bag("therapy")
_AROUND_WOMEN = bag("women") | _SUBJECTS


def read_condition(said: Statement, tokens: Sequence[Token]) -> Reading | None:
    """The rule of tokens that say one condition is there or not, all of them; else None."""
    tokens = tuple(tokens)
    negative = False
    for _ in range(12):
        reading = _bare(said, tokens, negative)
        if reading is not None:
            return reading
        denies = _taken("negations", tokens)
        if denies:
            if negative:
                return None
            negative, tokens = True, tokens[denies:]
            continue
        shorter = _shorter(tokens)
        if shorter is None:
            return None
        tokens = shorter
    return None


def negated(tokens: Sequence[Token]) -> int:
    """How many tokens at the beginning deny what follows."""
    at = 0
    for _ in range(6):
        if find(tokens, at, len(tokens), CONDITION) is not None:
            return 0  # "non-remission" is a name
        denies = _taken("negations", tokens[at:])
        if denies:
            return at + denies
        lead = _taken("condition_lead", tokens[at:])
        if not lead:
            return 0
        at += lead
    return 0


def _shorter(tokens: tuple[Token, ...]) -> tuple[Token, ...] | None:
    lead = _taken("condition_lead", tokens)
    if lead:
        return tokens[lead:]
    if tokens and tokens[-1].norm in _SUBJECTS:
        return tokens[:-1]
    return None


def _taken(name: str, tokens: Sequence[Token]) -> int:
    """How much a phrase of this list takes, if something is left behind it."""
    width = begins_with(name, tokens)
    return width if width < len(tokens) else 0


def _bare(said: Statement, tokens: tuple[Token, ...], negative: bool) -> Reading | None:
    """Exactly a condition's name, with what some conditions may carry."""
    coded = _test(tokens)
    if coded is not None and not negative:
        return coded
    said_norms = norms(tokens)
    name = named(said_norms, CONDITION)
    if name is None and len(said_norms) > 1 and "negative" in said_norms:
        name = _negative(said_norms)
        negative = not negative if name is not None else negative
    if name is None:
        name = _past(tokens) or _imaged(tokens) or _after_therapy(tokens) or _of_women(tokens)
    if name is None:
        return None
    asks = (said.ask("variable", tokens, variable=name),) if variables()[name].asks_en else ()
    return Reading(node=Presence(variable=name, present=not negative), asks=asks)


def _test(tokens: tuple[Token, ...]) -> Reading | None:
    """`negative pregnancy test`, `pregnancy test positive`."""
    said = norms(tokens)
    for value in ("negative", "positive"):
        if value in said:
            rest = tuple(word for word in said if word not in {value, "a", "result"})
            name = named(rest, CODED)
            if name is not None and value in variables()[name].values:
                return Reading(node=In(variable=name, values=(value,)))
    return None


def _negative(said: tuple[str, ...]) -> str | None:
    """`HBsAg negative`, `negative for HIV`: the contrary of what is called positive."""
    positive = tuple("positive" if word == "negative" else word for word in said)
    name = named(positive, CONDITION)
    if name is None and said[:2] == ("negative", "for"):
        name = named((*said[2:], "positive"), CONDITION) or named(said[2:], CONDITION)
        if name is not None and variables()[name].group != "infection":
            return None
    return name


def _past(tokens: tuple[Token, ...]) -> str | None:
    """A condition of the past, where the variable covers the whole past."""
    width = _taken("past", tokens)
    if not width:
        return None
    rest = tokens[width:]
    while rest and rest[0].norm in {"a", "an", "any", "the", "prior", "previous"}:
        rest = rest[1:]
    name = named(norms(rest), CONDITION)
    return name if name is not None and variables()[name].ever else None


def _imaged(tokens: tuple[Token, ...]) -> str | None:
    """`Chest CT showing pneumonia`: how a finding of the lung is seen."""
    if tokens[:1] and tokens[0].norm not in _IMAGING:
        return None
    for start in range(1, len(tokens)):
        name = named(norms(tokens[start:]), CONDITION)
        if name in {"pulmonary_inflammation", "pneumonia", "interstitial_lung_disease"}:
            return name if set(norms(tokens[:start])) <= _IMAGING else None
    return None


def _after_therapy(tokens: tuple[Token, ...]) -> str | None:
    """`no remission after induction chemotherapy`: the treatment belongs to the definition."""
    found = find(tokens, 0, len(tokens), CONDITION)
    if found is None or found[0] not in {"refractory_disease", "relapsed_disease"}:
        return None
    rest = norms(tokens[found[1] :])
    if rest[:1] in {("after",), ("following",)} and len(rest) > 1 and set(rest[1:]) <= _THERAPY:
        return found[0]
    return None


def _of_women(tokens: tuple[Token, ...]) -> str | None:
    """`pregnant women`, `women who are nursing`: only women can be."""
    rest = list(tokens)
    while rest and rest[-1].norm in _AROUND_WOMEN:
        rest.pop()
    while rest and rest[0].norm in _AROUND_WOMEN | bag("be"):
        rest.pop(0)
    name = named(norms(rest), CONDITION)
    return name if name is not None and variables()[name].group == "reproduction" else None
