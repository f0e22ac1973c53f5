"""An item on its way through the readers of limits, and what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trialrun.criteria.nodes import Atom, Node, joined
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader.amounts import Amount, unit_aside
from trialrun.criteria.text_reader.denials import denied_before, explains_denied
from trialrun.criteria.text_reader.fit import fits
from trialrun.criteria.text_reader.limit_atoms import bound_atoms, level_atoms, past_restated
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.meant import meant, says_nothing_of_people, towards
from trialrun.criteria.text_reader.misreadings import is_misread
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.statement import Ask, Statement
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind


@dataclass(frozen=True, slots=True)
class Mention:
    """What one limit says of its variables; the item's text from `start` up to `end` says it.

    `limit` is where the comparison itself begins. `asks`: what its number or its unit leaves open;
    without atoms it is only a question.
    """

    atoms: tuple[Atom, ...]
    start: int
    end: int
    asks: tuple[Ask, ...] = ()
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Unknown:
    """A limit of which no variable is the subject; its own words, and its place in the text."""

    words: str
    op: str
    value: Decimal
    unit: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """An item, and the subject of the limit that was read last, which ended at `ended`."""

    said: Statement
    tokens: Sequence[Token]
    row: Sequence[Terminal]
    found: list[Mention]
    last: Subject | None = None
    ended: int = 0
    unknown: list[Unknown] = field(default_factory=list)


def add_limit(scan: Scan, subject: Subject, phrase: Phrase, *, restated: bool = True) -> int:
    """Notes the atoms of a limit, or a question where it can be read in several ways."""
    row, tokens = scan.row, scan.tokens
    end = phrase.end
    said_of_others = says_nothing_of_people(subject, tokens, row[phrase.places[0]].start)
    if said_of_others or is_misread(subject, tokens, row, phrase):
        scan.last, scan.ended = None, end
        return end
    row = _with_unit_aside(scan, subject, phrase)
    scan.last = subject = meant(subject, tokens, row, phrase)
    words = tokens[row[min(subject.start, phrase.places[0])].start : row[end - 1].end]
    atoms: list[Atom] = []
    asks: list[Ask] = []
    if len(phrase.shapes) > 1:
        asks.append(
            replace(scan.said.ask("readings", words), choices=_choices(scan, subject, phrase))
        )
    else:
        denied = subject.denied != denied_before(tokens, row, min(subject.start, phrase.places[0]))
        between = {one.letter for one in row[subject.start : phrase.places[0]]}
        if subject.names == ("time_since_menopause",) and "P" in between:
            denied = False  # "has not reached a postmenopausal state (≥ 12 months of amenorrhea)"
        denied = denied or _is_bad(scan, subject, phrase)
        shape, unrecovered = towards(subject, tokens, row, phrase)
        denied = denied or unrecovered
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
        limit = tokens[row[phrase.places[0]].start].start
        last = tokens[row[end - 1].end - 1].end
        kept = {(one.topic, one.start): one for one in asks}
        scan.found.append(
            Mention(tuple(dict.fromkeys(atoms)), words[0].start, last, tuple(kept.values()), limit)
        )
    return end


def _is_bad(scan: Scan, subject: Subject, phrase: Phrase) -> bool:
    """Whether a limit on the bad side explains what is denied: `no infection (fever > 38 °C)`."""
    ops = {phrase.op(scan.row, one)[0] for one in phrase.bounds}
    worse = variables()[subject.names[0]].worse or "high"
    if ops != {">" if worse == "high" else "<"}:
        return False
    return explains_denied(scan.tokens, scan.row, min(subject.start, phrase.places[0]))


def _with_unit_aside(scan: Scan, subject: Subject, phrase: Phrase) -> Sequence[Terminal]:
    """The terminals, with the unit that stands behind the name: `Hemoglobin (g/dL): ≥ 9`."""
    row, tokens = scan.row, scan.tokens
    amounts = [row[place].amount for place in phrase.places]
    first = phrase.places[0]
    if subject.end > first or any(one is not None and one.unit is not None for one in amounts):
        return row
    if not 0 < subject.end <= first:
        return row
    start, end = tokens[row[subject.end - 1].end - 1].end, tokens[row[first].start].start
    unit = unit_aside(scan.said.text, start, end)
    if unit is None or not all(
        fits(variables()[name], Amount(Decimal(1), unit, 0)) for name in subject.names
    ):
        return row
    changed = list(row)
    for place in phrase.places:
        amount = row[place].amount
        if amount is not None:
            changed[place] = replace(row[place], amount=replace(amount, unit=unit))
    scan.row = changed
    return changed


def _choices(scan: Scan, subject: Subject, phrase: Phrase) -> tuple[str, ...]:
    """The readings of a limit as rules; none where one of them is no rule."""
    rules: list[str] = []
    row = list(scan.row)
    units = {one.unit for one in (row[at].amount for at in phrase.places) if one} - {None}
    for at in phrase.places:
        amount = row[at].amount
        if amount is not None and len(units) == 1:  # a unit that stands once counts for both
            row[at] = replace(row[at], amount=replace(amount, unit=next(iter(units))))
    for shape in phrase.shapes:
        found: list[Node] = []
        for name in subject.names:
            if shape[0] == "levels":
                made = level_atoms(name, row, phrase, shape[1], subject.denied)
            else:
                made, _ = bound_atoms(scan.said, name, row, phrase, shape[1], subject.denied)
            found.extend(made)
        if not found:
            return ()
        rules.append(write_rule(joined(tuple(found), "and")))
    return tuple(dict.fromkeys(rules))


def amount_near(row: Sequence[Terminal], at: int) -> Amount | None:
    """The amount that begins here; of a range, with the unit that stands behind its end."""
    place = next((one for one in range(at, min(at + 3, len(row))) if row[one].amount), None)
    found = None if place is None else row[place].amount
    if place is None or found is None or found.unit is not None:
        return found
    joining = "TA" if row[at].letter == "B" else "T"  # "between 10 and 20 mm"
    joined = place + 2 < len(row) and row[place + 1].letter in joining
    letters = "".join(one.letter for one in row[at : place + 4])
    apart = letters in {"GNALN", "GNKLN", "GNCLN"}  # "≥ 40 and ≤ 80 Gy"
    end = row[place + 2 + apart].amount if joined or apart else None
    shared = end is not None and end.unit in UNITS and end.unit not in {"xULN", "xLLN", "{score}"}
    return replace(found, unit=end.unit) if end is not None and shared else found


def past(row: Sequence[Terminal], at: int, letters: str) -> int:
    while at < len(row) and row[at].letter in letters:
        at += 1
    return at


def on_scale(subject: Subject) -> bool:
    return any(variables()[name].kind is not Kind.QUANTITY for name in subject.names)
