"""What a limit is about where no variable's name stands beside it: its unit or other words tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.lexicon import find_measured
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.subjects import Subject, subject_behind
from trialrun.criteria.text_reader.words import Token
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_OFTEN_ELSE = frozenset(
    {"angle", "refraction", "times a month", "times a week", "arbitrary amount", "attenuation"}
)
_GRADED = {
    "tumour_grade": "graded_tumours",
    "anaphylaxis_grade": "graded_anaphylaxis",
    "meyerding": "graded_slips",
}
_FEMALE = frozenset({"female", "woman", "women"})
_SEXES = _FEMALE | {"male", "man", "men"}
_DRUNK = frozenset({"{drinks}/wk", "{drinks}/d"})
_DRINKS = frozenset(
    {"drink", "drinking", "drinker", "drank", "alcohol", "alcoholic", "alcoholism", "ethanol",
     "wine", "beer", "liquor", "consume", "consumption", "intake"}
)  # fmt: skip
_KILO = frozenset({"k[IU]/L", "kUA/L"})
_ENDS = frozenset({",", ";", ".", ":"})
_STAGES_APART = 16  # tokens: "stage 3 that … or stage 4 lung cancer"
_SCORE_NEAR = 6  # terminals
_TOLD = frozenset({"mass per area", "absorbed dose"})
_WHEN = frozenset({"within", "during", "last", "past", "previous", "for"})
_BORN = frozenset({"born", "birth", "delivered", "delivery", "preterm", "prematurely"})
_PREGNANT = frozenset({"pregnant", "pregnancy"})
_TO_WEEKS = frozenset(
    {"at", "(", ",", "woman", "women", "female", "patient", "between", "from", "with", "a", "of",
     "is", "are", "mother", "infant"}
)  # fmt: skip
_SINCE = frozenset(
    {"after", "ago", "before", "prior", "post", "following", "postpartum", "since", "earlier"}
)
_OF_TUMOURS = frozenset(
    ["disease", "at", "by", "as", "per", "who", "not", "that", "which", "no", "diagnosed", "based",
     "prior", "before", "after", "previously", "treated", "untreated", "eligible", "confirmed",
     "resected", "epithelial", "invasive", "localized", "only", "without", "this"]
)  # fmt: skip
_FULL = frozenset({"full", "at", "late", "early", "near", "post", "healthy", "born"})
_FIRST_WEEK, _VIABLE_WEEK, _LATE_WEEK, _LAST_WEEK = 4, 20, 34, 43
_EVENT_NEAR = 4  # tokens
_IGE_NEAR = 20  # tokens
_IN_HER = ["of", "her", "pregnancy"]
# What such a unit alone is of, though other things are measured in it as well.
_COMMONLY = {
    "kg/m2": "bmi", "m2": "bsa", "[ppb]": "feno", "mg/g": "uacr", "Gy": "radiation_dose",
    "cGy": "radiation_dose", "kUA/L": "specific_ige",
}  # fmt: skip


def other_grade(tokens: Sequence[Token], start: int, end: int, name: str) -> bool:
    """Whether words beside "grade" or "stage" say that it is not the one that is meant alone."""
    words = bag("graded_otherwise" if name == "toxicity_grade" else "staged_otherwise")
    if name == "toxicity_grade" and start:
        last = tokens[start - 1]
        content = last.kind == "word" and last.norm not in bag("gap") | bag("graded_so")
        if content and tokens[start].norm == "grade":
            return True
    near = {token.norm for token in (*tokens[max(start - 5, 0) : start], *tokens[end : end + 4])}
    if name == "toxicity_grade" and near & (bag("grading") | {"hypersensitivity", "ae"}):
        return False
    before, behind = tokens[max(start - 4, 0) : start][::-1], _past_aside(tokens, end)
    if [token.norm for token in before[:1]] in ([":"], [","]):
        before = before[1:]
    for side in (before, behind):
        for place, token in enumerate(side):
            if token.norm in _ENDS:
                break
            leading = place + 1 if side is before else place - 1
            anti = 0 <= leading < len(side) and side[leading].norm == "anti"
            behind_it = place + 1 if side is behind else place - 1
            institute = 0 <= behind_it < len(side) and side[behind_it].norm == "institute"
            if token.norm in words and not anti and not institute:
                return True
    return False


def _past_aside(tokens: Sequence[Token], end: int) -> Sequence[Token]:
    """What stands behind, past a parenthesis: `stage I (140-159/90-99 mmHg) hypertension`."""
    if end < len(tokens) and tokens[end].norm == "(":
        closing = [at for at in range(end, len(tokens)) if tokens[at].norm == ")"]
        end = closing[0] + 1 if closing else end
    return tokens[end : end + 6]


def names_another(
    text: str, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> bool:
    """Whether the words behind a Roman stage say of what it is: `stage II adhesive capsulitis`."""
    amounts = [one for one in (row[place].amount for place in phrase.places) if one is not None]
    if any(one.unit != "{level}" for one in amounts) or phrase.end >= len(row):
        return False
    behind = tokens[row[phrase.end].start]
    plain = text[behind.start : behind.end].islower()  # and no abbreviation of a tumour
    return row[phrase.end].letter == "w" and plain and behind.norm not in _OF_TUMOURS


def tumour_near(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether words near a stage say that it is a tumour's."""
    behind = [token.norm for token in tokens[end : end + _STAGES_APART]]
    again = next((at for at, norm in enumerate(behind) if norm in {"stage", "."}), 0)
    more = again and behind[again] == "stage" and behind[again - 1] in {"or", "and"}
    around = (*tokens[max(start - 8, 0) : start], *tokens[end : end + 6])
    near = {token.norm for token in around} | set(behind[again : again + 6] if more else ())
    return bool(near & bag("staged_things"))


def graded_thing(tokens: Sequence[Token], start: int, end: int) -> str:
    """The variable whose grade the words beside "grade" say that it is, or nothing."""
    around = (*tokens[max(start - 2, 0) : start], *tokens[end : end + 3])
    if (
        start
        and tokens[start - 1].norm in {"who", "organization"}
        and tokens[start - 2 : start - 1]
    ):
        people = tokens[start - 2].norm in bag("people_of_age") | {"those", "one"}
        if not people:
            return "tumour_grade"
    for token in tokens[max(start - 8, 0) : start]:
        if token.norm in bag("graded_anaphylaxis"):
            return "anaphylaxis_grade"
    for token in reversed(tokens[max(start - 8, 0) : start]):
        if token.norm in _ENDS:
            break
        if token.norm in bag("graded_slips"):
            return "meyerding"
    for token in around:
        for name, words in _GRADED.items():
            if token.norm in bag(words):
                return name
    return ""


def class_of_ige(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int
) -> Subject | None:
    """`specific IgE to milk and hen's egg of at least class 2`: its class, across any words."""
    words = [token.norm for token in tokens[row[at].start : row[end - 1].end]]
    before = [token.norm for token in tokens[max(row[at].start - _IGE_NEAR, 0) : row[at].start]]
    scored = any(one.amount is not None and one.amount.unit == "{score}" for one in row[at:end])
    said = scored or "class" in {*words, *before[-1:]}
    if not said or any(mark in before for mark in (";", ".")):
        return None
    named = {"ige", "sige", "rast"} & set(before) or ("immunoglobulin", "e") in pairwise(before)
    return Subject(("ige_class",), at, at) if named else None


def level_of_event(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int
) -> Subject | None:
    """`≥ level 3 AE related to the drug`: the grade of an adverse event."""
    words = [token.norm for token in tokens[row[at].start : row[end - 1].end]]
    behind = {token.norm for token in tokens[row[end - 1].end :][:_EVENT_NEAR]}
    event = "level" in words and behind & {"ae", "irae", "adverse", "toxicity"}
    return Subject(("toxicity_grade",), at, at) if event else None


def wheal_beside(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """`≥ 3 mm greater than the negative control`: the wheal of a skin test."""
    if amount.unit not in {"mm", "cm"} or at >= len(row):
        return None
    words = {token.norm for token in tokens[row[at].start : row[at].start + 8]}
    return Subject(("spt_wheal",), at, at) if words & {"control", "saline", "histamine"} else None


def counts_what_follows(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> bool:
    """`specific IgE to at least one aeroallergen`: the number counts what stands behind it."""
    leveled = at and any(one.row.kind is not Kind.QUANTITY for one in row[at - 1].means)
    if amount.unit is not None or leveled:  # "grade ≥ 2 bleeding events"
        return False
    end = next((place for place in range(at, len(row)) if row[place].amount is not None), len(row))
    end += 1
    while end < len(row) and row[end].letter in "MW":
        end += 1  # "one or more allergens"
    if end >= len(row) or row[end].letter not in "Vfw":
        return False
    behind = subject_behind(tokens, row, end, amount)
    return behind is not None and variables()[behind.names[0]].group == "count"


def score_behind(
    tokens: Sequence[Token], row: Sequence[Terminal], end: int, amount: Amount
) -> Subject | None:
    """`an abnormal range (scores of 2 or higher) on the wobble scale`: behind the parenthesis."""
    if end >= len(row) or row[end].letter != "Q" or amount.unit not in {None, "{score}"}:
        return None
    place = end + 1
    while place < len(row) and row[place].letter in "fw" and place - end <= _SCORE_NEAR:
        place += 1
    linked = {tokens[one.start].norm for one in row[end + 1 : place]} & {"on", "in", "of"}
    if not linked or place >= len(row) or row[place].letter != "V":
        return None
    variable = fitting(row[place], amount)
    scored = variable is not None and variable.unit is not None and variable.unit.code == "{score}"
    return Subject((variable.name,), end, end) if variable is not None and scored else None


def pregnant_for(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int, amount: Amount
) -> Subject | None:
    """`at least 20 weeks pregnant`, `< 12 weeks of pregnancy`: how old the pregnancy is."""
    last = next((one.amount for one in reversed(row[at:end]) if one.amount is not None), amount)
    amount = amount if amount.unit is not None else replace(amount, unit=last.unit)
    if amount.unit not in {"wk", "mo", "d"}:
        return None
    if _born_or_pregnant(tokens, row, at, end, amount):
        return Subject(("gestational_age",), at, at)
    if end >= len(row):
        return None
    before = {token.norm for token in tokens[max(row[at].start - 2, 0) : row[at].start]}
    words = [token.norm for token in tokens[row[end].start : row[end].start + 3]]
    said = words[:1] == ["pregnant"] or words[:2] == ["of", "pregnancy"] or words == _IN_HER
    return Subject(("gestational_age",), at, at) if said and not before & _WHEN else None


def _born_or_pregnant(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int, amount: Amount
) -> bool:
    """`born at < 32 weeks`, `pregnant women (> 20 weeks)`, and not how long ago it was."""
    weeks = amount.value / 7 if amount.unit == "d" else amount.value
    if amount.unit == "mo" or not _FIRST_WEEK <= weeks <= _LAST_WEEK:
        return False
    behind = tokens[row[end].start].norm if end < len(row) else ""
    place = row[at].start - 1
    while place >= 0 and tokens[place].norm in _TO_WEEKS:
        place -= 1
    said = tokens[place].norm if place >= 0 else ""
    born = said in _BORN and weeks >= _VIABLE_WEEK
    full = tokens[place - 1].norm if place > 0 else "full"
    born = born or (said == "term" and full in _FULL and weeks >= _LATE_WEEK)
    return behind not in _SINCE and (born or said in _PREGNANT)


def subject_within(
    tokens: Sequence[Token], row: Sequence[Terminal], places: Sequence[int], amount: Amount
) -> Subject | None:
    """The variable that is named inside an amount: `> 500 mcg of fluticasone per day`."""
    counted = amount.unit == "/uL"  # "350 CD4/µL"
    if amount.unit not in UNITS or not (
        counted
        or UNITS[str(amount.unit)].dimension in {"mass a day", "times a month", "cells per mass"}
    ):
        return None
    for place in places:
        one = row[place]
        for at in range(one.start + 1, one.end):
            named = find_measured(tokens, at)
            inner = (
                None if named is None else fitting(Terminal("V", at, at, means=named[0]), amount)
            )
            if inner is not None:
                return Subject((inner.name,), places[0], places[0])
    return None


def unit_alone(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """The one variable that is measured in such a unit: `> 10 pack-years`, `≥ 27 kg/m2`."""
    if amount.unit == "h/wk":
        return None  # of work as well as of exercise
    name = _only_in().get(amount.unit or "")
    before = tokens[row[at].start - 1].norm if row[at].start else ""
    if amount.unit in _DRUNK and not _DRINKS & {token.norm for token in tokens}:
        return None  # "insulin > 100 units/day"
    if amount.unit == "kg" and _of_a_sex(tokens, row, at):
        name = "weight"  # "≥ 45 kg for females"
    if amount.unit in _KILO and _after_specific_ige(tokens, row[at].start):
        name = "specific_ige"  # "IgE class 2 or ≥ 0.70 kU/L"
    if name is None or before in bag("changed_before"):
        return None
    if is_described(row, at, amount):
        return None
    return Subject((name,), at, at, denied=False)


def _of_a_sex(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> bool:
    """Whether a number beside "for females" or behind "men" is one of a sex."""
    number = next((one for one in row[at : at + 2] if one.amount is not None), row[at])
    behind = [token.norm for token in tokens[number.end : number.end + 3]]
    before = [token.norm for token in tokens[max(row[at].start - 1, 0) : row[at].start]]
    for_one = behind[:1] in (["for"], ["in"], ["("]) and bool(_SEXES & set(behind[1:]))
    both = len({"f" if token.norm in _FEMALE else "m" for token in tokens if token.norm in _SEXES})
    return for_one or (both > 1 and bool(_SEXES & set(before)))


def _after_specific_ige(tokens: Sequence[Token], stop: int) -> bool:
    words = [token.norm for token in tokens[:stop]]
    return any(pair == ("specific", "ige") for pair in pairwise(words)) or "sige" in words


def is_described(row: Sequence[Terminal], at: int, amount: Amount) -> bool:
    """`cisplatin (70-80 mg/m2)`: a dose that is told, and no limit."""
    if row[at].letter != "N" or amount.unit not in UNITS or not at:
        return False
    return UNITS[amount.unit].dimension in _TOLD and row[at - 1].letter in "PCSR"


@cache
def _only_in() -> Mapping[str, str]:
    """Units that tell one variable: its dimension belongs to no other, or it is commonly meant."""
    owners: dict[str, set[str]] = {}
    for row in variables().values():
        if row.unit is not None and row.kind is Kind.QUANTITY:
            for unit in row.units:
                owners.setdefault(unit.dimension, set()).add(row.name)
    alone = {
        code: next(iter(owners[unit.dimension]))
        for code, unit in UNITS.items()
        if len(owners.get(unit.dimension, ())) == 1 and unit.dimension not in _OFTEN_ELSE
    }
    return alone | _COMMONLY
