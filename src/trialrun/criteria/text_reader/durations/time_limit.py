"""A limit of time, and the words of its sentence in front of it and behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import listed
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.words import Token

TIMES = frozenset({"a", "mo", "wk", "d", "h", "min", "s", "ms"})
SHORT = frozenset({"h", "min", "s", "ms"})
_ENDS = frozenset({".", ";", ":"})
NEAR = 14  # words in front that say what is to be done, and no more what was
_DONE = ("smok", "drink", "user", "adher", "compl")  # "non smoker"
_BESIDE = 5  # words between a parenthesis and the limit behind it
_MOST = 24  # words of a sentence that are looked at


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A limit of time, and the words of its sentence in front of it and behind."""

    scan: Scan
    at: int
    phrase: Phrase
    before: Sequence[str]
    behind: Sequence[str]

    def norm(self, place: int) -> str:
        """The last word of a terminal in front of the limit; nothing where none stands."""
        if place < self.scan.ended:
            return ""
        return self.scan.tokens[self.scan.row[place].end - 1].norm

    @property
    def more(self) -> bool:
        """Whether nothing but "more than" is said."""
        return all(self.phrase.op(self.scan.row, one)[0] == ">" for one in self.phrase.bounds)


def time_limit(scan: Scan, at: int, phrase: Phrase) -> TimeLimit:
    """The limit that begins at a terminal, with the words around it."""
    return TimeLimit(scan, at, phrase, _before(scan, at), _behind(scan, phrase.end))


def _before(scan: Scan, at: int) -> list[str]:
    words: list[str] = []
    for token in without_examples(scan.tokens[: scan.row[at].start])[::-1]:
        if token.norm in _ENDS or len(words) == _MOST:
            break
        if token.norm == "non" and words and not words[0].startswith(_DONE):
            continue  # "non-atopic asthma" denies no asthma
        words.insert(0, token.norm)
    return words


def without_examples(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words without their last parenthesis, if it holds no number: `(e.g. rest, heat) for`."""
    last = next((at for at in reversed(range(len(tokens))) if tokens[at].norm == ")"), -1)
    opened = next((at for at in reversed(range(last)) if tokens[at].norm == "("), -1)
    if opened < 1 or len(tokens) - last > _BESIDE:
        return tokens
    if any(one.kind in {"number", "op"} for one in tokens[opened:last]):
        return tokens
    return (*tokens[:opened], *tokens[last + 1 :])


def _behind(scan: Scan, end: int) -> list[str]:
    words: list[str] = []
    for one in scan.row[end : end + 6]:
        norm = scan.tokens[one.start].norm
        if norm in _ENDS | {",", "(", ")"} and words:
            break
        words.append(norm)
    return words


def clause_of(before: Sequence[str]) -> list[str]:
    """The words since the last sign, or since another verb begins."""
    start = 0
    for at, word in enumerate(before):
        verb = at + 1 < len(before) and before[at + 1] in listed("durations.being") | {"had"}
        if word in {",", "("} or (word in {"and", "but"} and verb):
            start = at + 1
    return list(before[start:])


def is_window(behind: Sequence[str]) -> bool:
    """`for 3 months after the last dose`, `for > 2 hours per day`."""
    if list(behind[:2]) in (["in", "total"], ["in", "all"]):
        return False
    per = bool(behind) and behind[0] in listed("durations.per")
    return per or bool(set(behind[:2]) & listed("durations.after"))
