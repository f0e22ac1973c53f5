"""Numbers as records write them: 1,000 · 2 x 10^6 · 1E+07 · 1+E07 · 10⁷."""

from __future__ import annotations

import re
from decimal import Decimal

# A number; a decimal comma or a lost superscript (1×106) reads as nothing.
NUMBER = (
    r"(?<![\w.,^])(?:"
    r"\d+(?:\.\d+)?\s*[x×*]\s*10\s*(?:\^|\*\*|[eE]\+?)\s*\d{1,2}"
    r"|\d+(?:\.\d+)?\s*[x×*]\s*10[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}"
    r"|10\s*(?:\^|\*\*)\s*\d{1,2}|10[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}"
    r"|[1-9](?:\.\d+)?\s*(?:\+?[eE]|[eE]\+)\s*\d{1,2}"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|\d+(?:\.\d+)?"
    r")(?![\d]|[.,]\d|\s*[x×*]\s*\d|\^|[eE]\+?\d)"
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_POWER = re.compile(
    r"(?:(?P<front>\d+(?:\.\d+)?)\s*[x×*]\s*)?10\s*(?:\^|\*\*|[eE]\+?)?\s*(?P<power>\d{1,2})$"
)
_SCIENTIFIC = re.compile(r"(?P<front>\d+(?:\.\d+)?)\s*(?:\+?[eE]|[eE]\+)\s*(?P<power>\d{1,2})$")


def read_written_number(text: str) -> Decimal:
    """The value of a text that `NUMBER` matches.

    >>> read_written_number("1+E07")
    Decimal('10000000')
    """
    superscripted = bool(re.search("[⁰¹²³⁴⁵⁶⁷⁸⁹]", text))
    plain = text.translate(_SUPERSCRIPTS)
    if superscripted or re.search(r"[x×*^]", plain):
        power = _POWER.match(plain)
        assert power is not None, text
        return Decimal(power["front"] or 1) * Decimal(10) ** int(power["power"])
    if re.search("[eE]", plain):
        scientific = _SCIENTIFIC.match(plain)
        assert scientific is not None, text
        return Decimal(scientific["front"]) * Decimal(10) ** int(scientific["power"])
    return Decimal(plain.replace(",", ""))
