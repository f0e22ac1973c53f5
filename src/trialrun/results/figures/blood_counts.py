"""Neutrophils and platelets (or any counts) of each participant, in panels one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.results.figures.frame import (
    WIDTH,
    Figure,
    Frame,
    Label,
    Scale,
    Spec,
    figure,
    named,
    words_below,
)
from trialrun.results.figures.key import Key, place_keys
from trialrun.results.figures.text import wrap
from trialrun.results.figures.trajectory import (
    Line,
    Trajectory,
    day_scale,
    end_labels,
    group_colours,
    infusion_layer,
    level_scale,
    line_layers,
    trajectory_layers,
    trajectory_rows,
)
from trialrun.wording.catalogue import Locale, say

_PANEL = 150.0
_COLUMNS = ("count", "participant", "group", "day", "value")
_LEFT, _RIGHT = 44.0, 46.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One count: its name with unit, the lines that matter, and everybody's readings."""

    title: str
    trajectories: tuple[Trajectory, ...]
    lines: tuple[Line, ...] = ()


def blood_counts(
    panels: Sequence[Panel],
    *,
    infusions: Sequence[Decimal] = (),
    day_words: str = "",
    simulated: bool = False,
    locale: Locale = "en",
    code: str = "blood-counts",
    title: str = "",
) -> Figure:
    """Counts by study day on logarithmic scales, one line a participant; days are shared."""
    everyone = [one for panel in panels for one in panel.trajectories]
    right = Frame(title="", height=0, right=_RIGHT).width
    days = day_scale(everyone, right, *infusions)
    colours = group_colours(everyone)
    layers, labels, bottom = _panels(panels, infusions, days, colours)
    words, extra = words_below(
        day_words or say("figures.study_day", locale), left=_LEFT, plot=right,
        y=bottom + 28,
    )  # fmt: skip
    keys = place_keys(_keys(colours, infusions, locale), top=bottom + 38 + extra, left=_LEFT)
    shown_title = named(
        title or say("figures.counts_title", locale), simulated=simulated, locale=locale
    )
    frame = Frame(
        title=shown_title,
        subtitle=(say("figures.counts_subtitle", locale),),
        height=bottom,
        right=_RIGHT,
        below=44 + extra + keys.height,
        labels=(
            *labels,
            *keys.labels,
            *words,
        ),
    )
    spec = frame.spec([*layers, *keys.layers])
    # Each panel has levels of its own; without this the renderer would merge the scales.
    spec["resolve"] = {"scale": {"y": "independent"}, "axis": {"y": "independent"}}
    return figure(
        code=code,
        title=shown_title,
        description=say(
            "figures.counts_description",
            locale,
            n=len({one.participant for one in everyone}),
            what="; ".join(panel.title for panel in panels),
        ),
        columns=tuple(say(f"figures.{name}", locale) for name in _COLUMNS),
        rows=[
            (panel.title, *row) for panel in panels for row in trajectory_rows(panel.trajectories)
        ],
        spec=spec,
        locale=locale,
    )


def _panels(
    panels: Sequence[Panel], infusions: Sequence[Decimal], days: Scale, colours: dict[str, str]
) -> tuple[list[Spec], list[Label], float]:
    """The panels one above the other, with their headings, and where the last one ends."""
    layers: list[Spec] = []
    labels: list[Label] = []
    bottom = 0.0
    for position, panel in enumerate(panels):
        y = bottom + (20 if position else 12)
        for line in wrap(panel.title, 11, WIDTH - 16, bold=True):
            labels.append(Label(x=8 - _LEFT, y=y, text=line, bold=True))
            y += 15
        if infusions and position == 0:
            layers += infusion_layer(infusions, days, y=y + 4)
            y += 14
        bottom = y + _PANEL
        drawn, names = _panel(panel, y, bottom, right=days.end, days=days, colours=colours)
        layers += drawn
        labels += names
    return layers, labels, bottom


def _panel(
    panel: Panel,
    top: float,
    bottom: float,
    *,
    right: float,
    days: Scale,
    colours: dict[str, str],
) -> tuple[list[Spec], list[Label]]:
    levels = level_scale(panel.trajectories, panel.lines, bottom=bottom, top=top)
    layers = trajectory_layers(
        panel.trajectories,
        days=days,
        levels=levels,
        colours=colours,
        marks=[line.value for line in panel.lines],
    )
    # The axis names the lines, so they carry no words of their own.
    ruled, _ = line_layers(panel.lines, levels=levels, right=right)
    led, names = end_labels(
        panel.trajectories, days=days, levels=levels, colours=colours, right=right
    )
    return [*layers, *ruled, *led], names


def _keys(colours: dict[str, str], infusions: Sequence[Decimal], locale: Locale) -> list[Key]:
    keys = [
        Key(symbol="circle", text=group, colour=colour)
        for group, colour in colours.items()
        if group
    ]
    if infusions:
        keys.append(Key(symbol="triangle-down", text=say("figures.infusion", locale)))
    return keys
