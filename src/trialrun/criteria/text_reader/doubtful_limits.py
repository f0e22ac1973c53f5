"""Numbers beside a variable that are no limit of it, or of which nobody can tell which one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.printer import write_rule
from trialrun.criteria.text_reader.fit import fitting
from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.limits import Limit, in_unit_of
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.scan import Mention, Scan, add_limit, past
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.criteria.text_reader.words import Token
from trialrun.criteria.text_reader.words import phrase as words_of
from trialrun.values.unit import UNITS
from trialrun.vocabulary.table import variables
from trialrun.vocabulary.variable import Kind

_MEASURED = frozenset({"laboratory", "organ function", "performance", "vital signs"})
_SAYING = frozenset({"of", "is", "are", "was", "score", "level", "value", ":"})
_ABOVE, _IDEAL = frozenset({"over", "above", "below", ">", "<"}), frozenset({"ideal", "desirable"})
_TIMES = frozenset({"time", "calendar"})
_COUNTED_ELSE = frozenset({"dimension", "occasion", "visit", "view", "plane", "site"})
_NEAR = 6
_RISE, _FALL = "bronchodilator_reversibility", "fev1_fall"
_IN_VOLUME = {"%": "", "mL": "_ml"}
_CHANGED = {
    "improvement": _RISE, "increase": _RISE, "reversibility": _RISE, "rise": _RISE,
    "decrease": _FALL, "fall": _FALL, "drop": _FALL, "decline": _FALL, "reduction": _FALL,
    "decrement": _FALL,
}  # fmt: skip
_OPEN = frozenset("GLEMWTBFNS")


def says_a_change(scan: Scan, subject: Subject, phrase: Phrase) -> bool:
    """Whether an amount says how much a thing has changed: `(≥ 20 % upregulation of …)`."""
    itself = bool(set(subject.names) & _changes())
    before = [token.norm for token in scan.tokens[: scan.row[phrase.places[0]].start]][-2:]
    if before[1:] == ["by"] and before[0] in bag("changes") and not itself:
        return True  # "the burden has decreased by at least 20 %"
    if phrase.end >= len(scan.row):
        return False
    after = scan.tokens[scan.row[phrase.end].start].norm
    if after in _COUNTED_ELSE and variables()[subject.names[0]].group == "count":
        return True  # "a lesion that is measured in at least 2 dimensions"
    if beside_ideal(scan, phrase.end):
        return True  # "45 kg (100 lbs) over ideal body weight"
    return after in bag("changes") and not itself


def is_relative(tokens: Sequence[Token]) -> bool:
    """Whether an item says how far somebody is from an ideal: `45 kg over ideal body weight`."""
    return any(
        token.norm in _ABOVE and bool(_IDEAL & {one.norm for one in tokens[at + 1 : at + 4]})
        for at, token in enumerate(tokens)
    )


def beside_ideal(scan: Scan, at: int) -> bool:
    """Whether "over ideal" stands at a terminal, across a parenthesis."""
    row = scan.row
    if at >= len(row):
        return False
    if row[at].letter == "P":
        at = next((one + 1 for one in range(at, len(row)) if row[one].letter == "Q"), len(row))
    words = [scan.tokens[one.start].norm for one in row[at : at + 3]]
    return words[:1] != [] and words[0] in _ABOVE and bool(set(words) & _IDEAL)


def read_change(scan: Scan, at: int) -> int:
    """`12 % improvement in FEV1`: at least that much."""
    row = scan.row
    amount = row[at].amount
    place = past(row, at + 1, "f")
    if amount is None or amount.unit != "%" or place >= len(row) or row[place].letter != "V":
        return 0
    variable = fitting(row[place], amount)
    name = "" if variable is None else _change_named(scan, at, variable.name)
    if name not in _changes():
        return 0
    phrase = Phrase((("bounds", ((0, ">="),)),), (at,), at + 1)
    return add_limit(scan, Subject((name,), at, place + 1), phrase, restated=False)


def _change_named(scan: Scan, at: int, name: str) -> str:
    """What `a change of 12 % of FEV1` is, where words near by say what it follows."""
    if name != "fev1_percent_predicted":
        return name
    before = [token.norm for token in scan.tokens[: scan.row[at].start]][-2:]
    if before[1:] != ["of"]:
        return name
    known = _CHANGED.get(before[0])
    bronchodilator = any(token.norm.startswith("bronchodilat") for token in scan.tokens)
    return known or (_RISE if before[0] == "change" and bronchodilator else name)


def changed_around(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """`improvement of at least 12 % over baseline FEV1`: the change, named on both sides."""
    row, tokens = scan.row, scan.tokens
    amount = next((one for one in (row[place].amount for place in phrase.places) if one), None)
    if amount is None or amount.unit not in _IN_VOLUME:
        return None
    before = [token.norm for token in tokens[max(row[at].start - 2, 0) : row[at].start]][::-1]
    word = next((one for one in before if one != "of"), "")
    for one in row[phrase.end : phrase.end + _NEAR]:
        if one.letter == "V":
            volume = any(meaning.row.name == "fev1_percent_predicted" for meaning in one.means)
            name = f"{_CHANGED.get(word)}{_IN_VOLUME[amount.unit]}" if volume else ""
            return Subject((name,), at, at) if name in variables() else None
        if one.letter not in "wfN":
            break
    return None


def ask_bare(scan: Scan, at: int) -> int:
    """`FEV1 60 %` without a comparison: a question with both readings; where to go on."""
    row, tokens = scan.row, scan.tokens
    amount = row[at].amount
    place = at - 1
    while place >= scan.ended and tokens[row[place].start].norm in _SAYING:
        place -= 1
    if amount is None or amount.unit is None or place < scan.ended or row[place].letter != "V":
        return 0
    after = row[at + 1].letter if at + 1 < len(row) else ";"
    variable = fitting(row[place], amount)
    timed = amount.unit in UNITS and UNITS[amount.unit].dimension in _TIMES
    if variable is None or variable.kind is not Kind.QUANTITY or after in _OPEN or timed:
        return 0
    quantity, topic = in_unit_of(variable, Limit(">=", amount))
    if quantity is None or topic or variable.group not in _MEASURED:
        return 0
    choices = tuple(
        write_rule(Comparison(variable=variable.name, op=op, limit=quantity)) for op in (">=", "<=")
    )
    words = tokens[row[place].start : row[at].end]
    ask = replace(scan.said.ask("readings", words), choices=choices)
    start, end = words[0].start, words[-1].end
    scan.found.append(Mention((), start, end, (ask,), tokens[row[at].start].start))
    return at + 1


def read_misfit(scan: Scan, at: int, phrase: Phrase) -> int:
    """`hemoglobin > 90 x 10^9/L`: asks for the unit of a limit that cannot be one of its thing.

    Where the number alone can be only one, that is listed; where to go on then.
    """
    row, tokens = scan.row, scan.tokens
    amount = next((one for one in (row[at].amount for at in phrase.places) if one), None)
    place = at - 1
    while place >= scan.ended and row[place].letter == "f":
        place -= 1
    if amount is None or amount.unit not in UNITS or place < scan.ended:
        return 0
    if row[place].letter != "V" or not row[place].means[0].exact:
        return 0
    variable = row[place].means[0].row
    if variable.group != "laboratory" or UNITS[amount.unit].dimension in _TIMES:
        return 0
    if "concentration" in UNITS[amount.unit].dimension:  # the number may stand, the unit cannot
        scan.row = tuple(
            replace(one, amount=replace(one.amount, unit=None, slip=True))
            if at in phrase.places and one.amount is not None
            else one
            for at, one in enumerate(row)
        )
        return add_limit(scan, Subject((variable.name,), place, place + 1), phrase, restated=False)
    words = tokens[row[place].start : row[phrase.end - 1].end]
    ask = scan.said.ask("unit", words)
    start, end = words[0].start, words[-1].end
    scan.found.append(Mention((), start, end, (ask,), tokens[row[at].start].start))
    return 0


@cache
def _changes() -> frozenset[str]:
    """Variables that say how much something has changed."""
    words = bag("changes")
    return frozenset(
        row.name
        for row in variables().values()
        if any(words & set(words_of(name)) for name in (*row.synonyms, *row.with_unit))
    )
