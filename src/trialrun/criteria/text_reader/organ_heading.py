"""Criteria that only head others: `Adequate organ function within 14 days before treatment:`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.criteria.criterion import Logic
from trialrun.criteria.text_reader.clauses import trimmed
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.windows import Window, take_window, without_when
from trialrun.criteria.text_reader.words import Token

_DENIES = frozenset({"no", "not", "without", "absence"})
_ANY = (
    ("any", "of"), ("one", "of"), ("at", "least", "one"), (">=", "one"), ("one", "or", "more"),
    ("any",),
)  # fmt: skip
_PICKS = frozenset({"any", "one", "at", "least", "or", "more", "each", ">="})


@dataclass(frozen=True, slots=True)
class OrganHeading:
    """How what stands below combines, with its window.

    `denies`: the heading says "no …", so below it must stand what is sound, not what is wrong.
    """

    logic: Logic
    window: Window | None
    denies: bool


def read_organ_heading(said: Statement, tokens: Sequence[Token]) -> OrganHeading | None:
    """A heading of which every word is accounted for; else None."""
    tokens = trimmed(tokens)
    window, rest = take_window(said, tokens)
    rest = without_when(trimmed(rest))
    words = norms(rest)
    if not words:
        return None
    amount = _pick(words)
    lacking = bool(set(words) & bag("inadequate"))
    if not set(words) <= bag("organ_heading") | bag("inadequate") | _DENIES | _PICKS:
        return None
    if lacking:
        return OrganHeading("or", window, False) if said.kind == "exclusion" else None
    denies = bool(set(words) & _DENIES)
    if denies and not set(words) & bag("dysfunction"):
        return None
    if said.kind == "exclusion":
        if amount == "or" and "function" not in words:
            return OrganHeading("or", window, False) if not denies else None
        return None
    if amount == "or":
        # "adequate function shown by any of the following": one of them, or whichever there is?
        return OrganHeading("or", window, False) if not denies and "function" not in words else None
    return OrganHeading("and", window, denies)


def _pick(words: tuple[str, ...]) -> Logic:
    for start in range(len(words)):
        if any(words[start : start + len(one)] == one for one in _ANY):
            return "or"
    return "and"
