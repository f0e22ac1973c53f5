"""Words that a protocol brings along, without the registry number that they may carry."""

from __future__ import annotations

import re

# A rehearsal cites its record by hash; an issued number on its pages could be taken for results.
_ISSUED = re.compile(r"NCT\d{8}", re.IGNORECASE)
LEFT_OUT = "SIM-NCT"


def unnumbered(text: str) -> str:
    """The text with every registry number left out.

    >>> unnumbered("Extension of NCT01234567")
    'Extension of SIM-NCT'
    """
    return _ISSUED.sub(LEFT_OUT, text)
