"""Lines of eligibility text: how deep they stand, their list marker, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from trialrun.criteria.text_reader.plain import Plain, read_plain

_BULLETS = "*•·●○◦▪■□➢►‣⁃∙§"
_MARKER = re.compile(
    rf"(?:(?P<bullet>[{re.escape(_BULLETS)}]+|[-–—]{{1,3}}(?=[^\d\s-])|[-–—]{{1,3}}(?=\s)|o(?=\s[A-Z]))"
    r"|\(?(?P<number>\d{1,2})\s?(?:[.)、．]|\)\.)(?=[^\d.)]|$)"
    r"|(?P<circled>[①-⑳])"
    r"|\(?(?P<roman>[ivx]{1,5})[.)](?=\s)"
    r"|\(?(?P<letter>[a-zA-Z])[.)](?=\s|[A-Z]))\s*"
)
# An age glued to the number of the first item, and the second item on the same line.
_GLUED_FIRST = re.compile(r"1\.(?:1[2-9]|[2-9]\d)\s*(?:[≤<~-]|to\b|years?\b)")
_SECOND = re.compile(r"[.;]\s*2\.\s")
# "Inclusion Criteria: • Age above 18": the first item beside the heading
_BESIDE_HEADING = re.compile(
    rf"\W*(?:key\s+)?(?:inclusion|exclusion)\s+criteria\s*:?\s*(?=[{re.escape(_BULLETS)}]\s*\S)",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10}


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something in it.

    `style` is the kind of its marker ("" for none) and `number` its place in a list, where told.
    `after_blank` says that an empty line stands before it.
    """

    indent: int
    style: str
    number: int | None
    content: Plain
    after_blank: bool


def read_lines(stored: str) -> tuple[Line, ...]:
    """All lines that say something, in order."""
    lines: list[Line] = []
    at, blank = 0, True
    for raw in _physical(stored):
        line = read_plain(stored, at, at + len(raw))
        indent = len(raw.expandtabs(4)) - len(raw.expandtabs(4).lstrip())
        at += len(raw) + (stored[at + len(raw) : at + len(raw) + 1] == "\n")
        if not line.text:
            blank = True
            continue
        style, number, content = _marker(line)
        lines.append(Line(indent, style, number, content, blank))
        blank = False
    found = [line for line in lines if line.content.text]
    return tuple(_first_apart(line, found[at + 1 : at + 3]) for at, line in enumerate(found))


def _physical(stored: str) -> Iterator[str]:
    """The lines as they are stored, but for a first item that stands beside its heading."""
    for raw in stored.split("\n"):
        beside = _BESIDE_HEADING.match(raw)
        if beside is not None:
            yield raw[: beside.end()]
            raw = raw[beside.end() :]
        yield raw


def _first_apart(line: Line, following: Sequence[Line]) -> Line:
    """With the "1." of `1.18 ≤ age` as a marker, where the second of the list follows."""
    text = line.content.text
    if line.style or _GLUED_FIRST.match(text) is None:
        return line
    numbered = any(one.number in {2, 3} and one.style == "number-dot" for one in following)
    if not numbered and _SECOND.search(text) is None:
        return line
    return replace(line, style="number-dot", number=1, content=line.content.cut(2))


def _marker(line: Plain) -> tuple[str, int | None, Plain]:
    """The marker in front; a bullet before a number says nothing."""
    style, number, content = "", None, line
    while match := _MARKER.match(content.text):
        if match.end() == len(content.text) and style:
            break
        found, place = _style(match)
        if not style or (style == "bullet" and found != "bullet"):
            style, number = found, place
        elif found != "bullet":
            break  # "1. 2 or more": the second is text
        content = content.cut(match.end())
    return style, number, content


def _style(match: re.Match[str]) -> tuple[str, int | None]:
    if match["bullet"]:
        return "bullet", None
    if match["number"]:
        shape = "paren" if ")" in match.group() else "dot"
        return f"number-{shape}", int(match["number"])
    if match["circled"]:
        return "circled", ord(match["circled"]) - ord("①") + 1
    if match["roman"]:
        return "roman", _roman(match["roman"])
    letter = match["letter"]
    return ("letter" if letter.islower() else "capital"), ord(letter.lower()) - ord("a") + 1


def _roman(text: str) -> int:
    total = 0
    for sign, following in zip(text, [*text[1:], ""], strict=True):
        value = _ROMAN[sign]
        total += -value if _ROMAN.get(following, 0) > value else value
    return total
