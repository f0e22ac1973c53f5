"""Levels as terminals: roman numbers, letters, "IIIB", "F2", and what joins them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.levels import level_of, read_part
from trialrun.criteria.text_reader.row import ROMAN, Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

LETTERS = ("A", "B", "C", "D", "E")
_LETTERED = {
    "fibrosis_stage": "f",
    "steatosis_grade": "s",
    "ckd_stage": "g",
    "ceap": "c",
}  # scales whose levels have a letter in front
_POINTS = re.compile(r"[abc](\d|1[0-5])")
_IN_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}


def goes_on(found: Sequence[Terminal], unit: str = "{level}") -> bool:
    """Whether a level and what joins it to another one stand before."""
    return _level_before(found, unit) is not None


def _level_before(found: Sequence[Terminal], unit: str) -> Amount | None:
    """The level in front of what joins it to another one."""
    last = len(found) - 1
    while last > len(found) - 3 and last > 0 and found[last].letter in "TARCS":
        last -= 1
    amount = found[last].amount if 0 <= last < len(found) - 1 else None
    return amount if amount is not None and amount.unit == unit else None


def roman(tokens: Sequence[Token], at: int) -> Terminal:
    level = Amount(Decimal(ROMAN[tokens[at].norm]), "{level}", tokens[at].end)
    return Terminal("N", at, at + 1, amount=level)


def level_at(text: str, tokens: Sequence[Token], at: int, scale: Variable) -> Amount | None:
    """A level written as a roman number ({level}), as a letter ({letter}) or as "IIIB" ({code})."""
    token = tokens[at]
    written = text[token.start : token.end]
    roman = token.norm in ROMAN and (len(written) > 1 or written.isupper())
    if roman and (scale.kind is Kind.ORDINAL or "III" in scale.values):
        return Amount(Decimal(ROMAN[token.norm]), "{level}", token.end)
    lettered = _LETTERED.get(scale.name, "")
    if lettered and re.fullmatch(rf"{lettered}[0-6][ab]?", token.norm):
        return Amount(level_of(token.norm[1:]), "{level}", token.end)  # "F2"
    if scale.kind is not Kind.CODED:
        return read_part(tokens, at, scale)
    points = _POINTS.fullmatch(token.norm)
    if points is not None and scale.name == "child_pugh_class":
        return Amount(Decimal(points[1]), None, token.end)  # "B7": the score of that class
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if token.norm in _IN_ROMAN and after is not None and after.start == token.end:
        token = after  # "3B"
        written = _IN_ROMAN[tokens[at].norm] + text[after.start : after.end]
    if "III" in scale.values and written.upper() not in scale.values:
        written = written.rstrip("123")  # "IB2" where the scale tells no further than IB
    if written.upper() not in scale.values:
        return None
    if scale.values[0] == "A":
        letter = written.isupper() and written in LETTERS
        return Amount(Decimal(LETTERS.index(written)), "{letter}", token.end) if letter else None
    if token.kind == "number":
        return None
    return Amount(Decimal(scale.values.index(written.upper())), "{code}", token.end)


def stage_of_tumour() -> Variable:
    return variables()["disease_stage"]


def further_stage(
    text: str,
    tokens: Sequence[Token],
    at: int,
    found: Sequence[Terminal],
    scale: Variable | None,
) -> Terminal | None:
    """The C of "IIIB/C": another part of the stage in front."""
    written = text[tokens[at].start : tokens[at].end]
    amount = _level_before(found, "{code}")
    if scale is None or written.upper() not in LETTERS or amount is None:
        return None
    stage = scale.values[int(amount.value)].rstrip("ABCD123") + written.upper()
    if stage not in scale.values:
        return None
    place = Decimal(scale.values.index(stage))
    return Terminal("N", at, at + 1, amount=Amount(place, "{code}", tokens[at].end))


def read_pluses(tokens: Sequence[Token], at: int) -> Terminal | None:
    """`≥ ++`: as many as there are signs, behind a comparison."""
    if tokens[at].norm != "+" or not at or tokens[at - 1].kind != "op":
        return None
    stop = at + 1
    while stop < len(tokens) and tokens[stop].norm == "+" == tokens[stop - 1].norm:
        if tokens[stop].start != tokens[stop - 1].end:
            break
        stop += 1
    if stop < len(tokens) and tokens[stop].kind == "number":
        return None  # "> +2"
    return Terminal("N", at, stop, amount=Amount(Decimal(stop - at), None, tokens[stop - 1].end))
