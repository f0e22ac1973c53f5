"""Pieces of CQL: strings, names, numbers, quantities, dates."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from trialrun.values.quantity import plain

# CQL's Decimal has 28 digits, 8 of them after the point.
_DIGITS = re.compile(r"\d{1,20}(\.\d{1,8})?\Z")


def string(text: str) -> str:
    """A string literal.

    >>> string("it's")
    "'it\\\\'s'"
    """
    inner = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", " ").replace("\r", " ")
    return f"'{inner}'"


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def comment(text: str) -> str:
    """A line of comment; a line break in it would end it."""
    return "// " + " ".join(text.split())


def number(value: Decimal | Fraction) -> str | None:
    """A decimal literal, or None for a number that CQL's Decimal does not hold exactly."""
    text = plain(value)
    return text if _DIGITS.match(text.lstrip("-")) else None


def quantity(value: Decimal | Fraction, unit: str) -> str | None:
    """A quantity literal, or None where the number does not fit."""
    digits = number(value)
    return None if digits is None else f"{digits} {string(unit)}"


def day(value: date) -> str:
    """A date literal."""
    return f"@{value.isoformat()}"
