"""A field's text without the registry's escapes, with the way back to its code points."""

from __future__ import annotations

import re
from dataclasses import dataclass

# One character for one character, so that positions hold.
_ALIKE = str.maketrans("－–—−‐～（）［］，：；／％＋\u00a0\u2009μ", "-----~()[],:;/%+  µ")
_ESCAPE = re.compile(r"\\(?=[^\w\s])")
_FULL_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text to read, and for each of its characters the place in the field."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span in the field of `text[start:end]`."""
        return self.places[start], self.places[end - 1] + 1


def cleaned(field: str) -> Cleaned:
    r"""The field without backslashes before signs, all dashes and brackets alike.

    >>> cleaned(r"30 mg/m\^2").text
    '30 mg/m^2'
    """
    alike = field.translate(_ALIKE).translate(_FULL_DIGITS)
    dropped = {match.start() for match in _ESCAPE.finditer(alike)}
    places = tuple(at for at in range(len(alike)) if at not in dropped)
    return Cleaned("".join(alike[at] for at in places), places)
