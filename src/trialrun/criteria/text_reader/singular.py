"""Words without their plural, and in one spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import cache


@cache
def singular(word: str) -> str:
    """A word in lower case without its plural, and in one spelling.

    >>> singular("Tumours"), singular("leukaemias"), singular("status")
    ('tumor', 'leukemia', 'status')
    """
    word = unicodedata.normalize("NFKC", word).lower().replace("’", "'").removesuffix("'s")
    word = re.sub(r"(?<=[a-z])our(?=s?$|i)", "or", word) if word.startswith("tum") else word
    word = re.sub(r"aem|oem", "em", re.sub(r"aest", "est", word)).replace("oedema", "edema")
    word = word.replace("rrhoea", "rrhea").replace("pnoea", "pnea")
    word = re.sub(r"^oe(?=s[ot])|(?<=^f)oe(?=t)|(?<=^f)ae(?=c)", "e", word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui'":
        return word[:-1]
    return word
