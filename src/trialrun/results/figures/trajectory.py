"""Levels of each participant over time on a logarithmic axis: the part that figures share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from trialrun.results.figures.axis import axis, channel, day_ticks, plain, powers
from trialrun.results.figures.frame import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    PALETTE,
    Json,
    Label,
    Scale,
    Spec,
    pixels,
)

_MOST_LABELLED = 14
_GAP = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A level on a study day; `below` means below the limit that `value` then is."""

    day: Decimal
    value: Decimal
    below: bool = False

    @property
    def drawn(self) -> Decimal:
        """Where it is drawn: a level below its limit at half the limit."""
        return self.value / 2 if self.below else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """The readings of one participant, who may belong to a group that is coloured."""

    participant: str
    readings: tuple[Reading, ...]
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A horizontal line at a level, with its words: a limit, a threshold."""

    value: Decimal
    text: str


def day_scale(trajectories: Sequence[Trajectory], right: float, *extra: Decimal) -> Scale:
    """Days from the first reading or mark to the last, with a little room."""
    days = [reading.day for one in trajectories for reading in one.readings] + list(extra)
    low, high = min([*days, Decimal(0)]), max([*days, Decimal(7)])
    room = max((high - low) / 40, Decimal("0.8"))
    return Scale(low=low - room, high=high + room, start=0, end=right)


def level_scale(
    trajectories: Sequence[Trajectory], lines: Sequence[Line], *, bottom: float, top: float = 0
) -> Scale:
    """Levels from below the lowest drawn to above the highest, on a logarithmic axis."""
    drawn = [
        reading.drawn for one in trajectories for reading in one.readings if reading.drawn > 0
    ] + [line.value for line in lines]
    low, high = min(drawn, default=Decimal(1)), max(drawn, default=Decimal(100))
    if high / low < 10:
        low, high = low / 3, high * 3
    return Scale(
        low=low * Decimal("0.7"), high=high * Decimal("1.5"), start=bottom, end=top, log=True
    )


def trajectory_layers(
    trajectories: Sequence[Trajectory],
    *,
    days: Scale,
    levels: Scale,
    colours: Mapping[str, str],
    marks: Sequence[Decimal] = (),
) -> list[Spec]:
    """Lines and points of every participant; below the limit is hollow.

    `marks` are levels that the axis names besides the powers of ten.
    """
    rows: list[Json] = []
    for one in trajectories:
        for reading in sorted(one.readings, key=lambda reading: reading.day):
            # A level of zero has no place on a logarithmic axis: it lies on its lower edge.
            level = max(reading.drawn, levels.low)
            rows.append(
                {
                    "participant": one.participant,
                    "colour": colours[one.group],
                    "day": float(reading.day),
                    "level": float(level),
                    "fill": "#ffffff"
                    if reading.below or level > reading.drawn
                    else colours[one.group],
                }
            )
    tall = [*powers(levels.low, levels.high), *marks]
    level_axis = axis(_apart(tall, marks, levels))
    level_axis["orient"] = "left"
    encoding: Spec = {
        "x": channel("day", days, axis(day_ticks(days.low, days.high), grid=False)),
        "y": channel("level", levels, level_axis),
        "detail": {"field": "participant", "type": "nominal"},
    }
    colour: Spec = {"field": "colour", "type": "nominal", "scale": None, "legend": None}
    many = len(trajectories) > _MOST_LABELLED
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "strokeWidth": 1 if many else 1.6, "opacity": 0.75},
            "encoding": {**encoding, "stroke": colour},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "point", "size": 12 if many else 26, "opacity": 1, "strokeWidth": 1.2},
            "encoding": {
                **encoding,
                "stroke": colour,
                "fill": {"field": "fill", "type": "nominal", "scale": None, "legend": None},
            },
        },
    ]


def _apart(ticks: Sequence[Decimal], kept: Sequence[Decimal], levels: Scale) -> list[Decimal]:
    """Ticks in order, without those that would touch one that is kept."""
    return sorted(
        {
            tick
            for tick in ticks
            if tick in kept or all(abs(levels.at(tick) - levels.at(one)) >= 12 for one in kept)
        }
    )


def line_layers(
    lines: Sequence[Line], *, levels: Scale, right: float
) -> tuple[list[Spec], list[Label]]:
    """Dashed lines across the plot, with their words on them where few curves pass."""
    rows: list[Json] = []
    labels: list[Label] = []
    for line in lines:
        y = levels.at(line.value)
        rows.append({"x": 0, "x2": right, "y": y})
        if line.text:
            # High levels are passed early, low ones late: the words stand where curves are not.
            high = y < (levels.start + levels.end) / 2
            labels.append(
                Label(
                    x=right - 4 if high else right * 0.42,
                    y=y,
                    text=line.text,
                    size=10,
                    colour=MUTED,
                    align="right" if high else "center",
                    halo=True,
                )
            )
    if not rows:
        return [], []
    layer: Spec = {
        "data": {"values": rows},
        "mark": {"type": "rule", "strokeDash": [4, 3], "stroke": MUTED, "strokeWidth": 1},
        "encoding": {"x": pixels("x"), "x2": {"field": "x2"}, "y": pixels("y")},
    }
    return [layer], labels


def end_labels(
    trajectories: Sequence[Trajectory],
    *,
    days: Scale,
    levels: Scale,
    colours: Mapping[str, str],
    right: float,
) -> tuple[list[Spec], list[Label]]:
    """Each participant's code at the end of the curve.

    Curves that reach the right edge have theirs outside the plot, moved apart where they meet and
    led to by a thin line; one that ends before has it beside its last point.
    """
    if len(trajectories) > _MOST_LABELLED:
        return [], []
    labels: list[Label] = []
    edge: list[tuple[float, str, str, float]] = []
    for one in trajectories:
        if not one.readings:
            continue
        last = max(one.readings, key=lambda reading: reading.day)
        x, y = days.at(last.day), levels.at(max(last.drawn, levels.low))
        if x > right * 0.86:
            edge.append((y, one.participant, one.group, x))
        else:
            labels.append(
                Label(
                    x=x + 6, y=y, text=one.participant, size=10, colour=colours[one.group],
                    bold=True, halo=True,
                )
            )  # fmt: skip
    edge.sort()
    placed = spread([y for y, *_ in edge], low=levels.end + 4, high=levels.start - 4)
    rows: list[Json] = []
    for (y, participant, group, x), at in zip(edge, placed, strict=True):
        rows.append({"x": x + 4, "y": y, "x2": right + 6, "y2": at})
        labels.append(
            Label(x=right + 8, y=at, text=participant, size=10, colour=colours[group], bold=True)
        )
    if not rows:
        return [], labels
    layer: Spec = {
        "data": {"values": rows},
        "mark": {"type": "rule", "stroke": FAINT, "strokeWidth": 0.6, "clip": False},
        "encoding": {
            "x": pixels("x"), "y": pixels("y"), "x2": {"field": "x2"}, "y2": {"field": "y2"},
        },
    }  # fmt: skip
    return [layer], labels


def spread(wanted: Sequence[float], *, low: float, high: float, gap: float = _GAP) -> list[float]:
    """Positions in rising order, at least `gap` apart and within limits, near the wanted ones."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, low, placed[-1] + gap if placed else low))
    # Pushed beyond the end: push back from there.
    limit = high
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - gap
    return [round(y, 1) for y in placed]


def group_colours(trajectories: Sequence[Trajectory]) -> dict[str, str]:
    """A colour for each group, in order of appearance; one group is all blue."""
    groups = list(dict.fromkeys(one.group for one in trajectories))
    if len(groups) == 1:
        return {groups[0]: BLUE}
    return {group: PALETTE[i % len(PALETTE)] for i, group in enumerate(groups)}


def trajectory_rows(trajectories: Sequence[Trajectory]) -> list[tuple[str, ...]]:
    """One row a reading, as written in the table beside the figure."""
    return [
        (
            one.participant,
            one.group,
            plain(reading.day),
            f"< {plain(reading.value)}" if reading.below else plain(reading.value),
        )
        for one in trajectories
        for reading in sorted(one.readings, key=lambda reading: reading.day)
    ]


def infusion_layer(infusions: Sequence[Decimal], days: Scale, *, y: float) -> list[Spec]:
    """Marks above the plot on the days of infusion."""
    rows: list[Json] = [{"x": days.at(day), "y": y} for day in infusions]
    if not rows:
        return []
    return [
        {
            "data": {"values": rows},
            "mark": {
                "type": "point", "shape": "triangle-down", "filled": True, "size": 60, "fill": INK,
                "opacity": 1, "clip": False,
            },
            "encoding": {"x": pixels("x"), "y": pixels("y")},
        }
    ]  # fmt: skip
