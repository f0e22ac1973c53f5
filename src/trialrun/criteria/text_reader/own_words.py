"""What a limit is about where no variable is: the words beside it."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.limit_places import Phrase
from trialrun.criteria.text_reader.phrases import bag
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.scan import Scan, Unknown

_MOST = 5  # words
_TIMES = frozenset({"a", "mo", "wk", "d", "h", "min"})
_WINDOW_BEFORE = frozenset(
    {"within", "past", "last", "previous", "preceding", "every", "during", "until", "after"}
)
_WINDOW_BEHIND = frozenset(
    {"before", "prior", "preceding", "after", "since", "ago", "from", "post", "following", "until"}
)
_SMALL = frozenset(
    {"of", "is", "are", "be", "a", "an", "the", "to", "at", "in", "on", "with", "must", "should",
     "was", "were", "for", "by", "as", "has", "have", "had", "who"}
)  # fmt: skip
_UNITLESS = frozenset({"{level}", "{letter}", "{code}", "{score}"})


def note_unknown(scan: Scan, at: int, phrase: Phrase) -> int:
    """Notes the limits of a phrase whose subject is no variable, if words beside name a subject.

    Nothing behind it is of the same thing; where to go on.
    """
    scan.last, scan.ended = None, phrase.end
    amounts = [scan.row[place].amount for place in phrase.places]
    known = [one for one in amounts if one is not None]
    words = None if _is_window(scan, at, phrase) else _words(scan, at, phrase)
    if words is None:
        return phrase.end
    units = {one.unit for one in known} - {None}
    shared = units.pop() if len(units) == 1 else None
    start = scan.tokens[scan.row[at].start].start
    end = scan.tokens[scan.row[phrase.end - 1].end - 1].end
    for bound in phrase.bounds:
        amount = phrase.amount(scan.row, bound[0])
        unit = amount.unit or shared or ""
        scan.unknown.append(
            Unknown(
                words,
                phrase.op(scan.row, bound),
                amount.value,
                "" if unit in _UNITLESS else unit,
                start,
                end,
            )
        )
    return phrase.end


def _is_window(scan: Scan, at: int, phrase: Phrase) -> bool:
    amounts = [scan.row[place].amount for place in phrase.places]
    if not all(one is None or one.unit in _TIMES for one in amounts):
        return False
    before = [token.norm for token in scan.tokens[: scan.row[at].start]][-2:]
    behind = [token.norm for token in scan.tokens[scan.row[phrase.end - 1].end :]][:2]
    return bool(set(before) & _WINDOW_BEFORE or set(behind) & _WINDOW_BEHIND)


def _words(scan: Scan, at: int, phrase: Phrase) -> str | None:
    """The words in front, or else behind, up to a sign or another limit."""
    before = _content(scan, scan.row[:at][::-1])
    places = before[::-1] or _content(scan, scan.row[phrase.end :])
    if not places:
        return None
    first, last = scan.tokens[places[0].start], scan.tokens[places[-1].end - 1]
    return scan.said.text[first.start : last.end]


def _content(scan: Scan, row: Sequence[Terminal]) -> list[Terminal]:
    """The nearest words that say something, with small words between them."""
    found: list[Terminal] = []
    said = 0
    for one in row:
        if one.letter not in "wfV" or said == _MOST:
            break
        found.append(one)
        said += one.letter in "wV" and scan.tokens[one.start].norm not in bag("number_lead")
    for edge in (-1, 0):
        while found and scan.tokens[found[edge].start].norm in _SMALL:
            found.pop(edge)
    return found if said else []
