"""How long something that no variable is has lasted: `a milk-free diet for at least 4 weeks`.

Only what somebody has had, done or been; not when it was, nor for how long something is still to be
done or kept away from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.durations.daily import own_daily
from trialrun.criteria.text_reader.durations.known import taken
from trialrun.criteria.text_reader.durations.things import (
    DENIED_STATE,
    is_disease,
    thing_that_lasted,
)
from trialrun.criteria.text_reader.durations.time_limit import (
    NEAR,
    SHORT,
    TIMES,
    TimeLimit,
    clause_of,
    is_window,
    time_limit,
)
from trialrun.criteria.text_reader.frequencies import RATES
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import NounPhrase, listed, phrase_ending
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS
from trialrun.vocabulary.own import own_name
from trialrun.vocabulary.table import variables

_WITHOUT_DISEASE = frozenset(
    {("disease", "free"), ("recurrence", "free"), ("relapse", "free"), ("cancer", "free")}
)
_WITHOUT_TREATMENT = frozenset(
    {("treatment", "free"), ("therapy", "free"), ("chemotherapy", "free"), ("drug", "free")}
)
_COMES_AGAIN = frozenset({"disease", "recurrence", "relapse", "tumor", "tumour"})
_STOPPED = frozenset({"quit", "stopped", "ceased"})
_HABITS = {
    "smoking": "smoking", "smoke": "smoking", "tobacco": "smoking", "drinking": "drinking",
    "alcohol": "drinking",
}  # fmt: skip
_NEAR = 6
_ASIDE = 6  # terminals between a dose and for how long it is taken
_WORDS = 5
_EMPTY = NounPhrase((), (), "", "", 0, 0, known=False)
_SIGNS = frozenset({("evidence", "of"), ("sign", "of"), ("symptom", "of"), ("recurrence", "of")})


def own_duration(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """What has lasted so long, where words beside the limit say it."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    if not amounts or any(one.old or one.unit not in TIMES | {None} for one in amounts):
        return None
    if not phrase.bounds or amounts[-1].unit is None:
        return None
    limit = time_limit(scan, at, phrase)
    if _is_without_disease(limit):
        return Subject(("disease_free_interval",), at, at)
    if _is_without_progression(limit):
        name = own_name("without progression duration", UNITS[str(amounts[-1].unit)])
        return None if name is None else Subject((name,), at, at)
    kept = _is_kept(limit)
    if kept is not None:
        return Subject((kept,), at, at)
    if _is_on_stable_dose(limit):
        return Subject(("stable_dose_duration",), at, at)
    daily = own_daily(limit, str(amounts[-1].unit))
    if daily is not None:
        return daily
    stopped = _has_stopped(limit, str(amounts[-1].unit))
    if stopped is not None:
        return stopped
    if set(limit.before[-NEAR:]) & listed("durations.later") or is_window(limit.behind):
        return None
    found = thing_that_lasted(limit)
    found = _taken_so_much(limit) if found is None else found
    return _of_several(limit) if found is None else _subject(found, amounts[-1], limit)


def _has_stopped(limit: TimeLimit, unit: str) -> Subject | None:
    """`quit smoking less than 6 months`: for how long somebody has not smoked."""
    place = limit.at - 1
    place -= limit.norm(place) == "for"
    if limit.norm(place - 1) not in _STOPPED or limit.norm(place) not in _HABITS:
        return None
    if set(limit.before[-_NEAR:-2]) & listed("durations.denials"):
        return None
    if set(limit.behind[:2]) & listed("durations.before"):
        return None  # "less than 1 year before": when that was
    name = own_name(f"{_HABITS[limit.norm(place)]} abstinence duration", UNITS[unit])
    return None if name is None else Subject((name,), place - 1, place + 1)


def _is_on_stable_dose(limit: TimeLimit) -> bool:
    """`a stable daily dose at least 3 months prior to the visit`."""
    says = limit.norm(limit.at - 1) == "for"
    near = set(clause_of(limit.before)[-16 if says else -8 :])
    steady = near & listed("durations.steady") and near & listed("durations.dosed")
    before = limit.behind[:1] in (["prior"], ["before"]) or (
        limit.behind[:1] == ["from"] and limit.behind[1:2] in (["screening"], ["baseline"])
    )
    return bool(steady) and limit.more and before and not near & listed("durations.denials")


def _is_without_progression(limit: TimeLimit) -> bool:
    """`without evidence of progression for at least 4 weeks`."""
    clause = clause_of(limit.before)[-6:]
    if clause[-1:] != ["for"] or not limit.more or is_window(limit.behind):
        return False
    if "progression" not in clause:
        return False
    return bool({"no", "without"} & set(clause)) and ("evidence", "of") in set(pairwise(clause))


def _taken_so_much(limit: TimeLimit) -> NounPhrase | None:
    """`metformin ≥ 1500 mg/day for at least 8 weeks`, `dialysis three times a week for`."""
    scan, row = limit.scan, limit.scan.row
    place = limit.at - 1
    if limit.scan.tokens[row[place].start].norm != "for" or not limit.more:
        return None
    if set(clause_of(limit.before)) & listed("durations.denials"):
        return None
    last = scan.last
    if last is not None and place - scan.ended <= _ASIDE and last.end > last.start:
        group = variables()[last.names[0]].group
        between = {one.letter for one in row[scan.ended : place]}
        if group != "treatment" or ";" in between or "I" in between:
            return None
        words = _named(scan, last.start, last.end)
        return (
            None
            if not words
            else replace(
                _EMPTY,
                words=words,
                norms=words,
                head=words[-1],
                last=words[-1],
                start=limit.at,
                end=limit.at,
            )
        )
    amount = row[place - 1].amount if place > scan.ended else None
    if amount is None or amount.unit not in RATES or place - 1 <= scan.ended:
        return None
    return phrase_ending(scan, place - 1)


def _named(scan: Scan, start: int, end: int) -> tuple[str, ...]:
    """The words of a name, without what stands in parentheses."""
    tokens = scan.tokens[scan.row[start].start : scan.row[end - 1].end]
    stop = next((at for at, one in enumerate(tokens) if one.norm == "("), len(tokens))
    return tuple(one.norm for one in tokens[:stop] if one.kind == "word")[:_WORDS]


def _is_kept(limit: TimeLimit) -> str | None:
    """`expected to stay in hospital for`, `to need a ventilator for`, `treatment-free for`."""
    if limit.norm(limit.at - 1) != "for" or not limit.more:
        return None
    near = limit.before[-8:]
    if set(near) & listed("durations.denials"):
        return None
    if set(near) & listed("durations.ventilated"):
        return "mechanical_ventilation_time"
    if set(near) & {"stay", "remain", "stayed"} and set(near[-6:]) & listed("durations.wards"):
        return "hospital_stay"
    pair = tuple(near[-3:-1])
    return "treatment_free_interval" if pair in _WITHOUT_TREATMENT else None


def _is_without_disease(limit: TimeLimit) -> bool:
    """`disease-free for at least 3 years`, `no evidence of recurrence for > 5 years`."""
    clause = clause_of(limit.before)
    while clause and clause[-1] in {"a", "an", "period", "of"}:
        clause.pop()
    if not limit.more or clause[-1:] != ["for"] or "not" in clause[-8:]:
        return False
    pairs = set(pairwise(clause[-8:]))
    if tuple(clause[-3:-1]) in _WITHOUT_DISEASE:
        return True
    if clause[-2:-1] == ["inactive"] and set(limit.before) & listed("durations.malignancies"):
        return True
    denied = {"no", "without"} & set(clause[-11:])
    named = set(clause[-6:]) & (listed("durations.malignancies") | _COMES_AGAIN)
    return bool(denied and pairs & _SIGNS and named)


def _of_several(limit: TimeLimit) -> Subject | None:
    """`steroids combined with other agents for more than 3 months`: one of them is known."""
    clause = set(clause_of(limit.before))
    denied = clause & listed("durations.denials") or "for" not in limit.before[-4:]
    local = {"ics", "inhaled", "such"} & set(limit.before)
    known = taken(clause) if limit.more and not denied and not local else None
    return None if known is None else Subject((known,), limit.at, limit.at)


def _subject(found: NounPhrase, amount: Amount, limit: TimeLimit) -> Subject | None:
    before, row = limit.before, limit.scan.row
    again = listed("durations.again")
    words = [word for word in found.words if word not in again]
    core = [norm for norm in found.norms if norm not in again | {"the", "a", "an"}]
    while core[:1] == ["of"]:
        words, core = words[1:], core[1:]
    before_it = clause_of(before)[-3:-2]
    if core == ["stable"] and before_it and before_it[0].endswith("ly"):
        words, core = [before_it[0], "stable"], [before_it[0], "stable"]  # "clinically stable"
    if len(core) > 1 and core[-1] == "time" and amount.unit in SHORT:
        name = own_name(" ".join(words[:-1]), UNITS[str(amount.unit)])  # "ischemia time"
        return None if name is None else Subject((name,), found.start, found.end)
    if not words or set(core) <= listed("vague") | listed("inside") | {"time", "interval"}:
        return None
    first = next((at for at, norm in enumerate(core) if norm in listed("inside")), len(core))
    head = core[max(first - 1, 0)]
    if set(core) & listed("durations.steady") and set(core) & listed("durations.dosed"):
        return Subject(("stable_dose_duration",), found.start, found.end)
    if {head, core[-1]} & listed("durations.never") and "free" not in core:
        return None
    if "remission" in core and listed("durations.malignancies") & set(before):
        return None  # of another cancer: how long ago that was
    name = _row(core, head, amount, before)
    if name is None and set(core) & listed("durations.sources"):
        return None
    name = name or own_name(f"{' '.join(words)} duration", UNITS[str(amount.unit)])
    if name is None:
        return None
    start = min(found.start, limit.phrase.places[0])
    denied = bool(DENIED_STATE & set(pairwise(clause_of(before)))) != denied_before(
        limit.scan.tokens, row, start
    )
    return Subject((name,), found.start, found.end, denied)


def _row(core: Sequence[str], head: str, amount: Amount, before: Sequence[str]) -> str | None:
    """The vocabulary's own variable, where it means exactly this."""
    near = {*core, *clause_of(before)}
    if head in listed("durations.stays") or {"hospital", "stay"} <= set(core):
        return "hospital_stay"
    if set(core) & listed("durations.ventilated"):
        return "mechanical_ventilation_time"
    if amount.unit in SHORT:
        felt = bag("felt") & set(core) and amount.unit == "h" and "free" not in core
        return "symptom_duration" if felt else None
    if set(core) & listed("durations.sources"):  # "diagnosed according to a guideline for …"
        return "disease_duration" if near & {"diagnosed", "diagnosis"} else None
    said = {*core, *before}
    if said & listed("durations.steady") and said & listed("durations.dosed"):
        return "stable_dose_duration"
    if "remission" in core:
        return "remission_duration"
    if bag("treated_conservatively") & set(core) and head in listed("durations.treatments"):
        return "conservative_treatment"
    known = taken(near)
    if known is not None and core[-1] not in listed("durations.states"):
        return known
    persists = list(before[-1:]) and before[-1] in listed("durations.lasting")
    if persists and head in listed("durations.complaints"):
        return "symptom_duration"
    if head in bag("felt") and not set(core) & {"free", *listed("durations.steady")}:
        return "symptom_duration"
    general = {"chronic", "any"} & set(core) and head in {"disease", "disorder", "illness"}
    steady = set(core) & listed("durations.steady")  # of the state, and not of the disease
    known_long = is_disease(head) and not general and not steady and amount.unit != "d"
    return "disease_duration" if known_long else None
