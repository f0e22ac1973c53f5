"""The noun that a number counts, past the words that say which of them are counted."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.noun_lists import listed
from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_ADJECTIVES = 4  # words between a number and what it counts
_JOINED = 8  # where several are joined: "moderate or severe"
_NO_ADJECTIVES = frozenset(
    {"following", "week", "month", "year", "day", "hour", "dose", "time", "level"}
)
_ADJECTIVAL = ("al", "ic", "ive", "ous", "ed", "ary", "able", "ible")


def counted_noun(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> int:
    """Where the noun stands that a number in front of terminal `at` counts; `at` where none does.

    Across adjectives that are joined and explained: "one documented moderate (treated with
    tablets) or severe (treated in hospital) exacerbation".
    """
    place, words, joined, last = past_total(tokens, row, at), 0, False, ""
    while place < len(row) and words < (_JOINED if joined else _ADJECTIVES):
        one = row[place]
        norm = tokens[one.start].norm
        if one.letter == "w" and norm not in _NO_ADJECTIVES:
            words, last = words + 1, norm
        elif not _is_adjective(last):
            break
        elif one.letter == "P" and (end := _past_remark(row, place)):
            place, joined = end, True
            if place < len(row) and row[place].letter not in "RAV":
                return at
            continue
        elif one.letter in "RA":
            joined = True
        else:
            break
        place += 1
    if place < len(row) and row[place].letter == "V":
        counts = [one for one in row[place].means if one.row.group == "count"]
        return place if counts else at
    return at


def lacking_before(tokens: Sequence[Token], row: Sequence[Terminal], end: int) -> str:
    """The "missing" in front of a number that ends at a terminal: "missing more than 4 teeth"."""
    place = end - 1
    while place >= 0 and row[place].letter in "GLNTEMW":
        place -= 1
    word = tokens[row[place].end - 1].norm if place >= 0 else ""
    return word if word in {"missing", "lacking"} else ""


def past_total(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> int:
    """Past the whole of which some are counted: "one or more of five allergens"."""
    place = at
    while place < len(row) and tokens[row[place].start].norm in {"of", "the", "these", "out"}:
        place += 1
    amount = row[place].amount if place < len(row) else None
    return place + 1 if place > at and amount is not None and amount.unit is None else at


def _is_adjective(word: str) -> bool:
    known = {"first", "second", "third"} | listed("trimmed") | listed("behind.adjectives")
    return word in known or word.endswith(_ADJECTIVAL)


def _past_remark(row: Sequence[Terminal], place: int) -> int:
    """Behind a parenthesis without a limit; 0 where it holds one, or does not close."""
    for at in range(place + 1, len(row)):
        if row[at].letter in "PGLN;":
            return 0
        if row[at].letter == "Q":
            return at + 1
    return 0
