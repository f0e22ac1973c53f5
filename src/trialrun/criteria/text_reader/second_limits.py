"""Further limits of the thing that the limit in front was about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from trialrun.criteria.nodes import Comparison
from trialrun.criteria.text_reader.amounts import Amount
from trialrun.criteria.text_reader.fit import PLAIN, fits, fitting
from trialrun.criteria.text_reader.limit_places import counts_another
from trialrun.criteria.text_reader.own_sides import side_of
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.vocabulary.table import variables

_BARE = PLAIN | {"kg/m2"}
_TIMES = frozenset({"a", "mo", "wk", "d", "h", "min"})
_TIMES_WORDS = frozenset({"x", "×", "time", "fold"})
_FOR_SOME = frozenset({"if", "in", "for", "with", "when"})
_JOINS = frozenset("RACSfQ;")
_SEVERAL = (["of", "the", "following"], ["of", "these"], ["in", "each"], ["of", "each"])
_FARTHEST = 16  # terminals between two limits of one thing


def _is_named_behind(scan: Scan, at: int, amount: Amount) -> bool:
    """`> 90 mmHg diastolic or < 100 mmHg systolic`: the other pressure is named behind."""
    row = scan.row
    place = at + (row[at].letter != "N") + 1
    if amount.unit != "mm[Hg]" or place >= len(row) or row[place].letter != "V":
        return False
    named = fitting(row[place], amount)
    return scan.last is not None and named is not None and named.name not in scan.last.names


def carried(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """The subject of the limit before, where this one is a second one of it.

    `≤ 2.5 x ULN (≤ 5 x ULN if liver metastases)`: between the two stand nothing or a condition.
    """
    row = scan.row
    if scan.last is None or at - scan.ended > _FARTHEST:
        return None
    place = at + 2
    counts = amount.unit is None and scan.last.names[0] in variables()
    counts = counts and variables()[scan.last.names[0]].group == "count"
    if counts and row[at].letter in "GL" and place < len(row) and row[place].letter == "V":
        return None  # "20 - 100 lesions and ≤ 2 nodules"
    if amount.unit is None and _counts_things(scan, at):
        return None  # "BMI ≥ 27 with at least 2 comorbidities"
    if _is_of_a_duration(scan, at) or _is_named_behind(scan, at, amount):
        return None
    earlier = _over_age(scan, at, amount)
    if earlier is not None:
        return earlier
    turned = row[at].letter == "N" and at + 1 < len(row) and row[at + 1].letter in "MW"
    shared = _range_on(scan, at, amount) or _normal_on(scan, at, amount)
    if shared is not None:
        amount, turned = shared, True
    if (row[at].letter not in "GLB" and not turned) or counts_another(row, at + 2):
        return None
    between = row[scan.ended : at]
    between = _without_label(between)
    alternative = bool(between) and between[-1].letter == "R" and _same_unit(scan, amount)
    named = [one for one in (between[:-1] if alternative else between) if one.letter != "f"]
    beside = named[-1:] if alternative else between
    if any(one.amount is not None for one in between):
        return None
    if any(fitting(one, amount) is not None for one in beside):
        return None
    if named and named[-1].letter == "V" and named[-1].means[0].exact and not alternative:
        return None  # a name of its own, to which the amount does not fit
    ends = [scan.tokens[one.start].norm for one in between if one.letter == ";"]
    paired = scan.tokens[row[at].start].norm in {"minimum", "maximum", "min", "max"}
    words = [scan.tokens[one.start].norm for one in between if one.letter in "wfIX"]
    words = [word for word in words if word != "baseline"]  # "≤ 3 x ULN or baseline, or ≤ 5 x ULN"
    widened = set(words) & bag("wider_limit")
    wider = amount.unit == "xULN" and widened
    # "… ≤ 1.5 x ULN. For participants with Gilbert's disease, ≤ 3 mg/dL": a sentence on
    on = ends == [";"] and (amount.unit == "xULN" or paired)
    if ends and not on and (ends not in ([";"], ["."]) or not widened):
        return None
    if _of_several(scan, at) or _of_a_side(scan, at):
        return None
    if words and words[0] not in bag("turns_to_another") and not wider and not alternative:
        return None
    if words and scan.last.names == ("age",) and not _same_unit(scan, amount):
        return None  # "aged 18 to 75 years with asthma for at least 4 weeks"
    rows = [variables()[name] for name in scan.last.names]
    if not all(fits(one, amount) for one in rows):
        return _in_other_unit(scan, at, amount)
    if amount.unit is None and any(one.unit is None or one.unit.code not in _BARE for one in rows):
        return None
    return replace(scan.last, denied=False)


def _is_of_a_duration(scan: Scan, at: int) -> bool:
    """`18 - 75 years, with diabetes of duration < 6 years`."""
    return any(scan.tokens[one.start].norm == "duration" for one in scan.row[scan.ended : at])


def _counts_things(scan: Scan, at: int) -> bool:
    """Whether a number without unit stands in front of several things, behind "with"."""
    row, tokens = scan.row, scan.tokens
    place = next(
        (one + 1 for one in range(at, at + 3) if row[one : one + 1] and row[one].amount), at
    )
    linked = at > 0 and tokens[row[at - 1].start].norm in {"with", "and", "plus"}
    if place == at or not linked or place >= len(row) or row[place].letter != "w":
        return False
    words = [one for one in row[place : place + 3] if one.letter == "w"]
    written = [scan.said.text[tokens[one.start].start : tokens[one.end - 1].end] for one in words]
    return any(word.endswith("s") and not word.endswith(("ss", "us", "is")) for word in written)


def _over_age(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """`> 400 mcg/day if ≤ 12 years old or > 600 mcg/day if > 12`: of what it was before the age."""
    between = {one.letter for one in scan.row[scan.ended : at]}
    if scan.last is None or scan.last.names != ("age",) or len(scan.found) < 2:
        return None
    limit = scan.found[-2].atoms[-1] if scan.found[-2].atoms else None
    if not isinstance(limit, Comparison) or scan.row[at].letter not in "GL":
        return None
    row = variables()[limit.variable]
    strong = amount.unit is not None and amount.unit not in _TIMES and row.name != "age"
    return (
        Subject((row.name,), at, at) if strong and fits(row, amount) and between <= _JOINS else None
    )


def _in_other_unit(scan: Scan, at: int, amount: Amount) -> Subject | None:
    """`HBV DNA > 1000 IU/mL or > 2500 copies/mL`: what the same name means beside this unit."""
    last = scan.last
    if last is None or amount.unit is None:
        return None
    if [one.letter for one in scan.row[scan.ended : at]] == ["P"]:
        return None  # "7.0 - 10.0 % (53 - 86 mmol/mol)": the same again
    for one in reversed(scan.row[last.start : last.end]):
        other = fitting(one, amount) if one.letter == "V" else None
        if other is not None:
            return replace(last, names=(other.name,), denied=False)
    return None


def _same_unit(scan: Scan, amount: Amount) -> bool:
    """Whether the limit in front has the same unit, and one that tells what is measured."""
    before = next((one.amount for one in reversed(scan.row[: scan.ended]) if one.amount), None)
    if before is None or amount.unit is None or before.unit != amount.unit:
        return False
    return amount.unit not in _TIMES or (scan.last is not None and scan.last.names == ("age",))


def _range_on(scan: Scan, at: int, amount: Amount) -> Amount | None:
    """The unit of `≥ 30 IU/mL or 30 to 700 IU/mL`: a range that goes on, only a sign between."""
    letters = [one.letter for one in scan.row[at : at + 3]]
    between = {one.letter for one in scan.row[scan.ended : at]}
    if letters != ["N", "T", "N"] or not between or not between <= set("RACSf"):
        return None
    shared = amount if amount.unit is not None else scan.row[at + 2].amount
    if shared is None or shared.unit in _TIMES or not _same_unit(scan, shared):
        return None
    return shared


def _normal_on(scan: Scan, at: int, amount: Amount) -> Amount | None:
    """The multiple of `≤ 1.5 x ULN (≤ 5 if the liver is involved)`, where the unit stands once."""
    row = scan.row
    before = next((one.amount for one in reversed(row[: scan.ended]) if one.amount), None)
    if amount.unit is not None or before is None or before.unit != "xULN":
        return None
    place = at + 1
    behind = [scan.tokens[one.start].norm for one in row[at + 2 : at + 4]]
    times = behind[:1] != [] and behind[0] in _TIMES_WORDS
    turned = bool(behind) and behind[-1 if times else 0] in _FOR_SOME
    between = {one.letter for one in row[scan.ended : at]}
    joined = between <= (set("PCRAKS") if times else {"P"}) and bool(between)
    if not joined or not turned or row[at].letter not in "GL" or row[place].amount is None:
        return None
    shared = replace(amount, unit="xULN")
    scan.row = (*row[:place], replace(row[place], amount=shared), *row[place + 1 :])
    return shared


def _without_label(between: Sequence[Terminal]) -> Sequence[Terminal]:
    """Without a parenthesis that only says for which group: `≥ 70 % (cohort A) or ≥ 60 %`."""
    if not between or between[0].letter != "P":
        return between
    closing = next((at for at, one in enumerate(between) if one.letter == "Q"), None)
    if closing is None or any(one.letter not in "wf" for one in between[1:closing]):
        return between
    return between[closing + 1 :]


def _of_a_side(scan: Scan, at: int) -> bool:
    """`NPS ≥ 5, with a unilateral score of ≥ 2`."""
    stop = next((one for one in range(at, at + 3) if scan.row[one].amount is not None), at) + 1
    return bool(side_of(scan, at, stop))


def _of_several(scan: Scan, at: int) -> bool:
    """`NCS > 1 with at least one of the following`, `NAS ≥ 4 with ≥ 1 in each component`."""
    place = next((one for one in range(at, at + 3) if scan.row[one].amount is not None), at)
    behind = [token.norm for token in scan.tokens[scan.row[place].end :][:3]]
    return behind in _SEVERAL or behind[:2] in _SEVERAL
