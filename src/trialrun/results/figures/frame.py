"""What every figure shares: its frame, colours, captions, scales, and how it becomes an SVG.

A figure is declared as a Vega-Lite specification, a plain dict. Its layout never asks how wide a
text is: sizes and paddings are fixed, and titles, keys, axis titles and direct labels are text
marks at given pixels. So the SVG is the same on machines with other fonts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from functools import cache
from typing import Any, Literal

from trialrun.results.figures.text import FONT, width, wrap
from trialrun.wording.catalogue import Locale, say

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
Spec = dict[str, Json]

WIDTH = 360  # pixels: the width of a telephone; wider screens scale it up
VEGA_LITE = "6.4"
INSTALL = "pip install 'trialrun[report]'"

# Okabe and Ito's palette, distinct for all common kinds of colour vision, darkest first.
BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, BLACK = "#CC79A7", "#56B4E9", "#1f2933"
PALETTE = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
INK, MUTED, FAINT, GRID = "#1f2933", "#52606d", "#9aa5b1", "#e4e7eb"

_EXACTLY = Context(prec=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with its title, a description for those who cannot see it, and its data.

    `svg` is None where the renderer is not installed; `missing` then says how to install it.
    """

    id: str
    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spec: Spec | None
    svg: str | None
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A line of text at a pixel; y is the middle of the line."""

    x: float
    y: float
    text: str
    size: float = 11
    colour: str = INK
    bold: bool = False
    align: Literal["left", "center", "right"] = "left"
    angle: int = 0
    halo: bool = False  # a white edge, where lines may pass behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Where a value lies in pixels, linear or logarithmic; the same as the renderer's scale."""

    low: Decimal
    high: Decimal
    start: float
    end: float
    log: bool = False

    def at(self, value: Decimal) -> float:
        """Pixels, to a tenth."""
        with localcontext(_EXACTLY):
            part = (
                (value / self.low).log10() / (self.high / self.low).log10()
                if self.log
                else (value - self.low) / (self.high - self.low)
            )
            return float(round(Decimal(self.start) + part * Decimal(self.end - self.start), 1))

    def spec(self) -> Spec:
        """The scale as Vega-Lite writes it."""
        return {
            "type": "log" if self.log else "linear",
            "domain": [float(self.low), float(self.high)],
            "range": [self.start, self.end],
            "nice": False,
            "zero": False,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The plot rectangle and what is written round it; the figure is `WIDTH` wide."""

    title: str
    height: float
    subtitle: tuple[str | tuple[str, str], ...] = ()  # a line, or a line and its colour
    left: float = 44
    right: float = 14
    below: float = 44
    labels: tuple[Label, ...] = field(default=())

    @property
    def width(self) -> float:
        """Width of the plot."""
        return WIDTH - self.left - self.right

    def captions(self) -> tuple[list[Label], float]:
        """Title and subtitle above the plot, and the height that they take."""
        room = WIDTH - 16
        lines = [(line, 13.0, True, INK) for line in wrap(self.title, 13, room, bold=True)]
        for words in self.subtitle:
            text, colour = (words, MUTED) if isinstance(words, str) else words
            lines += [(line, 11.0, False, colour) for line in wrap(text, 11, room)]
        above = 16.0 + sum(size + 4 for _, size, _, _ in lines) + 4
        y = -above + 8
        placed: list[Label] = []
        for text, size, bold, colour in lines:
            y += size + 4
            placed.append(
                Label(
                    x=8 - self.left, y=y - size / 2, text=text, size=size, bold=bold, colour=colour
                )
            )
        return placed, above

    def spec(self, layers: Sequence[Spec]) -> Spec:
        """The whole specification."""
        captions, above = self.captions()
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "width": self.width,
            "height": self.height,
            "autosize": {"type": "none"},
            "padding": {
                "left": self.left,
                "right": self.right,
                "top": above,
                "bottom": self.below,
            },
            "config": _CONFIG,
            "layer": [*layers, *text_layers([*captions, *self.labels])],
        }


_CONFIG: Spec = {
    "font": FONT,
    "aria": False,
    "background": "#ffffff",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 11,
        "labelColor": MUTED,
        "labelOverlap": False,
        "tickColor": FAINT,
        "domainColor": FAINT,
        "gridColor": GRID,
        "tickSize": 4,
        "title": None,
    },
}


def text_layers(labels: Sequence[Label]) -> list[Spec]:
    """Texts at pixels, apart from every scale; those with a halo are drawn twice."""
    haloed = [label for label in labels if label.halo]
    return ([_texts(haloed, halo=True)] if haloed else []) + [_texts(labels, halo=False)]


def _texts(labels: Sequence[Label], *, halo: bool) -> Spec:
    rows: list[Json] = [
        {
            "x": label.x, "y": label.y, "text": label.text, "size": label.size,
            "colour": label.colour, "weight": "bold" if label.bold else "normal",
            "align": label.align, "angle": label.angle,
        }
        for label in labels
    ]  # fmt: skip
    edge: Spec = {"stroke": "#ffffff", "strokeWidth": 4, "strokeJoin": "round"} if halo else {}
    return {
        "data": {"values": rows},
        "mark": {
            "type": "text",
            "baseline": "middle",
            "clip": False,
            "align": {"expr": "datum.align"},
            "fontSize": {"expr": "datum.size"},
            "fontWeight": {"expr": "datum.weight"},
            "angle": {"expr": "datum.angle"},
            "fill": {"expr": "datum.colour"},
            **edge,
        },
        "encoding": {
            "x": pixels("x"),
            "y": pixels("y"),
            "text": {"field": "text", "type": "nominal"},
        },
    }


def pixels(name: str) -> Spec:
    """A channel whose values are pixels already."""
    return {"field": name, "type": "quantitative", "scale": None, "axis": None}


def words_below(text: str, *, left: float, plot: float, y: float) -> tuple[list[Label], float]:
    """The words under an axis, in as many lines as they need, and the height of the extra ones."""
    lines = wrap(text, 11, WIDTH - 16)
    middle = plot / 2 if len(lines) == 1 else WIDTH / 2 - left
    if width(text, 11) / 2 > min(plot / 2 + left, WIDTH - left - plot / 2) - 4:
        middle = WIDTH / 2 - left
    labels = [
        Label(x=middle, y=y + 14 * i, text=line, colour=MUTED, align="center")
        for i, line in enumerate(lines)
    ]
    return labels, 14.0 * (len(lines) - 1)


def named(title: str, *, simulated: bool, locale: Locale) -> str:
    """The title, with SIMULATED first where the data are."""
    return f"{say('common.simulated', locale)} · {title}" if simulated else title


def figure(
    *,
    code: str,
    title: str,
    description: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    spec: Spec,
    locale: Locale,
) -> Figure:
    """The figure, rendered if the renderer is installed."""
    svg = render(spec, code=code, title=title, description=description)
    return Figure(
        id=code,
        title=title,
        description=description,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        spec=spec,
        svg=svg,
        missing="" if svg is not None else say("figures.missing", locale, command=INSTALL),
    )


def render(spec: Spec, *, code: str, title: str, description: str) -> str | None:
    """The SVG of a specification; None where the renderer is not installed."""
    convert = _renderer()
    if convert is None:
        return None
    svg: str = convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    return _named_svg(svg, code=code, title=title, description=description)


@cache
def _renderer() -> Any:
    try:
        import vl_convert
    except ImportError:
        return None
    return vl_convert


def _named_svg(svg: str, *, code: str, title: str, description: str) -> str:
    """Ids of its own, so that many figures live in one page, and words for those who cannot see."""
    # The renderer numbers clips on through all that it ever drew: they are numbered anew.
    numbers: dict[str, int] = {}
    svg = re.sub(
        r'(id="|url\(#)(\w+)',
        lambda found: f"{found[1]}{code}-{numbers.setdefault(found[2], len(numbers) + 1)}",
        svg,
    )
    head = (
        f' role="img" aria-labelledby="{code}-title {code}-desc">'
        f'<title id="{code}-title">{escaped(title)}</title>'
        f'<desc id="{code}-desc">{escaped(description)}</desc>'
    )
    return re.sub(r">", head.replace("\\", r"\\"), svg, count=1)


def escaped(text: str) -> str:
    """Text for XML."""
    return (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
