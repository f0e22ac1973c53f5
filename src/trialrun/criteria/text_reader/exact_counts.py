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
from trialrun.vocabulary.table import variables

_MOST = 20
_LATELY = 9  # terminals
_PAST = [[link, "the", word] for link in ("in", "within", "during", "over")
         for word in ("past", "last", "previous", "preceding", "prior")]  # fmt: skip


def read_exact_count(scan: Scan, at: int) -> int:
    """Reads how many of something there were, though no word compares; where to go on, or 0."""
    row, tokens = scan.row, scan.tokens
    amount = row[at].amount
    if row[at].letter != "N" or amount is None or amount.unit is not None:
        return 0
    if amount.value != amount.value.to_integral_value() or not 0 < amount.value <= _MOST:
        return 0
    before = [token.norm for token in tokens[: row[at].start]][-2:]
    either = _either(scan, at)
    leads = listed("counted.leads") if either is None else listed("counted.told")
    told = before and before[-1] in leads and (before[-1] != "of" or _led(before[0]))
    lately = not told and either is None and _happened(scan, at)
    if not told and not lately:
        return 0
    op = ">=" if lately else "exactly"
    phrase = either or Phrase((("bounds", ((0, op),)),), (at,), at + 1)
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
    names = _again(scan, at) if lately and scan.row[at - 1].letter == "R" else ()
    names = names or (variable.name,)
    end = add_limit(scan, Subject(names, place, place + 1), phrase, restated=False)
    if len(phrase.bounds) == 1 and len(scan.found) > found:
        ask_exact(scan, at, place)
    return end


def _happened(scan: Scan, at: int) -> bool:
    """Whether an exclusion says how often something happened: `1 hospitalization in the past year`.

    Whom so many exclude, more exclude as well.
    """
    before = scan.row[at - 1].letter if at else ";"
    if scan.said.kind != "exclusion" or before not in ";:RC":
        return False
    behind = [scan.tokens[one.start].norm for one in scan.row[at + 1 : at + _LATELY]]
    return any(behind[place : place + 3] in _PAST for place in range(len(behind)))


def _again(scan: Scan, at: int) -> tuple[str, ...]:
    """What was counted in front of "or": `2 courses of steroids in 12 months or one course in`."""
    names = () if scan.last is None else scan.last.names
    counted = len(names) == 1 and variables()[names[0]].group == "count"
    return names if counted and at - scan.ended < _MOST else ()


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
    if not isinstance(atom, Comparison) or atom.op not in {"==", ">="}:
        return
    words = scan.tokens[scan.row[at].start : scan.row[place].end]
    choices = tuple(write_rule(replace(atom, op=op)) for op in ("==", ">="))
    ask = replace(scan.said.ask("readings", words), choices=choices)
    scan.found[-1] = replace(mention, asks=(*mention.asks, ask))
