"""A sheet as one HTML page: the record's words escaped, nothing loaded from outside."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from trialrun.record.prose import Block, Item
from trialrun.record.sheet import Entries, Facts, Names, Note, Pairs, Part, Prose, Sheet, Table
from trialrun.wording.catalogue import Locale
from trialrun.wording.frame import captioned_table, page, scrolling_table

_LONG = 12  # rows; a longer table is folded away until it is asked for
_WIDE_MARKER = 2  # characters


def render_html(sheet: Sheet, locale: Locale) -> str:
    """The whole page."""
    header = Markup('<p class="kicker">{}</p>\n<h1>{}</h1>\n{}').format(
        sheet.number, sheet.title, _badges(sheet.badges)
    )
    body = _all(
        Markup(
            '<section id="{}" aria-labelledby="{}-heading">\n<h2 id="{}-heading">{}</h2>\n{}'
            "</section>\n"
        ).format(one.anchor, one.anchor, one.anchor, one.heading, _all(map(_part, one.parts)))
        for one in sheet.sections
    )
    return page(
        f"{sheet.title} ({sheet.number})" if sheet.number else sheet.title,
        body,
        locale=locale,
        header=header,
        contents=[(one.anchor, one.heading) for one in sheet.sections],
    )


def _all(parts: Iterable[Markup]) -> Markup:
    return Markup("").join(parts)


def _part(part: Part) -> Markup:
    match part:
        case Facts(pairs):
            return _facts(pairs)
        case Prose(blocks):
            return _all(map(_block, blocks))
        case Names(names):
            items = _all(Markup("<li>{}</li>\n").format(one) for one in names)
            return Markup('<ul class="names">\n{}</ul>\n').format(items)
        case Entries(entries):
            return Markup('<div class="entries">\n{}</div>\n').format(
                _all(
                    Markup('<article class="entry">\n<h3>{}</h3>\n{}{}{}</article>\n').format(
                        one.title,
                        _badges([(words, "plain") for words in one.badges]),
                        _all(map(_block, one.blocks)),
                        _facts(one.facts) if one.facts else "",
                    )
                    for one in entries
                )
            )
        case Table():
            return _table(part)
        case Note():
            kind = "note warns" if part.warns else "note"
            return Markup('<p class="{}">{}</p>\n').format(kind, part.text)


def _badges(badges: Iterable[tuple[str, str]]) -> Markup:
    items = _all(
        Markup('<li class="badge {}">{}</li>\n').format(tone, words) for words, tone in badges
    )
    return Markup('<ul class="badges">\n{}</ul>\n').format(items) if items else Markup("")


def _facts(pairs: Pairs) -> Markup:
    rows = _all(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>\n").format(label, value) for label, value in pairs
    )
    return Markup('<dl class="facts">\n{}</dl>\n').format(rows)


def _block(block: Block) -> Markup:
    if block.items:
        return _list(block.items)
    return Markup("<h4>{}</h4>\n" if block.heading else "<p>{}</p>\n").format(block.text)


def _list(items: Iterable[Item]) -> Markup:
    return Markup('<ul class="nested">\n{}</ul>\n').format(_all(map(_item, items)))


def _item(item: Item) -> Markup:
    inner = _list(item.items) if item.items else Markup("")
    if not item.marker:
        return Markup('<li class="plain">{}{}</li>\n').format(item.text, inner)
    wide = "wide" if len(item.marker) > _WIDE_MARKER else "marked"
    return Markup('<li class="{}"><span class="mark">{}</span> {}{}</li>\n').format(
        wide, item.marker, item.text, inner
    )


def _table(table: Table) -> Markup:
    header = _all(Markup('<th scope="col">{}</th>').format(one) for one in table.header)
    rows = _all(
        Markup('<tr><th scope="row">{}</th>{}</tr>\n').format(
            row[0], _all(Markup("<td>{}</td>").format(cell) for cell in row[1:])
        )
        for row in table.rows
    )
    kind = Markup(' class="numbers"') if table.numbers else ""
    whole = Markup("<table{}>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n").format(
        kind, header, rows
    )
    if len(table.rows) <= _LONG:
        return captioned_table(table.caption, whole)
    return Markup('<details class="long"><summary>{}</summary>\n{}</details>\n').format(
        table.caption, scrolling_table(table.caption, whole)
    )
