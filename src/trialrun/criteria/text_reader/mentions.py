"""Comparisons anywhere in an item, also where the rest of its sentence is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from trialrun.criteria.nodes import Atom
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.limit_atoms import bound_atoms, level_atoms, past_restated
from trialrun.criteria.text_reader.limit_places import Phrase, find_phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.statement import Ask, Statement
from trialrun.criteria.text_reader.subjects import (
    PLAIN,
    Subject,
    denied_before,
    fits,
    fitting,
    names_before,
    scale_behind,
    subject_before,
    subject_behind,
    unit_alone,
)
from trialrun.criteria.text_reader.terminals import Terminal, read_terminals
from trialrun.criteria.text_reader.words import Token
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_BEGINS = frozenset("GLENBF")
_AGES = frozenset({"a", "mo", "wk", "d"})
_SINCE = frozenset({"after", "since", "post", "from", "before", "prior", "of", "following", "ago"})
_FARTHEST = 16  # terminals between two limits of one thing
_PRESSURES = ("systolic_bp", "diastolic_bp")


@dataclass(frozen=True, slots=True)
class Mention:
    """What one limit says of its variables; the item's text from `start` up to `end` says it.

    `asks`: what its number or its unit leaves open. Without atoms it is only a question.
    """

    atoms: tuple[Atom, ...]
    start: int
    end: int
    asks: tuple[Ask, ...] = ()


@dataclass(slots=True)
class _Scan:
    """An item, and the subject of the limit that was read last, which ended at `ended`."""

    said: Statement
    tokens: Sequence[Token]
    row: Sequence[Terminal]
    found: list[Mention]
    last: Subject | None = None
    ended: int = 0


def read_mentions(said: Statement, tokens: Sequence[Token]) -> tuple[Mention, ...]:
    """Every comparison that is surely read, and questions about others, as the text has them."""
    scan = _Scan(said, tokens, read_terminals(said.text, tokens), [])
    at = 0
    while at < len(scan.row):
        at = _read(scan, at) if scan.row[at].letter in _BEGINS else at + 1
    return tuple(scan.found)


def _read(scan: _Scan, at: int) -> int:
    """Reads the limit that begins at a terminal, if one does; where to go on."""
    for reader in (_pressure, _respectively, _inside, _behind_subject, _before_scale, _alone):
        end = reader(scan, at)
        if end > at:
            return end
    return at + 1


def _inside(scan: _Scan, at: int) -> int:
    """`over the age of 18`, `≥ grade 3`: the comparison in front of its variable."""
    row = scan.row
    if row[at].letter not in "GLBF":
        return 0
    place = _past(row, at + 1, "f")
    if place >= len(row) or row[place].letter != "V":
        return 0
    behind = _past(row, place + 1, "f:")
    amount = row[behind].amount if behind < len(row) else None
    variable = None if amount is None else fitting(row[place], amount)
    if variable is None:
        return 0
    subject = Subject((variable.name,), at, place + 1)
    phrase = find_phrase(row, behind, scale=_on_scale(subject), leading=at)
    return 0 if phrase is None else _add(scan, subject, phrase)


def _behind_subject(scan: _Scan, at: int) -> int:
    """`ALT ≤ 3 x ULN`, and a second limit of the same thing."""
    amount = _amount(scan.row, at)
    if amount is None:
        return 0
    subject = subject_before(scan.tokens, scan.row, at, amount)
    if subject is None or subject.start < scan.ended:
        subject = _carried(scan, at, amount)
    if subject is None:
        return 0
    phrase = find_phrase(scan.row, at, scale=_on_scale(subject))
    return 0 if phrase is None else _add(scan, subject, phrase)


def _before_scale(scan: _Scan, at: int) -> int:
    """`class III or IV according to NYHA`: levels in front of their scale."""
    amount = _amount(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=True)
    if amount is None or phrase is None:
        return 0
    subject = scale_behind(scan.tokens, scan.row, phrase.end, amount)
    return 0 if subject is None else _add(scan, subject, phrase)


def _alone(scan: _Scan, at: int) -> int:
    """`at least 2 prior regimens`, `adults over 18 years`, `> 10 pack-years`."""
    amount = _amount(scan.row, at)
    phrase = None if amount is None else find_phrase(scan.row, at, scale=False)
    if amount is None or phrase is None:
        return 0
    subject = (
        subject_behind(scan.tokens, scan.row, phrase.end, amount)
        or _age(scan, at, phrase)
        or unit_alone(scan.tokens, scan.row, at, amount)
    )
    if subject is not None:
        return _add(scan, subject, phrase)
    scan.last, scan.ended = None, phrase.end
    return phrase.end


def _pressure(scan: _Scan, at: int) -> int:
    """`blood pressure > 140/90 mmHg`: the systolic and the diastolic one."""
    row = scan.row
    first = at + 1 if row[at].letter in "GL" else at
    if first + 2 >= len(row) or [one.letter for one in row[first : first + 3]] != ["N", "S", "N"]:
        return 0
    amounts = [row[place].amount for place in (first, first + 2)]
    if any(one is None or one.unit not in {None, "mm[Hg]"} for one in amounts):
        return 0
    end = first + 3
    side: int | str = at
    if first == at:
        if end >= len(row) or row[end].letter not in "MW":
            return 0
        side = ">=" if row[end].letter == "M" else "<="
        end += 1
    found = subject_before(scan.tokens, row, at, Amount(amounts[0].value, "mm[Hg]", 0))  # type: ignore[union-attr]
    if found is None or not set(found.names) & set(_PRESSURES) or found.start < scan.ended:
        return 0
    for name, place in zip(_PRESSURES, (first, first + 2), strict=True):
        places = (at, place) if isinstance(side, int) else (place,)
        bound = (1, 0) if isinstance(side, int) else (0, side)
        phrase = Phrase((("bounds", (bound,)),), places, end)
        _add(scan, replace(found, names=(name,)), phrase, restated=False)
    return end


def _respectively(scan: _Scan, at: int) -> int:
    """`hemoglobin and platelets ≥ 9 g/dL and 100 x 10^9/L respectively`: each its own."""
    row = scan.row
    if row[at].letter not in "GL":
        return 0
    stop = at + 1
    while stop < len(row) and row[stop].letter in "NCARfS":
        if "respectively" in (token.norm for token in scan.tokens[row[stop].start : row[stop].end]):
            break
        stop += 1
    if stop >= len(row) or scan.tokens[row[stop].start].norm != "respectively":
        return 0
    places = [place for place in range(at, stop) if row[place].letter == "N"]
    amounts = [row[place].amount for place in places]
    known = [one for one in amounts if one is not None]
    subjects = names_before(row, at, known)
    if len(places) < 2 or not subjects:
        return 0
    for subject, place in zip(subjects, places, strict=True):
        phrase = Phrase((("bounds", ((1, 0),)),), (at, place), stop + 1)
        _add(scan, subject, phrase, restated=False)
    return stop + 1


def _carried(scan: _Scan, at: int, amount: Amount) -> Subject | None:
    """The subject of the limit before, where this one is a second one of it.

    `≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)`: between the two stand nothing or a condition.
    """
    row = scan.row
    if scan.last is None or row[at].letter not in "GL" or at - scan.ended > _FARTHEST:
        return None
    between = row[scan.ended : at]
    if any(one.letter in "V;" or one.amount is not None for one in between):
        return None
    words = [scan.tokens[one.start].norm for one in between if one.letter in "wfIX"]
    if words and words[0] not in bag("turns_to_another"):
        return None
    rows = [variables()[name] for name in scan.last.names]
    if not all(fits(one, amount) for one in rows):
        return None
    if amount.unit is None and any(one.unit is None or one.unit.code not in PLAIN for one in rows):
        return None
    return replace(scan.last, denied=False)


def _age(scan: _Scan, at: int, phrase: Phrase) -> Subject | None:
    """`≥ 18 years of age`, `patients over 18 years`: unit or people say that it is age."""
    row, tokens = scan.row, scan.tokens
    amounts = [row[place].amount for place in phrase.places]
    known = [one for one in amounts if one is not None]
    units = {one.unit for one in known} - {None}
    if not units or not units <= _AGES:
        return None
    behind = tokens[row[phrase.end].start].norm if phrase.end < len(row) else ""
    before = tokens[row[at].start - 1].norm if row[at].start else ""
    if before in bag("changed_before"):
        return None
    if any(one.old for one in known):
        return Subject(("age",), at, at)
    place = at - 1
    while place >= 0 and row[place].letter in "PB:":
        place -= 1
    people = place >= 0 and tokens[row[place].start].norm in bag("people_of_age")
    whole = row[at].letter != "N" or (place < 0 and phrase.end == len(row))
    if (people or (whole and place < 0)) and units <= {"a", "mo"} and behind not in _SINCE:
        return Subject(("age",), at, at) if people or len(phrase.places) > 2 else None
    return None


def _add(scan: _Scan, subject: Subject, phrase: Phrase, *, restated: bool = True) -> int:
    """Notes the atoms of a limit, or a question where it can be read in several ways."""
    row, tokens = scan.row, scan.tokens
    end = phrase.end
    scan.last = subject
    words = tokens[row[min(subject.start, phrase.places[0])].start : row[end - 1].end]
    atoms: list[Atom] = []
    asks: list[Ask] = []
    if len(phrase.shapes) > 1:
        asks.append(scan.said.ask("readings", words))
    else:
        shape = phrase.shapes[0]
        denied = subject.denied != denied_before(row, subject.start)
        for name in subject.names:
            topic = ""
            if shape[0] == "levels":
                made = level_atoms(name, row, phrase, shape[1], denied)
            else:
                made, topic = bound_atoms(scan.said, name, row, phrase, shape[1], denied)
            atoms.extend(made)
            if topic:
                asks.append(scan.said.ask(topic, words))
        if shape[0] == "bounds" and restated:
            end = past_restated(row, subject, phrase, shape[1])
    end = scan.ended = max(end, subject.end)
    if atoms or asks:
        last = tokens[row[end - 1].end - 1].end
        kept = {(one.topic, one.start): one for one in asks}
        scan.found.append(
            Mention(tuple(dict.fromkeys(atoms)), words[0].start, last, tuple(kept.values()))
        )
    return end


def _amount(row: Sequence[Terminal], at: int) -> Amount | None:
    return next((one.amount for one in row[at : at + 3] if one.amount is not None), None)


def _past(row: Sequence[Terminal], at: int, letters: str) -> int:
    while at < len(row) and row[at].letter in letters:
        at += 1
    return at


def _on_scale(subject: Subject) -> bool:
    return any(variables()[name].kind is not Kind.QUANTITY for name in subject.names)
