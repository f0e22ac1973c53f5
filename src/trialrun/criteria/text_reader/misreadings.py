"""Limits whose words say that they are not of the variable that is named beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from trialrun.criteria.text_reader.bystanders import is_anothers
from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

if TYPE_CHECKING:
    from trialrun.criteria.text_reader.subjects import Subject

_PREDICTED = frozenset({"fev1_percent_predicted", "pef_percent_predicted", "fvc_percent_predicted"})
_MADE_OF = {
    "fev1_fvc": ("fev1_percent_predicted", "fvc_percent_predicted"),
    "das28": ("esr", "crp"),
}
_RATED = frozenset(
    ["numeric", "numerical", "visual", "analog", "analogue", "rating", "nrs", "vas", "point",
     "pain", "likert"]
)  # fmt: skip
_INSTRUMENTS = frozenset({"questionnaire", "inventory", "index", "scale", "test", "interview"})
_OTHER_ENZYMES = frozenset({"ck", "cardiac", "pancreatic", "muscle", "creatine", "digestive"})
_TNM = re.compile(r"[tnmc]\d[a-d]?|[cp]t\d[a-d]?")
_NEAR = 8  # tokens
_UNTIL = frozenset({"until", "till"})
_THE_SAME = frozenset(
    ["event", "episode", "time", "course", "occasion", "attack", "per", "a", "an", "in", "within",
     "during", "over", "prior", "before", "at", "on", "by", "for", "each", "every", "or", "and",
     "total", "medication", "drug", "agent", "regimen", "line", "treatment", "therapy",
     "different", "separate", "previous", "last", "past", "since", "from", "to", "with"]
)  # fmt: skip
# "donor kidney": of whom it comes
_GIVEN = frozenset(
    ["kidney", "renal", "liver", "heart", "lung", "organ", "transplant", "transplantation", "graft",
     "lymphocyte", "cell", "site", "egg", "oocyte", "sperm", "specific", "blood", "marrow", "milk"]
)  # fmt: skip
_DONORS_TOO = frozenset({"body", "laboratory", "vital signs", "demography", "organ function"})


def is_misread(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> bool:
    """Whether a limit is of another thing, or another person's, and so none of the variable."""
    start, end = row[phrase.places[0]].start, row[phrase.end - 1].end
    names = set(subject.names)
    if is_anothers(subject, tokens, row, start):
        return True
    if names & _PREDICTED and _is_of_the_best(tokens, end):
        return True
    if names == {"age"} and _is_said_until(tokens, start):
        return True
    if names == {"smoking_duration"} and _is_without(tokens, row, subject, phrase):
        return True
    if _is_scored(subject, tokens, start):
        return True
    if names == {"transaminases"} and tokens[row[subject.start].start - 1].norm in _OTHER_ENZYMES:
        return True
    near = [one.norm for one in tokens[max(start - _NEAR, 0) : start]]
    if names == {"tolerated_dose"} and {"consumption", "intake", "eating"} & set(near):
        return True  # what somebody eats without a challenge
    if names == {"st_deviation"} and "st" not in {one.norm for one in tokens}:
        return True  # "a change of less than -5 mV": of what, its unit does not tell
    if names == {"disease_stage"} and _is_of_tnm(tokens, start):
        return True
    if names == {"visual_acuity"} and _goes_on_as_fraction(tokens, end):
        return True  # "20/200": how far somebody sees, and no number of letters
    if _is_on_another_scale(subject, tokens, row, phrase) or _is_told_by(subject, tokens, start):
        return True
    if _is_share_of(subject, tokens, row, phrase):
        return True
    if _counts_another(subject, tokens, row, phrase):
        return True
    groups = {variables()[name].group for name in names}
    first = min(start, row[subject.start].start if subject.start < len(row) else start)
    return names != {"age"} and groups <= _DONORS_TOO and is_of_donor(tokens, first)


def _is_said_until(tokens: Sequence[Token], at: int) -> bool:
    """`regular cycles until at least age 40`, `breastfeed until your infant is 6 months old`."""
    for token in reversed(tokens[max(at - 6, 0) : at]):
        if token.kind not in {"word", "op"}:
            return False
        if token.norm in _UNTIL:
            return True
    return False


def _is_without(
    tokens: Sequence[Token], row: Sequence[Terminal], subject: Subject, phrase: Phrase
) -> bool:
    """`not smoked for at least 1 year`: how long ago it was, and no years of smoking."""
    return denied_before(tokens, row, min(subject.start, phrase.places[0]))


def _is_scored(subject: Subject, tokens: Sequence[Token], start: int) -> bool:
    """`any nasal symptom (a score of at least 2)`: how bad they are, and not how many."""
    before = [token.norm for token in tokens[max(start - 2, 0) : start]]
    return variables()[subject.names[0]].group == "count" and before == ["score", "of"]


def _is_of_tnm(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number is the second of `T1-2` or `N0-1`."""
    before = tokens[at - 1] if at else None
    glued = before is not None and tokens[at].start - before.end <= 1
    return glued and before is not None and _TNM.fullmatch(before.norm) is not None


def is_of_donor(tokens: Sequence[Token], at: int) -> bool:
    """Whether what stands at `at` is a donor's: `donors must be ≥ 18 years old and weigh …`."""
    people = bag("subjects") - {"person", "individual", "people"} | {"recipient"}
    for place in range(at - 1, -1, -1):
        norm = tokens[place].norm
        if norm in {".", ";"} or norm in people:
            return False
        if norm == "donor":
            behind = tokens[place + 1].norm if place + 1 < len(tokens) else ""
            near = tokens[place + 1 : at]
            return behind not in _GIVEN and not any(one.norm in _GIVEN for one in near)
    return False


def _is_of_the_best(tokens: Sequence[Token], end: int) -> bool:
    """`< 60 % of the patient's best`: no share of what is predicted."""
    for token in tokens[end : end + 7]:
        if token.kind in {"number", "op"} or token.norm in {".", ";", "predicted"}:
            return False
        if token.norm == "best":
            return True
    return False


def _goes_on_as_fraction(tokens: Sequence[Token], end: int) -> bool:
    slash = [token.norm for token in tokens[end : end + 1]] == ["/"]
    return slash and end + 1 < len(tokens) and tokens[end + 1].kind == "number"


def _is_on_another_scale(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> bool:
    """`back pain: a score > 5 on the Roland-Morris Questionnaire`: a score of that."""
    if not set(subject.names) <= {"pain_nrs", "pain_vas"} or subject.start >= phrase.end:
        return False
    named = False
    for one in row[phrase.end : phrase.end + 12]:
        norm = tokens[one.start].norm
        named = named or (one.letter == "w" and norm not in _INSTRUMENTS)
        if norm in _RATED or one.letter in ";N" or one.letter == "V":
            return False
        if norm in _INSTRUMENTS:
            return named and tokens[row[phrase.end].start].norm in {"on", "in", "of", "using", "by"}
    return False


def _is_told_by(subject: Subject, tokens: Sequence[Token], start: int) -> bool:
    """`diagnostic certainty, confirmed by 2 neurologists`: how many tell it, and no level."""
    scale = all(variables()[name].kind is not Kind.QUANTITY for name in subject.names)
    return scale and start > 0 and tokens[start].kind != "op" and tokens[start - 1].norm == "by"


def _is_share_of(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> bool:
    """`> 25 % of the total AHI`: a share of a score, and not the score."""
    amounts = [row[place].amount for place in phrase.places]
    share = any(one is not None and one.unit == "%" for one in amounts)
    units = {variables()[name].unit for name in subject.names}
    scores = all(unit is not None and unit.code == "{score}" for unit in units)
    behind = phrase.end < len(row) and tokens[row[phrase.end].start].norm == "of"
    return share and scores and behind and subject.start >= phrase.end


def _counts_another(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> bool:
    """`a new lesion (at least two scans …)`: in a parenthesis, something else is counted."""
    if variables()[subject.names[0]].group != "count" or phrase.end >= len(row):
        return False
    between = [one.letter for one in row[subject.end : phrase.places[0]]]
    behind = tokens[row[phrase.end].start]
    opened = "P" in between and "Q" not in between
    named = variables()[subject.names[0]]
    own = {word for name in (named.name, *named.synonyms) for word in name.split(" ")}
    known = own | {word.rstrip("s") for word in named.name.split("_")} | _THE_SAME
    return opened and behind.kind == "word" and behind.norm not in known


def without_parts(names: list[str]) -> list[str]:
    """Of `FEV1/forced vital capacity (FEV1/FVC)` the ratio, of `DAS28/ESR` the score."""
    parts = {part for name in names for part in _MADE_OF.get(name, ())}
    return [name for name in names if name not in parts]
