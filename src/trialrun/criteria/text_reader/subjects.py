"""What a limit is about: variables before or behind it, across words that add nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.limits import ARBITRARY, Limit, in_unit_of
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.terminals import Terminal
from trialrun.criteria.text_reader.words import Token
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind, Variable

_WEAK = frozenset({"time", "calendar", "score", "count", "length", "fraction", "mass"})
_TIMES = frozenset({"d", "wk", "mo", "a", "h", "min"})
PLAIN = frozenset({"{score}", "1"})
_SEPARATORS = frozenset("CASR")
_STRONG_WORDS, _MIDDLE_WORDS, _WEAK_WORDS = 8, 3, 1
_NEAR = 5
_OF_A_CHILD = frozenset({"gestational_age", "birth_weight"})
_OF_URINE = frozenset({"creatinine_clearance"})
_ADJECTIVES = 4  # words between a number and what it counts
_NO_ADJECTIVES = frozenset(
    {"following", "week", "month", "year", "day", "hour", "dose", "time", "level"}
)
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
    denied = False
    place = at - 1
    while place >= 0:
        one = row[place]
        if one.letter == "V":
            found = _group(tokens, row, place, amount, denied)
            counted = found is not None and variables()[found.names[0]].group == "count"
            if counted and spare < _spare_words(amount):
                return None  # "recurrence including at least one of …"
            if found is not None or fitting(one, amount) is not None or amount.unit is None:
                return found
            spare -= 2  # "VAS back pain score ≥ 40 mm"
            place -= 1
            if spare < 0:
                return None
            continue
        if one.letter == "Q":
            opening = _opening(row, place)
            inner = [at for at in range(opening, place) if row[at].letter == "V"]
            plain = all(other.letter in "VfCARSP" for other in row[opening:place])
            if inner and plain and not _alias(row, opening, inner[0]):
                return _group(tokens, row, inner[-1], amount, denied)
            place = opening - 1
            continue
        if one.letter == "X":
            denied = not denied
        elif one.letter == "w" or one.letter in "CS":
            spare -= 1
        elif one.letter == "N" and _is_window(tokens, row, place):
            place -= 1
        elif one.letter not in "fPT:B":
            return None
        if spare < 0:
            return None
        place -= 1
    return None


def subject_behind(
    tokens: Sequence[Token], row: Sequence[Terminal], at: int, amount: Amount
) -> Subject | None:
    """The variable behind a limit that ends at terminal `at`: `at least 2 prior regimens`."""
    place = at
    linked = False
    if _is_change(tokens, row[at - 1].start):
        return None
    while place < len(row) and row[place].letter == "f":
        linked = linked or tokens[row[place].start].norm in {"of", "in", "on", "for", "as"}
        place += 1
    if place == at and amount.unit is None:
        place = _counted_noun(tokens, row, at)
    if place >= len(row) or row[place].letter != "V":
        return None
    variable = fitting(row[place], amount)
    if variable is None:
        return None
    counted = variable.unit is not None and variable.unit.code == "1" and amount.unit is None
    specific = amount.unit is not None and not _is_weak(amount)
    # "1 year postmenopausal", "2 years duration of diabetes"
    called = tokens[row[place].start].norm == "duration"
    lasting = variable.group in {"performance", "reproduction"} or called
    share = place == at and amount.unit is not None and (amount.unit not in _TIMES or lasting)
    if not (linked or counted or specific or share or variable.group == "count"):
        return None
    following = next((one.letter for one in row[place + 1 :] if one.letter != "f"), "")
    if following in {"G", "L", "E"} and not counted:
        return None
    found = _group(tokens, row, place, amount, denied=False)
    return None if found is None or found.start < at else found


def _counted_noun(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> int:
    """Where the noun stands that a number counts, past words that say which of them."""
    place = at
    while place < len(row) and place - at < _ADJECTIVES and row[place].letter == "w":
        if tokens[row[place].start].norm in _NO_ADJECTIVES:
            return at
        place += 1
    if place < len(row) and row[place].letter == "V":
        counts = [one for one in row[place].means if one.row.group == "count"]
        return place if counts else at
    return at


def _is_change(tokens: Sequence[Token], at: int, reach: int = 5) -> bool:
    """Whether an amount says how much something changes: `decrement of 20% in FEV1`."""
    return any(token.norm in bag("changes") for token in tokens[max(at - reach, 0) : at])


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
        if words > 1 or (one.letter == "w" and linked):
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
        elif row[place].letter not in "fCAS":
            return ()
        place -= 1
    return tuple(reversed(found)) if len(found) == len(amounts) else ()


def denied_before(row: Sequence[Terminal], at: int) -> bool:
    """Whether a denial stands in front of the subject, across words that add nothing."""
    place, spare = at - 1, 2
    while place >= 0:
        letter = row[place].letter
        if letter == "X":
            return True
        if letter == "w":
            spare -= 1
        elif letter != "f":
            return False
        if spare < 0:
            return False
        place -= 1
    return False


def fitting(one: Terminal, amount: Amount) -> Variable | None:
    """The variable that a name means beside this amount: the first that can be so large."""
    rows = [
        meaning.row
        for meaning in one.means
        if fits(meaning.row, amount) and (meaning.exact or _unit_tells(meaning.row, amount))
    ]
    if amount.unit is None:  # 2+ of protein rather than 2 g/L
        rows.sort(key=lambda row: row.unit is None or row.unit.code not in PLAIN)
    if len(rows) < 2:
        return rows[0] if rows else None
    likely = (row for row in rows if row.kind is Kind.CODED or _is_likely(row, amount))
    return next(likely, rows[0])


def fits(row: Variable, amount: Amount) -> bool:
    """Whether an amount can be one of this variable, as far as its unit tells."""
    if row.kind is Kind.CODED:
        if row.values[0] == "A":
            return amount.unit == "{letter}"
        return amount.unit in {None, "{level}", "{code}"} and amount.value < len(row.values)
    if row.kind is Kind.ORDINAL:
        whole = amount.value == amount.value.to_integral_value()
        return whole and amount.unit in {None, "{level}", "{score}"}
    if amount.unit in {"{level}", "{letter}", "{code}"}:
        return False
    assert row.unit is not None
    if amount.unit is None:
        return True
    if row.unit.dimension == "arbitrary concentration" and amount.unit not in {"xULN", "xLLN"}:
        code = ARBITRARY.get(amount.unit, amount.unit)
        return code in {unit.code for unit in row.units}
    if row.unit.code == "{score}":
        return amount.unit in {"{score}", "%"}
    return in_unit_of(row, Limit(">", amount))[0] is not None


def _unit_tells(row: Variable, amount: Amount) -> bool:
    """Whether an amount's unit shows that a name with other meanings means this variable."""
    if amount.unit is not None or row.bare is not None:
        return True
    return row.unit is None or row.unit.code in PLAIN


def _alias(row: Sequence[Terminal], opening: int, inner: int) -> bool:
    """Whether the name in a parenthesis is one of what stands in front of it."""
    if opening == 0 or row[opening - 1].letter != "V":
        return False
    before = {meaning.row.name for meaning in row[opening - 1].means}
    return any(meaning.row.name in before for meaning in row[inner].means)


def _is_likely(row: Variable, amount: Amount) -> bool:
    return in_unit_of(row, Limit(">", amount))[1] != "implausible"


def _group(
    tokens: Sequence[Token], row: Sequence[Terminal], last: int, amount: Amount, denied: bool
) -> Subject | None:
    """The variable at `last` with those in front of it that share its limit."""
    variable = fitting(row[last], amount)
    if variable is None or not _is_itself(tokens, row, last):
        return None
    names = [variable.name]
    start = place = last
    while True:
        place = _before_separator(row, place - 1)
        if place < 0 or row[place].letter != "V":
            break
        another = fitting(row[place], amount)
        if another is None or not _is_itself(tokens, row, place):
            break
        if (another.group == "count") != (variable.group == "count"):
            break  # "at least one lesion and ECOG ≤ 1"
        if another.name not in names:
            names.insert(0, another.name)
        start = place
    return Subject(tuple(names), start, last + 1, denied)


def _before_separator(row: Sequence[Terminal], place: int) -> int:
    """Where a variable could stand in front of ", " or "and"; -1 where nothing separates."""
    separated = False
    while place >= 0:
        letter = row[place].letter
        if letter in _SEPARATORS:
            separated = True
        elif letter == "Q":
            place = _opening(row, place)
        elif letter != "f":
            break
        place -= 1
    if place >= 0 and row[place].letter == "V" and (separated or row[place + 1].letter == "P"):
        return place
    return -1


def _is_itself(tokens: Sequence[Token], row: Sequence[Terminal], place: int) -> bool:
    """Whether no word beside a variable's name makes it another thing."""
    one = row[place]
    before = tokens[one.start - 1].norm if one.start else ""
    if one.start > 1 and before in {"in", "of"} and _is_change(tokens, one.start - 1, 1):
        return False  # "a fall in FEV1 of 20%"
    behind = tokens[one.end].norm if one.end < len(tokens) else ""
    if any(meaning.row.name in _OF_A_CHILD for meaning in one.means):
        before = ""
    if before == "urine" and any(meaning.row.name in _OF_URINE for meaning in one.means):
        before = ""  # the clearance is what the urine tells
    felt = any(meaning.row.name == "symptom_duration" for meaning in one.means)
    if felt and "free" in {token.norm for token in tokens[max(one.start - 4, 0) : one.start]}:
        return False  # "free of symptoms for"
    return before not in bag("changed_before") and behind not in bag("changed_behind")


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


def _is_weak(amount: Amount) -> bool:
    return amount.unit not in UNITS or UNITS[str(amount.unit)].dimension in _WEAK


def _spare_words(amount: Amount) -> int:
    """How many words that are not understood may stand between a variable and its limit."""
    if not _is_weak(amount):
        return _STRONG_WORDS
    return _MIDDLE_WORDS if amount.unit in {"%", "mm", "cm", "kg"} else _WEAK_WORDS
