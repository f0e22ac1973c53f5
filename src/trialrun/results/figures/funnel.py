"""Who is left after each criterion: one bar each, those surely and those perhaps eligible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.results.figures.frame import (
    BLUE,
    MUTED,
    SKY,
    WIDTH,
    Figure,
    Frame,
    Json,
    Label,
    Spec,
    figure,
    named,
    pixels,
)
from trialrun.results.figures.key import Key, place_keys
from trialrun.results.figures.text import width, wrap
from trialrun.wording.catalogue import Locale, say

_LEFT = 8.0
_ROOM = WIDTH - 2 * _LEFT
_EMPTY = "#e4e7eb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One criterion: who meets it and all before it, of whom that is not known, and who fails it.

    `met` and `unknown` count after this and all earlier criteria; `failed` fail this one, looked
    at alone; `only` fail this one and no other.
    """

    code: str
    words: str
    met: int
    unknown: int
    failed: int
    only: int

    @property
    def left(self) -> int:
        """Who is not excluded yet."""
        return self.met + self.unknown


def funnel(
    steps: Sequence[Step],
    *,
    total: int,
    simulated: bool,
    locale: Locale = "en",
    code: str = "funnel",
) -> Figure:
    """Bars from `total` people down to those who are left after the last criterion."""
    start = Step(
        code="", words=say("figures.funnel_all", locale), met=0, unknown=total, failed=0, only=0
    )
    bars, labels, height = _lay_out([start, *steps], total, locale)
    keys = place_keys(
        [
            Key(symbol="square", text=say("figures.funnel_met", locale), colour=BLUE),
            Key(symbol="square", text=say("figures.funnel_unknown", locale), colour=SKY),
            Key(symbol="square", text=say("figures.funnel_gone", locale), colour=_EMPTY),
        ],
        top=height + 6,
        left=_LEFT,
    )
    title = named(say("figures.funnel_title", locale), simulated=simulated, locale=locale)
    frame = Frame(
        title=title,
        subtitle=(say("figures.funnel_subtitle", locale, total=f"{total:,}"),),
        height=height,
        left=_LEFT,
        right=_LEFT,
        below=14 + keys.height,
        labels=(*labels, *keys.labels),
    )
    heads = ("criterion", "left", "met", "unknown", "failed", "only")
    return figure(
        code=code,
        title=title,
        description=say(
            "figures.funnel_description",
            locale,
            total=f"{total:,}",
            left=f"{steps[-1].left if steps else total:,}",
        ),
        columns=[say(f"figures.funnel_head_{head}", locale) for head in heads],
        rows=[_row(one) for one in steps],
        spec=frame.spec([_bars(bars), *keys.layers]),
        locale=locale,
    )


def _lay_out(
    steps: Sequence[Step], total: int, locale: Locale
) -> tuple[list[Json], list[Label], float]:
    """Bars and words from the top down, and the height that they take."""
    bars: list[Json] = []
    labels: list[Label] = []
    y = 0.0
    before = total
    for one in steps:
        count = f"{one.left:,}"
        gone = before - one.left
        note = (
            count if not gone else say("figures.funnel_lost", locale, left=count, gone=f"{gone:,}")
        )
        room = _ROOM - width(note, 11) - 10
        words = wrap(f"{one.code}  {one.words}".strip(), 11, room)
        shown = words[0] if len(words) == 1 else f"{words[0].rstrip(' ,;')} …"
        while width(shown, 11) > room and len(shown) > 2:
            shown = f"{shown[:-2].rstrip(' ,;…')}…"
        labels += [
            Label(x=0, y=y + 8, text=shown),
            Label(x=_ROOM, y=y + 8, text=note, colour=MUTED, align="right"),
        ]
        bars += _bar(one, total, y + 17, first=one is steps[0])
        before = one.left
        y += 36
    return bars, labels, y


def _bar(one: Step, total: int, y: float, *, first: bool) -> list[Json]:
    """The whole width is everybody."""
    share = _ROOM / total if total else 0.0
    met = round((one.left if first else one.met) * share, 1)
    left = round(one.left * share, 1)
    pieces = ((0.0, met, BLUE), (met, left, SKY), (left, _ROOM, _EMPTY))
    return [
        {"x": start, "x2": end, "y": y, "y2": y + 11, "colour": colour}
        for start, end, colour in pieces
        if end > start
    ]


def _bars(rows: list[Json]) -> Spec:
    return {
        "data": {"values": rows},
        "mark": {"type": "rect", "opacity": 1},
        "encoding": {
            "x": pixels("x"), "x2": {"field": "x2"}, "y": pixels("y"), "y2": {"field": "y2"},
            "fill": {"field": "colour", "type": "nominal", "scale": None, "legend": None},
        },
    }  # fmt: skip


def _row(one: Step) -> tuple[str, ...]:
    counts = (one.left, one.met, one.unknown, one.failed, one.only)
    return (f"{one.code} {one.words}".strip(), *(str(count) for count in counts))
