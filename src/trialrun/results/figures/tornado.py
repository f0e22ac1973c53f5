"""How far each assumption moves a decision: one bar an assumption, the widest on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.results.figures.axis import axis, channel, plain, round_ticks
from trialrun.results.figures.frame import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    WIDTH,
    Figure,
    Frame,
    Json,
    Label,
    Scale,
    Spec,
    figure,
    named,
    pixels,
    words_below,
)
from trialrun.results.figures.key import Key, place_keys
from trialrun.results.figures.text import wrap
from trialrun.wording.catalogue import Locale, say

_ROOM = WIDTH - 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """One assumption: the outcome with it low and with it high, and the words of both settings."""

    name: str
    at_low: Decimal
    at_high: Decimal
    low_words: str
    high_words: str

    @property
    def span(self) -> Decimal:
        """How far the outcome moves."""
        return abs(self.at_high - self.at_low)


def tornado(
    swings: Sequence[Swing],
    *,
    base: Decimal,
    title: str,
    outcome: str,
    percent: bool = False,
    simulated: bool = True,
    locale: Locale = "en",
    code: str = "tornado",
) -> Figure:
    """The outcome under each assumption, set low and high in turn, about its base value.

    `percent` writes the outcome, a share of 1, in percent.
    """
    ordered = sorted(swings, key=lambda one: (-one.span, one.name))
    left, right = 16.0, 16.0
    plot = WIDTH - left - right
    ends = [base, *(one.at_low for one in ordered), *(one.at_high for one in ordered)]
    margin = max((max(ends) - min(ends)) * Decimal("0.12"), Decimal("0.001"))
    scale = Scale(low=min(ends) - margin, high=max(ends) + margin, start=0, end=plot)
    rows, labels, height = _lay_out(ordered, base, scale, left)
    words, extra = words_below(outcome, left=left, plot=plot, y=height + 28)
    keys = place_keys(
        [
            Key(symbol="square", text=say("figures.set_low", locale), colour=ORANGE),
            Key(symbol="square", text=say("figures.set_high", locale), colour=BLUE),
        ],
        top=height + 38 + extra,
        left=left,
    )
    shown_title = named(title, simulated=simulated, locale=locale)
    frame = Frame(
        title=shown_title,
        subtitle=(say("figures.base_value", locale, value=_written(base, percent)),),
        height=height,
        left=left,
        right=right,
        below=44 + extra + keys.height,
        labels=(
            *labels,
            *keys.labels,
            *words,
        ),
    )
    return figure(
        code=code,
        title=shown_title,
        description=say("figures.tornado_description", locale, title=title, outcome=outcome),
        columns=(
            say("figures.assumption", locale),
            say("figures.set_low", locale),
            outcome,
            say("figures.set_high", locale),
            outcome,
        ),
        rows=[_row(one, percent) for one in ordered],
        spec=frame.spec([*_layers(rows, scale, base, height, percent), *keys.layers]),
        locale=locale,
    )


def _lay_out(
    ordered: Sequence[Swing], base: Decimal, scale: Scale, left: float
) -> tuple[list[Json], list[Label], float]:
    """Bars and words from the top down, and the height they take."""
    rows: list[Json] = []
    labels: list[Label] = []
    y = 4.0
    for one in ordered:
        for line in wrap(one.name, 11, _ROOM):
            y += 14
            labels.append(Label(x=8 - left, y=y - 6, text=line, halo=True))
        y += 3
        rows += _bar(one, base, scale, y)
        labels += _end_words(one, scale, y + 6)
        y += 20
    return rows, labels, y + 4


def _bar(one: Swing, base: Decimal, scale: Scale, y: float) -> list[Json]:
    return [
        {
            "x": scale.at(min(value, base)), "x2": scale.at(max(value, base)),
            "y": y, "y2": y + 12, "colour": colour,
        }
        for value, colour in ((one.at_low, ORANGE), (one.at_high, BLUE))
    ]  # fmt: skip


def _end_words(one: Swing, scale: Scale, y: float) -> list[Label]:
    """The settings beside the ends of the bar they lead to."""
    sides = [(one.at_low, one.low_words), (one.at_high, one.high_words)]
    (low, low_words), (high, high_words) = sorted(sides, key=lambda side: side[0])
    return [
        Label(
            x=scale.at(low) - 4, y=y, text=low_words, size=10, align="right", colour=MUTED,
            halo=True,
        ),
        Label(x=scale.at(high) + 4, y=y, text=high_words, size=10, colour=MUTED, halo=True),
    ]  # fmt: skip


def _layers(
    rows: list[Json], scale: Scale, base: Decimal, height: float, percent: bool
) -> list[Spec]:
    ticks = round_ticks(scale.low, scale.high)
    words = [_written(tick, percent) for tick in ticks]
    points: list[Json] = [{"value": float(tick)} for tick in ticks]
    at_base: list[Json] = [{"x": scale.at(base), "y": 0, "y2": height}]
    return [
        {
            "data": {"values": points},
            "mark": {"type": "point", "opacity": 0, "size": 1},
            "encoding": {
                "x": channel("value", scale, axis(ticks, words=words)), "y": {"value": 0},
            },
        },
        {
            "data": {"values": rows},
            "mark": {"type": "rect", "opacity": 1},
            "encoding": {
                "x": pixels("x"), "x2": {"field": "x2"}, "y": pixels("y"), "y2": {"field": "y2"},
                "fill": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
            },
        },
        {
            "data": {"values": at_base},
            "mark": {"type": "rule", "stroke": INK, "strokeWidth": 1.2},
            "encoding": {"x": pixels("x"), "y": pixels("y"), "y2": {"field": "y2"}},
        },
    ]  # fmt: skip


def _row(one: Swing, percent: bool) -> tuple[str, ...]:
    low, high = _written(one.at_low, percent), _written(one.at_high, percent)
    return (one.name, one.low_words, low, one.high_words, high)


def _written(value: Decimal, percent: bool) -> str:
    return f"{plain((value * 100).normalize())} %" if percent else plain(value)
