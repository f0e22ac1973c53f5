"""Kaplan–Meier curves with their limits, censorings, and numbers at risk under the days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trialrun.analysis.exact import shown
from trialrun.analysis.survival import Curve, Followed, at_risk
from trialrun.results.figures.axis import axis, channel, day_ticks, plain
from trialrun.results.figures.frame import (
    MUTED,
    PALETTE,
    WIDTH,
    Figure,
    Frame,
    Json,
    Label,
    Scale,
    Spec,
    figure,
    named,
    words_below,
)
from trialrun.results.figures.key import Key, place_keys
from trialrun.results.figures.text import wrap
from trialrun.wording.catalogue import Locale, say

_HEIGHT = 200.0
_ROW = 14.0
_LEFT = 44.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One curve with the participants it was made from."""

    name: str
    participants: tuple[Followed, ...]
    curve: Curve


def survival_curve(
    groups: Sequence[Group],
    *,
    title: str,
    what: str,
    day_words: str,
    simulated: bool = False,
    locale: Locale = "en",
    code: str = "survival",
    until: Decimal | None = None,
) -> Figure:
    """Survival by day for one to four groups; `what` names the vertical axis.

    Days after `until` are cut off the picture, never off the data.
    """
    last = max((one.time for group in groups for one in group.participants), default=Decimal(28))
    end = max(until or last, Decimal(1))
    plot = WIDTH - _LEFT - 14
    days = Scale(low=Decimal(0), high=end * Decimal("1.02"), start=0, end=plot)
    share = Scale(low=Decimal(0), high=Decimal(1), start=_HEIGHT, end=0)
    colours = {group.name: PALETTE[i % len(PALETTE)] for i, group in enumerate(groups)}
    ticks = day_ticks(days.low, days.high)
    words, extra = words_below(day_words, left=_LEFT, plot=plot, y=_HEIGHT + 28)
    risk = _risk_labels(groups, ticks, days, colours, _HEIGHT + 52 + extra, locale)
    risk_height = 30 + extra + _ROW * sum(2 if len(groups) > 1 else 1 for _ in groups)
    keys = place_keys(_keys(groups, colours, locale), top=_HEIGHT + 36 + risk_height, left=_LEFT)
    shown_title = named(title, simulated=simulated, locale=locale)
    frame = Frame(
        title=shown_title,
        subtitle=(what, *_medians(groups, colours, locale)),
        height=_HEIGHT,
        left=_LEFT,
        below=44 + risk_height + keys.height,
        labels=(
            *risk,
            *keys.labels,
            *words,
        ),
    )
    layers: list[Spec] = []
    for group in groups:
        layers += _layers(group, days, share, colours[group.name], ticks)
    interval = groups[0].curve.interval.value if groups else ""
    return figure(
        code=code,
        title=shown_title,
        description=say("figures.survival_description", locale, title=title, interval=interval),
        columns=_columns(groups, locale),
        rows=[row for group in groups for row in _rows(group)],
        spec=frame.spec([*layers, *keys.layers]),
        locale=locale,
    )


def _layers(
    group: Group, days: Scale, share: Scale, colour: str, ticks: Sequence[int]
) -> list[Spec]:
    line: list[Json] = [{"day": 0.0, "share": 1.0, "low": 1.0, "high": 1.0}]
    band: list[Json] = [{"day": 0.0, "low": 1.0, "high": 1.0}]
    censored: list[Json] = []
    for step in group.curve.steps:
        survival = _number(step.survival)
        line.append({"day": float(step.time), "share": survival})
        # Where limits are not estimable the band ends.
        if step.lower is not None and step.upper is not None:
            band.append(
                {"day": float(step.time), "low": float(step.lower), "high": float(step.upper)}
            )
        if step.censored:
            censored.append({"day": float(step.time), "share": survival})
    x = channel("day", days, axis(ticks, grid=False))
    quarters = [Decimal(n) / 100 for n in (0, 25, 50, 75, 100)]
    y_axis = axis(quarters, words=[f"{n} %" for n in (0, 25, 50, 75, 100)])
    y = channel("share", share, y_axis)
    return [
        {
            "data": {"values": band},
            "mark": {
                "type": "area", "interpolate": "step-after", "fill": colour, "opacity": 0.16,
                "clip": True,
            },
            "encoding": {
                "x": x, "y": channel("low", share, y_axis), "y2": {"field": "high"},
            },
        },
        {
            "data": {"values": line},
            "mark": {
                "type": "line", "interpolate": "step-after", "stroke": colour, "strokeWidth": 2,
                "clip": True,
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": censored},
            "mark": {
                "type": "tick", "orient": "vertical", "stroke": colour, "strokeWidth": 1.4,
                "size": 9, "clip": True, "filled": False,
            },
            "encoding": {"x": x, "y": y},
        },
    ]  # fmt: skip


def _risk_labels(
    groups: Sequence[Group],
    ticks: Sequence[int],
    days: Scale,
    colours: dict[str, str],
    y: float,
    locale: Locale,
) -> list[Label]:
    labels = [
        Label(
            x=8 - _LEFT, y=y, text=say("figures.at_risk", locale), size=10, bold=True, colour=MUTED
        )
    ]
    for group in groups:
        if len(groups) > 1:
            y += _ROW
            name = wrap(group.name, 10, WIDTH - 16, bold=True)[0]
            labels.append(
                Label(x=8 - _LEFT, y=y, text=name, size=10, bold=True, colour=colours[group.name])
            )
        y += _ROW
        numbers = at_risk(group.participants, [Decimal(tick) for tick in ticks])
        labels += [
            Label(x=days.at(Decimal(tick)), y=y, text=str(number), size=10, align="center")
            for tick, number in zip(ticks, numbers, strict=True)
        ]
    return labels


def _keys(groups: Sequence[Group], colours: dict[str, str], locale: Locale) -> list[Key]:
    keys: list[Key] = []
    if any(step.censored for group in groups for step in group.curve.steps):
        keys.append(Key(symbol="tick", text=say("figures.censored", locale), colour=MUTED))
    if groups:
        curve = groups[0].curve
        keys.append(
            Key(
                symbol="band",
                text=say(
                    "figures.limits",
                    locale,
                    level=plain(curve.level * 100),
                    interval=curve.interval.value,
                ),
                colour=colours[groups[0].name] if len(groups) == 1 else MUTED,
            )
        )
    return keys


def _medians(
    groups: Sequence[Group], colours: dict[str, str], locale: Locale
) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for group in groups:
        median = group.curve.median
        nothing = say("figures.not_estimable", locale)
        day, low, high = (
            nothing if value is None else plain(value)
            for value in (median.time, median.lower, median.upper)
        )
        words = say(
            "figures.median", locale, day=day, low=low, high=high,
            level=plain(group.curve.level * 100), events=group.curve.events, n=group.curve.n,
        )  # fmt: skip
        if len(groups) > 1:
            lines.append((f"{group.name}: {words}", colours[group.name]))
        else:
            lines.append((words, MUTED))
    return lines


def _columns(groups: Sequence[Group], locale: Locale) -> tuple[str, ...]:
    level = plain(groups[0].curve.level * 100) if groups else "95"
    return (
        say("figures.group", locale),
        say("figures.day", locale),
        say("figures.at_risk", locale),
        say("figures.events", locale),
        say("figures.censored", locale),
        say("figures.survival_percent", locale),
        say("figures.lower", locale, level=level),
        say("figures.upper", locale, level=level),
    )


def _rows(group: Group) -> list[tuple[str, ...]]:
    return [
        (
            group.name,
            plain(step.time),
            str(step.at_risk),
            str(step.events),
            str(step.censored),
            shown(step.survival, 1, percent=True) or "",
            shown(step.lower, 1, percent=True) or "NE",
            shown(step.upper, 1, percent=True) or "NE",
        )
        for step in group.curve.steps
    ]


def _number(value: Fraction) -> float:
    return value.numerator / value.denominator
