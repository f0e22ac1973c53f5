"""How much a thing has changed, where no variable says it: `a reduction of ≥ 30 % in seizures`."""

from __future__ import annotations

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_before,
    phrase_behind,
    phrase_ending,
)
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.own import own_name

_TIMES = frozenset({"time", "calendar"})
_MULTIPLES = frozenset({"xULN", "xLLN", "xBaseline"})
_STEPS = frozenset({"level", "grade", "point", "step"})
_NEAR = 4  # terminals from a number to the word that says a change
_NOUNS = {
    "increased": "increase", "decreased": "decrease", "reduced": "reduction", "declined": "decline",
    "improved": "improvement", "dropped": "drop", "fell": "fall", "fallen": "fall", "rose": "rise",
    "risen": "rise", "worsened": "worsening", "changed": "change", "grown": "growth",
}  # fmt: skip


def own_change(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """The change that a limit is about, with what changes: in front, behind, or on both sides."""
    steps = in_steps(scan, at, phrase)
    if steps is not None:
        return steps
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    codes = {one.unit for one in amounts}
    unit = UNITS.get(str(next(iter(codes)))) if phrase.bounds and len(codes) == 1 else None
    if unit is None or unit.code in _MULTIPLES or unit.dimension in _TIMES:
        return None
    for reader in (_around, _behind, _done):
        found = reader(scan, at, phrase, unit)
        if found is not None:
            return found
    return None


def in_steps(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`decreased muscle strength of at least one level`: by how many steps of its scale."""
    row = scan.row
    behind = scan.tokens[row[phrase.end].start].norm if phrase.end < len(row) else ""
    if not phrase.bounds or behind not in _STEPS or _word(scan, at - 1) != "of":
        return None
    place = at - 2
    while place >= scan.ended and row[place].letter in "wV" and _word(scan, place) not in _NOUNS:
        place -= 1
    if place < scan.ended or place == at - 2 or _word(scan, place) not in _NOUNS:
        return None
    words = [
        scan.said.text[one.start : one.end]
        for one in scan.tokens[row[place + 1].start : row[at - 1].start]
    ]
    name = own_name(f"{_NOUNS[_word(scan, place)]} in {' '.join(words)}", UNITS["{score}"])
    return None if name is None else Subject((name,), place, at)


def _around(scan: Scan, at: int, phrase: Phrase, unit: Unit) -> Subject | None:
    """`a reduction of at least 30 % in seizure frequency`."""
    found, place = phrase_before(scan, at), at - 1
    if found is None or found.known or not {found.head, found.last} & listed("changes.words"):
        word = _word(scan, place)
        if word == "by":
            word = _word(scan, place := place - 1)
        if word not in listed("changes.words"):
            return None
        found = None
    rich = found is not None and bool(
        set(found.norms) - listed("changes.words") - listed("changes.adjectives") - listed("inside")
    )
    if found is not None and rich:
        name = own_name(" ".join(found.words), unit)
        return None if name is None else Subject((name,), found.start, found.end)
    said = _word(scan, place) if found is None else found.last
    what = _what(scan, phrase.end)
    start = place if found is None else found.start
    return None if what is None else _named(said, what, unit, start)


def _behind(scan: Scan, at: int, phrase: Phrase, unit: Unit) -> Subject | None:
    """`≥ 30 % reduction in seizure frequency`, `more than 50 % symptom reduction`."""
    row, end = scan.row, phrase.end
    place = end
    while place < len(row) and place - end < _NEAR and row[place].letter in "wVf":
        word = _word(scan, place)
        if word in listed("changes.words"):
            what = _what(scan, place + 1)
            if what is not None:
                return _named(word, what, unit, at)
            before = phrase_ending(scan, place) if place > end else None
            if before is None or set(before.norms) <= listed("changes.adjectives"):
                return None
            name = own_name(f"{' '.join(before.words)} {word}", unit)
            return None if name is None else Subject((name,), at, place + 1)
        place += 1
    return None


def _done(scan: Scan, at: int, phrase: Phrase, unit: Unit) -> Subject | None:
    """`tumour burden has decreased by more than 20 %`, `gained more than 5 kg`."""
    place = at - 1 - (_word(scan, at - 1) == "by")
    word = _word(scan, place)
    if word == "gained" and unit.dimension == "mass":
        name = own_name("weight gain", unit)
        return None if name is None else Subject((name,), place, at)
    if word not in _NOUNS or place == at - 1:
        return None
    start = place
    while _word(scan, start - 1) in listed("changes.being"):
        start -= 1
    what = phrase_ending(scan, start)
    return None if what is None else _named(_NOUNS[word], what, unit, what.start)


def _what(scan: Scan, at: int) -> NounPhrase | None:
    """What changes: behind "in", "of" or "on"."""
    word = _word(scan, at)
    if at >= len(scan.row) or word not in {"in", "of", "on", "for"}:
        return None
    found = phrase_behind(scan, at + 1)
    if found is None or found.head in listed("never") | listed("changes.never"):
        return None
    return found


def _named(word: str, what: NounPhrase, unit: Unit, start: int) -> Subject | None:
    link = "of" if word == "relief" else "in"
    name = own_name(f"{word} {link} {' '.join(what.words)}", unit)
    return None if name is None else Subject((name,), start, max(what.end, start))


def _word(scan: Scan, place: int) -> str:
    """The last word of a terminal that belongs to no limit yet."""
    if not scan.ended <= place < len(scan.row):
        return ""
    return scan.tokens[scan.row[place].end - 1].norm
