"""Area under a level-time curve and terminal half-life, in decimals, with every rule named.

Linear while the level rises or is zero, logarithmic while it falls. Samples below quantification:
before the first quantified one they are zero; between quantified ones they are dropped or zero, as
stated; after the last they are dropped (`Tail.LAST`) or the first of them is zero (`Tail.ALL`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from enum import Enum
from itertools import pairwise

from trialrun.assess.kinetics import Quantified, Sample, Status, expansion

_EXACTLY = Context(prec=34)
_Point = tuple[Decimal, Decimal]


class Between(Enum):
    """What a sample below quantification between two quantified ones counts as."""

    DROP = "drop"
    ZERO = "zero"


class Tail(Enum):
    """How far the area goes: to the last quantified sample, or on to the next one as zero."""

    LAST = "last"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Area under the curve from the first infusion, in cells·d/µL.

    `to_day` is where it ends; `complete` says whether the samples reach the asked end, or the
    level was below quantification before it.
    """

    status: Status
    value: Decimal | None = None
    to_day: Decimal | None = None
    complete: bool = False
    between: Between = Between.DROP
    tail: Tail = Tail.LAST


def area(
    samples: Sequence[Sample],
    *,
    end: Decimal = Decimal(28),
    between: Between = Between.DROP,
    tail: Tail = Tail.LAST,
    until: Decimal | None = None,
) -> Area:
    """Area from day 0 to `end`, linear up and logarithmic down; interpolated at `end`."""
    counted = expansion(samples, until=until)
    if not [sample for sample in counted if sample.day > 0]:
        return Area(status=Status.NOT_EVALUABLE, between=between, tail=tail)
    points, lost_at = _points(counted, between)
    if not points:
        return Area(
            status=Status.NEVER_QUANTIFIED,
            value=Decimal(0),
            to_day=Decimal(0),
            complete=counted[-1].day >= end,
            between=between,
            tail=tail,
        )
    if tail is Tail.ALL and lost_at is not None:
        points.append((lost_at, Decimal(0)))
    with localcontext(_EXACTLY):
        cut = _cut(points, end)
        total = sum((_trapezium(*pair) for pair in pairwise(cut)), Decimal(0))
    return Area(
        status=Status.QUANTIFIED,
        value=total,
        to_day=cut[-1][0],
        complete=points[-1][0] >= end or (lost_at is not None and lost_at <= end),
        between=between,
        tail=tail,
    )


def _points(counted: Sequence[Sample], between: Between) -> tuple[list[_Point], Decimal | None]:
    """Time and level pairs from day 0 to the last quantified sample, and when it was lost."""
    last = max(
        (i for i, sample in enumerate(counted) if isinstance(sample.level, Quantified)), default=-1
    )
    points: list[_Point] = []
    quantified = False
    for sample in counted[: last + 1]:
        if isinstance(sample.level, Quantified):
            points.append((sample.day, sample.level.value))
            quantified = True
        elif not quantified or between is Between.ZERO:
            points.append((sample.day, Decimal(0)))
    if points and points[0][0] > 0:
        points.insert(0, (Decimal(0), Decimal(0)))  # no donor cells before the first infusion
    lost_at = counted[last + 1].day if last + 1 < len(counted) else None
    return points, lost_at


def _cut(points: list[_Point], end: Decimal) -> list[_Point]:
    kept = [point for point in points if point[0] <= end]
    later = [point for point in points if point[0] > end]
    if later and kept[-1][0] < end:
        kept.append((end, _interpolated(kept[-1], later[0], end)))
    return kept


def _trapezium(earlier: _Point, later: _Point) -> Decimal:
    width = later[0] - earlier[0]
    if _falls(earlier, later):
        return width * (earlier[1] - later[1]) / (earlier[1] / later[1]).ln()
    return width * (earlier[1] + later[1]) / 2


def _interpolated(earlier: _Point, later: _Point, at: Decimal) -> Decimal:
    part = (at - earlier[0]) / (later[0] - earlier[0])
    if _falls(earlier, later):
        return earlier[1] * (part * (later[1] / earlier[1]).ln()).exp()
    return earlier[1] + part * (later[1] - earlier[1])


def _falls(earlier: _Point, later: _Point) -> bool:
    return earlier[1] > later[1] > 0


# --- terminal half-life ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Terminal rate (1/d) and half-life (d) with the samples used, or a code of why not."""

    half_life: Decimal | None = None
    rate: Decimal | None = None
    adjusted_r2: Decimal | None = None
    points: int = 0
    first_day: Decimal | None = None
    last_day: Decimal | None = None
    reason: str = ""


def terminal(
    samples: Sequence[Sample],
    *,
    least_r2: Decimal = Decimal("0.75"),
    until: Decimal | None = None,
) -> Terminal:
    """Half-life from at least three quantified samples after the peak.

    Of all runs of samples that end with the last one, the best adjusted R² wins; within 0.0001 of
    the best, the run with more samples does.
    """
    quantified = [
        (sample.day, sample.level.value)
        for sample in expansion(samples, until=until)
        if sample.day > 0 and isinstance(sample.level, Quantified)
    ]
    if not quantified:
        return Terminal(reason="no_quantified")
    top = max(value for _, value in quantified)
    start = next(i for i, (_, value) in enumerate(quantified) if value == top)
    after = quantified[start + 1 :]
    with localcontext(_EXACTLY):
        falling = [fit for n in range(3, len(after) + 1) if (fit := _fit(after[-n:])) is not None]
    if not falling:
        return Terminal(reason="few_after_peak" if len(after) < 3 else "not_falling")
    best_r2 = max(fit.adjusted_r2 for fit in falling if fit.adjusted_r2 is not None)
    chosen = max(
        (
            fit
            for fit in falling
            if fit.adjusted_r2 is not None and fit.adjusted_r2 >= best_r2 - Decimal("0.0001")
        ),
        key=lambda fit: fit.points,
    )
    if best_r2 < least_r2:
        return Terminal(reason="poor_fit", points=chosen.points)
    return chosen


def _fit(points: Sequence[_Point]) -> Terminal | None:
    """Least squares of ln(level) on day."""
    n = len(points)
    logs = [value.ln() for _, value in points]
    mean_x = sum((day for day, _ in points), Decimal(0)) / n
    mean_y = sum(logs, Decimal(0)) / n
    dx = [day - mean_x for day, _ in points]
    dy = [log - mean_y for log in logs]
    sxx = sum((x * x for x in dx), Decimal(0))
    syy = sum((y * y for y in dy), Decimal(0))
    sxy = sum((x * y for x, y in zip(dx, dy, strict=True)), Decimal(0))
    if sxx == 0 or syy == 0 or sxy >= 0:
        return None
    rate = -sxy / sxx
    return Terminal(
        half_life=Decimal(2).ln() / rate,
        rate=rate,
        adjusted_r2=1 - (1 - sxy * sxy / (sxx * syy)) * (n - 1) / (n - 2),
        points=n,
        first_day=points[0][0],
        last_day=points[-1][0],
    )
