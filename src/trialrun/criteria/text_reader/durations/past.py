"""How long something has lasted until now, with no word that compares: `stable for 3 months`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.durations.own import own_duration
from trialrun.criteria.text_reader.durations.time_limit import (
    NEAR,
    SHORT,
    TIMES,
    TimeLimit,
    clause_of,
    is_window,
    time_limit,
)
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import listed
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import OWN, own_name

_ABOUT = frozenset({"approximately", "about", "around", "approx"})
_FAR = 10  # words between a treatment and how long it was given
_WORDS = 6  # of the name of a treatment
_TREATED = frozenset({"treatment", "therapy", "care", "management", "measure"})
_LASTING = frozenset(
    {"symptom_duration", "disease_duration", "remission_duration",
     "treatment_free_interval", "stable_dose_duration", "time_since_menopause"}
)  # fmt: skip


def lately(scan: Scan, at: int) -> Phrase | None:
    """`for at least the last 2 years`: the limit, without the words that say which years."""
    row, place = scan.row, at + 1
    while place < len(row) and scan.tokens[row[place].start].norm in listed("durations.lately"):
        place += 1
    amount = row[place].amount if place < len(row) and place > at + 1 else None
    if row[at].letter != "G" or amount is None or amount.unit not in TIMES - SHORT:
        return None
    return Phrase((("bounds", ((1, 0),)),), (at, place), place + 1)


def lasting_for(scan: Scan, at: int) -> tuple[Subject, Phrase] | None:
    """`on a stable dose for 3 months before screening`: at least, though no word says so."""
    amount = scan.row[at].amount
    if amount is None or amount.unit not in TIMES - SHORT or amount.old:
        return None
    if scan.row[at].letter != "N" or (at + 1 < len(scan.row) and scan.row[at + 1].letter in "TMW"):
        return None
    phrase = Phrase((("bounds", ((0, ">="),)),), (at,), at + 1)
    limit = time_limit(scan, at, phrase)
    found = _told(limit, str(amount.unit))
    return None if found is None else (found, phrase)


def _told(limit: TimeLimit, unit: str) -> Subject | None:
    scan, at = limit.scan, limit.at
    past = limit.norm(at - 1) in listed("durations.lately") and "for" in limit.before[-3:]
    about = limit.norm(at - 1) in _ABOUT and limit.norm(at - 2) == "for"
    if limit.norm(at - 1) != "for" and not past and not about:
        return _without_for(limit, unit)
    if _is_conservative(clause_of(limit.before)[-_FAR:]) and scan.said.kind == "inclusion":
        return Subject(("conservative_treatment",), at, at)
    if is_window(limit.behind) or set(limit.before[-NEAR:]) & listed("durations.later"):
        return None
    name = _known(set(clause_of(limit.before)[-8:]))
    if name == "":
        return None
    if name is not None:
        return Subject((name,), at, at, denied=denied_before(scan.tokens, scan.row, at))
    found = _steady_treatment(limit) or own_duration(scan, at, limit.phrase)
    return found if found is not None and _is_plain(limit, found.names[0], past=past) else None


def _steady_treatment(limit: TimeLimit) -> Subject | None:
    """`on a stable asthma treatment including steroids for`: the treatment, and no part of it."""
    clause = clause_of(limit.before)
    first = next((at for at, word in enumerate(clause) if word in listed("durations.steady")), -1)
    if first < 0:
        return None
    near = clause[first : first + _WORDS]
    last = next((at for at, word in enumerate(near) if word in listed("durations.treatments")), 0)
    name = own_name(f"{' '.join(near[: last + 1])} duration", UNITS["mo"]) if last else None
    return None if name is None else Subject((name,), limit.at, limit.at)


def _known(near: set[str]) -> str | None:
    """What has lasted, by the words near by: a variable, "" where nothing has, or None."""
    if near & listed("durations.menses"):
        return "time_since_menopause"
    if near & listed("durations.denials"):
        return ""
    if near & listed("durations.steady") and near & listed("durations.dosed"):
        return "stable_dose_duration"
    known = "remission" in near and not near & listed("durations.malignancies")
    return "remission_duration" if known else None


def _is_conservative(words: Sequence[str]) -> bool:
    """Whether `conservative care` or the like stands among these words."""
    pairs = pairwise(words)
    return any(a in bag("treated_conservatively") and b in _TREATED for a, b in pairs)


def _is_plain(limit: TimeLimit, name: str, *, past: bool) -> bool:
    """Whether so long is surely at least so long, and no time that is planned or long past."""
    if name in _LASTING:
        return True
    words = set(name.split("_"))
    steady = name.startswith(OWN) and bool(words & (listed("durations.steady") | {"free"}))
    return steady or (past and limit.scan.said.kind == "inclusion")


def _without_for(limit: TimeLimit, unit: str) -> Subject | None:
    """`a 6-month history of asthma`, `failed 6 weeks of conservative care`."""
    scan, at = limit.scan, limit.at
    if limit.behind[:2] == ["history", "of"] and unit != "d":
        felt = {*limit.behind[2:4]} & {*bag("felt"), "symptom"}
        return Subject(("symptom_duration" if felt else "disease_duration",), at, at)
    included = scan.said.kind == "inclusion"
    place = at - 1
    while place >= scan.ended and scan.row[place].letter == "f":
        place -= 1
    if place >= scan.ended and scan.row[place].letter == "V":
        names = {meaning.row.name for meaning in scan.row[place].means}
        if "life_expectancy" in names and included:
            return Subject(("life_expectancy",), place, place + 1)
    first = scan.row[at].end
    if included and _is_conservative([token.norm for token in scan.tokens[first + 1 : first + 5]]):
        return Subject(("conservative_treatment",), at, at)
    fails = set(limit.before[-5:]) & listed("durations.fails")
    if not fails or limit.behind[:1] != ["of"]:
        return None
    found = own_duration(scan, at, limit.phrase)
    if found is None:
        return None
    # "no response to 4 weeks of …" denies the response
    return replace(found, denied=denied_before(scan.tokens, scan.row, min(found.start, at)))
