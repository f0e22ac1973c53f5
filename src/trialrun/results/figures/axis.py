"""Ticks that people read: study days in weeks, powers of ten, and round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from trialrun.results.figures.frame import Json, Scale, Spec

_WEEKS = (7, 14, 28, 56, 84, 182, 364)


def day_ticks(low: Decimal, high: Decimal, *, most: int = 6) -> tuple[int, ...]:
    """Study days at whole weeks, 0 among them, no more than `most` steps."""
    step = next((days for days in _WEEKS if (high - max(low, Decimal(0))) / days <= most), 728)
    first = -((-low) // step) * step if low < 0 else Decimal(0)
    return tuple(range(int(first), int(high) + 1, step))


def powers(low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """The powers of ten from `low` to `high`."""
    found = []
    power = Decimal(10) ** (low.adjusted() - 1)
    while power <= high:
        if power >= low:
            found.append(power)
        power *= 10
    return tuple(found)


def round_ticks(low: Decimal, high: Decimal, *, most: int = 5) -> tuple[Decimal, ...]:
    """Multiples of 1, 2 or 5 times a power of ten, no more than `most` steps."""
    span = high - low
    if span <= 0:
        return (low,)
    power = Decimal(10) ** (span.adjusted() - 2)
    while True:
        for times in (1, 2, 5):
            step = power * times
            if span / step <= most:
                first = (low / step).to_integral_value(rounding="ROUND_CEILING") * step
                count = int((high - first) / step)
                return tuple(first + step * i for i in range(count + 1))
        power *= 10


def plain(value: Decimal) -> str:
    """A tick's number without exponent or empty zeros, with a true minus sign."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def axis(ticks: Sequence[Decimal | int], *, grid: bool = True, words: Sequence[str] = ()) -> Spec:
    """An axis with exactly these ticks, labelled by their numbers or by `words`."""
    values: list[Json] = [float(tick) for tick in ticks]
    texts = list(words) or [plain(Decimal(tick)) for tick in ticks]
    # Labels are looked up, so that no number format of the renderer is in play.
    cases = [
        f"datum.value === {tick!r} ? {_quoted(text)}"
        for tick, text in zip(values, texts, strict=True)
    ]
    return {
        "values": values,
        "grid": grid,
        "title": None,
        "labelExpr": " : ".join([*cases, "''"]),
        "labelBound": False,
        "labelFlush": False,
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def channel(field: str, scale: Scale, axis_spec: Spec | None) -> Spec:
    """A quantitative channel on a fixed scale."""
    return {"field": field, "type": "quantitative", "scale": scale.spec(), "axis": axis_spec}
