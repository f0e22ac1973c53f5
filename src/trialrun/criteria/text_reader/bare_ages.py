"""Ages of which no unit is written: `adults 18-65`, `women (18 to 45)`, `must be at least 18`."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_BEING = frozenset(
    ["must", "should", "shall", "need", "to", "be", "is", "are", "who", "of", "that", "they",
     "currently"]
)  # fmt: skip
_VERBS = frozenset({"be", "is", "are"})
_GROWN = frozenset({"adult", "adults", "elderly", "senior", "seniors"})
SEXES = frozenset({"woman", "women", "man", "men", "male", "female"})
_BESIDE = frozenset(
    ["and", "or", "&", "/", "all", "any", "healthy", "both", "either", "sex", "gender", "eligible",
     "pregnant", "ambulatory", "the", "a", "volunteer", "community", "dwelling", "non",
     "nonpregnant", "premenopausal", "postmenopausal", "consenting", "english", "speaking"]
)  # fmt: skip
_WHOSE = frozenset(
    ["with", "who", "undergoing", "diagnosed", "scheduled", "admitted", "having", "presenting",
     "suffering", "receiving", "living", "able", "capable", "willing", "at", "inclusive", "of"]
)  # fmt: skip
_YOUNG = frozenset({"child", "children", "toddler", "boy", "girl", "kid", "adolescent", "infant"})
_OF_AGE = frozenset({16, 18, 19, 20, 21})
_ADVANCED = 50  # years: no body mass index
_YOUNGEST, _OLDEST, _APART, _GROWN_UP = 12, 99, 5, 21  # years


def leading_words(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> str:
    """What stands between the beginning of an item and its limit.

    `people` ("men and women, "), `being` ("must be"), `apart` (anything and a comma), or nothing
    of these.
    """
    words = [token.norm for token in tokens[: row[at].start]]
    known = bag("people_of_age") | SEXES | _GROWN | _BEING | _BESIDE | {"(", ",", ":"}
    if words and set(words) <= known and (words[-1] in _VERBS or set(words) & _people()):
        return "being" if words[-1] in _VERBS else "people"
    return "apart" if words[-1:] == [","] else ""


def _people() -> frozenset[str]:
    return frozenset(bag("people_of_age") | SEXES | _GROWN)


def bare_age(
    text: str, tokens: Sequence[Token], row: Sequence[Terminal], at: int, phrase: Phrase
) -> bool:
    """Whether a limit without unit is one of age, by the people in front of it or as a whole."""
    values = [
        one.value for one in (row[place].amount for place in phrase.places) if one is not None
    ]
    if not all(value == value.to_integral_value() for value in values):
        return False
    behind = tokens[row[phrase.end].start].norm if phrase.end < len(row) else ""
    ends = phrase.end == len(row) or row[phrase.end].letter in "C;Q" or behind in _WHOSE
    if not ends:
        return False
    spans = len(values) == 2 and abs(values[0] - values[1]) >= _APART
    last = row[phrase.end - 1].letter
    who = next(
        (
            token.norm
            for token in reversed(tokens[: row[at].start])
            if token.norm not in {"(", ",", ":"}
        ),
        "",
    )
    if who in _YOUNG and len(values) == 2 and max(values) <= _GROWN_UP:
        return True  # "children (2-17)"
    if not all(_YOUNGEST <= value <= _OLDEST for value in values):
        return False
    if who in _GROWN and (spans or last == "M" or row[at].letter in "GL"):
        return True  # "adults 18+", "adults (18 - 65)"
    led = leading_words(tokens, row, at)
    if led in {"people", "being"} and (spans or last == "M"):
        return True  # "women between 18 and 45"
    sign = tokens[row[at].start]
    spoken = text[sign.start : sign.end][-1:].isalpha()  # in words: a sign alone may miss its name
    told = led == "being" and any(token.norm in _people() for token in tokens[: row[at].start])
    sided = (row[at].letter in "GL" and (spoken or told)) or last in "MW"
    done = phrase.end == len(row) or row[phrase.end].letter == ";"
    if done and at == 0 and spans and min(values) in _OF_AGE and max(values) >= _ADVANCED:
        return True  # "from 18 to 75"
    return done and sided and (led == "being" or at == 0)
