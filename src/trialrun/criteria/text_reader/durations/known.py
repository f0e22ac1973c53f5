"""How long a disease, a symptom or a treatment has lasted: `asthma for at least 1 year`.

Not where words say before or after what: that is when it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.durations.time_limit import clause_of, without_examples
from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token

_ANCHORS = frozenset({"ago", "after", "since", "from", "earlier", "following"})
_FORWARD = frozenset({"before", "prior", "preceding"})
_KNOWN = frozenset({"diagnosis", "diagnosed", "history"})
_DIAGNOSED = frozenset({"diagnosis", "diagnosed"})
_LOCAL = frozenset({"inhaled", "ics", "topical", "nasal", "intranasal", "ocular", "eye"})
_DENIES = frozenset(
    {"free", "without", "no", "not", "off", "stopped", "discontinued", "never", "withdrawn",
     "until", "cessation", "discontinuation", "washout", "avoid", "abstain"}
)  # fmt: skip
_STEADY = frozenset({"stable", "unchanged", "constant", "fixed"})
_BEGAN = frozenset({"started", "began", "begun", "starting", "onset"})
_REMEDIES = frozenset(
    {"management", "medication", "medicine", "killer", "reliever", "relief", "control", "drug"}
)
_TREATS = frozenset({"treatment", "therapy", "care", "management"})
_NEAR = 8
_MONTH = 28  # days
_LONG = frozenset({"a", "mo", "wk", "d"})
_OPERATED = frozenset({"h", "min"})  # how long an operation lasts
_USED = frozenset({"use", "usage", "using", "treated", "taking", "receiving"})
_PERSISTS = frozenset({"existing", "persisted", "persisting", "lasted", "present", "persistent"})
_PER = (["in"], ["per"], ["a"], ["each"], ["out"], ["of", "the"])  # "> 3 days in a 7-day period"
_SPANS = (["within"], ["during"], ["over"])  # "for > 30 days within 60 days before"
_ENDS = frozenset({".", ";"})
_SENTENCE = 24  # tokens
# What is taken for so long, by the words near by; the first that fits.
_TAKEN = (
    ("conservative_treatment", "treated_conservatively"),
    ("steroid_duration", "taken_steroids"),
    ("antibiotic_duration", "taken_antibiotics"),
    ("immunotherapy_duration", "taken_immunotherapy"),
    ("anticoagulant_duration", "taken_anticoagulants"),
)

_GIVEN = frozenset(name for name, _ in _TAKEN)


def _is_of_a_remedy(before: Sequence[str]) -> bool:
    """Whether `pain medication`, and not the pain, has lasted."""
    pairs = pairwise(before)
    return any(first in bag("felt") and second in _REMEDIES for first, second in pairs)


def lasting(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, end: int, amount: Amount
) -> Subject | None:
    """What has lasted so long: a disease, a symptom, or a treatment."""
    more = row[at].letter == "G" or any(one.letter == "M" for one in row[at:end])
    less = row[at].letter == "L" and amount.unit in _LONG - {"d"}
    if amount.unit not in _LONG | _OPERATED or not (more or less):
        return None
    stop = row[end].start if end < len(row) else len(tokens)
    behind = _sentence([token.norm for token in tokens[stop : stop + 6]])
    first = row[at].start
    words = [token.norm for token in without_examples(tokens[:first])[-12:]]
    before = _sentence(words[::-1])[::-1]
    if less:  # "diagnosed less than 5 years ago"
        known = _DIAGNOSED & set(before) and behind[:1] == ["ago"] and len(before) < _NEAR
        found = known and _found_long_ago(before, behind)
        return Subject(("disease_duration",), at, at) if found else None
    name = _name(before, behind)
    if (amount.unit in _OPERATED) != (name == "operating_time"):
        return None
    if name in _GIVEN and "such" in {token.norm for token in tokens[:first][-_SENTENCE:]}:
        return None  # "controllers such as LABA, oral steroids, for at least 3 months": any of them
    averaged = bool({"averaged", "average", "mean"} & set(before[-4:]))
    if averaged or (name == "symptom_duration" and _is_of_a_remedy(before)):
        return None
    if name == "disease_duration" and amount.unit == "d" and amount.value < _MONTH:
        return None  # "a 14 day history of worsening"
    if amount.unit == "d" and before[-1:] in (["in"], ["on"]):
        return None  # "symptoms on at least 2 days"
    if name == "symptom_duration" and amount.unit == "d" and before[-1:] != ["for"]:
        name = None if before[-1:] and before[-1] in bag("felt") else name  # "pain over 7 days"
    return None if name is None else Subject((name,), at, at)


def _sentence(words: list[str]) -> list[str]:
    """The words up to the end of their sentence."""
    end = next((at for at, word in enumerate(words) if word in _ENDS), len(words))
    return words[:end]


def _name(before: list[str], behind: list[str]) -> str | None:
    near = set(behind[:4])
    if _DIAGNOSED & set(before) and _found_long_ago(before, behind):
        felt = {"symptom", "pain"} & set(before)
        return "symptom_duration" if felt else "disease_duration"
    if behind[:1] == ["ago"] and _BEGAN & set(before):
        return "symptom_duration" if {*bag("felt"), "complaint"} & set(before) else None
    conservative = near & bag("treated_conservatively") and behind[:1] == ["of"]
    if conservative:
        return "conservative_treatment"
    anchored = near & _ANCHORS or (near & _FORWARD and before[-1:] != ["for"])
    persists = set(before[-2:]) & listed("durations.lasting") - {"last"}
    if (anchored and not persists and behind[:1] not in _SPANS) or _is_share(behind, persists):
        return None
    if before[-2:] in (["in", "cr"], ["in", "cr1"], ["in", "remission"]):
        return "remission_duration"
    if "history" in behind[:3] and "of" in behind[1:4]:
        told = behind[behind.index("of") + 1 :][:2]
        return "symptom_duration" if {*told} & {*bag("felt"), "symptom"} else "disease_duration"
    if before[-1:] == ["of"] and "history" in before[-3:]:
        return "disease_duration"
    if _DENIES & set(before):
        return "time_since_menopause" if _bleeds(before) else None
    return _said(before, behind)


def _is_share(behind: list[str], persists: AbstractSet[str]) -> bool:
    """`> 3 days in a 7-day period`, and not `> 3 weeks in the last 6 months`.

    `persists`: "lasting", behind which "in the spring" only says when.
    """
    if persists and behind[:2] == ["in", "the"]:
        return False
    lately = behind[:1] == ["in"] and behind[2:3] in (
        ["last"],
        ["past"],
        ["previous"],
        ["preceding"],
    )
    return not lately and behind[:1] in _PER


def _found_long_ago(before: list[str], behind: list[str]) -> bool:
    """`diagnosed with eczema at least 1 year before screening`: since when there is a disease."""
    if _DENIES & set(before) or set(before) & bag("staged_things"):
        return False  # of a cancer, this is how long ago it was
    return behind[:1] in (["ago"], ["before"], ["prior"])


def _bleeds(before: list[str]) -> bool:
    """`no menses for at least 12 months`."""
    if "free" in before and "not" in before:
        return False  # "have not been free from menses for": is that more, or less?
    return before[-1:] == ["for"] and bool(listed("durations.menses") & set(before))


def _said(before: list[str], behind: list[str]) -> str | None:
    last = before[-1] if before else ""
    if "term" in before[-3:] and last == "(" and behind[:1] == [")"]:
        return _taken([], behind[1:3])  # "long-term (≥ 30 days) steroid treatment"
    if {last, *(before[-2:-1] if last == "for" else ())} & _DIAGNOSED:
        return "disease_duration"
    if last in bag("felt") or (last in _PERSISTS and set(before) & bag("felt")):
        return "symptom_duration"
    lasts = {last, *(before[-2:-1] if last == "for" else ())} & listed("durations.lasting")
    ails = bag("felt") | listed("durations.complaints") | {"symptom"}
    aside = before[-2:-1] in ([")"], [","])  # "fever (> 38 C) lasting more than 5 days"
    if lasts and ails & set(before if aside else clause_of(before)[-_NEAR:]):
        return "symptom_duration"
    if lasts and set(before[-3:]) & {"surgery", "operation"}:
        return "operating_time"
    if behind[:1] != ["duration"] and last != "for":
        return None
    if _STEADY & set(before):
        return "stable_dose_duration" if set(before) & {"dose", "dosage", "regimen"} else None
    if bag("treated_conservatively") & set(before) and _TREATS & set(before):
        return "conservative_treatment"  # "conservative treatment for back pain for 6 months"
    known = None if (_LOCAL | {"such"}) & set(before) else _taken(before[-6:], behind[:2])
    if known is not None:
        return known
    if set(before) & bag("felt"):
        return "symptom_duration"
    since = next((at for at, word in enumerate(before[::-1]) if word in _KNOWN), len(before))
    used = set(before[len(before) - since :]) & _USED  # "asthma, and use of … for"
    return "disease_duration" if since < len(before) and not used else None


def _taken(before: list[str], behind: list[str]) -> str | None:
    return taken({*before, *behind})


def taken(near: AbstractSet[str]) -> str | None:
    """How long which treatment was taken, by words that name it; None where none is named."""
    if _LOCAL & near:
        return None
    return next((name for name, words in _TAKEN if near & bag(words)), None)
