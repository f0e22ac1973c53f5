"""The key of a figure: symbols and words in rows under the plot, at fixed pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from trialrun.results.figures.frame import INK, WIDTH, Json, Label, Spec, pixels
from trialrun.results.figures.text import width

Symbol = Literal[
    "circle", "square", "cross", "diamond", "triangle-up", "triangle-down", "triangle-right",
    "stroke", "dash", "band", "tick", "x",
]  # fmt: skip

# Vega's shapes, and paths of our own in a square from −1 to 1.
_SHAPES: dict[str, str] = {
    "x": "M-1,-1L1,1M-1,1L1,-1",
    "dash": "stroke",
    "band": "square",
    "tick": "M0,-1L0,1",
}
ROW = 16.0
_SIZE = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One symbol and its meaning."""

    symbol: Symbol
    text: str
    colour: str = INK
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedKey:
    """The key laid out: its symbols, its words, and its height."""

    layers: tuple[Spec, ...]
    labels: tuple[Label, ...]
    height: float


def shape(symbol: Symbol) -> str:
    """The symbol as the renderer names or draws it."""
    return _SHAPES.get(symbol, symbol)


def place_keys(keys: Sequence[Key], *, top: float, left: float) -> PlacedKey:
    """Keys in rows from `top` (pixels of the plot) on, starting at the figure's left edge."""
    if not keys:
        return PlacedKey(layers=(), labels=(), height=0)
    x, y = 8.0, top + ROW / 2
    rows: list[Json] = []
    labels: list[Label] = []
    for key in keys:
        needed = 20 + width(key.text, _SIZE)
        if x > 8 and x + needed > WIDTH - 6:
            x, y = 8.0, y + ROW
        rows.append(
            {
                "x": x + 7 - left,
                "y": y,
                "shape": shape(key.symbol),
                "colour": key.colour,
                "fill": "#ffffff" if key.hollow else key.colour,
                "width": 2 if key.symbol in {"stroke", "dash", "x", "tick"} else 1.2,
                "size": 190 if key.symbol in {"stroke", "dash"} else 48,
                "dash": [3, 3] if key.symbol == "dash" else [1, 0],
                "opacity": 0.25 if key.symbol == "band" else 1,
            }
        )
        labels.append(Label(x=x + 18 - left, y=y, text=key.text, size=_SIZE))
        x += needed + 12
    layer: Spec = {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "clip": False,
            "shape": {"expr": "datum.shape"},
            "size": {"expr": "datum.size"},
            "fill": {"expr": "datum.fill"},
            "stroke": {"expr": "datum.colour"},
            "strokeWidth": {"expr": "datum.width"},
            "strokeDash": {"expr": "datum.dash"},
            "opacity": {"expr": "datum.opacity"},
        },
        "encoding": {"x": pixels("x"), "y": pixels("y")},
    }
    return PlacedKey(layers=(layer,), labels=tuple(labels), height=y + ROW / 2 - top)
