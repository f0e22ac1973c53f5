"""How long something has lasted until now, without a comparison: `stable for 3 months before`."""

from __future__ import annotations

from trialrun.criteria.text_reader.durations.time_limit import (
    NEAR,
    SHORT,
    TIMES,
    clause_of,
    is_window,
    time_limit,
)
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import listed
from trialrun.criteria.text_reader.scan import Scan


def lately(scan: Scan, at: int) -> Phrase | None:
    """`for at least the last 2 years`: the limit, without the words that say which years."""
    row, place = scan.row, at + 1
    while place < len(row) and scan.tokens[row[place].start].norm in listed("durations.lately"):
        place += 1
    amount = row[place].amount if place < len(row) and place > at + 1 else None
    if row[at].letter != "G" or amount is None or amount.unit not in TIMES - SHORT:
        return None
    return Phrase((("bounds", ((1, 0),)),), (at, place), place + 1)


def lasting_for(scan: Scan, at: int) -> tuple[str, Phrase] | None:
    """`on a stable dose for 3 months before screening`: at least, though no word says so."""
    amount = scan.row[at].amount
    if amount is None or amount.unit not in TIMES - SHORT or amount.old:
        return None
    phrase = Phrase((("bounds", ((0, ">="),)),), (at,), at + 1)
    limit = time_limit(scan, at, phrase)
    past = limit.norm(at - 1) in listed("durations.lately") and "for" in limit.before[-3:]
    if (limit.norm(at - 1) != "for" and not past) or is_window(limit.behind):
        return None
    if set(limit.before[-NEAR:]) & listed("durations.later"):
        return None
    near = set(clause_of(limit.before)[-8:])
    if near & listed("durations.menses"):
        return "time_since_menopause", phrase
    if near & listed("durations.denials"):
        return None
    if near & listed("durations.steady") and near & listed("durations.dosed"):
        return "stable_dose_duration", phrase
    known = "remission" in near and not near & listed("durations.malignancies")
    return ("remission_duration", phrase) if known else None
