"""How often each outcome came up in many simulated trials, with one trial marked among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.analysis.exact import shown
from trialrun.results.figures.axis import axis, channel, plain, round_ticks
from trialrun.results.figures.frame import (
    BLUE,
    VERMILION,
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
from trialrun.results.figures.text import width
from trialrun.wording.catalogue import Locale, say

_HEIGHT = 150.0
_LEFT = 44.0
_FAINT_BAR = "#a9c7de"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """From `low` up to `high` (not included, but for the last); a whole number n is n to n + 1."""

    low: Decimal
    high: Decimal
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A value pointed out on the axis, with its words ("this trial, 62nd percentile")."""

    value: Decimal
    text: str


def histogram(
    bins: Sequence[Bin],
    *,
    title: str,
    axis_words: str,
    whole: bool = False,
    marker: Marker | None = None,
    emphasised: tuple[Decimal, Decimal] | None = None,
    simulated: bool = True,
    locale: Locale = "en",
    code: str = "histogram",
    subtitle: Sequence[str] = (),
) -> Figure:
    """Shares of trials by outcome; `whole` bins are single numbers and labelled in their middle.

    Bins inside `emphasised` (low, high) are dark, the others pale.
    """
    total = sum(one.count for one in bins)
    low = min((one.low for one in bins), default=Decimal(0))
    high = max((one.high for one in bins), default=Decimal(1))
    plot = WIDTH - _LEFT - 14
    values = Scale(low=low, high=high, start=0, end=plot)
    tallest = max((one.count for one in bins), default=1) or 1
    top = Decimal(tallest) / max(total, 1) * Decimal("1.08")
    shares = Scale(low=Decimal(0), high=top, start=_HEIGHT, end=20)
    shown_title = named(title, simulated=simulated, locale=locale)
    labels, extra = words_below(axis_words, left=_LEFT, plot=plot, y=_HEIGHT + 28)
    pointer: list[Spec] = []
    if marker is not None:
        middle = Decimal("0.5") if whole else Decimal(0)
        pointer, words = _pointer(marker, values.at(marker.value + middle), plot)
        labels.append(words)
    frame = Frame(
        title=shown_title,
        subtitle=(*subtitle, say("figures.share_of_trials", locale, n=total)),
        height=_HEIGHT,
        left=_LEFT,
        below=44 + extra,
        labels=tuple(labels),
    )
    layer = _bars(bins, values, shares, total, whole, emphasised)
    return figure(
        code=code,
        title=shown_title,
        description=say("figures.histogram_description", locale, title=title, n=total),
        columns=(
            axis_words,
            say("figures.trials", locale),
            say("figures.percent_of_trials", locale),
        ),
        rows=[_row(one, total, whole) for one in bins],
        spec=frame.spec([layer, *pointer]),
        locale=locale,
    )


def _bars(
    bins: Sequence[Bin],
    values: Scale,
    shares: Scale,
    total: int,
    whole: bool,
    emphasised: tuple[Decimal, Decimal] | None,
) -> Spec:
    rows: list[Json] = [
        {
            "low": float(one.low), "high": float(one.high),
            "share": float(Decimal(one.count) / max(total, 1)), "zero": 0.0,
            "colour": BLUE
            if emphasised is None or emphasised[0] <= one.low < emphasised[1]
            else _FAINT_BAR,
        }
        for one in bins
    ]  # fmt: skip
    if whole:
        first, last = values.low, values.high - 1
        numbers = [n for n in round_ticks(first, last, most=10) if n == n.to_integral_value()]
        x_axis = axis(
            [n + Decimal("0.5") for n in numbers], grid=False, words=[plain(n) for n in numbers]
        )
    else:
        x_axis = axis(round_ticks(values.low, values.high), grid=False)
    percents = round_ticks(Decimal(0), shares.high * 100, most=4)
    y_axis = axis([n / 100 for n in percents], words=[f"{plain(n)} %" for n in percents])
    return {
        "data": {"values": rows},
        "mark": {"type": "rect", "stroke": "#ffffff", "strokeWidth": 1},
        "encoding": {
            "x": channel("low", values, x_axis),
            "x2": {"field": "high"},
            "y": channel("share", shares, y_axis),
            "y2": {"field": "zero"},
            "fill": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
        },
    }


def _pointer(marker: Marker, x: float, plot: float) -> tuple[list[Spec], Label]:
    half = width(marker.text, 11, bold=True) / 2
    at = min(max(x, half - 30), plot + 8 - half)
    rows: list[Json] = [{"x": x, "y": 16, "y2": _HEIGHT}]
    rule: Spec = {
        "data": {"values": rows},
        "mark": {"type": "rule", "stroke": VERMILION, "strokeWidth": 2},
        "encoding": {"x": pixels("x"), "y": pixels("y"), "y2": {"field": "y2"}},
    }
    label = Label(
        x=round(at, 1), y=8, text=marker.text, colour=VERMILION, bold=True, align="center"
    )
    return [rule], label


def _row(one: Bin, total: int, whole: bool) -> tuple[str, ...]:
    name = plain(one.low) if whole else f"{plain(one.low)} – {plain(one.high)}"
    share = shown(Decimal(one.count) / total, 1, percent=True) if total else "0"
    return (name, str(one.count), share or "")
