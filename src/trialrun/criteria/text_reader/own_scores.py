"""Scores of scales that the vocabulary does not know: `14 or more on the Wobble Scale`."""

from __future__ import annotations

import re

from trialrun.criteria.text_reader.limit_places import Phrase, find_phrase
from trialrun.criteria.text_reader.noun_phrases import (
    ITEMS,
    NounPhrase,
    listed,
    phrase_before,
    phrase_behind,
    phrase_ending,
    with_first_adjective,
)
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name

_SHORT = re.compile(r"[A-Z][A-Za-z]*[A-Z][A-Za-z0-9]*(?:-[0-9A-Z]{1,3})?|[A-Z][a-z]+-\d{1,2}")
_LOWER = re.compile(r"[a-z]{3}")
_WORDS = re.compile("[A-Z]{2,}")
_PLAIN = frozenset({None, "{score}"})
_MOST = 7  # terminals from "minimum" to its number
_AFTER = frozenset(",.;:)]")


def own_score(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """The scale whose score a bare number is: behind it, or in front where its name shows it."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    if not phrase.bounds or any(one.unit not in _PLAIN or one.old for one in amounts):
        return None
    aside = _felt_aside(scan, at, phrase)
    return aside or _scale_behind(scan, at, phrase) or _titled(scan, at, phrase)


def _felt_aside(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`any eye symptom (≥ score of 1 in …)`: how bad one of them is."""
    row, tokens = scan.row, scan.tokens
    place = at - 1
    while place > scan.ended and tokens[row[place].start].norm in {"score", "of", "a", "scored"}:
        place -= 1
    if place <= scan.ended or row[place].letter != "P":
        return None
    near = {token.norm for token in tokens[row[place].start : row[phrase.end - 1].end]}
    found = phrase_ending(scan, place) if near & listed("scores.scored") else None
    if found is None or found.head not in bag("felt"):
        return None
    found = with_first_adjective(scan, found)
    every = tokens[row[found.start - 1].start].norm if found.start else ""
    words = ("any", *found.words) if every == "any" else found.words
    name = own_name(" ".join(words), UNITS["{score}"])
    return None if name is None else Subject((name,), found.start, found.end)


def least_score(scan: Scan, at: int) -> tuple[Subject | None, Phrase] | None:
    """`a minimum wobble score of 14`: the limit around its name, and the name where it is one."""
    row = scan.row
    if row[at].letter not in "GL" or scan.tokens[row[at].start].norm not in listed("scores.ends"):
        return None
    place = at + 1
    while place < len(row) and place - at <= _MOST and row[place].letter in "wf:":
        place += 1
    if place - at < 2 or place >= len(row) or row[place].letter != "N":
        return None
    phrase = find_phrase(row, place, scale=False, leading=at)
    if phrase is None or row[phrase.places[0]] is not row[at]:
        return None
    before = scan.ended
    scan.ended = at + 1
    found = phrase_before(scan, place)
    scan.ended = before
    if found is not None and set(found.norms) <= listed("vague"):
        named = phrase_ending(scan, at)  # "the wobble inventory minimum score of 14"
        found = named if named is not None and not named.known else found
    scored = found is not None and {found.head, found.last} & listed("heads.score")
    if found is None or not scored or found.head in listed("never"):
        return None
    behind = _scale_behind(scan, at + 1, phrase)
    if behind is not None:
        return behind, phrase
    if set(found.norms) <= listed("vague"):
        return None, phrase
    name = own_name(scale_words(found), UNITS["{score}"])
    return None if name is None else (Subject((name,), at, place), phrase)


def scale_words(found: NounPhrase) -> str:
    """The name of a scale without "score on" in front of it or "score" behind."""
    words = list(found.words)
    norms = [word.rstrip("s") for word in words]
    linked = next((place for place, word in enumerate(words) if word in listed("scores.on")), 0)
    if 0 < linked < len(words) - 1 and set(norms[:linked]) <= listed("vague") | {"score"}:
        words = words[linked + 1 :]
    while len(words) > 1 and words[-1] in {"score", "scores", "points"}:
        words.pop()
    return " ".join(words)


def is_item(found: NounPhrase) -> bool:
    """Whether a phrase names one item of a scale: `item 3 of the wobble scale`."""
    pairs = zip(found.norms, found.norms[1:], strict=False)
    return len(found.norms) > 2 and any(one in ITEMS and two.isdigit() for one, two in pairs)


def _scale_behind(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`a score of 14 or more on the Wobble Scale`, `≥ 4 on the PDSQ`."""
    row, tokens = scan.row, scan.tokens
    place = phrase.end
    word = tokens[row[place].start].norm if place < len(row) else ""
    if word == "according":
        place += 1
        word = tokens[row[place].start].norm if place < len(row) else ""
    near = {tokens[one.end - 1].norm for one in row[max(at - 4, scan.ended) : at]}
    pointed = any(one.amount is not None and one.amount.unit for one in row[at : phrase.end])
    scored = pointed or near & listed("scores.scored")
    if word not in listed("scores.on") or (word not in {"on", "in"} and not scored):
        return None
    item = ""
    norms = [tokens[one.start].norm for one in row[place + 1 : place + 5] if one.letter != "X"]
    if len(norms) > 2 and norms[0] in ITEMS and norms[1].isdigit() and norms[2] in {"of", "in"}:
        item, place = f" {norms[0]} {norms[1]}", place + 3
    found = phrase_behind(scan, place + 1)
    if found is None or found.known or found.head in listed("never"):
        return None
    heads = {found.head, found.last} & (listed("heads.score") | listed("scores.heads"))
    if not (heads and set(found.norms) - listed("vague")) and not is_short(scan, found):
        return None
    if not scored and word == "in":
        return None
    name = own_name(scale_words(found) + item, UNITS["{score}"])
    return None if name is None else Subject((name,), at, found.end)


def _titled(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`WIA ≥ 14`, `Brief Wobble Test (BWT) < 26`, `wobble intensity > 4 points`."""
    row, tokens = scan.row, scan.tokens
    found = phrase_before(scan, at)
    if found is None or found.known or found.end < at - 3 or not _ends(scan, phrase.end):
        return None
    if {found.head, found.last} & listed("never") or set(found.norms) <= listed("vague"):
        return None
    signed = any(row[place].letter in "GLMWB" for place in phrase.places)
    pointed = any(one.amount is not None and one.amount.unit for one in row[at : phrase.end])
    if not signed or {found.head, found.last} & listed("scores.never"):
        return None
    aside = row[found.end - 1].letter == "Q" or row[at - 1].letter == "Q"
    named = {found.head, found.last} & listed("scores.heads")
    written = scan.said.text[tokens[row[found.start].start].start : tokens[row[at - 1].end - 1].end]
    titled = len(found.words) > 1 and sum(word[:1].isupper() for word in written.split()) > 1
    if not (pointed or is_short(scan, found) or (named and titled) or (aside and titled)):
        return None
    name = own_name(scale_words(found), UNITS["{score}"])
    return None if name is None else Subject((name,), found.start, at)


def is_short(scan: Scan, found: NounPhrase) -> bool:
    """Whether a name is an abbreviation, such as a scale has, in a text that is not in capitals."""
    tokens = scan.tokens[scan.row[found.start].start : scan.row[found.end - 1].end]
    text = scan.said.text
    written = text[tokens[0].start : tokens[-1].end]
    capitals = not _LOWER.search(text) and len(_WORDS.findall(text)) > 2
    last = text[tokens[-1].start : tokens[-1].end]
    ends = 1 < len(found.words) < 5 and last.isupper() and len(last) > 2
    long = len(written) > 2 and (ends or _SHORT.fullmatch(written) is not None)
    return long and not capitals and not {found.head, found.last} & listed("scores.never")


def _ends(scan: Scan, end: int) -> bool:
    """Whether nothing is counted behind a number."""
    if end >= len(scan.row):
        return True
    token = scan.tokens[scan.row[end].start]
    return scan.row[end].letter not in "wV" or token.norm in listed("scores.after")
