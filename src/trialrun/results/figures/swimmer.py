"""Each participant's course as a lane: treatment, response, relapse, transplant, death, ongoing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from trialrun.results.figures.axis import axis, channel, day_ticks, plain
from trialrun.results.figures.frame import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
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
from trialrun.results.figures.key import Key, Symbol, place_keys, shape
from trialrun.results.figures.text import width
from trialrun.wording.catalogue import Locale, say

_LANE = 20.0
_BAR = "#cfd8e3"


class Happening(Enum):
    """What a mark on a lane means."""

    INFUSION = "infusion"
    RESPONSE = "response"
    RELAPSE = "relapse"
    TRANSPLANT = "transplant"
    DEATH = "death"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something on a study day; `word` (a response category) is written beside it if there is room.

    `word` always stands in the table.
    """

    day: Decimal
    kind: Happening
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One participant: from the first day to the last known one, with what happened."""

    participant: str
    start: Decimal
    end: Decimal
    marks: tuple[Mark, ...] = ()
    lymphodepletion: tuple[tuple[Decimal, Decimal], ...] = ()
    ongoing: bool = False


_LOOKS: dict[Happening, tuple[Symbol, str, int]] = {
    Happening.INFUSION: ("triangle-down", BLUE, 34),
    Happening.RESPONSE: ("circle", GREEN, 70),
    Happening.RELAPSE: ("diamond", VERMILION, 80),
    Happening.TRANSPLANT: ("square", PURPLE, 60),
    Happening.DEATH: ("x", INK, 50),
}


def swimmer(
    lanes: Sequence[Lane],
    *,
    day_words: str = "",
    words: Mapping[Happening, str] | None = None,
    simulated: bool = False,
    locale: Locale = "en",
    code: str = "swimmer",
    title: str = "",
) -> Figure:
    """The lanes in the order given, the first one on top; `words` rename what marks mean."""
    named_marks = {kind: say(f"figures.{kind.value}", locale) for kind in Happening} | dict(
        words or {}
    )
    left = 16 + max((width(lane.participant, 10, bold=True) for lane in lanes), default=24)
    left = min(round(left), 110)
    plot = WIDTH - left - 18.0
    height = max(_LANE * len(lanes), _LANE) + 6
    low = min((lane.start for lane in lanes), default=Decimal(0))
    high = max((lane.end for lane in lanes), default=Decimal(28))
    room = max((high - low) / 40, Decimal(1))
    days = Scale(low=min(low, Decimal(0)) - room, high=high + room, start=0, end=plot)
    below, extra = words_below(
        day_words or say("figures.study_day", locale), left=left, plot=plot, y=height + 28
    )
    keys = place_keys(_keys(lanes, named_marks, locale), top=height + 38 + extra, left=left)
    shown_title = named(
        title or say("figures.swimmer_title", locale), simulated=simulated, locale=locale
    )
    frame = Frame(
        title=shown_title,
        height=height,
        left=left,
        right=18,
        below=44 + extra + keys.height,
        labels=(
            *_names(lanes, left),
            *_words(lanes, days),
            *keys.labels,
            *below,
        ),
    )
    spec = frame.spec([_day_axis(days), *_bars(lanes, days), _marks(lanes, days), *keys.layers])
    return figure(
        code=code,
        title=shown_title,
        description=say("figures.swimmer_description", locale, n=len(lanes)),
        columns=(
            say("figures.participant", locale),
            say("figures.from_day", locale),
            say("figures.to_day", locale),
            say("figures.happenings", locale),
        ),
        rows=[_row(lane, named_marks, locale) for lane in lanes],
        spec=spec,
        locale=locale,
    )


def _y(position: int) -> float:
    return 3 + _LANE * position + _LANE / 2


def _names(lanes: Sequence[Lane], left: float) -> list[Label]:
    return [
        Label(x=8 - left, y=_y(i), text=lane.participant, size=10, bold=True)
        for i, lane in enumerate(lanes)
    ]


def _bars(lanes: Sequence[Lane], days: Scale) -> list[Spec]:
    bars: list[Json] = []
    arrows: list[Json] = []
    for i, lane in enumerate(lanes):
        y = _y(i)
        spans = [(lane.start, lane.end, _BAR)]
        spans += [(first, last, ORANGE) for first, last in lane.lymphodepletion]
        for first, last, colour in spans:
            # A few days in a year of follow-up would be too thin to see.
            right = max(days.at(last), days.at(first) + 4)
            bars.append(
                {"x": days.at(first), "x2": right, "y": y - 4, "y2": y + 4, "colour": colour}
            )
        if lane.ongoing:
            arrows.append({"x": days.at(lane.end) + 4, "y": y})
    bar: Spec = {
        "data": {"values": bars},
        "mark": {"type": "rect", "opacity": 1},
        "encoding": {
            "x": pixels("x"),
            "x2": {"field": "x2"},
            "y": pixels("y"),
            "y2": {"field": "y2"},
            "fill": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
        },
    }
    arrow: Spec = {
        "data": {"values": arrows},
        "mark": {
            "type": "point", "shape": "triangle-right", "size": 80, "fill": MUTED, "stroke": None,
            "opacity": 1, "clip": False,
        },
        "encoding": {"x": pixels("x"), "y": pixels("y")},
    }  # fmt: skip
    return [bar, arrow] if arrows else [bar]


def _day_axis(days: Scale) -> Spec:
    """The axis with its grid, drawn by marks that cannot be seen."""
    ticks = day_ticks(days.low, days.high)
    rows: list[Json] = [{"day": tick} for tick in ticks]
    return {
        "data": {"values": rows},
        "mark": {"type": "point", "opacity": 0, "size": 1},
        "encoding": {"x": channel("day", days, axis(ticks, grid=True)), "y": {"value": 0}},
    }


def _marks(lanes: Sequence[Lane], days: Scale) -> Spec:
    rows: list[Json] = []
    for i, lane in enumerate(lanes):
        for mark in sorted(lane.marks, key=lambda mark: mark.day):
            symbol, colour, size = _LOOKS[mark.kind]
            above = mark.kind is Happening.INFUSION
            rows.append(
                {
                    "x": days.at(mark.day), "y": _y(i) - (6 if above else 0), "size": size,
                    "shape": shape(symbol), "fill": colour,
                    "stroke": colour if symbol == "x" or above else "#ffffff",
                    "width": 2.4 if symbol == "x" else (0 if above else 1),
                }
            )  # fmt: skip
    return {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "opacity": 1,
            "clip": False,
            "shape": {"expr": "datum.shape"},
            "size": {"expr": "datum.size"},
            "fill": {"expr": "datum.fill"},
            "stroke": {"expr": "datum.stroke"},
            "strokeWidth": {"expr": "datum.width"},
        },
        "encoding": {"x": pixels("x"), "y": pixels("y")},
    }


def _words(lanes: Sequence[Lane], days: Scale) -> list[Label]:
    """The response categories beside their marks, where nothing else is."""
    labels: list[Label] = []
    for i, lane in enumerate(lanes):
        marks = sorted(lane.marks, key=lambda mark: mark.day)
        ends = [*(days.at(mark.day) for mark in marks[1:]), days.end + 8] if marks else []
        for mark, free_to in zip(marks, ends, strict=True):
            x = days.at(mark.day) + 7
            if mark.kind is Happening.RESPONSE and x + width(mark.word, 9) + 8 < free_to:
                labels.append(
                    Label(x=x, y=_y(i), text=mark.word, size=9, bold=True, colour=GREEN, halo=True)
                )
    return labels


def _keys(lanes: Sequence[Lane], words: Mapping[Happening, str], locale: Locale) -> list[Key]:
    """Only what occurs."""
    keys: list[Key] = []
    if any(lane.lymphodepletion for lane in lanes):
        keys.append(
            Key(symbol="square", text=say("figures.lymphodepletion", locale), colour=ORANGE)
        )
    occurring = {mark.kind for lane in lanes for mark in lane.marks}
    for kind, (symbol, colour, _) in _LOOKS.items():
        if kind in occurring:
            keys.append(Key(symbol=symbol, text=words[kind], colour=colour))
    if any(lane.ongoing for lane in lanes):
        keys.append(Key(symbol="triangle-right", text=say("figures.ongoing", locale), colour=MUTED))
    return keys


def _row(lane: Lane, words: Mapping[Happening, str], locale: Locale) -> tuple[str, ...]:
    happened = [
        f"{plain(mark.day)}: {mark.word or words[mark.kind]}"
        for mark in sorted(lane.marks, key=lambda mark: mark.day)
    ]
    if lane.ongoing:
        happened.append(say("figures.ongoing", locale))
    return (lane.participant, plain(lane.start), plain(lane.end), "; ".join(happened))
