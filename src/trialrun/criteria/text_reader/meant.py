"""What a name means beside the words around its limit, and limits that say nothing of a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.ages import began_at, of_contact, of_signing
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.limit_phrases import Shape
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.misreadings import is_of_donor
from trialrun.criteria.text_reader.other_people import of_somebody_else
from trialrun.criteria.text_reader.recovery import not_recovered, recovers_to
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token

_SPECIFIC = frozenset({"specific", "sensitization", "allergen"})
_EXPRESSED = frozenset({"positive", "express", "expressed", "expressing", "expression", "stain",
                        "staining", "stained", "positivity"})  # fmt: skip
_OF_ASTHMA = frozenset({"asthma", "gina", "asthmatic", "ics", "corticosteroid", "controller"})
_WHEN = frozenset({"the", "time", "of", "first", "initial", "original", "disease", "symptom"})
_EVENTS = (["at", "menarche"], ["at", "menopause"], ["at", "death"])
_ENDS = frozenset({".", ";"})
_NEAR = 6  # tokens
_FRIDERICIA = ("frideric", "friederic", "qtcf")
_HER2 = frozenset({"her2", "her-2", "erbb2", "her2-positive", "her2-low", "her2/neu"})
_EGFR = frozenset({"ckd-epi", "epi", "mdrd", "ckdepi"})  # equations for the filtration rate
_FEW_KILO_UNITS = 20  # kU/L: so little IgE is never asked for in total


def says_nothing_of_people(subject: Subject, tokens: Sequence[Token], at: int) -> bool:
    """Whether a limit is not one of the person: of people at home, of a method in general."""
    if subject.names == ("contraceptive_failure",):
        return True  # "a method with a failure rate of less than 1 % a year"
    if subject.names == ("gina_step",):
        return not _OF_ASTHMA & {token.norm for token in tokens}  # "in two steps"
    if subject.names != ("age",):
        return False
    if [token.norm for token in tokens[max(at - 2, 0) : at]] in _EVENTS:
        return True  # "age at menarche < 10 years"
    return of_contact(tokens, at) or of_signing(tokens, at) or of_somebody_else(tokens, at)


def meant(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> Subject:
    """The subject, or what the words beside its limit say that its name means here."""
    start, end = row[phrase.places[0]].start, row[phrase.end - 1].end
    first = row[min(subject.start, phrase.places[0])].start
    if subject.names == ("age",) and (_at_onset(tokens, end) or began_at(tokens, first)):
        return replace(subject, names=("age_at_onset",))
    if subject.names == ("age",) and is_of_donor(tokens, first):
        return replace(subject, names=("donor_age",))
    before = [one.norm for one in tokens[max(first - _NEAR, 0) : first]]
    if subject.names == ("age",) and "mother" in before:
        behind = before[before.index("mother") + 1 :][:1]
        return subject if behind == ["of"] else replace(subject, names=("maternal_age",))
    if subject.names in {("pain_nrs",), ("pain_vas",)}:
        other = _scale_told(tokens, row, phrase)
        if other:
            return replace(subject, names=(other,))
    if subject.names == ("pain_vas",):
        words = [token.norm for token in tokens[end : end + 2]]
        return replace(subject, names=("cough_vas",)) if words == ["for", "cough"] else subject
    if len(subject.names) > 1 and "symptom_duration" in subject.names:
        others = tuple(name for name in subject.names if name != "symptom_duration")
        return replace(subject, names=others)  # "loss of consciousness, lasting over 30 minutes"
    if subject.names == ("systolic_bp",) and end < len(tokens) and subject.end <= phrase.places[0]:
        named = tokens[row[subject.start].start : row[max(subject.end - 1, subject.start)].end]
        plain = not {"systolic", "sbp"} & {token.norm for token in named}
        if plain and tokens[end].norm == "diastolic":
            return replace(subject, names=("diastolic_bp",))  # "BP > 90 mmHg diastolic"
    if subject.names == ("qtc",):
        near = tokens[max(start - 8, 0) : end + 14]
        if any(token.norm.startswith(_FRIDERICIA) for token in near):
            return replace(subject, names=("qtcf",))
    if set(subject.names) <= {"total_ige", "specific_ige"}:
        number = next(at for at in phrase.places if row[at].amount is not None)
        if tokens[row[number].start - 1].norm == "class" and _unit_of(row[number]) is None:
            return replace(subject, names=("ige_class",))
    if subject.names == ("total_ige",):
        amounts = [row[place].amount for place in phrase.places]
        if _is_specific(tokens, start, end, [one for one in amounts if one is not None]):
            return replace(subject, names=("specific_ige",))
    close = {token.norm for token in tokens[max(start - 10, 0) : end + 6]}
    if subject.names == ("stain_intensity",) and close & _HER2:
        return replace(subject, names=("her2_ihc",))
    if subject.names == ("creatinine_clearance_indexed",) and close & _EGFR:
        return replace(subject, names=("egfr",))
    if subject.names == ("tumour_cells",) and _is_expressed(tokens, start, end):
        return replace(subject, names=("antigen_expression",))
    return subject


def _at_onset(tokens: Sequence[Token], end: int) -> bool:
    """`1 to 18 years of age at the time of first diagnosis`: how old somebody was then."""
    words = [token.norm for token in tokens[end : end + 9]]
    while words and words[0] in {"of", "age", "old", ")"}:
        words.pop(0)
    if words[:1] != ["at"]:
        return False
    said = [word for word in words[1:] if word not in _WHEN]
    return said[:1] == ["diagnosis"] or "onset" in said[:2]  # "at the time of migraine onset"


def _scale_told(tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase) -> str:
    """`pain: a score > 5 on the Oswestry Disability Index`: the scale behind, or nothing."""
    words = row[phrase.end : phrase.end + 3]
    if not words or tokens[words[0].start].norm not in {"on", "in"}:
        return ""
    told = next((one for one in words if one.letter == "V"), None)
    if told is None or any(one.letter not in "fV" for one in words[: words.index(told) + 1]):
        return ""
    named = told.means[0].row
    known = {meaning.row.name for meaning in told.means} & {"pain_nrs", "pain_vas"}
    scored = named.unit is not None and named.unit.code == "{score}"
    return named.name if scored and not known else ""


def _unit_of(one: Terminal) -> str | None:
    return None if one.amount is None else one.amount.unit


def _is_expressed(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether cells are counted that show a target: `CD33 positive: > 80 % of the tumor cells`."""
    near: list[str] = []
    for token in reversed(tokens[max(start - 6, 0) : start]):
        if token.norm in _ENDS:
            break
        near.append(token.norm)
    words = {*near, *(token.norm for token in tokens[end : end + 6])}
    return bool(words & _EXPRESSED)


def _is_specific(tokens: Sequence[Token], start: int, end: int, amounts: Sequence[Amount]) -> bool:
    """Whether IgE is that against one allergen: words near by or a small number say so."""
    before: list[str] = []
    for token in reversed(tokens[max(start - 14, 0) : start]):
        if token.norm in _ENDS:
            break
        before.append(token.norm)
    near = {*before, *(token.norm for token in tokens[end : end + 4])}
    if "total" in near or not amounts:
        return False
    if _SPECIFIC & near or amounts[0].unit == "kUA/L":
        return True
    return amounts[0].unit == "k[IU]/L" and amounts[0].value <= _FEW_KILO_UNITS


def towards(
    subject: Subject, tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase
) -> tuple[Shape, bool]:
    """A grade to which something (has not yet) recovered: at most that; and whether denied."""
    shape = phrase.shapes[0]
    if "toxicity_grade" not in subject.names:
        return shape, False
    start = row[min(subject.start, phrase.places[0])].start
    letter = row[phrase.places[0]].letter
    one = len(shape[1]) == 1
    if one and recovers_to(tokens, start):
        first = shape[1][0]
        if shape[0] == "levels" and len(first) == 1:
            return ("bounds", ((first[0], "<="),)), not_recovered(tokens, start)
        if shape[0] == "bounds" and phrase.op(row, shape[1][0]) == ">=":
            return ("bounds", ((shape[1][0][0], "<="),)), not_recovered(tokens, start)
    return shape, letter != "G" and not_recovered(tokens, start)
