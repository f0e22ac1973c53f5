"""How hospitals write units that no table of units has: German and Chinese words, giga and tera.

Each is one unit of the variables that are measured in it; "g/l" is giga only where the variable has
no grams, so the variable decides whether it is taken.
"""

from __future__ import annotations

import re
import unicodedata

_UNITS = {
    "tsd/ul": "10*3/uL", "tsd./ul": "10*3/uL", "thsd/ul": "10*3/uL", "/nl": "10*3/uL",
    "1/nl": "10*3/uL", "mio/ul": "10*6/uL", "mio./ul": "10*6/uL", "/pl": "10*6/uL",
    "1/ul": "/uL", "g/l": "10*9/L", "gpt/l": "10*9/L", "mrd/l": "10*9/L", "t/l": "10*12/L",
    "tpt/l": "10*12/L", "ie/l": "[IU]/L", "ie/ml": "[IU]/mL", "mval/l": "meq/L", "g%": "g/dL",
    "jahre": "a", "j": "a", "岁": "a", "年": "a", "tage": "d", "天": "d",
    "公斤": "kg", "千克": "kg", "厘米": "cm",
    "1/min": "/min", "次/分": "/min", "次/分钟": "/min", "schläge/min": "/min",
}  # fmt: skip


def other_spelling(text: str) -> str | None:
    """The UCUM code that is meant, or None where nobody writes one so.

    >>> other_spelling("Tsd/µl"), other_spelling("furlong")
    ('10*3/uL', None)
    """
    folded = unicodedata.normalize("NFKC", text).replace("μ", "u")
    return _UNITS.get(re.sub(r"\s+", "", folded).casefold())
