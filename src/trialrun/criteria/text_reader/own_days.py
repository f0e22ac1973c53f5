"""On how many days something was: `wheezing on at least 2 days`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.frequencies import with_rate
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_ending,
    with_first_adjective,
)
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name

_LATER = 14  # words in front that say what is still to be done
_WHEN = frozenset({"before", "prior", "after", "since", "following", "from", "preceding"})
_ENTRIES = frozenset({"entry", "record", "recording"})
_DIARIES = frozenset({"diary", "ediary"})


def own_days(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """What was there on so many days, where "in" or "on" links it to their number."""
    row = scan.row
    place = at - 1
    linked = place >= scan.ended and scan.tokens[row[place].start].norm
    if linked not in {"in", "on"} or not _in_days(scan, phrase) or _is_window(scan, phrase):
        return None
    if any(phrase.op(row, bound)[0] != ">" for bound in phrase.bounds):
        return None
    first = row[place].start
    before = {token.norm for token in scan.tokens[max(first - _LATER, 0) : first]}
    if before & (listed("durations.later") | listed("durations.denials") | {"visit"}):
        return None
    found = _thing(scan, place)
    name = None if found is None else own_name(f"days with {' '.join(found.words)}", UNITS["d"])
    return None if name is None or found is None else Subject((name,), place, at)


def _in_days(scan: Scan, phrase: Phrase) -> bool:
    """Whether a limit is a number of days; "5 of 7 days" becomes one of 5 days."""
    codes = {one.unit for one in (scan.row[at].amount for at in phrase.places) if one is not None}
    if not phrase.bounds or codes == {"d"}:
        return bool(phrase.bounds)
    behind = scan.row[phrase.end : phrase.end + 6]
    words = [scan.tokens[one.start].norm for one in behind]
    whole = next((one.amount for one in behind if one.amount is not None), None)
    if codes != {None} or words[:1] not in (["of"], ["out"]) or whole is None:
        return False
    if whole.unit != "d":
        return False
    with_rate(scan, phrase.places, "d")
    return True


def _is_window(scan: Scan, phrase: Phrase) -> bool:
    """`at least 4 days before`, `at least 2 days a week`: no number of days."""
    words = [scan.tokens[one.start].norm for one in scan.row[phrase.end : phrase.end + 1]]
    return bool(set(words) & (_WHEN | {"per", "a", "each", "every", "/", "weekly"}))


def _thing(scan: Scan, place: int) -> NounPhrase | None:
    """What stands in front of "on", across a parenthesis that may hold a limit of its own."""
    ended, scan.ended = scan.ended, 0
    found = _before(scan, place)
    found = None if found is None else with_first_adjective(scan, found)
    if found is not None and scan.tokens[scan.row[found.start].start - 1].norm == "any":
        found = _with_other(scan, found)
    scan.ended = ended
    return found


def _before(scan: Scan, place: int) -> NounPhrase | None:
    row, tokens = scan.row, scan.tokens
    if place and row[place - 1].letter == "Q":
        place = next((at for at in range(place - 1, 0, -1) if row[at].letter == "P"), 0)
    done = tokens[row[place - 1].start].norm if place else ""
    filled = listed("days.filled")
    if done in filled:
        place -= 1
        place -= place > 0 and tokens[row[place - 1].start].norm.endswith("ly")
    found = phrase_ending(scan, place)
    if found is None or {found.head, found.last} & (listed("never") | listed("days.never")):
        return None
    if set(found.norms) <= listed("vague") | listed("inside"):
        return None
    words = found.words
    if found.head in _ENTRIES and len(words) == 1 and _DIARIES & {token.norm for token in tokens}:
        words = ("diary", *words)
    said = tokens[row[found.start - 1].start].norm if found.start else ""
    done = done if done in filled else said if said in filled else ""
    return replace(found, words=(done, *words) if done else words)


def _with_other(scan: Scan, found: NounPhrase) -> NounPhrase:
    """The first of `any nasal or ocular symptom`, of `both any cough and any wheezing`."""
    row, tokens = scan.row, scan.tokens
    place = found.start - 1
    while place > 0 and tokens[row[place].start].norm in {"any", "a", "an"}:
        place -= 1
    both = "both" in {token.norm for token in tokens[: row[found.start].start]}
    if row[place].letter != "A" or not both:
        return found
    other = _before(scan, place)
    return found if other is None else replace(found, words=(*other.words, "and", *found.words))
