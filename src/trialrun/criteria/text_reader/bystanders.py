"""Limits of another person, another time or another fluid than the participant's of today.

"BMI of the mother", "nadir CD4", "pleural fluid glucose", "vascular age": each names a variable
that it does not mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.own import OWN
from trialrun.vocabulary.table import variables

if TYPE_CHECKING:
    from trialrun.criteria.text_reader.subjects import Subject

# Who is never the participant, but where a trial is of mothers: then their values are the mother's.
_PEOPLE = bag("relatives") - {"guardian"} | frozenset(
    ["maternal", "paternal", "husband", "wife", "carer", "sister", "brother", "grandparent",
     "roommate", "fetus", "foetus"]
)  # fmt: skip
_THEIRS = ("maternal", "donor", "fetal", "birth", "gestational", "paternal", "affected", "family")
_OF_WHOM = _PEOPLE | {"donor", "infant", "newborn", "child", "baby"}
_ONCE = frozenset({"nadir", "lowest", "highest", "peak", "lifetime"})
_THEN = (("at", "birth"), ("at", "diagnosis"), ("at", "age"), ("before", "pregnancy"))
_FLUIDS = frozenset({"ascitic", "ascites", "csf", "fluid", "effluent"})
# What a word right in front of a name makes of it.
_OTHERS = {
    "lvef": frozenset({"gallbladder"}),
    "weight": frozenset({"tumor", "tumour", "lean", "newborn", "placental", "estimated", "fat"}),
    "age": frozenset({"vascular", "biological", "cardiac"}),
    "systolic_bp": frozenset({"aortic", "central"}),
    "height": frozenset({"fundal", "lung", "disc"}),
}
_TREATMENTS = frozenset({"regimen", "line", "course"})
_CLASSES = frozenset(
    ["platinum", "taxane", "anthracycline", "fluoropyrimidine", "gemcitabine", "immunotherapy",
     "checkpoint", "endocrine", "hormonal", "hormone", "her2", "egfr", "tki", "tnf", "biologic",
     "biological", "targeted", "cytotoxic", "adjuvant", "neoadjuvant"]
)  # fmt: skip
_OTHER_PAIRS = frozenset(
    {("gallbladder", "ejection"), ("tumor", "weight"), ("lean", "body"), ("newborn", "weight"),
     ("vascular", "age"), ("biological", "age"), ("aortic", "systolic"), ("fundal", "height")}
)  # fmt: skip
_MEASURED = frozenset({"laboratory", "vital signs", "body", "organ function"})
_NOW = frozenset(
    {"enrolment", "enrollment", "inclusion", "screening", "recruitment", "entry", "consent",
     "randomization", "randomisation", "baseline", "visit", "is", "are", "be", "aged", "treatment",
     "registration", "study", "admission", "presentation", "surgery"}
)  # fmt: skip
_ENDS = frozenset({".", ";", ":"})


def is_anothers(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], start: int
) -> bool:
    """Whether the limit at token `start` is of somebody else, of another time, of another fluid."""
    name = subject.names[0]
    if name.startswith((OWN, *_THEIRS)):
        return False
    named = subject.start < len(row) and subject.end > subject.start
    first = min(start, row[subject.start].start) if named else start
    end = row[subject.end - 1].end if named else first
    before = _clause(tokens, first)
    mothers = name == "age" and "mother" in before  # `maternal_age`
    if (_is_told_of(before) and not mothers) or _goes_on_with(tokens, end):
        return True
    if before[-1:] and before[-1] in _OTHERS.get(name, ()):
        return True
    if name == "age":
        return before[-2:-1] != [] and before[-1] == "at" and _is_event(before[-2])
    measured = variables()[name].group in _MEASURED
    if measured and (set(before[-1:]) & _ONCE or before[-2:] == ["pre", "pregnancy"]):
        return True
    if measured and any(pair in _THEN for pair in _pairs(tokens[end:start])):
        return True
    laboratory = variables()[name].group == "laboratory"
    return laboratory and _is_of_a_fluid(name, before)


def speaks_of_another(tokens: Sequence[Token]) -> bool:
    """Whether words of an item make it unsure whose, or of when, its limits are."""
    said = {token.norm for token in tokens}
    pairs = set(_pairs(tokens))
    fluid = "csf" in said or "ascitic" in said or {("pleural", "fluid"), ("cord", "blood")} & pairs
    if said & _PEOPLE or fluid or ("pre", "pregnancy") in pairs or said & {"nadir", "lowest"}:
        return True
    return bool(pairs & set(_THEN) or pairs & _OTHER_PAIRS) or _has_alternative(tokens)


def counts_a_class(tokens: Sequence[Token]) -> bool:
    """Whether treatments of one class are counted: `at most 1 prior platinum regimen`."""
    norms = [token.norm for token in tokens]
    for at, word in enumerate(norms):
        if word not in _TREATMENTS:
            continue
        behind = norms[at + 2 : at + 4] if norms[at + 1 : at + 2] == ["of"] else []
        if _CLASSES & {*norms[max(at - 3, 0) : at], *behind}:
            return True
    return False


def _has_alternative(tokens: Sequence[Token]) -> bool:
    """`Karnofsky ≥ 70 (or ECOG 0-1)`: an alternative in a parenthesis, with a limit of its own."""
    opened = next((at for at, pair in enumerate(_pairs(tokens)) if pair == ("(", "or")), -1)
    if opened < 0:
        return False
    closed = next((at for at in range(opened, len(tokens)) if tokens[at].norm == ")"), len(tokens))
    inside = tokens[opened:closed]
    legal = {"legal", "country", "local"} & {one.norm for one in inside}
    limited = any(one.kind in {"op", "number"} or one.norm == "normal" for one in inside)
    return limited and not legal


def _clause(tokens: Sequence[Token], end: int) -> list[str]:
    words: list[str] = []
    for token in reversed(tokens[:end]):
        if token.norm in _ENDS:
            break
        words.insert(0, token.norm)
    return words


def _is_told_of(before: Sequence[str]) -> bool:
    """Whether another person is named, and the participant not after: `caregiver with PHQ-9`."""
    place = max((at for at, word in enumerate(before) if word in _PEOPLE), default=-1)
    if place < 0:
        return False
    behind = before[place + 1 :]
    return not set(behind) & (bag("subjects") | {",", "who"})


def _goes_on_with(tokens: Sequence[Token], end: int) -> bool:
    """`BMI of the mother`."""
    end -= end > 0 and tokens[end - 1].norm == "of"  # "life expectancy of" is a name
    words = [token.norm for token in tokens[end : end + 3]]
    if words[:1] != ["of"] or len(words) < 2:
        return False
    return bool(set(words[1:]) & _OF_WHOM) and words[1] in _OF_WHOM | {"the", "a", "an", "their"}


def _is_event(word: str) -> bool:
    if word.startswith(("diagnos", "onset")):
        return False  # `age_at_onset`
    return word not in _NOW and word not in bag("subjects") and word[:1].isalpha()


def _pairs(tokens: Sequence[Token]) -> list[tuple[str, str]]:
    norms = [token.norm for token in tokens]
    return list(pairwise(norms))


def _is_of_a_fluid(name: str, before: Sequence[str]) -> bool:
    said = _FLUIDS & set(before) or before[-1:] == ["cord"] or ("cord", "blood") in pairwise(before)
    return bool(said) and not name.startswith(("csf", "ascit", "pleural", "synovial"))
