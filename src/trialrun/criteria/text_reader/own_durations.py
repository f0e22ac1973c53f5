"""How long something that no variable is has lasted: `a milk-free diet for at least 4 weeks`.

Only what somebody has had, done or been; not when it was, nor for how long something is still to be
done or kept away from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.denials import denied_before
from trialrun.criteria.text_reader.lasting import taken
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

_UNITS = frozenset({"a", "mo", "wk", "d", "h", "min", "s", "ms"})
_SHORT = frozenset({"h", "min", "s", "ms"})
_ENDS = frozenset({".", ";", ":"})
_MOST = 24  # words of a sentence that are looked at
_NEAR = 14
_WITHOUT_DISEASE = frozenset(
    {("disease", "free"), ("recurrence", "free"), ("relapse", "free"), ("cancer", "free")}
)
_COMES_AGAIN = frozenset({"disease", "recurrence", "relapse", "tumor", "tumour"})
_SIGNS = frozenset({("evidence", "of"), ("sign", "of"), ("symptom", "of"), ("recurrence", "of")})
_FREE = frozenset({("free", "of"), ("free", "from"), ("free", "for")})
# "Not stable for at least 4 weeks" is less; "no steroids for at least 4 weeks" is how long ago.
_DENIED_STATE = frozenset({("not", "on"), ("not", "stable")})
_DISEASED = (
    "itis", "osis", "emia", "oma", "pathy", "algia", "plegia", "phrenia", "lepsy", "trophy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Limit:
    """A limit of time, and the words of its sentence in front of it and behind."""

    scan: Scan
    at: int
    phrase: Phrase
    before: Sequence[str]
    behind: Sequence[str]

    def norm(self, place: int) -> str:
        """The last word of a terminal in front of the limit; nothing where none stands."""
        if place < self.scan.ended:
            return ""
        return self.scan.tokens[self.scan.row[place].end - 1].norm


def own_duration(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """What has lasted so long, where words beside the limit say it."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    if not amounts or any(one.old or one.unit not in _UNITS | {None} for one in amounts):
        return None
    if not phrase.bounds or amounts[-1].unit is None:
        return None
    limit = _Limit(scan, at, phrase, _before(scan, at), _behind(scan, phrase.end))
    if _is_without_disease(limit):
        return Subject(("disease_free_interval",), at, at)
    if _is_on_stable_dose(limit):
        return Subject(("stable_dose_duration",), at, at)
    if set(limit.before[-_NEAR:]) & listed("durations.later") or _is_window(limit.behind):
        return None
    for reader in (_called_duration, _for_so_long, _lasting, _so_much_of, _so_long, _known_since):
        found = reader(limit)
        if found is not None:
            return _subject(found, amounts[-1], limit)
    return _of_several(limit)


def lately(scan: Scan, at: int) -> Phrase | None:
    """`for at least the last 2 years`: the limit, without the words that say which years."""
    row, place = scan.row, at + 1
    while place < len(row) and scan.tokens[row[place].start].norm in listed("durations.lately"):
        place += 1
    amount = row[place].amount if place < len(row) and place > at + 1 else None
    if row[at].letter != "G" or amount is None or amount.unit not in _UNITS - _SHORT:
        return None
    return Phrase((("bounds", ((1, 0),)),), (at, place), place + 1)


def lasting_for(scan: Scan, at: int) -> tuple[str, Phrase] | None:
    """`on a stable dose for 3 months before screening`: at least, though no word says so."""
    amount = scan.row[at].amount
    if amount is None or amount.unit not in _UNITS - _SHORT or amount.old:
        return None
    phrase = Phrase((("bounds", ((0, ">="),)),), (at,), at + 1)
    limit = _Limit(scan, at, phrase, _before(scan, at), _behind(scan, at + 1))
    past = limit.norm(at - 1) in listed("durations.lately") and "for" in limit.before[-3:]
    if (limit.norm(at - 1) != "for" and not past) or _is_window(limit.behind):
        return None
    if set(limit.before[-_NEAR:]) & listed("durations.later"):
        return None
    near = set(_clause(limit.before)[-8:])
    if near & listed("durations.menses"):
        return "time_since_menopause", phrase
    if near & listed("durations.denials"):
        return None
    if near & listed("durations.steady") and near & listed("durations.dosed"):
        return "stable_dose_duration", phrase
    known = "remission" in near and not near & listed("durations.malignancies")
    return ("remission_duration", phrase) if known else None


def _is_on_stable_dose(limit: _Limit) -> bool:
    """`a stable daily dose at least 3 months prior to the visit`."""
    says = limit.norm(limit.at - 1) == "for"
    near = set(_clause(limit.before)[-16 if says else -8 :])
    steady = near & listed("durations.steady") and near & listed("durations.dosed")
    more = all(limit.phrase.op(limit.scan.row, bound)[0] == ">" for bound in limit.phrase.bounds)
    before = limit.behind[:1] in (["prior"], ["before"]) or (
        limit.behind[:1] == ["from"] and limit.behind[1:2] in (["screening"], ["baseline"])
    )
    return bool(steady) and more and before and not near & listed("durations.denials")


def _is_without_disease(limit: _Limit) -> bool:
    """`disease-free for at least 3 years`, `no evidence of recurrence for > 5 years`."""
    clause = _clause(limit.before)
    while clause and clause[-1] in {"a", "an", "period", "of"}:
        clause.pop()
    more = all(limit.phrase.op(limit.scan.row, one)[0] == ">" for one in limit.phrase.bounds)
    if not more or clause[-1:] != ["for"] or "not" in clause[-8:]:
        return False
    pairs = set(pairwise(clause[-8:]))
    if tuple(clause[-3:-1]) in _WITHOUT_DISEASE:
        return True
    denied = {"no", "without"} & set(clause[-11:])
    named = set(clause[-6:]) & (listed("durations.malignancies") | _COMES_AGAIN)
    return bool(denied and pairs & _SIGNS and named)


def _before(scan: Scan, at: int) -> list[str]:
    words: list[str] = []
    for token in reversed(scan.tokens[: scan.row[at].start]):
        if token.norm in _ENDS or len(words) == _MOST:
            break
        words.insert(0, token.norm)
    return words


def _behind(scan: Scan, end: int) -> list[str]:
    words: list[str] = []
    for one in scan.row[end : end + 6]:
        norm = scan.tokens[one.start].norm
        if norm in _ENDS | {",", "(", ")"} and words:
            break
        words.append(norm)
    return words


def _is_window(behind: Sequence[str]) -> bool:
    """`for 3 months after the last dose`, `for > 2 hours per day`."""
    per = bool(behind) and behind[0] in listed("durations.per")
    return per or bool(set(behind[:2]) & listed("durations.after"))


def _called_duration(limit: _Limit) -> NounPhrase | None:
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
    short = units <= _SHORT | {None}  # "PR interval"; else an interval may be a window
    return found if short or "duration" in {found.head, found.last} else None


def _for_so_long(limit: _Limit) -> NounPhrase | None:
    """`a milk-free diet for at least 4 weeks`; not of what somebody has not had."""
    place = limit.at - 1
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
    clause = _clause(limit.before)
    if _FREE & set(pairwise(clause)):
        return _free(limit, place)
    denied = set(clause) & listed("durations.denials") and clause[-2:-1] != ["smoker"]
    if denied and not _DENIED_STATE & set(pairwise(clause)):
        return None
    # a name such as "symptoms for" holds the word itself
    end = place + (limit.scan.row[place].letter == "V")
    return _state(limit, place) or _unlisted(limit, phrase_ending(limit.scan, end))


def _of_several(limit: _Limit) -> Subject | None:
    """`steroids combined with other agents for more than 3 months`: one of them is known."""
    clause = set(_clause(limit.before))
    denied = clause & listed("durations.denials") or "for" not in limit.before[-4:]
    more = all(limit.phrase.op(limit.scan.row, one)[0] == ">" for one in limit.phrase.bounds)
    known = taken(clause) if more and not denied else None
    return None if known is None else Subject((known,), limit.at, limit.at)


def _clause(before: Sequence[str]) -> list[str]:
    """The words since the last sign, or since another verb begins."""
    start = 0
    for at, word in enumerate(before):
        verb = at + 1 < len(before) and before[at + 1] in listed("durations.being") | {"had"}
        if word in {",", "("} or (word in {"and", "but"} and verb):
            start = at + 1
    return list(before[start:])


def _unlisted(limit: _Limit, found: NounPhrase | None) -> NounPhrase | None:
    """The phrase, unless it is the last of several, or of what is over."""
    if found is None or found.head.endswith("ed"):
        return None
    if set(found.norms) & listed("durations.sources"):
        return found
    at = found.start - 1
    while limit.norm(at) in listed("durations.small"):
        at -= 1
    word = limit.norm(at)
    if word and (limit.scan.row[at].letter in "RASCNI" or word in listed("durations.over")):
        return None
    if word in listed("durations.verbs"):  # "lived in a city": the verb is what lasts
        between = (limit.norm(place) for place in range(at + 1, found.start))
        words = (word, *(one for one in between if one in listed("inside")), *found.words)
        return replace(found, words=words, start=at)
    return found


def _free(limit: _Limit, place: int) -> NounPhrase | None:
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


def _state(limit: _Limit, place: int) -> NounPhrase | None:
    """`brain metastases that have been stable for …`: a state with what is in it."""
    state = limit.norm(place - 1)
    if state not in listed("durations.conditions"):
        return None
    at = place - 2
    while limit.norm(at) in listed("durations.being") or limit.norm(at).endswith("ly"):
        at -= 1
    found = phrase_ending(limit.scan, at + 1)
    if found is None or found.head in listed("never"):
        return None
    words, norms = (*found.words, state), (*found.norms, state)
    return replace(found, words=words, norms=norms, last=state, end=place, known=False)


def _lasting(limit: _Limit) -> NounPhrase | None:
    """`episodes of vertigo lasting at least 20 minutes`."""
    place = limit.at - 1
    place -= limit.norm(place) == "for"
    if limit.norm(place) not in listed("durations.lasting"):
        return None
    if set(_clause(limit.before)) & listed("durations.denials"):
        return None
    while limit.norm(place - 1) in {"that", "which", "has", "have"}:
        place -= 1
    return phrase_ending(limit.scan, place)


def _so_much_of(limit: _Limit) -> NounPhrase | None:
    """`at least 6 months of induction therapy`, `failed ≥ 6 weeks of physical therapy`."""
    if set(limit.before[-4:]) & listed("durations.denials"):
        return None
    linked = limit.behind[:1] == ["of"]
    skipped = 0
    while skipped < len(limit.behind) and limit.behind[skipped] in listed("durations.of_it"):
        skipped += 1  # "at least 6 weeks of prior conservative treatment"
    start = limit.phrase.end + skipped
    found = phrase_behind(limit.scan, start, complement=False)
    if found is None or found.head in listed("durations.never"):
        return None
    if found.head in listed("durations.treatments"):
        return found
    if linked and set(found.norms) & listed("durations.steady"):
        return found
    return found if linked and found.head in listed("durations.states") else None


def _so_long(limit: _Limit) -> NounPhrase | None:
    """`daily steroid therapy > 1 month`, `hospitalization (> 24 hours)`: before nothing."""
    if set(limit.behind[:3]) & listed("durations.before") or limit.norm(limit.at - 1) == "of":
        return None
    if set(_clause(limit.before)) & listed("durations.denials"):
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


def _known_since(limit: _Limit) -> NounPhrase | None:
    """`confirmed eczema at least 12 months before screening`: how long a disease is known."""
    if limit.behind[:1] not in (["before"], ["prior"]):
        return None
    clause = _clause(limit.before)
    if not set(clause) & listed("durations.known") or set(clause) & listed("durations.denials"):
        return None
    found = _unlisted(limit, phrase_ending(limit.scan, limit.at))
    return found if found is not None and _is_disease(found.last) else None


def _subject(found: NounPhrase, amount: Amount, limit: _Limit) -> Subject | None:
    before, row = limit.before, limit.scan.row
    again = listed("durations.again")
    words = [word for word in found.words if word not in again]
    core = [norm for norm in found.norms if norm not in again | {"the", "a", "an"}]
    while core[:1] == ["of"]:
        words, core = words[1:], core[1:]
    if not words or set(core) <= listed("vague") | listed("inside") | {"time", "interval"}:
        return None
    first = next((at for at, norm in enumerate(core) if norm in listed("inside")), len(core))
    head = core[max(first - 1, 0)]
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
    denied = bool(_DENIED_STATE & set(pairwise(_clause(before)))) != denied_before(row, start)
    return Subject((name,), found.start, found.end, denied)


def _row(core: Sequence[str], head: str, amount: Amount, before: Sequence[str]) -> str | None:
    """The vocabulary's own variable, where it means exactly this."""
    near = {*core, *_clause(before)}
    if head in listed("durations.stays"):
        return "hospital_stay"
    if amount.unit in _SHORT:
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
    if head in bag("felt") and not set(core) & {"free", *listed("durations.steady")}:
        return "symptom_duration"
    general = {"chronic", "any"} & set(core) and head in {"disease", "disorder", "illness"}
    known_long = _is_disease(head) and not general and amount.unit != "d"
    return "disease_duration" if known_long else None


def _is_disease(word: str) -> bool:
    return word in listed("durations.diseases") or word.endswith(_DISEASED)
