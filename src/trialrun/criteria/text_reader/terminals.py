"""Tokens as terminals of the grammar of limits: amounts, comparisons, variables, and what joins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from trialrun.criteria.text_reader.age_sides import read_age_side, with_ages
from trialrun.criteria.text_reader.aliases import without_aliases
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.asides import read_aside
from trialrun.criteria.text_reader.denials import outside
from trialrun.criteria.text_reader.level_terminals import (
    LETTERS,
    further_stage,
    goes_on,
    level_at,
    read_pluses,
    roman,
    stage_of_tumour,
)
from trialrun.criteria.text_reader.levels import IN_PLUSES
from trialrun.criteria.text_reader.limits import OPS, amount_at, direction
from trialrun.criteria.text_reader.moments import read_moment
from trialrun.criteria.text_reader.name_terminals import name_at
from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.number_words import TIMES_WORDS
from trialrun.criteria.text_reader.phrases import bag, begins_with
from trialrun.criteria.text_reader.row import (
    ROMAN,
    Terminal,
    numbers_item,
    read_acuity,
    read_class,
    read_degree,
    with_least_ahead,
    with_signs_behind,
    without_references,
)
from trialrun.criteria.text_reader.scales_ahead import scale_ahead
from trialrun.criteria.text_reader.sums import read_sum
from trialrun.criteria.text_reader.unit_words import is_age, read_unit_words
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.variable import Kind, Variable

_LETTERS = {
    ",": "C", "/": "S", "(": "P", ")": "Q", ";": ";", ":": ":", "-": "T", "~": "T", "to": "T",
    "through": "T", "until": "T", "till": "T", "and": "A", "&": "A", "but": "K", "or": "R",
    "between": "B", "from": "F", "≈": "w",
}  # fmt: skip
_SIGNS = {">": "G", ">=": "G", "<": "L", "<=": "L", "==": "E"}
_GLUED = re.compile(r"CTC|(?:and|or|to)\b")  # "grade 3CTCAE", "≥ 37and ≤ 42 weeks"
_JOINED = re.compile(r"-(?!(?:I{1,3}|IV)[A-D]?\b)[A-Za-z]")
_LEVELED = frozenset({"class", "grade", "stage", "level", "type", "degree"})
_GENERAL = frozenset({"toxicity_grade", "disease_stage"})
_SIDES = {
    "minimum": "G>=", "min": "G>=", "maximum": "L<=", "max": "L<=", "within": "L<=",
}  # fmt: skip
_LENGTHS = frozenset({"mm", "cm", "m", "km", "[mi_i]"})
_VERSION = frozenset({"v", "version", "ver"})
_YEAR = re.compile(r"(?:19[89]|20[0-3])\d")
_VERSION_WORD = re.compile(r"v\d")
_VERSIONED = frozenset({"ctcae", "recist", "irecist", "mrecist", "nci", "ctc", "meddra"})
_IN_FRONT = frozenset({"of", "is", "was", "between", "from", "score", "than", "to", "and"})
_MORE = re.compile(r"\b(?:greater|higher|more)\s+than\b|\babove\b|\bover\b", re.IGNORECASE)
_OR_MORE = re.compile(r"\bor\s+(?:more|greater|higher)\b", re.IGNORECASE)
_RANGE_WORDS = frozenset({"to", "and", "through"})
_NEAR = 8  # terminals from the name of a scale to its level


def read_terminals(text: str, tokens: Sequence[Token]) -> tuple[Terminal, ...]:
    """All tokens as terminals, in their order."""
    found: list[Terminal] = []
    scale: Variable | None = None
    since = depth = 0
    at = 0
    while at < len(tokens):
        depth = max(0, depth + (tokens[at].norm == "(") - (tokens[at].norm == ")"))
        since += depth == 0
        near = (scale if since <= _NEAR else None) or scale_ahead(text, tokens, at)
        one = (
            read_pluses(tokens, at)
            or read_degree(tokens, at)
            or read_sum(tokens, at, near, found)
            or read_class(tokens, at)
            or read_acuity(tokens, at)
            or further_stage(text, tokens, at, found, near)
            or _terminal(text, tokens, at, near)
        )
        if one.letter == "w" and scale is None and tokens[at].kind == "word":
            stage = level_at(text, tokens, at, stage_of_tumour())
            if stage is not None and stage.unit == "{code}" and stage.end - tokens[at].start > 2:
                one, scale, since = Terminal("N", at, at + 1, amount=stage), stage_of_tumour(), 0
        plus = tokens[at].norm == "+" and one.letter != "N"
        if plus and near is not None and near.name in IN_PLUSES and found:
            found[-1] = replace(found[-1], end=at + 1)  # "2+" is a level, not two or more
            at += 1
            continue
        if one.letter in "wf" and goes_on(found) and tokens[at].norm in ROMAN:
            one = roman(tokens, at)
        if one.letter == "V":
            rows = [meaning.row for meaning in one.means]
            named = next((row for row in rows if row.kind is not Kind.QUANTITY), None)
            if _only_sayslevel_at(named, scale, found):
                one = replace(one, letter="f", means=())
            else:
                scale = named
            since = 0
        elif one.letter == ";":
            scale = None
        elif one.letter == "N" and scale is not None:
            since = 0
        more = _says_more(text, tokens, one)
        if one.letter == "N" and more and not _is_signed(found):
            found.append(Terminal("G", at, at, op=more))  # "five times higher than the ULN"
        found.append(one)
        found[-2:] = _scored(tokens, found[-2:])
        if one.letter in "MW":
            found[-2:] = _unit_behind(text, tokens, found[-2:])
        at = found[-1].end
    found = with_signs_behind(tokens, without_references(found))
    found = with_least_ahead(tokens, found)
    return without_aliases(with_ages(tokens, found))


def _only_sayslevel_at(
    named: Variable | None, scale: Variable | None, found: Sequence[Terminal]
) -> bool:
    """Whether a "grade" or "stage" only says that the scale in front of it has levels."""
    if scale is None or named is None or named.name not in _GENERAL:
        return False
    return bool(found) and found[-1].letter in "VQ" and scale.name not in _GENERAL


def _says_more(text: str, tokens: Sequence[Token], one: Terminal) -> str:
    """The comparison that an amount itself says, or nothing."""
    words = text[tokens[one.start].start : tokens[one.end - 1].end]
    if one.amount is None or one.amount.unit != "xULN":
        return ""
    return ">=" if _OR_MORE.search(words) else ">" if _MORE.search(words) else ""


def _is_signed(found: Sequence[Terminal]) -> bool:
    return bool(found) and found[-1].letter in "GLETAFB"


def _unit_behind(
    text: str, tokens: Sequence[Token], pair: Sequence[Terminal]
) -> Sequence[Terminal]:
    """`6 or more months`: the unit of a number stands behind what says how it is meant."""
    if len(pair) < 2 or pair[0].amount is None or pair[0].amount.unit is not None:
        return pair
    number, side = pair
    unit = read_unit_words(text, tokens[side.end - 1].end)
    if unit is None or unit[0] == "{score}":
        return pair
    stop = side.end
    while stop < len(tokens) and tokens[stop].start < unit[1]:
        stop += 1
    amount = replace(pair[0].amount, unit=unit[0], old=is_age(unit[2]))
    return replace(number, amount=amount), replace(side, end=stop)


def _terminal(text: str, tokens: Sequence[Token], at: int, scale: Variable | None) -> Terminal:
    token = tokens[at]
    named = name_at(text, tokens, at)
    if named is not None:
        return named
    level = None if scale is None else level_at(text, tokens, at, scale)
    if level is not None:
        stop = next(
            (one for one in range(at + 1, len(tokens)) if tokens[one].start >= level.end),
            len(tokens),
        )
        return Terminal("N", at, stop, amount=level)
    if at and tokens[at - 1].norm in _LEVELED:
        if token.norm in ROMAN:
            return roman(tokens, at)
        if text[token.start : token.end] in LETTERS:
            place = Decimal(LETTERS.index(text[token.start : token.end]))
            return Terminal("N", at, at + 1, amount=Amount(place, "{letter}", token.end))
    numbered = _numbered(text, tokens, at)
    if numbered is not None:
        return numbered
    return _signed(text, tokens, at) or _joining(text, tokens, at)


def _is_year(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is the year of a standard, whose short name stands behind."""
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if not _YEAR.fullmatch(tokens[at].norm) or behind is None or behind.kind != "word":
        return False
    written = text[behind.start : behind.end]
    named = len(written) > 2 and written.isupper() and read_unit_words(text, tokens[at].end) is None
    return named and (at == 0 or tokens[at - 1].kind != "op")


def _numbered(text: str, tokens: Sequence[Token], at: int) -> Terminal | None:
    """A number, in digits or words, or one that is none: of a version, a type, an item."""
    token = tokens[at]
    if _VERSION_WORD.fullmatch(token.norm) and _point_follows(tokens, at):
        return Terminal("f", at, at + 3)  # "v5.0"
    if at and tokens[at - 1].norm == "type" and token.norm in {"1", "2", "i", "ii"}:
        disease = tokens[at + 1].norm if at + 1 < len(tokens) else ""
        if disease.startswith("diabet") or disease in {"dm", "diabetic"}:
            return Terminal("w", at, at + 1)  # "type 2 diabetes"
    if token.kind == "number" and _is_version(tokens, at):
        return Terminal("f", at, at + 1)
    if token.kind == "number" and _is_year(text, tokens, at):
        return Terminal("f", at, at + 1)  # "2010 ACR criteria"
    if token.kind == "number" and numbers_item(tokens, at):
        return Terminal("w", at, at + 1)
    if token.kind in {"number", "word"}:
        amount = _amount(text, tokens, at)
        if amount is not None:
            return Terminal("N", at, amount[1], amount=amount[0])
    if token.norm == "half" and at and tokens[at - 1].kind == "op":
        return Terminal("N", at, at + 1, amount=Amount(Decimal(50), "%", token.end))
    if token.norm in {"a", "an"} and at and tokens[at - 1].kind == "op":
        whole = read_unit_words(text, token.end)
        if whole is not None and whole[0] in {"a", "mo", "wk", "d"} and at + 1 < len(tokens):
            return Terminal("N", at, at + 2, amount=Amount(Decimal(1), whole[0], whole[1]))
        if at + 1 < len(tokens) and tokens[at + 1].kind == "number":
            return Terminal("f", at, at + 1)  # "at least a 6-month history"
    single = at + (token.norm == "a")
    alone = single < len(tokens) and tokens[single].norm == "single"
    if alone and at and tokens[at - 1].kind == "op":  # "more than a single level"
        one = Amount(Decimal(1), None, tokens[single].end)
        return Terminal("N", at, single + 1, amount=one)
    return None


def _signed(text: str, tokens: Sequence[Token], at: int) -> Terminal | None:
    """What compares: a sign, or words in front of a number or behind it."""
    token = tokens[at]
    positive = _positive(text, tokens, at) if token.norm == "+" else None
    if positive is not None:
        return positive
    if token.kind == "op" and token.norm in OPS:
        return _sign(text, tokens, at)
    if token.norm in {"only", "exactly"} and at and tokens[at - 1].norm in listed("counted.told"):
        number = _amount(text, tokens, at + 1) if at + 1 < len(tokens) else None
        if number is not None and number[0].unit is None:
            return Terminal("E", at, at + 1, op="exactly")  # "received only one regimen"
    judged = tokens[at + 1].norm if at + 1 < len(tokens) and token.norm in {"or", "and"} else ""
    if judged in {"better", "worse"}:
        return Terminal("M", at, at + 2, op=judged)
    after, stop = direction(tokens, at)
    if after is not None:
        return Terminal("M" if after == ">=" else "W", at, stop)
    if token.norm in _SIDES and (token.norm != "within" or _limits_normal(text, tokens, at)):
        return Terminal(_SIDES[token.norm][0], at, at + 1, op=_SIDES[token.norm][1:])
    return None


def _joining(text: str, tokens: Sequence[Token], at: int) -> Terminal:
    """Signs and words between limits, and all other words."""
    token = tokens[at]
    if token.norm == "." or token.norm == ";":
        return Terminal(";", at, at + 1)
    if token.norm == "-":
        negative = _negative(text, tokens, at)
        if negative is not None:
            return negative
    if token.norm == "duration" and direction(tokens, at + 1)[0] is not None:
        return Terminal("f", at, at + 1)  # "of 1 year duration or more"
    spoken = read_aside(tokens, at) or read_age_side(tokens, at) or read_moment(tokens, at)
    if spoken is not None:
        return spoken
    if token.norm in _LETTERS:
        return Terminal(_LETTERS[token.norm], at, at + 1)
    denies = begins_with("denials", tokens, at)
    denies = denies or outside(tokens, at)
    if denies and token.norm == "without" and _either(tokens, at):
        return Terminal("f", at, at + 1)
    if denies:
        return Terminal("X", at, at + denies)
    if token.norm in bag("turns"):
        return Terminal("I", at, at + 1)
    return Terminal("f" if token.norm in bag("gap") else "w", at, at + 1)


def _limits_normal(text: str, tokens: Sequence[Token], at: int) -> bool:
    """`within 1.5 x ULN`, `within 12 cm of the verge`: at most that."""
    inner = _amount(text, tokens, at + 1) if at + 1 < len(tokens) else None
    if inner is None:
        return False
    far = inner[1] < len(tokens) and tokens[inner[1]].norm in {"of", "from"}
    return inner[0].unit == "xULN" or (far and inner[0].unit in _LENGTHS)


def _point_follows(tokens: Sequence[Token], at: int) -> bool:
    three = tokens[at : at + 3]
    touches = len(three) == 3 and three[0].end == three[1].start and three[1].end == three[2].start
    return touches and three[1].norm == "." and three[2].kind == "number"


def _is_version(tokens: Sequence[Token], at: int) -> bool:
    """`CTCAE v 5.0`, `RECIST 1.1`."""
    before = tokens[at - 1].norm if at else ""
    return before in _VERSION or (before in _VERSIONED and "." in tokens[at].norm)


def _either(tokens: Sequence[Token], at: int) -> bool:
    """Whether "with or without" is said, which denies nothing."""
    before = [token.norm for token in tokens[max(at - 2, 0) : at]]
    return before in (["with", "or"], ["with", "and"], ["with", "/"])


def _sign(text: str, tokens: Sequence[Token], at: int) -> Terminal:
    words = text[tokens[at].start : tokens[at].end].lower()
    judged = next((word for word in ("worse", "better") if word in words), "")
    op: str = OPS.get(tokens[at].norm, "==")
    stop = at + 1
    after = tuple(token.norm for token in tokens[stop : stop + 2])
    if after == ("or", "=") and op in {"<", ">"}:
        op, stop = f"{op}=", stop + 2
    elif after[:1] == ("=",) and op in {"<", ">"}:
        op, stop = f"{op}=", stop + 1
    if [token.norm for token in tokens[stop : stop + 1]] in (["a"], ["an"]):
        stop += tokens[stop + 1].kind == "number" if stop + 1 < len(tokens) else 0
    # "at least a 30 % reduction"
    stop = _past_score(text, tokens, stop)
    return Terminal(_SIGNS.get(op, "w"), at, stop, op=op, judged=judged)


def _past_score(text: str, tokens: Sequence[Token], at: int) -> int:
    """Behind the "a score of" of "at least a score of 3"; `at` where nothing of the kind stands."""
    first = at + (at < len(tokens) and tokens[at].norm in {"a", "an"})
    words = [token.norm for token in tokens[first : first + 2]]
    said = words in (["score", "of"], ["total", "of"], ["value", "of"], ["rating", "of"])
    number = said and first + 2 < len(tokens) and _amount(text, tokens, first + 2) is not None
    return first + 2 if number else at


def _scored(tokens: Sequence[Token], pair: Sequence[Terminal]) -> Sequence[Terminal]:
    """`≥ score of 3`: the number behind is one of a score."""
    if len(pair) < 2 or pair[0].letter not in "GL" or pair[1].amount is None:
        return pair
    said = tokens[pair[0].end - 2].norm in {"score", "rating"} and pair[0].end - pair[0].start > 2
    if not said or pair[1].amount.unit is not None:
        return pair
    return pair[0], replace(pair[1], amount=replace(pair[1].amount, unit="{score}"))


def _amount(text: str, tokens: Sequence[Token], at: int) -> tuple[Amount, int] | None:
    token = tokens[at]
    if token.norm in TIMES_WORDS and not (at and tokens[at - 1].kind == "op"):
        behind = amount_at(text, tokens, at)
        if behind is None or direction(tokens, behind[1])[0] is None:
            return None  # "5 mg once daily"
    if token.kind == "number" and at and text[token.start - 1] == "-" and token.start > 1:
        before = text[token.start - 2]
        if before.isalpha() and tokens[at - 1].end == token.start - 1:
            return None  # COVID-19
    found = amount_at(text, tokens, at)
    if found is None:
        return None
    end = found[0].end
    glued = _GLUED.match(text, end)
    if found[0].unit is None and end < len(text) and text[end].isalpha() and not glued:
        return None  # "2nd"
    if found[0].unit is None and _JOINED.match(text, end):
        return None  # "four-level"
    return found


def _positive(text: str, tokens: Sequence[Token], at: int) -> Terminal | None:
    """`-2 to +1`, `between -6.00 D and +3.00 D`: an end of a range, with its sign."""
    touches = at + 1 < len(tokens) and tokens[at + 1].start == tokens[at].end
    found = _amount(text, tokens, at + 1) if touches else None
    if found is None or not at:
        return None
    before = [token.norm for token in tokens[max(at - 5, 0) : at]]
    last = before[-1] in _RANGE_WORDS and {"-", "+"} & set(before)
    first = found[1] + 1 < len(tokens) and tokens[found[1]].norm in _RANGE_WORDS
    if not last and not (first and tokens[found[1] + 1].norm in {"-", "+"}):
        return None
    return Terminal("N", at, found[1], amount=found[0])


def _negative(text: str, tokens: Sequence[Token], at: int) -> Terminal | None:
    """`< -2.5`: a number below zero, behind a comparison and without a space before its digits."""
    touches = at + 1 < len(tokens) and tokens[at + 1].start == tokens[at].end
    if not touches or not at:
        return None
    apart = tokens[at - 1].end < tokens[at].start and tokens[at - 1].norm in _IN_FRONT
    opens = tokens[at - 1].norm in {"(", ":", "range"}
    if tokens[at - 1].kind != "op" and not apart and not opens:
        return None
    found = _amount(text, tokens, at + 1)
    if found is None:
        return None
    if opens and [token.norm for token in tokens[found[1] : found[1] + 1]] != ["to"]:
        return None  # "platelets: - 100": a dash; "T-score (-2.5 to -1)" is a range
    return Terminal("N", at, found[1], amount=replace(found[0], value=-found[0].value))
