"""A forecast on a terminal: the answer first, then what it answers and how sure it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialrun.protocol.model import Protocol
from trialrun.rehearse.forecast import Forecast
from trialrun.rehearse.forecast_numbers import number
from trialrun.rehearse.forecast_part import Assumed, Grid, Line, Part
from trialrun.rehearse.forecast_sections import badges, parts
from trialrun.rehearse.forecast_words import trials
from trialrun.rehearse.tally import Tally
from trialrun.values.identifier import unnumbered
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.terminal import columned, columns, hung, left, wrapped

WIDTH = 88
_INDENT = "  "
_LEAD = 26  # columns at most for the answers


def forecast_text(
    protocol: Protocol,
    forecast: Forecast,
    tallies: Sequence[Tally],
    *,
    single: Tally | None = None,
    locale: Locale = "en",
    questions: Mapping[str, str] | None = None,
) -> str:
    """The whole forecast, at most 88 columns wide.

    `tallies` are those that `forecast` was made from; `single` is shown as one of them;
    `questions` are the words of assumed questions by id.
    """
    told = number(protocol, forecast, tallies, single=single)
    banner = say("forecast.banner", locale, trials=trials(told.trials, locale))
    head = [
        *wrapped(banner, WIDTH),
        *wrapped(unnumbered(protocol.title), WIDTH),
        *wrapped(" · ".join(badges(protocol, told, locale)), WIDTH),
        "",
        *wrapped(say("forecast.what_it_is", locale), WIDTH),
    ]
    lines = list(head)
    for part in parts(protocol, told, locale, questions or {}):
        lines += ["", *_heading(part.title), *_part(part, locale)]
    # A terminal's spaces are all as wide as each other.
    return "\n".join(lines).replace("\u202f", " ") + "\n"


def _heading(title: str) -> list[str]:
    lines = wrapped(title, WIDTH)
    return [*lines, "─" * max(map(columns, lines))]


def _part(part: Part, locale: Locale) -> Iterator[str]:
    yield from _lines(part.lines)
    blank = bool(part.lines)
    for grid in part.grids:
        yield from ["", *_grid(grid)] if blank else _grid(grid)
        blank = True
    if part.notes and blank:
        yield ""
    for note in part.notes:
        yield from hung(f"{_INDENT}· ", note, WIDTH)
    if part.assumed:
        yield ""
        yield from _assumed(part.assumed)
    if part.questions:
        title = say("forecast.questions_title", locale, n=len(part.questions))
        yield from ["", *hung(_INDENT, title, WIDTH)]
        for code, words in part.questions:
            yield from hung(f"{_INDENT}· ", f"{code}: {words}" if words else code, WIDTH)
        yield from hung(_INDENT, say("forecast.questions_note", locale), WIDTH)


def _lines(lines: Sequence[Line]) -> Iterator[str]:
    """Answer, what it answers, and how sure: in one line each if all fit, else in two."""
    lead, label, rest = (
        (
            max((columns(text) for text in texts), default=0)
            for texts in zip(*((one.lead, one.label, one.rest) for one in lines), strict=True)
        )
        if lines
        else (0, 0, 0)
    )
    if lead + label + rest + 6 <= WIDTH:
        for one in lines:
            yield f"{_INDENT}{left(one.lead, lead)}  {left(one.label, label)}  {one.rest}".rstrip()
        return
    size = min(lead, _LEAD)
    for one in lines:
        yield from hung(f"{_INDENT}{left(one.lead, size)}  ", one.label, WIDTH)
        if one.rest:
            yield from hung(" " * (size + 4), one.rest, WIDTH)


def _grid(grid: Grid) -> Iterator[str]:
    yield from hung(_INDENT, grid.title, WIDTH)
    for line in columned(grid.header, grid.rows, WIDTH - 4):
        yield f"{_INDENT}  {line}"
    if grid.note:
        yield from hung(f"{_INDENT}  ", grid.note, WIDTH)


def _assumed(assumed: Sequence[Assumed]) -> Iterator[str]:
    """Name, value with unit and grade in columns, the basis below."""
    values = [f"{one.value} {one.unit}".rstrip() for one in assumed]
    first = min(max(columns(one.name) for one in assumed), 40)
    second = min(max(map(columns, values)), 24)
    for one, value in zip(assumed, values, strict=True):
        lead = f"{_INDENT}{left(one.name, first)}  {left(value, second)}  "
        if columns(lead) + columns(one.grade) > WIDTH:
            yield from hung(_INDENT, f"{one.name}  {value}  {one.grade}", WIDTH)
        else:
            yield lead + one.grade
        if one.basis:
            yield from hung(" " * 6, one.basis, WIDTH)
