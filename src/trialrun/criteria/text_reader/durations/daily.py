"""How long something lasts each day: `symptoms lasting for more than 1 hour per day`."""

from __future__ import annotations

from trialrun.criteria.text_reader.durations.time_limit import SHORT, TimeLimit, clause_of
from trialrun.criteria.text_reader.noun_phrases import listed, phrase_ending
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name

_SAYS_NOTHING = frozenset({"daily", "duration", "time", "period"})
_PER = (["per", "day"], ["a", "day"], ["each", "day"], ["every", "day"], ["/", "day"])


def is_daily(scan: Scan, end: int) -> bool:
    """Whether "per day" or the like stands at a terminal."""
    words = [scan.tokens[one.start].norm for one in scan.row[end : end + 2]]
    return words[:1] == ["daily"] or words in _PER


def own_daily(limit: TimeLimit, unit: str) -> Subject | None:
    """What lasts so long a day, where "lasting", "for" or "during" links it to the limit."""
    each = limit.behind[:1] == ["daily"] or list(limit.behind[:2]) in _PER
    if unit not in SHORT or not each:
        return None
    if set(clause_of(limit.before)) & (listed("durations.denials") | listed("durations.later")):
        return None
    place = limit.at - 1
    linked = set[str]()
    row = limit.scan.row
    while limit.norm(place) in listed("durations.daily") and row[place].letter != "V":
        linked.add(limit.norm(place))
        place -= 1
    found = phrase_ending(limit.scan, place + 1) if linked - {"or", "and", ","} else None
    said = _SAYS_NOTHING | listed("durations.daily")
    if found is None or {found.head, found.last} & listed("never"):
        return None
    if set(found.norms) <= (listed("vague") | listed("inside")) - {"symptom"}:
        return None
    words = [word for word in found.words if word not in said]
    name = own_name(f"daily {' '.join(words)} duration", UNITS[unit]) if words else None
    return None if name is None else Subject((name,), found.start, found.end)
