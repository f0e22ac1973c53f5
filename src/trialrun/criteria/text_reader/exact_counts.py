"""Counts without a comparison: `after 1 prior line`, `failed one or two regimens`.

So many, where "only" or "exactly" says it; else so many or more, which is asked.
"""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader.counted_nouns import counted_noun
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.scan import Scan, add_limit
from trialrun.criteria.text_reader.subjects import Subject

_MOST = 20


def read_exact_count(scan: Scan, at: int) -> int:
    """Reads how many of something there were, though no word compares; where to go on, or 0."""
    row, tokens = scan.row, scan.tokens
    amount = row[at].amount
    if row[at].letter != "N" or amount is None or amount.unit is not None or not at:
        return 0
    if amount.value != amount.value.to_integral_value() or not 0 < amount.value <= _MOST:
        return 0
    before = [token.norm for token in tokens[: row[at].start]][-2:]
    either = _either(scan, at)
    leads = listed("counted.leads") if either is None else listed("counted.told")
    if before[-1] not in leads or (before[-1] == "of" and not _led(before[0])):
        return 0
    phrase = either or Phrase((("bounds", ((0, "exactly"),)),), (at,), at + 1)
    place = counted_noun(tokens, row, phrase.end)
    if place >= len(row) or row[place].letter != "V":
        return 0
    if {"other", "another"} & {tokens[one.start].norm for one in row[at:place]}:
        return 0  # "and one other tree nut"
    variable = fitting(row[place], amount)
    if variable is None or variable.group != "count" or variable.unit is None:
        return 0
    if variable.unit.code != "1":
        return 0
    found = len(scan.found)
    end = add_limit(scan, Subject((variable.name,), place, place + 1), phrase, restated=False)
    if len(phrase.bounds) == 1 and len(scan.found) > found:
        ask_exact(scan, at, place)
    return end


def _led(word: str) -> bool:
    """Whether "completion" or the like stands in front of "of"."""
    return word in listed("counted.leads") - {"of"}


def _either(scan: Scan, at: int) -> Phrase | None:
    """`one or two`: at least the first and at most the second."""
    row = scan.row
    if [one.letter for one in row[at : at + 3]] != ["N", "R", "N"]:
        return None
    first, second = row[at].amount, row[at + 2].amount
    assert first is not None and second is not None
    if second.unit is not None or second.value != first.value + 1:
        return None
    return Phrase((("bounds", ((0, ">="), (1, "<="))),), (at, at + 2), at + 3)


def ask_exact(scan: Scan, at: int, place: int) -> None:
    """Asks whether so many are meant, or so many and more."""
    mention = scan.found[-1]
    atom = mention.atoms[0] if mention.atoms else None
    if not isinstance(atom, Comparison) or atom.op != "==":
        return
    words = scan.tokens[scan.row[at].start : scan.row[place].end]
    choices = tuple(write_rule(one) for one in (atom, replace(atom, op=">=")))
    ask = replace(scan.said.ask("readings", words), choices=choices)
    scan.found[-1] = replace(mention, asks=(*mention.asks, ask))
