"""An item on its way through the readers of limits, and what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trialrun.criteria.nodes import Atom
from trialrun.criteria.text_reader.ages import of_contact
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.lasting import not_recovered
from trialrun.criteria.text_reader.limit_atoms import bound_atoms, level_atoms, past_restated
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.statement import Ask, Statement
from trialrun.criteria.text_reader.subjects import Subject, denied_before
from trialrun.criteria.text_reader.terminals import Terminal
from trialrun.criteria.text_reader.words import Token
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
    if subject.names == ("age",) and of_contact(tokens, row[phrase.places[0]].start):
        scan.last, scan.ended = None, end
        return end
    if subject.names == ("qtc",) and _by_fridericia(tokens, row, phrase):
        subject = replace(subject, names=("qtcf",))
    scan.last = subject
    words = tokens[row[min(subject.start, phrase.places[0])].start : row[end - 1].end]
    atoms: list[Atom] = []
    asks: list[Ask] = []
    if len(phrase.shapes) > 1:
        asks.append(scan.said.ask("readings", words))
    else:
        shape = phrase.shapes[0]
        denied = subject.denied != denied_before(row, min(subject.start, phrase.places[0]))
        between = {one.letter for one in row[subject.start : phrase.places[0]]}
        if subject.names == ("time_since_menopause",) and "P" in between:
            denied = False  # "has not reached a postmenopausal state (≥ 12 months of amenorrhea)"
        if "toxicity_grade" in subject.names and not denied and row[phrase.places[0]].letter != "G":
            denied = not_recovered(tokens, row[min(subject.start, phrase.places[0])].start)
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


def _by_fridericia(tokens: Sequence[Token], row: Sequence[Terminal], phrase: Phrase) -> bool:
    """Whether words near a QT interval say that it is corrected after Fridericia."""
    start, end = row[phrase.places[0]].start, row[phrase.end - 1].end
    near = tokens[max(start - 8, 0) : end + 14]
    return any(token.norm.startswith("frideric") for token in near)


def amount_near(row: Sequence[Terminal], at: int) -> Amount | None:
    return next((one.amount for one in row[at : at + 3] if one.amount is not None), None)


def past(row: Sequence[Terminal], at: int, letters: str) -> int:
    while at < len(row) and row[at].letter in letters:
        at += 1
    return at


def on_scale(subject: Subject) -> bool:
    return any(variables()[name].kind is not Kind.QUANTITY for name in subject.names)
