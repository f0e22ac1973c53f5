"""How far one thing is from another, and how far somebody can walk: `≥ 2 cm from the hilum`."""

from __future__ import annotations

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_before,
    phrase_behind,
    phrase_ending,
)
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name

_BEHIND = (
    ["away", "from"], ["from"], ["proximal", "to"], ["distal", "to"], ["apart", "from"],
)  # fmt: skip
# "within 2 cm of the hilum", "closer than 2 cm to the hilum"
_BESIDE = {"within": (["of"],), "closer": (["to"],), "nearer": (["to"],)}
_VERGE = (("anal", "verge"), ("anal", "margin"))


def is_distance(scan: Scan, phrase: Phrase) -> bool:
    """Whether a length is how far something is from another thing, and not how large it is."""
    return _in_lengths(scan, phrase) and _from(scan, phrase) is not None


def own_distance(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`a tumour ≥ 2 cm from the hilum`, `able to walk at least 10 m`, `living > 50 km from …`."""
    if not phrase.bounds or not _in_lengths(scan, phrase):
        return None
    walked = _walked(scan, at)
    if walked is not None:
        return walked
    start = _from(scan, phrase)
    behind = None if start is None else phrase_behind(scan, start)
    if behind is None:
        return None
    if any(pair == tuple(behind.norms[:2]) for pair in _VERGE):
        return Subject(("anal_verge_distance",), at, behind.end)
    named = _far_thing(scan, at)
    first = at if named is None else named.start
    if named is not None and set(named.norms) & (bag("staged_things") | {"lesion"}):
        return Subject(("tumour_distance",), first, behind.end)
    words = " ".join(behind.words)
    longest = None if named is None else f"distance of {' '.join(named.words)} from {words}"
    unit = UNITS["cm"]
    name = (longest and own_name(longest, unit)) or own_name(f"distance from {words}", unit)
    return None if name is None else Subject((name,), first, behind.end)


def _in_lengths(scan: Scan, phrase: Phrase) -> bool:
    amounts = [scan.row[place].amount for place in phrase.places]
    codes = {one.unit for one in amounts if one is not None and one.unit is not None}
    return len(codes) == 1 and all(
        code in UNITS and UNITS[code].dimension == "length" for code in codes
    )


def _from(scan: Scan, phrase: Phrase) -> int | None:
    """Where the thing is named from which a distance is measured."""
    end = phrase.end
    words = [scan.tokens[one.start].norm for one in scan.row[end : end + 3]]
    sign = scan.tokens[scan.row[phrase.places[0]].start]
    word = scan.said.text[sign.start : sign.end].lower()
    said = (*_BEHIND, *_BESIDE.get(word.split()[0], ()))
    found = next((len(one) for one in said if words[: len(one)] == one), None)
    if found is None:
        return None
    after = [scan.tokens[one.start].norm for one in scan.row[end + found : end + found + 4]]
    return None if set(after) & listed("distances.never") else end + found


def _far_thing(scan: Scan, at: int) -> NounPhrase | None:
    """What is so far away, where a noun phrase in front names it."""
    place = at
    before = [scan.tokens[one.start].norm for one in scan.row[max(at - 3, 0) : at]]
    if set(before) & listed("distances.people"):
        return None  # "lives within 30 miles of …"
    while place > scan.ended and scan.tokens[scan.row[place - 1].start].norm in listed(
        "distances.located"
    ):
        place -= 1
    found = phrase_before(scan, place)
    if found is None or found.head in listed("never") or set(found.norms) & listed("vague"):
        return None
    return found


def _walked(scan: Scan, at: int) -> Subject | None:
    """`walk (a distance of) at least 10 m`."""
    place = at - 1
    while place >= scan.ended and scan.tokens[scan.row[place].start].norm in listed(
        "distances.between"
    ):
        place -= 1
    if place < scan.ended:
        return None
    verb = scan.tokens[scan.row[place].end - 1].norm
    if verb not in listed("distances.walking"):
        return None
    before = phrase_ending(scan, place + 1)
    if before is not None and "test" in before.norms:
        return None
    name = own_name("walking distance", UNITS["cm"])
    return None if name is None else Subject((name,), place, at)
