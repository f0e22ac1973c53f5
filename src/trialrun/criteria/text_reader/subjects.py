"""What a limit is about: variables before or behind it, across words that add nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialrun.criteria.text_reader.altered import is_change, is_itself
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.counted_nouns import counted_noun, lacking_before, past_total
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.methods import before_method
from trialrun.criteria.text_reader.misreadings import without_parts
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

WEAK = frozenset({"time", "calendar", "score", "count", "length", "fraction", "mass"})
_TIMES = frozenset({"d", "wk", "mo", "a", "h", "min"})
_OFTEN = frozenset({"/d", "/wk", "/mo"})
_WIDENED = frozenset({"relaxed", "broadened", "widened", "extended", "increased", "loosened"})
_SEPARATORS = frozenset("CASR")
_STRONG_WORDS, _MIDDLE_WORDS, _WEAK_WORDS = 8, 3, 1
_NEAR = 7
_LONG_WINDOW = 18  # terminals
_VERBS = frozenset({"is", "are", "was", "were", "be", "of"})
_LINKS = frozenset({"according", "by", "per", "of", "on", "in", "the", "as", "using"})
_WITHIN = frozenset(
    {"within", "past", "last", "previous", "prior", "preceding", "in", "for", "during"}
)


@dataclass(frozen=True, slots=True)
class Subject:
    """Variables that share a limit: the terminals from `start` up to `end` name them.

    `denied`: a word in between says that the contrary of the limit is meant.
    """

    names: tuple[str, ...]
    start: int
    end: int
    denied: bool = False


def subject_before(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """The variables that stand in front of the limit that begins at terminal `at`."""
    spare = _spare_words(amount)
    passed = "CS"
    if amount.unit == "xULN" and {token.norm for token in tokens[: row[at].start][-3:]} & _WIDENED:
        spare, passed = 2 * spare, "CSAR"  # "ALT raised by the disease, and can be broadened to …"
    denied = False
    method = before_method(tokens, row, at, amount)
    place = _over_window(tokens, row, at, amount) if method is None else method
    while place >= 0:
        one = row[place]
        if one.letter == "V":
            found = _group(tokens, row, place, amount, denied)
            if found is not None and _is_count(found) and spare < _spare_words(amount):
                return None  # "recurrence including at least one of …"
            loose = not any(meaning.exact for meaning in one.means)  # "HbA1c blood test"
            told = fitting(one, amount) is not None or (amount.unit is None and not loose)
            if found is not None or told:
                return found
            spare -= 1 if loose else 2  # "VAS back pain score ≥ 40 mm"
            place -= 1
            place = _over_alternative(row, place)
            if spare < 0:
                return None
            continue
        if one.letter == "Q":
            opening = _opening(row, place)
            inner = [at for at in range(opening, place) if row[at].letter == "V"]
            plain = all(other.letter in "VfCARSP" for other in row[opening:place])
            if inner and plain and not _alias(row, opening, inner[0]):
                found = _group(tokens, row, inner[-1], amount, denied)
                if found is not None:
                    return found
            place = opening - 1
            continue
        if one.letter == "X":
            word_alone = [after.letter for after in row[place + 1 : place + 3]] == ["w", "C"]
            # "without hydration", "not irradiated, ≥ 10 mm" deny something else
            denied = denied != (tokens[one.start].norm != "without" and not word_alone)
        elif one.letter == "w" or one.letter in passed:
            spare -= 1
        elif one.letter == "N" and _is_window(tokens, row, place):
            place -= 1
        elif one.letter == "N" and _counts_tests(tokens, row, place) and not _is_weak(amount):
            pass  # "QTcF from 3 examinations > 470 ms"
        elif one.letter == "I" and _for_a_sex(tokens, one.end):
            pass
        elif place == at - 1 and amount.unit in _OFTEN and tokens[one.start].norm == "for":
            pass  # "albuterol use for no more than 3 days a week"
        elif one.letter not in "fPT:BF":
            return None
        if spare < 0:
            return None
        place -= 1
    return None


def _over_alternative(row: Sequence[Terminal], place: int) -> int:
    """The first of `creatinine or measured creatinine clearance ≤ 1.5 x ULN`, else `place`."""
    first = place
    while first >= 0 and row[first].letter in "RSf":
        first -= 1
    joined = any(one.letter in "RS" for one in row[first + 1 : place + 1])
    return first if joined and first >= 0 and row[first].letter == "V" else place


def _for_a_sex(tokens: Sequence[Token], at: int) -> bool:
    """Whether `for` stands in front of a sex: `QTcF for males > 450 ms`."""
    return tokens[at - 1].norm in {"for", "in"} and bool(
        {token.norm for token in tokens[at : at + 2]} & bag("sexes")
    )


def _over_window(tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount) -> int:
    """In front of the window of `ECOG within 7 days before the first dose is 0 or 1`."""
    if at == 0 or tokens[row[at - 1].start].norm not in _VERBS:
        return at - 1
    timed = False
    for place in range(at - 2, max(at - _LONG_WINDOW, 0), -1):
        one = row[place]
        timed = timed or (one.amount is not None and one.amount.unit in _TIMES)
        if timed and tokens[one.start].norm == "within":
            return place - 1
        named = one.letter == "V" and fitting(one, amount) is not None
        if named or one.letter not in "wfNVI" or (one.letter == "N" and not timed):
            break
    return at - 1


def _is_count(subject: Subject) -> bool:
    return variables()[subject.names[0]].group == "count"


def subject_behind(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """The variable behind a limit that ends at terminal `at`: `at least 2 prior regimens`."""
    place = at
    linked = False
    if is_change(tokens, row[at - 1].start) or lacking_before(tokens, row, at):
        return None
    while place < len(row):
        said = tokens[row[place].start].norm
        if (
            row[place].letter != "f"
            and said not in {"for", "according"}
            and not (said == "to" and tokens[row[place].start - 1].norm == "according")
        ):
            break
        linked = linked or said in {"of", "in", "on", "for", "as", "at", "according"}
        place += 1
    if place == at and amount.unit is None:
        place = counted_noun(tokens, row, at)
    elif amount.unit is None and _following(tokens, row, place):
        place += 1  # "one of the following allergens"
    elif amount.unit is None and past_total(tokens, row, at) > at:
        place = counted_noun(tokens, row, at)
    elif tokens[row[place - 1].start].norm == "of" and not _is_weak(amount):
        place = _past_adjectives(tokens, row, place)
    if place >= len(row) or row[place].letter != "V":
        return None
    variable = fitting(row[place], amount)
    if variable is None:
        return None
    counted = variable.unit is not None and variable.unit.code == "1" and amount.unit is None
    specific = amount.unit is not None and not _is_weak(amount)
    said = tokens[row[place].start].norm  # "2 years duration of diabetes"
    lasting = variable.group in {"performance", "reproduction"} or said == "duration"
    lasting = lasting or variable.name == "gestational_age"
    share = place == at and amount.unit is not None and (amount.unit not in _TIMES or lasting)
    if not (linked or counted or specific or share or variable.group == "count"):
        return None
    following = next((one.letter for one in row[place + 1 :] if one.letter != "f"), "")
    if following in {"G", "L", "E"} and not counted:
        return None
    found = _group(tokens, row, place, amount, denied=False)
    if found is None or found.start < at:
        return None
    return found if counted else _with_following(tokens, row, found, amount)


def _past_adjectives(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> int:
    """Past two words at most: `200 mg/dL or more of random capillary glucose`."""
    place = at
    while place < min(len(row), at + 2) and row[place].letter == "w":
        if tokens[row[place].start].norm in bag("changed_before"):
            return at
        place += 1
    return place


def _following(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> bool:
    """Whether "following" stands in front of something that is counted."""
    if at + 1 >= len(row) or tokens[row[at].start].norm != "following":
        return False
    return any(one.row.group == "count" for one in row[at + 1].means)


def _with_following(
    tokens: Sequence[Token], row: Sequence[Terminal], found: Subject, amount: Amount
) -> Subject:
    """`≤ 3 x ULN for ALT and AST`: the names that follow, where no limit of their own does."""
    names, end = found.names, found.end
    while True:
        place = end
        while place < len(row) and row[place].letter in "PfCASR":
            opens = row[place].letter == "P" and row[place + 1 : place + 2]
            aside = opens and row[place + 1].letter not in "RA"
            place = _closing(row, place) if aside else place + 1
        if place == end or place >= len(row) or row[place].letter != "V":
            return replace(found, names=names, end=end)
        another = fitting(row[place], amount)
        after = next((one.letter for one in row[place + 1 :] if one.letter != "f"), "")
        joined = {one.letter for one in row[end:place]} & {"A", "R", "S"}
        if another is None or after in {"G", "L", "E", "N", "T"} or not joined:
            return replace(found, names=names, end=end)
        if another.group == "count" or not is_itself(tokens, row, place):
            return replace(found, names=names, end=end)
        names = tuple(dict.fromkeys((*names, another.name)))
        end = place + 1


def _closing(row: Sequence[Terminal], place: int) -> int:
    """Behind the parenthesis that opens at `place`."""
    depth = 0
    for at in range(place, len(row)):
        depth += (row[at].letter == "P") - (row[at].letter == "Q")
        if depth == 0:
            return at + 1
    return len(row)


def scale_behind(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """The scale that is named behind its levels: `class III or IV according to NYHA`."""
    place = at
    linked = False
    words = 0
    while place < len(row) and row[place].letter in "fwTPV" and place - at <= _NEAR:
        one = row[place]
        if one.letter == "V":
            variable = fitting(one, amount)
            scale = variable is not None and variable.kind is not Kind.QUANTITY
            return (
                Subject((variable.name,), at, place + 1)
                if variable and scale and (linked or place == at)
                else None
            )
        words += one.letter == "w"
        if words > _MIDDLE_WORDS or (one.letter == "w" and linked):
            return None
        linked = linked or one.letter == "P" or tokens[one.start].norm in _LINKS
        place += 1
    return None


def names_before(
    row: Sequence[Terminal], at: int, amounts: Sequence[Amount]
) -> tuple[Subject, ...]:
    """As many variables as there are amounts, each fitting its own; else none."""
    found: list[Subject] = []
    place = at - 1
    while place >= 0 and len(found) < len(amounts):
        if row[place].letter == "Q":
            place = _opening(row, place) - 1
            continue
        if row[place].letter == "V":
            variable = fitting(row[place], amounts[len(amounts) - 1 - len(found)])
            if variable is None:
                return ()
            found.append(Subject((variable.name,), place, place + 1))
            if [one.letter for one in row[place - 2 : place]] in (["R", "w"], ["A", "w"]):
                place -= 1  # "creatinine or measured creatinine clearance"
        elif row[place].letter not in ("fCASR" if found else "fCASRT:"):
            return ()
        place -= 1
    return tuple(reversed(found)) if len(found) == len(amounts) else ()


def _alias(row: Sequence[Terminal], opening: int, inner: int) -> bool:
    """Whether the name in a parenthesis is one of what stands in front of it."""
    if opening == 0 or row[opening - 1].letter != "V":
        return False
    before = {meaning.row.name for meaning in row[opening - 1].means}
    return any(meaning.row.name in before for meaning in row[inner].means)


def _group(
    tokens: Sequence[Token], row: Sequence[Terminal], last: int, amount: Amount, denied: bool
) -> Subject | None:
    """The variable at `last` with those in front of it that share its limit."""
    variable = fitting(row[last], amount)
    if variable is None or not is_itself(tokens, row, last):
        return None
    names = [variable.name]
    start = place = last
    while True:
        place = _before_nor(tokens, row, place - 1) or _before_separator(row, place - 1)
        if place < 0 or row[place].letter != "V":
            break
        another = fitting(row[place], amount)
        if another is None or not is_itself(tokens, row, place):
            break
        if (another.group == "count") != (variable.group == "count"):
            break  # "at least one lesion and ECOG ≤ 1"
        joins = {one.letter for one in row[place + 1 : start]}
        if "C" in joins and not joins & set("ARS") and not any(a.exact for a in row[place].means):
            break  # "abnormal lung function, oxygen saturation < 92 %"
        if another.name not in names:
            names.insert(0, another.name)
        start = place
    if not {one.letter for one in row[start:last]} & set("ARC"):
        names = without_parts(names)
    return Subject(tuple(names), start, last + 1, denied)


def _before_nor(tokens: Sequence[Token], row: Sequence[Terminal], place: int) -> int:
    """Where the first of `neither ALT nor AST` stands, whose limit is that of both; 0 elsewhere."""
    nor = place > 1 and row[place].letter == "X" and tokens[row[place].start].norm == "nor"
    return place - 1 if nor and row[place - 2].letter == "X" else 0


def _before_separator(row: Sequence[Terminal], place: int) -> int:
    """Where a variable could stand in front of ", " or "and"; -1 where nothing separates."""
    separated = False
    while place >= 0:
        letter = row[place].letter
        if letter in _SEPARATORS:
            separated = True
        elif letter == "Q":
            opening = _opening(row, place)
            if opening == place - 2 and row[opening - 1].letter == "w" and separated:
                return opening + 1  # "international ratio (INR) and aPTT"
            if _limits_its_own(row, opening, place):
                return -1
            place = opening
        elif letter != "f":
            break
        place -= 1
    if place >= 0 and row[place].letter == "V" and (separated or row[place + 1].letter == "P"):
        return place
    return -1


def _limits_its_own(row: Sequence[Terminal], opening: int, closing: int) -> bool:
    """Whether a parenthesis holds what the name in front of it is: `WBC count (2400/uL), …`."""
    if opening == 0 or row[opening - 1].letter not in "Vf":
        return False
    name = next((one for one in reversed(row[:opening]) if one.letter != "f"), None)
    amounts = [one.amount for one in row[opening:closing] if one.amount is not None]
    return name is not None and any(fitting(name, one) is not None for one in amounts)


def _opening(row: Sequence[Terminal], place: int) -> int:
    depth = 0
    for at in range(place, -1, -1):
        depth += (row[at].letter == "Q") - (row[at].letter == "P")
        if depth == 0:
            return at
    return 0


def _is_window(tokens: Sequence[Token], row: Sequence[Terminal], place: int) -> bool:
    amount = row[place].amount
    if amount is None or amount.unit not in {"d", "wk", "mo", "h", "a"} or place == 0:
        return False
    return tokens[row[place - 1].start].norm in _WITHIN


def _counts_tests(tokens: Sequence[Token], row: Sequence[Terminal], place: int) -> bool:
    """Whether a number only says how often was measured: `obtained from 3 ECGs`."""
    amount = row[place].amount
    small = amount is not None and amount.unit is None and amount.value <= _NEAR
    return small and place > 0 and tokens[row[place].start - 1].norm in {"from", "of"}


def _is_weak(amount: Amount) -> bool:
    if amount.unit == "ms":
        return False  # of the heart
    return amount.unit not in UNITS or UNITS[str(amount.unit)].dimension in WEAK


def _spare_words(amount: Amount) -> int:
    """How many words that are not understood may stand between a variable and its limit."""
    if not _is_weak(amount):
        return _STRONG_WORDS
    return _MIDDLE_WORDS if amount.unit in {"%", "mm", "cm", "kg"} else _WEAK_WORDS
