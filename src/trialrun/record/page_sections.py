"""Where the sections of a registry page begin: headings are the structure of the page.

The sponsor's prose may contain a paragraph that reads like a heading. Each heading is therefore
taken at most once, at the places that together fit best: every section that does not look like
what its heading says costs, and so does every heading left inside another section (less inside
prose). The cheapest reading is the shortest path over the candidates. If two readings cost the
same, the earlier place is taken, and the page's reading says so (`Sections.doubts`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

from trialrun.record.page_layout import (
    BASIC_LABELS,
    CLOSING,
    DESIGN_LABELS,
    ELIGIBILITY_LABELS,
    GROUP_TYPE,
    NUMBER,
    PROSE,
    ROLE,
    ROLED,
    Heading,
    closing_value,
)

_BY_WORDS = {heading.value: heading for heading in Heading}
_LABELS = {Heading.BASIC: BASIC_LABELS, Heading.DESIGN: DESIGN_LABELS}
_RELATED = re.compile(r"NCT\d{8}(?: |$)")

_MISFIT = 6
_EMPTY = 1
_ONLY_INTRODUCTION = 3
_LEFT_IN_LIST = 3
_LEFT_IN_PROSE = 2
_BEFORE_ANY = 20
_MOST_DOUBLED = 10  # headings whose doubling is weighed; of others the first place counts


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that may be a heading."""

    heading: Heading
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """The page cut at its headings: text before the first, then each section's own text."""

    top: str
    texts: dict[Heading, str]
    doubts: tuple[Heading, ...]


def split_page(text: str) -> Sections:
    """Cut the page at its headings, each section without its one-line introduction."""
    lines = text.split("\n")
    candidates = find_candidates(lines)
    introduced = _has_introductions(lines, candidates)
    chosen, tied = _best(lines, candidates, introduced=introduced)
    texts: dict[Heading, str] = {}
    ends = [one.line for one in chosen[1:]] + [len(lines)]
    for one, end in zip(chosen, ends, strict=True):
        body = _body(lines, one, end)
        if introduced and one.heading is not Heading.RESULTS:
            body = _without_introduction(body)
        texts[one.heading] = body
    first = chosen[0].line if chosen else len(lines)
    counts = Counter(one.heading for one in candidates)
    doubts = tuple(h for h in Heading if counts[h] > 1) if tied else ()
    return Sections(top="\n".join(lines[:first]).strip("\n"), texts=texts, doubts=doubts)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text: what blank lines part."""
    return [part.strip("\n") for part in re.split(r"\n(?:[ \t]*\n)+", text) if part.strip()]


def find_candidates(lines: Sequence[str]) -> list[Candidate]:
    """The lines after the page's title that stand alone and read like a heading."""
    titled = next((place for place, line in enumerate(lines) if line.startswith(NUMBER)), -1)
    found = []
    for place, line in enumerate(lines[titled + 1 :], start=titled + 1):
        heading = _BY_WORDS.get(line.strip())
        if heading is None:
            continue
        alone_above = place == 0 or not lines[place - 1].strip()
        alone_below = place + 1 == len(lines) or not lines[place + 1].strip()
        if alone_above and alone_below:
            found.append(Candidate(heading, place))
    return found


def _body(lines: Sequence[str], one: Candidate, end: int) -> str:
    return "\n".join(lines[one.line + 1 : end]).strip("\n")


def _without_introduction(body: str) -> str:
    first, *rest = re.split(r"\n(?:[ \t]*\n)+", body, maxsplit=1)
    return rest[0] if rest and "\n" not in first else ("" if "\n" not in first else body)


def _has_introductions(lines: Sequence[str], candidates: Sequence[Candidate]) -> bool:
    """Whether a line stands between headings and labels, where the labels are known."""
    for heading, labels in _LABELS.items():
        for one in candidates:
            if one.heading is heading:
                first, second, *_ = [*paragraphs(_body(lines, one, one.line + 12)), "", ""]
                if first in labels:
                    return False
                if second in labels and first not in _BY_WORDS:
                    return True
    return False


def _best(
    lines: Sequence[str], candidates: Sequence[Candidate], *, introduced: bool
) -> tuple[list[Candidate], bool]:
    """The cheapest choice of headings in page order, and whether another is as cheap."""
    usable, bits = _usable(candidates)
    price_of = cache(partial(_price, lines, usable, introduced=introduced))
    # (last heading taken, doubled headings used) → (cost, lines of the headings taken, tied)
    best: dict[tuple[int, int], tuple[int, tuple[int, ...], bool]] = {(-1, 0): (0, (), False)}
    for here in range(len(usable) + 1):
        ended = here == len(usable)
        bit = 0 if ended else bits.get(usable[here].heading, 0)
        for (last, used), (cost, way, tied) in list(best.items()):
            if used & bit:
                continue
            price = cost + price_of(last, here)
            state = (here, 0 if ended else used | bit)
            taken = way if ended else (*way, usable[here].line)
            known = best.get(state)
            if known is None or (price, taken) < known[:2]:
                best[state] = (price, taken, tied or (known is not None and price == known[0]))
            elif price == known[0]:
                best[state] = (*known[:2], True)
    _, way, tied = best[len(usable), 0]
    return [one for one in usable if one.line in way], tied


def _usable(candidates: Sequence[Candidate]) -> tuple[list[Candidate], dict[Heading, int]]:
    """The candidates to weigh, and a bit for each heading that stands more than once."""
    counts = Counter(one.heading for one in candidates)
    doubled = [heading for heading in Heading if counts[heading] > 1][:_MOST_DOUBLED]
    usable: list[Candidate] = []
    seen: set[Heading] = set()
    for one in candidates:
        if one.heading in doubled or one.heading not in seen:
            usable.append(one)
        seen.add(one.heading)
    return usable, {heading: 1 << place for place, heading in enumerate(doubled)}


def _price(
    lines: Sequence[str], usable: Sequence[Candidate], last: int, here: int, *, introduced: bool
) -> int:
    """What it costs that the section of candidate `last` reaches to candidate `here`."""
    left = here - last - 1
    if last < 0:
        return _BEFORE_ANY * left
    one = usable[last]
    end = usable[here].line if here < len(usable) else len(lines)
    in_prose = one.heading in PROSE
    price = left * (_LEFT_IN_PROSE if in_prose else _LEFT_IN_LIST)
    body = _body(lines, one, end)
    if introduced and one.heading is not Heading.RESULTS and body:
        rest = _without_introduction(body)
        if not rest:
            return price + _ONLY_INTRODUCTION
        if rest == body:
            return price + _MISFIT
        body = rest
    if not body:
        return price + _EMPTY
    return price + (0 if _fits(one.heading, body) else _MISFIT)


def _fits(heading: Heading, body: str) -> bool:
    """Whether a section's text looks like what its heading says."""
    parts = paragraphs(body)
    if heading in _LABELS:
        return parts[0] in _LABELS[heading]
    if heading is Heading.ELIGIBILITY:
        return any(line in ELIGIBILITY_LABELS for line in body.split("\n"))
    if heading is Heading.RELATED:
        return any(_RELATED.match(line) for line in body.split("\n"))
    if heading is Heading.GROUPS:
        return any(closing_value(part, GROUP_TYPE) is not None for part in parts)
    if heading in ROLED:
        return any(closing_value(part, ROLE) is not None for part in parts)
    if heading in CLOSING:
        return closing_value(parts[-1], CLOSING[heading]) is not None and not any(
            closing_value(part, GROUP_TYPE) is not None for part in parts
        )
    return heading in PROSE or all("\n" not in part for part in parts)
