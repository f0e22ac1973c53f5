"""The noun phrase beside a limit: its words, and which of them is its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.words import Token

__all__ = [
    "NounPhrase",
    "listed",
    "phrase_before",
    "phrase_behind",
    "phrase_ending",
    "with_first_adjective",
]

_MOST = 8  # words that say something
_SMALL = frozenset(
    {"of", "in", "for", "on", "to", "between", "per", "from", "and", "the", "a", "an"}
)
ITEMS = frozenset({"item", "question"})  # of a scale
_RATES = frozenset({"day", "week", "month", "year"})
_WHOLE = frozenset({"any", "a", "an", "the", "of", "for", "with", "having"})
_ADJECTIVAL = ("al", "ar", "ic", "ous", "ary", "ive")
_OWNS = re.compile(r"['’]s?$")  # "the gallbladder's wall"
_NOT_IN_NAMES = frozenset({"the", "a", "an", "any", "their", "his", "her", "your", "only"})


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """Words that name a thing; the terminals from `start` up to `end` say them.

    `head` is the word that says what kind of thing it is, `last` the one in front of the limit.
    `known`: it is nothing but the name of a variable.
    """

    words: tuple[str, ...]
    norms: tuple[str, ...]
    head: str
    last: str
    start: int
    end: int
    known: bool


def phrase_before(scan: Scan, at: int) -> NounPhrase | None:
    """The noun phrase in front of the limit that begins at `at`, across "of", "is" and ":"."""
    return phrase_ending(scan, _past_links(scan, at - 1) + 1)


def phrase_ending(scan: Scan, end: int) -> NounPhrase | None:
    """The noun phrase that ends in front of terminal `end`."""
    place = end - 1
    if place < scan.ended:
        return None
    while place >= scan.ended:
        before = _one_before(scan, place)
        if before == place:
            break
        place = before
    return _trimmed(scan, place + 1, end)


def phrase_behind(scan: Scan, at: int, *, complement: bool = True) -> NounPhrase | None:
    """The noun phrase that begins at terminal `at`, with what stands behind "of" in it."""
    row, place, stop = scan.row, at, len(scan.row)
    linked = False
    while place < stop and place - at < _MOST and row[place].letter in "wfV":
        norm = scan.tokens[row[place].start].norm
        if norm == "of" and complement and not linked and place > at:
            linked = True
        elif norm in listed("inside") or _breaks(scan, place) or _is_rate(scan, place):
            break
        elif norm.endswith("ly") and norm not in listed("adjectives_in_ly") and place > at:
            break  # "one emollient continuously"
        place += 1
    while place > at and scan.tokens[row[place - 1].end - 1].norm in _SMALL:
        place -= 1
    return _trimmed(scan, at, place)


def with_first_adjective(scan: Scan, found: NounPhrase) -> NounPhrase:
    """The whole of "any nasal or ocular symptom", of which the phrase is the second half."""
    row, tokens, at = scan.row, scan.tokens, found.start
    if at < 3 or row[at - 1].letter not in "RA" or row[at - 2].letter != "w":
        return found
    first, link = tokens[row[at - 2].end - 1].norm, tokens[row[at - 1].start].norm
    whole = tokens[row[at - 3].end - 1].norm in _WHOLE
    if not whole or not first.endswith(_ADJECTIVAL):
        return found
    return replace(found, words=(first, link, *found.words), start=at - 2)


def _is_rate(scan: Scan, place: int) -> bool:
    """Whether "a day", "each week" or a "daily" at the end begins here."""
    words = [scan.tokens[one.start].norm for one in scan.row[place : place + 2]]
    if words[:1] == ["daily"]:
        return len(words) < 2 or scan.row[place + 1].letter not in "wV"
    return words[0] in {"a", "each", "every"} and words[1:] != [] and words[1] in _RATES


def _past_links(scan: Scan, place: int) -> int:
    """Back past "of", "is", ":", "(range 0 - 21)" and "at baseline"."""
    row, tokens = scan.row, scan.tokens
    while place >= scan.ended:
        norm = tokens[row[place].start].norm
        if row[place].letter == "Q":
            opening = _aside(scan, place)
            if opening < 0:
                return place
            place = opening - 1
        elif _opens_below_zero(scan, place):
            place -= 2
        elif row[place].letter in ":E" or (norm in listed("links") and row[place].letter in "wf"):
            place -= 1
        elif norm in listed("moments") and (moment := _moment(scan, place)) < place:
            place = moment
        else:
            return place
    return place


def _opens_below_zero(scan: Scan, place: int) -> bool:
    """`z-score range (-2 to +1)`: a limit, since the range of a whole scale begins at zero or 1."""
    if scan.row[place].letter != "P" or place - 1 < scan.ended or place + 1 >= len(scan.row):
        return False
    first = scan.row[place + 1].amount
    ranged = scan.tokens[scan.row[place - 1].start].norm == "range"
    return ranged and first is not None and first.value < 0


def _moment(scan: Scan, place: int) -> int:
    """In front of "at the screening visit" that ends here; the same place where none does."""
    start = place
    words = listed("moment_words") | listed("moments")
    while start >= scan.ended and scan.tokens[scan.row[start].start].norm in words:
        start -= 1
        if scan.tokens[scan.row[start + 1].start].norm == "at":
            return start
    return place


def _aside(scan: Scan, place: int) -> int:
    """Where a parenthesis opens that adds nothing: a short form, or how far a scale goes."""
    row = scan.row
    opening = place
    while opening > scan.ended and row[opening].letter != "P":
        opening -= 1
    inner = row[opening + 1 : place]
    if row[opening].letter != "P" or any(one.letter in "GLM;" for one in inner):
        return -1
    if not any(one.letter == "N" for one in inner):
        return opening if len(inner) <= 2 * _MOST else -1
    said = {scan.tokens[one.start].norm for one in inner}
    return (
        opening
        if said & {"range", "scale", "ranging", "points", "point"} or len(inner) == 3
        else -1
    )


def _one_before(scan: Scan, place: int) -> int:
    """In front of one more word of the phrase; the same place where it ends."""
    row, tokens = scan.row, scan.tokens
    one = row[place]
    norm = tokens[one.start].norm
    if one.letter == "V":
        return place - 1
    if one.letter == "A":
        start = place
        while start > scan.ended and place - start < 6 and row[start].letter in "wfVA":
            start -= 1
        return start - 1 if row[start].letter == "B" else place
    if one.letter == "T" and norm == "to":  # "protein to creatinine ratio"
        near = {tokens[other.end - 1].norm for other in row[place + 1 : place + 4]}
        before = tokens[row[place - 1].end - 1].norm if place > scan.ended else ""
        goes_on = near & {"ratio", "quotient"} or before in {"exposure", "adherence"}
        return place - 1 if goes_on else place
    scale = _named(scan, place - 1) in listed("heads.score") if place > scan.ended else False
    if one.letter == "I" and norm == "for" and scale:
        return place - 1  # "the wobble inventory for adults"
    if one.letter == "F" and place > scan.ended and _named(scan, place - 1) == "distance":
        return place - 1  # "distance from the nerve"
    if one.letter == "S" and _tight(one, tokens, scan.said.text):
        return place - 1
    if one.letter == "Q":
        opening = _aside(scan, place)
        return place if opening < 0 else opening - 1
    if one.letter not in "wf":
        return place
    if norm == "#" and place > scan.ended and _named(scan, place - 1) in ITEMS:
        return place - 1
    if _breaks(scan, place):
        return place
    return place - 1 if norm[0].isalnum() else place


def _named(scan: Scan, place: int) -> str:
    return scan.tokens[scan.row[place].end - 1].norm


def _tight(one: Terminal, tokens: Sequence[Token], text: str) -> bool:
    start, end = tokens[one.start].start, tokens[one.end - 1].end
    return text[start - 1 : start].isalnum() and text[end : end + 1].isalnum()


def _hyphened(scan: Scan, one: Terminal) -> bool:
    """Whether a word is half of another: "self-reported", "fat-containing"."""
    token, text = scan.tokens[one.start], scan.said.text
    return text[token.start - 1 : token.start] == "-" or text[token.end : token.end + 1] == "-"


def _breaks(scan: Scan, place: int) -> bool:
    """Whether no noun phrase goes across this word."""
    token = scan.tokens[scan.row[place].start]
    following = scan.tokens[scan.row[place].end :][:1]
    if _hyphened(scan, scan.row[place]):
        return False
    if token.norm == "use" and following and following[0].norm == "of":
        return False  # a noun here
    if token.norm == "use" and _is_noun(scan, place, following):
        return False
    written = scan.said.text[token.start : token.end]
    if written == "WHO":
        return False
    if written.endswith(("ing", "ed")) and written[0].isupper() and _titled(scan, place):
        return False  # "Clinician Administered Wobble Scale", "Snark Naming Test"
    verbal = written.endswith("ing") and token.norm not in listed("gerunds")
    return verbal or token.norm in listed("breaks")


def _is_noun(scan: Scan, place: int, following: Sequence[Token]) -> bool:
    """Whether "use" is that of what stands in front: `cannabis use for`, `chronic snark use (`."""
    if place - 1 < scan.ended or not following:
        return False
    before = scan.row[place - 1]
    near = {token.norm for token in scan.tokens[max(before.start - 2, 0) : before.start]}
    aside = following[0].norm == "(" and near & listed("durations.chronic")
    if following[0].norm != "for" and not aside:
        return False
    norm = scan.tokens[before.end - 1].norm
    small = _SMALL | listed("trimmed") | listed("breaks") | listed("inside") | listed("never")
    return before.letter == "w" and norm not in small and not norm.endswith("ly")


def _titled(scan: Scan, place: int) -> bool:
    """Whether words with a capital letter stand on both sides of a word."""
    near = [scan.row[at] for at in (place - 1, place + 1) if 0 <= at < len(scan.row)]
    text = scan.said.text
    return len(near) == 2 and all(text[scan.tokens[one.start].start].isupper() for one in near)


def _trimmed(scan: Scan, start: int, end: int) -> NounPhrase | None:
    """The phrase without what adds nothing in front; None where nothing is left of it."""
    row, tokens = scan.row, scan.tokens
    while start < end and row[start].letter != "V":
        norm = tokens[row[start].start].norm
        if norm not in listed("trimmed") | listed("inside"):
            break
        if end - start == 1:
            return None
        start += 1
    said = _said(scan, start, end)
    if said and said[-1].norm == "s":
        said.pop()  # "drug(s)"
    if not said or sum(token.norm not in _SMALL for token in said) > _MOST:
        return None
    norms = tuple(token.norm for token in said)
    first = next((at for at, word in enumerate(norms) if word in listed("inside")), len(norms))
    if first == 0 or norms[-1] in _SMALL:
        return None
    text = scan.said.text
    words = tuple(
        _OWNS.sub("", text[token.start : token.end].lower())
        for token in said
        if token.norm not in _NOT_IN_NAMES
    )
    known = end - start == 1 and row[start].letter == "V"
    return NounPhrase(words, norms, norms[first - 1], norms[-1], start, end, known)


def _said(scan: Scan, start: int, end: int) -> list[Token]:
    """The tokens of these terminals without what stands in parentheses."""
    found: list[Token] = []
    depth = 0
    for one in scan.row[start:end]:
        if one.letter == "V":
            depth, inner = 0, scan.tokens[one.start : one.end]
            # "hemoglobin (Hgb)" is one terminal
            stop = next((at for at, token in enumerate(inner) if token.norm == "("), len(inner))
            while stop and inner[stop - 1].norm in _SMALL:
                stop -= 1  # "symptoms for"
            found.extend(inner[:stop])
            continue
        depth += (one.letter == "P") - (one.letter == "Q")
        if not depth and one.letter not in "PQS":
            found.extend(scan.tokens[one.start : one.end])
    return found
