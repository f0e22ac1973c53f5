"""Findings on units: missing where two are in use, impossible beside their number, ULN of what."""

from __future__ import annotations

import re

from trialrun.protocol.findings.finding import Finding
from trialrun.protocol.findings.items import items
from trialrun.record.model import Study

_OP = (
    r"(?:\\?[<>]\s*\\?=?|[≤≥≦≧⩽⩾]|(?:less|greater|more|lower|higher) than(?: or equal to)?"
    r"|at least|below|above|over|under)"
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
# Of these, two units are in common use, and a limit in the range may mean either: haemoglobin in
# g/dL or mmol/L, bilirubin in mg/dL or µmol/L. Where the ranges of the units are far apart, as for
# creatinine, glucose, albumin, calcium and uric acid, the number says the unit.
_EITHER = {"haemoglobin": (4.5, 9.5), "bilirubin": (10.0, 35.0)}
_TWO_UNITS = (
    r"(?:serum |plasma |total |blood |fasting |direct )*"
    r"(?:(?P<bilirubin>bilirubin)|ha?emoglobin|\bHg?b\b)"
)
_BARE = re.compile(
    rf"\b(?P<name>{_TWO_UNITS})(?: levels?| values?| concentrations?)?"
    rf"\s*(?:\([A-Za-z]+\)\s*)?(?:is |of |was "
    rf"|must be )?:?\s*{_OP}\s*(?P<number>{_NUMBER})(?P<after>.{{0,25}})",
    re.IGNORECASE | re.DOTALL,
)
_UNIT = re.compile(
    r"\s*(?:[,;(]?\s*)?(?:m?mol|[uµμn]mol|k?g|[mµμu]g|mcg|g|%|percent|[uµμ]M|mM\b|[x×*]|\\?\*"
    r"|times|fold|-fold|ULN|upper|the upper|the institut|institut|age|for age|SD\b|standard"
    r"|[-–~]|to \d|/|\\/|gm|gram|mill|micro|cells|mEq|N\b|UNL|normal|[⋅·]|㎎|IU|U/|tim|X)",
    re.IGNORECASE,
)
# Names, what a unit may look like, and the numbers a limit in that unit can have.
_WHOLE = r"(?![\w/^*])"
_RANGES: tuple[tuple[str, str, tuple[tuple[str, float, float], ...]], ...] = (
    (
        "haemoglobin",
        r"(?:ha?emoglobin|\bHg?b\b)",
        ((rf"gm?\s*/\s*dL{_WHOLE}", 3, 25), (rf"gm?\s*/\s*L{_WHOLE}", 30, 250),
         (rf"mg\s*/\s*dL{_WHOLE}", 3000, 25000), (rf"mg\s*/\s*L{_WHOLE}", 30000, 250000)),
    ),
    (
        "creatinine",
        r"(?:creatinine(?! clearance| ratio|/))",
        ((rf"mg\s*/\s*dL{_WHOLE}", 0.2, 15), (rf"[µμu]mol\s*/\s*L{_WHOLE}", 20, 1500),
         (rf"mmol\s*/\s*L{_WHOLE}", 0.02, 1.5), (rf"mg\s*/\s*L{_WHOLE}", 2, 150),
         (rf"g\s*/\s*d?L{_WHOLE}", 0.002, 0.15)),
    ),
    (
        "bilirubin",
        r"(?:bilirubin)",
        ((rf"mg\s*/\s*dL{_WHOLE}", 0.2, 30), (rf"[µμu]mol\s*/\s*L{_WHOLE}", 5, 500),
         (rf"mmol\s*/\s*L{_WHOLE}", 0.005, 0.5), (rf"mg\s*/\s*L{_WHOLE}", 2, 300)),
    ),
    (
        "albumin",
        r"(?:(?<!micro)albumin(?!uria))",
        ((rf"gm?\s*/\s*dL{_WHOLE}", 1, 8), (rf"gm?\s*/\s*L{_WHOLE}", 10, 80),
         (rf"mg\s*/\s*dL{_WHOLE}", 1000, 8000)),
    ),
    (
        "platelets",
        r"(?:platelets?|thrombocytes?|\bPLT\b)",
        ((r"(?:[x×*]|\\\*)\s*10\s*(?:\^|\*|E|⁹|\\\^)*\s*9?\s*/\s*L" + _WHOLE, 3, 1500),
         (rf"(?:cells\s*)?/\s*(?:mm\s*\^?3|mm³|[µμu]L|mcL){_WHOLE}", 3000, 1500000)),
    ),
    (
        "neutrophils",
        r"(?:neutrophils?|\bANC\b)",
        ((r"(?:[x×*]|\\\*)\s*10\s*(?:\^|\*|E|⁹|\\\^)*\s*9?\s*/\s*L" + _WHOLE, 0.05, 20),
         (rf"(?:cells\s*)?/\s*(?:mm\s*\^?3|mm³|[µμu]L|mcL){_WHOLE}", 50, 20000)),
    ),
)  # fmt: skip
_AMOUNTS = tuple(
    (
        name,
        re.compile(
            rf"\b{pattern}(?: \(?counts?\)?| levels?)?\s*(?:\([A-Za-z]+\)\s*)?(?:is |of |was )?"
            rf":?\s*{_OP}\s*{_NUMBER}\s*(?P<unit>[^\d\s,;)][^,;)\n]{{0,20}})",
            re.IGNORECASE,
        ),
        tuple((re.compile(unit, re.IGNORECASE), low, high) for unit, low, high in ranges),
    )
    for name, pattern, ranges in _RANGES
)
_ULN = re.compile(
    rf"{_OP}\s*\d+(?:\.\d+)?\s*(?:[x×*X]|\\\*|times|fold)?\s*(?:the )?"
    r"(?:\bULN\b|upper limits? of (?:the )?normal)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_EMPTY = {
    "the", "of", "is", "be", "must", "or", "and", "to", "limit", "limits", "upper", "normal", "uln",
    "within", "than", "less", "greater", "equal", "more", "if", "not", "in", "at", "value", "level",
    "levels", "values", "times",
}  # fmt: skip


def unit_missing(study: Study) -> tuple[Finding, ...]:
    """A laboratory limit without a unit, whose number is possible in either of two."""
    return tuple(
        item.finding("unit-missing", "ambiguity", _until(match), name=match["name"].strip())
        for item in items(study)
        for match in _BARE.finditer(item.stored)
        if not _UNIT.match(match["after"]) and _either(match)
    )


def _either(match: re.Match[str]) -> bool:
    """Whether the number is possible in both units."""
    low, high = _EITHER["bilirubin" if match["bilirubin"] else "haemoglobin"]
    return low <= float(match["number"].replace(",", "")) <= high


def unit_impossible(study: Study) -> tuple[Finding, ...]:
    """A laboratory limit that no participant's value in that unit can come near."""
    found = []
    for item in items(study):
        for name, pattern, ranges in _AMOUNTS:
            for match in pattern.finditer(item.stored):
                number = float(match[1].replace(",", ""))
                for unit, low, high in ranges:
                    if unit.match(match["unit"]):
                        if not low <= number <= high:
                            found.append(
                                item.finding("unit-impossible", "contradiction", match, name=name)
                            )
                        break
    return tuple(found)


def uln_of_what(study: Study) -> tuple[Finding, ...]:
    """A multiple of the upper limit of normal, and no word says of which measurement."""
    return tuple(
        item.finding("uln-of-what", "ambiguity", match)
        for item in items(study)
        for match in [_ULN.search(item.stored)]
        if match
        and not item.above
        and not {w.lower() for w in _LETTERS.findall(item.stored)} - _EMPTY
    )


def _until(match: re.Match[str]) -> re.Match[str]:
    """The match without what follows its number."""
    again = re.compile(re.escape(match[0][: match.start("after") - match.start()])).search(
        match.string, match.start()
    )
    assert again is not None
    return again
