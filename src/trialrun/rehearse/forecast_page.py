"""A forecast as one HTML page: answers first, each histogram with its numbers, all assumptions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from trialrun.analysis.exact import Proportion, shown
from trialrun.protocol.model import Protocol
from trialrun.rehearse.forecast import Forecast
from trialrun.rehearse.forecast_numbers import number
from trialrun.rehearse.forecast_part import Grid, Line, Part
from trialrun.rehearse.forecast_pictures import picture
from trialrun.rehearse.forecast_sections import badges, parts
from trialrun.rehearse.forecast_words import trials
from trialrun.rehearse.tally import Tally
from trialrun.results.figures.frame import Figure
from trialrun.results.printing import percent
from trialrun.values.identifier import unnumbered
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.frame import page, scrolling_table

_RANGE = re.compile(r"(?:&lt;|&gt;)?[\d.]+–(?:&lt;|&gt;)?[\d.]+\u202f%")


def forecast_page(
    protocol: Protocol,
    forecast: Forecast,
    tallies: Sequence[Tally],
    *,
    single: Tally | None = None,
    locale: Locale = "en",
    questions: Mapping[str, str] | None = None,
) -> str:
    """The whole page, self-contained; arguments as `forecast_text` has them."""
    told = number(protocol, forecast, tallies, single=single)
    every = parts(protocol, told, locale, questions or {})
    cannot = every[-1].notes[0]
    sections = []
    for part in every:
        figures = [picture(one, told, tallies, single=single, locale=locale)
                   for one in part.pictures]  # fmt: skip
        sections.append(_section(part, [one for one in figures if one], cannot, locale))
    title = unnumbered(protocol.title)
    return page(
        say("forecast.page_title", locale, title=title),
        Markup("<style>\n{}</style>\n{}").format(Markup(_style()), Markup("").join(sections)),
        locale=locale,
        header=_header(title, badges(protocol, told, locale), locale),
        banner=say("forecast.banner", locale, trials=trials(told.trials, locale)),
        contents=[(part.id, part.title) for part in every],
        footer=say("forecast.footer", locale),
    )


@cache
def _style() -> str:
    return files("trialrun.rehearse").joinpath("forecast.css").read_text(encoding="utf-8")


def _header(title: str, words: Sequence[str], locale: Locale) -> Markup:
    listed = Markup("").join(Markup('<li class="badge">{}</li>\n').format(one) for one in words)
    return Markup(
        '<p class="kicker">{}</p>\n<h1>{}</h1>\n<ul class="badges">\n{}</ul>\n<p>{}</p>\n'
    ).format(say("forecast.kicker", locale), title, listed, say("forecast.what_it_is", locale))


def _section(part: Part, figures: Sequence[Figure], cannot: str, locale: Locale) -> Markup:
    inside = [Markup("<h2>{}</h2>\n").format(part.title)]
    match part.id:
        case "decision":
            inside += [
                _answers(part.lines),
                _note(say("forecast.bars_mean", locale)),
                Markup('<p class="caution">{}</p>\n').format(cannot),
            ]
        case "single":
            inside += [_run(part.lines, locale), _note(say("forecast.standing_mark", locale))]
        case _:
            inside += [_facts(part.lines)]
    if figures:
        drawn = Markup("").join(_drawing(one, locale) for one in figures)
        inside.append(Markup('<div class="pictures">\n{}</div>\n').format(drawn))
    inside += [_grid(one) for one in part.grids]
    if part.assumed:
        inside.append(_assumed(part, locale))
    if part.id == "limits":
        listed = Markup("").join(Markup("<li>{}</li>\n").format(one) for one in part.notes)
        inside.append(Markup('<ul class="cannot">\n{}</ul>\n').format(listed))
    else:
        inside += [_note(one) for one in part.notes]
    if part.questions:
        inside.append(_questions(part, locale))
    return Markup('<section id="{}">\n{}</section>\n').format(part.id, Markup("").join(inside))


def _note(words: str) -> Markup:
    return Markup('<p class="note">{}</p>\n').format(words)


def _answers(lines: Sequence[Line]) -> Markup:
    return Markup('<ul class="answers">\n{}</ul>\n').format(
        Markup("").join(
            Markup(
                '<li class="answer"><p class="to">{}</p>\n<p class="lead">{}</p>\n'
                '<p class="rest">{}</p>\n{}</li>\n'
            ).format(
                one.label,
                one.lead,
                _unbroken(one.rest),
                ""
                if one.share is None or one.share.n == 0
                else Markup('<span class="share-room"></span>{}').format(_bar(one.share)),
            )
            for one in lines
        )
    )


def _unbroken(words: str) -> Markup:
    """Words whose ranges of numbers stay on one line."""
    return Markup(_RANGE.sub(r'<span class="nb">\g<0></span>', str(escape(words))))


def _bar(share: Proportion | Fraction) -> Markup:
    """A share as a bar, with its limits if it has any; the words beside it say the same."""
    if isinstance(share, Fraction):
        estimate, limits = share, Markup("")
    else:
        estimate = share.estimate or Fraction(0)
        low, high = Fraction(share.lower or 0), Fraction(share.upper or 0)
        limits = Markup('<b style="left:{}%;width:{}%"></b>').format(
            shown(low, 1, percent=True), shown(high - low, 1, percent=True)
        )
    return Markup(
        '<span class="share" aria-hidden="true"><i style="width:{}%"></i>{}</span>'
    ).format(shown(estimate, 1, percent=True), limits)


def _facts(lines: Sequence[Line]) -> Markup:
    if not lines:
        return Markup("")
    rows = Markup("").join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>\n").format(
            one.label, _unbroken(f"{one.lead} · {one.rest}" if one.rest else one.lead)
        )
        for one in lines
    )
    return Markup('<dl class="facts">\n{}</dl>\n').format(rows)


def _run(lines: Sequence[Line], locale: Locale) -> Markup:
    rows = Markup("").join(
        Markup(
            '<li><span>{}</span><span class="value">{}</span>{}<span class="rest">{}</span></li>\n'
        ).format(
            one.label,
            one.lead,
            Markup("<span></span>")
            if one.at is None
            else Markup(
                '<span class="strip" role="img" aria-label="{}"><i style="left:{}%"></i></span>'
            ).format(
                say("forecast.run_label", locale, percent=percent(one.at, locale)),
                shown(one.at, 1, percent=True),
            ),
            one.rest,
        )
        for one in lines
    )
    return Markup('<ul class="run">\n{}</ul>\n').format(rows)


def _grid(grid: Grid) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(name) for name in grid.header
    ) + (Markup('<td class="drawn"></td>') if grid.bars else "")
    rows = Markup("")
    for at, (name, *cells) in enumerate(grid.rows):
        numbers = Markup("").join(Markup("<td>{}</td>").format(cell) for cell in cells)
        if grid.bars:
            numbers += Markup('<td class="drawn">{}</td>').format(_bar(grid.bars[at]))
        rows += Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(name, numbers)
    table = Markup(
        '<table class="numbers">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(heads, rows)
    return Markup("<figure>\n<figcaption>{}</figcaption>\n{}{}</figure>\n").format(
        grid.title,
        scrolling_table(grid.title, table),
        _note(grid.note) if grid.note else "",
    )


def _drawing(figure: Figure, locale: Locale) -> Markup:
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(one) for one in figure.columns)
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(
            first, Markup("").join(Markup("<td>{}</td>").format(one) for one in rest)
        )
        for first, *rest in figure.rows
    )
    table = Markup(
        '<table class="numbers">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(heads, rows)
    drawn = (
        Markup('<div class="drawing">\n{}\n</div>\n').format(Markup(figure.svg))
        if figure.svg is not None
        else Markup('<figcaption>{}</figcaption>\n<p class="note">{}</p>\n').format(
            figure.title, figure.missing
        )
    )
    return Markup(
        '<figure class="picture">\n{}<details class="long"{}>\n<summary>{}</summary>\n{}'
        "</details>\n</figure>\n"
    ).format(
        drawn,
        Markup(" open") if figure.svg is None else "",
        say("forecast.data_of_picture", locale),
        scrolling_table(figure.title, table),
    )


def _assumed(part: Part, locale: Locale) -> Markup:
    heads = Markup("").join(
        Markup('<th scope="col">{}</th>').format(say(f"forecast.{one}", locale))
        for one in ("assumption", "value", "grade", "basis")
    )
    rows = Markup("").join(
        Markup(
            '<tr><th scope="row"><code>{}</code></th><td class="value">{}</td>'
            '<td><span class="badge">{}</span></td><td class="basis">{}</td></tr>\n'
        ).format(one.name, f"{one.value} {one.unit}".rstrip(), one.grade, one.basis)
        for one in part.assumed
    )
    table = Markup(
        '<table class="assumptions">\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n'
    ).format(heads, rows)
    return scrolling_table(part.title, table)


def _questions(part: Part, locale: Locale) -> Markup:
    listed = Markup("").join(
        Markup("<li>{}<code>{}</code></li>\n").format(f"{words} " if words else "", code)
        for code, words in part.questions
    )
    return Markup('<h3>{}</h3>\n<ol class="questions">\n{}</ol>\n{}').format(
        say("forecast.questions_title", locale, n=len(part.questions)),
        listed,
        _note(say("forecast.questions_note", locale)),
    )
