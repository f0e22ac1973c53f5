"""Whether words in front of a name deny its limit."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.row import Terminal
from trialrun.criteria.text_reader.words import Token

_RANGED = frozenset(
    {"of", "the", "a", "an", "range", "normal", "limit", "interval", "from", "reference", "(", ":"}
)
_NOTHING = frozenset({"no", "without", "absence", "free"})
_NAMED = 7  # terminals of the name of what is denied
# The lack of something good: "no adequate marrow (ANC < 1500)" says itself what is bad.
_GOOD = frozenset(
    {"adequate", "adequately", "sufficient", "controlled", "control", "normal", "proper",
     "acceptable", "satisfactory", "appropriate", "satisfying", "good", "healthy", "intact",
     "preserved", "improvement", "response", "recovery", "remission"}
)  # fmt: skip
_SUCH = frozenset({"such", "including", "include", "eg", "like"})
_SHORT = (["e", ".", "g", "."], ["e", ".", "g"])
# What is denied in front of these is something else: "those not on warfarin must have INR ≤ 1.5".
_MUST = frozenset({"must", "should", "shall"})


def denied_before(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> bool:
    """Whether a denial stands in front of the subject, across words that add nothing.

    Of a name in a parenthesis, also where it stands in front of the name that it explains:
    "absence of QTc prolongation (QTc > 450 ms)".
    """
    place, spare, explained = at - 1, 2, False
    names = {meaning.row.name for meaning in row[at].means} if at < len(row) else set()
    names |= {"qtcf"} if "qtc" in names else set()
    while place >= 0:
        letter = row[place].letter
        if letter == "X":
            return True
        said = tokens[row[place].start].norm
        if said in _MUST or (explained and said in _GOOD):
            return False
        explained = explained or letter == "P"
        if letter == "w":
            spare -= 1
        elif (letter == "V" and names & {meaning.row.name for meaning in row[place].means}) or (
            letter == "P" and _explains(row, place, names)
        ):
            pass
        elif letter != "f":
            return False
        if spare < 0:
            return False
        place -= 1
    return False


def explains_denied(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> bool:
    """Whether a limit explains or exemplifies what is denied in front of it.

    "No uncontrolled infection (fever, temperature > 38 °C)", "no infection, such as fever > 38 °C";
    not "no diabetes (HbA1c must be < 8)", nor "no adequate marrow (ANC < 1500)".
    """
    place = _opening(tokens, row, at)
    first = max(place - _NAMED, -1)
    while place > first and row[place].letter in "wVf":
        if {token.norm for token in tokens[row[place].start : row[place].end]} & _GOOD:
            return False
        place -= 1
    if place <= first or row[place].letter != "X":
        return False
    return tokens[row[place].start].norm in _NOTHING  # and not "not controlled (SBP > 160)"


def _opening(tokens: Sequence[Token], row: Sequence[Terminal], at: int) -> int:
    """The last terminal in front of the "(" or the "such as" that a limit stands behind, or -1."""
    depth = 0
    for place in range(at - 1, -1, -1):
        start = row[place].start
        if tokens[start].norm in _MUST or row[place].letter == "X":
            return -1
        depth += (row[place].letter == "P") - (row[place].letter == "Q")
        if depth == 1:
            return place - 1
        short = [token.norm for token in tokens[start : start + 4]]
        if depth == 0 and (short[0] in _SUCH or short in _SHORT or short[:3] in _SHORT):
            return place - 1 - (place > 0 and row[place - 1].letter in "CP")
        if row[place].letter == ";" and not _is_short(tokens, start):
            return -1
    return -1


def _is_short(tokens: Sequence[Token], at: int) -> bool:
    """Whether a full stop is one of "e.g."."""
    return at > 0 and tokens[at].norm == "." and tokens[at - 1].norm in {"e", "g"}


def _explains(row: Sequence[Terminal], opening: int, names: set[str]) -> bool:
    """Whether a parenthesis stands behind a name of these, at most a word between."""
    near = [one for one in row[max(opening - 3, 0) : opening] if one.letter == "V"]
    return bool(near) and bool(names & {meaning.row.name for meaning in near[-1].means})


def outside(tokens: Sequence[Token], at: int) -> int:
    """How many tokens say that what follows is left: `outside 0.4 - 4.0`, `out of the range of`."""
    if tokens[at].norm not in {"outside", "out"}:
        return 0
    stop = at + 1
    while stop < len(tokens) and stop - at < 8 and tokens[stop].norm in _RANGED:
        stop += 1
    inner = {token.norm for token in tokens[at + 1 : stop]}
    said = tokens[at].norm == "outside" or inner & {"range", "limit", "interval"}
    ends = stop < len(tokens) and (tokens[stop].kind == "number" or tokens[stop].norm == "between")
    return stop - at if said and ends else 0
