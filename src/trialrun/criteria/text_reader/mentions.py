"""Comparisons anywhere in an item, also where the rest of its sentence is not understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.ages import behind_age, of_another
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.implied_subjects import (
    graded_thing,
    other_grade,
    pregnant_for,
    subject_within,
    tumour_near,
    unit_alone,
    wheal_beside,
)
from trialrun.criteria.text_reader.lasting import lasting
from trialrun.criteria.text_reader.lexicon import with_acronyms
from trialrun.criteria.text_reader.limit_places import Phrase, counts_another, find_phrase
from trialrun.criteria.text_reader.own_limits import read_own, read_steady
from trialrun.criteria.text_reader.own_subjects import own_grade
from trialrun.criteria.text_reader.own_words import note_unknown
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import (
    Mention,
    Scan,
    Unknown,
    add_limit,
    amount_near,
    on_scale,
    past,
)
from trialrun.criteria.text_reader.sex_limits import read_for_sex
from trialrun.criteria.text_reader.special_limits import (
    read_other_pressure,
    read_pressure,
    read_respectively,
    read_reversed,
)
from trialrun.criteria.text_reader.statement import Statement
from trialrun.criteria.text_reader.subjects import (
    PLAIN,
    Subject,
    fits,
    fitting,
    scale_behind,
    subject_before,
    subject_behind,
)
from trialrun.criteria.text_reader.terminals import ROMAN, read_terminals
from trialrun.criteria.text_reader.words import NUMBER_WORDS, Token
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_BEGINS = frozenset("GLENBF")
_AGES = frozenset({"a", "mo", "wk", "d"})
_SINCE = frozenset(
    {"after", "since", "post", "from", "before", "prior", "of", "following", "ago", "postop",
     "postoperative", "out", "apart"}
)  # fmt: skip
_NUMBERED = frozenset(
    {*NUMBER_WORDS, *ROMAN, "uln", "lln", "unl", "class", "grade", "stage", "pugh"}
)
_TIMES = _AGES | {"h", "min"}
_ANCHORED = frozenset({"before", "prior", "preceding", "after", "of", "following", "ago"})
_BARE = PLAIN | {"kg/m2"}
_ABOUT_AGE = frozenset({"under", "over", "above", "below"})
_BEING = frozenset({"must", "should", "shall", "be", "is", "are", "who", "of"})
_AGED = re.compile(r"young|old", re.IGNORECASE)
_LATELY = frozenset({"for", "within", "past", "last", "previous", "every", "over", "during", "in"})
_FARTHEST = 16  # terminals between two limits of one thing
# "grade 3", "stage III": of an adverse event, of a tumour, if nothing beside says otherwise
_GENERAL = frozenset({"toxicity_grade", "disease_stage"})


def read_mentions(
    said: Statement, tokens: Sequence[Token]
) -> tuple[tuple[Mention, ...], tuple[Unknown, ...]]:
    """Every comparison that is surely read, with questions about others, as the text has them.

    Beside them, the limits of things that the vocabulary does not know.
    """
    if not any(one.kind in {"number", "op"} or one.norm in _NUMBERED for one in tokens):
        return (), ()
    tokens = with_acronyms(said.text, tokens)
    scan = Scan(said, tokens, read_terminals(said.text, tokens), [])
    at = 0
    while at < len(scan.row):
        at = _read(scan, at) if scan.row[at].letter in _BEGINS else at + 1
    return tuple(scan.found), tuple(scan.unknown)


def _read(scan: Scan, at: int) -> int:
    """Reads the limit that begins at a terminal, if one does; where to go on."""
    for reader in (
        read_pressure,
        read_other_pressure,
        read_respectively,
        read_reversed,
        read_for_sex,
        _inside,
        _behind_subject,
        _before_scale,
        _alone,
        read_steady,
    ):
        end = reader(scan, at)
        if end > at:
            return end
    return at + 1


def _inside(scan: Scan, at: int) -> int:
    """`over the age of 18`, `≥ grade 3`: the comparison in front of its variable."""
    row = scan.row
    if row[at].letter not in "GLBF":
        return 0
    place = past(row, at + 1, "f")
    behind = past(row, place + 1, "f:")
    if (
        place >= len(row)
        or row[place].letter != "V"
        or amount_near(row[: behind + 1], behind) is None
    ):
        place = _grade_behind(scan, at)
        behind = place + 1
    amount = row[behind].amount if behind < len(row) else None
    variable = None if amount is None else fitting(row[place], amount)
    if amount is None or variable is None:
        return 0
    subject = Subject((variable.name,), at, place + 1)
    if variable.name in _GENERAL:
        named = subject_before(scan.tokens, row, at, amount)
        if named is not None and on_scale(named) and named.start >= scan.ended:
            subject = named
    phrase = find_phrase(row, behind, scale=on_scale(subject), leading=at)
    return 0 if phrase is None else _graded(scan, subject, phrase, place)


def _grade_behind(scan: Scan, at: int) -> int:
    """`> NCI-CTCAE v5.0 grade 1`: where "grade" stands; the end where it does not."""
    row, tokens = scan.row, scan.tokens
    for place in range(at + 1, min(at + 12, len(row) - 1)):
        one = row[place]
        if one.letter == "V" and tokens[one.end - 1].norm in {"grade", "level"}:
            words = {token.norm for token in tokens[row[at].end : one.end]}
            return place if words & bag("grading") else len(row)
        if one.letter in "GLBF":
            break
    return len(row)


def _behind_subject(scan: Scan, at: int) -> int:
    """`ALT ≤ 3 x ULN`, and a second limit of the same thing."""
    amount = amount_near(scan.row, at)
    if amount is None:
        return 0
    subject = _named_behind(scan, at, amount)
    if subject is None:
        subject = subject_before(scan.tokens, scan.row, at, amount)
        if subject is None or subject.start < scan.ended:
            subject = _carried(scan, at, amount)
    if subject is None:
        return 0
    phrase = find_phrase(scan.row, at, scale=on_scale(subject))
    if phrase is None:
        return 0
    if _is_whole_scale(scan, subject, phrase):
        return phrase.end
    if _is_window(scan, subject, phrase, amount):
        scan.last, scan.ended = None, phrase.end
        return phrase.end
    return _graded(scan, subject, phrase, subject.start)


def _named_behind(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """`≥ 100 mmHg (diastolic)`: the name in a parenthesis behind."""
    row = scan.row
    place = at + 1 if row[at].letter in "GL" else at
    if [one.letter for one in row[place : place + 4]] != ["N", "P", "V", "Q"]:
        return None
    variable = fitting(row[place + 2], amount)
    if variable is None or not row[place + 2].means[0].exact:
        return None
    return Subject((variable.name,), at, at)


def _is_window(scan: Scan, subject: Subject, phrase: Phrase, amount: Amount) -> bool:
    """`antibiotics up to 30 days before …`: when something was, and not how long it took."""
    if amount.unit not in _TIMES or phrase.end >= len(scan.row):
        return False
    behind = scan.tokens[scan.row[phrase.end].start].norm
    if subject.names == ("age",) and behind in _SINCE - {"of"}:
        return amount.unit != "a"  # "of childbearing age, at least 6 months after injection"
    return scan.row[phrase.places[0]].letter == "L" and behind in _ANCHORED


def _is_whole_scale(scan: Scan, subject: Subject, phrase: Phrase) -> bool:
    """`HSS7 (range 0 - 21)`: how far the scale goes, and no limit."""
    amounts = [scan.row[place].amount for place in phrase.places]
    values = [one.value for one in amounts if one is not None]
    row = variables()[subject.names[0]]
    return (
        len(values) == 2
        and row.unit is not None
        and row.unit.code in PLAIN
        and (values == [row.least, row.most])
    )


def _graded(scan: Scan, subject: Subject, phrase: Phrase, place: int) -> int:
    """A limit; of a grade or a stage alone, what the words beside it say that it is of."""
    general = [name for name in subject.names if name in _GENERAL]
    if not general:
        return add_limit(scan, subject, phrase)
    row, tokens = scan.row, scan.tokens
    amount = next(one for one in (row[at].amount for at in phrase.places) if one is not None)
    named = _scale_in_front(scan, subject, amount)
    if named is not None:
        return add_limit(scan, named, phrase)
    behind = scale_behind(tokens, row, phrase.end, amount)
    if behind is not None and behind.names[0] not in _GENERAL:
        return add_limit(scan, replace(behind, start=min(subject.start, behind.start)), phrase)
    word = tokens[row[max(subject.end - 1, 0)].end - 1].norm
    if phrase.shapes[0][0] == "levels" and word not in {"grade", "stage", "level", "staging"}:
        scan.last, scan.ended = None, phrase.end  # "CTCAE 5.0" is a version
        return phrase.end
    other = graded_thing(tokens, row[place].start, row[phrase.end - 1].end)
    if other and general[0] == "toxicity_grade":
        return add_limit(scan, replace(subject, names=(other,)), phrase)
    if (
        general[0] == "disease_stage"
        and amount.unit is None
        and not tumour_near(tokens, row[place].start, row[phrase.end - 1].end)
    ):
        scan.last, scan.ended = None, phrase.end
        return phrase.end
    if other_grade(tokens, row[place].start, row[phrase.end - 1].end, general[0]):
        own = own_grade(scan, place, phrase)
        if own is not None:
            return add_limit(scan, own, phrase)
        scan.last, scan.ended = None, phrase.end
        return phrase.end
    return add_limit(scan, subject, phrase)


def _scale_in_front(scan: Scan, subject: Subject, amount: Amount) -> Subject | None:
    """`chronic kidney disease (CKD) grade 4`: the scale whose name stands right in front."""
    place = subject.start - 1
    while place >= 0 and scan.row[place].letter == "f":
        place -= 1
    if place < scan.ended or scan.row[place].letter != "V":
        return None
    variable = fitting(scan.row[place], amount)
    if variable is None or variable.kind is Kind.QUANTITY or variable.name in _GENERAL:
        return None
    return replace(subject, names=(variable.name,), start=place)


def _before_scale(scan: Scan, at: int) -> int:
    """`class III or IV according to NYHA`: levels in front of their scale."""
    amount = amount_near(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=True)
    if amount is None or phrase is None:
        return 0
    subject = scale_behind(scan.tokens, scan.row, phrase.end, amount)
    if subject is None or subject.names[0] in _GENERAL:
        return 0
    return add_limit(scan, subject, phrase)


def _alone(scan: Scan, at: int) -> int:
    """`at least 2 prior regimens`, `adults over 18 years`, `> 10 pack-years`."""
    amount = amount_near(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=False)
    if amount is None or phrase is None:
        return 0
    subject = (
        subject_behind(scan.tokens, scan.row, phrase.end, amount)
        or subject_within(scan.tokens, scan.row, phrase.places, amount)
        or wheal_beside(scan.tokens, scan.row, phrase.end, amount)
        or pregnant_for(scan.tokens, scan.row, at, phrase.end, amount)
        or _age(scan, at, phrase)
        or lasting(scan.tokens, scan.row, at, phrase.end, amount)
        or unit_alone(scan.tokens, scan.row, at, amount)
    )
    if subject is not None:
        return add_limit(scan, subject, phrase)
    return read_own(scan, at, phrase) or note_unknown(scan, at, phrase)


def _carried(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """The subject of the limit before, where this one is a second one of it.

    `≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)`: between the two stand nothing or a condition.
    """
    row = scan.row
    if scan.last is None or at - scan.ended > _FARTHEST:
        return None
    turned = row[at].letter == "N" and at + 1 < len(row) and row[at + 1].letter in "MW"
    if (row[at].letter not in "GLB" and not turned) or counts_another(row, at + 2):
        return None
    between = row[scan.ended : at]
    if any(one.amount is not None or fitting(one, amount) is not None for one in between):
        return None
    ends = [scan.tokens[one.start].norm for one in between if one.letter == ";"]
    paired = scan.tokens[row[at].start].norm in {"minimum", "maximum", "min", "max"}
    words = [scan.tokens[one.start].norm for one in between if one.letter in "wfIX"]
    widened = set(words) & bag("wider_limit")
    wider = amount.unit == "xULN" and widened
    # "… ≤ 1.5 x ULN. For participants with Gilbert's disease, ≤ 3 mg/dL": a sentence on
    on = ends == [";"] and (amount.unit == "xULN" or paired)
    if ends and not on and (ends not in ([";"], ["."]) or not widened):
        return None
    if words and words[0] not in bag("turns_to_another") and not wider:
        return None
    rows = [variables()[name] for name in scan.last.names]
    if not all(fits(one, amount) for one in rows):
        return _in_other_unit(scan, amount)
    if amount.unit is None and any(one.unit is None or one.unit.code not in _BARE for one in rows):
        return None
    return replace(scan.last, denied=False)


def _in_other_unit(scan: Scan, amount: Amount) -> Subject | None:
    """`HBV DNA > 1000 IU/mL or > 2500 copies/mL`: what the same name means beside this unit."""
    last = scan.last
    if last is None or last.end - last.start != 1 or scan.row[last.start].letter != "V":
        return None
    other = None if amount.unit is None else fitting(scan.row[last.start], amount)
    return None if other is None else replace(last, names=(other.name,), denied=False)


def _age(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`≥ 18 years of age`, `patients over 18 years`: unit or people say that it is age."""
    row, tokens = scan.row, scan.tokens
    amounts = [row[place].amount for place in phrase.places]
    known = [one for one in amounts if one is not None]
    units = {one.unit for one in known} - {None}
    sign = row[phrase.places[0]]
    words = tokens[sign.start]
    written = scan.said.text[words.start : words.end]
    if {token.norm for token in tokens[max(row[at].start - 4, 0) : row[at].start]} & bag(
        "pictured"
    ):
        return None  # "an MRI less than 6 months old"
    if of_another(tokens, row, at, phrase.end):
        return None
    if not units and _AGED.search(written):
        return Subject(("age",), at, at)
    ends = tokens[row[phrase.end - 1].end - 1]
    if units <= _AGES and _AGED.search(scan.said.text[ends.start : ends.end]):
        return Subject(("age",), at, at)  # "18 years or older"
    who = tokens[row[at].start - 1].norm if row[at].start else ""
    if not units and behind_age(tokens, row, phrase.end):
        return Subject(("age",), at, at)  # "18+ years of age"
    if not units and written.lower() in _ABOUT_AGE and who in bag("people_of_age") | {"those"}:
        return Subject(("age",), at, at)
    if not units or not units <= _AGES:
        return None
    behind = tokens[row[phrase.end].start].norm if phrase.end < len(row) else ""
    before = tokens[row[at].start - 1].norm if row[at].start else ""
    if before in bag("changed_before"):
        return None
    if any(one.old for one in known):
        return Subject(("age",), at, at)
    if _spans_a_life(known) and before not in _LATELY and behind not in _SINCE:
        return Subject(("age",), at, at)
    place = at - 1
    while place >= 0 and (row[place].letter in "PB:" or tokens[row[place].start].norm in _BEING):
        place -= 1
    people = place >= 0 and tokens[row[place].start].norm in bag("people_of_age")
    whole = row[at].letter != "N" or (place < 0 and phrase.end == len(row))
    people = people and (row[at].letter != "N" or row[phrase.end - 1].letter in "MWN")
    if (people or (whole and place < 0)) and units <= {"a", "mo"} and behind not in _SINCE:
        who = tokens[row[place].start].norm if place >= 0 else ""
        if "mo" in units and who not in bag("children"):
            return None
        return Subject(("age",), at, at) if people or len(phrase.places) > 2 else None
    return None


def _spans_a_life(amounts: Sequence[Amount]) -> bool:
    """Whether two amounts are years as far apart as only ages are."""
    if len(amounts) != 2 or {one.unit for one in amounts} - {"a", None}:
        return False
    return "a" in {one.unit for one in amounts} and max(one.value for one in amounts) >= 12
