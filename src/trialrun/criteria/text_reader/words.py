"""The words, numbers and signs of one item, each with its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from trialrun.criteria.text_reader.listed_levels import with_lists_parted
from trialrun.criteria.text_reader.number_words import NUMBER_WORDS, TIMES_WORDS
from trialrun.criteria.text_reader.singular import singular

_TOKEN = re.compile(
    r"(?P<power>10[⁰¹²³⁴-⁹]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    r"|(?P<op>[<>≥≤]\s?/\s?=|=\s?/\s?[<>≥≤]|>\s?=|<\s?=|=\s?>|=\s?<|≥(?:\s?=)?|≦|≧|⩾|⩽|≤(?:\s?=)?|﹥|﹤|[<>=≈＜＞˃˂])"
    r"|(?P<times>[xX×](?=\s?10))"
    r"|(?P<word>(?:stage|grade|class)(?=(?-i:I{1,3}|IV)[abc]?\b)"  # "StageIIIB"
    # "ECOG0-1"
    r"|(?:ecog|nyha|stage|grade|class|(?-i:PS))(?=[0-6](?:[abc]?\b|\s?[-–~]\s?[0-6]\b))"
    r"|(?:or|and|to)(?=[0-9]\b)"  # "0 or1"
    r"|age[ds]?(?=\d)"  # "aged18"
    r"|[^\W\d_][^\W_]*(?:['’][^\W\d_]+)?)"
    r"|(?P<sign>[^\s™®©])",
    re.IGNORECASE,
)
_MARKS = frozenset("™®©")
_LEVEL = re.compile(r"[ivx]+[a-d]?\d?|[a-e]|[fgs]\d[ab]?|[abc]\d")
_STAGE = re.compile(r"(?:i{1,3}|iv)[a-d]?")
_OPS = {
    ">/=": ">=", "</=": "<=", "=>": ">=", "=<": "<=", "≥": ">=", "≧": ">=", "⩾": ">=", "≥=": ">=",
    "≤": "<=", "≦": "<=", "⩽": "<=", "≤=": "<=", "﹥": ">", "﹤": "<", "＜": "<", "＞": ">",
    "˂": "<", "˃": ">", "=/>": ">=", "=/<": "<=",
    "≥/=": ">=", "≤/=": "<=", "=/≥": ">=", "=/≤": "<=",
}  # fmt: skip
_SIGNS = {
    "（": "(", "）": ")", "［": "(", "］": ")", "，": ",", "；": ";", "：": ":", "。": ".",
    "、": ",", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "～": "~", "∼": "~", "﹣": "-",
    "－": "-", "／": "/", "[": "(", "]": ")",
}  # fmt: skip

# Comparisons in words; the longest first.
_WORD_OPS: tuple[tuple[tuple[str, ...], str], ...] = tuple(
    sorted(
        (
            (tuple(phrase.split()), op)
            for op, phrases in {
                ">=": (
                    "greater than or equal to", "greater or equal to", "more than or equal to",
                    "equal to or greater than", "equal or greater than", "equal to or more than",
                    "higher than or equal to", "at least", "not less than", "no less than",
                    "not lower than", "no lower than", "a minimum of", "minimum of",
                    "older than or equal to", "not below", "or more than or equal to",
                    "equal to or above", "greater than / equal to", "more than / equal to",
                    "greater than / or equal to", "above or equal to",
                    "greater than or equal", "greater than to or equal", "at minimum",
                    "more or equal to", "superior or equal to", "same or superior to",
                    "equal or superior to", "equal to or superior to", "same or greater than",
                    "superior to or equal to", "greater or equal than",
                    "not younger than", "equal to or older than", "equal or older than",
                    "equal to or higher than", "at or above", "greater than to or equal to",
                    "greater than and equal to", "greater and equal to", "not fewer than",
                    "no fewer than", "not shorter than", "no shorter than", "no younger than",
                    "at or over", "at or older than", "equal and above",
                    "equal to and above", "equal to and over", "older or equal to",
                    "not under", "at least of", "equal to or over", "equal or above",
                    "older than or equal", "greater than equals to", "greater than equal to",
                    "higher than or equal", "equal to or longer than", "equal or more than",
                    "equal or higher than", "greater or equal", "more or equal than",
                    "higher or equal to", "higher or equal than", "upper or equal to",
                    "equal or upper than", "over or equal to", "larger than or equal to",
                    "bigger than or equal to", "longer than or equal to", "not smaller than",
                    "no smaller than", "equal or superior than", "superior or equal than",
                    "equal to or larger than", "not inferior to", "no lesser than", "more or equal",
                    "equal or over", "a minimum of at least", "at least a minimum of",
                ),
                "<=": (
                    "less than or equal to", "lower than or equal to", "equal to or less than",
                    "no worse than", "not worse than", "less than equals to", "less than equal to",
                    "equal or less than", "less or equal to", "no more than", "not more than",
                    "not exceeding", "at most", "not greater than", "no greater than",
                    "not higher than", "no higher than", "does not exceed", "not exceed",
                    "do not exceed", "a maximum of", "maximum of", "up to", "equal to or below",
                    "less than / equal to", "less than / or equal to",
                    "below or equal to", "less than or equal", "inferior or equal to",
                    "lower or equal to", "less or equal than", "not older than", "at or below",
                    "less than and equal to", "not longer than", "no longer than",
                    "not larger than",
                    "no larger than", "no older than", "not to exceed", "not above", "not over",
                    "from birth to", "birth to", "from birth through", "birth through",
                    "from birth until", "from birth up to", "birth up to", "birth until",
                    "from newborn to", "newborn to", "newborn through", "newborn up to",
                    "younger than or equal to", "at or under", "younger or equal to",
                    "equal to or lower than", "equal to or younger than", "equal or below",
                    "lower than or equal", "equal to or shorter than", "smaller than or equal to",
                    "equal or lower than", "less or equal", "smaller or equal to",
                    "up to and including", "up to a maximum of", "no lesser than or equal to",
                    "lesser than or equal to", "fewer than or equal to", "under or equal to",
                    "inferior to or equal to", "not in excess of", "not exceeding a maximum of",
                    "not superior to", "equal or inferior to", "equal to or inferior to",
                    "equal to or fewer than", "equal to or smaller than", "not surpassing",
                ),
                "<": (
                    "less than", "better than", "lower than", "inferior than", "less that", "below",
                    "under", "fewer than", "smaller than",
                    "younger than", "inferior to", "shorter than", "lesser than",
                    "less then", "lower then", "younger then",
                    "narrower than", "thinner than", "lighter than", "closer than", "nearer than",
                ),
                ">": (
                    "greater than", "more than", "worse than", "higher than", "above", "over",
                    "exceeding",
                    "exceeds", "exceeded", "older than", "larger than", "longer than", "exceed",
                    "in excess of", "superior to", "bigger than", "greater then",
                    "superior than", "upper than", "beyond", "surpassing", "greater that",
                    "more then", "higher then", "older then", "greater",
                    "thicker than", "wider than", "deeper than", "heavier than", "taller than",
                    "farther than", "further than",
                ),
                "=": ("equal to", "equals"),
            }.items()
            for phrase in phrases
        ),
        key=lambda entry: -len(entry[0]),
    )
)  # fmt: skip
_LEVELED = frozenset(
    ["age", "grade", "class", "stage", "ctcae", "upper", "ecog", "nyha", "normal",
     "lower", "lln", "step", "degree", "gina", "level"]
)  # fmt: skip
# These are comparisons only in front of a number.
_NEEDS_NUMBER = {
    "worse than", "no worse than", "not worse than", "better than",
    "below", "under", "above", "over", "at least", "at most", "up to", "equal to", "exceed",
    "exceeds", "exceeding", "minimum of", "maximum of", "a minimum of", "a maximum of",
    "at minimum", "equals", "not exceeding", "does not exceed", "not exceed", "do not exceed",
    "not below", "superior to", "inferior to", "more than", "longer than", "shorter than",
    "no longer than", "not longer than", "not above", "not over", "not under", "at or above",
    "at or below", "greater", "less then", "more then", "not to exceed", "equal or above",
    "equal or below", "beyond", "surpassing", "greater that", "less that", "more or equal",
    "equal or over", "exceeded", "greater or equal", "less or equal", "equal and above",
    "birth to", "birth through", "birth until", "birth up to", "from birth to",
    "from birth through", "from birth until", "from birth up to", "newborn to", "newborn through",
    "newborn up to", "from newborn to", "at or over", "at or under",
    "narrower than", "thinner than", "lighter than", "closer than",
    "nearer than", "thicker than", "wider than", "deeper than", "heavier than", "taller than",
    "farther than", "further than",
}  # fmt: skip

TokenKind = Literal["word", "number", "op", "sign"]


@dataclass(frozen=True, slots=True)
class Token:
    """A word (in lower case, singular, spelt one way), a number as written, a comparison or a sign.

    `start` and `end` are places in the item's text.
    """

    kind: TokenKind
    norm: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def read_tokens(text: str) -> tuple[Token, ...]:
    """All tokens; hyphens inside words are dropped, comparisons in words become signs."""
    raw = [_token(match) for match in _TOKEN.finditer(text) if match.group() not in _MARKS]
    raw = with_lists_parted(raw)
    return _said_once(_with_word_ops(tuple(_without_acronyms(text, _without_hyphens(raw)))))


def phrase(text: str) -> tuple[str, ...]:
    """The norms of a phrase, as text would give them."""
    return tuple(token.norm for token in _without_hyphens([*map(_token, _TOKEN.finditer(text))]))


def _token(match: re.Match[str]) -> Token:
    start, end, text = match.start(), match.end(), match.group()
    if match["word"]:
        return Token("word", singular(text), start, end)
    if match["number"] or match["power"]:
        return Token("number", unicodedata.normalize("NFKC", text), start, end)
    if match["op"]:
        sign = re.sub(r"\s", "", text)
        return Token("op", _OPS.get(sign, sign), start, end)
    if text == "&":
        return Token("word", "and", start, end)
    return Token("sign", _SIGNS.get(text, text), start, end)


def _without_hyphens(tokens: list[Token]) -> list[Token]:
    return [token for at, token in enumerate(tokens) if not _is_hyphen(tokens, at)]


def _is_hyphen(tokens: list[Token], at: int) -> bool:
    """Whether a dash only joins a word to what is next to it ("re-induction", "18-year-old")."""
    if tokens[at].norm != "-" or not 0 < at < len(tokens) - 1:
        return False
    before, after = tokens[at - 1], tokens[at + 1]
    if before.end != tokens[at].start:
        return False
    if tokens[at].end != after.start:  # "second- or third-degree"
        return before.kind == "word" and after.norm in {"or", "and"}
    if _LEVEL.fullmatch(before.norm) and _LEVEL.fullmatch(after.norm):
        return False  # "III-IV"
    if before.kind == "number" and _STAGE.fullmatch(after.norm):
        return False  # "0-II"
    part = at > 1 and tokens[at - 2].end == before.start and before.norm in {"a", "b", "c"}
    if part and tokens[at - 2].kind == after.kind == "number":
        return False  # "3b-5"
    counted = tokens[at - 2] if at > 1 and before.kind == "word" else None
    if counted is not None and counted.kind == "number" and counted.end == before.start:
        return after.kind != "number"  # "18y-75y"
    kinds = {before.kind, after.kind}
    return "word" in kinds and kinds <= {"word", "number"}


def _without_acronyms(text: str, tokens: list[Token]) -> list[Token]:
    """Without "(HIV)" behind the words that it abbreviates."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        inner = tokens[at + 1] if at + 2 < len(tokens) else None
        if (
            inner is not None
            and tokens[at].norm == "("
            and tokens[at + 2].norm == ")"
            and _abbreviates(text[inner.start : inner.end], kept)
        ):
            at += 3
            continue
        kept.append(tokens[at])
        at += 1
    return kept


def _abbreviates(short: str, before: list[Token]) -> bool:
    """Whether the letters of a short form occur, in order, in the words in front of it."""
    capitals = sum(sign.isupper() for sign in short)
    if not 2 <= len(short) <= 8 or not short.isalpha() or not short[0].isupper():
        return False
    if capitals < 2 and len(short) > 3:
        return False
    words = [token.norm for token in before[-len(short) - 2 :] if token.kind == "word"]
    letters = short.lower()
    for start, word in enumerate(words):
        if not word.startswith(letters[0]):
            continue
        rest = iter("".join(words[start:]))
        if all(letter in rest for letter in letters) and _touches(letters, words[start:]):
            return True
    return False


def _touches(letters: str, words: list[str]) -> bool:
    """Whether the last word has a part in the short form: else it abbreviates something before."""
    return letters[-1] in words[-1] or words[-1][0] in letters


def _with_word_ops(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    norms = [token.norm for token in tokens]
    result: list[Token] = []
    at = 0
    while at < len(tokens):
        op, width = _word_op(tokens, norms, at)
        if op:
            result.append(Token("op", op, tokens[at].start, tokens[at + width - 1].end))
            at += width
        else:
            result.append(tokens[at])
            at += 1
    return tuple(result)


def _word_op(tokens: tuple[Token, ...], norms: list[str], at: int) -> tuple[str, int]:
    for words, op, needs_number in _word_ops().get(norms[at], ()):
        if tuple(norms[at : at + len(words)]) != words:
            continue
        after = tokens[at + len(words)] if at + len(words) < len(tokens) else None
        numbered = after is not None and (
            after.kind in {"number", "op"}
            or after.norm in {*NUMBER_WORDS, *TIMES_WORDS, "single", "the", "uln", *_LEVELED}
        )
        behind = tokens[at + len(words) + 1 : at + len(words) + 2]
        below = after is not None and after.norm == "-" and bool(behind)
        if below and behind[0].kind == "number" and after is not None:
            numbered = numbered or after.end == behind[0].start  # "a T-score of at least -2.5"
        if after is not None and after.norm in {"a", "an"} and behind:
            numbered = numbered or behind[0].kind == "number"  # "at least a 30 % reduction"
        spans = norms[at + len(words) : at + len(words) + 2]
        articled = spans[:1] in (["a"], ["an"]) and _after_article(spans[1:])
        numbered = numbered or norms[at + len(words) :][:2] == ["half", "of"]
        articled = articled or _scores(tokens[at + len(words) :][:4])
        if not needs_number or numbered or articled:
            return op, len(words)
    return "", 0


def _scores(behind: Sequence[Token]) -> bool:
    """Whether "a score of 3" goes on behind a comparison."""
    words = [token.norm for token in behind]
    if words[:1] in (["a"], ["an"]):
        behind, words = behind[1:], words[1:]
    said = words[:2] in (["score", "of"], ["total", "of"], ["value", "of"], ["rating", "of"])
    number = behind[2:3]
    written = [token.kind == "number" or token.norm in NUMBER_WORDS for token in number]
    return said and written == [True]


def _after_article(words: list[str]) -> bool:
    """Whether an amount goes on behind "a": "a year", "a single one", "a 6-month history"."""
    return bool(words) and (words[0] in {"year", "month", "week", "single"} or words[0].isdigit())


def _said_once(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """With "less than (<)", "less than <", "(≥)" and "> than" as one comparison."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        one = tokens[at]
        norms = [token.norm for token in tokens[at : at + 4]]
        if one.kind == "op" and norms[1:] == ["(", one.norm, ")"]:
            kept.append(Token("op", one.norm, one.start, tokens[at + 3].end))
            at += 4
            continue
        again = bool(kept) and one.kind == "op" and kept[-1].kind == "op"
        if again and kept[-1].norm[0] == one.norm[0] != "=":  # "at least > 125"
            kept[-1] = Token("op", one.norm, kept[-1].start, one.end)
            at += 1
            continue
        if norms[0] == "(" and norms[2:3] == [")"] and _is_sign(tokens[at + 1 :]):
            at += 1
            one = replace(tokens[at], start=one.start, end=tokens[at + 1].end)
            at += 1
        elif one.kind == "op" and (
            norms[1:2] in (["than"], ["then"])
            or (norms[1:2] == ["to"] and one.norm in {">=", "<="} and one.end - one.start < 4)
        ):
            at += 1
            one = replace(one, end=tokens[at].end)
        kept.append(one)
        at += 1
    return tuple(kept)


def _is_sign(tokens: tuple[Token, ...]) -> bool:
    """Whether a comparison stands alone in a parenthesis, and a number behind it."""
    number = tokens[2:3]
    return tokens[0].kind == "op" and bool(number) and number[0].kind == "number"


@cache
def _word_ops() -> dict[str, list[tuple[tuple[str, ...], str, bool]]]:
    """Comparisons in words by their first word, the longest first."""
    by_first: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for words, op in _WORD_OPS:
        norm = tuple(singular(word) for word in words)
        by_first.setdefault(norm[0], []).append((norm, op, " ".join(words) in _NEEDS_NUMBER))
    return by_first
