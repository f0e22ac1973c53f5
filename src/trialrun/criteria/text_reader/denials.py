"""Whether words in front of a name deny its limit."""

from __future__ import annotations

from collections.abc import Sequence

from trialrun.criteria.text_reader.row import Terminal


def denied_before(row: Sequence[Terminal], at: int) -> bool:
    """Whether a denial stands in front of the subject, across words that add nothing.

    Of a name in a parenthesis, also where it stands in front of the name that it explains:
    "absence of QTc prolongation (QTc > 450 ms)".
    """
    place, spare = at - 1, 2
    names = {meaning.row.name for meaning in row[at].means} if at < len(row) else set()
    names |= {"qtcf"} if "qtc" in names else set()
    while place >= 0:
        letter = row[place].letter
        if letter == "X":
            return True
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


def _explains(row: Sequence[Terminal], opening: int, names: set[str]) -> bool:
    """Whether a parenthesis stands behind a name of these, at most a word between."""
    near = [one for one in row[max(opening - 3, 0) : opening] if one.letter == "V"]
    return bool(near) and bool(names & {meaning.row.name for meaning in near[-1].means})
