"""The registry's closed-list words as people read them; a word that is new is shown as written."""

from __future__ import annotations

import re

from trialrun.wording.catalogue import Locale, topic

_AGE = re.compile(r"(\d+) (Year|Month|Week|Day|Hour|Minute)s?$")


def read_word(words: str, value: str | None, locale: Locale) -> str:
    """The word of one closed list ("status", "phase", …) in one language.

    >>> read_word("phase", "EARLY_PHASE1", "en"), read_word("phase", "PHASE9", "en")
    ('Early phase 1', 'PHASE9')
    """
    if value is None:
        return ""
    return topic("registry_words", locale).get(f"{words}_{value}", value)


def read_age(value: str | None, locale: Locale) -> str:
    """An age limit in one language; as the registry writes it where it is written otherwise.

    >>> read_age("1 Year", "en"), read_age("18 Years", "zh")
    ('1 Year', '18 岁')
    """
    match = _AGE.match(value or "")
    if match is None or locale == "en":
        return value or ""
    return f"{match[1]} {topic('registry_words', locale)[f'age_{match[2]}']}"
