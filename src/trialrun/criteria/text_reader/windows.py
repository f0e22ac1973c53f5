"""Windows: `within 2 weeks before treatment`, and what they are before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.phrases import bag, begins_with, phrases
from trialrun.criteria.text_reader.statement import Statement, norms
from trialrun.criteria.text_reader.words import Token, phrase

_DAYS = {"day": 1, "d": 1, "week": 7, "wk": 7}
_CALENDAR = {"month": 30, "mo": 30, "year": 365}
_ANCHOR_WORDS, _ANCHOR_HEADS = bag("anchor"), bag("anchor_heads")
_NO_END = frozenset({"of", "to", "and", "the", "a", "planned", "scheduled", "any", "this", "or"})
_VAGUE = frozenset(phrases("vague_anchors"))
# What must follow, so that the words say when somebody looks and not when something happened.
_WHEN: dict[str, frozenset[str]] = {
    "at": _ANCHOR_HEADS | {"time"},
    "on": frozenset({"day", "date"}),
    "upon": frozenset({"entry", "enrollment", "enrolment", "inclusion"}),
    "during": frozenset({"screening"}),
    "when": frozenset({"signing"}),
}
_LATELY = frozenset({"past", "last", "previous", "prior", "preceding", "<", "<="})


@dataclass(frozen=True, slots=True)
class Window:
    """Days before an anchor, in the text's own words.

    `calendar` says that months or years were written: how many days that is, is a question.
    `vague` says that the anchor names no act of its own.
    """

    anchor: str | None
    days: int
    calendar: bool
    vague: bool
    words: tuple[Token, ...]


def take_window(
    said: Statement, tokens: Sequence[Token]
) -> tuple[Window | None, tuple[Token, ...]]:
    """A window at the end or the beginning of the tokens, and the tokens without it."""
    for start in range(len(tokens)):
        found = _window(said, tokens, start)
        if found is None:
            continue
        window, stop = found
        if _closes(tokens, stop):
            return window, _open(tokens[:start])
        if start == 0 and stop < len(tokens) and tokens[stop].norm in {":", ","}:
            return window, tuple(tokens[stop + 1 :])
    return None, tuple(tokens)


def without_when(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens without words such as "at screening" around them: the trial looks then anyway."""
    for at in range(1, len(tokens)):
        stop = _when(tokens, at)
        if stop == len(tokens):
            return tuple(tokens[:at])
        if stop == len(tokens) - 1 and tokens[stop].norm == ")" and tokens[at - 1].norm == "(":
            return tuple(tokens[: at - 1])
    stop = _when(tokens, 0)
    if stop and stop + 1 < len(tokens) and tokens[stop].norm == ",":
        return tuple(tokens[stop + 1 :])
    return tuple(tokens)


def without_sexes(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens without ", male or female" around them, where it names both and limits nothing."""
    said = norms(tokens)
    words = bag("sex_words")
    for at in range(1, len(tokens)):
        if said[at] in {",", ";"} and set(said[at:]) <= words | {";"} and _both(said[at:]):
            return tuple(tokens[:at])
        if said[at] in {",", ";"} and set(said[:at]) <= words and _both(said[:at]):
            return tuple(tokens[at + 1 :])
    return tuple(tokens)


def _both(said: Sequence[str]) -> bool:
    women = {"female", "woman", "women"} & set(said)
    men = {"male", "man", "men"} & set(said)
    neither = not women and not men and {"gender", "sex"} & set(said)
    return bool(women and men) or bool(neither and {"both", "either", "all", "no"} & set(said))


def _when(tokens: Sequence[Token], at: int) -> int:
    """Where "at the time of signing the consent" ends that begins at `at`; 0 for none."""
    if at >= len(tokens) or tokens[at].norm not in _WHEN:
        return 0
    stop = at + 1
    while stop < len(tokens) and tokens[stop].norm in _ANCHOR_WORDS | bag("when"):
        stop += 1
    said = set(norms(tokens[at + 1 : stop]))
    if not said & _ANCHOR_HEADS or not said & _WHEN[tokens[at].norm]:
        return 0
    return stop


def _closes(tokens: Sequence[Token], at: int) -> bool:
    return at == len(tokens) or (at == len(tokens) - 1 and tokens[at].norm in {")", ":", ",", "."})


def _open(tokens: Sequence[Token]) -> tuple[Token, ...]:
    while tokens and tokens[-1].norm in {"(", ","}:
        tokens = tokens[:-1]
    return tuple(tokens)


def _window(said: Statement, tokens: Sequence[Token], at: int) -> tuple[Window, int] | None:
    start = at
    words = norms(tokens[at : at + 3])
    if words[:1] == ("within",):
        at += 2 if words[1:2] == ("the",) else 1
    elif words[:2] in {("in", "the"), ("during", "the")}:
        at += 2
    elif words[:1] == ("in",) and len(words) > 1 and tokens[at + 1].kind == "number":
        at += 1
    else:
        return None
    while at < len(tokens) and tokens[at].norm in _LATELY:
        at += 1
    if at >= len(tokens):
        return None
    number = NUMBER_WORDS.get(tokens[at].norm, tokens[at].norm)
    if not number.isdigit() or at + 1 >= len(tokens):
        return None
    unit = tokens[at + 1].norm
    if unit not in _DAYS and unit not in _CALENDAR:
        return None
    days = int(number) * (_DAYS.get(unit) or _CALENDAR[unit])
    at += 2
    anchor, stop = _anchor(said, tokens, at)
    vague = anchor is not None and phrase(anchor) in _VAGUE
    window = Window(anchor, days, unit in _CALENDAR, vague, tuple(tokens[start:stop]))
    return window, stop


def _anchor(said: Statement, tokens: Sequence[Token], at: int) -> tuple[str | None, int]:
    width = begins_with("before", tokens, at)
    if not width:
        return None, at
    start = at + width
    stop = start
    while stop < len(tokens) and tokens[stop].norm in _ANCHOR_WORDS:
        stop += 1
    while stop > start and tokens[stop - 1].norm in _NO_END:
        stop -= 1
    if not _ANCHOR_HEADS & set(norms(tokens[start:stop])):
        return None, at
    first = start + (1 if tokens[start].norm == "the" else 0)
    return said.words(tokens[first:stop]), stop
