"""The participant flow (CONSORT) diagram: boxes, arrows, counts and reasons, drawn by hand.

Text is text: it can be selected, searched and translated. Boxes grow with their words, so nothing
is cut or lies on anything else; with several arms the picture is wider. The people who leave are
shown beside the way (one column) or in the way (several arms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialrun.errors import InputError
from trialrun.results.figures.frame import (
    FAINT,
    INK,
    MUTED,
    WIDTH,
    Figure,
    escaped,
    named,
)
from trialrun.results.figures.text import FONT, wrap
from trialrun.wording.catalogue import Locale, say

_SIZE, _LINE = 11.0, 15.0
_PAD, _GAP, _MARGIN = 8.0, 18.0, 8.0
_ASIDE_FILL, _BOX_FILL = "#f5f7fa", "#ffffff"
_MOST_ARMS = 4
_COLUMN = 250.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why how many left, in words."""

    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Those who do not go on from a stage."""

    words: str
    count: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A box of the way: how many came here, more lines about them, and who left after it."""

    words: str
    count: int
    details: tuple[Reason, ...] = ()
    left: Aside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One arm after allocation; its first stage names it."""

    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Common stages first, then none or several arms side by side."""

    stages: tuple[Stage, ...]
    arms: tuple[Arm, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of text in a box."""

    text: str
    bold: bool = False
    indent: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A placed box."""

    x: float
    y: float
    width: float
    rows: tuple[_Row, ...]
    aside: bool = False

    @property
    def height(self) -> float:
        return 2 * _PAD + _LINE * len(self.rows) - 3

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class _Arrow:
    """A line through points, with a head at its end."""

    points: tuple[tuple[float, float], ...]
    head: bool = True


def flow_diagram(
    flow: Flow,
    *,
    simulated: bool = False,
    locale: Locale = "en",
    code: str = "flow",
    title: str = "",
) -> Figure:
    """The diagram; it needs no renderer."""
    if len(flow.arms) > _MOST_ARMS:
        raise InputError(
            f"{len(flow.arms)} arms do not fit a flow diagram",
            remedy=f"Show at most {_MOST_ARMS} arms in one diagram.",
        )
    columns = max(len(flow.arms), 1)
    width = float(WIDTH if columns <= 2 else columns * 170 + 2 * _MARGIN)
    shown_title = named(
        title or say("figures.flow_title", locale), simulated=simulated, locale=locale
    )
    heading = wrap(shown_title, 13, width - 2 * _MARGIN, bold=True)
    boxes: list[_Box] = []
    arrows: list[_Arrow] = []
    y = 14 + 17.0 * len(heading) + 6
    y = _column(flow.stages, y, width, boxes, arrows, locale)
    if flow.arms:
        y = _arms(flow, y, width, boxes, arrows, locale)
    svg = _svg(
        code, shown_title, _description(flow, locale), heading, width, y + _MARGIN, boxes, arrows
    )
    return Figure(
        id=code,
        title=shown_title,
        description=_description(flow, locale),
        columns=(
            say("figures.stage", locale),
            say("figures.participants", locale),
            say("figures.reason", locale),
        ),
        rows=tuple(_rows(flow)),
        spec=None,
        svg=svg,
    )


# --- where boxes lie -------------------------------------------------------------------------


def _column(
    stages: Sequence[Stage],
    y: float,
    width: float,
    boxes: list[_Box],
    arrows: list[_Arrow],
    locale: Locale,
) -> float:
    """Stages below each other, those who left at the right; the y below the last box."""
    own = min(width - 2 * _MARGIN, _COLUMN)
    aside_x = width / 2 + 26  # below the box and right of the arrow
    previous: _Box | None = None
    for stage in stages:
        box = _Box(x=(width - own) / 2, y=y, width=own, rows=_stage_rows(stage, own, locale))
        boxes.append(box)
        if previous is not None:
            arrows.append(_Arrow(((box.middle, previous.bottom), (box.middle, box.y))))
        y = box.bottom + _GAP
        if stage.left is not None:
            room = width - _MARGIN - aside_x
            side = _Box(
                x=aside_x, y=box.bottom + 8, width=room,
                rows=_aside_rows(stage.left, room, locale), aside=True,
            )  # fmt: skip
            boxes.append(side)
            level = side.y + side.height / 2
            arrows.append(_Arrow(((box.middle, level), (side.x, level))))
            y = max(y, side.bottom + 8)
            if stage is stages[-1]:
                # The side arrow needs a way to start from, also after the last stage.
                arrows.append(_Arrow(((box.middle, box.bottom), (box.middle, level)), head=False))
        previous = box
    return y


def _arms(
    flow: Flow,
    y: float,
    width: float,
    boxes: list[_Box],
    arrows: list[_Arrow],
    locale: Locale,
) -> float:
    """Arms side by side; boxes of the same stage start at the same height."""
    count = len(flow.arms)
    gap = 12.0
    room = (width - 2 * _MARGIN - gap * (count - 1)) / count
    trunk = next((box for box in reversed(boxes) if not box.aside), None)
    lefts = [_MARGIN + i * (room + gap) for i in range(count)]
    y += 10
    if trunk is not None:
        fork = y - 10
        arrows.append(_Arrow(((trunk.middle, trunk.bottom), (trunk.middle, fork)), head=False))
        middles = [left + room / 2 for left in lefts]
        ends = [*middles, trunk.middle]
        arrows.append(_Arrow(((min(ends), fork), (max(ends), fork)), head=False))
        arrows += [_Arrow(((middle, fork), (middle, y))) for middle in middles]
    above: list[_Box | None] = [None] * count
    for level in range(max(len(arm.stages) for arm in flow.arms)):
        for kind in ("stage", "left"):
            lowest = y
            for i, arm in enumerate(flow.arms):
                if level >= len(arm.stages):
                    continue
                stage = arm.stages[level]
                if kind == "stage":
                    rows = _stage_rows(stage, room, locale)
                elif stage.left is not None:
                    rows = _aside_rows(stage.left, room, locale)
                else:
                    continue
                box = _Box(x=lefts[i], y=y, width=room, rows=rows, aside=kind == "left")
                boxes.append(box)
                before = above[i]
                if before is not None:
                    arrows.append(_Arrow(((box.middle, before.bottom), (box.middle, box.y))))
                above[i] = box
                lowest = max(lowest, box.bottom + _GAP)
            y = lowest
    return y


def _stage_rows(stage: Stage, room: float, locale: Locale) -> tuple[_Row, ...]:
    inner = room - 2 * _PAD
    heading = _counted(stage.words, stage.count, inner, True, locale)
    rows = [_Row(line, bold=True) for line in heading]
    for detail in stage.details:
        rows += _reason_rows(detail, inner, locale)
    return tuple(rows)


def _aside_rows(aside: Aside, room: float, locale: Locale) -> tuple[_Row, ...]:
    inner = room - 2 * _PAD
    rows = [_Row(line) for line in _counted(aside.words, aside.count, inner, False, locale)]
    for reason in aside.reasons:
        rows += _reason_rows(reason, inner, locale)
    return tuple(rows)


def _reason_rows(reason: Reason, inner: float, locale: Locale) -> list[_Row]:
    lines = _counted(reason.words, reason.count, inner - 10, False, locale)
    return [_Row(line, indent=10) for line in lines]


def _counted(words: str, count: int, room: float, bold: bool, locale: Locale) -> tuple[str, ...]:
    # The count never breaks inside: its spaces are no-break spaces.
    text = say("figures.counted", locale, words=words, count=count)
    return wrap(text.replace(" = ", "\u00a0=\u00a0"), _SIZE, room, bold=bold)


# --- what is drawn ---------------------------------------------------------------------------


def _svg(
    code: str,
    title: str,
    description: str,
    heading: Sequence[str],
    width: float,
    height: float,
    boxes: Sequence[_Box],
    arrows: Sequence[_Arrow],
) -> str:
    size = f'width="{_px(width)}" height="{_px(height)}"'
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_px(width)} {_px(height)}" '
        f'role="img" aria-labelledby="{code}-title {code}-desc" '
        f'font-family="{escaped(FONT)}" font-size="{_px(_SIZE)}">'
    )
    parts = [
        root,
        f'<title id="{code}-title">{escaped(title)}</title>',
        f'<desc id="{code}-desc">{escaped(description)}</desc>',
        f'<rect {size} fill="#ffffff"/>',
    ]
    for i, line in enumerate(heading):
        parts.append(
            f'<text x="{_px(_MARGIN)}" y="{_px(24 + 17.0 * i)}" font-size="13" '
            f'font-weight="bold" fill="{INK}">{escaped(line)}</text>'
        )
    parts += [_drawn_arrow(arrow) for arrow in arrows]
    parts += [_drawn_box(box) for box in boxes]
    parts.append("</svg>")
    return "\n".join(parts)


def _drawn_box(box: _Box) -> str:
    fill, edge = (_ASIDE_FILL, FAINT) if box.aside else (_BOX_FILL, MUTED)
    size = f'width="{_px(box.width)}" height="{_px(box.height)}"'
    place = f'x="{_px(box.x)}" y="{_px(box.y)}"'
    lines = [f'<rect {place} {size} rx="3" fill="{fill}" stroke="{edge}"/>']
    for i, row in enumerate(box.rows):
        weight = ' font-weight="bold"' if row.bold else ""
        lines.append(
            f'<text x="{_px(box.x + _PAD + row.indent)}" y="{_px(box.y + _PAD + 9 + _LINE * i)}" '
            f'fill="{INK}"{weight}>{escaped(row.text)}</text>'
        )
    return "\n".join(lines)


def _drawn_arrow(arrow: _Arrow) -> str:
    points = " ".join(f"{_px(x)},{_px(y)}" for x, y in arrow.points)
    line = f'<polyline points="{points}" fill="none" stroke="{MUTED}"/>'
    if not arrow.head:
        return line
    (x1, _), (x2, y2) = arrow.points[-2:]
    if x1 == x2:
        head = f"{_px(x2)},{_px(y2)} {_px(x2 - 3.5)},{_px(y2 - 6)} {_px(x2 + 3.5)},{_px(y2 - 6)}"
    else:
        head = f"{_px(x2)},{_px(y2)} {_px(x2 - 6)},{_px(y2 - 3.5)} {_px(x2 - 6)},{_px(y2 + 3.5)}"
    return f'{line}\n<polygon points="{head}" fill="{MUTED}"/>'


def _px(value: float) -> str:
    """Pixels to a tenth, without empty zeros."""
    return f"{round(value, 1):g}"


# --- the same in words -----------------------------------------------------------------------


def _description(flow: Flow, locale: Locale) -> str:
    parts = [
        say("figures.counted", locale, words=stage.words, count=stage.count)
        for stage in (*flow.stages, *(one for arm in flow.arms for one in arm.stages))
    ]
    return say("figures.flow_description", locale, stages="; ".join(parts))


def _rows(flow: Flow) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for stage in (*flow.stages, *(one for arm in flow.arms for one in arm.stages)):
        rows.append((stage.words, str(stage.count), ""))
        rows += [(stage.words, str(detail.count), detail.words) for detail in stage.details]
        if stage.left is not None:
            rows.append((stage.left.words, str(stage.left.count), ""))
            rows += [
                (stage.left.words, str(reason.count), reason.words) for reason in stage.left.reasons
            ]
    return rows
