"""Names of one thing that stand side by side, as one: "hemoglobin (Hgb)"."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.lexicon import Meaning
from trialrun.criteria.text_reader.row import Terminal
from trialrun.vocabulary.table import variables

# FEV1 and FVC with a sign between them are their ratio.
_RATIO = ("fev1_percent_predicted", "fvc_percent_predicted", "fev1_fvc")


def without_aliases(found: Sequence[Terminal]) -> tuple[Terminal, ...]:
    """A name with another in a parenthesis behind it as one: "hemoglobin (Hgb)".

    Where the two have different meanings, the second, an abbreviation as a rule, is the one.
    """
    kept: list[Terminal] = []
    at = 0
    while at < len(found):
        one = found[at]
        letters = [other.letter for other in found[at : at + 4]]
        if letters == ["V", "P", "V", "Q"]:
            inner = found[at + 2]
            names = {meaning.row.name for meaning in inner.means}
            shared = tuple(meaning for meaning in one.means if meaning.row.name in names)
            ratio = one.means[0].row.name == _RATIO[2]  # "FEV1/forced vital capacity (FVC)"
            told = any(meaning.exact for meaning in inner.means)  # and no "birth weight (BW)"
            means = one.means if ratio else shared or (inner.means if told else one.means)
            one = Terminal("V", one.start, found[at + 3].end, means=means)
            at += 3
        if kept and kept[-1].letter == one.letter == "V":
            one = _merged(kept, one)
        if len(kept) > 1 and kept[-1].letter in "ST" and _is_ratio(kept[-2], one):
            both = Meaning(variables()[_RATIO[2]], exact=True)
            one = Terminal("V", kept[-2].start, one.end, means=(both,))
            del kept[-2:]
        kept.append(one)
        at += 1
    return tuple(kept)


def _merged(kept: list[Terminal], one: Terminal) -> Terminal:
    """A name with the one in front of it where both mean the same: "ASA", "physical status"."""
    names = {meaning.row.name for meaning in one.means}
    shared = tuple(meaning for meaning in kept[-1].means if meaning.row.name in names)
    if not shared:
        return one
    return Terminal("V", kept.pop().start, one.end, means=shared)


def _is_ratio(first: Terminal, second: Terminal) -> bool:
    names = [{meaning.row.name for meaning in one.means} for one in (first, second)]
    return _RATIO[0] in names[0] and _RATIO[1] in names[1]
