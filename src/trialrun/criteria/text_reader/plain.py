"""Stored text as people read it: escapes off, white space folded, each sign with its place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Markdown escapes, and the entities that records hold, escaped themselves or not.
_ESCAPE = re.compile(
    r"(?:\\?&(?:amp;)?(?P<entity>gt|lt|amp|nbsp);)|\\(?P<sign>[!-/:-@\[-`{-~])|<!--.*?-->"
)
# One sign for several: roman numerals, squared units (㎕, ㎎), ligatures, wide letters and digits.
# Not superscripts, fractions and circled numbers: they mean something by their form.
_COMPATIBLE = (
    "\u2160-\u217f\u3371-\u33df\ufb00-\ufb06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2044\u2215"
)
_SLASHES = str.maketrans("\u2044\u2215", "//")
_FOLDED = re.compile(f"[{_COMPATIBLE}]")
# Anything that must be looked at sign by sign.
_UNEVEN = re.compile(rf"[\\&<\u200b\ufeff{_COMPATIBLE}]|[^\S ]|  ")
_ENTITY = {"gt": ">", "lt": "<", "amp": "&", "nbsp": " "}


@dataclass(frozen=True, slots=True)
class Plain:
    """Readable text; `starts[i]` and `ends[i]` bound sign i in the stored text, in code points."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def span(self) -> tuple[int, int]:
        """From the first to the last sign, half-open."""
        return (self.starts[0], self.ends[-1]) if self.text else (0, 0)

    def span_of(self, start: int, end: int) -> tuple[int, int]:
        """The place of `text[start:end]` in the stored text."""
        return self.starts[start], self.ends[end - 1]

    def cut(self, start: int, end: int | None = None) -> Plain:
        """A part, without spaces around it."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start] == " ":
            start += 1
        while start < end and self.text[end - 1] == " ":
            end -= 1
        return Plain(self.text[start:end], self.starts[start:end], self.ends[start:end])


def read_plain(stored: str, start: int, end: int) -> Plain:
    """`stored[start:end]` as people read it."""
    raw = stored[start:end]
    if not _UNEVEN.search(raw):
        return Plain(raw, tuple(range(start, end)), tuple(range(start + 1, end + 1))).cut(0)
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = start
    while at < end:
        match = _ESCAPE.match(stored, at, end)
        if match is None:
            sign, upto = stored[at], at + 1
        else:
            sign = match["sign"] or _ENTITY.get(match["entity"] or "", " ")
            upto = match.end()
        if sign.isspace() or sign in "\u200b\ufeff":
            sign = " "
        elif _FOLDED.match(sign):
            sign = unicodedata.normalize("NFKC", sign).translate(_SLASHES)
        for letter in sign:
            if letter != " " or (signs and signs[-1] != " "):
                signs.append(letter)
                starts.append(at)
                ends.append(upto)
        at = upto
    return Plain("".join(signs), tuple(starts), tuple(ends)).cut(0)
