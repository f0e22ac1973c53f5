"""Doses of drugs that the vocabulary does not know: `snarkumab at a dose of more than 10 mg`."""

from __future__ import annotations

from dataclasses import replace

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.noun_phrases import NounPhrase, listed, phrase_ending
from trialrun.criteria.text_reader.scan import Scan
from trialrun.criteria.text_reader.subjects import Subject
from trialrun.values.unit import UNITS, Unit
from trialrun.vocabulary.own import own_name

_DOSES = frozenset({"mass a day", "mass per mass", "mass per area"})
_SMALL = frozenset({"mg", "ug"})
_A_DAY = {"g": "g/d", "mg": "mg/d", "ug": "ug/d", "mL": "mL/d", "L": "L/d"}
_PER = (["per"], ["a"], ["each"], ["/"])
_DRUGS = (
    "mab", "nib", "statin", "pril", "sartan", "olol", "azole", "xaban", "parin", "farin", "pine",
    "pam", "lam", "ine", "ide", "sone", "lone", "cin", "profen", "formin", "gliptin", "flozin",
    "vir", "stat", "trel", "oxin", "orphine", "triptan", "tane", "tinib", "done", "codone", "pirin",
)  # fmt: skip


def own_dose(scan: Scan, at: int, phrase: Phrase) -> Subject | None:
    """The drug of which a limit is a dose: in front of it, or inside its unit."""
    amounts = [one.amount for one in (scan.row[place] for place in phrase.places) if one.amount]
    codes = {one.unit for one in amounts if one.unit is not None}
    unit = UNITS.get(codes.pop()) if phrase.bounds and len(codes) == 1 else None
    if unit is None or not (unit.code in _SMALL or unit.dimension in _DOSES):
        return None
    inside = _inside(scan, phrase, unit) or _behind(scan, phrase.end, unit)
    return inside or _dosed(scan, at, phrase, unit) or _drug(scan, at, phrase, unit)


def each_day(scan: Scan, unit: Unit) -> Unit:
    """The unit of so much a day, which becomes that of every amount of the limit."""
    code = _A_DAY.get(unit.code)
    if code is None:
        return unit
    scan.row = tuple(
        replace(one, amount=replace(one.amount, unit=code))
        if one.amount is not None and one.amount.unit == unit.code
        else one
        for one in scan.row
    )
    return UNITS[code]


def _inside(scan: Scan, phrase: Phrase, unit: Unit) -> Subject | None:
    """`> 10 mg of snarkumab each day`: the drug inside the amount."""
    if unit.dimension != "mass a day":
        return None
    for place in phrase.places:
        one = scan.row[place]
        inner = [token for token in scan.tokens[one.start + 1 : one.end] if token.kind == "word"]
        words = [token.norm for token in inner if token.norm not in listed("doses.inside")]
        if one.amount is not None and 0 < len(words) < 3:
            name = own_name(f"{' '.join(words)} dose", unit)
            first = phrase.places[0]
            return None if name is None else Subject((name,), first, first)
    return None


def _dosed(scan: Scan, at: int, phrase: Phrase, unit: Unit) -> Subject | None:
    """`snarkumab at a daily dose of more than 10 mg`."""
    place, said = at - 1, set[str]()
    while place >= scan.ended and _word(scan, place) in listed("doses.between"):
        said.add(_word(scan, place))
        place -= 1
    if not said & {"dose", "dosage"} or not said & {"at", "in", "with", "(", ","}:
        return None
    found = phrase_ending(scan, place + 1)
    known = None if found is None else _known(scan, found)
    if known is not None:
        return known
    if found is None or found.known or _is_tested(scan, found) or _is_vague(found):
        return None
    if said & {"daily", "day"} or _daily(scan, phrase.end):
        unit = each_day(scan, unit)
    return _named(found, unit)


def _drug(scan: Scan, at: int, phrase: Phrase, unit: Unit) -> Subject | None:
    """`snarkumab (> 20 mg/day)`, `levothyroxine > 100 mcg`."""
    row = scan.row
    aside = at > scan.ended and row[at - 1].letter == "P"
    aside = aside and phrase.end < len(row) and row[phrase.end].letter == "Q"
    told = row[at].letter not in "GL" and row[phrase.end - 1].letter not in "MW"
    if (unit.code not in _SMALL and not aside) or (aside and told):
        return None  # "snarkumab (20 - 40 mg/day)" is what is given
    found = phrase_ending(scan, at - aside)
    known = None if found is None or not aside else _known(scan, found)
    if known is not None:
        return known
    if found is None or found.known or _is_tested(scan, found) or _is_vague(found):
        return None
    drug = found.last.endswith(_DRUGS) and found.last not in listed("doses.never")
    if not drug and not (set(found.norms) & listed("doses.taken")):
        return None
    if _daily(scan, phrase.end) or "daily" in found.norms:
        unit = each_day(scan, unit)
    return _named(found, unit)


def _known(scan: Scan, found: NounPhrase) -> Subject | None:
    """The vocabulary's own dose of a drug that is named in a phrase: `low dose aspirin`."""
    for one in scan.row[found.start : found.end]:
        for meaning in one.means:
            if meaning.row.unit is not None and meaning.row.unit.dimension == "mass a day":
                return Subject((meaning.row.name,), found.start, found.end)
    return None


def _behind(scan: Scan, end: int, unit: Unit) -> Subject | None:
    """`more than 20 mg snarkumab`."""
    if end >= len(scan.row) or scan.row[end].letter != "w":
        return None
    drug = _word(scan, end)
    if len(drug) < 6 or not drug.endswith(_DRUGS) or drug in listed("doses.never"):
        return None
    if _daily(scan, end + 1):
        unit = each_day(scan, unit)
    name = own_name(f"{drug} dose", unit)
    return None if name is None else Subject((name,), end, end + 1)


def _named(found: NounPhrase, unit: Unit) -> Subject | None:
    words = [word for word in found.words if word not in listed("levels")]
    while len(words) > 1 and words[0] in {"dose", "doses", "of", "daily"}:
        words.pop(0)
    again = {"dose", "doses", "dosage", "intake", "use", "consumption"} & set(words)
    name = own_name(" ".join(words if again else [*words, "dose"]), unit) if words else None
    return None if name is None else Subject((name,), found.start, found.end)


def _is_vague(found: NounPhrase) -> bool:
    nothing = listed("vague") | listed("levels") | {"physiological", "physiologic"}
    return set(found.norms) <= nothing or found.head in listed("never")


def _is_tested(scan: Scan, found: NounPhrase) -> bool:
    """Whether a laboratory's variable is in a phrase, which is then no drug."""
    means = (one for place in scan.row[found.start : found.end] for one in place.means)
    return any(one.row.group == "laboratory" for one in means)


def _daily(scan: Scan, end: int) -> bool:
    words = [scan.tokens[one.start].norm for one in scan.row[end : end + 2]]
    return words[:1] == ["daily"] or (words[:1] in _PER and words[1:] == ["day"])


def _word(scan: Scan, place: int) -> str:
    return scan.tokens[scan.row[place].end - 1].norm
