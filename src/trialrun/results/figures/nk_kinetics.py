"""Donor NK cells in blood, a curve for each participant on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trialrun.results.figures.axis import plain
from trialrun.results.figures.frame import (
    MUTED,
    Figure,
    Frame,
    figure,
    named,
    words_below,
)
from trialrun.results.figures.key import Key, place_keys
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

_HEIGHT = 250.0
_RIGHT = 46.0
_COLUMNS = ("participant", "group", "day", "nk_level")


def nk_curves(
    trajectories: Sequence[Trajectory],
    *,
    infusions: Sequence[Decimal] = (),
    lloq: Decimal | None = None,
    thresholds: Sequence[Line] = (),
    simulated: bool = False,
    locale: Locale = "en",
    code: str = "nk-curves",
    title: str = "",
) -> Figure:
    """Donor NK cells per µL by study day; below the limit of quantification is hollow, at half.

    `infusions` are the days of the marks above the plot; `lloq` draws a line where one limit holds
    for every sample. Groups of the trajectories are coloured in order of appearance.
    """
    frame = Frame(title="", height=_HEIGHT, right=_RIGHT)
    lines = list(thresholds)
    if lloq is not None:
        lines.append(Line(value=lloq, text=say("figures.lloq", locale, value=plain(lloq))))
    days = day_scale(trajectories, frame.width, *infusions)
    levels = level_scale(trajectories, lines, bottom=_HEIGHT, top=14)
    colours = group_colours(trajectories)
    ruled, rule_labels = line_layers(lines, levels=levels, right=frame.width)
    led, names = end_labels(
        trajectories, days=days, levels=levels, colours=colours, right=frame.width
    )
    axis = say("figures.days_from_infusion", locale)
    words, extra = words_below(axis, left=frame.left, plot=frame.width, y=_HEIGHT + 28)
    meanings = _keys(trajectories, colours, infusions, locale)
    keys = place_keys(meanings, top=_HEIGHT + 38 + extra, left=frame.left)
    shown_title = named(
        title or say("figures.nk_title", locale), simulated=simulated, locale=locale
    )
    whole = Frame(
        title=shown_title,
        subtitle=(say("figures.nk_axis", locale),),
        height=_HEIGHT,
        right=_RIGHT,
        below=44 + extra + keys.height,
        labels=(*rule_labels, *names, *keys.labels, *words),
    )
    spec = whole.spec(
        [
            *trajectory_layers(trajectories, days=days, levels=levels, colours=colours),
            *ruled,
            *infusion_layer(infusions, days, y=5),
            *led,
            *keys.layers,
        ]
    )
    return figure(
        code=code,
        title=shown_title,
        description=say("figures.nk_description", locale, n=len(trajectories)),
        columns=tuple(say(f"figures.{name}", locale) for name in _COLUMNS),
        rows=trajectory_rows(trajectories),
        spec=spec,
        locale=locale,
    )


def _keys(
    trajectories: Sequence[Trajectory],
    colours: dict[str, str],
    infusions: Sequence[Decimal],
    locale: Locale,
) -> list[Key]:
    keys = [
        Key(symbol="circle", text=group, colour=colour)
        for group, colour in colours.items()
        if group
    ]
    if any(reading.below for one in trajectories for reading in one.readings):
        keys.append(
            Key(symbol="circle", text=say("figures.below", locale), colour=MUTED, hollow=True)
        )
    if infusions:
        keys.append(Key(symbol="triangle-down", text=say("figures.infusion", locale)))
    return keys
