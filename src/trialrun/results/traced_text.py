"""Numbers inside registry JSON that keep their trace, to be written beside them by pointer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from trialrun.analysis.estimate import Traced
from trialrun.analysis.exact import shown
from trialrun.record.bag import Json
from trialrun.wording.catalogue import say

_WIDE = Context(prec=60)
_DIGITS = 4


class TracedText(str):
    """A number as text; equal to, and written as, a plain text."""

    trace: Traced[Any]


class TracedCount(int):
    """A whole number; equal to, and written as, a plain one."""

    trace: Traced[Any]


def text_of(trace: Traced[Any], text: str | None = None) -> TracedText:
    """A count as text, or another text that the trace stands behind."""
    result = TracedText(trace.value if text is None else text)
    result.trace = trace
    return result


def count_of(trace: Traced[int]) -> TracedCount:
    """A count."""
    result = TracedCount(trace.value)
    result.trace = trace
    return result


def number(value: Fraction | Decimal, decimals: int | None = None) -> str:
    """A number as the registry takes it: digits only, four significant ones or fixed decimals.

    >>> number(Fraction(2, 3)), number(Decimal(15250000)), number(Fraction(7), 1)
    ('0.6667', '15250000', '7.0')
    """
    exact = Fraction(value)
    if decimals is not None or exact == 0:
        return shown(exact, decimals or 0) or ""
    wide = _WIDE.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    places = max(_DIGITS - 1 - wide.adjusted(), 0)
    rounded = wide.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_WIDE)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def traces(value: Json, pointer: str = "") -> Iterator[tuple[str, Traced[Any]]]:
    """Every traced number in some JSON, by its JSON pointer."""
    if isinstance(value, TracedText | TracedCount):
        yield pointer, value.trace
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from traces(inner, f"{pointer}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from traces(inner, f"{pointer}/{place}")


def trace_json(trace: Traced[Any]) -> dict[str, Json]:
    """A trace as JSON: participants, entries, and the method in words with its source."""
    written: dict[str, Json] = {
        "participants": list(trace.participants),
        "entries": list(trace.entries),
        "method": say(f"analysis.{trace.method.name}"),
    }
    if trace.method.source:
        written["source"] = trace.method.source
    return written
