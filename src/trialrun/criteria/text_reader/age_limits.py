"""Limits of which the unit or the people beside them say that they are ages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from trialrun.criteria.text_reader.ages import behind_age, of_another
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.bare_ages import SEXES, bare_age, leading_words
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token

_AGES = frozenset({"a", "mo", "wk", "d"})
_HOURS = _AGES | {"h"}  # of newborns
SINCE = frozenset(
    [
        "after",
        "since",
        "post",
        "from",
        "before",
        "prior",
        "of",
        "following",
        "ago",
        "postop",
        "postoperative",
        "out",
        "apart",
    ]
)
_ABOUT_AGE = frozenset({"under", "over", "above", "below"})
_BEING = frozenset({"must", "should", "shall", "be", "is", "are", "who", "of"})
_NAMED_BY_AGE = frozenset({"adult", "child", "children", "adolescent"})
_ADULT, _OLDEST = 12, 90  # years
_OF_AGE = frozenset(map(Decimal, (16, 18, 19, 20, 21, 65)))  # years
_BABIES = frozenset({"newborn", "neonate", "infant", "baby"})
_IF = frozenset({"if", "when"})
_WHOSE = frozenset({"with", "who", "undergoing", "diagnosed", "scheduled", "admitted", "having"})
_CHILDREN = frozenset({"neonate", "preterm", "subject", "volunteer", "kid", "he", "she", "they"})
_VISITS = frozenset(
    ["enrollment", "enrolment", "inclusion", "screening", "consent", "entry", "registration",
     "randomization", "randomisation", "baseline", "signing", "recruitment"]
)  # fmt: skip
_AGED = re.compile(r"young|old|birth|newborn", re.IGNORECASE)
_LATELY = frozenset({"for", "within", "past", "last", "previous", "every", "over", "during", "in"})


def age_alone(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`≥ 18 years of age`, `patients over 18 years`: unit or people say that it is age."""
    row, tokens = scan.row, scan.tokens
    amounts = [row[place].amount for place in phrase.places]
    known = [one for one in amounts if one is not None]
    units = {one.unit for one in known} - {None}
    near = {token.norm for token in tokens[max(row[at].start - 4, 0) : row[at].start]}
    if near & bag("pictured"):
        return None  # "an MRI less than 6 months old"
    if units and units <= _AGES - {"a"} and at > 0 and _is_of_a_thing(tokens, row[at].start):
        return None
    if of_another(tokens, row, at, phrase.end):
        mothers = "mother" in near and units == {"a"}
        return Subject(("maternal_age",), at, at) if mothers else None
    if _says_age(scan, at, phrase, units):
        return Subject(("age",), at, at)
    if not units or not units <= _HOURS:
        return None
    behind = tokens[row[phrase.end].start].norm if phrase.end < len(row) else ""
    before = tokens[row[at].start - 1].norm if row[at].start else ""
    if before in bag("changed_before"):
        return None
    if any(one.old for one in known):
        return Subject(("age",), at, at)
    if "h" in units:
        return None
    if _spans_a_life(known) and before not in _LATELY and behind not in SINCE:
        return Subject(("age",), at, at)
    grown = min(one.value for one in known) >= _ADULT and before not in _LATELY | {"of", "history"}
    ends = phrase.end == len(row) or row[phrase.end].letter in "C;" or behind in _WHOSE
    sided = row[at].letter in "GL" or row[phrase.end - 1].letter in "MW"
    signed = units == {"a"} and sided and grown
    led = leading_words(tokens, row, at)
    sign = tokens[row[phrase.places[0]].start]
    spoken = _AGED.search(scan.said.text[sign.start : sign.end]) is not None
    if spoken and units <= {"a", "mo"} and (at == 0 or led in {"people", "being"}):
        return Subject(("age",), at, at)  # "older than 18 years (of both sexes)"
    if units == {"mo", "a"} and at == 0 and ends and len(known) == 2:
        return Subject(("age",), at, at)  # "between 6 months and 5 years"
    if before in _BABIES and units <= _HOURS and (sided or len(known) == 2) and behind not in SINCE:
        return Subject(("age",), at, at)  # "newborns < 28 days"
    if signed and before in _IF and behind not in SINCE:
        return Subject(("age",), at, at)  # "≥ 40 kg if under 18 years"
    alone = (
        at == 0 or led == "people" or (led == "apart" and {one.value for one in known} <= _OF_AGE)
    )
    if signed and ((alone and ends) or _at_a_visit(tokens, row, phrase.end)):
        return Subject(
            ("age",), at, at
        )  # "> 16 years, able to consent", "men or women, ≥ 18 years"
    if led == "being" and units == {"a"} and sided and ends:
        return Subject(("age",), at, at)  # "Are at least 6 years"
    return None if behind in SINCE else _of_people(scan, at, phrase, units)


def _of_people(scan: Scan, at: int, phrase: Phrase, units: set[str | None]) -> Subject | None:
    """An age because people stand right in front of it, or because nothing else does."""
    row, tokens = scan.row, scan.tokens
    place = at - 1
    while place >= 0 and (row[place].letter in "PB:" or tokens[row[place].start].norm in _BEING):
        place -= 1
    people = place >= 0 and tokens[row[place].start].norm in bag("people_of_age")
    whole = row[at].letter != "N" or (place < 0 and phrase.end == len(row))
    people = people and (row[at].letter != "N" or row[phrase.end - 1].letter in "MWN")
    if (people or (whole and place < 0)) and units <= {"a", "mo"}:
        who = tokens[row[place].start].norm if place >= 0 else ""
        if "mo" in units and who not in bag("children"):
            return None
        return Subject(("age",), at, at) if people or len(phrase.places) > 2 else None
    return None


def _is_of_a_thing(tokens: Sequence[Token], at: int) -> bool:
    """Whether nobody stands in front of `more than 4 weeks old`: an ulcer, a fistula is."""
    people = bag("people_of_age") | bag("children") | bag("women") | _CHILDREN
    return not any(token.norm in people for token in tokens[:at])


def _spans_a_life(amounts: Sequence[Amount]) -> bool:
    """Whether two amounts are years as far apart as only ages are."""
    if len(amounts) != 2 or {one.unit for one in amounts} - {"a", None}:
        return False
    return "a" in {one.unit for one in amounts} and max(one.value for one in amounts) >= 12


def _says_age(scan: Scan, at: int, phrase: Phrase, units: set[str | None]) -> bool:
    """Whether the comparison, its unit or the person in front of it says that it is an age."""
    row, tokens = scan.row, scan.tokens
    sign = tokens[row[phrase.places[0]].start]
    written = scan.said.text[sign.start : sign.end]
    ends = tokens[row[phrase.end - 1].end - 1]
    if units and units <= _HOURS and _AGED.search(scan.said.text[ends.start : ends.end]):
        return True  # "18 years or older"
    if units:
        return False
    who = tokens[row[at].start - 1].norm if row[at].start else ""
    if _AGED.search(written) or _AGED.search(scan.said.text[ends.start : ends.end]):
        return True
    if behind_age(tokens, row, phrase.end):
        return True  # "18+ years of age"
    amount = phrase.amount(row, -1) if row[phrase.places[-1]].amount is not None else None
    grown = amount is not None and _ADULT <= amount.value <= _OLDEST
    people = who in _NAMED_BY_AGE or (grown and who in bag("people_of_age"))
    if who in SEXES and leading_words(tokens, row, at) != "people":
        people = False  # "waist: men > 40"
    if row[at].letter in "GL" and people and not _counted(row, phrase.end):
        return True  # "adults ≥ 18", "patients < 18"
    if written.lower() in _ABOUT_AGE and who in bag("people_of_age") | {"those"}:
        return True
    return bare_age(scan.said.text, tokens, row, at, phrase)


def _at_a_visit(tokens: Sequence[Token], row: Sequence[Terminal], end: int) -> bool:
    """`less than 21 years at the time of inclusion`."""
    words = [token.norm for token in tokens[row[end].start :][:6]] if end < len(row) else []
    return words[:1] == ["at"] and bool(set(words[1:]) & _VISITS)


def _counted(row: Sequence[Terminal], end: int) -> bool:
    """Whether something that a number counts stands behind it."""
    return end < len(row) and row[end].letter in "wV"
