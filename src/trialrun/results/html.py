"""The report as one HTML page: no script, nothing from outside; each number opens to its trace."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from markupsafe import Markup

from trialrun.analysis.estimate import Method, Traced
from trialrun.results.cell import Cell, Day, Said, pieces
from trialrun.results.figures.frame import Figure
from trialrun.results.listing import Listing
from trialrun.results.report import Edition, sections
from trialrun.results.section import Block, Facts, Folded, Prose, Question, Questions, Tiles
from trialrun.results.table import Table
from trialrun.wording.catalogue import Locale, say
from trialrun.wording.frame import page

_MOST_NAMED = 60
_SVG_WIDTH = re.compile(r"<svg[^>]*?\swidth=\"([\d.]+)")


def render_html(edition: Edition, locale: Locale) -> str:
    """The whole page."""
    view = _View(locale)
    parts = sections(edition, locale)
    body = view.template("body").render(sections=parts, view=view)
    methods = view.template("methods").render(view=view)
    cited = view.template("entries").render(entries=_cited(edition, view), view=view)
    contents = [(part.id, part.title.said(locale)) for part in parts]
    contents += [(name, say(f"report.section_{name}", locale)) for name in ("methods", "entries")]
    results = edition.results
    kind = "report.kicker_rehearsal" if edition.simulated else "report.kicker"
    header = view.template("header").render(
        kicker=say(kind, locale),
        title=results.cutoff.protocol.title,
        badges=[
            say("report.badge_cutoff", locale, day=results.cutoff.at.text[:10]),
            say("report.badge_position", locale, position=results.cutoff.state.position),
            say("report.badge_version", locale, version=results.cutoff.protocol.version),
        ],
    )
    return page(
        say("report.page_title", locale, title=results.cutoff.protocol.title),
        Markup(style() + body + methods + cited),
        locale=locale,
        header=Markup(header),
        banner=say("report.banner", locale) if edition.simulated else None,
        contents=contents,
        footer=say("report.footer", locale, software=edition.software),
    )


@cache
def style() -> str:
    """The report's own style, beside that of the frame."""
    css = files("trialrun.results").joinpath("templates", "report.css").read_text("utf-8")
    return f"<style>\n{css}</style>\n"


@cache
def _environment() -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("trialrun.results", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


class _View:
    """What the templates ask while they render; it remembers methods and entries that were used."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.methods: dict[Method, None] = {}
        self.cited: set[int] = set()

    def template(self, name: str) -> Any:
        """A template by its name."""
        return _environment().get_template(f"{name}.html")

    def say(self, key: str, **values: object) -> str:
        """A sentence in the page's language."""
        return say(f"report.{key}", self.locale, **values)

    def said(self, what: Any) -> str:
        """Words in the page's language."""
        return str(what.said(self.locale))

    def kind(self, block: Block) -> str:
        """Which template a block takes."""
        return _TEMPLATES[type(block)]

    def pieces(self, cell: Cell) -> Markup:
        """A cell, each of its numbers with its trace; what is in parentheses is not broken."""
        shown = Markup("")
        for piece in pieces(cell, self.locale):
            if piece.text.startswith(" ("):
                shown += Markup(' <span class="nb">{}').format(piece.text[1:])
            elif piece.trace is None:
                shown += Markup("{}").format(piece.text)
            else:
                shown += self._traced(piece.text, piece.trace, word=isinstance(cell, Said | Day))
            if piece.text.endswith(")") and Markup('<span class="nb">') in shown:
                shown += Markup("</span>")
        return shown

    def _traced(self, text: str, trace: Traced[Any], *, word: bool) -> Markup:
        self.methods.setdefault(trace.method)
        self.cited |= set(trace.entries)
        people = ", ".join(trace.participants[:_MOST_NAMED]) or say("report.nobody", self.locale)
        if len(trace.participants) > _MOST_NAMED:
            people += " …"
        source = f" {trace.method.source}." if trace.method.source else ""
        return _TRACE.format(
            kind="t w" if word else "t",
            text=text,
            who=self.say("trace_participants", n=len(trace.participants)),
            people=people,
            what=self.say("trace_entries", n=len(trace.entries)),
            entries=_runs(trace.entries) or "–",
            how=self.say("trace_method"),
            method=say(f"analysis.{trace.method.name}", self.locale) + source,
        )

    def by_person(self, block: Questions) -> list[tuple[str, list[Question]]]:
        """The questions by who may answer them, in the order in which they are first asked."""
        groups: dict[str, list[Question]] = {}
        for one in block.questions:
            groups.setdefault(one.asked_of.said(self.locale), []).append(one)
        return list(groups.items())

    def table_classes(self, block: Table) -> str:
        """How a table is set: numbers flush right, and narrow where there is one column."""
        if block.shell.id == "sets":
            return ""
        columns = len(block.shell.columns)
        return "numbers narrow" if columns == 1 else "numbers many" if columns > 3 else "numbers"

    def picture_width(self, block: Figure) -> int:
        """How wide a picture may grow, in pixels: wide enough to read, never wider than drawn
        large."""
        found = _SVG_WIDTH.search(block.svg or "")
        drawn = float(found[1]) if found else 360.0
        return round(drawn * (1.3 if block.id == "flow" else 1.6))

    def style(self, method: Method) -> str:
        """A method in words."""
        return say(f"analysis.{method.name}", self.locale)


_TEMPLATES: dict[type[Any], str] = {
    Prose: "prose", Tiles: "tiles", Facts: "facts", Questions: "questions", Table: "table",
    Listing: "listing", Figure: "figure", Folded: "folded",
}  # fmt: skip

_TRACE = Markup(
    '<details class="{kind}" name="t"><summary>{text}</summary><span class="trace">'
    "<b>{who}</b> {people}<br><b>{what}</b> {entries}<br><b>{how}</b> {method}</span></details>"
)


def _runs(entries: Iterable[int]) -> str:
    """Positions with their runs joined: "3, 7–9"."""
    shown = []
    for _, group in groupby(enumerate(sorted(entries)), key=lambda pair: pair[1] - pair[0]):
        run = [position for _, position in group]
        shown.append(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}")
    return ", ".join(shown)


def _cited(edition: Edition, view: _View) -> list[tuple[int, str, str, str]]:
    """The entries that numbers stand on: position, what, whom, when."""
    return [
        (
            entry.position,
            view.say(f"entry_{entry.type}"),
            entry.stream.removeprefix("participant:"),
            entry.occurred_at.text[:16].replace("T", " "),
        )
        for entry in edition.entries
        if entry.position in view.cited
    ]
