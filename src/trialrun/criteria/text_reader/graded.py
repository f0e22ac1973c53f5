"""A limit of a grade or a stage, which the words beside it say of what it is."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.implied_subjects import (
    graded_thing,
    names_another,
    other_grade,
    tumour_near,
)
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.own_subjects import own_grade
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject, scale_behind
from trialrun.vocabulary.variable import Kind

GENERAL = frozenset({"toxicity_grade", "disease_stage"})
_SYSTEM = frozenset({"standard", "criterion", "criteria", "treatment", "system", "functional"})


def graded(scan: Scan, subject: Subject, phrase: Phrase, place: int) -> int:
    """A limit; of a grade or a stage alone, what the words beside it say that it is of."""
    general = [name for name in subject.names if name in GENERAL]
    if not general:
        return add_limit(scan, subject, phrase)
    row, tokens = scan.row, scan.tokens
    opened = min(subject.start, phrase.places[0]) - 1
    ends = row[opened : phrase.end + 1 : phrase.end - opened] if opened > 0 else ()
    if [one.letter for one in ends] == ["P", "Q"] and opened == scan.ended and scan.found:
        return phrase.end  # "ALT ≤ 5 x ULN (grade 2)": the same again
    amount = next(one for one in (row[at].amount for at in phrase.places) if one is not None)
    named = _scale_in_front(scan, subject, amount)
    if named is not None:
        return add_limit(scan, named, phrase)
    behind = scale_behind(tokens, row, phrase.end, amount)
    if behind is not None and behind.names[0] not in GENERAL:
        return add_limit(scan, replace(behind, start=min(subject.start, behind.start)), phrase)
    word = tokens[row[max(subject.end - 1, 0)].end - 1].norm
    if phrase.shapes[0][0] == "levels" and word not in {"grade", "stage", "level", "staging"}:
        scan.last, scan.ended = None, phrase.end  # "CTCAE 5.0" is a version
        return phrase.end
    other = graded_thing(tokens, row[place].start, row[phrase.end - 1].end)
    if other and general[0] == "toxicity_grade":
        return add_limit(scan, replace(subject, names=(other,)), phrase)
    start, end = row[place].start, row[phrase.end - 1].end
    bare = general[0] == "disease_stage" and (
        amount.unit is None or names_another(scan.said.text, tokens, row, phrase)
    )
    if other_grade(tokens, start, end, general[0]) or (
        bare and not tumour_near(tokens, start, end)
    ):
        own = own_grade(scan, place, phrase)
        if own is not None:
            return add_limit(scan, own, phrase)
        scan.last, scan.ended = None, phrase.end
        return phrase.end
    return add_limit(scan, subject, phrase)


def _scale_in_front(scan: Scan, subject: Subject, amount: Amount) -> Subject | None:
    """`chronic kidney disease (CKD) grade 4`: the scale whose name stands right in front."""
    place = subject.start - 1
    while place >= 0 and (
        scan.row[place].letter in "fP"
        or (scan.row[place].letter in "wC" and _is_of_system(scan, place))
    ):
        place -= 1
    if place < scan.ended or scan.row[place].letter != "V":
        return None
    variable = fitting(scan.row[place], amount)
    if variable is None or variable.kind is Kind.QUANTITY or variable.name in GENERAL:
        return None
    return replace(subject, names=(variable.name,), start=place)


def _is_of_system(scan: Scan, place: int) -> bool:
    """Whether a word, or the one in front of a comma, says that a scale is meant."""
    if scan.row[place].letter == "C":
        if scan.tokens[scan.row[place].end].norm != "grade":
            return False  # "…, stage IV cirrhosis" is of another thing
        place -= 1
    return place >= 0 and scan.tokens[scan.row[place].start].norm in _SYSTEM
