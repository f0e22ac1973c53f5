"""Whether words beside a variable's name make it another thing: a change, a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.number_words import NUMBER_WORDS
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_OF_URINE = frozenset({"creatinine_clearance"})
_ROUND = frozenset(
    ["diastolic", "systolic", "ventricular", "atrial", "aortic", "arterial", "vessel", "artery",
     "vein", "venous", "luminal", "lumen", "canal", "root", "head", "biparietal", "pupil", "duct",
     "hernia", "defect", "wound", "stent", "reference", "airway", "valve", "fetal", "nerve"]
)  # fmt: skip
_OF_A_CHILD = frozenset({"gestational_age", "birth_weight"})


def is_itself(tokens: Sequence[Token], row: Sequence[Terminal], place: int) -> bool:
    """Whether no word beside a variable's name makes it another thing."""
    one = row[place]
    before = tokens[one.start - 1].norm if one.start else ""
    if one.start > 1 and before in {"in", "of"} and is_change(tokens, one.start - 1, 1):
        return False  # "a fall in FEV1 of 20%"
    if one.start > 1 and before in {"of", "the"} and _is_part(tokens, one.start):
        return False  # "the itch component of UAS7"
    behind = tokens[one.end].norm if one.end < len(tokens) else ""
    of = one.end + 1 if behind == "of" else one.end
    aged = one.means[0].row.name == "age" and tokens[of - 1].norm == "of"
    if aged and _is_of_a_thing(tokens, of):
        return False
    if any(meaning.row.name in _OF_A_CHILD for meaning in one.means):
        before = ""
    if before == "urine" and any(meaning.row.name in _OF_URINE for meaning in one.means):
        before = ""  # the clearance is what the urine tells
    if before in _ROUND and any(meaning.row.name == "lesion_size" for meaning in one.means):
        return False  # "aortic root diameter"
    felt = any(meaning.row.name == "symptom_duration" for meaning in one.means)
    near = {token.norm for token in tokens[max(one.start - 4, 0) : one.start]}
    if felt and near & {"free", "stable"}:
        return False  # "free of symptoms for"
    return before not in bag("changed_before") and behind not in bag("changed_behind")


def is_change(tokens: Sequence[Token], at: int, reach: int = 5) -> bool:
    """Whether an amount says how much something changes: `decrement of 20% in FEV1`."""
    return any(token.norm in bag("changes") for token in tokens[max(at - reach, 0) : at])


def _is_part(tokens: Sequence[Token], at: int) -> bool:
    """Whether a part of a score is meant: `the itch component of the score`."""
    words = [token.norm for token in tokens[max(at - 3, 0) : at]][::-1]
    words = words[1:] if words[:1] == ["the"] else words
    return words[:1] == ["of"] and words[1:2] != [] and words[1] in bag("parts")


def _is_of_a_thing(tokens: Sequence[Token], at: int) -> bool:
    """Whether "age of" goes on with something else than people or a number: `age of a specimen`."""
    while at < len(tokens) and tokens[at].norm in {"the", "a", "all", "any", "each"}:
        at += 1
    if at >= len(tokens) or tokens[at].kind != "word":
        return False
    return tokens[at].norm not in bag("people_of_age") | bag("gap") | set(NUMBER_WORDS)
