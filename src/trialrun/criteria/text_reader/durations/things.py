"""The thing that lasted, where the vocabulary has no variable: the noun phrase that names it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from trialrun.criteria.text_reader.durations.time_limit import SHORT, TimeLimit, clause_of
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_before,
    phrase_behind,
    phrase_ending,
)
from trialrun.criteria.text_reader.phrases import bag

_REMARK = 5  # terminals of a parenthesis beside its limit
_ADDED = 10  # terminals of what is with or without it
_CHRONIC = 8  # words in front of it
_FREE = frozenset({("free", "of"), ("free", "from"), ("free", "for")})
# "Not stable for at least 4 weeks" is less; "no steroids for at least 4 weeks" is how long ago.
DENIED_STATE = frozenset({("not", "on"), ("not", "stable")})
_DISEASED = (
    "itis", "osis", "emia", "oma", "pathy", "algia", "plegia", "phrenia", "lepsy", "trophy",
)  # fmt: skip


def thing_that_lasted(limit: TimeLimit) -> NounPhrase | None:
    """What has lasted so long, in the first of the ways in which it can be said."""
    ways = (
        _called_duration, _for_so_long, _lasting, _used_so_long, _so_much_of, _of_so_long,
        _so_long, _known_since,
    )  # fmt: skip
    return next((found for found in (way(limit) for way in ways) if found is not None), None)


def _called_duration(limit: TimeLimit) -> NounPhrase | None:
    """`asthma duration > 1 year`, `≥ 3 months' duration`, `PR interval > 250 ms`."""
    scan, at, phrase = limit.scan, limit.at, limit.phrase
    if list(limit.behind[:2]) == ["duration", "of"]:
        return phrase_behind(scan, phrase.end + 2)
    if limit.behind[:1] == ["duration"]:
        opened = at > scan.ended and scan.row[at - 1].letter == "P"
        found = phrase_ending(scan, at - 1) if opened else phrase_before(scan, at)
        return None if found is None else replace(found, end=phrase.end + 1)
    found = phrase_before(scan, at)
    if found is None or not {found.head, found.last} & listed("durations.heads"):
        return None
    units = {one.amount.unit for one in scan.row[at : phrase.end] if one.amount is not None}
    short = units <= SHORT | {None}  # "PR interval"; else an interval may be a window
    return found if short or "duration" in {found.head, found.last} else None


def _for_so_long(limit: TimeLimit) -> NounPhrase | None:
    """`a milk-free diet for at least 4 weeks`; not of what somebody has not had."""
    place = limit.at - 1
    while limit.norm(place) in listed("durations.lately"):
        place -= 1  # "for the last 3 months"
    if limit.norm(place) == "of" and limit.norm(place - 1) in {"period", "duration"}:
        place -= 2
        place -= limit.norm(place) == "a"
    if limit.norm(place) == "period":  # "for a period longer than 4 weeks"
        place -= 1 + (limit.norm(place - 1) == "a")
    if limit.norm(place) != "for":
        return None
    place -= limit.norm(place - 1) == ","  # "a nonsmoker, for at least 2 years"
    if any(limit.phrase.op(limit.scan.row, bound) == "<=" for bound in limit.phrase.bounds):
        return None  # "rescue treatment for up to 3 days": what is allowed
    place = _with_or_without(limit, place)
    clause = clause_of(limit.before)
    if _FREE & set(pairwise(clause)):
        return _free(limit, place)
    denied = set(clause) & listed("durations.denials") and clause[-2:-1] != ["smoker"]
    if denied and not DENIED_STATE & set(pairwise(clause)):
        return None
    # a name such as "symptoms for" holds the word itself
    end = place + (limit.scan.row[place].letter == "V")
    return _state(limit, place) or _unlisted(limit, phrase_ending(limit.scan, end))


def _with_or_without(limit: TimeLimit, place: int) -> int:
    """In front of what may stand beside it: `steroids, with or without LABA, for`; else `place`."""
    for at in range(place - 1, max(place - _ADDED, limit.scan.ended), -1):
        words = [limit.norm(one) for one in range(at, min(at + 3, place))]
        if words in (["with", "or", "without"], ["with", "and", "without"]):
            return at - (limit.norm(at - 1) == ",")
    return place


def _unlisted(limit: TimeLimit, found: NounPhrase | None) -> NounPhrase | None:
    """The phrase, unless it is the last of several, or of what is over."""
    if found is None:
        return None
    if found.head.endswith("ed"):
        return found if found.head in listed("durations.done") else None
    if set(found.norms) & listed("durations.sources"):
        return found
    at = found.start - 1
    while limit.norm(at) in listed("durations.small") | {"study"}:
        at -= 1
    word = limit.norm(at)
    if word == "and" and found.norms[0] in listed("durations.uses"):
        return found  # "has asthma and treatment with snarkumab for"
    if word and (limit.scan.row[at].letter in "RASCNI" or word in listed("durations.over")):
        return None
    if word in listed("durations.verbs"):  # "lived in a city": the verb is what lasts
        between = (limit.norm(place) for place in range(at + 1, found.start))
        words = (word, *(one for one in between if one in listed("inside")), *found.words)
        return replace(found, words=words, start=at)
    return found


def _free(limit: TimeLimit, place: int) -> NounPhrase | None:
    """`free of any symptoms for`, `symptom-free for`: how long nothing was felt."""
    at = place - 1
    while limit.norm(at) not in {"free", ""}:
        at -= 1
    if not limit.norm(at):
        return None
    row, tokens = limit.scan.row, limit.scan.tokens
    near = [limit.norm(at - 1), *(tokens[one.start].norm for one in row[at + 1 : at + 5])]
    felt = next((word for word in near if word in listed("durations.felt")), None)
    if felt is None:
        return None
    words = ("free", "of", felt)
    start = at - 1 if near[0] == felt else at
    return NounPhrase(words, words, "free", felt, start, place, known=False)


def _state(limit: TimeLimit, place: int) -> NounPhrase | None:
    """`brain metastases that have been stable for …`: a state with what is in it."""
    state = limit.norm(place - 1)
    if state not in listed("durations.conditions"):
        return None
    at = place - 2
    while limit.norm(at) in listed("durations.being") or limit.norm(at).endswith("ly"):
        at -= 1
    found = phrase_ending(limit.scan, at + 1)
    if found is None:
        return None
    if found.head == "amount":
        return None
    named = found.head == "condition" and len(found.norms) > 1  # "brain condition"
    if found.head in listed("never") and not named:
        return None
    if state in listed("durations.there"):
        return replace(found, end=place, known=False)  # "an ulcer present for"
    words, norms = (*found.words, state), (*found.norms, state)
    return replace(found, words=words, norms=norms, last=state, end=place, known=False)


def _lasting(limit: TimeLimit) -> NounPhrase | None:
    """`episodes of vertigo lasting at least 20 minutes`, `profound and lasting (> 7 days)`."""
    place = limit.at - 1
    place -= place > limit.scan.ended and limit.scan.row[place].letter == "P"
    place -= limit.norm(place) == "for"
    if limit.norm(place) not in listed("durations.lasting"):
        return None
    if set(clause_of(limit.before)) & listed("durations.denials"):
        return None
    while limit.norm(place - 1) in {"that", "which", "has", "have"}:
        place -= 1
    if limit.scan.row[place - 1].letter == "A":
        return _limited_before(limit, place - 1)
    return phrase_ending(limit.scan, place)


def _limited_before(limit: TimeLimit, place: int) -> NounPhrase | None:
    """The neutropenia of `neutropenia (ANC < 500/mm3) and lasting`: in front of its own limit."""
    row, scan = limit.scan.row, limit.scan
    if place < 1 or row[place - 1].letter != "Q":
        return None
    opening = next((at for at in range(place - 1, 0, -1) if row[at].letter == "P"), 0)
    ended, scan.ended = scan.ended, 0
    found = phrase_ending(scan, opening) if opening else None
    scan.ended = ended
    return found


def _of_so_long(limit: TimeLimit) -> NounPhrase | None:
    """`stable angina of at least 3 months`, `a history of asthma ≥ 1 year`: only a disease."""
    told = limit.norm(limit.at - 1) == "of"
    clause = clause_of(limit.before)
    if not told and ("history", "of") not in set(pairwise(clause)):
        return None
    if set(limit.behind[:2]) & listed("durations.before") or not limit.more:
        return None
    if set(clause) & listed("durations.denials"):
        return None
    found = phrase_ending(limit.scan, limit.at - told)
    if found is None or not {found.head, found.last} <= _ails() | {found.head}:
        return None
    return found if is_disease(found.head) or found.head in _ails() else None


def _ails() -> frozenset[str]:
    named = listed("durations.complaints") | listed("durations.diseases") | listed("durations.ails")
    return named | bag("felt")


def _used_so_long(limit: TimeLimit) -> NounPhrase | None:
    """`chronic use (more than 14 days) of immunosuppressants`, `long-term use of … (> 7 days)`."""
    row, tokens = limit.scan.row, limit.scan.tokens
    place = limit.at - 1
    while limit.norm(place) in listed("durations.meaning") and limit.at - place <= _REMARK:
        place -= 1
    close = limit.phrase.end
    while close < len(row) and row[close].letter in "wf" and close - limit.phrase.end <= _REMARK:
        close += 1
    if place < limit.scan.ended or row[place].letter != "P":
        return None
    if close >= len(row) or row[close].letter != "Q":
        return None
    before = [token.norm for token in tokens[: row[place].start]][-_CHRONIC:]
    if not set(before) & listed("durations.chronic") or set(before) & listed("durations.denials"):
        return None
    linked = close + 1 < len(row) and tokens[row[close + 1].start].norm in {"of", "with"}
    if linked and before[-1] in listed("durations.uses"):
        return phrase_behind(limit.scan, close + 2)
    found = phrase_ending(limit.scan, place)
    if found is None or set(found.norms) <= listed("durations.chronic") | listed("durations.uses"):
        alone = place == limit.at - 1 and before[-1] in listed("durations.chronic")
        return phrase_behind(limit.scan, close + 1) if alone else None  # "prolonged (> 7 days) …"
    return found


def _so_much_of(limit: TimeLimit) -> NounPhrase | None:
    """`at least 6 months of induction therapy`, `failed ≥ 6 weeks of physical therapy`."""
    near = set(limit.before[-4:])
    if near & listed("durations.denials") and not near & listed("durations.fails"):
        return None
    linked = limit.behind[:1] == ["of"]
    skipped = 0
    while skipped < len(limit.behind) and limit.behind[skipped] in listed("durations.of_it"):
        skipped += 1  # "at least 6 weeks of prior conservative treatment"
    start = limit.phrase.end + skipped
    found = phrase_behind(limit.scan, start, complement=False)
    if found is None:
        return None
    norms = set(found.norms)
    if linked and norms & listed("durations.steady") and norms & listed("durations.dosed"):
        return found
    if found.head in listed("durations.never"):
        return None
    if found.head in listed("durations.treatments"):
        return found
    if linked and set(found.norms) & listed("durations.steady"):
        return found
    return found if linked and found.head in listed("durations.states") else None


def _so_long(limit: TimeLimit) -> NounPhrase | None:
    """`daily steroid therapy > 1 month`, `hospitalization (> 24 hours)`: before nothing."""
    if set(limit.behind[:3]) & listed("durations.before") or limit.norm(limit.at - 1) == "of":
        return None
    if set(clause_of(limit.before)) & listed("durations.denials"):
        return None
    opened = limit.norm(limit.at - 1) == "("
    found = _unlisted(limit, phrase_ending(limit.scan, limit.at - opened))
    sign = limit.scan.tokens[limit.scan.row[limit.at].start]
    if limit.scan.said.text[sign.start : sign.end].lower() == "over":
        return None  # "average pain over 7 days"
    less = any(limit.phrase.op(limit.scan.row, one)[0] == "<" for one in limit.phrase.bounds)
    if found is None or less:
        return None  # "immunotherapy (< 2 weeks)" is a window
    heads = listed("durations.treatments") | listed("durations.states")
    return found if found.head in heads and found.last in heads else None


def _known_since(limit: TimeLimit) -> NounPhrase | None:
    """`confirmed eczema at least 12 months before screening`: how long a disease is known."""
    if limit.behind[:1] not in (["before"], ["prior"]):
        return None
    clause = clause_of(limit.before)
    if not set(clause) & listed("durations.known") or set(clause) & listed("durations.denials"):
        return None
    found = _unlisted(limit, phrase_ending(limit.scan, limit.at))
    return found if found is not None and is_disease(found.last) else None


def is_disease(word: str) -> bool:
    """Whether a word names a disease."""
    return word in listed("durations.diseases") or word.endswith(_DISEASED)
