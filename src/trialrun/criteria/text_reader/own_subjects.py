"""What a limit is about where no variable is: a thing that the study itself names.

"A wobble index of at least 7" is about `own_wobble_index_score`. Only a noun phrase that stands
right beside its limit, and that can be measured so, is taken; where in doubt, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.counted_nouns import lacking_before, past_total
from trialrun.criteria.text_reader.doubtful_limits import beside_ideal
from trialrun.criteria.text_reader.frequencies import rate_at, with_rate
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import (
    NounPhrase,
    listed,
    phrase_before,
    phrase_behind,
    phrase_ending,
)
from trialrun.criteria.text_reader.own_doses import each_day, own_dose
from trialrun.criteria.text_reader.own_scores import is_item, is_short, scale_words
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.own import own_name

_MULTIPLES = frozenset({"xULN", "xLLN", "xBaseline"})
_PLAIN = frozenset({None, "{level}", "{score}"})
_A_DAY = frozenset({"volume", "mass", "arbitrary amount"})
_NEVER = frozenset({"time", "calendar", "drinks"})
# Dimensions in which a noun phrase says what is measured only with one of these heads.
_HEADS = {
    "score": "score", "count": "count", "length": "length", "area": "length", "mass": "mass",
    "volume": "volume", "arbitrary amount": "mass", "absorbed dose": "radiation",
    "activity": "radiation",
}  # fmt: skip
_DOSES = frozenset({"mass a day", "mass per mass", "mass per area"})
_TELLING = frozenset(
    {"arbitrary concentration", "copy concentration", "pressure", "loudness", "threshold voltage",
     "angle", "volume per mass", "volume per mass an hour", "volume per area", "energy a day",
     "speed", "mass per area"}
)  # fmt: skip
_ADJECTIVAL = ("able", "ible", "ous", "ical", "ary", "ful", "less")
_PLURALS = frozenset(
    {"teeth", "feet", "metastases", "stimuli", "nuclei", "vertebrae", "diagnoses", "criteria"}
)
_DOSED = frozenset({"dose", "dosage", "intake", "consumption", "excretion", "proteinuria", "loss"})


def own_subject(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """The study's own variable that a limit is about: in front of it, or else behind it."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    codes = {one.unit for one in amounts if one.unit is not None}
    if not phrase.bounds or not amounts or len(codes) > 1:
        return None
    if any(one.old or one.normal for one in amounts):
        return None
    if beside_ideal(scan, phrase.end) and codes <= {"kg", "[lb_av]"}:
        name = own_name("weight over ideal weight", UNITS[min(codes)]) if codes else None
        return None if name is None else Subject((name,), at, at)
    code = next(iter(codes), None)
    if code in _PLAIN:
        return _before(scan, at, None) or (None if code else _counted(scan, phrase, amounts))
    unit = UNITS.get(str(code))
    if unit is not None and unit.code in {"s", "ms"}:
        return _seconds(scan, at, unit)
    if unit is None or unit.code in _MULTIPLES or unit.dimension in _NEVER:
        return None
    rate = rate_at(scan, phrase.end)[0] if unit.dimension in _A_DAY else "1"
    if rate == "/d":
        unit = each_day(scan, unit)
    if rate != "1" and unit.dimension in _A_DAY:
        return None  # "250 mL/week": no unit of ours
    return (
        own_dose(scan, at, phrase)
        or _before(scan, at, unit)
        or _behind(scan, at, phrase.end, unit)
        or _aside(scan, at, phrase.end, unit)
    )


def _seconds(scan: Scan, at: int, unit: Unit) -> Subject | None:
    """`saphenous reflux > 0.5 s`: how long something takes that is over so soon."""
    found = phrase_before(scan, at)
    if found is None or found.known or _names_nothing(found):
        return None
    if found.head not in listed("heads.seconds") and not is_short(scan, found):
        return None
    name = own_name(" ".join(found.words), unit)
    return None if name is None else Subject((name,), found.start, found.end)


def own_age(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`unexplained sudden death under 40 years of age in a relative`: how old somebody was then."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    found = phrase_before(scan, at) if phrase.bounds and amounts else None
    if found is None or found.last not in listed("events"):
        return None
    if any(one.unit not in {"a", None} for one in amounts) or amounts[-1].unit is None:
        return None
    name = own_name(f"age at {' '.join(found.words)}", UNITS["a"])
    before = [scan.tokens[one.start].norm for one in scan.row[: found.start][-2:]]
    start = found.start - 2 if before == ["age", "at"] else found.start
    return None if name is None else Subject((name,), start, found.end)


def _before(scan: Scan, at: int, unit: Unit | None) -> Subject | None:
    found = phrase_before(scan, at)
    if found is None or _names_nothing(found):
        return None
    if found.known and (unit is None or not _measured_else(scan, found, unit)):
        return None
    eaten = found.last in _DOSED
    if unit is not None and unit.dimension in _DOSES and not eaten and _is_tested(scan, found):
        return None  # "fasted glucose < 126 mg/d"
    measured = _measure(found, unit)
    if measured is None and unit is not None and is_short(scan, found):
        measured = unit  # "TBV < 4500 mL"
    if measured is None:
        return None
    one = scan.tokens[max(scan.row[found.start].start - 1, 0)].norm
    of_each = "single " if one == "single" and measured.code == "{score}" else ""
    name = own_name(of_each + _words(found, measured), measured)
    return None if name is None else Subject((name,), found.start, found.end)


def _is_tested(scan: Scan, found: NounPhrase) -> bool:
    """Whether a laboratory's variable is in a phrase, which is then no drug."""
    means = (one for place in scan.row[found.start : found.end] for one in place.means)
    return any(one.row.group == "laboratory" for one in means)


def _measured_else(scan: Scan, found: NounPhrase, unit: Unit) -> bool:
    """Whether a thing with a variable is measured in another way here: how large is a polyp?"""
    rows = [one.row for place in scan.row[found.start : found.end] for one in place.means]
    if _HEADS.get(unit.dimension) == "length":
        return True
    viral = {other.dimension for row in rows for other in row.units} == {"copy concentration"}
    if viral and unit.dimension == "arbitrary concentration":
        return True
    tested = any(row.group == "laboratory" for row in rows)  # asks for its unit
    same = any(unit.dimension == other.dimension for row in rows for other in row.units)
    return not tested and not same and unit.dimension in _TELLING


def _measure(found: NounPhrase, unit: Unit | None) -> Unit | None:
    """The unit in which such a thing is measured; None where it is not measured so."""
    ends = {found.head, found.last}
    if unit is None and is_item(found):
        return UNITS["{score}"]
    if unit is None:
        scores, counts = listed("heads.score"), listed("heads.count")
        return UNITS["{score}"] if ends & scores else UNITS["1"] if ends & counts else None
    single = len(found.norms) == 1
    if single and unit.dimension == "arbitrary concentration":
        return None  # "cow's milk, casein > 0.1 kU/L"
    if single and unit.code == "%" and found.head not in listed("heads.percent"):
        return None
    kind = _HEADS.get(unit.dimension)
    return unit if kind is None or ends & listed(f"heads.{kind}") else None


def _names_nothing(found: NounPhrase) -> bool:
    vague = set(found.norms) <= listed("vague") | listed("inside") | listed("changes.words")
    if is_item(found):
        return False
    if vague or len(found.last) == 1:
        return True
    return found.head in listed("never") or found.last in listed("never")


def _words(found: NounPhrase, unit: Unit) -> str:
    """The phrase without the word that its measure says again."""
    if unit.code == "{score}":
        return scale_words(found)
    words = list(found.words)
    again = {"1": ("count",), "%": ("percent", "percentage", "%")}
    if len(words) > 1 and words[-1] in again.get(unit.code, ()):
        words.pop()
    return " ".join(words)


def _aside(scan: Scan, at: int, end: int, unit: Unit) -> Subject | None:
    """`low altitude (< 800 m)`: the limit alone in a parenthesis behind the name."""
    row = scan.row
    if at <= scan.ended or end >= len(row) or (row[at - 1].letter, row[end].letter) != ("P", "Q"):
        return None
    if _HEADS.get(unit.dimension) not in {"length", "volume"} and unit.code != "%":
        return None
    if row[at].letter not in "GL" and row[end - 1].letter not in "MW":
        return None  # "short distances (20 - 100 m)"
    found = phrase_ending(scan, at - 1)
    if found is None or found.known or _names_nothing(found):
        return None
    if found.head not in listed(f"heads.{_HEADS.get(unit.dimension, 'percent')}"):
        return None
    words = [word for word in found.words if word not in listed("levels")]
    name = own_name(" ".join(words), unit) if words else None
    return None if name is None else Subject((name,), found.start, found.end)


def _behind(scan: Scan, at: int, end: int, unit: Unit) -> Subject | None:
    """`> 10 mg/d of aspirin`, `≥ 20 % histamine release`, `at least 3 cm of exposed bone`."""
    linked = end < len(scan.row) and scan.tokens[scan.row[end].start].norm == "of"
    found = phrase_behind(scan, end + linked)
    if found is None or _names_nothing(found) or (found.known and not linked):
        return None
    words = _words(found, unit)
    if unit.dimension in _DOSES and linked and set(found.norms) & listed("behind.eaten"):
        pass
    elif unit.dimension in _DOSES:
        words = words if set(found.norms) & _DOSED else f"{words} dose"
    elif unit.code == "%" and linked:
        if found.head.endswith("ed") and not found.head.endswith("eed"):
            return None  # "80 % of visits attended"
        if {found.head, found.last} & listed("behind.wholes"):
            which = _which(scan, found.end)
            if which is None:
                return None  # "20 % of the cells": which?
            words, found = f"{words} {which[0]}", replace(found, end=which[1])
        words = f"share of {words}"
    elif unit.code == "%":
        before = scan.tokens[scan.row[at].start - 1].norm if scan.row[at].start else ""
        had = before in listed("behind.had") and found.end == _clause_end(scan, end)
        had = had and found.head not in listed("behind.chances")
        if found.head not in listed("heads.percent") and not had:
            return None
    elif not _is_so_much(found, unit, linked=linked):
        return None
    elif unit.code in {"mg", "ug"}:
        words = words if set(found.norms) & (_DOSED | listed("behind.eaten")) else f"{words} dose"
    if rate_at(scan, found.end)[0] == "/d":
        unit = each_day(scan, unit)
    name = own_name(words, unit)
    return None if name is None else Subject((name,), end, found.end)


def _clause_end(scan: Scan, at: int) -> int:
    """Where the next sign or the end of the item stands."""
    while at < len(scan.row) and scan.row[at].letter in "wfV":
        at += 1
    return at


def _which(scan: Scan, end: int) -> tuple[str, int] | None:
    """The "with del(17p)" of "20 % of the cells with del(17p)"."""
    word = scan.tokens[scan.row[end].start].norm if end < len(scan.row) else ""
    found = phrase_behind(scan, end + 1) if word in {"with", "expressing", "positive"} else None
    return None if found is None else (f"{word} {' '.join(found.words)}", found.end)


def _is_so_much(found: NounPhrase, unit: Unit, *, linked: bool) -> bool:
    """Whether so long, so large or so much can stand in front of such a thing."""
    kind = _HEADS.get(unit.dimension)
    if kind not in {"length", "volume", "mass"} or set(found.norms) & listed("behind.drawn"):
        return False
    if kind == "length" and not linked:
        return found.head in listed("behind.long")
    return linked


def _counted(scan: Scan, phrase: Phrase, amounts: Sequence[Amount]) -> Subject | None:
    """`at least 2 positive skin tests`: things that are counted, several of them but for one."""
    end = past_total(scan.tokens, scan.row, phrase.end)
    found = phrase_behind(scan, end)
    if found is None or any(one.value != one.value.to_integral_value() for one in amounts):
        return None
    shown = found.head in listed("behind.shown") and len(found.norms) > 1
    never = found.head in listed("behind.never") and not shown
    nothing = set(found.norms) <= listed("vague") or never
    if nothing or set(found.norms) & listed("behind.nowhere"):
        return None
    if not _is_plural(scan, found):
        either = _is_joined(scan, found)  # "one typical or atypical drug"
        if either or max(one.value for one in amounts) != 1 or _is_adjective(found.head):
            return None
    code, stop = rate_at(scan, found.end)
    if found.head in listed("behind.measures") and len(found.norms) == 1:
        return None  # "more than 3 portions": of what?
    words = [*found.words[:-1], found.last] if found.head == found.last else list(found.words)
    lacking = lacking_before(scan.tokens, scan.row, phrase.end)
    words = [lacking, *words] if lacking else words
    name = own_name(" ".join(words), UNITS[code])
    if name is None:
        return None
    if code != "1":  # so many a week: that is the unit of every amount of the limit
        with_rate(scan, phrase.places, code)
    return Subject((name,), end, stop)


def _is_adjective(word: str) -> bool:
    return word in listed("behind.adjectives") or word.endswith(_ADJECTIVAL)


def _is_plural(scan: Scan, found: NounPhrase) -> bool:
    """Whether the head is written as several; tokens are without that."""
    tokens = scan.tokens[scan.row[found.start].start : scan.row[found.end - 1].end]
    head = next(token for token in tokens if token.norm == found.head)
    written = scan.said.text[head.start : head.end]
    if len(written) > 2 and written[:-1].isupper() and written.endswith("s"):
        return True  # "two or more NRTIs"
    text = written.lower()
    return text in _PLURALS or (text.endswith("s") and not text.endswith(("ss", "us", "is")))


def own_grade(scan: Scan, place: int, phrase: Phrase) -> Subject | None:
    """`chronic GvHD of grade 2 or higher`: the grade of what stands beside the word at `place`."""
    near = scan.tokens[scan.row[place].start : scan.row[phrase.end - 1].end + 3]
    if len(phrase.shapes) != 1 or {token.norm for token in near} & listed("taught"):
        return None
    word = scan.tokens[scan.row[place].end - 1].norm
    behind = scan.tokens[scan.row[phrase.end - 1].end :][:8]
    if any(token.norm in listed("systems") for token in behind):
        return None  # "grade II disc degeneration by the … grading system"
    found = phrase_before(scan, place)
    if found is None or _is_adjective(found.head) or found.head.endswith(("ing", "ed", "ic")):
        found = phrase_behind(scan, phrase.end)
        if found is None:
            return None
        if _is_joined(scan, found) and not (_is_plural(scan, found) or _is_said_again(scan, found)):
            return None  # "grade 3 or higher cardiovascular and cerebrovascular events"
    if _names_nothing(found) or word not in {"grade", "stage", "degree"}:
        return None
    if set(found.norms) & listed("adverse"):
        return Subject(("toxicity_grade",), place, place + 1)
    named = {token.norm for token in scan.tokens[scan.row[place].start : scan.row[place].end]}
    if named & bag("staged_things"):
        return None  # "rectal cancer stage: cT2-3"
    if set(found.norms) <= {"tumor"} and word == "grade":
        return Subject(("tumour_grade",), place, place + 1)
    said = [one for one in found.words if one not in listed("graded")]
    words = f"{' '.join(said)} {_thing_behind(scan, found)}{word}"
    name = own_name(words, UNITS["{score}"], level=True) if said else None
    return None if name is None else Subject((name,), min(found.start, place), found.end)


def _thing_behind(scan: Scan, found: NounPhrase) -> str:
    """The noun of "gastric or extra-gastric fistula", which the first of the two lacks."""
    behind = scan.tokens[scan.row[found.end - 1].end :][:6]
    at = next((at for at, token in enumerate(behind) if token.norm == found.head), None)
    after = behind[at + 1] if at is not None and at + 1 < len(behind) else None
    joined = _is_joined(scan, found) and after is not None and after.kind == "word"
    small = after is None or after.norm in bag("gap") | bag("turns")
    return f"{after.norm} " if joined and after is not None and not small else ""


def _is_said_again(scan: Scan, found: NounPhrase) -> bool:
    """Whether the thing follows again: "gastric fistula or oral fistula"."""
    behind = scan.tokens[scan.row[found.end - 1].end :][:5]
    return any(token.norm == found.head for token in behind)


def _is_joined(scan: Scan, found: NounPhrase) -> bool:
    """Whether "and" or "or" stands behind a phrase."""
    return found.end < len(scan.row) and scan.row[found.end].letter in "ARS"
