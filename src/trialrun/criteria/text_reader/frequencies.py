"""How often something happens: `heartburn at least twice a week`, `4 or more attacks a month`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import Phrase, find_phrase
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_behind,
    phrase_ending,
)
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name

RATES = frozenset({"/d", "/wk", "/mo", "/a"})
_PERIODS = {
    "day": "/d", "daily": "/d", "week": "/wk", "weekly": "/wk", "month": "/mo", "monthly": "/mo",
    "year": "/a", "yearly": "/a",
}  # fmt: skip
_PER = frozenset({"per", "a", "each", "every", "/"})
_ADJECTIVES = 4  # words between a number and what it counts
_LATER = 14  # words in front that say what is still to be done
_OCCURS = frozenset({"occurrence", "frequency", "presence", "use", "usage", "consumption"})


def rate_at(scan: Scan, at: int) -> tuple[str, int]:
    """The unit of "per week" that begins at a terminal, and where it ends; a plain count else."""
    words = [scan.tokens[one.start].norm for one in scan.row[at : at + 2]]
    if words and words[0] in _PERIODS and words[0].endswith("ly"):
        return _PERIODS[words[0]], at + 1
    if len(words) == 2 and words[0] in _PER and words[1] in _PERIODS:
        return _PERIODS[words[1]], at + 2
    return "1", at


def with_rate(scan: Scan, places: tuple[int, ...], code: str) -> None:
    """Gives every amount at these places the unit that stands behind what is counted."""
    scan.row = tuple(
        replace(one, amount=replace(one.amount, unit=code))
        if one.amount is not None and at in places
        else one
        for at, one in enumerate(scan.row)
    )


def read_counted_rate(scan: Scan, at: int) -> int:
    """`at least 4 migraine attacks per month`: the unit stands behind what is counted."""
    row = scan.row
    phrase = find_phrase(row, at, scale=False)
    if phrase is None or not phrase.bounds:
        return 0
    amounts = [row[place].amount for place in phrase.places]
    known = [one for one in amounts if one is not None]
    place = phrase.end
    while place < len(row) and place - phrase.end < _ADJECTIVES and row[place].letter == "w":
        place += 1
    if any(one.unit is not None for one in known) or place >= len(row) or row[place].letter != "V":
        return 0
    code, end = rate_at(scan, place + 1)
    if code == "1":  # "migraine attacks per month" is a name
        last = scan.tokens[row[place].end - 1].norm
        code = _PERIODS.get(last, code)
    timed = [replace(one, unit=code) for one in known]
    variable = fitting(row[place], timed[0]) if code in RATES else None
    if variable is None:
        return 0
    with_rate(scan, phrase.places, code)
    return add_limit(scan, Subject((variable.name,), place, end), phrase, restated=False)


def is_frequency(scan: Scan, phrase: Phrase) -> bool:
    """Whether a limit says how often, and nothing else."""
    amounts = [scan.row[place].amount for place in phrase.places]
    codes = {one.unit for one in amounts if one is not None} - {None}
    return bool(phrase.bounds) and len(codes) == 1 and codes <= RATES


def own_frequency(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """What happens so often, where no variable is: the words in front of the limit or behind."""
    units = (one.amount.unit for one in (scan.row[place] for place in phrase.places) if one.amount)
    code = next(unit for unit in units if unit is not None)
    first = scan.row[at].start
    before = {token.norm for token in scan.tokens[max(first - _LATER, 0) : first]}
    if before & (listed("durations.later") | {"visit", "attend", "come", "return"}):
        return None
    found = _in_front(scan, at) or _behind(scan, at, phrase.end)
    if found is None:
        return None
    words = list(found.words)
    if len(words) > 2 and words[0] in _OCCURS and words[1] == "of":
        words = words[2:]  # "occurrence of heartburn"
    name = own_name(" ".join(words), UNITS[code])
    return None if name is None else Subject((name,), found.start, found.end)


def _in_front(scan: Scan, at: int) -> NounPhrase | None:
    row, tokens = scan.row, scan.tokens
    place = at - 1
    while place >= scan.ended and row[place].letter in "wfFI":
        if tokens[row[place].start].norm not in listed("frequencies.happens"):
            break
        place -= 1
    if place < scan.ended:
        return None
    used = tokens[row[place].start].norm in {"use", "usage", "intake"}
    found = phrase_ending(scan, place + 1 - used)
    if found is not None and used and found.end == place:
        word = tokens[row[place].start].norm
        words, norms = (*found.words, word), (*found.norms, word)
        found = replace(found, words=words, norms=norms, last=word, end=place + 1)
    if found is not None:
        return None if _says_nothing(found) else found
    token = tokens[row[place].end - 1]
    written = scan.said.text[token.start : token.end].lower()
    done = written.endswith("ing") and token.norm not in listed("frequencies.never")
    if row[place].letter not in "wf" or not done:
        return None
    return NounPhrase((written,), (token.norm,), token.norm, token.norm, place, place + 1, False)


def _behind(scan: Scan, at: int, end: int) -> NounPhrase | None:
    """`frequent (more than once a week) occurrence of heartburn`, `> once weekly cannabis use`."""
    row, tokens = scan.row, scan.tokens
    opened = at > 0 and row[at - 1].letter == "P"
    if opened and end < len(row) and row[end].letter == "Q":
        end += 1
    while end < len(row) and tokens[row[end].start].norm == "of":
        end += 1
    found = phrase_behind(scan, end)
    if found is None or _says_nothing(found):
        return None
    limited = found.end < len(row) and row[found.end].letter in "GLE"
    return None if limited else found  # "2 episodes a week of blood glucose < 60 mg/dL"


def _says_nothing(found: NounPhrase) -> bool:
    if set(found.norms) <= listed("vague") | listed("inside"):
        return True
    return bool({found.head, found.last} & (listed("never") | listed("frequencies.never")))
