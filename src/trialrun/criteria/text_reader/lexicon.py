"""Finds variables of the vocabulary by the words that criteria use for them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from trialrun.criteria.text_reader.singular import singular
from trialrun.criteria.text_reader.words import Token, phrase
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_ACRONYM = re.compile(r"\s*(\()\s*([A-Za-z]{2,8})\s*(\))")
_SHORTEST = 3


@cache
def _names(kinds: frozenset[Kind]) -> Mapping[tuple[str, ...], str]:
    return {
        phrase(synonym): row.name
        for row in variables().values()
        if row.kind in kinds
        for synonym in row.synonyms
    }


@cache
def _longest_from(kinds: frozenset[Kind]) -> Mapping[str, int]:
    """Words that begin a name, with the length of the longest such name."""
    found: dict[str, int] = {}
    for words in _names(kinds):
        if words:
            found[words[0]] = max(found.get(words[0], 0), len(words))
    return found


NUMERIC = frozenset({Kind.QUANTITY, Kind.ORDINAL})
CONDITION = frozenset({Kind.BOOLEAN})
CODED = frozenset({Kind.CODED})
ANY = NUMERIC | CONDITION | CODED


def named(norms: Sequence[str], kinds: frozenset[Kind]) -> str | None:
    """The variable that exactly these words name."""
    return _names(kinds).get(tuple(norms))


def find(
    tokens: Sequence[Token], at: int, end: int, kinds: frozenset[Kind]
) -> tuple[str, int] | None:
    """The variable whose longest name begins at `at`, and where the name ends."""
    if at >= len(tokens):
        return None
    names = _names(kinds)
    longest = _longest_from(kinds).get(tokens[at].norm, 0)
    words = [token.norm for token in tokens[at : min(end, at + longest)]]
    for stop in range(at + len(words), at, -1):
        name = names.get(tuple(words[: stop - at]))
        if name is not None:
            return name, stop
    return None


@dataclass(frozen=True, slots=True)
class Meaning:
    """A variable that a name can mean; not `exact`: only beside a limit with one of its units."""

    row: Variable
    exact: bool


@cache
def _measured() -> Mapping[tuple[str, ...], tuple[Meaning, ...]]:
    """Variables that a limit can stand behind, by their names; the exact one first."""
    rows = [row for row in variables().values() if row.kind in NUMERIC or is_scale(row)]
    found: dict[tuple[str, ...], dict[str, Meaning]] = {}
    for exact in (True, False):
        for row in rows:
            for name in row.synonyms if exact else row.with_unit:
                found.setdefault(phrase(name), {}).setdefault(row.name, Meaning(row, exact))
    return {words: _in_order(tuple(meanings.values())) for words, meanings in found.items()}


def _in_order(meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """The exact meaning first; of the others each behind those that its row says are first."""
    others = {one.row.name for one in meanings if not one.exact}
    return tuple(
        sorted(meanings, key=lambda one: (not one.exact, len(others.intersection(one.row.after))))
    )


@cache
def _first_words() -> Mapping[str, int]:
    """Words that begin a name of something measured, with the length of the longest such name."""
    found: dict[str, int] = {}
    for words in _measured():
        found[words[0]] = max(found.get(words[0], 0), len(words))
    return found


def find_measured(tokens: Sequence[Token], at: int) -> tuple[tuple[Meaning, ...], int] | None:
    """The variables that the longest name at `at` can mean, and where it ends."""
    longest = _first_words().get(tokens[at].norm, 0)
    if not longest:
        return None
    for stop in range(min(len(tokens), at + longest + 1), at, -1):
        names = _measured().get(tuple(token.norm for token in tokens[at:stop]))
        names = names or _without_article(tokens[at:stop])
        if names is not None:
            return names + _shorter(tokens, at, stop, names), stop
    return None


def _without_article(tokens: Sequence[Token]) -> tuple[Meaning, ...] | None:
    """What "fall in the FEV1" means, which is listed as "fall in FEV1"."""
    words = [token.norm for token in tokens]
    if len(words) < _SHORTEST or "the" not in words[1:-1]:
        return None
    place = words.index("the", 1)
    return _measured().get((*words[:place], *words[place + 1 :]))


def _shorter(
    tokens: Sequence[Token], at: int, stop: int, names: tuple[Meaning, ...]
) -> tuple[Meaning, ...]:
    """What a name means without its last small word: "low back pain" of "low back pain of"."""
    if stop - at < 2 or tokens[stop - 1].norm not in {"of", "for"}:
        return ()
    found = _measured().get(tuple(token.norm for token in tokens[at : stop - 1]), ())
    known = {meaning.row.name for meaning in names}
    return tuple(meaning for meaning in found if meaning.row.name not in known)


def with_acronyms(text: str, tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens, with "(AUDIT)" again where it names something that the words before do not."""
    kept: list[Token] = []
    for at, token in enumerate(tokens):
        kept.append(token)
        stop = tokens[at + 1].start if at + 1 < len(tokens) else len(text)
        gap = _ACRONYM.match(text, token.end, stop) if stop - token.end > _SHORTEST else None
        if gap is None:
            continue
        inner = [
            Token("sign", "(", gap.start(1), gap.end(1)),
            Token("word", singular(gap[2]), gap.start(2), gap.end(2)),
            Token("sign", ")", gap.start(3), gap.end(3)),
        ]
        means = find_measured(inner, 1)
        if means is not None and not _named_until(tokens, at + 1, means[0]):
            kept.extend(inner)
    return tuple(kept)


def _named_until(tokens: Sequence[Token], stop: int, means: Sequence[Meaning]) -> bool:
    """Whether a name of something of these ends at `stop`."""
    for start in range(max(stop - 8, 0), stop):
        named = find_measured(tokens[:stop], start)
        if named is not None and named[1] == stop:
            rows = {one.row.name for one in means}
            return any(one.row.name in rows for one in named[0])
    return False


def is_scale(row: Variable) -> bool:
    """Whether the values of a coded variable are levels in their order, such as A, B, C."""
    return row.kind is Kind.CODED and all(value.upper() == value for value in row.values)
