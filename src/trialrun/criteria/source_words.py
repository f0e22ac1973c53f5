"""The source of a fact in the language of the reader.

Readers write sources in English, and the ledger keeps them so: nothing in it depends on a locale.
Names of files and columns, and codes, stay as they are.
"""

from __future__ import annotations

import re
from functools import cache, partial

from trialrun.wording.catalogue import Locale, say, topic

_COMMAS: dict[Locale, str] = {"en": ", ", "zh": "，"}
_HOLE = re.compile(r"\\{(\w+)\\}")


def source_words(source: str, locale: Locale = "en") -> str:
    """A source, its phrases translated.

    >>> source_words("LOINC 2160-0, flagged high by the laboratory", "zh")
    'LOINC 2160-0，实验室标记为偏高'
    """
    if locale == "en":
        return source
    for pattern, key in _phrases():
        source = pattern.sub(partial(_said, key, locale), source)
    return source


def _said(key: str, locale: Locale, found: re.Match[str]) -> str:
    values = found.groupdict()
    before, after = values.pop("before"), values.pop("after")
    comma = _COMMAS[locale]
    return (
        (comma if before else "")
        + say(f"sources.{key}", locale, **values)
        + (comma if after else "")
    )


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each phrase as a whole clause with the commas around it, the longest first."""
    phrases = sorted(topic("sources", "en").items(), key=lambda one: -len(one[1]))
    return tuple(
        (
            re.compile(
                r"(?:(?P<before>, )|(?<=[(，])|(?<=^))"
                + _HOLE.sub(r"(?P<\1>[^,()]+?)", re.escape(phrase))
                + r"(?:(?P<after>, )|(?= \(|\)|，|\Z))"
            ),
            key,
        )
        for key, phrase in phrases
    )
