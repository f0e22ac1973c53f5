"""Terminals in a row, and what they say where their neighbours tell more than their own tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.lexicon import Meaning
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.words import Token

ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_DEGREES = {"first": 1, "second": 2, "third": 3, "1": 1, "2": 2, "3": 3, "i": 1, "ii": 2, "iii": 3}
_ENDINGS = frozenset({"st", "nd", "rd"})
_COMPARED = frozenset({"negative", "saline", "control"})  # "a wheal 3 mm ≥ negative control"
_SEEN = frozenset({"acuity", "bcva", "ucva", "va", "cdva", "vision", "snellen"})
_SEEN_NEAR = 20  # tokens
_TAKEN = frozenset({"mg", "g", "ug", "mg/d", "g/d", "ug/d"})
_SMALL = frozenset({"the", "a", "that", "of"})
_KIN = frozenset({"relative", "relation", "family", "kin", "cousin", "biological", "blood"})
_JOINS = frozenset({"or", "and", "/", ",", "to", "-"})

_JOINED_ITEMS = frozenset({"or", "and", "/", ",", "-", "to", "on"})


@dataclass(frozen=True, slots=True)
class Terminal:
    """One letter of the grammar, and the tokens from `start` up to `end` that it stands for.

    Beside the letters of the grammar: V a variable, P and Q parentheses, X a denial, I where a
    sentence turns ("if", "unless"), f a word that adds nothing, w any other word.
    """

    letter: str
    start: int
    end: int
    amount: Amount | None = None
    op: str = ""
    means: tuple[Meaning, ...] = ()
    judged: str = ""  # "worse" or "better", where a comparison says so


def numbers_item(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is that of an item of a scale: `item 3`, `question #9`."""
    before = [token.norm for token in tokens[max(at - 2, 0) : at] if token.norm != "#"]
    joined = tokens[at + 1].norm in _JOINED_ITEMS if at + 1 < len(tokens) else False
    return before[-1:] in (["item"], ["question"]) and not joined  # "items 4 or 5" are levels


def read_degree(tokens: Sequence[Token], at: int) -> Terminal | None:
    """The levels of "second- or third-degree", "2nd degree", "II/III degree"."""
    if tokens[at].norm == "degree" and at and tokens[at - 1].norm in {*_DEGREES, *_ENDINGS}:
        after = tokens[at + 1].norm if at + 1 < len(tokens) else ""
        return Terminal("f", at, at + 1) if after in {"or", "and"} else None
    if tokens[at].norm not in _DEGREES:
        return None
    stop = at
    end = at + 1
    while stop < len(tokens) and tokens[stop].norm in {*_DEGREES, *_ENDINGS, *_JOINS}:
        end = stop + 1 if stop == at + 1 and tokens[stop].norm in _ENDINGS else end
        stop += 1
    if stop >= len(tokens) or tokens[stop].norm != "degree":
        return None
    if stop + 1 < len(tokens) and tokens[stop + 1].norm in _KIN:
        return None  # "at least one first-degree relative"
    near = {token.norm for token in tokens[max(at - 8, 0) : stop + 8]}
    if tokens[at].kind == "number" and stop == at + 1 and not near & bag("in_degrees"):
        return None  # "less than 3 degrees"
    level = Decimal(_DEGREES[tokens[at].norm])
    return Terminal("N", at, end, amount=Amount(level, "{level}", tokens[end - 1].end))


def read_acuity(tokens: Sequence[Token], at: int) -> Terminal | None:
    """The "20/40" of an acuity, which is no number of letters."""
    three = tokens[at : at + 3]
    if len(three) < 3 or three[0].norm not in {"20", "6"} or three[1].norm != "/":
        return None
    near = {token.norm for token in tokens[max(at - _SEEN_NEAR, 0) : at + _SEEN_NEAR]}
    return Terminal("w", at, at + 3) if three[2].kind == "number" and near & _SEEN else None


def read_class(tokens: Sequence[Token], at: int) -> Terminal | None:
    """`at least class 2`: the level behind a comparison, with the word that says so."""
    if tokens[at].norm not in {"class", "level"} or not at or tokens[at - 1].kind != "op":
        return None
    level = tokens[at + 1] if at + 1 < len(tokens) else None
    if level is None or not (level.norm in ROMAN or level.norm in {"1", "2", "3", "4", "5", "6"}):
        return None
    value = Decimal(ROMAN.get(level.norm) or level.norm)
    return Terminal("N", at, at + 2, amount=Amount(value, "{level}", level.end))


def with_signs_behind(tokens: Sequence[Token], row: Sequence[Terminal]) -> list[Terminal]:
    """With "26 ≥" as "26 or more", where the sign has no other number to stand in front of."""
    found = list(row)
    for at in range(1, len(found)):
        one = found[at]
        if one.letter not in "GL" or found[at - 1].letter != "N":
            continue
        behind = [token.norm for token in tokens[one.end : one.end + 3] if token.norm not in _SMALL]
        compared = behind[:1] != [] and behind[0] in _COMPARED
        if one.op not in {">=", "<="} and not (compared and one.op == ">"):
            continue
        signed = at > 1 and found[at - 2].letter in "GLE"
        after = found[at + 1].letter if at + 1 < len(found) else ";"
        if not signed and (after in "ARCQ;fI" or compared):
            found[at] = replace(one, letter="M" if one.letter == "G" else "W")
    return found


def with_least_ahead(tokens: Sequence[Token], row: Sequence[Terminal]) -> list[Terminal]:
    """With the sign of "at least metformin 1500 mg/day" in front of its dose."""
    found = list(row)
    for at in range(len(row) - 4, -1, -1):
        words = [tokens[one.start].norm for one in row[at : at + 2]]
        name, dose = row[at + 2], row[at + 3]
        if words not in (["at", "least"], ["at", "most"]) or name.letter != "V":
            continue
        if dose.amount is not None and dose.amount.unit in _TAKEN:
            letter, op = ("G", ">=") if words[1] == "least" else ("L", "<=")
            found.insert(at + 3, Terminal(letter, dose.start, dose.start, op=op))
    return found


def without_references(row: Sequence[Terminal]) -> list[Terminal]:
    """With "(3)" between words, the number of a reference, as nothing."""
    found: list[Terminal] = []
    at = 0
    while at < len(row):
        three = row[at : at + 3]
        if [one.letter for one in three] == ["P", "N", "Q"] and _is_reference(row, at):
            found.extend(replace(one, letter="f", amount=None) for one in three)
            at += 3
            continue
        found.append(row[at])
        at += 1
    return found


def _is_reference(row: Sequence[Terminal], at: int) -> bool:
    amount = row[at + 1].amount
    if amount is None or amount.unit is not None or amount.value != int(amount.value):
        return False
    words = at > 0 and row[at - 1].letter in "wVf"
    behind = row[at + 3 : at + 5]
    # the level itself stands behind the name: "the initiative (3) step 4"
    return words and any(one.letter == "N" for one in behind) and behind[0].letter in "wV"
